package verify_test

import (
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/render"
)

const jobID = "3f1da3c8-6f22-430f-9200-eda014ea5319"

const staging = `
kind: DeploymentTarget
apiVersion: v1
metadata: {name: staging}
spec:
  kubernetes: {namespace: staging}
`

// app is a Deployment for tests that are about something else. The text that is
// appended goes on with template.spec.
const app = staging + `
---
kind: Deployment
apiVersion: v1
metadata: {name: app}
spec:
  deploymentTargetName: staging
  template:
    spec:
      artifact: {kind: JAR, flinkVersion: 1.20, jarUri: "local:///opt/flink/usrlib/app.jar"}
`

// session has a JobManager that is a Deployment.
const session = staging + `
---
kind: SessionCluster
apiVersion: v1
metadata: {name: session, id: 6a1a4cfb-43a0-4a3e-bf31-5d0f6a1a2f7e}
spec:
  deploymentTargetName: staging
  flinkVersion: 1.20
`

const haConf = "flinkConfiguration: {high-availability.type: kubernetes, high-availability.storageDir: s3://b/ha}\n"

// withPatches puts a patch set into a text.
func withPatches(text string, entries ...string) string {
	set := "  deploymentPatchSet:\n"
	for _, e := range entries {
		set += "  - " + e + "\n"
	}
	return strings.Replace(text, "  kubernetes: {namespace: staging}\n", "  kubernetes: {namespace: staging}\n"+set, 1)
}

func renderJob(t *testing.T, text string, opts ...render.Option) (render.Manifests, error) {
	t.Helper()
	b, err := deployment.ParseAll("input.yaml", []byte(text))
	assert.NilError(t, err)
	r, err := render.New(opts...)
	assert.NilError(t, err)
	return r.Bundle(b, func(deployment.Deployment) render.Job { return render.Job{ID: jobID} })
}
