package merge_test

import (
	"strings"
	"testing"

	"gotest.tools/v3/assert"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"

	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/patch/kustomize"
)

// outcome is what becomes of an object.
type outcome struct {
	object  map[string]any
	deleted bool
	err     error
}

func (o outcome) String() string {
	switch {
	case o.err != nil:
		return "error: " + o.err.Error()
	case o.deleted:
		return "deleted"
	default:
		return string(tree.JSON(o.object))
	}
}

// equal compares outcomes; errors are equal whatever they say.
func (o outcome) equal(p outcome) bool {
	if o.err != nil || p.err != nil {
		return o.err != nil && p.err != nil
	}
	return o.deleted == p.deleted && tree.Equal(asAny(o.object), asAny(p.object))
}

func asAny(m map[string]any) any {
	if m == nil {
		return nil
	}
	return m
}

// built builds a kustomization in memory that has the object and the patch,
// which is kustomize's public way, from YAML text to YAML text. The patch has the
// identity of the object.
func built(t testing.TB, obj, patch map[string]any) outcome {
	t.Helper()
	return build(t, obj, patch, map[string]any{"path": "patch.yaml"})
}

// builtWithTarget is built for a patch that a target selects for the object.
func builtWithTarget(t testing.TB, obj, patch map[string]any) outcome {
	t.Helper()
	return build(t, obj, patch, map[string]any{"path": "patch.yaml", "target": map[string]any{"kind": obj["kind"]}})
}

func build(t testing.TB, obj, patch, entry map[string]any) outcome {
	t.Helper()
	fs := filesys.MakeFsInMemory()
	write := func(name string, v any) {
		data, err := yaml.Marshal(v)
		assert.NilError(t, err)
		assert.NilError(t, fs.WriteFile("/"+name, data))
	}
	// A bystander keeps the result from being empty, which is another matter.
	write("bystander.yaml",
		map[string]any{"apiVersion": "example.com/v1", "kind": "Bystander",
			"metadata": map[string]any{"name": "bystander"}})
	write("object.yaml", obj)
	write("patch.yaml", identified(patch, obj))
	write("kustomization.yaml", map[string]any{
		"resources": []any{"object.yaml", "bystander.yaml"},
		"patches":   []any{entry},
	})
	resources, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(fs, "/")
	if err != nil {
		return outcome{err: err}
	}
	for _, r := range resources.Resources() {
		if r.GetKind() == "Bystander" {
			continue
		}
		data, err := r.AsYAML()
		if err != nil {
			return outcome{err: err}
		}
		return outcome{object: parse(t, string(data))}
	}
	return outcome{deleted: true}
}

// withoutEmptyMetadata takes out what a build, not the merge, takes out at its
// end: labels and annotations of the object that are empty.
func (o outcome) withoutEmptyMetadata() outcome {
	o.object = tree.CopyMap(o.object)
	metadata, _ := o.object["metadata"].(map[string]any)
	for _, name := range []string{"labels", "annotations"} {
		if m, ok := metadata[name].(map[string]any); ok && len(m) == 0 || metadata[name] == nil {
			delete(metadata, name)
		}
	}
	return o
}

// identified gives a patch the identity of the object, without which kustomize
// does not take it.
func identified(patch, obj map[string]any) map[string]any {
	out := tree.CopyMap(patch)
	if out == nil {
		out = map[string]any{}
	}
	out["apiVersion"], out["kind"] = obj["apiVersion"], obj["kind"]
	metadata, ok := out["metadata"].(map[string]any)
	if _, there := out["metadata"]; !ok && !there {
		metadata = map[string]any{}
		out["metadata"] = metadata
	}
	if metadata != nil {
		metadata["name"] = tree.String(obj, "metadata", "name")
		delete(metadata, "namespace")
		if ns := tree.String(obj, "metadata", "namespace"); ns != "" {
			metadata["namespace"] = ns
		}
	}
	return out
}

// kyamlMerge is kustomize's merge without its texts, so that kustomize #6140 does not bite.
func kyamlMerge(obj, patch map[string]any) outcome {
	m, err := kustomize.Merge(obj, patch)
	return outcome{object: m, deleted: m == nil && err == nil, err: err}
}

// retyped reports whether ours differs from kustomize's outcome only where
// kustomize made a string of a number or boolean (kustomize #6140).
func retyped(ours, theirs any) bool {
	switch a := ours.(type) {
	case map[string]any:
		b, ok := theirs.(map[string]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for k, v := range a {
			w, ok := b[k]
			if !ok || !retyped(v, w) {
				return false
			}
		}
		return true
	case []any:
		b, ok := theirs.([]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for i := range a {
			if !retyped(a[i], b[i]) {
				return false
			}
		}
		return true
	case int64, float64, bool:
		if s, ok := theirs.(string); ok {
			return s == strings.Trim(string(tree.JSON(a)), `"`)
		}
	}
	return tree.Equal(ours, theirs)
}
