package merge

import (
	"fmt"
	"maps"
	"math"
	"strings"

	"github.com/flinktarget/flinktarget/internal/tree"
)

// Directives of strategic merge patches.
const (
	directive       = "$patch"
	retainKeys      = "$retainKeys"
	elementOrder    = "$setElementOrder/"
	primitiveDelete = "$deleteFromPrimitiveList/"
)

// compiler turns a patch into operations and collects what is wrong with it.
type compiler struct {
	refused []*Refused
}

func (c *compiler) refuse(path, cure, reason string, args ...any) {
	c.refused = append(c.refused, &Refused{Path: path, Reason: fmt.Sprintf(reason, args...), Cure: cure})
}

// dropIdentity takes out of a patch what it does not change. Of what lies below, the
// metadata is copied.
func (c *compiler) dropIdentity(patch map[string]any) {
	for _, name := range identity {
		c.dropName(patch, name, name)
	}
	metadata, ok := patch["metadata"].(map[string]any)
	if !ok || len(metadata) == 0 {
		return
	}
	metadata = maps.Clone(metadata)
	patch["metadata"] = metadata
	for _, name := range identityMetadata {
		c.dropName(metadata, name, "metadata."+name)
	}
	if len(metadata) == 0 {
		delete(patch, "metadata")
	}
}

func (c *compiler) dropName(m map[string]any, name, path string) {
	switch m[name].(type) {
	case nil, string:
	default:
		c.refuse(path, "", "expected a string")
	}
	delete(m, name)
}

// value compiles what a patch has in a field.
func (c *compiler) value(v any, f Field, path string) *node {
	switch v := v.(type) {
	case nil:
		return &node{act: remove, path: path}
	case map[string]any:
		return c.mapping(v, f.Of, path)
	case []any:
		switch {
		case f.Set:
			return c.set(v, path)
		case len(f.Keys) > 0:
			return c.keyed(v, f, path)
		default:
			return c.atomic(v, path)
		}
	default:
		c.legal(v, path)
		return &node{act: setScalar, path: path, value: v, has: true, own: true}
	}
}

// legal refuses what is not a scalar of a JSON document.
func (c *compiler) legal(v any, path string) {
	switch f := v.(type) {
	case nil, bool, int64, string:
	case float64:
		if math.IsNaN(f) || math.IsInf(f, 0) {
			c.refuse(path, "", "%v is not a JSON number", f)
		}
	default:
		c.refuse(path, "", "a %T cannot be part of a JSON document", v)
	}
}

func (c *compiler) mapping(m map[string]any, s Schema, path string) *node {
	n := &node{act: mergeMap, path: path}
	switch c.directive(m, path) {
	case "delete":
		n.act = removeMap
		return n
	case "replace":
		n.act = replaceMap
	}
	var few [16]string
	names := tree.AppendKeys(few[:0], m)
	n.fields = make([]step, 0, len(names))
	n.has, n.own = true, true
	for _, name := range names {
		if name == directive || c.unsupported(name, path) {
			n.own = false
			continue
		}
		do := c.value(m[name], s[name], under(path, name))
		n.fields = append(n.fields, step{name, do})
		n.own = n.own && do.own
	}
	if n.value = m; !n.own {
		n.value = n.made()
	}
	return n
}

// made is what a map becomes where there is none: without null and directives.
func (n *node) made() map[string]any {
	value := make(map[string]any, len(n.fields))
	for _, s := range n.fields {
		if s.do.has {
			value[s.name] = s.do.value
		}
	}
	return value
}

// directive returns the value of $patch; "merge" if there is none.
func (c *compiler) directive(m map[string]any, path string) string {
	v, ok := m[directive]
	if !ok {
		return "merge"
	}
	switch s, _ := v.(string); s {
	case "merge", "delete", "replace":
		return s
	}
	c.refuse(under(path, directive), "", "$patch is delete, replace or merge, nothing else")
	return "merge"
}

// unsupported refuses the directives that kustomize does not know and would
// write into the object.
func (c *compiler) unsupported(name, path string) bool {
	if !strings.HasPrefix(name, "$") {
		return false
	}
	path = under(path, name)
	switch {
	case name == retainKeys:
		c.refuse(path, "set the keys that are to go to null, or use $patch: replace", "kustomize does not support $retainKeys")
	case strings.HasPrefix(name, elementOrder):
		c.refuse(path, "to set an order, replace the list with - $patch: replace and its elements", "kustomize does not support $setElementOrder")
	case strings.HasPrefix(name, primitiveDelete):
		c.refuse(path, "replace the list with - $patch: replace and the values that stay", "kustomize does not support $deleteFromPrimitiveList")
	default:
		return false
	}
	return true
}

// atomic compiles a list that replaces the object's.
func (c *compiler) atomic(list []any, path string) *node {
	for i, e := range list {
		c.content(e, element(path, i))
	}
	return &node{act: replaceList, path: path, value: list, has: true, own: true}
}

// content refuses directives in what is taken as it is.
func (c *compiler) content(v any, path string) {
	switch v := v.(type) {
	case map[string]any:
		for _, name := range tree.Keys(v) {
			if name == directive {
				c.refuse(under(path, name), "leave $patch out; to delete the list, set it to null",
					"this list is replaced as a whole, $patch has no meaning in it")
				continue
			}
			if !c.unsupported(name, path) {
				c.content(v[name], under(path, name))
			}
		}
	case []any:
		for i, e := range v {
			c.content(e, element(path, i))
		}
	default:
		c.legal(v, path)
	}
}
