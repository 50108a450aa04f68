package files_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/files"
)

func TestIn(t *testing.T) {
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
			got, err := files.In("dir", c.folder)
			for i, name := range c.want {
				c.want[i] = filepath.Join("dir", name)
			}
			assert.DeepEqual(t, got, c.want)
			if c.err == "" {
				assert.NilError(t, err)
			} else {
				assert.ErrorContains(t, err, c.err)
			}
		})
	}
}

func TestInWhatIsNotThere(t *testing.T) {
	_, err := files.In("none", os.DirFS("none"))
	assert.ErrorIs(t, err, fs.ErrNotExist)
	assert.ErrorContains(t, err, "none: ")
}
