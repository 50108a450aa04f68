package merge

import (
	"maps"

	"github.com/flinktarget/flinktarget/internal/tree"
)

// node is one operation of a plan. It says what becomes of the object's value at
// one place.
type node struct {
	act  action
	path string // inside the patch
	// value is what a missing value becomes, if has is set. Nodes share parts of
	// it, so it is copied before it leaves the plan.
	value  any
	has    bool
	fields []step    // of mergeMap, by name
	list   *listPlan // of mergeKeyed and mergeSet
	// patch is set for a map of which no type is known. The object may say what
	// it is; then patch is compiled for that.
	patch map[string]any
	typ   *typ
	// late is what is wrong with the node, or with what is below it, unless the
	// object says that it is of a known type.
	late []*Refused
}

type step struct {
	name string
	do   *node
}

type action uint8

const (
	remove      action = iota // null
	setScalar                 // a scalar
	mergeMap                  // a map
	replaceMap                // a map with $patch: replace
	removeMap                 // a map with $patch: delete
	replaceList               // a list that is not merged, or - $patch: replace
	removeList                // - $patch: delete
	mergeKeyed                // a list merged by keys
	mergeSet                  // a list of scalars merged as a set
)

// effect is what an operation did to a value.
type effect uint8

const (
	same effect = iota
	set
	gone
)

// apply returns what becomes of old. A missing value is nil, as kustomize makes
// no difference between the two where a patch has something to say.
func (n *node) apply(old any, share bool) (any, effect, error) {
	if n.act == remove {
		return nil, gone, nil
	}
	if err := n.fits(old); err != nil {
		return nil, same, err
	}
	if n.patch != nil {
		m, _ := old.(map[string]any)
		if t := typeOf(m); t != nil && t != n.typ {
			known, err := compileAs(n.patch, t, n.path)
			if err != nil {
				return nil, same, err
			}
			return known.apply(old, share)
		}
	}
	if len(n.late) > 0 && (old == nil || n.act != mergeMap) {
		return nil, same, RefusedError(n.late)
	}
	switch {
	case n.act == removeMap || n.act == removeList:
		return nil, gone, nil
	case n.act == setScalar:
		return n.value, set, nil
	case old == nil || n.act == replaceMap || n.act == replaceList:
		if share {
			return n.value, set, nil
		}
		return tree.Copy(n.value), set, nil
	case n.act == mergeMap:
		return n.applyMap(old.(map[string]any), share)
	default:
		return n.applyList(old.([]any), share)
	}
}

// fits reports an error if old is not of the kind that the patch has.
func (n *node) fits(old any) error {
	if old == nil {
		return nil
	}
	want := "a list"
	switch n.act {
	case setScalar:
		want = "a scalar"
	case mergeMap, replaceMap, removeMap:
		want = "a map"
	}
	got := "a scalar"
	switch old.(type) {
	case map[string]any:
		got = "a map"
	case []any:
		got = "a list"
	}
	if got == want {
		return nil
	}
	return &Refused{
		Path:   n.path,
		Reason: "the patch has " + want + " where the object has " + got,
		Cure:   "set it to null in a patch before this one to replace it",
	}
}

func (n *node) applyMap(old map[string]any, share bool) (any, effect, error) {
	out := old
	eff := same
	for _, s := range n.fields {
		was, had := old[s.name]
		is, e, err := s.do.apply(was, share)
		if err != nil {
			return nil, same, err
		}
		if e == same || e == gone && !had || had && isSameScalar(was, is, e) {
			continue
		}
		if eff == same {
			out, eff = maps.Clone(old), set
			if out == nil {
				out = map[string]any{}
			}
		}
		if e == gone {
			delete(out, s.name)
		} else {
			out[s.name] = is
		}
	}
	return out, eff, nil
}

// isSameScalar spares the copy of a map in which nothing changes.
func isSameScalar(was, is any, e effect) bool {
	if e != set {
		return false
	}
	switch is.(type) {
	case map[string]any, []any:
		return false
	}
	switch was.(type) {
	case map[string]any, []any:
		return false
	}
	return was == is
}

// appendText appends the text of a scalar, by which kustomize compares scalars.
// What identifies nothing has none: null, maps and lists.
func appendText(dst []byte, v any) []byte {
	switch v := v.(type) {
	case string:
		return append(dst, v...)
	case bool, int64, float64:
		return tree.AppendJSON(dst, v)
	default:
		return dst
	}
}

func scalarText(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	return string(appendText(nil, v))
}
