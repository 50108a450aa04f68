package deployment_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/deployment"
)

func TestFiles(t *testing.T) {
	file := &fstest.MapFile{}
	link := func(to string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(to), Mode: fs.ModeSymlink} }
	for _, c := range []struct {
		reason string
		folder fstest.MapFS
		want   []string
		err    string
	}{
		{"by the end of the name, in any case, sorted",
			fstest.MapFS{"b.YML": file, "a.yaml": file, "c.json": file, "d.txt": file, "yaml": file},
			[]string{"a.yaml", "b.YML", "c.json"}, ""},
		{"at any depth", fstest.MapFS{"x/y/a.yaml": file, "b.yaml": file}, []string{"b.yaml", "x/y/a.yaml"}, ""},
		{"nothing hidden", fstest.MapFS{".git/a.yaml": file, ".b.yaml": file, "c.yaml": file}, []string{"c.yaml"}, ""},
		{"what kustomize reads is not ours",
			fstest.MapFS{"kustomization.yaml": file, "x/kustomization.yml": file, "a.yaml": file}, []string{"a.yaml"},
			""},
		{"a link to a file is one", fstest.MapFS{"a.txt": file, "b.yaml": link("a.txt")}, []string{"b.yaml"}, ""},
		{"a link to a folder would be lost", fstest.MapFS{"a.yaml": file, "x/b.yaml": file, "l": link("x")},
			[]string{"a.yaml"}, "l: a symbolic link"},
		{"hidden ones are not looked at", fstest.MapFS{"a.yaml": file, "x/b.txt": file, ".l": link("x")},
			[]string{"a.yaml"}, ""},
		{"nothing is an error", fstest.MapFS{"a.txt": file}, nil, "no .yaml"},
	} {
		t.Run(c.reason, func(t *testing.T) {
			got, err := deployment.Files("dir", c.folder)
			assert.DeepEqual(t, got, c.want)
			if c.err == "" {
				assert.NilError(t, err)
			} else {
				assert.ErrorContains(t, err, c.err)
			}
		})
	}
}

func TestFilesOfNoFolder(t *testing.T) {
	_, err := deployment.Files("none", os.DirFS("none"))
	assert.ErrorIs(t, err, fs.ErrNotExist)
	assert.ErrorContains(t, err, "none: ")
}

func TestReadFS(t *testing.T) {
	const dt = "kind: DeploymentTarget\nmetadata: {name: %s}\nspec: {kubernetes: {namespace: a}}\n"
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	folder := fstest.MapFS{
		"b.yaml":   file(fmt.Sprintf(dt, "b")),
		"x/a.json": file(`{"spec": {"kubernetes": {}}, "metadata": {"name": "c"}}`),
	}
	b, err := deployment.ReadFS("dir", folder)
	assert.NilError(t, err)
	assert.Equal(t, len(b.Targets), 2)
	assert.Equal(t, b.Targets[0].Name()+b.Targets[1].Name(), "bc")
	assert.Equal(t, b.Targets[1].Position().File, filepath.Join("dir", "x", "a.json"))
	b, err = deployment.ReadFS("", folder)
	assert.NilError(t, err)
	assert.Equal(t, b.Targets[0].Position().File, "b.yaml")

	folder["c.yaml"], folder["d.yaml"] = file("kind: Nothing"), file("kind: [")
	b, err = deployment.ReadFS("dir", folder)
	assert.ErrorContains(t, err, filepath.Join("dir", "c.yaml")+":1:")
	assert.ErrorContains(t, err, filepath.Join("dir", "d.yaml")+":1:")
	assert.Equal(t, len(b.Targets), 0, "all or nothing")
	_, err = deployment.ReadFS("none", os.DirFS("none"))
	assert.ErrorIs(t, err, fs.ErrNotExist)
	assert.ErrorContains(t, err, "none: ")
}
