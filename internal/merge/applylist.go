package merge

import (
	"fmt"
	"slices"
	"strings"
)

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

func (n *node) applyList(old []any) (any, effect, error) {
	if len(n.list.index) == 0 {
		return old, same, nil
	}
	if n.act == mergeSet {
		return n.list.mergeSet(old), set, nil
	}
	return n.list.mergeKeyed(old)
}

func (l *listPlan) mergeSet(old []any) []any {
	out := make([]any, 0, len(l.values)+len(old))
	out = append(out, l.values...)
	for _, e := range old {
		if _, ok := l.index[scalarText(e)]; !ok {
			out = append(out, e)
		}
	}
	return out
}

// mergeKeyed gives the order that kustomize gives: with one key, the patch's
// elements first; with more, only the new ones, and the others keep their places.
func (l *listPlan) mergeKeyed(old []any) (any, effect, error) {
	found, inPlace, err := l.match(old)
	if err != nil {
		return nil, same, err
	}
	out := make([]any, 0, len(l.elems)+len(old))
	merged := make([]any, len(l.elems))
	for i, e := range l.elems {
		var before any
		if found.at[i] >= 0 {
			before = old[found.at[i]]
		}
		is, eff, err := e.apply(before)
		if err != nil {
			return nil, same, err
		}
		if eff == gone {
			continue
		}
		merged[i] = is
		if !inPlace || before == nil {
			out = append(out, is)
		}
	}
	for j, e := range old {
		i := found.by[j]
		switch {
		case i < 0:
			out = append(out, e)
		case inPlace && merged[i] != nil:
			out = append(out, merged[i])
		}
	}
	return out, set, nil
}

// matches says which elements of a patch and of an object are the same.
type matches struct {
	at []int // the object's element for the patch's, or -1
	by []int // the patch's element for the object's, or -1
}

func (l *listPlan) match(old []any) (m matches, inPlace bool, err error) {
	buf := make([]int, len(l.elems)+len(old))
	for i := range buf {
		buf[i] = -1
	}
	m = matches{at: buf[:len(l.elems)], by: buf[len(l.elems):]}
	inPlace = l.second
	for j, e := range old {
		elem, ok := e.(map[string]any)
		if !ok {
			continue
		}
		inPlace = inPlace || hasSecondKey(elem, l.keys)
		i, ok := l.index[identityOf(elem, l.keys)]
		if !ok {
			continue
		}
		if m.at[i] >= 0 && l.elems[i].act != removeMap {
			return m, false, &Refused{
				Path:   l.elems[i].path,
				Reason: fmt.Sprintf("the object has two elements with %s", describe(elem, l.keys)),
				Cure:   "replace the whole list with - $patch: replace and its elements",
			}
		}
		m.at[i], m.by[j] = j, i
	}
	return m, inPlace, nil
}

// identityOf returns the text that identifies an element, "" if a key is missing
// and has no default.
func identityOf(elem map[string]any, keys []string) string {
	if len(keys) == 1 {
		return scalarText(elem[keys[0]])
	}
	var b strings.Builder
	for _, key := range keys {
		text := scalarText(elem[key])
		if text == "" {
			text = defaults[key]
		}
		if text == "" {
			return ""
		}
		// A length before each key keeps "a","bc" and "ab","c" apart.
		fmt.Fprintf(&b, "%d %s ", len(text), text)
	}
	return b.String()
}

func hasSecondKey(elem map[string]any, keys []string) bool {
	return slices.ContainsFunc(keys[1:], func(key string) bool { return scalarText(elem[key]) != "" })
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
