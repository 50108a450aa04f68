package rendertest

import (
	"errors"
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
// in .yaml, .yml or .json, in the order of their names. If there are none, or if
// anything is wrong, the test fails at once with all problems, each with its place.
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
	m, err := r.Bundle(b, nil)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func read(dir string) (deployment.Bundle, error) {
	var all deployment.Bundle
	var errs []error
	files := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !slices.Contains([]string{".yaml", ".yml", ".json"}, strings.ToLower(filepath.Ext(path))) {
			return err
		}
		files++
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		b, err := deployment.ParseAll(path, text)
		errs = append(errs, err)
		all.Add(b)
		return nil
	})
	if err == nil && files == 0 {
		err = errors.New(dir + ": no .yaml, .yml or .json files")
	}
	return all, errors.Join(append(errs, err)...)
}
