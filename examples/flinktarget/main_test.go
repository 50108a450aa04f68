package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
)

const input = `kind: DeploymentTarget
apiVersion: v1
metadata: {name: staging}
spec:
  kubernetes: {namespace: staging}
---
kind: Deployment
apiVersion: v1
metadata: {name: app}
spec:
  deploymentTargetName: staging
  template:
    spec:
      artifact: {kind: JAR, flinkVersion: 1.20, jarUri: local:///opt/flink/usrlib/app.jar}
`

type result struct {
	code           int
	stdout, stderr string
}

func call(stdin string, args ...string) result {
	var out, errs bytes.Buffer
	code := run(args, strings.NewReader(stdin), &out, &errs)
	return result{code, out.String(), errs.String()}
}

func TestRenderFromPipe(t *testing.T) {
	r := call(input, "render", "-")
	assert.Equal(t, r.code, exitOK, r.stderr)
	assert.Equal(t, strings.Count(r.stdout, "---\n"), 4)
	assert.Assert(t, strings.Contains(r.stderr, "warning: "), "a derived job id is worth a warning: %s", r.stderr)
}

func TestRenderJSONWithFlagsAnywhere(t *testing.T) {
	const id = "2da2f867-5899-4bef-8ad0-9771bbac38b4"
	r := call(input, "render", "-", "-o", "json", "--job-id", id)
	assert.Equal(t, r.code, exitOK, r.stderr)
	assert.Equal(t, r.stderr, "")
	var list struct {
		Kind  string
		Items []struct{ Metadata struct{ Name string } }
	}
	assert.NilError(t, json.Unmarshal([]byte(r.stdout), &list))
	assert.Equal(t, list.Kind, "List")
	assert.Equal(t, len(list.Items), 4)
	for _, item := range list.Items {
		assert.Assert(t, strings.HasPrefix(item.Metadata.Name, "job-"+id), item.Metadata.Name)
	}
}

func TestRenderFolder(t *testing.T) {
	dir := t.TempDir()
	targetText, deploymentText, _ := strings.Cut(input, "---\n")
	assert.NilError(t, os.MkdirAll(filepath.Join(dir, "a", "b"), 0o755))
	assert.NilError(t, os.WriteFile(filepath.Join(dir, "z.yml"), []byte(targetText), 0o600))
	assert.NilError(t, os.WriteFile(filepath.Join(dir, "a", "b", "app.yaml"), []byte(deploymentText), 0o600))
	assert.NilError(t, os.WriteFile(filepath.Join(dir, "README.md"), []byte("no: [yaml"), 0o600))
	r := call("", "render", dir)
	assert.Equal(t, r.code, exitOK, r.stderr)
	assert.Equal(t, r.stdout, call(input, "render", "-").stdout, "files or a pipe, the bytes are the same")
}

func TestPlatformNamespace(t *testing.T) {
	text := strings.Replace(input, "kubernetes: {namespace: staging}", "kubernetes: {}", 1)
	r := call(text, "render", "-")
	assert.Equal(t, r.code, exitInput)
	assert.Assert(t, strings.Contains(r.stderr, "namespace"), r.stderr)
	assert.Equal(t, r.stdout, "")
	r = call(text, "render", "--platform-namespace", "vvp", "-")
	assert.Equal(t, r.code, exitOK, r.stderr)
	assert.Assert(t, strings.Contains(r.stdout, "namespace: vvp\n"))
	assert.Assert(t, strings.Contains(r.stderr, "platform itself"), "VVP advises against it: %s", r.stderr)
}

func TestProblems(t *testing.T) {
	text := strings.NewReplacer("name: app", "name: app, lables: {}", "1.20", "1.3").Replace(input)
	r := call(text, "render", "-", "nowhere.yaml")
	assert.Equal(t, r.code, exitInput)
	assert.Equal(t, r.stdout, "")
	lines := strings.Split(strings.TrimSpace(r.stderr), "\n")
	assert.Equal(t, len(lines), 3, r.stderr)
	assert.Assert(t, strings.HasPrefix(lines[0], "<stdin>:9:23: metadata.lables: "), lines[0])
	assert.Assert(t, strings.HasPrefix(lines[1], "<stdin>:14:43: spec.template.spec.artifact.flinkVersion: "), lines[1])
	assert.Assert(t, strings.Contains(lines[2], "nowhere.yaml"), lines[2])
}

func TestUsage(t *testing.T) {
	for reason, args := range map[string][]string{
		"no command":                       {},
		"unknown command":                  {"redner", "-"},
		"nothing to read":                  {"render"},
		"unknown flag":                     {"render", "--platfrom-namespace", "vvp", "-"},
		"unknown format":                   {"render", "-o", "xml", "-"},
		"an option that is not legal":      {"render", "--platform-namespace", "V V P", "-"},
		"one job id for two Deployments":   {"render", "--job-id", "2da2f867-5899-4bef-8ad0-9771bbac38b4", "-"},
		"a flag without its value":         {"render", "-", "--job-id"},
		"a boolean where there is no bool": {"render", "--job-id=", "-o=", "-"},
	} {
		t.Run(reason, func(t *testing.T) {
			_, deployment, _ := strings.Cut(input, "---\n")
			r := call(input+"---\n"+strings.Replace(deployment, "name: app", "name: app2", 1), args...)
			assert.Equal(t, r.code, exitUsage, r.stderr)
			assert.Equal(t, r.stdout, "")
			assert.Assert(t, r.stderr != "")
		})
	}
}

func TestStream(t *testing.T) {
	all := call(input, "render", "-")
	r := call(input, "render", "--stream", "-")
	assert.Equal(t, r.code, exitOK, r.stderr)
	assert.Equal(t, r.stdout, all.stdout, "streamed or not, the bytes are the same")

	_, deployment, _ := strings.Cut(input, "---\n")
	text := strings.Replace(deployment, "1.20", "1.3", 1) + "---\n" + strings.Replace(deployment, "name: app", "name: early", 1) + "---\n" + input
	r = call(text, "render", "--stream", "-")
	assert.Equal(t, r.code, exitInput)
	assert.Equal(t, r.stdout, all.stdout, "what is right is rendered all the same")
	assert.Assert(t, strings.Contains(r.stderr, "<stdin>:8:43: ") && strings.Contains(r.stderr, "default/early"), r.stderr)
	assert.Equal(t, call(input, "render", "--stream", "-o", "json", "-").code, exitUsage)
}

func TestStrictPatches(t *testing.T) {
	text := strings.Replace(input, "namespace: staging}\n", "namespace: staging}\n  deploymentPatchSet: [{target: {name: none}, patch: {metadata: {annotations: {a: b}}}}]\n", 1)
	assert.Equal(t, call(text, "render", "-").code, exitOK)
	r := call(text, "render", "--strict-patches", "-")
	assert.Equal(t, r.code, exitInput)
	assert.Assert(t, strings.Contains(r.stderr, "spec.deploymentPatchSet[0]"), r.stderr)
	assert.Equal(t, r.stdout, "")
}

func TestValidate(t *testing.T) {
	r := call(strings.Replace(input, "name: app", "name: app, lables: {}", 1), "validate", "-")
	assert.Equal(t, r.code, exitInput)
	assert.Assert(t, strings.HasPrefix(r.stderr, "<stdin>:9:23: metadata.lables: "), r.stderr)
	r = call(input+"      flinkConfiguration: {yarn.tags: x}\n", "validate", "-")
	assert.Equal(t, r.code, exitOK)
	assert.Assert(t, strings.Contains(r.stderr, "flinkConfiguration[yarn.tags]: warning: "), r.stderr)
	assert.Equal(t, r.stdout, "")
	assert.Equal(t, call("", "validate").code, exitUsage)
}

func TestSchema(t *testing.T) {
	for _, kind := range []string{"DeploymentTarget", "Deployment", "SessionCluster"} {
		r := call("", "schema", kind)
		assert.Equal(t, r.code, exitOK, r.stderr)
		var schema map[string]any
		assert.NilError(t, json.Unmarshal([]byte(r.stdout), &schema))
		assert.Equal(t, schema["$schema"], "https://json-schema.org/draft/2020-12/schema")
	}
	assert.Equal(t, call("", "schema", "Job").code, exitUsage)
	assert.Equal(t, call("", "schema").code, exitUsage)
}

func TestTarget(t *testing.T) {
	r := call(input, "target", "--platform-namespace", "vvp", "--with-namespace", "-")
	assert.Equal(t, r.code, exitOK, r.stderr)
	assert.Equal(t, strings.Count(r.stdout, "---\n"), 3)
	assert.Assert(t, strings.Contains(r.stdout, "name: vvp-ververica-platform\n"))
	assert.Equal(t, call(input, "target", "-").code, exitUsage, "whom to grant access?")
	r = call(strings.Replace(input, "namespace: staging", "namespace: vvp", 1), "target", "--platform-namespace", "vvp", "-")
	assert.Equal(t, r.code, exitOK)
	assert.Equal(t, r.stdout, "")
	assert.Assert(t, strings.Contains(r.stderr, "warning"), r.stderr)
}

func TestHelp(t *testing.T) {
	for _, args := range [][]string{{"help"}, {"--help"}, {"help", "render"}, {"target", "--help"}, {"validate", "--help"}, {"schema", "--help"}, {"render", "--help"}, {"render", "-h"}} {
		r := call("", args...)
		assert.Equal(t, r.code, exitOK)
		assert.Assert(t, strings.Contains(r.stdout, "Usage:"), "%v", args)
		assert.Equal(t, r.stderr, "")
	}
}
