package krmtest

import (
	"maps"
	"os"
	"path/filepath"
	"testing"

	"gotest.tools/v3/assert"
)

// What examples/gitops writes is a kustomization in the eyes of kustomize, also when
// nothing runs any more.
func TestKustomizationsOfGitops(t *testing.T) {
	folders, err := filepath.Glob(root + "/examples/gitops/manifests/*/*")
	assert.NilError(t, err)
	assert.Equal(t, len(folders), 2)
	for _, folder := range folders {
		want := map[string]string{}
		files, err := filepath.Glob(folder + "/*-*.yaml")
		assert.NilError(t, err)
		assert.Equal(t, len(files), 2)
		for _, file := range files {
			text, err := os.ReadFile(file)
			assert.NilError(t, err)
			maps.Copy(want, normal(t, string(text)))
		}
		got, stderr, err := build(folder)
		assert.NilError(t, err, stderr)
		assert.DeepEqual(t, normal(t, got), want)
	}

	dir := t.TempDir()
	assert.NilError(t, os.Mkdir(filepath.Join(dir, "in"), 0o755))
	assert.NilError(t, os.WriteFile(filepath.Join(dir, "in/target.yaml"), []byte(target), 0o644))
	_, stderr, err := call("", "gitops", "-allow-empty", "-out", filepath.Join(dir, "out"), filepath.Join(dir, "in"))
	assert.NilError(t, err, stderr)
	got, stderr, err := build(filepath.Join(dir, "out/default/streams"))
	assert.NilError(t, err, stderr)
	assert.Equal(t, got, "")
}
