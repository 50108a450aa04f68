package render_test

import (
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/render"
)

// conf is the Deployment with an option of Flink.
func conf(option string) string { return app + "      flinkConfiguration: {" + option + "}\n" }

// Files that people have of VVP.
func TestVVPAsItIsUsed(t *testing.T) {
	const owed = "      flinkConfiguration:\n        kubernetes.pod-template-file.jobmanager: |\n          kind: Pod\n"
	for _, c := range []struct {
		reason, text string
		has, hasNot  string // in the manifests
	}{
		{"placeholders are filled in", conf("a: '{{ namespace }}/{{deploymentName}}/{{ deploymentId}}/{{jobId }}'"),
			"a: default/app/" + kinds.DeriveID("Deployment", "default", "app") + "/" + jobID + "\n", "{{"},
		{"in arguments, too, with variables", conf("a: '{{ jobId }}-${A}'") + "      kubernetes: {pods: {envVars: " +
			"[{name: A, value: b}]}}\n", "a=" + jobID + "-$(A)", "{{"},
		{"others stay", conf("a: '{{ region }}'"), "a: {{ region }}", ""},
		{"a SessionCluster has no job", session + "  flinkConfiguration: {a: '{{ namespace }}/{{ jobId }}'}\n",
			"a: default/{{ jobId }}", ""},
		{"what has no effect and cannot be written", app + owed, "", "kind: Pod"},
		{"it can be written for Flink 2", onVersion(app+owed, "2.0"), "kind: Pod", ""},
	} {
		t.Run(c.reason, func(t *testing.T) {
			m, err := renderJob(t, c.text, render.Job{ID: jobID})
			assert.NilError(t, err)
			text := yamlOf(t, m)
			assert.Assert(t, strings.Contains(text, c.has), text)
			assert.Assert(t, c.hasNot == "" || !strings.Contains(text, c.hasNot), text)
		})
	}
}

// A placeholder gives a job the id that is derived of it.
func TestPlaceholderOfADerivedID(t *testing.T) {
	m, err := renderJob(t, conf("a: '{{ jobId }}'"), render.Job{})
	assert.NilError(t, err)
	assert.Assert(t, strings.Contains(configOf(t, m), "a: "+jobOf(m)+"\n"))
}
