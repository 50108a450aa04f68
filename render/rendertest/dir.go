package rendertest

import (
	"os"
	"slices"
	"testing"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/render"
)

// Dir renders all resources in the files of a folder, at any depth, whose names end
// in .yaml, .yml or .json and do not begin with a dot, in the order of their names;
// kustomization.yaml and .yml, which kustomize reads, are left out. If there are none,
// if nothing is rendered of them (see [render.AllowEmpty]), or if anything is wrong, the
// test fails at once with all problems, each with its place. A symbolic link to a folder
// is an error: it is not followed.
//
// Resources that are not to run are rendered as if they were, with [render.IgnoreState]:
// they run one day, and nobody looks at them then.
//
// Each job has the id of its Deployment, not one that is derived from all that is
// rendered, so that a golden file changes only where something else does. Warnings are
// logged. A patch that matches nothing is one, and fails the test with
// [render.StrictPatches]. With [render.AllowUnknown], fields of a newer Kubernetes are
// read, too.
func Dir(t testing.TB, dir string, opts ...render.Option) render.Manifests {
	t.Helper()
	given := func(option render.Option) bool {
		return slices.ContainsFunc(opts, func(o render.Option) bool { return o.String() == option.String() })
	}
	if !given(render.IgnoreState()) {
		opts = append(slices.Clone(opts), render.IgnoreState())
	}
	r, err := render.New(opts...)
	if err != nil {
		t.Fatal(err)
	}
	b, err := deployment.Reader{AllowUnknown: given(render.AllowUnknown())}.ReadFS(dir, os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	m, err := r.Bundle(b, func(d deployment.Deployment) render.Job { return render.Job{ID: d.ID()} })
	if err != nil {
		t.Fatal(err)
	}
	if m.Len() == 0 && !given(render.AllowEmpty()) {
		t.Fatalf("%s: there is no Deployment or SessionCluster to render; if that is meant, give AllowEmpty", dir)
	}
	for _, w := range m.Warnings() {
		t.Log(w)
	}
	return m
}
