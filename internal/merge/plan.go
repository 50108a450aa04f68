package merge

import (
	"maps"

	"github.com/flinktarget/flinktarget/internal/tree"
)

// Plan is a strategic merge patch, compiled. Plans are immutable and safe for
// concurrent use. The zero value is a patch that changes nothing.
type Plan struct {
	root *node
}

// Compile checks a patch and makes a plan of it. The patch is copied. Its
// apiVersion, kind, metadata.name and metadata.namespace may be missing, and
// change nothing if they are there.
//
// The error is a [RefusedError].
func Compile(patch map[string]any, schema Schema) (*Plan, error) {
	return CompileShared(tree.CopyMap(patch), schema)
}

// CompileShared is Compile for a patch that never changes: the plan keeps parts of it.
func CompileShared(patch map[string]any, schema Schema) (*Plan, error) {
	c := &compiler{}
	content := make(map[string]any, len(patch))
	maps.Copy(content, patch)
	c.dropIdentity(content)
	root := c.mapping(content, schema, "")
	if root.act == replaceMap {
		c.refuse(directive, "set the fields that are to go to null", "kustomize ignores $patch: replace for a whole object")
	}
	if len(c.refused) > 0 {
		return nil, RefusedError(c.refused)
	}
	return &Plan{root: root}, nil
}

// Apply returns obj with the patch merged into it, or true if the patch deletes
// the whole object.
//
// Neither obj nor the patch is changed. The result shares nothing with the plan.
// It shares with obj every map and list that the patch does not lead into, and is
// obj itself if the patch changes nothing: treat both as read-only, or copy.
//
// The error is a [RefusedError] that has all that does not fit.
func (p *Plan) Apply(obj map[string]any) (result map[string]any, deleted bool, err error) {
	return p.apply(obj, false)
}

// ApplyShared is Apply for callers that never write into a result and copy it
// before they hand it out: the result shares what the patch adds with the plan,
// too, which spares half of the memory.
func (p *Plan) ApplyShared(obj map[string]any) (result map[string]any, deleted bool, err error) {
	return p.apply(obj, true)
}

func (p *Plan) apply(obj map[string]any, share bool) (map[string]any, bool, error) {
	if p.root == nil {
		return obj, false, nil
	}
	a := applier{share: share}
	merged, eff := a.apply(p.root, obj)
	switch {
	case len(a.refused) > 0:
		return nil, false, RefusedError(a.refused)
	case eff == gone:
		return nil, true, nil
	case eff == same:
		return obj, false, nil
	}
	return restoreIdentity(obj, merged.(map[string]any)), false, nil
}

// identity are the fields that a patch never changes. They are those that
// kustomize sets back after a merge, and apiVersion, which it sets in the patch.
var (
	identity         = [...]string{"apiVersion", "kind"}
	identityMetadata = [...]string{"name", "namespace"}
)

// restoreIdentity sets identity fields of result, which may be changed at its
// top level, to those of obj.
func restoreIdentity(obj, result map[string]any) map[string]any {
	for _, name := range identity {
		restore(obj, result, name)
	}
	was, _ := obj["metadata"].(map[string]any)
	is, _ := result["metadata"].(map[string]any)
	if !identityDiffers(was, is) {
		return result
	}
	is = maps.Clone(is)
	if is == nil {
		is = map[string]any{}
	}
	for _, name := range identityMetadata {
		restore(was, is, name)
	}
	result["metadata"] = is
	return result
}

func identityDiffers(was, is map[string]any) bool {
	for _, name := range identityMetadata {
		a, inA := was[name]
		b, inB := is[name]
		if inA != inB || !tree.Equal(a, b) {
			return true
		}
	}
	return false
}

func restore(from, to map[string]any, name string) {
	if v, ok := from[name]; ok {
		to[name] = v
	} else {
		delete(to, name)
	}
}
