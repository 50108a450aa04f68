package merge_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/merge"
	"github.com/flinktarget/flinktarget/internal/tree"
)

// check applies a patch and asserts what holds for every patch and object: nothing
// panics, nothing handed in changes, the same comes out again, the result is a JSON
// document, and what is wrong whatever the object is, is wrong with this one.
func check(t testing.TB, obj, patch map[string]any, schema merge.Schema) {
	t.Helper()
	label := fmt.Sprintf("object %s\npatch  %s", tree.JSON(asAny(obj)), tree.JSON(asAny(patch)))
	obj0, patch0 := tree.CopyMap(obj), tree.CopyMap(patch)
	refused := merge.Check(patch, schema)
	first := ours(obj, patch, schema)
	text := first.String()
	for _, r := range refused {
		assert.Assert(t, r.Message != "", label)
		assert.Assert(t, first.err != nil, "it was refused: %v\n%s", r, label)
	}
	legal(t, asAny(first.object), label)

	// What shares memory with the object, the patch or the result is not written to, by
	// a merge of the same patch into the result, or of another.
	ours(first.object, patch, schema)
	ours(first.object, map[string]any{"metadata": map[string]any{"$patch": "replace", "finalizers": []any{"a"}},
		"spec": patch["spec"]}, schema)
	assert.Equal(t, first.String(), text, label)
	assert.Assert(t, tree.Equal(asAny(obj), asAny(obj0)), "Apply changed the object\n%s", label)
	assert.Assert(t, tree.Equal(asAny(patch), asAny(patch0)), "Apply changed the patch\n%s", label)
	assert.Equal(t, ours(tree.CopyMap(obj), tree.CopyMap(patch), schema).String(), text, label)
}

func legal(t testing.TB, v any, label string) {
	t.Helper()
	switch v := v.(type) {
	case nil, bool, int64, string:
	case float64:
		assert.Assert(t, !math.IsNaN(v) && !math.IsInf(v, 0), label)
	case []any:
		for _, e := range v {
			legal(t, e, label)
		}
	case map[string]any:
		for _, k := range tree.Keys(v) {
			legal(t, v[k], label)
		}
	default:
		t.Fatalf("%T is not part of a tree\n%s", v, label)
	}
}

func TestProperties(t *testing.T) {
	r := seeded(t)
	for i := range setting(t, "MERGE_KYAML", 1200) {
		s := newSample(r, i%2 == 0)
		if i%3 == 0 {
			soil(r, s.object)
		}
		if i%5 == 0 {
			soil(r, s.patch)
		}
		check(t, s.object, s.patch, s.schema())
		if i%20 == 0 {
			kyamlMerge(s.object, s.patch) // in which kyaml panics now and then
		}
	}
	for range 300 {
		s := newSampleOf(r, true, jobShape)
		soil(r, s.object)
		check(t, s.object, s.patch, jobLists)
	}
}

func TestPropertiesOfCases(t *testing.T) {
	for _, c := range cases(t) {
		check(t, c.object(), c.patch(), c.schema())
	}
}

// soil makes of an object what no API server would take: elements twice, without
// keys, of other kinds, and null.
func soil(r *rand.Rand, v any) {
	switch v := v.(type) {
	case map[string]any:
		for _, k := range tree.Keys(v) {
			if l, ok := v[k].([]any); ok && r.IntN(3) == 0 {
				v[k] = soiled(r, l)
			}
			soil(r, v[k])
			if r.IntN(60) == 0 {
				v[k] = []any{nil, "soil", []any{}, map[string]any{}, int64(1)}[r.IntN(5)]
			}
		}
		if r.IntN(40) == 0 {
			v["$patch"] = []any{"replace", "delete", "merge", "soil", nil, int64(1)}[r.IntN(6)]
		}
	case []any:
		for _, e := range v {
			soil(r, e)
		}
	}
}

func soiled(r *rand.Rand, l []any) []any {
	if len(l) > 0 {
		e := l[r.IntN(len(l))]
		if m, ok := e.(map[string]any); ok && r.IntN(2) == 0 {
			m = tree.CopyMap(m)
			for k := range m {
				delete(m, k)
				break
			}
			e = m
		}
		l = append(l, tree.Copy(e))
	}
	if r.IntN(3) == 0 {
		l = append(l, []any{nil, "soil", []any{}, map[string]any{}}[r.IntN(4)])
	}
	r.Shuffle(len(l), func(i, j int) { l[i], l[j] = l[j], l[i] })
	return l
}

// What a patch does not name is in the result as it was, in its order, however
// odd the list is.
func TestUnnamedElementsStay(t *testing.T) {
	r := seeded(t)
	path := []string{"spec", "template", "spec"}
	volumes := kindShape{"apps/v1", "Deployment",
		fields{"spec": often{fields{"template": often{fields{"spec": often{fields{"volumes": pod["volumes"]}}}}}}}}
	compared := 0
	for range 500 {
		s := newSampleOf(r, false, volumes)
		spec := tree.Child(s.object, path...)
		was, _ := spec["volumes"].([]any)
		if was == nil {
			continue
		}
		was = soiled(r, was)
		spec["volumes"] = was
		named := map[any]bool{}
		patched := tree.Child(s.patch, path...)
		list, _ := patched["volumes"].([]any)
		for _, e := range list {
			named[e.(map[string]any)["name"]] = true
		}
		got := ours(s.object, s.patch, s.schema())
		if list == nil || named[nil] || got.err != nil || got.deleted || len(patched) != 1 ||
			len(tree.Child(s.patch, path[:2]...)) != 1 || len(tree.Child(s.patch, "spec")) != 1 {
			continue // no list, a list directive, or one that names duplicates
		}
		compared++
		spec = tree.Child(got.object, path...)
		is, _ := spec["volumes"].([]any)
		assert.DeepEqual(t, unnamed(is, named), unnamed(was, named))
	}
	assert.Assert(t, compared > 100, "%d", compared)
}

func unnamed(list []any, named map[any]bool) []any {
	out := []any{}
	for _, e := range list {
		if m, ok := e.(map[string]any); !ok || m["name"] == nil || !named[m["name"]] {
			out = append(out, e)
		}
	}
	return out
}

// A patch that changes nothing returns the object itself.
func TestNothingToDo(t *testing.T) {
	obj := parse(t, `{metadata: {name: a, labels: {x: b}}, spec: {template: {spec: {containers: [{name: a}], `+
		`hostNetwork: true}}}}`)
	for _, patch := range []string{
		`{}`,
		`{metadata: {name: other, namespace: other}}`,
		`{metadata: {labels: {x: b, z: null}}}`,
		`{spec: {template: {spec: {containers: [], hostNetwork: true, securityContext: null}}}}`,
	} {
		assertSameMap(t, ours(obj, parse(t, patch), deploymentSchema), obj, patch)
	}
	assertSameMap(t, ours(obj, nil, deploymentSchema), obj, "no patch")
	got := ours(nil, nil, deploymentSchema)
	assert.Assert(t, got.err == nil && got.object == nil && !got.deleted)
}

func assertSameMap(t *testing.T, got outcome, obj map[string]any, label string) {
	t.Helper()
	assert.NilError(t, got.err, label)
	got.object["mark"] = true
	assert.Assert(t, obj["mark"] == true, "%s: the result is a copy", label)
	delete(obj, "mark")
}

// Identity that a patch has, and an object has not, is not added.
func TestObjectsWithoutIdentity(t *testing.T) {
	patch := parse(t, `{apiVersion: apps/v1, kind: Deployment, metadata: {name: a, namespace: b}, spec: `+
		`{paused: true}}`)
	got := ours(parse(t, `{spec: {}}`), patch, deploymentSchema)
	assert.NilError(t, got.err)
	assert.DeepEqual(t, got.object, parse(t, `{spec: {paused: true}}`))

	patch = parse(t, `{metadata: {name: a, namespace: b, labels: {c: d}}}`)
	got = ours(parse(t, `{metadata: {generateName: g}}`), patch, deploymentSchema)
	assert.NilError(t, got.err)
	assert.DeepEqual(t, got.object, parse(t, `{metadata: {generateName: g, labels: {c: d}}}`))
}

// A patch may take the metadata away; the identity stays.
func TestIdentityStays(t *testing.T) {
	obj := parse(t, `{apiVersion: apps/v1, kind: Deployment, metadata: {name: a, namespace: b, labels: {c: d}}, `+
		`spec: {}}`)
	want := parse(t, `{apiVersion: apps/v1, kind: Deployment, metadata: {name: a, namespace: b}, spec: {}}`)
	for _, patch := range []string{
		`{metadata: null}`,
		`{metadata: {$patch: delete}}`,
		`{metadata: {$patch: replace}}`,
		`{metadata: {$patch: replace, name: x, namespace: "y"}}`,
		`{metadata: {labels: null, name: null, namespace: null}, kind: null, apiVersion: null}`,
		`{metadata: {labels: null, name: x, namespace: "y"}, kind: K, apiVersion: v}`,
	} {
		got := ours(obj, parse(t, patch), deploymentSchema)
		assert.NilError(t, got.err, patch)
		assert.DeepEqual(t, got.object, want)
	}
}

// Objects that share metadata with a patch do not get each other's identity.
func TestSharedMetadata(t *testing.T) {
	patch := parse(t, `{metadata: {$patch: replace, labels: {a: b}}}`)
	var got []map[string]any
	for _, name := range []string{"one", "two"} {
		m, _, err := merge.Apply(map[string]any{"metadata": map[string]any{"name": name}}, patch, deploymentSchema)
		assert.NilError(t, err)
		got = append(got, m)
	}
	assert.Equal(t, tree.String(got[0], "metadata", "name"), "one")
	assert.Equal(t, tree.String(got[1], "metadata", "name"), "two")
}

// The patch's own metadata does not get the identity of an object, even where the patch
// is refused in the end.
func TestPatchWithoutMetadata(t *testing.T) {
	patch := parse(t, `{$patch: replace, metadata: {}}`)
	_, _, err := merge.Apply(parse(t, `{metadata: {name: a}}`), patch, deploymentSchema)
	assert.Assert(t, err != nil)
	assert.DeepEqual(t, patch, parse(t, `{$patch: replace, metadata: {}}`))
}

// The parts that a patch does not lead into are those of the object, and what only the
// patch has is part of the patch.
func TestCopyOnWrite(t *testing.T) {
	obj, patch := workloadSample(t)
	got, _, err := merge.Apply(obj, patch, deploymentSchema)
	assert.NilError(t, err)
	tree.Child(obj, "spec", "selector")["mark"] = true
	assert.Equal(t, tree.Child(got, "spec", "selector")["mark"], true)
	assert.Assert(t, tree.Child(got, "spec", "template", "spec")["nodeSelector"] != nil)
	_, there := tree.Child(obj, "spec", "template", "spec", "nodeSelector")["pool"]
	assert.Assert(t, !there)
}

func TestPatchesAreShared(t *testing.T) {
	r := seeded(t)
	for _, k := range []kindShape{kindShapes[0], kindShapes[len(kindShapes)-1]} {
		s := newSampleOf(r, false, k)
		objects := make([]map[string]any, 8)
		for i := range objects {
			objects[i] = newSampleOf(r, false, k).object
		}
		want := make([]string, len(objects))
		for i, o := range objects {
			want[i] = ours(o, s.patch, s.schema()).String()
		}
		var wg sync.WaitGroup
		for g := range 32 {
			wg.Go(func() {
				for i := range 4 * len(objects) {
					j := (i + g) % len(objects)
					if got := ours(objects[j], s.patch, s.schema()).String(); got != want[j] {
						t.Errorf("%s\n%s", got, want[j])
					}
				}
			})
		}
		wg.Wait()
	}
}

func FuzzMerge(f *testing.F) {
	for _, c := range cases(f) {
		f.Add(c.text("kind"), string(tree.JSON(c.object())), string(tree.JSON(c.patch())))
	}
	f.Fuzz(func(t *testing.T, kind, object, patch string) {
		o, err := tree.FromJSON([]byte(object))
		if err != nil {
			return
		}
		p, err := tree.FromJSON([]byte(patch))
		if err != nil {
			return
		}
		obj, _ := o.(map[string]any)
		pm, _ := p.(map[string]any)
		c := testCase{doc: map[string]any{"kind": kind}}
		check(t, obj, tree.CopyMap(pm), c.schema())
		check(t, obj, tree.CopyMap(pm), jobLists)
	})
}
