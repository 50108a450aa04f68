package rendertest

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/render"
)

// Dir renders all resources in the files of a folder, at any depth, whose names end
// in .yaml, .yml or .json and do not begin with a dot, in the order of their names. If
// there are none, or if anything is wrong, the test fails at once with all problems,
// each with its place. A symbolic link to a folder is an error: it is not followed.
//
// Each job has the id of its Deployment, not one that is derived from all that is
// rendered, so that a golden file changes only where something else does. Warnings are
// logged. A patch that matches nothing is one, and fails the test with
// render.StrictPatches.
func Dir(t testing.TB, dir string, opts ...render.Option) render.Manifests {
	t.Helper()
	r, err := render.New(opts...)
	if err != nil {
		t.Fatal(err)
	}
	b, err := read(dir)
	if err != nil {
		t.Fatal(err)
	}
	m, err := r.Bundle(b, func(d deployment.Deployment) render.Job { return render.Job{ID: d.ID()} })
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range m.Warnings() {
		t.Log(w)
	}
	return m
}

func read(dir string) (deployment.Bundle, error) {
	var all deployment.Bundle
	var errs []error
	files := 0
	folder := os.DirFS(dir)
	err := fs.WalkDir(folder, ".", func(path string, d fs.DirEntry, err error) error {
		file := filepath.Join(dir, path)
		switch hidden := err == nil && path != "." && strings.HasPrefix(d.Name(), "."); {
		case err != nil:
			return fmt.Errorf("%s: %w", dir, err)
		case hidden && d.IsDir():
			return fs.SkipDir
		case hidden, d.IsDir():
			return nil
		case linkToFolder(folder, path, d):
			return errors.New(file + ": a symbolic link to a folder is not followed")
		case !slices.Contains([]string{".yaml", ".yml", ".json"}, strings.ToLower(filepath.Ext(path))):
			return nil
		}
		files++
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		b, err := deployment.ParseAll(file, text)
		errs = append(errs, err)
		all.Add(b)
		return nil
	})
	if err == nil && files == 0 {
		err = errors.New(dir + ": no .yaml, .yml or .json files")
	}
	return all, errors.Join(append(errs, err)...)
}

func linkToFolder(folder fs.FS, path string, d fs.DirEntry) bool {
	if d.Type()&fs.ModeSymlink == 0 {
		return false
	}
	info, err := fs.Stat(folder, path)
	return err == nil && info.IsDir()
}
