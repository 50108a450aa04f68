package merge_test

import (
	"fmt"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
	"k8s.io/kube-openapi/pkg/validation/spec"
	"sigs.k8s.io/kustomize/kyaml/openapi"

	"github.com/flinktarget/flinktarget/internal/hostile"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/merge"
	"github.com/flinktarget/flinktarget/internal/tree"
)

// Every list and every map of every kind that is emitted gives what kyaml gives: there
// is nothing that another engine would have to do.
func TestEveryConstructAgainstKyaml(t *testing.T) {
	if hostile.RaceDetector() {
		t.Skip("it takes most of the package's time, and nothing in it runs at once; the plain build runs it")
	}
	w := &everything{t: t, seen: map[string]bool{}, defs: openapi.Schema().Definitions}
	for _, def := range tree.Keys(w.defs) {
		d := w.defs[def]
		gvks, _ := d.Extensions["x-kubernetes-group-version-kind"].([]any)
		for _, gvk := range gvks {
			m := gvk.(map[string]any)
			w.apiVersion, w.kind = m["version"].(string), m["kind"].(string)
			if g, _ := m["group"].(string); g != "" {
				w.apiVersion = g + "/" + w.apiVersion
			}
			if _, emitted := kinds.Lookup(kinds.TypeMeta{APIVersion: w.apiVersion, Kind: w.kind}); emitted {
				w.kinds++
				w.walk(def, nil, nil)
			}
		}
	}
	t.Logf("%d kinds, %d fields, %d of them merged lists; %d pairs of object and patch", w.kinds, w.fields, w.merged,
		w.pairs)
	assert.Assert(t, w.kinds == len(kinds.All())-2 && // of two it has no schema
		w.fields > 450 && w.merged > 20)
}

type everything struct {
	t                            *testing.T
	defs                         spec.Definitions
	seen                         map[string]bool // fields of types, the first time for all kinds
	apiVersion, kind             string
	kinds, fields, merged, pairs int
}

// walk visits the fields of a type. path has the names of maps and, for elements of
// merged lists, their keys.
func (w *everything) walk(def string, path []any, above []string) {
	for _, a := range above {
		if a == def {
			return // a type that contains itself
		}
	}
	above = append(above[:len(above):len(above)], def)
	d := w.defs[def]
	for _, name := range tree.Keys(d.Properties) {
		p := d.Properties[name]
		if len(path) == 0 && (name == "apiVersion" || name == "kind") || name == "name" || name == "namespace" {
			continue
		}
		at := append(path[:len(path):len(path)], name)
		if key := def + " " + name; !w.seen[key] || len(path) == 0 {
			w.seen[key] = true
			w.fields++
			w.field(p, at)
		}
		strategy, _ := p.Extensions.GetString("x-kubernetes-patch-strategy")
		if ref := p.Ref.String(); ref != "" {
			w.walk(strings.TrimPrefix(ref, "#/definitions/"), at, above)
		} else if strings.Contains(strategy, "merge") && p.Items != nil && p.Items.Schema.Ref.String() != "" {
			w.walk(strings.TrimPrefix(p.Items.Schema.Ref.String(), "#/definitions/"), append(at, keysOf(p)), above)
		}
	}
}

func keysOf(p spec.Schema) []string {
	_, keys := (&openapi.ResourceSchema{Schema: &p}).PatchStrategyAndKeyList()
	return keys
}

// field compares patches of one field, whatever it holds.
func (w *everything) field(p spec.Schema, at []any) {
	element := func(id string, more tree.Map) tree.Map {
		m := tree.Map{"extra" + id: "x"}
		for _, key := range keysOf(p) {
			m[key] = id
		}
		for k, v := range more {
			m[k] = v
		}
		return m
	}
	strategy, _ := p.Extensions.GetString("x-kubernetes-patch-strategy")
	isList := p.Type.Contains("array")
	var olds, patches []any
	switch {
	case isList && strings.Contains(strategy, "merge") && len(keysOf(p)) > 0:
		w.merged++
		olds = []any{[]any{element("a", nil), element("b", tree.Map{"list": []any{"x"}})}, []any{}}
		patches = []any{
			[]any{element("c", nil),
				element("b", tree.Map{"more": nil, "list": []any{"y"}, "map": tree.Map{"k": "v"}})},
			[]any{element("b", tree.Map{"$patch": "delete"}), element("a", tree.Map{"$patch": "merge"})},
			[]any{},
		}
		olds = append(olds, nil)
	case isList:
		if strings.Contains(strategy, "merge") {
			w.merged++
		}
		olds = []any{[]any{"a", "b"}, []any{}, nil}
		patches = []any{[]any{"c", "b"}, []any{}}
	default:
		olds = []any{tree.Map{"a": "x", "b": []any{"y"}}, nil}
		patches = []any{tree.Map{"a": nil, "b": []any{"z"}, "c": tree.Map{"d": "e"}},
			tree.Map{"$patch": "replace", "d": "e"}, tree.Map{"$patch": "delete"}, tree.Map{}}
	}
	patches = append(patches, nil)
	for _, old := range olds {
		for _, patch := range patches {
			w.compare(at, old, patch)
		}
	}
	if isList && strings.Contains(strategy, "merge") {
		w.compare(at, olds[0], append([]any{tree.Map{"$patch": "replace"}}, patches[0].([]any)...))
		w.compare(at, olds[0], []any{tree.Map{"$patch": "delete"}})
	}
}

func (w *everything) compare(at []any, old, patch any) {
	w.t.Helper()
	w.pairs++
	object, content := around(at, old), around(at, patch)
	object["apiVersion"], object["kind"] = w.apiVersion, w.kind
	metadata, _ := object["metadata"].(map[string]any)
	if metadata == nil {
		metadata = tree.Map{}
		object["metadata"] = metadata
	}
	metadata["name"] = "x"
	got, want := ours(object, content,
		merge.Of(kinds.TypeMeta{APIVersion: w.apiVersion, Kind: w.kind})), kyamlMerge(object, content)
	assert.Assert(w.t, got.equal(want), "%s %s %v\nobject %s\npatch  %s\nours   %v\nkyaml  %v", w.apiVersion, w.kind,
		at, tree.JSON(object), tree.JSON(content), got, want)
}

// around puts a value where a path leads to.
func around(at []any, v any) map[string]any {
	for i := len(at) - 1; i >= 0; i-- {
		switch step := at[i].(type) {
		case string:
			v = tree.Map{step: v}
		case []string:
			m, _ := v.(map[string]any)
			for _, key := range step {
				m[key] = fmt.Sprint("the ", key)
			}
			v = []any{m}
		}
	}
	return v.(map[string]any)
}
