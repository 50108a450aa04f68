package merge

import (
	"maps"
	"strconv"
	"strings"

	"github.com/flinktarget/flinktarget/internal/tree"
)

// Check returns all that is wrong with a patch whatever it is applied to: it merges the
// patch into nothing.
func Check(patch map[string]any, s Schema) []Refused {
	var m merger
	m.object(nil, patch, s)
	return m.refused
}

// Apply returns object with the patch merged into it, or true if the patch deletes the
// whole object. What the patch says of apiVersion, kind, metadata.name and
// metadata.namespace changes nothing. The error is a [RefusedError] that has all that
// does not fit, and what Check finds.
//
// Neither object nor patch is changed. The result shares with them the maps and lists
// that come from one of them alone, and is object itself if nothing changes: treat all
// three as read-only, or copy.
func Apply(object, patch map[string]any, s Schema) (result map[string]any, deleted bool, err error) {
	var m merger
	result, did := m.object(object, patch, s)
	if len(m.refused) > 0 {
		return nil, false, RefusedError(m.refused)
	}
	return result, did == removed, nil
}

// merger is one merge. What does not fit is collected, and left as it is.
type merger struct {
	path    tree.Path // where in the patch it is
	refused []Refused
	text    int // the size of what is refused
}

// effect says where the result for a value comes from.
type effect uint8

const (
	unchanged effect = iota // it is the object's
	patched                 // it is the patch's
	merged                  // it is new, and may be written to
	removed                 // there is none
)

func (m *merger) object(object, patch map[string]any, s Schema) (map[string]any, effect) {
	m.path = make(tree.Path, 0, 16)
	result, did := m.mapping(patch, object, s)
	if patch[directive] == "replace" {
		m.refuse("kustomize ignores $patch: replace for a whole object; set the fields that are to go to null",
			directive)
	}
	if did == merged {
		keepIdentity(object, result)
	}
	return result, did
}

// value returns what becomes of old by what the patch has in the same field. Nothing
// and null are the same to kustomize.
func (m *merger) value(patch, old any, f Field) (any, effect) {
	switch is, was := shapeOf(patch), shapeOf(old); {
	case patch == nil:
		return nil, removed
	case old != nil && is != was:
		m.refuse("must be " + was + ", as in the object, and not " + is)
		return old, unchanged
	}
	switch p := patch.(type) {
	case map[string]any:
		o, _ := old.(map[string]any)
		return m.mapping(p, o, f.Of)
	case []any:
		o, _ := old.([]any)
		return m.list(p, o, f)
	default:
		if p == old {
			return old, unchanged
		}
		return p, patched
	}
}

// mapping merges into a copy of old, which is made once something changes. Where the
// object has nothing, it takes the patch, or a copy without directives and null.
func (m *merger) mapping(patch, old map[string]any, s Schema) (map[string]any, effect) {
	switch m.directive(patch) {
	case "delete":
		return nil, removed
	case "replace":
		old = nil
	}
	out, did := old, unchanged
	if old == nil {
		out, did = patch, patched
	}
	var few [16]string
	for _, name := range tree.AppendKeys(few[:0], patch) {
		is, e := m.field(name, patch, old, s[name])
		if e == unchanged || e == patched && old == nil {
			continue
		}
		if did != merged {
			out, did = maps.Clone(out), merged
		}
		if e == removed {
			delete(out, name)
		} else {
			out[name] = is
		}
	}
	return out, did
}

// field merges what the patch has under a name. What is no content does not get in.
func (m *merger) field(name string, patch, old map[string]any, f Field) (is any, did effect) {
	was, had := old[name]
	if name == directive || m.isIdentity(name, patch[name]) || m.unsupported(name) {
		had, did = false, removed
	} else {
		m.path.Enter(name)
		is, did = m.value(patch[name], was, f)
		m.path.Leave()
	}
	if did == removed && old != nil && !had {
		return nil, unchanged
	}
	return is, did
}

// content refuses directives in a list that replaces the object's.
func (m *merger) content(v any) {
	switch v := v.(type) {
	case map[string]any:
		var few [16]string
		for _, name := range tree.AppendKeys(few[:0], v) {
			if name == directive {
				m.refuse("this list is replaced as a whole, $patch has no meaning in it; "+
					"leave $patch out; to delete the list, set it to null", name)
			} else if !m.unsupported(name) {
				m.path.Enter(name)
				m.content(v[name])
				m.path.Leave()
			}
		}
	case []any:
		for i, e := range v {
			m.path.Element(strconv.Itoa(i))
			m.content(e)
			m.path.Leave()
		}
	}
}

const directive = "$patch"

// directive returns the value of $patch; "merge" if there is none.
func (m *merger) directive(patch map[string]any) string {
	v, ok := patch[directive]
	switch v {
	case "merge", "delete", "replace":
		return v.(string)
	}
	if ok {
		m.refuse("$patch is delete, replace or merge, nothing else", directive)
	}
	return "merge"
}

// cures are what to write instead of directives that kustomize does not know and would
// write into the object. A slash and the name of a list is behind some of them.
var cures = map[string]string{
	"$retainKeys":              "set the keys that are to go to null, or use $patch: replace",
	"$setElementOrder":         "to set an order, replace the list with - $patch: replace and its elements",
	"$deleteFromPrimitiveList": "replace the list with - $patch: replace and the values that stay",
}

func (m *merger) unsupported(name string) bool {
	if !strings.HasPrefix(name, "$") {
		return false
	}
	word, _, _ := strings.Cut(name, "/")
	cure, ok := cures[word]
	if ok {
		m.refuse("kustomize does not support "+word+"; "+cure, name)
	}
	return ok
}

// isIdentity reports whether a field is one that a patch never changes: those that
// kustomize sets back after a merge, and apiVersion, which it sets in the patch.
func (m *merger) isIdentity(name string, v any) bool {
	switch {
	case len(m.path) == 0 && (name == "apiVersion" || name == "kind"):
	case len(m.path) == 1 && m.path[0].Name == "metadata" && (name == "name" || name == "namespace"):
	default:
		return false
	}
	if _, ok := v.(string); !ok && v != nil {
		m.refuse("expected a string", name)
	}
	return true
}

// keepIdentity puts the name and namespace of object into a new result whose metadata
// was replaced or deleted, and leaves no metadata where there were none.
func keepIdentity(object, result map[string]any) {
	is, has := result["metadata"].(map[string]any)
	for _, name := range [...]string{"name", "namespace"} {
		v, ok := tree.Get(object, "metadata", name)
		if _, stayed := is[name]; !ok || stayed {
			continue
		}
		if is = maps.Clone(is); is == nil { // what there is may be the patch's
			is = map[string]any{}
		}
		is[name] = v
		result["metadata"] = is
	}
	if _, had := object["metadata"]; !had && has && len(is) == 0 {
		delete(result, "metadata")
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
