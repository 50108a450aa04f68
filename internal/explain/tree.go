package explain

import (
	"slices"
	"strings"

	"github.com/flinktarget/flinktarget/internal/merge"
	"github.com/flinktarget/flinktarget/internal/tree"
)

// Origin is a step that sets values. Sources are compared with ==.
type Origin any

// Leaf is a value with nothing below it: a scalar, null, an empty map or list.
type Leaf struct {
	// Path is where it is, as [tree.Path.String] writes it.
	Path string
	// Place is the same with the index of each element of a list.
	Place string
	Value any
	// Before is what was there before the last source, nil for nothing.
	Before any
	// Sources are the steps that set the value or that it depends on, the last first.
	Sources []Origin
}

// Tree is a JSON-shaped tree with the sources of its leaves.
type Tree struct {
	schema merge.Schema
	value  tree.Map
	leaves []Leaf
	index  map[string]int
	// gone has what the leaves depended on that are not there any more.
	gone map[string][]Origin
}

// New returns the Tree of a value; sources tells those of each leaf. The value is
// kept and must not change.
func New(value tree.Map, schema merge.Schema, sources func(Leaf) []Origin) *Tree {
	t := &Tree{schema: schema, value: value, index: map[string]int{}, gone: map[string][]Origin{}}
	for at, v := range Leaves(value, schema) {
		l := Leaf{Path: at.Path.String(), Place: at.Index.String(), Value: v}
		l.Sources = unique(sources(l))
		t.add(l)
	}
	return t
}

func (t *Tree) add(l Leaf) {
	t.index[l.Path] = len(t.leaves)
	t.leaves = append(t.leaves, l)
}

// Value returns the tree itself, which must not be changed.
func (t *Tree) Value() tree.Map { return t.value }

// Leaves returns the leaves in the order of the tree. They must not be changed.
func (t *Tree) Leaves() []Leaf { return t.leaves }

// Find returns the leaf at a path, and whether there is one.
func (t *Tree) Find(path string) (Leaf, bool) {
	i, ok := t.index[path]
	if !ok {
		return Leaf{}, false
	}
	return t.leaves[i], true
}

// Under returns the sources of everything at a path or below it, also of what is
// not there any more.
func (t *Tree) Under(path string) []Origin {
	var out []Origin
	for _, l := range t.leaves {
		if within(l.Path, path) {
			out = append(out, l.Sources...)
		}
	}
	for _, p := range tree.Keys(t.gone) {
		if within(p, path) {
			out = append(out, t.gone[p]...)
		}
	}
	return unique(out)
}

// within reports whether a path is that of a map or list, or leads into it.
func within(path, parent string) bool {
	rest, ok := strings.CutPrefix(path, parent)
	return ok && (rest == "" || parent == "" || rest[0] == '.' || rest[0] == '[')
}

// directive is the key of a map in a patch that is not content.
const directive = "$patch"

// Merge returns the Tree after a strategic merge of patch, whose result is after.
// Sources tells the step that sets the leaf at a path of the result. What the step
// changes depends on the others, too.
func (t *Tree) Merge(after, patch tree.Map, sources func(path string) []Origin, others ...Origin) *Tree {
	named := map[string]bool{}
	for at := range Leaves(patch, t.schema) {
		if at.Path[len(at.Path)-1].Name != directive {
			named[at.Path.String()] = true
		}
	}
	return t.step(after, func(at Place, v any) (Leaf, bool) {
		path := at.Path.String()
		old, had := t.Find(path)
		if had && !named[path] && tree.Equal(old.Value, v) {
			return old, true
		}
		return Leaf{Sources: slices.Concat(sources(path), t.history(path), others), Before: old.Value}, false
	}, func(l Leaf) []Origin { return slices.Concat(sources(l.Path), l.Sources, others) })
}

// Assign returns the Tree after a step with the result after. Sources tells the step
// that sets the leaf at a path.
func (t *Tree) Assign(after tree.Map, sources func(path string) []Origin) *Tree {
	return t.Merge(after, nil, sources)
}

// Expand returns the Tree in which a list of sources stands for one of them.
func (t *Tree) Expand(source Origin, list []Origin) *Tree {
	return t.with(func(sources []Origin) []Origin {
		if at := slices.Index(sources, source); at >= 0 {
			return unique(slices.Concat(sources[:at], list, sources[at+1:]))
		}
		return sources
	})
}

// Depend returns the Tree in which every leaf depends on the sources in list, too.
func (t *Tree) Depend(list []Origin) *Tree {
	return t.with(func(sources []Origin) []Origin { return join(sources, list) })
}

func (t *Tree) with(change func([]Origin) []Origin) *Tree {
	out := *t
	out.leaves = slices.Clone(t.leaves)
	for i, l := range t.leaves {
		out.leaves[i].Sources = change(l.Sources)
	}
	return &out
}

// step makes the next Tree. For each leaf, next says what is known of it, and
// whether it is one of t; for each that is gone, removed says what that depends on.
func (t *Tree) step(after tree.Map, next func(at Place, v any) (Leaf, bool), removed func(Leaf) []Origin) *Tree {
	out := &Tree{schema: t.schema, value: after, index: map[string]int{}, gone: map[string][]Origin{}}
	for at, v := range Leaves(after, t.schema) {
		l, kept := next(at, v)
		l.Path, l.Place, l.Value = at.Path.String(), at.Index.String(), v
		if !kept {
			l.Sources = unique(l.Sources)
		}
		out.add(l)
	}
	for path, sources := range t.gone {
		if _, ok := out.index[path]; !ok {
			out.gone[path] = sources
		}
	}
	for _, l := range t.leaves {
		if _, ok := out.index[l.Path]; !ok {
			out.gone[l.Path] = unique(removed(l))
		}
	}
	return out
}

// history returns what a new value at a path takes the place of.
func (t *Tree) history(path string) []Origin {
	if l, ok := t.Find(path); ok {
		return l.Sources
	}
	return t.Under(path)
}

func join(a, b []Origin) []Origin {
	return unique(append(a[:len(a):len(a)], b...))
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
