package patch_test

import (
	"errors"
	"strings"
	"testing"

	yamlv3 "go.yaml.in/yaml/v3"
	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/internal/yaml"
	"github.com/flinktarget/flinktarget/patch"
)

// targeted is an entry with a target.
func targeted(s patch.Selector, body any) any { return map[string]any{"target": s, "patch": body} }

func TestMadePatchesAreTheParsedOnes(t *testing.T) {
	value := map[string]any{"a": []string{"b"}}
	add := map[string]any{"op": "add", "path": "/metadata/annotations/a", "value": value}
	one, err := patch.FromObject(add)
	assert.NilError(t, err)
	service, err := patch.FromObject(targeted(patch.Selector{Kind: "Service"}, []any{add}))
	assert.NilError(t, err)
	value["a"] = nil
	assert.Assert(t, one.Equal(patch.MustParse("{op: add, path: /metadata/annotations/a, value: {a: [b]}}")), "%s", one)
	assert.Assert(t, service.SelectsKind("v1", "Service") && !one.SelectsKind("v1", "Service"))
	assert.Assert(t, service.Equal(patch.MustParse("{target: {kind: Service}, patch: [{op: add, path: "+
		"/metadata/annotations/a, value: {a: [b]}}]}")), "%s", service)

	null, err := patch.FromObject(map[string]any{"op": "replace", "path": "/a", "value": nil})
	assert.NilError(t, err)
	assert.Assert(t, null.Equal(patch.MustParse("{op: replace, path: /a, value: null}")))
	root, err := patch.FromObject(map[string]any{"op": "copy", "from": "", "path": "/a"})
	assert.NilError(t, err)
	assert.Assert(t, root.Equal(patch.MustParse("{op: copy, from: '', path: /a}")),
		"an empty pointer is the whole document")

	merge := map[string]any{"apiVersion": "apps/v1", "kind": "Deployment", "spec": map[string]any{"replicas": 2}}
	inline, err := patch.FromObject(merge)
	assert.NilError(t, err)
	assert.Assert(t, inline.Equal(patch.MustParse("{apiVersion: apps/v1, kind: Deployment, spec: {replicas: 2}}")))
	managers, err := patch.FromObject(targeted(patch.Selector{LabelSelector: "component=taskmanager"}, merge))
	assert.NilError(t, err)
	assert.Assert(t, managers.Equal(patch.MustParse("{target: {labelSelector: component=taskmanager}, patch: "+
		"{apiVersion: apps/v1, kind: Deployment, spec: {replicas: 2}}}")))
}

func TestMakingFails(t *testing.T) {
	remove := func(s patch.Selector) any { return targeted(s, []any{map[string]string{"op": "remove", "path": "/a"}}) }
	for reason, entry := range map[string]any{
		"no operation":                targeted(patch.Selector{Kind: "Job"}, []any{}),
		"several without a target":    []any{map[string]string{"op": "remove", "path": "/a"}},
		"an unknown operation":        map[string]any{"op": "ad", "path": "/a"},
		"a value where there is none": map[string]any{"op": "remove", "path": "/a", "value": 1},
		"a value that is missing":     map[string]any{"op": "add", "path": "/a"},
		"a value that is not JSON":    map[string]any{"op": "add", "path": "/a", "value": func() {}},
		"one of several is wrong": targeted(patch.Selector{Kind: "Job"}, []any{
			map[string]string{"op": "remove", "path": "/a"}, map[string]string{"op": "remove", "path": "a"}}),
		"a from that means nothing":  map[string]any{"op": "remove", "path": "/a", "from": "/b"},
		"an object that is not JSON": func() {},
		"a text that is not UTF-8": map[string]any{"apiVersion": "v1", "kind": "ConfigMap",
			"data": map[string]any{"a": "\xff"}},
		"a path that is not UTF-8":     map[string]any{"op": "add", "path": "/\xff", "value": "a"},
		"an expression that is not":    remove(patch.Selector{Name: "\xff"}),
		"a merge without a kind":       map[string]any{"spec": map[string]any{}},
		"a list is no object":          []string{"a"},
		"the zero patch":               targeted(patch.Selector{Kind: "Job"}, patch.Patch{}),
		"a selector that never fits":   remove(patch.Selector{Kind: "Pod"}),
		"an expression that is broken": remove(patch.Selector{Name: "("}),
	} {
		_, err := patch.FromObject(entry)
		assert.Assert(t, err != nil, reason)
		if e, ok := errors.AsType[*flinktarget.InvalidError](err); ok {
			assert.Equal(t, e.Problems[0].Position, flinktarget.Position{}, "%s: nobody has seen this as a text", reason)
		}
	}
	_, err := patch.FromObject(func() {})
	assert.ErrorContains(t, err, "func()")
	// A move from the whole document says where from: it is not told that it has none.
	_, err = patch.FromObject(map[string]any{"op": "move", "from": "", "path": "/a"})
	e, ok := errors.AsType[*flinktarget.InvalidError](err)
	assert.Assert(t, ok && len(e.Problems) == 1, "%v", err)
	assert.Equal(t, e.Problems[0].Field, "path")
	_, err = patch.FromObject(remove(patch.Selector{Name: "\xff"}))
	assert.ErrorContains(t, err, "UTF-8", "a selector that cannot be written is not one that is missing")
}

func TestUnmarshalYAML(t *testing.T) {
	var list []patch.Patch
	assert.NilError(t, yamlv3.Unmarshal([]byte("- {op: remove, path: /a}\n- target: {kind: Job}\n  patch: {spec: "+
		"{backoffLimit: 1}}\n"), &list))
	assert.Assert(t, list[0].Equal(patch.MustParse("{op: remove, path: /a}")), "%s", list[0])
	assert.Assert(t, list[1].Equal(patch.MustParse("{target: {kind: Job}, patch: {spec: {backoffLimit: 1}}}")), "%s",
		list[1])
	assert.Assert(t, yamlv3.Unmarshal([]byte("- {op: ad, path: /a}\n"), &list) != nil)
	assert.ErrorContains(t, yamlv3.Unmarshal([]byte("- {op: add, path: /a, value: .nan}\n"), &list),
		"unsupported value: NaN")
	assert.ErrorContains(t, yamlv3.Unmarshal([]byte("- {op: add, path: /a, value: !!binary /w==}\n"), &list),
		"not UTF-8")

	var p patch.Patch
	broken := errors.New("broken")
	assert.Assert(t, errors.Is(p.UnmarshalYAML(func(any) error { return broken }), broken))
	assert.Assert(t, errors.Is(p.UnmarshalYAML(func(any) error { return nil }), flinktarget.ErrInvalid),
		"a reader that sets nothing")
	// This library's own reader hands over the node.
	hand := func(text string) func(any) error {
		docs, _ := yaml.Parse("", []byte(text))
		return func(dst any) error {
			*dst.(*func() *yaml.Node) = func() *yaml.Node { return docs[0] }
			return nil
		}
	}
	assert.NilError(t, p.UnmarshalYAML(hand("{op: remove, path: /a}")))
	assert.Assert(t, p.Equal(patch.MustParse("{op: remove, path: /a}")))
	half := hand("{op: remove, path: /b}")
	assert.Assert(t, errors.Is(p.UnmarshalYAML(func(dst any) error {
		if _, own := dst.(*func() *yaml.Node); own {
			_ = half(dst)
		}
		return broken
	}), broken), "what a reader sets and takes back is not read")
	for _, text := range []string{"{op: ad, path: /a}", "null"} {
		e, ok := errors.AsType[*flinktarget.InvalidError](p.UnmarshalYAML(hand(text)))
		assert.Assert(t, ok, text)
		assert.Equal(t, strings.Contains(e.Problems[0].Message, "remove the entry"), text == "null")
		assert.Assert(t, !p.IsZero(), "a failed read changes nothing")
	}
}

func TestUnmarshalJSON(t *testing.T) {
	p := patch.MustParse("{op: remove, path: /a}")
	for _, text := range []string{"{", "null", `{"op": "ad", "path": "/a"}`} {
		assert.Assert(t, p.UnmarshalJSON([]byte(text)) != nil, text)
	}
	assert.Assert(t, p.Equal(patch.MustParse("{op: remove, path: /a}")), "a failed read changes nothing")
	e, ok := errors.AsType[*flinktarget.InvalidError](p.UnmarshalJSON([]byte("null")))
	assert.Assert(t, ok)
	assert.ErrorContains(t, e, "remove the entry")
}

func TestPodTemplatesOfResourcesMergeLikePods(t *testing.T) {
	out, err := setOf(t, "{apiVersion: v1, kind: Deployment, spec: {template: {spec: {kubernetes: "+
		"{jobManagerPodTemplate: {spec: {containers: [{name: a, env: [{name: X, value: "+
		"'1'}]}]}}}}}}}").ApplyResource(object(t, `
kind: Deployment
apiVersion: v1
spec: {template: {spec: {kubernetes: {jobManagerPodTemplate: {spec: {containers: [{name: a, image: i}, {name: b}]}}}}}}
`))
	assert.NilError(t, err)
	assert.DeepEqual(t, out, object(t, `
kind: Deployment
apiVersion: v1
spec: {template: {spec: {kubernetes: {jobManagerPodTemplate: {spec: {containers: [
  {name: a, image: i, env: [{name: X, value: "1"}]}, {name: b}]}}}}}}
`))
}
