package merge_test

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/flinktarget/flinktarget/internal/tree"
)

// A shape makes random values of a part of an object, and random patches for
// them. The shapes are written after the Kubernetes API, not after the package's
// own table, so that a mistake in the table shows.
type shape interface {
	object(r *random) any
	patch(r *random, old any) any
}

// random is the source of one case. Everything in it comes from the seed.
type random struct {
	*rand.Rand
	// protocol says whether all ports of the case have one or none has: kustomize
	// loses patches where some have.
	protocol bool
	// misfits lets a patch have a map where a scalar is, and so on.
	misfits bool
}

func (r *random) chance(percent int) bool { return r.IntN(100) < percent }

func pick[T any](r *random, from ...T) T { return from[r.IntN(len(from))] }

// scalar is one of some values.
type scalar []any

func (s scalar) object(r *random) any       { return tree.Copy(s[r.IntN(len(s))]) }
func (s scalar) patch(r *random, _ any) any { return s.object(r) }

var (
	word = scalar{"a", "b", "c d", "x/y", "", "true", "7", "null", "ünïcode", "l1\nl2\n", "1e3", "0x10", "- a",
		"# no comment"}
	number = scalar{int64(0), int64(1), int64(-3), int64(9007199254740993)}
	flag   = scalar{true, false}
	image  = scalar{"flink:1.20", "flink:2.0", "registry/flink@sha256:ab"}
	// In one case an intOrString stays of one type: kustomize #6140 is another test.
	quantity = scalar{"1", "500m", "1Gi"}
	other    = scalar{int64(1), true, "s", 1.5}
)

// fields is a map with known fields.
type fields map[string]shape

// often marks a field on the way to the interesting ones.
type often struct{ shape }

// chances of a field to be in an object and in a patch, in percent.
func chances(s shape) (object, patch int) {
	if _, ok := s.(often); ok {
		return 93, 85
	}
	return 45, 30
}

func (f fields) object(r *random) any {
	m := map[string]any{}
	for _, k := range tree.Keys(f) {
		likely, _ := chances(f[k])
		switch {
		case r.chance(likely):
			m[k] = f[k].object(r)
		case r.chance(2):
			m[k] = nil
		}
	}
	return m
}

func (f fields) patch(r *random, old any) any {
	was, _ := old.(map[string]any)
	m := map[string]any{}
	for _, k := range tree.Keys(f) {
		if _, likely := chances(f[k]); !r.chance(likely) {
			continue
		}
		m[k] = patchOf(r, f[k], was[k])
	}
	if !slices.ContainsFunc(tree.Keys(f), func(k string) bool { _, ok := f[k].(often); return ok }) || r.chance(10) {
		directed(r, m)
	}
	return m
}

// directed puts a $patch into a map now and then.
func directed(r *random, m map[string]any) any {
	switch {
	case r.chance(4):
		m["$patch"] = "replace"
	case r.chance(3):
		m["$patch"] = "delete"
	case r.chance(3):
		m["$patch"] = "merge"
	}
	return m
}

func patchOf(r *random, s shape, old any) any {
	rare := 1
	if _, ok := s.(often); ok {
		rare = 8
	}
	switch {
	case r.IntN(14*rare) == 0:
		return nil
	case r.misfits && r.IntN(33*rare) == 0:
		return pick[any](r, "misfit", int64(1), []any{}, map[string]any{}, map[string]any{"mis": "fit"})
	default:
		return s.patch(r, old)
	}
}

// free is a map with any keys.
type free struct {
	keys []string
	of   shape
}

func (f free) object(r *random) any {
	m := map[string]any{}
	for _, k := range f.keys {
		if r.chance(40) {
			m[k] = f.of.object(r)
		}
	}
	return m
}

func (f free) patch(r *random, old any) any {
	was, _ := old.(map[string]any)
	m := map[string]any{}
	for _, k := range f.keys {
		if r.chance(35) {
			m[k] = patchOf(r, f.of, was[k])
		}
	}
	return directed(r, m)
}

// atomic is a list that is replaced.
type atomic struct{ of shape }

func (a atomic) object(r *random) any {
	l := make([]any, r.IntN(4))
	for i := range l {
		l[i] = a.of.object(r)
	}
	return l
}

func (a atomic) patch(r *random, _ any) any { return a.object(r) }

// keyed is a list that is merged by keys.
type keyed struct {
	keys []string
	// ids are values of the first key; second has the values of a second one.
	ids, second []any
	of          fields
}

func (k keyed) element(r *random, id int, v map[string]any) map[string]any {
	out := tree.CopyMap(v)
	out[k.keys[0]] = k.ids[id%len(k.ids)]
	if len(k.keys) > 1 && (k.keys[1] != "protocol" || r.protocol) {
		out[k.keys[1]] = k.second[id/len(k.ids)%len(k.second)]
	}
	return out
}

// some returns different ids in random order.
func (k keyed) some(r *random, n int) []int {
	count := len(k.ids)
	if len(k.keys) > 1 && (k.keys[1] != "protocol" || r.protocol) {
		count *= len(k.second)
	}
	return r.Perm(count)[:min(n, count)]
}

func (k keyed) object(r *random) any {
	l := []any{}
	for _, id := range k.some(r, r.IntN(4)) {
		l = append(l, k.element(r, id, k.of.object(r).(map[string]any)))
	}
	return l
}

func (k keyed) find(e map[string]any, list any) any {
	l, _ := list.([]any)
	for _, o := range l {
		m, _ := o.(map[string]any)
		if !slices.ContainsFunc(k.keys, func(key string) bool { return !tree.Equal(m[key], e[key]) }) {
			return o
		}
	}
	return nil
}

func (k keyed) patch(r *random, old any) any {
	l := []any{}
	whole := r.chance(6) && old != nil
	for _, id := range k.some(r, r.IntN(4)) {
		e := k.element(r, id, map[string]any{})
		switch {
		case r.chance(15) && !whole:
			e["$patch"] = "delete"
		default:
			p, _ := k.of.patch(r, k.find(e, old)).(map[string]any)
			delete(p, "$patch")
			e = k.element(r, id, p)
			if r.chance(3) && !whole {
				e["$patch"] = "merge"
			}
		}
		l = append(l, e)
	}
	if whole {
		l = slices.Insert(l, r.IntN(len(l)+1), any(map[string]any{"$patch": pick(r, "replace", "merge")}))
	} else if old != nil && r.chance(2) {
		l = []any{map[string]any{"$patch": "delete"}}
	}
	return l
}

// values is a list of scalars that is merged as a set.
type values []any

func (v values) object(r *random) any {
	l := []any{}
	for _, i := range r.Perm(len(v))[:r.IntN(len(v)+1)] {
		l = append(l, v[i])
	}
	return l
}

func (v values) patch(r *random, old any) any {
	l := v.object(r).([]any)
	if old != nil && r.chance(8) {
		l = append(l, map[string]any{"$patch": pick(r, "replace", "merge")})
	}
	return l
}

// A sample is a random object and a patch for it.
type sample struct {
	apiVersion, kind string
	object, patch    map[string]any
}

func (s sample) String() string {
	return fmt.Sprintf("%s %s\nobject %s\npatch  %s", s.apiVersion, s.kind, tree.JSON(s.object), tree.JSON(s.patch))
}

func newSample(r *rand.Rand, misfits bool) sample {
	return newSampleOf(r, misfits, kindShapes[r.IntN(len(kindShapes))])
}

func newSampleOf(r *rand.Rand, misfits bool, k kindShape) sample {
	rnd := &random{Rand: r, protocol: r.IntN(2) == 0, misfits: misfits}
	obj := k.shape.object(rnd).(map[string]any)
	obj["apiVersion"], obj["kind"] = k.apiVersion, k.kind
	metadata, ok := obj["metadata"].(map[string]any)
	if !ok {
		metadata = map[string]any{}
		obj["metadata"] = metadata
	}
	metadata["name"] = "sample"
	if rnd.chance(50) {
		metadata["namespace"] = "space"
	}
	patch := k.shape.patch(rnd, obj).(map[string]any)
	if patch["$patch"] == "replace" {
		delete(patch, "$patch")
	}
	return sample{k.apiVersion, k.kind, obj, patch}
}
