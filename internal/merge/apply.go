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
	own    bool      // value is what the patch has, as it is
	fields []step    // of mergeMap, by name
	list   *listPlan // of mergeKeyed and mergeSet
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

// applier is one run of a plan. What does not fit is collected, and left as it is.
type applier struct {
	// share says that the result may hold parts of the plan.
	share   bool
	refused []*Refused
}

// apply returns what becomes of old. A missing value is nil, as kustomize makes
// no difference between the two where a patch has something to say.
func (a *applier) apply(n *node, old any) (any, effect) {
	if n.act == remove {
		return nil, gone
	}
	if got, want := shapeOf(old), n.shape(); old != nil && got != want {
		a.refuse(n.path, "the patch has "+want+" where the object has "+got, "set it to null in a patch before this one to replace it")
		return old, same
	}
	switch {
	case n.act == removeMap || n.act == removeList:
		return nil, gone
	case n.act == setScalar || a.share && (old == nil || n.act == replaceMap || n.act == replaceList):
		return n.value, set
	case old == nil || n.act == replaceMap || n.act == replaceList:
		return tree.Copy(n.value), set
	case n.act == mergeMap:
		return a.mergeMap(n, old.(map[string]any))
	default:
		return a.mergeList(n, old.([]any))
	}
}

func (a *applier) refuse(path, reason, cure string) {
	a.refused = append(a.refused, &Refused{Path: path, Reason: reason, Cure: cure})
}

func (n *node) shape() string {
	switch n.act {
	case setScalar:
		return "a scalar"
	case mergeMap, replaceMap, removeMap:
		return "a map"
	default:
		return "a list"
	}
}

func shapeOf(v any) string {
	switch v.(type) {
	case map[string]any:
		return "a map"
	case []any:
		return "a list"
	default:
		return "a scalar"
	}
}

// mergeMap copies old only if something in it changes.
func (a *applier) mergeMap(n *node, old map[string]any) (any, effect) {
	out := old
	eff := same
	for _, s := range n.fields {
		was, had := old[s.name]
		is, e := a.apply(s.do, was)
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
	return out, eff
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
