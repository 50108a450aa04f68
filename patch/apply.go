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

// A Match says that a patch selected an object: Patch is the index in the Set, Object that
// in the list of objects.
type Match struct {
	Patch, Object int
	// Same says that the object is as it was. It is false for operations that only test.
	Same bool
}

// tests reports whether a patch is not to change anything.
func (c *compiled) tests() bool {
	return c.ops != nil && !slices.ContainsFunc(c.ops, func(op jsonpatch.Op) bool { return op.Changes() })
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
		next, err := c.apply(current)
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
	out, matches, err := s.ApplyWith(nil, current, nil)
	if err != nil {
		return nil, nil, err
	}
	for i, obj := range out {
		out[i] = tree.CopyMap(obj)
	}
	return out, matches, nil
}

// An Engine applies patches to Kubernetes objects. Package patch has one of its own, which
// [Set.ApplyObjects] uses; that of patch/kustomize uses kustomize. Patches of VVP
// resources, protected fields and what must not be deleted are no business of an engine.
type Engine interface {
	// Apply applies p, a patch for Kubernetes objects, to those of the objects that it
	// selects, which [Set.Selected] finds. It returns all objects in their order, nil for one
	// that the patch deletes, and the indices of those that were selected, in ascending order.
	// Neither p nor objects are changed; results may share with objects what they have in
	// common. Values in objects are nil, bool, int64, float64, string, []any and map[string]any.
	//
	// An error about one object is an [*ApplyError] with Object and Err.
	Apply(p Patch, objects []map[string]any) (results []map[string]any, selected []int, err error)
}

// ApplyWith is [Set.ApplyObjects] with an engine, nil for the library's own. Objects must
// hold what [Engine] says; the results share with them what they have in common, so that
// whoever changes a result copies it first. If each is not nil, it is told what each patch,
// by its index, makes of each object that it changes; nil for one that it deletes.
func (s Set) ApplyWith(e Engine, objs []map[string]any, each func(patch int, before, after map[string]any)) (
	[]map[string]any, []Match, error,
) {
	if e == nil {
		e = ownEngine{}
	}
	current := slices.Clone(objs)
	var matches []Match
	for i, c := range s.patches {
		if c.selector == nil {
			continue
		}
		next, selected, err := e.Apply(Patch{p: c}, current)
		for _, j := range selected {
			if err == nil {
				err = c.allowed(current[j], next[j])
			}
			if err == nil && each != nil {
				each(i, current[j], next[j])
			}
			same := err == nil && !c.tests() && tree.Equal(current[j], next[j])
			matches = append(matches, Match{Patch: i, Object: j, Same: same})
		}
		if err != nil {
			failed, ok := errors.AsType[*ApplyError](err)
			if !ok {
				failed = &ApplyError{Err: err}
			}
			failed.Entry, failed.Position = i, c.at
			return nil, nil, failed
		}
		current = next
	}
	return slices.DeleteFunc(current, func(obj map[string]any) bool { return obj == nil }), matches, nil
}

// ownEngine merges as kustomize does, without it.
type ownEngine struct{}

func (ownEngine) Apply(p Patch, objects []map[string]any) ([]map[string]any, []int, error) {
	results := slices.Clone(objects)
	var selected []int
	for i, obj := range objects {
		if !p.p.selects(obj) {
			continue
		}
		next, err := p.p.apply(obj)
		if err != nil {
			return nil, nil, &ApplyError{Object: kinds.NameOf(obj), Err: err}
		}
		results[i] = next
		selected = append(selected, i)
	}
	return results, selected, nil
}

// Selected returns which patches select which objects, as they are before any patch is
// applied. Values in objs are those of [Engine].
func (s Set) Selected(objs []map[string]any) []Match {
	var matches []Match
	for i, c := range s.patches {
		for j, obj := range objs {
			if c.selects(obj) {
				matches = append(matches, Match{Patch: i, Object: j})
			}
		}
	}
	return matches
}

// allowed reports what no patch may do to an object; next is nil if it deletes it.
func (c *compiled) allowed(obj, next map[string]any) error {
	kind, _ := kinds.Lookup(kinds.TypeOf(obj))
	var err error
	switch {
	case next == nil && kind.Optional:
		return nil
	case next == nil:
		err = fmt.Errorf("%w: cannot delete: other objects refer to it", ErrConflict)
	default:
		paths := changed(obj, next, kind.Protected)
		for _, at := range kinds.LabelPaths {
			for _, label := range changed(tree.Child(obj, at...), tree.Child(next, at...), systemLabels) {
				paths = append(paths, slices.Concat(at, label))
			}
		}
		err = refuse(paths)
	}
	if err != nil {
		return &ApplyError{Object: kinds.NameOf(obj), Err: err}
	}
	return nil
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
	names := make([]string, len(paths))
	for i, path := range paths {
		names[i] = strings.Join(path, ".")
	}
	list := strings.Join(names, ", ")
	switch len(paths) {
	case 0:
		return nil
	case 1:
		return fmt.Errorf("%w: %s belongs to the platform", ErrConflict, list)
	default:
		return fmt.Errorf("%w: %s belong to the platform", ErrConflict, list)
	}
}

// apply returns doc with the changes of a patch, or nil if it deletes it. The result
// shares with both what they have in common.
func (c *compiled) apply(doc map[string]any) (map[string]any, error) {
	if c.ops != nil {
		v, err := jsonpatch.Apply(doc, c.ops)
		if e, ok := errors.AsType[*jsonpatch.Error](err); ok {
			return nil, c.withCure(e)
		}
		m, ok := v.(map[string]any)
		if err == nil && !ok {
			err = errors.New("the result is no longer an object")
		}
		return m, err
	}
	t := kinds.TypeOf(doc)
	_, emitted := kinds.Lookup(t)
	_, resource := kinds.LookupResource(t)
	if !emitted && !resource && ofKubernetes(t.APIVersion) {
		return nil, fmt.Errorf("the merge keys of a %s are not known, because none is ever rendered; "+
			"write operations (RFC 6902)", t)
	}
	m, _, err := merge.Apply(doc, c.content, merge.Of(t))
	return m, err
}

// withCure says what to write instead of an operation that adds below what is not there.
func (c *compiled) withCure(e *jsonpatch.Error) error {
	switch {
	case e.Merge == "":
		return e
	case c.resource != "":
		return fmt.Errorf("%w; write a strategic merge, {apiVersion: v1, kind: %s, %s}, or add what is missing before",
			e, c.resource, e.Merge)
	default:
		return fmt.Errorf("%w; write a strategic merge, patch: {%s}, or add what is missing before", e, e.Merge)
	}
}

// ofKubernetes reports whether an API is one of Kubernetes' own, whose lists may have
// merge keys. Those of custom resources have none in strategic merges.
func ofKubernetes(apiVersion string) bool {
	group, _ := splitVersion(apiVersion)
	return !strings.Contains(group, ".") || strings.HasSuffix(group, ".k8s.io")
}

// fresh copies what a caller hands in, and refuses what is not JSON.
func fresh(doc map[string]any) (map[string]any, error) {
	v, err := tree.FromGo(doc)
	m, _ := v.(map[string]any)
	return m, err
}
