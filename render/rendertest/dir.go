package rendertest

import (
	"errors"
	"os"
	"testing"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/files"
	"github.com/flinktarget/flinktarget/render"
)

// Dir renders all resources in the files of a folder, at any depth, whose names end
// in .yaml, .yml or .json and do not begin with a dot, in the order of their names;
// kustomization.yaml and .yml, which kustomize reads, are left out. If there are none,
// or if anything is wrong, the test fails at once with all problems, each with its
// place. A symbolic link to a folder is an error: it is not followed.
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
	list, err := files.In(dir, os.DirFS(dir))
	for _, file := range list {
		text, err := os.ReadFile(file)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		b, err := deployment.ParseAll(file, text)
		errs = append(errs, err)
		all.Add(b)
	}
	return all, errors.Join(append(errs, err)...)
}
