package compare_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/compare"
	"github.com/flinktarget/flinktarget/internal/tree"
)

// keys are those by which the lists of the random objects are merged, from the
// types' documentation in the Kubernetes API; a set has none.
var keys = map[string][]string{
	"containers": {"name"}, "volumes": {"name"}, "env": {"name"}, "volumeMounts": {"mountPath"},
	"topologySpreadConstraints": {"topologyKey", "whenUnsatisfiable"}, "finalizers": nil,
}

// facts are what is true of an object, by path: the scalars, and that there is a
// map or a list. They are found without the code that is tested.
func facts(v any) (values map[string]string, orders map[string][]string) {
	values, orders = map[string]string{}, map[string][]string{}
	gather("", "", v, values, orders)
	return values, orders
}

func gather(at, field string, v any, values map[string]string, orders map[string][]string) {
	switch v := v.(type) {
	case tree.Map:
		values[at] = "a map"
		for key, e := range v {
			gather(at+"/"+key, key, e, values, orders)
		}
	case []any:
		values[at] = "a list"
		names := namesOf(field, v)
		for i, e := range v {
			gather(at+"/["+names[i], "", e, values, orders)
		}
		if len(keys[field]) > 0 {
			orders[at] = names
		}
	default:
		values[at] = fmt.Sprintf("%v", v)
		if f, ok := v.(float64); ok && f == float64(int64(f)) {
			values[at] = fmt.Sprint(int64(f))
		}
	}
}

func namesOf(field string, list []any) []string {
	keys, merged := keys[field]
	var out []string
	for i, e := range list {
		name := ""
		if m, ok := e.(tree.Map); ok {
			var parts []string
			for _, key := range keys {
				if text := textOf(m[key]); text != "" {
					parts = append(parts, text)
				}
			}
			if len(parts) == len(keys) {
				name = strings.Join(parts, ",")
			}
		} else if merged && keys == nil {
			name = textOf(e)
		}
		if !merged {
			name = fmt.Sprint(i)
		} else if n := 1 + count(out, name); n > 1 || name == "" {
			name = fmt.Sprintf("%s#%d", name, n)
		}
		out = append(out, name)
	}
	return out
}

func textOf(v any) string {
	switch v.(type) {
	case nil, tree.Map, []any:
		return ""
	default:
		return fmt.Sprint(v)
	}
}

// count returns how many of the names are of elements with this name.
func count(names []string, name string) int {
	n := 0
	for _, other := range names {
		if base, _, _ := strings.Cut(other, "#"); base == name {
			n++
		}
	}
	return n
}

func notation(p tree.Path) (at, field string) {
	for _, s := range p {
		field = s.Name
		if at += "/"; s.Element {
			at, field = at+"[", ""
		}
		at += s.Name
	}
	return at, field
}

// without returns the facts that are in a and not in b.
func without(a, b map[string]string) map[string]string {
	out := map[string]string{}
	for at, v := range a {
		if w, ok := b[at]; !ok || v != w {
			out[at] = v
		}
	}
	return out
}

// swapped reports whether two names that both lists have stand in another order.
func swapped(a, b []string) bool {
	for i, x := range a {
		for _, y := range a[i+1:] {
			p, q := slices.Index(b, x), slices.Index(b, y)
			if p >= 0 && q >= 0 && p > q {
				return true
			}
		}
	}
	return false
}

// Differences are what is true of one version and not of the other: nothing is
// missed, nothing is invented.
func TestDiffAgainstBruteForce(t *testing.T) {
	r := rand.New(rand.NewPCG(10, 2))
	seen := map[compare.Op]int{}
	same := 0
	for i := range 2500 {
		old := anyObject(r)
		new := anyObject(r)
		if i%4 > 0 {
			new = tree.CopyMap(old)
			for range r.IntN(4) {
				mutate(r, new)
			}
		}
		before, after := tree.JSON(old), tree.JSON(new)
		was, wasOrder := facts(old)
		is, isOrder := facts(new)
		gone, come, moved := map[string]string{}, map[string]string{}, map[string]bool{}
		differences := compare.Diff(old, new, nil)
		for _, d := range differences {
			seen[d.Op]++
			at, field := notation(d.Path)
			switch d.Op {
			case compare.Reordered:
				assert.Assert(t, !moved[at], at)
				moved[at] = true
				assert.DeepEqual(t, d.Old, anys(wasOrder[at]))
				assert.DeepEqual(t, d.New, anys(isOrder[at]))
				continue
			case compare.Changed:
				assert.Assert(t, !tree.Equal(d.Old, d.New))
			}
			if d.Op != compare.Added {
				gather(at, field, d.Old, gone, map[string][]string{})
			}
			if d.Op != compare.Removed {
				gather(at, field, d.New, come, map[string][]string{})
			}
		}
		wantGone, wantCome := without(was, is), without(is, was)
		shown := fmt.Sprintf("%d\n%s\n%s", i, before, after)
		assert.DeepEqual(t, without(gone, come), wantGone)
		assert.DeepEqual(t, without(come, gone), wantCome)
		for at := range gone { // what is in both was part of a value of another type
			if v, ok := come[at]; ok && v == gone[at] {
				t.Fatalf("%s is reported, and the same: %s", at, shown)
			}
		}
		for at := range maps.Keys(wasOrder) {
			assert.Equal(t, moved[at], isOrder[at] != nil && swapped(wasOrder[at], isOrder[at]), "%s: %s", at, shown)
		}
		if len(differences) == 0 {
			same++
		}
		assert.Equal(t, string(before), string(tree.JSON(old)))
		assert.Equal(t, string(after), string(tree.JSON(new)))
	}
	for op, sign := range ops {
		assert.Assert(t, seen[op] > 100, "%s: %d", sign, seen[op])
	}
	assert.Assert(t, same > 100 && same < 1000, "%d", same)
}

func anys(words []string) any {
	out := []any{}
	for _, w := range words {
		out = append(out, w)
	}
	return out
}

func pick[T any](r *rand.Rand, values ...T) T { return values[r.IntN(len(values))] }

func word(r *rand.Rand) string { return pick(r, "a", "b", "c", "d", "e") }

func anyValue(r *rand.Rand, depth int) any {
	switch n := r.IntN(8); {
	case depth == 0 || n < 4:
		return pick[any](r, word(r), word(r), int64(r.IntN(3)), float64(r.IntN(3)), 1.5, true, nil)
	case n < 6:
		m := tree.Map{}
		for range r.IntN(4) {
			m[word(r)] = anyValue(r, depth-1)
		}
		return m
	default:
		list := make([]any, r.IntN(4))
		for i := range list {
			list[i] = anyValue(r, depth-1)
		}
		return list
	}
}

// anyList is a list that is merged by keys, nearly always legal.
func anyList(r *rand.Rand, field string, below func(tree.Map)) []any {
	list := make([]any, r.IntN(5))
	for i := range list {
		if r.IntN(40) == 0 {
			list[i] = anyValue(r, 1)
			continue
		}
		m := tree.Map{"x": anyValue(r, 1)}
		for _, key := range keys[field] {
			if m[key] = word(r); r.IntN(20) == 0 {
				delete(m, key)
			}
		}
		below(m)
		list[i] = m
	}
	return list
}

func anyObject(r *rand.Rand) tree.Map {
	set := make([]any, r.IntN(4))
	for i := range set {
		set[i] = word(r)
	}
	nothing := func(tree.Map) {}
	spec := tree.Map{
		"volumes":                   anyList(r, "volumes", nothing),
		"topologySpreadConstraints": anyList(r, "topologySpreadConstraints", nothing),
		"tolerations":               []any{anyValue(r, 2), anyValue(r, 2)},
		"nodeSelector":              tree.Map{word(r): word(r)},
		"containers": anyList(r, "containers", func(c tree.Map) {
			c["env"], c["volumeMounts"] = anyList(r, "env", nothing), anyList(r, "volumeMounts", nothing)
			c["args"] = []any{word(r), word(r), word(r)}[:r.IntN(4)]
		}),
	}
	return tree.Map{
		"apiVersion": "apps/v1", "kind": "Deployment",
		"metadata": tree.Map{"name": "a", "labels": tree.Map{word(r): word(r)}, "finalizers": set},
		"spec":     tree.Map{"replicas": int64(r.IntN(3)), "template": tree.Map{"spec": spec}},
	}
}

// mutate changes something anywhere in a tree.
func mutate(r *rand.Rand, v any) {
	switch v := v.(type) {
	case tree.Map:
		if len(v) == 0 {
			return
		}
		key := pick(r, tree.Keys(v)...)
		if key == "apiVersion" || key == "kind" {
			mutate(r, v["spec"])
			return
		}
		list, isList := v[key].([]any)
		switch n := r.IntN(8); {
		case n == 0:
			delete(v, key)
		case n == 1:
			v[key] = anyValue(r, 2)
		case n == 2 && isList && len(list) > 0:
			i := r.IntN(len(list))
			v[key] = slices.Concat(list[:i:i], list[i+1:])
		case n <= 4 && isList:
			r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		default:
			mutate(r, v[key])
		}
	case []any:
		if len(v) > 0 {
			mutate(r, v[r.IntN(len(v))])
		}
	}
}
