package explain

import (
	"iter"
	"slices"

	"github.com/flinktarget/flinktarget/internal/merge"
	"github.com/flinktarget/flinktarget/internal/tree"
)

// Origin is a step that sets values. Sources are compared with ==.
type Origin any

// Leaves yields the values of a map that have nothing below them, with their paths:
// scalars, null, empty maps and empty lists. The schema is that of the map, by which elements
// of lists are called, see [merge.Field.Names]: by their index without one. Maps are
// walked in the byte order of their keys, lists in their order. An empty map has no
// leaves. Paths are fresh, values are part of the map.
func Leaves(v tree.Map, schema merge.Schema) iter.Seq2[tree.Path, any] {
	return func(yield func(tree.Path, any) bool) {
		if len(v) > 0 {
			walk(nil, v, merge.Field{Of: schema}, yield)
		}
	}
}

// walk yields the leaves of v, which is what the field has.
func walk(at tree.Path, v any, f merge.Field, yield func(tree.Path, any) bool) bool {
	switch c := v.(type) {
	case tree.Map:
		for _, key := range tree.Keys(c) {
			if !walk(at.With(tree.Step{Name: key}), c[key], f.Of[key], yield) {
				return false
			}
		}
		if len(c) > 0 {
			return true
		}
	case []any:
		for i, name := range f.Names(c) {
			// A list in a list has no keys.
			if !walk(at.With(tree.Step{Name: name, Element: true}), c[i], merge.Field{Of: f.Of}, yield) {
				return false
			}
		}
		if len(c) > 0 {
			return true
		}
	}
	return yield(at, v)
}

// Leaf is a value with nothing below it: a scalar, null, an empty map or list.
type Leaf struct {
	At    tree.Path
	Path  string // the text of At
	Value any
	// Before is what was there before the last source, nil for nothing.
	Before any
	// Sources are the steps that set the value or that it depends on, the last first.
	Sources []Origin
}

// names returns the names of the steps that lead to the leaf.
func (l Leaf) names() []string {
	out := make([]string, len(l.At))
	for i, s := range l.At {
		out[i] = s.Name
	}
	return out
}

// within reports whether the leaf is at the end of these steps, or below.
func (l Leaf) within(names []string) bool {
	for i, name := range names {
		if i == len(l.At) || l.At[i].Name != name {
			return false
		}
	}
	return true
}

// Tree is a JSON-shaped tree with the sources of its leaves.
type Tree struct {
	schema merge.Schema
	value  tree.Map
	leaves []Leaf
	index  map[string]int
	// gone has the leaves that are not there any more, with what that depends on.
	gone map[string]Leaf
}

// New returns the Tree of a value; sources tells those of each leaf. The value is
// kept and must not change.
func New(value tree.Map, schema merge.Schema, sources func(Leaf) []Origin) *Tree {
	t := &Tree{schema: schema}
	return t.step(value, func(l *Leaf) { l.Sources = sources(*l) }, nil)
}

// Value returns the tree itself, which must not be changed.
func (t *Tree) Value() tree.Map { return t.value }

// Leaves returns the leaves in the order of the tree. They must not be changed.
func (t *Tree) Leaves() []Leaf { return t.leaves }

// Removed returns the leaves that are not there any more, and nothing below them, in the byte
// order of their paths. They have no value, and Before is the last that they had.
func (t *Tree) Removed() []Leaf {
	var out []Leaf
	for _, path := range tree.Keys(t.gone) {
		l := t.gone[path]
		names := l.names()
		if !slices.ContainsFunc(t.leaves, func(now Leaf) bool { return now.within(names) }) {
			l.Before, l.Value = l.Value, nil
			out = append(out, l)
		}
	}
	return out
}

// Find returns the leaf at a path, and whether there is one.
func (t *Tree) Find(path string) (Leaf, bool) {
	i, ok := t.index[path]
	if !ok {
		return Leaf{}, false
	}
	return t.leaves[i], true
}

// Under returns the sources of everything at the end of these steps or below, also of
// what is not there any more.
func (t *Tree) Under(names ...string) []Origin {
	var out []Origin
	for _, l := range t.leaves {
		if l.within(names) {
			out = append(out, l.Sources...)
		}
	}
	for _, path := range tree.Keys(t.gone) {
		if l := t.gone[path]; l.within(names) {
			out = append(out, l.Sources...)
		}
	}
	return unique(out)
}

// directive is the key of a map in a patch that is not content.
const directive = "$patch"

// Merge returns the Tree after a strategic merge of patch, whose result is after.
// Sources tells the step that sets a leaf of the result, or removes one. What the step
// changes depends on the others, too.
func (t *Tree) Merge(after, patch tree.Map, sources func(Leaf) []Origin, others ...Origin) *Tree {
	named := map[string]bool{}
	for at := range Leaves(patch, t.schema) {
		if at[len(at)-1].Name != directive {
			named[at.String()] = true
		}
	}
	return t.replaced(after, func(l Leaf) bool { return named[l.Path] }, sources, others...)
}

// replaced returns the Tree after a step that sets the named leaves, and what has changed.
func (t *Tree) replaced(
	after tree.Map, named func(Leaf) bool, sources func(Leaf) []Origin, others ...Origin,
) *Tree {
	return t.step(after, func(l *Leaf) {
		old, had := t.Find(l.Path)
		if had && !named(*l) && tree.Equal(old.Value, l.Value) {
			l.Sources, l.Before = old.Sources, old.Before
			return
		}
		l.Sources, l.Before = slices.Concat(sources(*l), t.history(*l), others), old.Value
	}, func(l Leaf) []Origin { return slices.Concat(sources(l), l.Sources, others) })
}

// Assign returns the Tree after a step with the result after. Sources tells the step
// that sets a leaf.
func (t *Tree) Assign(after tree.Map, sources func(Leaf) []Origin) *Tree {
	return t.Merge(after, nil, sources)
}

// Expand returns the Tree in which a list of sources stands for one of them.
func (t *Tree) Expand(source Origin, list []Origin) *Tree {
	return t.with(func(sources []Origin) []Origin {
		if at := slices.Index(sources, source); at >= 0 {
			return slices.Concat(sources[:at], list, sources[at+1:])
		}
		return sources
	})
}

// Depend returns the Tree in which every leaf depends on the sources in list, too.
func (t *Tree) Depend(list []Origin) *Tree {
	return t.with(func(sources []Origin) []Origin { return slices.Concat(sources, list) })
}

func (t *Tree) with(change func([]Origin) []Origin) *Tree {
	out := *t
	out.leaves = slices.Clone(t.leaves)
	for i, l := range t.leaves {
		out.leaves[i].Sources = unique(change(l.Sources))
	}
	return &out
}

// step makes the next Tree. Set tells what is known of each leaf, removed what it
// depends on that one is gone.
func (t *Tree) step(after tree.Map, set func(*Leaf), removed func(Leaf) []Origin) *Tree {
	out := &Tree{schema: t.schema, value: after, index: map[string]int{}, gone: map[string]Leaf{}}
	for at, v := range Leaves(after, t.schema) {
		l := Leaf{At: at, Path: at.String(), Value: v}
		set(&l)
		l.Sources = unique(l.Sources)
		out.index[l.Path] = len(out.leaves)
		out.leaves = append(out.leaves, l)
	}
	for path, l := range t.gone {
		if _, ok := out.index[path]; !ok {
			out.gone[path] = l
		}
	}
	for _, l := range t.leaves {
		if _, ok := out.index[l.Path]; !ok {
			l.Sources = unique(removed(l))
			out.gone[l.Path] = l
		}
	}
	return out
}

// history returns what a new value of a leaf takes the place of.
func (t *Tree) history(l Leaf) []Origin {
	if old, ok := t.Find(l.Path); ok {
		return old.Sources
	}
	return t.Under(l.names()...)
}

// unique returns the list without what is in it a second time.
func unique(list []Origin) []Origin {
	var out []Origin
	for _, s := range list {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}
