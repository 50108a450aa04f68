package render_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/render"
)

// testFiles returns the files of internal/testdata that render, or that do not.
func testFiles(t testing.TB, folder string) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "internal", "testdata", folder, "*.yaml"))
	assert.NilError(t, err)
	assert.Assert(t, len(files) > 1, "the folder %s is empty", folder)
	out := map[string][]byte{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		assert.NilError(t, err)
		out[strings.TrimSuffix(filepath.Base(file), ".yaml")] = text
	}
	return out
}

func parse(t testing.TB, text []byte) deployment.Bundle {
	t.Helper()
	b, err := deployment.ParseAll("input.yaml", text)
	assert.NilError(t, err)
	return b
}

func renderer(t testing.TB, opts ...render.Option) *render.Renderer {
	t.Helper()
	r, err := render.New(opts...)
	assert.NilError(t, err)
	return r
}

// rendered renders a text of one target and one resource.
func rendered(t testing.TB, text string) render.Manifests {
	t.Helper()
	m, err := renderer(t).Bundle(parse(t, []byte(text)), nil)
	assert.NilError(t, err)
	return m
}

func yamlOf(t testing.TB, m render.Manifests) string {
	t.Helper()
	var b bytes.Buffer
	_, err := m.WriteTo(&b)
	assert.NilError(t, err)
	return b.String()
}

func find(t testing.TB, m render.Manifests, kind, suffix string) render.Object {
	t.Helper()
	for o := range m.All() {
		if o.Kind() == kind && strings.HasSuffix(o.Name(), suffix) {
			return o
		}
	}
	t.Fatalf("no %s …%s", kind, suffix)
	return render.Object{}
}

// staging is a target for tests that are about something else.
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
