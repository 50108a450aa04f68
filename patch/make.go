package patch

import (
	"fmt"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/internal/yaml"
)

// An Operation is one operation of RFC 6902.
type Operation struct {
	// Op is add, remove, replace, move, copy or test.
	Op string
	// Path and From are JSON pointers. From is for move and copy.
	Path, From string
	// Value is for add, replace and test; nil is null. It is what encoding/json
	// makes of it, and is copied.
	Value any
}

func (o Operation) entry() (map[string]any, error) {
	m := map[string]any{"op": o.Op, "path": o.Path}
	switch o.Op {
	case "add", "replace", "test":
		v, err := jsonTree(o.Value)
		if err != nil {
			return nil, err
		}
		m["value"] = v
	default:
		if o.Value != nil {
			return nil, fmt.Errorf("patch: the operation %s %s has no value", o.Op, o.Path)
		}
	}
	if o.From != "" || o.Op == "move" || o.Op == "copy" {
		m["from"] = o.From
	}
	return m, nil
}

// JSON returns the patch of JSON patch operations. One operation changes the VVP
// Deployment that refers to the target, as it does in a patch set. Several need
// [Patch.For], with which they change Kubernetes objects: until then a Set does
// not take them.
func JSON(ops ...Operation) (Patch, error) {
	list := make([]any, len(ops))
	for i, o := range ops {
		m, err := o.entry()
		if err != nil {
			return Patch{}, err
		}
		list[i] = m
	}
	switch len(list) {
	case 0:
		return Patch{}, decode.Invalid("", decode.Fields(field.ErrorList{
			field.Required(nil, "a JSON patch has an operation")})...)
	case 1:
		return fromEntry(list[0])
	}
	p, err := fromEntry(map[string]any{"target": map[string]any{}, "patch": list})
	if err == nil {
		p.p.loose = true
	}
	return p, err
}

// FromObject returns the strategic merge patch that v marshals to as JSON: for
// the Kubernetes objects of its apiVersion and kind, and of its name and namespace
// where it has them. The apply configurations of client-go are the best fit for v,
// because they tell zero from unset. With [Patch.For], apiVersion, kind, name and
// namespace are only content that the patched objects have anyway.
func FromObject(v any) (Patch, error) {
	content, err := jsonTree(v)
	if err != nil {
		return Patch{}, err
	}
	return fromEntry(content)
}

// For returns the patch that makes p's changes to the Kubernetes objects that s
// selects.
func (p Patch) For(s Selector) (Patch, error) {
	if p.p == nil {
		return Patch{}, fmt.Errorf("patch: For of the zero value")
	}
	target, err := jsonTree(s)
	if err != nil {
		return Patch{}, err
	}
	return fromEntry(map[string]any{"target": target, "patch": p.p.body()})
}

// body returns what a patch does, without what it does it to.
func (c *compiled) body() any {
	switch {
	case c.entry["target"] != nil:
		return c.entry["patch"]
	case c.ops != nil:
		return []any{c.entry}
	default:
		return c.entry
	}
}

// fromEntry makes the patch of an entry as Go values.
func fromEntry(entry any) (Patch, error) {
	t, err := tree.Of(entry)
	if err != nil {
		return Patch{}, fmt.Errorf("patch: %w", err)
	}
	return withoutPlaces(yaml.FromTree(t))
}

// jsonTree is v as a fresh tree.
func jsonTree(v any) (any, error) {
	t, err := tree.FromGo(v)
	if err != nil {
		return nil, fmt.Errorf("patch: %w", err)
	}
	return t, nil
}
