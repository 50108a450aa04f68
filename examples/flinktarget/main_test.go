package main

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget"
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

const id = "2da2f867-5899-4bef-8ad0-9771bbac38b4"

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
	assert.NilError(t, os.MkdirAll(filepath.Join(dir, ".git"), 0o755))
	assert.NilError(t, os.WriteFile(filepath.Join(dir, ".git", "x.yaml"), []byte("no: [yaml"), 0o600))
	assert.NilError(t, os.WriteFile(filepath.Join(dir, ".x.yaml"), []byte("no: [yaml"), 0o600))
	link := filepath.Join(t.TempDir(), "link")
	assert.NilError(t, os.Symlink(dir, link))
	want := call(input, "render", "-").stdout
	for _, arg := range []string{dir, link, dir + "/"} {
		r := call("", "render", arg)
		assert.Equal(t, r.code, exitOK, r.stderr)
		assert.Equal(t, r.stdout, want, "files or a pipe, the bytes are the same")
	}
	t.Chdir(dir)
	assert.Equal(t, call("", "render", ".").stdout, want)

	assert.NilError(t, os.Symlink(t.TempDir(), filepath.Join(dir, "elsewhere")))
	r := call("", "render", dir)
	assert.Equal(t, r.code, exitInput)
	assert.Assert(t, strings.Contains(r.stderr, "elsewhere: a symbolic link"), "nothing is left out in silence: %s",
		r.stderr)
	r = call("", "render", t.TempDir())
	assert.Equal(t, r.code, exitInput)
	assert.Assert(t, strings.Contains(r.stderr, "no .yaml, .yml or .json files"), r.stderr)
}

func TestOptions(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		file := filepath.Join(dir, name)
		assert.NilError(t, os.WriteFile(file, []byte(text), 0o600))
		return file
	}
	defaults := write("defaults.yaml",
		"kind: DeploymentDefaults\napiVersion: v1\nspec: {template: {spec: {parallelism: 7}}}\n")
	profile := write("quiet.properties", "rootLogger.level = WARN\n")
	text := input + "      logging: {loggingProfile: quiet}\n"
	args := []string{"render", "--defaults", defaults, "--logging-profile", "quiet=" + profile, "--image",
		"1.20=registry.example.com/flink:1", "-"}
	r := call(text, args...)
	assert.Equal(t, r.code, exitOK, r.stderr)
	for _, want := range []string{"parallelism.default: 7", "rootLogger.level = WARN",
		"image: registry.example.com/flink:1"} {
		assert.Assert(t, strings.Contains(r.stdout, want), "%s", want)
	}
	assert.Equal(t, call(text, append(args, "--stream")...).stdout, r.stdout)
	assert.Assert(t,
		strings.Contains(call(input+"      numberOfTaskManagers: 2\n", "render", "--pod-disruption-budgets",
			"-").stdout, "kind: PodDisruptionBudget"))
	r = call(input, "render", "--metrics", "{podMonitor: true}", "--ingress", "{host: '{name}.example.com'}", "--autoscaling",
		"{maxReplicas: 4}", "--network-policies", "{restFrom: [{podSelector: {}}], metricsFrom: [{podSelector: {}}]}", "-")
	for _, kind := range []string{"PodMonitor", "Ingress", "HorizontalPodAutoscaler", "NetworkPolicy"} {
		assert.Assert(t, strings.Contains(r.stdout, "kind: "+kind), r.stderr)
	}
	for _, bad := range []string{"{port: 8081}", "{ports: 9249}", "{} {}", "{}\n---\n{port: 1}", "", "null",
		"{podMonitor: true, labels: {release: y}}"} { // which is true to YAML 1.1
		r = call(input, "render", "--metrics", bad, "-")
		assert.Equal(t, r.code, exitUsage)
		assert.Assert(t, strings.Contains(r.stderr, "-metrics"), r.stderr)
	}
	r = call(input, append(args, "--defaults", dir+"/nowhere")...)
	assert.Equal(t, r.code, exitInput)
	assert.Equal(t, r.stdout, "")
}

// A person with the tool at hand has no Go names.
func TestMessagesNameFlags(t *testing.T) {
	noTarget := strings.Replace(input, "kubernetes: {namespace: staging}", "kubernetes: {}", 1)
	r := call(noTarget, "render", "-")
	assert.Assert(t, strings.Contains(r.stderr, "--platform-namespace"), r.stderr)
	assert.Assert(t, strings.Contains(call(input, "render", "-").stderr, "--job-id"))
	for _, args := range [][]string{
		{"--platform-namespace", "N O"}, {"--platform-namespace", "vvp", "--platform-name", "N O"},
		{"--platform-namespace", "vvp", "--service-account", "N O"},
	} {
		r := call(input, append([]string{"target", "-"}, args...)...)
		assert.Equal(t, r.code, exitUsage)
		assert.Assert(t, strings.HasPrefix(r.stderr, "flinktarget: target: "+args[len(args)-2]), r.stderr)
	}
	for _, dir := range []string{"render", "deployment", "target", "patch"} {
		files, err := filepath.Glob("../../" + dir + "/*.go")
		assert.NilError(t, err)
		assert.Assert(t, len(files) > 3)
		for _, file := range files {
			if !strings.HasSuffix(file, "_test.go") {
				literals(t, file)
			}
		}
	}
}

// goNames are names of the library that no user of the tool can follow.
var goNames = regexp.MustCompile(`\b(render|deployment|target|patch)\.[A-Z]|\bJob\.[A-Z]`)

// literals looks for Go names in the texts of a file.
func literals(t *testing.T, file string) {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	assert.NilError(t, err)
	ast.Inspect(parsed, func(n ast.Node) bool {
		lit, ok := n.(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING || !goNames.MatchString(lit.Value) {
			return true
		}
		// What no input leads to, and what is made of several texts: see TestMessagesNameFlags.
		options := []string{`"derived-id Job.ID"`, `"session-cluster Job.SessionCluster"`,
			`"initial-savepoint Job.SavepointLocation"`}
		if !strings.Contains(lit.Value, "zero value") && !slices.Contains(options, lit.Value) {
			t.Errorf("%s: %s names what the tool's users do not have: see Problem.Option", file, lit.Value)
		}
		return true
	})
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
	text := strings.Replace(deployment, "1.20", "1.3", 1) + "---\n" +
		strings.Replace(deployment, "name: app", "name: early", 1) + "---\n" + input
	r = call(text, "render", "--stream", "-")
	assert.Equal(t, r.code, exitInput)
	assert.Equal(t, r.stdout, all.stdout, "what is right is rendered all the same")
	assert.Assert(t, strings.Contains(r.stderr, "<stdin>:8:43: ") && strings.Contains(r.stderr, "default/early"),
		r.stderr)
	assert.Equal(t, call(input, "render", "--stream", "--job-id", id, "-").code, exitUsage, "of which of them?")
}

func TestStreamJSON(t *testing.T) {
	r := call(input, "render", "--stream", "-o", "json", "-")
	assert.Equal(t, r.code, exitOK, r.stderr)
	lines := strings.Split(strings.TrimSuffix(r.stdout, "\n"), "\n")
	assert.Equal(t, len(lines), 4)
	var list struct{ Items []json.RawMessage }
	assert.NilError(t, json.Unmarshal([]byte(call(input, "render", "-o", "json", "-").stdout), &list))
	for i, line := range lines {
		var compact bytes.Buffer
		assert.NilError(t, json.Compact(&compact, list.Items[i]))
		assert.Equal(t, line, compact.String())
	}
}

func TestJobsByDeployment(t *testing.T) {
	_, deployment, _ := strings.Cut(input, "---\n")
	two := input + "---\n" + strings.Replace(deployment, "name: app", "name: app2", 1)
	args := []string{"render", "--job-id", "app2=" + id, "--savepoint", "default/app=s3://b/a=1", "-"}
	r := call(two, args...)
	assert.Equal(t, r.code, exitOK, r.stderr)
	assert.Equal(t, strings.Count(r.stdout, "\n  name: job-"+id), 4)
	assert.Equal(t, strings.Count(r.stdout, "- s3://b/a=1\n"), 1)
	assert.Equal(t, call(two, append(args, "--stream")...).stdout, r.stdout)
	for _, bad := range []string{"app3=" + id, "other/app=" + id, id} {
		r := call(two, "render", "--job-id", bad, "-")
		assert.Equal(t, r.code, exitUsage, "%s", bad)
		assert.Equal(t, r.stdout, "")
	}
	r = call(two, "render", "--stream", "--job-id", "app3="+id, "-")
	assert.Equal(t, r.code, exitInput, "only at the end of a stream is it known who has not come")
	assert.Assert(t, strings.Contains(r.stderr, "app3"), r.stderr)
	assert.Equal(t, call(two, "render", "--job-id", "app="+id, "--job-id", "app="+id, "-").code, exitUsage)
}
func TestStrictPatches(t *testing.T) {
	text := strings.Replace(input, "namespace: staging}\n",
		"namespace: staging}\n  deploymentPatchSet: ["+
			"{target: {name: none}, patch: {metadata: {annotations: {a: b}}}}]\n", 1)
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
	_, alone, _ := strings.Cut(input, "---\n")
	assert.Equal(t, call(alone, "validate", "-").code, exitOK, "each on its own")
	r = call(alone, "validate", "--render", "-")
	assert.Equal(t, r.code, exitInput)
	assert.Assert(t, strings.HasPrefix(r.stderr, "<stdin>:5:25: spec.deploymentTargetName: "), r.stderr)
}

func TestValidateJSON(t *testing.T) {
	type entry struct {
		Severity, File, Resource, Object, Field, Rule, Message, Option string
		Line, Column                                                   int
		Cause                                                          flinktarget.Cause
	}
	validate := func(text string, args ...string) (int, []entry) {
		t.Helper()
		r := call(text, append([]string{"validate", "-o", "json", "-"}, args...)...)
		assert.Equal(t, r.stderr, "")
		var doc struct{ Problems []entry }
		dec := json.NewDecoder(strings.NewReader(r.stdout))
		dec.DisallowUnknownFields()
		assert.NilError(t, dec.Decode(&doc), r.stdout)
		assert.Assert(t, doc.Problems != nil, "an empty list is a list")
		return r.code, doc.Problems
	}
	code, list := validate(input)
	assert.Equal(t, code, exitOK)
	assert.Equal(t, len(list), 0)

	code, list = validate(strings.Replace(input, "name: app", "name: app, lables: {}", 1))
	assert.Equal(t, code, exitInput)
	assert.Equal(t, len(list), 1)
	assert.Assert(t, list[0].Message != "")
	list[0].Message = ""
	assert.Equal(t, list[0],
		entry{Severity: "error", File: "<stdin>", Line: 9, Column: 23, Resource: "Deployment default/app",
			Field: "metadata.lables", Rule: "unknown-field"})

	_, list = validate(input+"      flinkConfiguration: {yarn.tags: x}\n", "--render")
	assert.Equal(t, len(list), 2)
	assert.Equal(t, list[0].Severity, "warning")
	assert.Equal(t, list[0].Resource, "Deployment default/app")

	spoilt := strings.Replace(input, "namespace: staging}\n",
		"namespace: staging}\n  deploymentPatchSet: ["+
			"{target: {kind: Deployment|Job}, patch: {spec: {template: {spec: {priority: x, hostname: A_B}}}}}]\n", 1)
	code, list = validate(spoilt, "--render")
	assert.Equal(t, code, exitInput)
	assert.Assert(t, len(list) > 1, "%v", list)
	for _, p := range list {
		assert.Equal(t, p.Cause.Field, "spec.deploymentPatchSet[0]", "each problem of an object for itself: %+v", p)
	}
}
func TestSchema(t *testing.T) {
	for _, kind := range []string{"DeploymentTarget", "Deployment", "SessionCluster", "RenderFlink"} {
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
	r = call(strings.Replace(input, "namespace: staging", "namespace: vvp", 1), "target", "--platform-namespace", "vvp",
		"-")
	assert.Equal(t, r.code, exitOK)
	assert.Equal(t, r.stdout, "")
	assert.Assert(t, strings.Contains(r.stderr, "warning"), r.stderr)
}

func TestHelp(t *testing.T) {
	for _, args := range [][]string{{"help"}, {"--help"}, {"help", "render"}, {"target", "--help"},
		{"validate", "--help"}, {"schema", "--help"}, {"render", "--help"}, {"render", "-h"}} {
		r := call("", args...)
		assert.Equal(t, r.code, exitOK)
		assert.Assert(t, strings.Contains(r.stdout, "Usage:"), "%v", args)
		assert.Equal(t, r.stderr, "")
	}
}
