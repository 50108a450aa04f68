package rendertest

import (
	"slices"
	"testing"

	"github.com/flinktarget/flinktarget/patch"
	"github.com/flinktarget/flinktarget/render"
)

// CheckKustomize renders a folder as [Dir] does, once as usual and once with kustomize in
// place of package patch, and reports all fields that are not the same as an error of t. The
// engine is kustomize.Engine() of patch/kustomize: who does not call this function links no
// kustomize. A patch that kustomize cannot apply fails the test at once.
func CheckKustomize(t testing.TB, dir string, kustomize patch.Engine, opts ...render.Option) {
	t.Helper()
	ours := Dir(t, dir, opts...)
	theirs := Dir(t, dir, append(slices.Clone(opts), render.PatchEngine(kustomize))...)
	if differences := listed(ours, theirs); differences != "" {
		t.Errorf("kustomize gives something else:\n%s", differences)
	}
}
