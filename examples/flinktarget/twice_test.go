package main

import (
	"strings"
	"testing"

	"gotest.tools/v3/assert"
)

// Two resources of one id would be rendered to the same objects, and the last one
// applied would win.
func TestResourcesOfOneID(t *testing.T) {
	app := input[strings.Index(input, "---\n"):]
	cluster := "---\nkind: SessionCluster\nmetadata: {name: @, id: " + id + "}\nspec: {deploymentTargetName: staging, " +
		"flinkVersion: '1.20', numberOfTaskManagers: 1}\n"
	for reason, c := range map[string]struct{ second, want string }{
		"the same":     {app, "metadata.name: Duplicate"},
		"another name": {strings.ReplaceAll(cluster, "@", "a") + strings.ReplaceAll(cluster, "@", "b"), "SessionCluster"},
		"another id":   {strings.Replace(app, "{name: app}", "{name: app, id: "+id+"}", 1), ""},
		"of another kind": {strings.Replace(app, "{name: app}", "{name: b, id: "+id+"}", 1) +
			strings.ReplaceAll(cluster, "@", "a"), ""},
	} {
		for _, command := range [][]string{{"render", "-"}, {"render", "--stream", "-"}, {"validate", "-"}} {
			r := call(input+c.second, command...)
			assert.Equal(t, r.code == exitOK, c.want == "", "%s: %v: %s", reason, command, r.stderr)
			assert.Assert(t, strings.Contains(r.stderr, c.want), "%s: %v: %s", reason, command, r.stderr)
		}
	}
	r := call(input+app, "render", "--stream", "-")
	assert.Equal(t, strings.Count(r.stdout, "kind: ConfigMap\n"), 1, "the first one is rendered")
}
