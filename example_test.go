package flinktarget_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/render"
	"github.com/flinktarget/flinktarget/render/rendertest"
	"github.com/flinktarget/flinktarget/target"
)

const jobID = "3f1da3c8-6f22-430f-9200-eda014ea5319"

func inAService(t target.Target, d deployment.Deployment) error {
	r, err := render.New()
	if err != nil {
		return err
	}
	m, err := r.Deployment(t, d, render.Job{ID: jobID})
	if err != nil {
		return err
	}
	for object := range m.All() {
		fmt.Println(object.Kind(), object.Name())
	}
	return nil
}

func Example() {
	t, err := target.Parse("target.yaml", []byte(`
kind: DeploymentTarget
apiVersion: v1
metadata: {name: staging}
spec: {kubernetes: {namespace: staging}}
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	d, err := deployment.Parse("deployment.yaml", []byte(`
kind: Deployment
apiVersion: v1
metadata: {name: clicks}
spec:
  deploymentTargetName: staging
  template:
    spec:
      artifact: {kind: JAR, flinkVersion: 1.20, jarUri: "https://artifacts.example.com/clicks.jar"}
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := inAService(t, d); err != nil {
		fmt.Println(err)
	}
	// Output:
	// ConfigMap job-3f1da3c8-6f22-430f-9200-eda014ea5319-flink-config
	// Service job-3f1da3c8-6f22-430f-9200-eda014ea5319-jobmanager
	// Job job-3f1da3c8-6f22-430f-9200-eda014ea5319-jobmanager
	// Deployment job-3f1da3c8-6f22-430f-9200-eda014ea5319-taskmanager
}

func TestPolicies(t *testing.T) {
	m := rendertest.Dir(t, "examples/policytest/deployments")
	rendertest.Check(t, m) // labels, selectors, namespaces, security
	rendertest.CheckPolicies(t, m,
		rendertest.EachContainer("images are our own", func(c rendertest.Container, report rendertest.Report) {
			if !strings.HasPrefix(c.Image, "registry.example.com/") {
				report("image", "%s is from elsewhere", c.Image)
			}
		}))
}
