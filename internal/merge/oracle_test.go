package merge_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/kustomize/kyaml/openapi"
	kyaml "sigs.k8s.io/kustomize/kyaml/yaml"
	"sigs.k8s.io/kustomize/kyaml/yaml/merge2"
	"sigs.k8s.io/kustomize/kyaml/yaml/walk"
	"sigs.k8s.io/yaml"

	"github.com/flinktarget/flinktarget/internal/tree"
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

// kustomize builds a kustomization in memory that has the object and the patch,
// which is kustomize's public way, from YAML text to YAML text. The patch has the
// identity of the object.
func kustomize(t testing.TB, obj, patch map[string]any) outcome {
	t.Helper()
	return build(t, obj, patch, map[string]any{"path": "patch.yaml"})
}

// kustomizeTarget is kustomize for a patch that a target selects for the object.
func kustomizeTarget(t testing.TB, obj, patch map[string]any) outcome {
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

// kyamlMerge is the core of kustomize's merge, on nodes with the right tags, so
// that kustomize #6140 does not bite.
func kyamlMerge(obj, patch map[string]any) outcome {
	return kyamlMergeAs(obj, patch, nil)
}

// kyamlMergeAs merges by a schema that kustomize does not have. With nil it is
// what merge2.Merge does.
func kyamlMergeAs(obj, patch map[string]any, schema *openapi.ResourceSchema) (out outcome) {
	defer func() {
		if p := recover(); p != nil {
			out = outcome{err: fmt.Errorf("panic: %v", p)}
		}
	}()
	patch = tree.CopyMap(patch)
	if patch == nil {
		patch = map[string]any{}
	}
	patch["apiVersion"], patch["kind"] = obj["apiVersion"], obj["kind"]
	r, err := walk.Walker{
		Sources:      []*kyaml.RNode{kyaml.NewRNode(toNode(obj)), kyaml.NewRNode(toNode(patch))},
		Visitor:      merge2.Merger{},
		Schema:       schema,
		MergeOptions: kyaml.MergeOptions{ListIncreaseDirection: kyaml.MergeOptionsListPrepend},
	}.Walk()
	if err != nil {
		return outcome{err: err}
	}
	if r == nil {
		return outcome{deleted: true}
	}
	m := fromNode(r.YNode()).(map[string]any)
	return outcome{object: withIdentity(obj, m)}
}

func withIdentity(obj, m map[string]any) map[string]any {
	m["apiVersion"], m["kind"] = obj["apiVersion"], obj["kind"]
	metadata, ok := m["metadata"].(map[string]any)
	if !ok {
		metadata = map[string]any{}
		m["metadata"] = metadata
	}
	metadata["name"] = tree.String(obj, "metadata", "name")
	if ns := tree.String(obj, "metadata", "namespace"); ns != "" {
		metadata["namespace"] = ns
	} else {
		delete(metadata, "namespace")
	}
	return m
}

func toNode(v any) *kyaml.Node {
	switch v := v.(type) {
	case nil:
		return &kyaml.Node{Kind: kyaml.ScalarNode, Tag: kyaml.NodeTagNull, Value: "null"}
	case bool:
		return &kyaml.Node{Kind: kyaml.ScalarNode, Tag: kyaml.NodeTagBool, Value: strconv.FormatBool(v)}
	case int64:
		return &kyaml.Node{Kind: kyaml.ScalarNode, Tag: kyaml.NodeTagInt, Value: strconv.FormatInt(v, 10)}
	case float64:
		return &kyaml.Node{Kind: kyaml.ScalarNode, Tag: kyaml.NodeTagFloat, Value: string(tree.JSON(v))}
	case string:
		return stringNode(v)
	case []any:
		n := &kyaml.Node{Kind: kyaml.SequenceNode, Tag: kyaml.NodeTagSeq}
		for _, e := range v {
			n.Content = append(n.Content, toNode(e))
		}
		return n
	case map[string]any:
		n := &kyaml.Node{Kind: kyaml.MappingNode, Tag: kyaml.NodeTagMap}
		for _, k := range tree.Keys(v) {
			n.Content = append(n.Content, stringNode(k), toNode(v[k]))
		}
		return n
	default:
		panic(fmt.Sprintf("%T is not part of a tree", v))
	}
}

func stringNode(s string) *kyaml.Node {
	return &kyaml.Node{Kind: kyaml.ScalarNode, Tag: kyaml.NodeTagString, Value: s, Style: kyaml.DoubleQuotedStyle}
}

func fromNode(n *kyaml.Node) any {
	switch n.Kind {
	case kyaml.MappingNode:
		m := make(map[string]any, len(n.Content)/2)
		for i := 0; i < len(n.Content); i += 2 {
			m[n.Content[i].Value] = fromNode(n.Content[i+1])
		}
		return m
	case kyaml.SequenceNode:
		l := make([]any, len(n.Content))
		for i, e := range n.Content {
			l[i] = fromNode(e)
		}
		return l
	}
	tag := n.Tag
	if tag == "" && n.Style != kyaml.DoubleQuotedStyle {
		// The walker sets merge keys of sets anew, as plain text.
		tag = n.ShortTag()
	}
	switch tag {
	case kyaml.NodeTagNull:
		return nil
	case kyaml.NodeTagBool:
		return n.Value == "true"
	case kyaml.NodeTagInt:
		i, _ := strconv.ParseInt(n.Value, 10, 64)
		return i
	case kyaml.NodeTagFloat:
		f, _ := strconv.ParseFloat(n.Value, 64)
		return f
	default:
		return n.Value
	}
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
