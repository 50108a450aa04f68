package rendertest_test

import (
	"fmt"
	"log"
	"strings"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/labels"
	"github.com/flinktarget/flinktarget/render"
	"github.com/flinktarget/flinktarget/render/rendertest"
)

// manifests renders a Deployment with a fixed job id. Tests with resources in files
// have rendertest.Dir for this.
func manifests(patch string) render.Manifests {
	text := `kind: DeploymentTarget
apiVersion: v1
metadata: {name: staging}
spec:
  kubernetes: {namespace: staging}
  deploymentPatchSet: [` + patch + `]
---
kind: Deployment
apiVersion: v1
metadata: {name: orders}
spec:
  deploymentTargetName: staging
  template:
    spec:
      artifact: {kind: JAR, flinkVersion: 1.20, jarUri: "local:///opt/flink/usrlib/orders.jar"}
`
	b, err := deployment.ParseAll("orders.yaml", []byte(text))
	if err != nil {
		log.Fatal(err)
	}
	r, err := render.New()
	if err != nil {
		log.Fatal(err)
	}
	m, err := r.Deployment(b.Targets[0], b.Deployments[0], render.Job{ID: "2da2f867-5899-4bef-8ad0-9771bbac38b4"})
	if err != nil {
		log.Fatal(err)
	}
	return m
}

func ExampleProblems() {
	m := manifests(`{target: {kind: Deployment}, patch: {spec: {template: {spec: {hostNetwork: true}}}}}`)
	for _, p := range rendertest.Problems(m) {
		if p.Field == "spec.template.spec.hostNetwork" {
			fmt.Println(p)
		}
	}
	// Output:
	// orders.yaml:8:1: Deployment staging/job-2da2f867-5899-4bef-8ad0-9771bbac38b4-taskmanager: spec.template.spec.hostNetwork: pods do not share with their node
}

// A rule of one's own about containers.
func ExampleContainers() {
	const sidecar = `{target: {labelSelector: component=taskmanager, kind: Deployment}, patch: {spec: {template: {spec: {
		containers: [{name: metrics, image: "docker.io/prom/statsd-exporter:v0.28.0"}]}}}}}`
	for c := range rendertest.Containers(manifests(sidecar)) {
		if strings.HasPrefix(c.Image, "docker.io/") {
			fmt.Println(c.Pod.Template.Labels[labels.KeyComponent], c.Field(), c.Image)
		}
	}
	// Output:
	// taskmanager spec.template.spec.containers[metrics] docker.io/prom/statsd-exporter:v0.28.0
}

// A rule of one's own about pods.
func ExamplePods() {
	for p := range rendertest.Pods(manifests("")) {
		if p.Template.Labels[labels.KeyComponent] == labels.TaskManager.String() && len(p.Template.Spec.NodeSelector) == 0 {
			fmt.Println(p, "may run on any node")
		}
	}
	// Output:
	// Deployment staging/job-2da2f867-5899-4bef-8ad0-9771bbac38b4-taskmanager (Deployment default/orders) may run on any node
}

// Rules of one's own, each a line of a table.
func ExampleEachContainer() {
	policies := []rendertest.Policy{
		rendertest.EachContainer("images are our own", func(c rendertest.Container, report rendertest.Report) {
			if !strings.HasPrefix(c.Image, "registry.example.com/") {
				report("image", "%s is from elsewhere", c.Image)
			}
		}),
		rendertest.EachObject("nothing is reached from outside", func(o render.Object, report rendertest.Report) {
			if o.Kind() == "Service" && o.Map()["spec"].(map[string]any)["type"] == "LoadBalancer" {
				report("spec.type", "is LoadBalancer")
			}
		}),
	}
	const image = `{target: {kind: Job}, patch: {spec: {template: {spec: {
		containers: [{name: flink-jobmanager, image: "registry.example.com/flink:1.20.5"}]}}}}}`
	for _, policy := range policies { // in a test: rendertest.CheckPolicies(t, m, policies...)
		for _, problem := range policy.Find(manifests(image)) {
			fmt.Println(problem.Rule, "-", problem.Field, problem.Message)
		}
	}
	// Output:
	// images are our own - spec.template.spec.containers[flink-taskmanager].image flink:1.20.5 is from elsewhere
}
