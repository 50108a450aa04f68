package patch

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/flinktarget/flinktarget/internal/jsonpatch"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/merge"
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
	return slices.ContainsFunc(s.patches, func(c *compiled) bool { return c.resource == kind })
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
			err = refuse(changed(current, next, resource.Protected))
		}
		if err != nil {
			return nil, &ApplyError{Entry: i, Object: kinds.NameOf(current), Position: c.at, Err: err}
		}
		current = next
	}
	return tree.CopyMap(current), nil
}

// names reports whether a patch that names its objects means this one.
func (c *compiled) names(doc map[string]any) bool {
	return (c.name == "" || c.name == tree.String(doc, "metadata", "name")) &&
		(c.namespace == "" || c.namespace == tree.String(doc, "metadata", "namespace"))
}

// selects reports whether a patch changes a Kubernetes object.
func (c *compiled) selects(obj map[string]any) bool {
	return c.selector != nil && obj != nil && c.selector.match(obj) && c.names(obj)
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
		for j, obj := range current {
			if !c.selects(obj) {
				continue
			}
			next, err := c.applyObject(obj)
			if err != nil {
				return tree.Shared{}, nil, &ApplyError{Entry: i, Object: kinds.NameOf(obj), Position: c.at, Err: err}
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
			if c.selects(obj) {
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
	switch {
	case deleted && kind.Optional:
		return nil, nil
	case deleted:
		return nil, &conflict{}
	}
	paths := changed(obj, next, kind.Protected)
	for _, at := range kinds.LabelPaths {
		for _, label := range changed(tree.Child(obj, at...), tree.Child(next, at...), systemLabels) {
			paths = append(paths, slices.Concat(at, label))
		}
	}
	return next, refuse(paths)
}

// systemLabels are the paths, in the labels of objects, that no patch changes.
var systemLabels = slices.Collect(slices.Chunk(kinds.SystemLabels, 1))

// changed returns the paths whose values differ.
func changed(before, after map[string]any, paths [][]string) (out [][]string) {
	for _, path := range paths {
		a, inA := tree.Get(before, path...)
		b, inB := tree.Get(after, path...)
		if inA != inB || !tree.Equal(a, b) {
			out = append(out, path)
		}
	}
	return out
}

// refuse reports protected paths that a patch changed.
func refuse(paths [][]string) error {
	if len(paths) == 0 {
		return nil
	}
	return &conflict{paths: paths}
}

// apply returns doc with the changes of a patch, or true if it deletes it. The result
// shares with both what they have in common.
func (c *compiled) apply(doc map[string]any) (result map[string]any, deleted bool, err error) {
	if c.ops != nil {
		v, err := jsonpatch.Apply(doc, c.ops)
		m, ok := v.(map[string]any)
		if err == nil && !ok {
			err = errors.New("the result is no longer an object")
		}
		return m, false, err
	}
	t := kinds.TypeOf(doc)
	_, emitted := kinds.Lookup(t)
	_, resource := kinds.LookupResource(t)
	if !emitted && !resource && ofKubernetes(t.APIVersion) {
		return nil, false, fmt.Errorf("the merge keys of a %s are not known, because none is ever rendered; "+
			"write operations (RFC 6902)", t)
	}
	return merge.Apply(doc, c.content, merge.Of(t))
}

// ofKubernetes reports whether an API is one of Kubernetes' own, whose lists may have
// merge keys. Those of custom resources have none in strategic merges.
func ofKubernetes(apiVersion string) bool {
	group, _ := splitVersion(apiVersion)
	return !strings.Contains(group, ".") || strings.HasSuffix(group, ".k8s.io")
}

// fresh copies what a caller hands in, and refuses what is not JSON.
func fresh(doc map[string]any) (map[string]any, error) {
	v, err := tree.Of(doc)
	m, _ := v.(map[string]any)
	return m, err
}
