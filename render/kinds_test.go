package render_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/internal/verify"
	"github.com/flinktarget/flinktarget/render"
	"github.com/flinktarget/flinktarget/target"
)

// The table has the kinds that are rendered, and no others.
func TestKindsThatAreRendered(t *testing.T) {
	seen := map[kinds.TypeMeta]kinds.Mode{}
	texts := scenarios()
	texts["app"], texts["session"], texts["submit"] = app, session, submitted
	for name, text := range texts {
		m, err := renderJob(t, text, render.Job{ID: jobID}, optionsOf(name)...)
		assert.NilError(t, err)
		for o := range m.All() {
			mode := kinds.Session
			switch {
			case o.Labels()["app"] == "flink-session-cluster":
			case strings.HasPrefix(name, "submit"):
				mode = kinds.Submission
			default:
				mode = kinds.Application
			}
			seen[kinds.TypeMeta{APIVersion: o.APIVersion(), Kind: o.Kind()}] |= mode
		}
	}
	staging, err := target.New(target.Config{
		Metadata: target.Metadata{Name: "staging"},
		Spec:     target.Spec{Kubernetes: &target.Kubernetes{Namespace: "staging"}},
	})
	assert.NilError(t, err)
	m, err := renderer(t, ofVVP, render.WithNamespace()).Target(staging)
	assert.NilError(t, err)
	for o := range m.All() {
		seen[kinds.TypeMeta{APIVersion: o.APIVersion(), Kind: o.Kind()}] |= kinds.Platform
	}
	for _, k := range kinds.All() {
		assert.Equal(t, seen[k.TypeMeta], k.Modes, "%s", k)
		delete(seen, k.TypeMeta)
	}
	assert.Equal(t, len(seen), 0, "not in the table: %v", seen)
}

// Every kind of the table has a place in the order, and its fields are verified.
func TestEveryKind(t *testing.T) {
	var objects, want []tree.Map
	for _, k := range kinds.All() {
		t.Log(k)
		o := tree.Map{"apiVersion": k.APIVersion, "kind": k.Kind, "metadata": tree.Map{"name": "a", "namespace": "b"}}
		objects, want = append(objects, o), append(want, o)

		o = tree.CopyMap(o)
		o["noSuchField"] = int64(1)
		found := slices.ContainsFunc(verify.Objects([]tree.Map{o}, verify.Expectation{}),
			func(p flinktarget.Problem) bool { return p.Field == "noSuchField" })
		assert.Assert(t, found, "the fields of a %s are not verified", k)
	}
	objects = append(objects, tree.Map{"kind": "Job"}) // of no known API
	want = append(want, objects[len(objects)-1])
	for range 20 {
		rand.Shuffle(len(objects), func(i, j int) { objects[i], objects[j] = objects[j], objects[i] })
		render.Order(objects)
		assert.DeepEqual(t, objects, want)
	}
}
