package provenance

import (
	"github.com/flinktarget/flinktarget/internal/jsonpatch"
	"github.com/flinktarget/flinktarget/internal/tree"
)

// Edit returns the Tree after the operations of a JSON patch, which is one source.
// The error is that of the first operation that fails.
//
// Each operation is done twice: on the value, and on a tree of the same shape that
// has the Leaf in each leaf's place. So what is moved, copied or shifted keeps what
// is known of it, whatever the operation is.
func (t *Tree) Edit(ops []jsonpatch.Op, source Source) (*Tree, error) {
	sources := func(string) []Source { return []Source{source} }
	fresh := &Leaf{}
	for _, op := range ops {
		after, err := jsonpatch.Apply(t.value, []jsonpatch.Op{op})
		if err != nil {
			return nil, err
		}
		shadow, changes := op.Mapped(func(any) any { return fresh })
		if !changes {
			continue
		}
		shape, err := jsonpatch.Apply(t.shape(), []jsonpatch.Op{shadow})
		if err != nil {
			return nil, err
		}
		value, _ := after.(tree.Map)
		t = t.step(value, func(at place, v any) (Leaf, bool) {
			path := at.path.String()
			from := leafAt(shape, at.tokens)
			old, had := t.Find(path)
			switch {
			case from == nil && had && tree.Equal(old.Value, v):
				return old, true // empty, as it was
			case from == nil || from == fresh:
				return Leaf{Sources: join(sources(path), t.history(path)), Before: old.Value}, false
			case from.Path == path:
				return *from, true
			default:
				return Leaf{Sources: join(sources(path), from.Sources), Before: old.Value}, false
			}
		}, sources)
	}
	return t, nil
}

// shape returns a tree of the shape of the value, with a *Leaf for each scalar.
func (t *Tree) shape() tree.Map {
	i := 0
	var shaped func(v any) any
	shaped = func(v any) any {
		switch v := v.(type) {
		case tree.Map:
			out := make(tree.Map, len(v))
			for _, key := range tree.Keys(v) {
				out[key] = shaped(v[key])
			}
			if len(v) == 0 {
				i++
			}
			return out
		case []any:
			out := make([]any, len(v))
			for j, e := range v {
				out[j] = shaped(e)
			}
			if len(v) == 0 {
				i++
			}
			return out
		default:
			i++
			return &t.leaves[i-1]
		}
	}
	out, _ := shaped(t.value).(tree.Map)
	return out
}

// leafAt returns the Leaf at a place, nil for an empty map or list.
func leafAt(v any, tokens []string) *Leaf {
	for _, token := range tokens {
		switch c := v.(type) {
		case tree.Map:
			v = c[token]
		case []any:
			v = c[number(token)]
		}
	}
	l, _ := v.(*Leaf)
	return l
}

// number reads an index that walk has written.
func number(token string) int {
	n := 0
	for i := range len(token) {
		n = 10*n + int(token[i]-'0')
	}
	return n
}
