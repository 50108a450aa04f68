package explain

import (
	"slices"
	"strconv"

	"github.com/flinktarget/flinktarget/internal/jsonpatch"
	"github.com/flinktarget/flinktarget/internal/merge"
	"github.com/flinktarget/flinktarget/internal/tree"
)

// Edit returns the Tree after the operations of a JSON patch, which is one source.
// The error is that of the first operation that fails.
//
// What an operation changes depends on it, on what was there before, on all that it moves
// or copies, and on what decides which elements of lists it means.
func (t *Tree) Edit(ops []jsonpatch.Op, source Origin) (*Tree, error) {
	for _, op := range ops {
		after, err := jsonpatch.Apply(t.value, []jsonpatch.Op{op})
		if err != nil {
			return nil, err
		}
		if !op.Changes() {
			continue
		}
		at, others := t.onTheWay(op.Path())
		if from, ok := op.From(); ok {
			names, way := t.onTheWay(from)
			others = slices.Concat(t.Under(names...), others, way)
		}
		value, _ := after.(tree.Map)
		t = t.replaced(value, func(l Leaf) bool { return !op.Inserts() && l.within(at) },
			func(Leaf) []Origin { return []Origin{source} }, others...)
	}
	return t, nil
}

// onTheWay returns the steps that the tokens of a pointer lead along, and what decides which
// element of a list an index means: the keys of the elements, or everything in a list without
// keys. An element whose key is the end of the way becomes another one, with all that is in it.
func (t *Tree) onTheWay(tokens []string) (at []string, out []Origin) {
	f, v, keys := merge.Field{Of: t.schema}, any(t.value), []string(nil)
	for _, token := range tokens {
		if slices.Contains(keys, token) {
			out = append(out, t.Under(at...)...)
		}
		keys = nil
		switch c := v.(type) {
		case tree.Map:
			v, at, f = c[token], append(at, token), f.Of[token]
		case []any:
			names := f.Names(c)
			for _, name := range names {
				element := append(slices.Clip(at), name)
				if len(f.Keys) == 0 {
					out = append(out, t.Under(element...)...)
				}
				for _, key := range f.Keys {
					out = append(out, t.Under(append(slices.Clip(element), key)...)...)
				}
			}
			i, err := strconv.Atoi(token)
			if err != nil || i < 0 || i >= len(c) {
				return append(at, token), out
			}
			v, at, keys, f = c[i], append(at, names[i]), f.Keys, merge.Field{Of: f.Of}
		}
	}
	return at, out
}
