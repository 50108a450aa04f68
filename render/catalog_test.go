package render_test

import (
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/catalog"
	"github.com/flinktarget/flinktarget/render"
)

// The catalog has the kinds that are rendered, and no others.
func TestCatalog(t *testing.T) {
	type emitted struct{ apiVersion, kind string }
	seen := map[emitted]catalog.Mode{}
	texts := scenarios()
	texts["app"], texts["session"] = app, session
	for name, text := range texts {
		m, err := renderJob(t, text, render.Job{ID: jobID}, optionsOf(name)...)
		assert.NilError(t, err)
		mode := catalog.Application
		if name[:3] != "app" {
			mode = catalog.Session
		}
		for o := range m.All() {
			seen[emitted{o.APIVersion(), o.Kind()}] |= mode
		}
	}
	for _, k := range catalog.Kinds() {
		assert.Equal(t, seen[emitted{k.APIVersion, k.Kind}], k.Modes, k.Kind)
		delete(seen, emitted{k.APIVersion, k.Kind})

		problems := problemsOf(t, operate(k.Kind, "add", "/noSuchField", "1"))
		assert.Assert(t, len(problems) > 0, "the fields of a %s are not verified", k.Kind)
	}
	assert.Equal(t, len(seen), 0, "not in the catalog: %v", seen)
}
