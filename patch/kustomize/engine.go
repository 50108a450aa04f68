package kustomize

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"sync"

	"sigs.k8s.io/kustomize/api/filters/patchjson6902"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/openapi"
	"sigs.k8s.io/kustomize/kyaml/resid"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/kyaml"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/patch"
)

// Engine returns the engine that applies patches with kustomize. It is safe for concurrent
// use, as long as nobody changes the schema of kyaml, which is one for the process.
func Engine() patch.Engine { return engine{} }

type engine struct{}

// warm reads kyaml's schema, which is not safe for concurrent use before (kustomize #5805).
var warm = sync.OnceFunc(func() {
	openapi.Schema()
	openapi.IsNamespaceScoped(yaml.TypeMeta{})
})

func (engine) Apply(p patch.Patch, objects []map[string]any) (results []map[string]any, selected []int, err error) {
	entry, err := entryOf(p)
	if err != nil {
		return nil, nil, err
	}
	resources := make([]*resource.Resource, len(objects))
	set := resmap.New()
	for i, o := range objects {
		if o == nil {
			continue
		}
		resources[i] = resourceOf(o)
		if err := set.Append(resources[i]); err != nil {
			return nil, nil, &patch.ApplyError{Object: kinds.NameOf(o), Err: err}
		}
	}
	matched, err := set.Select(entry.target)
	if err != nil {
		return nil, nil, err
	}
	results = slices.Clone(objects)
	for i, r := range resources {
		if r == nil || !slices.Contains(matched, r) {
			continue
		}
		if results[i], err = entry.apply(r); err != nil {
			return nil, nil, &patch.ApplyError{Object: kinds.NameOf(objects[i]), Err: err}
		}
		selected = append(selected, i)
	}
	return results, selected, nil
}

func resourceOf(v map[string]any) *resource.Resource {
	warm()
	return &resource.Resource{RNode: *yaml.NewRNode(kyaml.Node(v))}
}

// Merge merges content, a strategic merge patch that may say nothing of what it is for, into
// an object as kustomize does, and returns nil if that deletes the object. Neither object nor
// content is changed, and the result shares nothing with them. Values are as [patch.Engine]
// has them. Unlike a [patch.Patch], content is not checked: what kustomize makes of a patch
// that this library refuses, this function tells.
func Merge(object, content map[string]any) (map[string]any, error) {
	return entry{content: content}.apply(resourceOf(object))
}

// entry is a patch for Kubernetes objects.
type entry struct {
	target  types.Selector
	inline  bool           // the patch has no target of its own, but says itself what it is for
	content map[string]any // of a strategic merge
	ops     []any          // of RFC 6902
}

// entryOf reads what a patch says of itself.
func entryOf(p patch.Patch) (entry, error) {
	v, _ := tree.FromJSON([]byte(p.String()))
	doc, _ := v.(map[string]any)
	target := tree.Child(doc, "target")
	if target == nil && !p.SelectsKind(tree.String(doc, "apiVersion"), tree.String(doc, "kind")) {
		return entry{}, errors.New("the patch is not for Kubernetes objects")
	}
	if target == nil {
		return entry{target: exactly(doc), inline: true, content: doc}, nil
	}
	e := entry{content: tree.Child(doc, "patch"), ops: tree.Items(doc, "patch")}
	return e, json.Unmarshal(tree.JSON(target), &e.target)
}

// exactly selects what a strategic merge says that it is for. Unlike in a kustomization, its
// name and namespace may be left out, and then do not matter.
func exactly(doc map[string]any) types.Selector {
	text := func(path ...string) string { return regexp.QuoteMeta(tree.String(doc, path...)) }
	group, version := resid.ParseGroupVersion(text("apiVersion"))
	return types.Selector{ResId: resid.ResId{
		Gvk:  resid.Gvk{Group: cmp.Or(group, "^$"), Version: version, Kind: text("kind")}, // "" is any group
		Name: text("metadata", "name"), Namespace: text("metadata", "namespace"),
	}}
}

// apply returns what becomes of a resource, nil if that is deleted. kyaml panics on some
// patches that are not legal.
func (e entry) apply(r *resource.Resource) (result map[string]any, err error) {
	defer func() {
		if p := recover(); p != nil {
			result, err = nil, fmt.Errorf("kustomize panics: %v", p)
		}
	}()

	if e.ops != nil {
		err = r.ApplyFilter(patchjson6902.Filter{Patch: string(tree.JSON(e.ops))})
	} else {
		p := resourceOf(e.content)
		p.SetGvk(r.GetGvk())
		err = r.ApplySmPatch(p)
	}
	if err != nil || r.IsNilOrEmpty() {
		return nil, err
	}
	v, err := kyaml.Tree(r.YNode())
	if err != nil {
		return nil, err
	}
	m, ok := v.(map[string]any)
	if !ok {
		return nil, errors.New("the result is no longer an object")
	}
	return m, nil
}
