package patch

import (
	"fmt"
	"slices"

	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/tree"
)

// A Match says that a patch changed an object: Patch is the index in the Set, Object that
// in the list of objects.
type Match struct {
	Patch, Object int
}

// HasResource reports whether a patch of the set changes VVP resources of the
// kind, "Deployment" or "SessionCluster".
func (s Set) HasResource(kind string) bool {
	for _, c := range s.patches {
		if c.resource == kind {
			return true
		}
	}
	return false
}

// ApplyResource applies the patches for VVP resources to doc, which is one, and
// returns the result; patches for the other VVP kind and for Kubernetes objects
// are passed over. Neither doc nor the set is changed, and the result shares
// nothing with them. Values in doc are what encoding/json produces, and integers.
//
// If a patch fails, no result is returned and the error is an [*ApplyError].
func (s Set) ApplyResource(doc map[string]any) (map[string]any, error) {
	current, err := fresh(doc)
	if err != nil {
		return nil, err
	}
	resource, _ := kinds.LookupResource(kinds.TypeMeta{APIVersion: kinds.VVPVersion,
		Kind: tree.String(current, "kind")})
	for i, c := range s.patches {
		if c.resource == "" || c.resource != resource.Kind || !c.names(current) {
			continue
		}
		next, _, err := c.apply(current)
		if err == nil {
			err = refuse(unchanged(current, next, resource.Protected))
		}
		if err != nil {
			return nil, &ApplyError{Entry: i, Object: describe(current), Position: c.at, Err: err}
		}
		current = next
	}
	return tree.CopyMap(current), nil
}

// names reports whether an inline patch is meant for this resource.
func (c *compiled) names(doc map[string]any) bool {
	return (c.name == "" || c.name == tree.String(doc, "metadata", "name")) &&
		(c.namespace == "" || c.namespace == tree.String(doc, "metadata", "namespace"))
}

// ApplyObjects applies the patches for Kubernetes objects to those that they
// select, and returns the results in the order of objs, less those that a patch
// deleted, and which patch changed which object of objs. Neither objs nor the set
// is changed, and the results share nothing with them. Values in objs are what
// encoding/json produces, and integers.
//
// If a patch fails, no result is returned and the error is an [*ApplyError].
func (s Set) ApplyObjects(objs []map[string]any) ([]map[string]any, []Match, error) {
	current := make([]map[string]any, len(objs))
	for i, obj := range objs {
		var err error
		if current[i], err = fresh(obj); err != nil {
			return nil, nil, fmt.Errorf("object %d: %w", i, err)
		}
	}
	out, matches, err := s.ApplyShared(tree.Shared{Maps: current})
	if err != nil {
		return nil, nil, err
	}
	for i, obj := range out.Maps {
		out.Maps[i] = tree.CopyMap(obj)
	}
	return out.Maps, matches, nil
}

// ApplyShared is [Set.ApplyObjects] for the renderer of this module, which copies
// what it hands out: the results share with objs and with the set what they have in
// common. Its argument cannot be made elsewhere.
func (s Set) ApplyShared(objs tree.Shared) (tree.Shared, []Match, error) {
	current := slices.Clone(objs.Maps)
	var matches []Match
	for i, c := range s.patches {
		if c.selector == nil {
			continue
		}
		for j, obj := range current {
			if obj == nil || !c.selector.match(obj) {
				continue
			}
			next, err := c.applyObject(obj)
			if err != nil {
				return tree.Shared{}, nil, &ApplyError{Entry: i, Object: describe(obj), Position: c.at, Err: err}
			}
			current[j] = next
			matches = append(matches, Match{Patch: i, Object: j})
		}
	}
	gone := func(obj map[string]any) bool { return obj == nil }
	return tree.Shared{Maps: slices.DeleteFunc(current, gone)}, matches, nil
}

// Selected returns which patches select which objects, without applying them. It is for
// the renderer of this module.
func (s Set) Selected(objs tree.Shared) []Match {
	var matches []Match
	for i, c := range s.patches {
		for j, obj := range objs.Maps {
			if c.selector != nil && c.selector.match(obj) {
				matches = append(matches, Match{Patch: i, Object: j})
			}
		}
	}
	return matches
}

// applyObject returns nil for an object that the patch deletes.
func (c *compiled) applyObject(obj map[string]any) (map[string]any, error) {
	next, deleted, err := c.apply(obj)
	if err != nil {
		return nil, err
	}
	kind, _ := kinds.Lookup(kinds.TypeOf(obj))
	if deleted {
		if !kind.Optional {
			return nil, &conflict{}
		}
		return nil, nil
	}
	return next, refuse(append(unchanged(obj, next, kind.Protected), otherLabels(obj, next)...))
}

// refuse reports protected paths that a patch changed.
func refuse(paths [][]string) error {
	if len(paths) == 0 {
		return nil
	}
	return &conflict{paths: paths}
}

func (c *compiled) apply(doc map[string]any) (result map[string]any, deleted bool, err error) {
	if c.ops != nil {
		result, err = operate(c.ops, doc)
		return result, false, err
	}
	return merged(c.content, doc)
}

// unchanged returns the protected paths whose values differ.
func unchanged(before, after map[string]any, paths [][]string) (changed [][]string) {
	for _, path := range paths {
		a, inA := tree.Get(before, path...)
		b, inB := tree.Get(after, path...)
		if inA != inB || !tree.Equal(a, b) {
			changed = append(changed, path)
		}
	}
	return changed
}

// otherLabels returns the system labels that differ.
func otherLabels(before, after map[string]any) (changed [][]string) {
	for _, path := range kinds.LabelPaths {
		a, b := tree.Child(before, path...), tree.Child(after, path...)
		for _, key := range kinds.SystemLabels {
			was, had := a[key]
			is, has := b[key]
			if had != has || !tree.Equal(was, is) {
				changed = append(changed, append(append([]string(nil), path...), key))
			}
		}
	}
	return changed
}

// fresh copies what a caller hands in, and refuses what is not JSON.
func fresh(doc map[string]any) (map[string]any, error) {
	v, err := tree.Of(doc)
	m, _ := v.(map[string]any)
	return m, err
}
