package merge

import "strings"

// listPlan is the part of a node that merges a list.
type listPlan struct {
	keys []string
	// elems are the patch's elements, in its order; index has them by identity.
	// The elements of a set are their own identity, and have no operations.
	elems []*node
	index map[string]int
	// values are the elements of a set.
	values []any
	// second is set if an element of the patch gives a key other than the first.
	second bool
}

func (a *applier) mergeList(n *node, old []any) (any, effect) {
	switch {
	case len(n.list.index) == 0:
		return old, same
	case n.act == mergeSet:
		return n.list.mergeSet(old), set
	default:
		return a.mergeKeyed(n.list, old)
	}
}

func (l *listPlan) mergeSet(old []any) []any {
	out := make([]any, 0, len(l.values)+len(old))
	out = append(out, l.values...)
	var buf [64]byte
	for _, e := range old {
		if _, ok := l.index[string(appendText(buf[:0], e))]; !ok {
			out = append(out, e)
		}
	}
	return out
}

// mergeKeyed gives the order that kustomize gives: with one key, the patch's
// elements first; with more, only the new ones, and the others keep their places.
func (a *applier) mergeKeyed(l *listPlan, old []any) (any, effect) {
	// Lists are short: most need no memory but that of the result.
	var pairBuf [32]int
	var mergedBuf [16]any
	pairs, inPlace := a.match(l, old, pairBuf[:0])
	out := make([]any, 0, len(l.elems)+len(old))
	merged := mergedBuf[:0]
	for i, e := range l.elems {
		var before any
		if j := pairs.object(i); j >= 0 {
			before = old[j]
		}
		is, eff := a.apply(e, before)
		if eff == gone {
			is = nil
		}
		merged = append(merged, is)
		if is != nil && (!inPlace || before == nil) {
			out = append(out, is)
		}
	}
	for j, e := range old {
		i := pairs.patch(j)
		switch {
		case i < 0:
			out = append(out, e)
		case inPlace && merged[i] != nil:
			out = append(out, merged[i])
		}
	}
	return out, set
}

// matches says which elements of a patch and of an object are the same. The first
// elems numbers are for the patch's elements, the others for the object's.
type matches struct {
	elems int
	other []int
}

func (m matches) object(i int) int { return m.other[i] }
func (m matches) patch(j int) int  { return m.other[m.elems+j] }

func (a *applier) match(l *listPlan, old []any, buf []int) (m matches, inPlace bool) {
	m = matches{elems: len(l.elems), other: buf}
	for range len(l.elems) + len(old) {
		m.other = append(m.other, -1)
	}
	inPlace = l.second
	var id [96]byte
	for j, e := range old {
		elem, ok := e.(map[string]any)
		if !ok {
			continue
		}
		inPlace = inPlace || hasSecondKey(elem, l.keys)
		text, ok := appendIdentity(id[:0], elem, l.keys)
		if !ok {
			continue
		}
		i, ok := l.index[string(text)]
		if !ok {
			continue
		}
		if m.other[i] >= 0 && l.elems[i].act != removeMap {
			a.refuse(l.elems[i].path, "the object has two elements with "+describe(elem, l.keys),
				"replace the whole list with - $patch: replace and its elements")
		}
		m.other[i], m.other[m.elems+j] = j, i
	}
	return m, inPlace
}

// appendIdentity appends the text that identifies an element; false if a key is
// missing and has no default.
func appendIdentity(dst []byte, elem map[string]any, keys []string) ([]byte, bool) {
	for i, key := range keys {
		start := len(dst)
		if i > 0 {
			dst = append(dst, 0)
			start++
		}
		if dst = appendText(dst, elem[key]); len(dst) == start {
			dst = append(dst, defaults[key]...)
		}
		if len(dst) == start {
			return dst, false
		}
	}
	return dst, true
}

func hasSecondKey(elem map[string]any, keys []string) bool {
	for _, key := range keys[1:] {
		switch v := elem[key].(type) {
		case nil, map[string]any, []any:
		case string:
			return v != ""
		default:
			return true
		}
	}
	return false
}

func describe(elem map[string]any, keys []string) string {
	parts := make([]string, len(keys))
	for i, key := range keys {
		text := scalarText(elem[key])
		if text == "" {
			text = defaults[key]
		}
		parts[i] = key + ": " + text
	}
	return strings.Join(parts, ", ")
}
