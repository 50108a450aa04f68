package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
	"gotest.tools/v3/golden"
)

// write writes a file for a test.
func write(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "input.yaml")
	assert.NilError(t, os.WriteFile(file, []byte(text), 0o600))
	return file
}

const pods = "      kubernetes:\n        pods:\n" +
	"          envVars: [{name: TZ, value: UTC}, {name: DB_PASSWORD, value: %}]\n" +
	"      flinkConfiguration: {my.option: \"1\", s3.secret-key: %}\n"

func TestDiff(t *testing.T) {
	before := input + strings.ReplaceAll(pods, "%", "oldSecret")
	after := strings.NewReplacer("UTC", "CET", `"1"`, `"2"`, "oldSecret", "newSecret", "jarUri",
		`mainArgs: "--token newSecret --in a", jarUri`).Replace(before)
	before = strings.Replace(before, "jarUri", `mainArgs: "--token oldSecret", jarUri`, 1)
	for name, c := range map[string]struct {
		old, new string
		args     []string
	}{
		"same job": {before, after, []string{"--job-id", id}},
		"new job":  {input, input + "      flinkConfiguration: {my.option: x}\n", nil},
		"scale":    {input, input + "      numberOfTaskManagers: 3\n", nil},
		"added":    {strings.Split(input, "---\n")[0], input, nil},
		"removed":  {input, strings.Split(input, "---\n")[0], nil},
		"json":     {before, after, []string{"-o", "json", "--job-id", id}},
		"namespaces": {input, strings.Replace(input, "namespace: staging", "namespace: other", 1),
			[]string{"--job-id", "default/app=" + id}},
		"recreate": {input, strings.Replace(input, "{namespace: staging}\n", "{namespace: staging}\n"+
			"  deploymentPatchSet: [{target: {kind: Deployment}, patch: {spec: {strategy: {type: Recreate}}}}]\n", 1),
			[]string{"--job-id", id}},
	} {
		t.Run(name, func(t *testing.T) {
			r := call(c.old, append([]string{"diff", "-", write(t, c.new)}, c.args...)...)
			assert.Equal(t, r.code, exitDiffer, r.stderr)
			assert.Assert(t, !strings.Contains(r.stdout, "Secret"), r.stdout)
			golden.Assert(t, withoutIDs(r.stdout), "diff-"+strings.ReplaceAll(name, " ", "-")+".golden")
			if name == "json" {
				assert.Assert(t, json.Valid([]byte(r.stdout)))
			}
		})
	}
}

var ids = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{64}|[0-9a-f]{12}…`)

// withoutIDs replaces ids and checksums, which depend on all that is rendered.
func withoutIDs(text string) string {
	names := map[string]string{}
	return ids.ReplaceAllStringFunc(text, func(s string) string {
		if names[s] == "" {
			names[s] = fmt.Sprintf("<%d>", len(names)+1)
		}
		return names[s]
	})
}

func TestDiffExitCodes(t *testing.T) {
	file, dir := write(t, input), t.TempDir()
	assert.NilError(t, os.WriteFile(filepath.Join(dir, "a.yaml"), []byte(input), 0o600))
	for _, c := range []struct {
		reason string
		args   []string
		want   int
	}{
		{"no difference", []string{file, dir}, exitSame},
		{"the standard input", []string{"-", file}, exitSame},
		{"a job id for the only Deployment", []string{file, dir, "--job-id", id}, exitSame},
		{"one input", []string{file}, exitTrouble},
		{"three inputs", []string{file, file, file}, exitTrouble},
		{"the standard input twice", []string{"-", "-"}, exitTrouble},
		{"no such file", []string{file, filepath.Join(dir, "no such file")}, exitTrouble},
		{"not legal", []string{write(t, "kind: Deployment"), file}, exitTrouble},
		{"cannot be rendered", []string{file, write(t, strings.Split(input, "---\n")[1])}, exitTrouble},
		{"an unknown flag", []string{file, file, "--nope"}, exitTrouble},
		{"an unknown format", []string{file, file, "-o", "yaml"}, exitTrouble},
		{"a profile that is not there", []string{file, file, "--logging-profile", "a=" + dir + "/no"}, exitTrouble},
		{"an illegal job id", []string{file, file, "--job-id", "x"}, exitTrouble},
		{"a job id for nothing", []string{file, file, "--job-id", "nope=" + id}, exitTrouble},
		{"help", []string{"--help"}, exitOK},
	} {
		t.Run(c.reason, func(t *testing.T) {
			r := call(input, append([]string{"diff"}, c.args...)...)
			assert.Equal(t, r.code, c.want, r.stderr)
			assert.Equal(t, r.stdout != "", c.reason == "help", r.stdout)
			assert.Assert(t, c.want == exitOK || r.stderr != "")
		})
	}
}

func TestDiffJSONWithoutDifferences(t *testing.T) {
	r := call(input, "diff", "-", write(t, input), "-o", "json")
	assert.Equal(t, r.code, exitSame)
	assert.Equal(t, r.stdout, "{\n  \"changes\": []\n}\n")
}

func TestNameOf(t *testing.T) {
	for path, want := range map[string]string{
		"spec.replicas": "replicas",
		"spec.template.spec.containers[a].env[TOKEN].value": "TOKEN",
		"data[log4j.properties]":                            "log4j.properties",
		`metadata.annotations["a]b"]`:                       "a]b",
		"metadata.annotations[a.b/token]":                   "a.b/token",
	} {
		assert.Equal(t, nameOf(path), want)
	}
}
