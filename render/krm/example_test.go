package krm_test

import (
	"fmt"
	"strings"

	"github.com/flinktarget/flinktarget/render"
	"github.com/flinktarget/flinktarget/render/krm"
)

// As a transformer: resources are taken out of the items, their objects are added.
func ExampleProcess() {
	const list = `apiVersion: config.kubernetes.io/v1
kind: ResourceList
items:
- apiVersion: v1
  kind: DeploymentTarget
  metadata: {name: staging}
  spec: {kubernetes: {namespace: staging}}
- apiVersion: v1
  kind: Secret # of no concern
  metadata: {name: credentials}
- apiVersion: v1
  kind: Deployment
  metadata: {name: orders}
  spec:
    deploymentTargetName: staging
    template:
      spec:
        artifact: {kind: JAR, flinkVersion: 1.20, jarUri: "local:///opt/flink/usrlib/orders.jar"}
`
	out, results := krm.Process([]byte(list))
	if results.ExitCode() != 0 {
		fmt.Println(results)
		return
	}
	for line := range strings.Lines(string(out)) {
		if strings.HasPrefix(line, "  kind: ") {
			fmt.Print(line)
		}
	}
	// Output:
	//   kind: Secret # of no concern
	//   kind: ConfigMap
	//   kind: Service
	//   kind: Job
	//   kind: Deployment
}

// As a generator: the resources are in functionConfig.
func ExampleProcess_generator() {
	const list = `apiVersion: config.kubernetes.io/v1
kind: ResourceList
items: []
functionConfig:
  apiVersion: flinktarget.github.io/v1alpha1
  kind: RenderFlink
  metadata: {name: sql}
  spec:
    platformNamespace: vvp
    resources:
    - apiVersion: v1
      kind: DeploymentTarget
      metadata: {name: sql}
      spec: {kubernetes: {namespace: sql}}
    - apiVersion: v1
      kind: SessionCluster
      metadata: {name: editor, id: 2b1c0d9e-8f7a-4b6c-9d5e-4f3a2b1c0d9e}
      spec: {deploymentTargetName: sql, flinkVersion: 1.20}
`
	out, _ := krm.Process([]byte(list))
	for line := range strings.Lines(string(out)) {
		if strings.HasPrefix(line, "    name: session-") {
			fmt.Print(line)
		}
	}
	// Output:
	//     name: session-2b1c0d9e-8f7a-4b6c-9d5e-4f3a2b1c0d9e-flink-config
	//     name: session-2b1c0d9e-8f7a-4b6c-9d5e-4f3a2b1c0d9e-jobmanager
	//     name: session-2b1c0d9e-8f7a-4b6c-9d5e-4f3a2b1c0d9e-jobmanager
	//     name: session-2b1c0d9e-8f7a-4b6c-9d5e-4f3a2b1c0d9e-taskmanager
}

// All problems are reported at once, each with its item, field and file.
func ExampleProcess_errors() {
	const list = `apiVersion: config.kubernetes.io/v1
kind: ResourceList
items:
- apiVersion: v1
  kind: DeploymentTarget
  metadata:
    name: staging
    lables: {team: streams}
    annotations: {config.kubernetes.io/path: targets.yaml, config.kubernetes.io/index: "2"}
  spec: {kubernetes: {namespace: staging}}
functionConfig:
  apiVersion: v1
  kind: ConfigMap
  metadata: {name: settings}
  data: {strictPatches: "often"}
`
	_, results := krm.Process([]byte(list), render.ForPlatform(render.Platform{Namespace: "vvp"}))
	for _, r := range results {
		fmt.Println(r)
		if r.File != nil {
			fmt.Println(r.File.Path, r.File.Index)
		}
	}
	// Output:
	// [error] v1/ConfigMap/settings data.strictPatches: Invalid value: "often": expected a boolean: true or false, without quotes
	// [error] v1/DeploymentTarget/staging metadata.lables: unknown field; did you mean labels?
	// targets.yaml 2
}
