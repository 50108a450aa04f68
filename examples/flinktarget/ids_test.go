package main

import (
	"encoding/json"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
)

// What ids writes pins the manifests: --job-id takes it.
func TestIDsPinJobs(t *testing.T) {
	_, app, _ := strings.Cut(input, "---\n")
	all := input + "---\n" + strings.Replace(app, "{name: app}", "{name: With Blanks, namespace: other}", 1) +
		"---\n" + strings.Replace(strings.Replace(app, "{name: app}", "{name: stopped}", 1), "  template:",
		"  state: SUSPENDED\n  template:", 1)
	all = strings.Replace(all, "namespace: other}", "namespace: default}", 1)
	r := call(all, "ids", "-")
	assert.Equal(t, r.code, exitOK, r.stderr)
	lines := strings.Split(strings.TrimSpace(r.stdout), "\n")
	assert.Equal(t, len(lines), 2, "one that does not run has no job: %s", r.stdout)
	assert.Assert(t, strings.HasPrefix(lines[1], "default/With Blanks="), r.stdout)

	args := []string{"render", "-"}
	for _, line := range lines {
		args = append(args, "--job-id="+line)
	}
	derived, pinned := call(all, "render", "-"), call(all, args...)
	assert.Equal(t, pinned.code, exitOK, pinned.stderr)
	assert.Equal(t, pinned.stdout, derived.stdout)

	changed := strings.Replace(all, "flinkVersion: 1.20", "flinkVersion: 1.19", 1)
	assert.Assert(t, call(changed, "ids", "-").stdout != r.stdout, "another image is another job")
	for _, line := range lines {
		_, id, _ := strings.Cut(line, "=")
		assert.Assert(t, strings.Contains(call(changed, args...).stdout, id), "but not if its id is given")
	}
}

func TestIDsAsJSON(t *testing.T) {
	r := call(input, "ids", "-o", "json", "--job-id", id, "-")
	assert.Equal(t, r.code, exitOK, r.stderr)
	var got map[string]string
	assert.NilError(t, json.Unmarshal([]byte(r.stdout), &got))
	assert.DeepEqual(t, got, map[string]string{"default/app": id})
}

func TestIDsRefuses(t *testing.T) {
	assert.Equal(t, call("", "ids").code, exitUsage)
	r := call("kind: Nothing", "ids", "-")
	assert.Equal(t, r.code, exitInput)
	assert.Equal(t, r.stdout, "")
}
