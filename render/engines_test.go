package render_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/patch/kustomize"
	"github.com/flinktarget/flinktarget/render"
	"github.com/flinktarget/flinktarget/render/internal/inputs"
)

// sameByEngines renders with both engines for patches, and compares all that they say. It
// returns whether kustomize had a patch to apply.
func sameByEngines(t *testing.T, text []byte, opts ...render.Option) bool {
	t.Helper()
	b, err := deployment.ParseAll("", text)
	assert.NilError(t, err)
	var said [2]string
	for i, more := range [][]render.Option{nil, {render.PatchEngine(kustomize.Engine())}} {
		m, err := renderer(t, append(more, opts...)...).Bundle(b, nil)
		if err == nil {
			said[i] = yamlOf(t, m)
		} else {
			said[i] = err.Error()
		}
		for _, w := range m.Warnings() {
			said[i] += w.String() + "\n"
		}
		for e := range m.Explain() { // with WithTrace
			said[i] += fmt.Sprintln(e.Object, e.Path, e.Before, e.After, e.Sources)
		}
	}
	assert.Equal(t, said[1], said[0])
	for _, target := range b.Targets {
		for _, p := range target.Patches().All() {
			if p.SelectsKind("apps/v1", "Deployment") || p.SelectsKind("v1", "Service") {
				return true
			}
		}
	}
	return false
}

// Both engines render the same. What they do differently is in patch/kustomize, and nothing
// of it is in the test data.
func TestEnginesRenderTheSame(t *testing.T) {
	t.Parallel()
	patched := 0
	count := func(name string, text []byte, opts ...render.Option) {
		t.Run(name, func(t *testing.T) {
			if sameByEngines(t, text, opts...) {
				patched++
			}
		})
	}
	platform := render.ForPlatform(render.Platform{Namespace: "vvp"})
	for name, text := range testFiles(t, "valid") {
		count(filepath.Base(name), text, platform)
	}
	for name, text := range scenarios() {
		count(name, []byte(text), optionsOf(name)...)
	}
	assert.Assert(t, patched >= 4, "%d of the test data have patches of objects", patched)
	n := 0
	for seed := uint64(0); n < 300; seed++ {
		if in := inputs.New(seed); strings.Contains(string(in.Text()), "deploymentPatchSet") {
			n++
			sameByEngines(t, in.Text(), in.Options()...)
			if n%20 == 0 {
				sameByEngines(t, in.Text(), append(in.Options(), render.WithTrace())...)
			}
		}
	}
}
