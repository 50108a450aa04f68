package merge

import (
	"slices"
	"strconv"
	"strings"

	"github.com/flinktarget/flinktarget/internal/tree"
)

func (m *merger) list(patch, old []any, f Field) (any, effect) {
	if len(f.Keys) == 0 && !f.Set {
		m.content(patch)
		return patch, patched
	}
	what, elements := m.split(patch)
	switch {
	case what == "delete":
		return nil, removed
	case what == "replace":
		old = nil
	case elements == 0 && old != nil:
		return old, unchanged
	}
	return m.elements(patch, old, f)
}

// split returns which directive for the whole list a merged list has, and the number of
// elements beside it.
func (m *merger) split(list []any) (whole string, elements int) {
	inElements := false
	for i, e := range list {
		if !isWhole(e) {
			_, has := tree.Get(e, directive)
			inElements = inElements || has
			elements++
			continue
		}
		m.path.Element(strconv.Itoa(i))
		d := m.directive(e.(map[string]any))
		if whole != "" && whole != d {
			m.refuse("the list has both $patch: " + whole + " and $patch: " + d)
		}
		m.path.Leave()
		whole = d
	}
	switch {
	case whole == "":
	case inElements:
		m.refuse("a $patch for the whole list and a $patch in an element do not go together; use one of them")
	case whole == "delete" && elements > 0:
		m.refuse("- $patch: delete deletes the list, its other elements would be lost; " +
			"use $patch: replace to have the other elements instead of the object's")
	}
	return whole, elements
}

// isWhole reports whether an element is a directive for the list.
func isWhole(e any) bool {
	m, _ := e.(map[string]any)
	_, ok := m[directive]
	return ok && len(m) == 1
}

// pair is an element of the patch, and what it is merged into.
type pair struct {
	at        int // its index in the patch
	patch     any
	mistake   string // why they cannot be merged
	old       any    // nil if the object has none
	result    any
	isRemoved bool
}

// elements merges a list by keys or as a set, in the order that kustomize gives: the
// patch's elements come first. If one has a second key, only the new ones do, and the
// others keep their places.
func (m *merger) elements(patch, old []any, f Field) (any, effect) {
	// Lists are short: most need no memory but that of the result.
	var pairBuf [8]pair
	var mineBuf [16]int
	index := map[string]int{} // the pairs by name
	pairs := m.pairs(patch, f, pairBuf[:0], index)
	mine := mineBuf[:0] // for each of the object's elements, its pair
	for _, e := range old {
		mine = append(mine, f.match(e, pairs, index))
	}
	inPlace := slices.ContainsFunc(patch, f.hasSecondKey) || slices.ContainsFunc(old, f.hasSecondKey)
	asItIs := old == nil && len(pairs) == len(patch)
	out := make([]any, 0, len(pairs)+len(old))
	for i := range pairs {
		p := &pairs[i]
		asItIs = m.merge(p, f) == patched && asItIs
		if !p.isRemoved && (!inPlace || p.old == nil) {
			out = append(out, p.result)
		}
	}
	if asItIs {
		return patch, patched
	}
	for j, e := range old {
		switch i := mine[j]; {
		case i < 0:
			out = append(out, e)
		case inPlace && !pairs[i].isRemoved:
			out = append(out, pairs[i].result)
		}
	}
	return out, merged
}

// pairs appends the elements of the patch to list, and puts those that can be told apart
// into the index.
func (m *merger) pairs(patch []any, f Field, list []pair, index map[string]int) []pair {
	for i, e := range patch {
		if isWhole(e) {
			continue
		}
		p := pair{at: i, patch: e}
		name := f.name(e)
		first, twice := index[name]
		switch {
		case name == "":
			p.mistake = f.mistake(e)
		case !twice:
			index[name] = len(list)
		case f.Set:
			continue
		default:
			before := m.path.With(tree.Step{Name: strconv.Itoa(list[first].at), Element: true})
			p.mistake = name + " is the same element as in " + before.Field() + "; write one element"
		}
		list = append(list, p)
	}
	return list
}

// match returns which pair an element of the object belongs to, -1 for none.
func (f Field) match(e any, pairs []pair, index map[string]int) int {
	name := f.name(e)
	i, found := index[name]
	if !found {
		return -1
	}
	p := &pairs[i]
	if what, _ := tree.Get(p.patch, directive); p.old != nil && what != "delete" && !f.Set {
		p.mistake = "the object has two elements named " + name +
			"; replace the whole list with - $patch: replace and its elements"
	}
	p.old = e
	return i
}

func (m *merger) merge(p *pair, f Field) effect {
	m.path.Element(strconv.Itoa(p.at))
	defer m.path.Leave()
	patch, isMap := p.patch.(map[string]any)
	switch {
	case p.mistake != "":
		m.refuse(p.mistake)
		return unchanged
	case !isMap:
		p.result = p.patch
		return patched
	}
	old, _ := p.old.(map[string]any)
	result, did := m.mapping(patch, old, f.Of)
	if patch[directive] == "replace" {
		m.refuse("kustomize ignores $patch: replace in an element of a merged list; "+
			"set the fields that are to go to null, or replace the list with - $patch: replace and its elements",
			directive)
	}
	p.result, p.isRemoved = result, did == removed
	return did
}

// mistake says why an element has no name.
func (f Field) mistake(e any) string {
	if f.Set {
		return "expected a scalar: this list is merged as a set of values"
	}
	missing := slices.DeleteFunc(slices.Clone(f.Keys), func(key string) bool { return keyText(e, key) != "" })
	return "expected a map with " + strings.Join(missing, " and ") + ": this list is merged by its keys"
}

// hasSecondKey does not count defaults.
func (f Field) hasSecondKey(e any) bool {
	return !f.Set && slices.ContainsFunc(f.Keys[1:], func(key string) bool {
		v, _ := tree.Get(e, key)
		return scalarText(v) != ""
	})
}
