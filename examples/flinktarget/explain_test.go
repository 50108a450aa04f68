package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget"
)

func TestExplain(t *testing.T) {
	r := call(input, "explain", "--job-id", id, "--path", "replicas", "-")
	assert.Equal(t, r.code, exitOK, r.stderr)
	assert.Equal(t, r.stdout, `Deployment staging/job-2da2f867-5899-4bef-8ad0-9771bbac38b4-taskmanager
  spec.replicas  1  generated replicas
                    VVP default Deployment default/app spec.template.spec.parallelism
`)
	r = call(input, "explain", "-", "--object", "configmap")
	assert.Equal(t, r.code, exitOK, r.stderr)
	assert.Assert(t, strings.Contains(r.stdout, "lines)"), "files are not written out: %s", r.stdout)
	assert.Assert(t, strings.Contains(r.stderr, "warning: "), r.stderr)
}

func TestExplainJSON(t *testing.T) {
	r := call(input, "explain", "--job-id", id, "-o", "json", "--object", "Job/*-jobmanager", "--path",
		"spec.template.spec.containers[flink-jobmanager].image", "-")
	assert.Equal(t, r.code, exitOK, r.stderr)
	var got struct{ Fields []explanation }
	assert.NilError(t, json.Unmarshal([]byte(r.stdout), &got))
	assert.DeepEqual(t, got.Fields, []explanation{{
		reference: reference{"batch/v1", "Job", "staging", "job-" + id + "-jobmanager"},
		Path:      "spec.template.spec.containers[flink-jobmanager].image", Value: "flink:1.20.5",
		Sources: []source{
			{Step: "generated", Name: "image"},
			{Step: "field", Resource: "Deployment default/app", Field: "spec.template.spec.artifact.flinkVersion",
				Position: flinktarget.Position{File: "<stdin>", Line: 14, Column: 43}},
		},
	}}, cmp.AllowUnexported(explanation{}))
}

// A patch that removes arguments tells nobody what the password was.
func TestExplainRemoved(t *testing.T) {
	patched := strings.Replace(input, "  kubernetes: {namespace: staging}\n", `  kubernetes: {namespace: staging}
  deploymentPatchSet:
    - {target: {kind: Deployment}, patch: {spec: {template: {spec: {containers: [
        {name: flink-taskmanager, args: [taskmanager, --password, hunter2]}]}}}}}
    - {target: {kind: Deployment}, patch: {spec: {template: {spec: {containers: [
        {name: flink-taskmanager, args: [taskmanager]}]}}}}}
`, 1)
	assert.Assert(t, patched != input)
	r := call(patched, "explain", "--job-id", id, "--path", "args", "--object", "Deployment", "-")
	assert.Equal(t, r.code, exitOK, r.stderr)
	assert.Equal(t, strings.Count(r.stdout, "(removed)"), 2, r.stdout)
	r = call(patched, "explain", "--job-id", id, "--path", "args", "--object", "Deployment", "-o", "json", "-")
	assert.Equal(t, r.code, exitOK, r.stderr)
	assert.Equal(t, strings.Count(r.stdout, `"removed": true`), 2, r.stdout)
	assert.Assert(t, strings.Contains(r.stdout, `"before": "(hidden)"`), r.stdout)
	assert.Assert(t, !strings.Contains(r.stdout, "hunter2"), r.stdout)
}

func TestExplainRefuses(t *testing.T) {
	for reason, c := range map[string]struct {
		args []string
		code int
	}{
		"nothing to read":            {[]string{"explain"}, exitUsage},
		"no such format":             {[]string{"explain", "-o", "yaml", "-"}, exitUsage},
		"a path that nothing has":    {[]string{"explain", "--path", "spec.replica", "-"}, exitInput},
		"a kind that is not there":   {[]string{"explain", "--object", "Pod", "-"}, exitInput},
		"a job of another":           {[]string{"explain", "--job-id", "x=" + id, "-"}, exitUsage},
		"input that cannot be read":  {[]string{"explain", "none.yaml"}, exitInput},
		"a name that is no pattern":  {[]string{"explain", "--object", "Job/[", "-"}, exitInput},
		"a path in the middle of it": {[]string{"explain", "--path", "emplate", "-"}, exitInput},
	} {
		r := call(input, c.args...)
		assert.Equal(t, r.code, c.code, "%s: %s", reason, r.stderr)
		assert.Equal(t, r.stdout, "", reason)
		assert.Assert(t, r.stderr != "", reason)
	}
}
