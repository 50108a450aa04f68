package merge_test

import (
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
	"sigs.k8s.io/yaml"

	"github.com/flinktarget/flinktarget/internal/merge"
	"github.com/flinktarget/flinktarget/internal/tree"
)

// parse reads a YAML document as a tree.
func parse(t testing.TB, text string) map[string]any {
	t.Helper()
	data, err := yaml.YAMLToJSON([]byte(text))
	assert.NilError(t, err)
	v, err := tree.FromJSON(data)
	assert.NilError(t, err)
	m, _ := v.(map[string]any)
	return m
}

// A program that uses kustomize itself may set or reset its schema at any time.
// This package cannot be affected: it does not import kustomize.
func TestImports(t *testing.T) {
	files, err := filepath.Glob("*.go")
	assert.NilError(t, err)
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		assert.NilError(t, err)
		for _, i := range f.Imports {
			path, err := strconv.Unquote(i.Path.Value)
			assert.NilError(t, err)
			ours := strings.HasPrefix(path, "github.com/flinktarget/flinktarget/internal/")
			assert.Assert(t, ours || !strings.Contains(path, "."), "%s imports %s", file, path)
		}
	}
}

func TestApply(t *testing.T) {
	obj := parse(t, `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: a}
spec:
  template:
    spec:
      containers:
      - {name: a, image: x, env: [{name: A, value: "1"}]}
      - {name: b, image: "y"}
`)
	patch := parse(t, `
metadata: {name: other, labels: {a.b/c: d}}
spec:
  template:
    spec:
      containers:
      - {name: b, image: z}
      volumes: [{name: v, emptyDir: {medium: null}}]
`)
	got, deleted, err := merge.Apply(obj, patch, deploymentSchema)
	assert.NilError(t, err)
	assert.Assert(t, !deleted)
	assert.DeepEqual(t, got, parse(t, `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: a, labels: {a.b/c: d}}
spec:
  template:
    spec:
      containers:
      - {name: b, image: z}
      - {name: a, image: x, env: [{name: A, value: "1"}]}
      volumes: [{name: v, emptyDir: {}}]
`))
}

// Metadata that an object has stay, and those that it has not come only with content.
func TestMetadata(t *testing.T) {
	for _, c := range []struct{ reason, object, patch, want string }{
		{"content comes", "{}", "{metadata: {name: b, labels: {a: b}}}", "{metadata: {labels: {a: b}}}"},
		{"an identity is no content", "{}", "{metadata: {name: b}}", "{}"},
		{"emptied ones stay", "{metadata: {labels: {a: b}}}", "{metadata: {labels: null}}", "{metadata: {}}"},
		{"the name of deleted ones stays", "{metadata: {name: a, labels: {a: b}}}", "{metadata: null}", "{metadata: {name: a}}"},
	} {
		got, _, err := merge.Apply(parse(t, c.object), parse(t, c.patch), deploymentSchema)
		assert.NilError(t, err)
		assert.DeepEqual(t, got, parse(t, c.want))
	}
}

func TestRefusedWithPath(t *testing.T) {
	refused := merge.Check(parse(t, `
spec: {template: {spec: {containers: [{name: a, $patch: replace}, {image: x}], tolerations: [{$patch: delete}]}}}
`), deploymentSchema)
	assert.DeepEqual(t, paths(refused), []string{
		"spec.template.spec.containers[0].$patch",
		"spec.template.spec.containers[1]",
		"spec.template.spec.tolerations[0].$patch",
	})
}
