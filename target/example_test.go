package target_test

import (
	"fmt"

	"github.com/flinktarget/flinktarget/patch"
	"github.com/flinktarget/flinktarget/target"
)

func ExampleParse() {
	t, err := target.Parse("target.yaml", []byte(`
kind: DeploymentTarget
apiVersion: v1
metadata: {name: staging}
spec:
  kubernetes: {namespace: streams}
  deploymentPatchSet:
    - op: add
      path: /spec/template/spec/flinkConfiguration/state.backend
      value: rocksdb
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(t, "in the namespace", t.KubernetesNamespace(), "with", t.Patches().Len(), "patch")
	for _, p := range t.Patches().All() {
		fmt.Println(p.Position(), p)
	}
	// Output:
	// DeploymentTarget default/staging in the namespace streams with 1 patch
	// target.yaml:8:7 {"op":"add","path":"/spec/template/spec/flinkConfiguration/state.backend","value":"rocksdb"}
}

// Patches are checked when the target is made, not when it is used.
func ExampleNew() {
	pool, err := patch.Parse([]byte(`
target: {kind: Deployment}
patch: {spec: {template: {spec: {nodeSelector: {pool: flink}}}}}
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	t, err := target.New(target.Config{
		Metadata: target.Metadata{Name: "staging", Labels: map[string]string{"team": "streams"}},
		Spec: target.Spec{
			Kubernetes:         &target.Kubernetes{Namespace: "streams"},
			DeploymentPatchSet: []patch.Patch{pool},
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	moved := t.Config()
	moved.Spec.Kubernetes.Namespace = "elsewhere"
	u, err := target.New(moved)
	fmt.Println(t.SameSpec(u), err)
	// Output:
	// false <nil>
}
