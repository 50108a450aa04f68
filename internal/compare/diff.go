// Package compare says what is different between two sets of rendered objects: which
// object takes the place of which, in which fields they differ, and what putting the
// new one in the place of the old one means on a cluster.
package compare

import (
	"slices"

	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/merge"
	"github.com/flinktarget/flinktarget/internal/tree"
)

// Op is what happened to a field.
type Op uint8

// The kinds of differences.
const (
	Added Op = iota + 1
	Removed
	Changed
	// Reordered is about a list that Kubernetes merges by keys: elements that both
	// versions have stand in another order.
	Reordered
)

// Difference is one field in which two versions of an object differ. What is there
// in one of them only is one difference, with all that is below it.
type Difference struct {
	// Path is that of the new version; that of the old one for what was removed.
	Path tree.Path
	Op   Op
	// Old and New are parts of the objects, nil for what is not there. For a list
	// that was reordered, they are the names of its elements.
	Old, New any
}

// Diff returns the differences between two versions of an object, in the order of
// their paths in a walk through both. Elements of lists are the same if their names
// are, see [merge.Field.Names]; the order of the elements of a set does not count.
//
// If renamed is not nil, it is applied to the texts of the old version before they
// are compared; those that were the same without it are the same, too.
func Diff(old, new tree.Map, renamed func(string) string) []Difference {
	d := &differ{renamed: renamed}
	d.mapping(old, new, merge.Of(kinds.TypeOf(new)))
	return d.out
}

type differ struct {
	renamed func(string) string
	at      tree.Path
	out     []Difference
}

func (d *differ) report(op Op, old, new any) {
	d.out = append(d.out, Difference{Path: slices.Clone(d.at), Op: op, Old: old, New: new})
}

func (d *differ) mapping(old, new tree.Map, s merge.Schema) {
	for _, key := range tree.KeysOfBoth(old, new) {
		was, had := old[key]
		is, has := new[key]
		d.at.Enter(key)
		switch {
		case !had:
			d.report(Added, nil, is)
		case !has:
			d.report(Removed, was, nil)
		default:
			d.value(was, is, s[key])
		}
		d.at.Leave()
	}
}

func (d *differ) value(old, new any, f merge.Field) {
	switch is := new.(type) {
	case tree.Map:
		if was, ok := old.(tree.Map); ok {
			d.mapping(was, is, f.Of)
			return
		}
	case []any:
		if was, ok := old.([]any); ok {
			d.list(was, is, f)
			return
		}
	}
	was, isText := old.(string)
	if renamed := isText && d.renamed != nil && d.renamed(was) == new; !renamed && !tree.Equal(old, new) {
		d.report(Changed, old, new)
	}
}

func (d *differ) list(old, new []any, f merge.Field) {
	was, is := f.Names(old), f.Names(new)
	index := make(map[string]int, len(is))
	for j, name := range is {
		index[name] = j
	}
	last, inOrder := -1, true
	matched := make([]bool, len(new))
	for i, name := range was {
		j, ok := index[name]
		if !ok && d.renamed != nil {
			name = d.renamed(name)
			j, ok = index[name]
		}
		d.at.Element(name)
		if ok {
			matched[j] = true
			inOrder, last = inOrder && last < j, j
			d.value(old[i], new[j], merge.Field{Of: f.Of})
		} else {
			d.report(Removed, old[i], nil)
		}
		d.at.Leave()
	}
	for j, name := range is {
		if !matched[j] {
			d.at.Element(name)
			d.report(Added, nil, new[j])
			d.at.Leave()
		}
	}
	if len(f.Keys) > 0 && !inOrder {
		d.report(Reordered, tree.FromList(was), tree.FromList(is))
	}
}
