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
		changed := func(before []Origin) []Origin { return slices.Concat([]Origin{source}, before, way) }
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
		t = t.step(value, func(l *Leaf) {
			from, _ := follow(shape, l.At.Index).(*Leaf) // nil for an empty map or list
			old, had := t.Find(l.Path)
			switch {
			case from == nil && had && tree.Equal(old.Value, l.Value):
				l.Sources, l.Before = old.Sources, old.Before // empty, as it was
			case from == nil || from == fresh:
				l.Sources, l.Before = changed(t.history(*l)), old.Value
			case from.Path == l.Path:
				l.Sources, l.Before = from.Sources, from.Before
			default:
				l.Sources, l.Before = changed(from.Sources), old.Value
			}
		}, func(l Leaf) []Origin { return changed(l.Sources) })
	}
	return t, nil
}

// onTheWay returns what decides which element of a list an index means: the keys of
// the elements, or everything in a list without keys.
func (t *Tree) onTheWay(tokens []string) []Origin {
	var out []Origin
	var at []string
	f, v := merge.Field{Of: t.schema}, any(t.value)
	for _, token := range tokens {
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
				return out
			}
			v, at, f = c[i], append(at, names[i]), merge.Field{Of: f.Of}
		}
	}
	return out
}

// shape returns a tree of the shape of the value, with a *Leaf for each scalar.
func (t *Tree) shape() tree.Map {
	out := tree.CopyMap(t.value)
	for i := range t.leaves {
		l := &t.leaves[i]
		switch l.Value.(type) {
		case tree.Map, []any:
			continue
		}
		last := len(l.At.Index) - 1
		switch c := follow(out, l.At.Index[:last]).(type) {
		case tree.Map:
			c[l.At.Index[last].Name] = l
		case []any:
			c[index(l.At.Index[last])] = l
		}
	}
	return out
}

// follow returns what is at a place.
func follow(v any, at tree.Path) any {
	for _, s := range at {
		switch c := v.(type) {
		case tree.Map:
			v = c[s.Name]
		case []any:
			v = c[index(s)]
		}
	}
	return v
}

// index is that of an element of a list, as Leaves writes it.
func index(s tree.Step) int {
	i, _ := strconv.Atoi(s.Name)
	return i
}
