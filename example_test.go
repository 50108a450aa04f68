package flinktarget_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/render"
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

func TestPolicy(t *testing.T) {
	text, err := os.ReadFile("examples/quickstart/resources.yaml")
	assert.NilError(t, err)
	r, err := render.New()
	assert.NilError(t, err)
	b, err := deployment.ParseAll("resources.yaml", text)
	assert.NilError(t, err)
	m, err := r.Bundle(b, nil)
	assert.NilError(t, err)
	for object := range m.All() {
		assert.Equal(t, object.Namespace(), "vvp-jobs", "%s", object)
	}
}

// The README's snippets stand in this file, so they compile and run.
func TestReadmeSnippetsAreCode(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	assert.NilError(t, err)
	code, err := os.ReadFile("example_test.go")
	assert.NilError(t, err)
	flat := func(s string) string { return regexp.MustCompile(`\n\s*`).ReplaceAllString(s, "\n") }
	snippets := strings.Split(string(readme), "<!-- snippet -->\n```go\n")[1:]
	assert.Assert(t, len(snippets) >= 2)
	for _, s := range snippets {
		text, _, _ := strings.Cut(s, "```")
		assert.Assert(t, strings.Contains(flat(string(code)), flat("\n"+text)), "not in example_test.go:\n%s", text)
	}
	assert.Assert(t, strings.Count(string(readme), "\n") <= 250, "the README is too long")
}
