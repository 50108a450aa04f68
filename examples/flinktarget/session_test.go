package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
)

const sessionInput = `kind: DeploymentTarget
apiVersion: v1
metadata: {name: staging}
spec:
  kubernetes: {namespace: staging}
---
kind: SessionCluster
apiVersion: v1
metadata: {name: shared}
spec: {deploymentTargetName: staging, flinkVersion: 1.20, numberOfTaskManagers: 1}
---
kind: Deployment
apiVersion: v1
metadata: {name: app}
spec:
  sessionClusterName: shared
  template:
    spec:
      artifact: {kind: JAR, jarUri: local:///opt/flink/usrlib/app.jar}
`

// All commands know Deployments in session mode, whatever order the cluster comes in where
// that is known as a whole.
func TestSessionMode(t *testing.T) {
	parts := strings.Split(sessionInput, "---\n")
	turned := parts[2] + "---\n" + parts[0] + "---\n" + parts[1]
	missing := strings.Replace(sessionInput, "sessionClusterName: shared", "sessionClusterName: share", 1)
	const all, none = 6, 0
	for _, c := range []struct {
		reason, text string
		command      []string
		code         int
		objects      int
		says         string
	}{
		{"at once", turned, []string{"render"}, exitOK, all, ""},
		{"as a stream", sessionInput, []string{"render", "--stream"}, exitOK, all, ""},
		{"before its cluster", turned, []string{"render", "--stream"}, exitInput, 4, "sessionClusterName"},
		{"misspelt", missing, []string{"render"}, exitInput, none, "did you mean shared?"},
		{"the rest", missing, []string{"render", "--keep-going"}, exitInput, 4, "did you mean shared?"},
		{"valid by itself", missing, []string{"validate"}, exitOK, none, ""},
		{"valid", sessionInput, []string{"validate"}, exitOK, none, ""},
		{"valid, but not to be rendered", strings.Replace(sessionInput, "local:///opt/flink/usrlib", "s3://b", 1),
			[]string{"validate"}, exitOK, none, "cannot be rendered: "},
		{"with both engines", sessionInput, []string{"validate", "--render", "--engine", "both"}, exitOK, none, ""},
	} {
		r := call(c.text, append(c.command, "-")...)
		assert.Equal(t, r.code, c.code, "%s: %s", c.reason, r.stderr)
		assert.Equal(t, strings.Count(r.stdout, "\nkind: "), c.objects, c.reason)
		assert.Assert(t, strings.Contains(r.stderr, c.says), "%s: %s", c.reason, r.stderr)
	}
	r := call(sessionInput, "explain", "--job-id", id, "--object", "Job/*-submit", "--path", "image", "-")
	assert.Assert(t, strings.Contains(r.stdout, "SessionCluster default/shared spec.flinkVersion"), r.stdout)
	file := filepath.Join(t.TempDir(), "old.yaml")
	assert.NilError(t, os.WriteFile(file, []byte(sessionInput), 0o600))
	r = call(strings.Replace(sessionInput, "app.jar", "b.jar", 1), "diff", file, "-")
	assert.Assert(t, strings.Contains(r.stdout, "Deployment default/app: job "), r.stdout)
	assert.Assert(t, !strings.Contains(r.stdout, "session-"), "the cluster stays as it is: %s", r.stdout)
}
