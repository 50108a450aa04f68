package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
)

const id2 = "5d5a3ad5-4ab6-4f0c-8d25-ad2bf8b5fba1"

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }

// A full disk is never a success.
func TestOutputThatCannotBeWritten(t *testing.T) {
	for _, c := range []struct {
		args string
		want int
	}{
		{"help", exitInput}, {"--help", exitInput}, {"render --help", exitInput}, {"version", exitInput},
		{"schema Deployment", exitInput}, {"schema DeploymentTarget", exitInput},
		{"render -", exitInput}, {"render -o json -", exitInput}, {"render --stream -", exitInput},
		{"explain -", exitInput}, {"explain -o json -", exitInput}, {"validate -o json -", exitInput},
		{"target --platform-namespace vvp -", exitInput},
		{"diff --help", exitTrouble}, {"diff -o json - FILE", exitTrouble},
	} {
		args := strings.Fields(strings.Replace(c.args, "FILE", write(t, input), 1))
		var errs bytes.Buffer
		code := run(args, strings.NewReader(input), full{}, &errs)
		assert.Equal(t, code, c.want, c.args)
		assert.Equal(t, strings.Count(errs.String(), "no space left"), 1, "%s: %s", c.args, errs.String())
	}
}

// An input with nothing to render is legal, and worth a word.
func TestNothingToRender(t *testing.T) {
	targetOnly, _, _ := strings.Cut(input, "---\n")
	for reason, text := range map[string]string{"no text": "", "comments": "# none\n---\n",
		"targets only": targetOnly} {
		for _, args := range [][]string{{"render"}, {"render", "--stream"}, {"render", "-o", "json"},
			{"validate", "--render"}} {
			r := call(text, append(args, "-")...)
			assert.Equal(t, r.code, exitOK, "%s %v: %s", reason, args, r.stderr)
			assert.Assert(t, strings.Contains(r.stderr, "warning: there is no Deployment or SessionCluster"),
				"%s %v: %s", reason, args, r.stderr)
		}
	}
	assert.Equal(t, call(targetOnly, "validate", "-").stderr, "", "a target on its own is a whole input")
	assert.Assert(t, strings.Contains(call("", "validate", "-").stderr, "there is no Deployment"))
	assert.Assert(t,
		strings.Contains(call("", "target", "--platform-namespace", "vvp", "-").stderr, "there is no DeploymentTarget"))
}

func TestUsageNamesFlags(t *testing.T) {
	_, deployment, _ := strings.Cut(input, "---\n")
	two := input + "---\n" + strings.Replace(deployment, "name: app", "name: app2", 1)
	for want, args := range map[string][]string{
		"flag -job-id: must be a":      {"render", "--job-id", "app=x"},
		"flag -savepoint: must be an":  {"render", "--savepoint", "app=s3//x"},
		"--job-id: the job id":         {"render", "--job-id", "app=" + id, "--job-id", "app2=" + id},
		"--savepoint: the input has":   {"render", "--savepoint", "app3=/s"},
		"--job-id " + id:               {"render", "--job-id", id},
		"--strict-patches is for":      {"validate", "--strict-patches"},
		"--image is for":               {"validate", "--image", "1.20=x"},
		"flag -old-savepoint: must be": {"diff", "--old-savepoint", "x"},
		"version: there is nothing to": {"version"},
	} {
		r := call(two, append(args, "-")...)
		assert.Equal(t, r.code, exitUsage, "%v: %s", args, r.stderr)
		assert.Equal(t, r.stdout, "")
		assert.Assert(t, strings.Contains(r.stderr, want), "%v: %s", args, r.stderr)
	}
	r := call(two, "render", "--stream", "--job-id", "default/app="+id, "--job-id", "app2="+id, "-")
	assert.Equal(t, r.code, exitInput, "a stream goes on")
	assert.Equal(t, strings.Count(r.stdout, "---\n"), 4)
	assert.Assert(t, strings.Contains(r.stderr, "is given to"), r.stderr)
	assert.Equal(t, call(input, "validate", "--render", "--strict-patches", "-").code, exitOK)
}

func TestDiffOfANewJob(t *testing.T) {
	diff := func(want int, args ...string) string {
		t.Helper()
		r := call(input, append([]string{"diff", "-", write(t, input)}, args...)...)
		assert.Equal(t, r.code, want, r.stderr)
		return r.stdout
	}
	got := diff(exitDiffer, "--old-job-id", id, "--job-id", id2, "--savepoint", "app=s3://b/1")
	assert.Assert(t, strings.HasPrefix(got, "Deployment default/app: job "+id+" replaced by "+id2+"\n"), got)
	assert.Assert(t, strings.Contains(got, "s3://b/1"), "the old job started without: %s", got)
	assert.Equal(t, diff(exitSame, "--job-id", id, "--savepoint", "s3://b/1"), "", "one job")
	assert.Assert(t,
		strings.Contains(diff(exitDiffer, "--savepoint", "s3://b/1", "--old-savepoint", "none"),
			" replaced by "), "derived ids")
	assert.Assert(t,
		strings.Contains(diff(exitDiffer, "--savepoint", "s3://b/2", "--old-savepoint", "s3://b/1", "--job-id", id,
			"--old-job-id", id), "s3://b/1 → s3://b/2"))
	assert.Equal(t, call(input, "diff", "-", write(t, input), "--old-job-id", "nope="+id).code, exitTrouble)
}

func TestExplainDerivedID(t *testing.T) {
	args := []string{"explain", "--object", "Service", "--path", "metadata.name", "-"}
	short := call(input, args...).stdout
	assert.Equal(t, strings.Count(short, "\n"), 3, short)
	assert.Assert(t, strings.Contains(short, "more: -o json)"), short)
	var doc struct{ Fields []explanation }
	assert.NilError(t, json.Unmarshal([]byte(call(input, append(args, "-o", "json")...).stdout), &doc))
	assert.Assert(t, len(doc.Fields[0].Sources) > 20, "all of them")
}

// What diff hides, explain hides.
func TestExplainHidesSecrets(t *testing.T) {
	text := strings.Replace(input+strings.ReplaceAll(pods, "%", "mySecret1"), "jarUri",
		`mainArgs: "--token mySecret1 --in a", jarUri`, 1)
	for _, args := range [][]string{{}, {"-o", "json"}, {"--path", "args"}} {
		r := call(text, append([]string{"explain", "--job-id", id, "-"}, args...)...)
		assert.Equal(t, r.code, exitOK, r.stderr)
		assert.Assert(t, !strings.Contains(r.stdout, "mySecret1"), r.stdout)
		assert.Assert(t, strings.Contains(r.stdout, "(hidden)"), r.stdout)
	}
	assert.Assert(t, strings.Contains(call(text, "render", "-").stdout, "mySecret1"), "there is one to hide")
}

func TestOtherKinds(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"app.yaml": input, "kustomization.yaml": "resources: [app.yaml]\n",
		"other.yaml": "kind: ConfigMap\napiVersion: v1\n---\nkind: Deployment\napiVersion: apps/v1\n",
	} {
		assert.NilError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	want := call(input, "render", "-").stdout
	assert.Equal(t, call("", "render", dir).code, exitInput)
	for _, args := range [][]string{{"render"}, {"render", "--stream"}} {
		r := call("", append(args, "--skip-unknown-kinds", dir)...)
		assert.Equal(t, r.code, exitOK, r.stderr)
		assert.Equal(t, r.stdout, want)
		assert.Assert(t,
			strings.Contains(r.stderr, "other.yaml:1:7: kind: warning: ") &&
				strings.Contains(r.stderr, "other.yaml:5:13: apiVersion: warning: "),
			"left out, not lost: %s", r.stderr)
	}
	assert.Equal(t, call("", "target", "--platform-namespace", "vvp", "--skip-unknown-kinds", dir).code, exitOK)
	assert.NilError(t, os.Remove(filepath.Join(dir, "other.yaml")))
	assert.Equal(t, call("", "render", dir).stdout, want, "what is kustomize's is left alone")
	bad := "kind: Deployment\napiVersion: v1\nspec: {}\n"
	assert.Equal(t, call(bad, "validate", "--skip-unknown-kinds", "-").code, exitInput, "what is VVP's has to be legal")
}

func TestHelpTexts(t *testing.T) {
	for _, c := range commands() {
		r := call("", c.name, "--help")
		assert.Equal(t, r.code, exitOK)
		assert.Assert(t, !strings.HasSuffix(r.stdout, "Flags:\n\n"), c.name)
		assert.Equal(t, strings.Contains(r.stdout, "Flags:"), c.name != "schema" && c.name != "version")
		if strings.Contains(r.stdout, "\n  -o format\n") {
			other := map[bool]string{true: "dot", false: "json"}[c.name == "graph"]
			assert.Assert(t, strings.Contains(r.stdout, " or "+other+" (default "), c.name)
		}
		for line := range strings.Lines(r.stdout) {
			assert.Assert(t, len([]rune(line)) <= 90, "%s: %s", c.name, line)
		}
	}
}

func TestVersion(t *testing.T) {
	for _, name := range []string{"version", "--version"} {
		r := call("", name)
		assert.Equal(t, r.code, exitOK, r.stderr)
		assert.Assert(t, strings.HasPrefix(r.stdout, "flinktarget ") && strings.Contains(r.stdout, "go1."), r.stdout)
	}
}

// Whatever says that a value is a secret, on the line before or after it too, it is
// neither in differences nor in explanations, and not in messages.
func TestSecretsOverLines(t *testing.T) {
	const file = `
  deploymentPatchSet:
  - target: {kind: ConfigMap}
    patch:
      data:
        core-site.xml: |
          <name>fs.s3a.secret.key</name>
          <value>%s</value>
        key.pem: |
          -----BEGIN PRIVATE KEY-----
          %s
          -----END PRIVATE KEY-----
        list.json: |
          [{"name": "DB_PASS",
            "value": "%s"}]
        app.yaml: |
          password: >-
            %s
`
	with := func(secret string) string {
		return strings.Replace(input, "{namespace: staging}\n",
			"{namespace: staging}"+strings.ReplaceAll(file, "%s", secret), 1)
	}
	assert.Assert(t, with("x") != input)
	old := write(t, with("mySecret1"))
	for _, args := range [][]string{
		{"diff", "--job-id", id, old, "-"}, {"diff", "--job-id", id, "-o", "json", old, "-"},
		{"explain", "--job-id", id, "--object", "ConfigMap", "-o", "json", "-"},
	} {
		r := call(with("mySecret2"), args...)
		assert.Assert(t, strings.Count(r.stdout, "(hidden)") >= 4, "%s%s", r.stdout, r.stderr)
		assert.Assert(t, !strings.Contains(r.stdout+r.stderr, "mySecret"), "%s%s", r.stdout, r.stderr)
	}
	r := call(strings.Replace(input, "template:\n    spec:",
		"template:\n    spec:\n      logging: {loggingProfile: 'https://u:mySecret1@h/p'}", 1), "render", "-")
	assert.Assert(t, r.code == exitInput && strings.Contains(r.stderr, "loggingProfile"), r.stderr)
	assert.Assert(t, !strings.Contains(r.stderr, "mySecret"), r.stderr)
}

// An estate has resources that cannot be rendered, and others.
func TestKeepGoing(t *testing.T) {
	const target = "kind: DeploymentTarget\nmetadata: {name: t}\nspec: {kubernetes: {namespace: jobs}}\n---\n"
	of := func(name, target, version, uri string) string {
		return "kind: Deployment\nmetadata: {name: " + name + "}\nspec: {deploymentTargetName: " + target +
			", template: {spec: {artifact: {kind: JAR, jarUri: '" + uri + "', flinkVersion: '" + version + "'}}}}\n---\n"
	}
	const uri = "https://h.example.com/a.jar"
	good := of("good", "t", "1.20", uri)
	for _, c := range []struct {
		reason, text string
		says         []string // of what is not rendered
		rendered     bool
	}{
		{"all is well", target + good, nil, true},
		{"old Flink", target + good + of("old", "t", "1.14", uri), []string{`"1.14"`}, true},
		{"no YAML", target + good + "a: [", []string{"f.yaml"}, true},
		{"no target", target + good + of("lost", "u", "1.20", uri), []string{"DeploymentTarget default/u"}, true},
		{"what Flink does not fetch", target + good + of("ftp", "t", "1.20", "ftp://h/a.jar"), []string{"ftp"}, true},
		{"several", target + of("a", "t", "1.14", uri) + of("b", "u", "1.20", uri) + good, []string{`"1.14"`, "/u"}, true},
		{"two of one name", target + of("a", "t", "1.20", uri) + of("a", "t", "1.19", uri) + good, []string{"Duplicate"}, true},
		{"nothing is left", target + of("old", "t", "1.14", uri), []string{`"1.14"`}, false},
	} {
		file := filepath.Join(t.TempDir(), "f.yaml")
		assert.NilError(t, os.WriteFile(file, []byte(c.text), 0o600))
		var out, errs bytes.Buffer
		code := run([]string{"render", "--keep-going", file}, nil, &out, &errs)
		assert.Equal(t, code == exitOK, c.says == nil, "%s: %s", c.reason, errs.String())
		assert.Equal(t, strings.Count(out.String(), "kind: Job\n"), map[bool]int{true: 1}[c.rendered], c.reason)
		assert.Equal(t, strings.Contains(out.String(), "deploymentName: good"), c.rendered, c.reason)
		for _, says := range c.says {
			assert.Assert(t, strings.Contains(errs.String(), says), "%s: %s", c.reason, errs.String())
		}
	}
	// Without it, nothing is written; validate says what cannot be rendered.
	for text, warned := range map[string]bool{good: false, of("ftp", "t", "1.20", "ftp://h/a.jar"): true} {
		var errs bytes.Buffer
		code := run([]string{"validate", "-"}, strings.NewReader(text), &bytes.Buffer{}, &errs)
		assert.Equal(t, code, exitOK, errs.String())
		assert.Equal(t, strings.Contains(errs.String(), "warning: cannot be rendered: "), warned, errs.String())
	}
}

// Pod templates may have what a newer Kubernetes has; what VVP does not have, no flag allows.
func TestAllowUnknownInPodTemplates(t *testing.T) {
	with := func(kubernetes string) string {
		return input + "      kubernetes: {" + kubernetes + "}\n"
	}
	text := with("jobManagerPodTemplate: {spec: {hyper: 1}}")
	r := call(text, "render", "-")
	assert.Equal(t, r.code, exitInput)
	assert.Assert(t, strings.Contains(r.stderr, "hyper: unknown field (option --allow-unknown)"), r.stderr)
	for _, args := range [][]string{{"render"}, {"render", "--stream"}, {"validate", "--render"}} {
		r = call(text, append(args, "--allow-unknown", "-")...)
		assert.Equal(t, r.code, exitOK, r.stderr)
		assert.Assert(t, strings.Contains(r.stderr, "hyper: warning: unknown field"), "it is a warning: %s", r.stderr)
		assert.Equal(t, strings.Contains(r.stdout, "hyper: 1"), args[0] == "render", "it is not lost")
		r = call(with("jobManagerPodTemplates: {}"), append(args, "--allow-unknown", "-")...)
		assert.Equal(t, r.code, exitInput, r.stderr)
	}
	assert.Equal(t, call(text, "target", "--platform-namespace", "vvp", "--allow-unknown", "-").code, exitOK)
}
