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
// Each operation is done twice: on the value, and on a tree of the same shape that
// has the Leaf in each leaf's place. So what is moved, copied or shifted keeps what
// is known of it, whatever the operation is.
func (t *Tree) Edit(ops []jsonpatch.Op, source Origin) (*Tree, error) {
	fresh := &Leaf{}
	for _, op := range ops {
		var way []Origin
		for _, tokens := range op.Pointers() {
			way = append(way, t.onTheWay(tokens)...)
		}
		set := func(before []Origin) []Origin { return slices.Concat([]Origin{source}, before, way) }
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
		t = t.step(value, func(at Place, v any) (Leaf, bool) {
			path := at.Path.String()
			from := leafAt(shape, at.Index)
			old, had := t.Find(path)
			switch {
			case from == nil && had && tree.Equal(old.Value, v):
				return old, true // empty, as it was
			case from == nil || from == fresh:
				return Leaf{Sources: set(t.history(path)), Before: old.Value}, false
			case from.Path == path:
				return *from, true
			default:
				return Leaf{Sources: set(from.Sources), Before: old.Value}, false
			}
		}, func(l Leaf) []Origin { return set(l.Sources) })
	}
	return t, nil
}

// onTheWay returns what decides which element of a list an index means: the keys of
// the elements, or everything in a list without keys.
func (t *Tree) onTheWay(tokens []string) []Origin {
	var out []Origin
	var at tree.Path
	f := merge.Field{Of: t.schema}
	var v any = t.value
	for _, token := range tokens {
		switch c := v.(type) {
		case tree.Map:
			v, at = c[token], at.With(tree.Step{Name: token})
			f = f.Of[token]
		case []any:
			names := f.Names(c)
			for i := range c {
				out = append(out, t.identity(at.With(tree.Step{Name: names[i], Element: true}), c[i], f)...)
			}
			i, err := strconv.Atoi(token)
			if err != nil || i < 0 || i >= len(c) {
				return out
			}
			v, at = c[i], at.With(tree.Step{Name: names[i], Element: true})
			f = merge.Field{Of: f.Of}
		}
	}
	return out
}

// identity returns the sources of what tells an element apart.
func (t *Tree) identity(at tree.Path, element any, f merge.Field) []Origin {
	if len(f.Keys) == 0 {
		return t.Under(at.String())
	}
	var out []Origin
	m, _ := element.(tree.Map)
	for _, key := range tree.Keys(m) {
		if slices.Contains(f.Keys, key) {
			out = append(out, t.Under(at.With(tree.Step{Name: key}).String())...)
		}
	}
	return out
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
func leafAt(v any, index tree.Path) *Leaf {
	for _, s := range index {
		switch c := v.(type) {
		case tree.Map:
			v = c[s.Name]
		case []any:
			i, _ := strconv.Atoi(s.Name) // Leaves has written it
			v = c[i]
		}
	}
	l, _ := v.(*Leaf)
	return l
}
