package render_test

import (
	"fmt"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/render"
)

func ExampleCompare() {
	const text = `
kind: DeploymentTarget
apiVersion: v1
metadata: {name: staging}
spec: {kubernetes: {namespace: staging}}
---
kind: Deployment
apiVersion: v1
metadata: {name: clicks}
spec:
  deploymentTargetName: staging
  template:
    spec:
      artifact: {kind: JAR, flinkVersion: 1.20, jarUri: "local:///opt/flink/usrlib/clicks.jar"}
`
	rendered := func(text string) render.Manifests {
		b, err := deployment.ParseAll("clicks.yaml", []byte(text))
		if err != nil {
			panic(err)
		}
		r, err := render.New()
		if err != nil {
			panic(err)
		}
		m, err := r.Bundle(b, nil)
		if err != nil {
			panic(err)
		}
		return m
	}
	after := text + "      numberOfTaskManagers: 3\n      resources: {taskmanager: {cpu: 2}}\n"
	for _, c := range render.Compare(rendered(text), rendered(after)) {
		fmt.Printf("%s %s: %s\n", c.New.Kind(), c.New.Labels()["component"], c.Effect)
		for _, f := range c.Fields {
			fmt.Printf("  %s: %v -> %v, %s\n", f.Path, f.Old, f.New, f.Effect)
		}
	}
	// Output:
	// Deployment taskmanager: rolls pods
	//   spec.replicas: 1 -> 3, in place
	//   spec.template.spec.containers[flink-taskmanager].resources.limits.cpu: 1 -> 2, rolls pods
	//   spec.template.spec.containers[flink-taskmanager].resources.requests.cpu: 1 -> 2, rolls pods
}
