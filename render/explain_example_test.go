package render_test

import (
	"fmt"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/render"
)

func ExampleManifests_Explain() {
	b, err := deployment.ParseAll("clicks.yaml", []byte(`
kind: DeploymentTarget
metadata: {name: staging}
spec:
  kubernetes: {namespace: staging}
  deploymentPatchSet:
  - {apiVersion: apps/v1, kind: Deployment, spec: {replicas: 3}}
---
kind: Deployment
metadata: {name: clicks}
spec:
  deploymentTargetName: staging
  template:
    spec:
      parallelism: 2
      artifact: {kind: JAR, flinkVersion: 1.20, jarUri: "https://artifacts.example.com/clicks.jar"}
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := render.New(render.WithTrace())
	if err != nil {
		fmt.Println(err)
		return
	}
	m, err := r.Bundle(b, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for e := range m.Explain() {
		if e.Path == "spec.replicas" {
			fmt.Println(e.Object.Kind(), e.Path, "is", e.After, "and was", e.Before)
			for _, s := range e.Sources {
				fmt.Println(" ", s)
			}
		}
	}
	// Output:
	// Deployment spec.replicas is 3 and was 2
	//   patch DeploymentTarget default/staging spec.deploymentPatchSet[0] (clicks.yaml:7:5)
	//   generated replicas
	//   field Deployment default/clicks spec.template.spec.parallelism (clicks.yaml:15:20)
	//   VVP default Deployment default/clicks spec.template.spec.parallelism
}
