package merge_test

import (
	"testing"

	"gotest.tools/v3/assert"
	"sigs.k8s.io/kustomize/kyaml/openapi"
	"sigs.k8s.io/kustomize/kyaml/yaml"
	"sigs.k8s.io/kustomize/kyaml/yaml/merge2"
	"sigs.k8s.io/kustomize/kyaml/yaml/walk"

	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/kyaml"
	"github.com/flinktarget/flinktarget/internal/merge"
)

// A kind of nobody, with all that a schema can say.
var (
	jobLists = merge.Schema{"spec": {Of: merge.Schema{
		"podTemplate": {Of: podTemplate},
		"routes":      {Keys: []string{"host", "path", "method"}},
		"template": {Of: merge.Schema{"spec": {Of: merge.Schema{"pods": {Of: merge.Schema{
			"envVars":    {Keys: []string{"name"}},
			"containers": fieldAt(podTemplate, "spec", "containers"),
			"volumeMounts": {Keys: []string{"name"}, Of: merge.Schema{
				"volume": {Of: fieldAt(podTemplate, "spec", "volumes").Of},
				"tags":   {Set: true},
			}},
		}}}}}},
	}}}
	podTemplate = fieldAt(deploymentSchema, "spec", "template").Of
	// The same as OpenAPI, for kyaml.
	jobOpenAPI = `{"type": "object", "properties": {"spec": {"type": "object", "properties": {
		"podTemplate": {"$ref": "#/definitions/io.k8s.api.core.v1.PodTemplateSpec"},
		"routes": {"type": "array", "x-kubernetes-patch-strategy": "merge",
			"x-kubernetes-list-map-keys": ["host", "path", "method"], "items": {"type": "object"}},
		"template": {"type": "object", "properties": {"spec": {"type": "object", "properties": {"pods": {
			"type": "object", "properties": {
			"envVars": {"type": "array", "x-kubernetes-patch-strategy": "merge",
				"x-kubernetes-patch-merge-key": "name", "items": {"$ref": "#/definitions/io.k8s.api.core.v1.EnvVar"}},
			"containers": {"type": "array", "x-kubernetes-patch-strategy": "merge",
				"x-kubernetes-patch-merge-key": "name",
				"items": {"$ref": "#/definitions/io.k8s.api.core.v1.Container"}},
			"volumeMounts": {"type": "array", "x-kubernetes-patch-strategy": "merge",
				"x-kubernetes-patch-merge-key": "name", "items": {"type": "object", "properties": {
					"volume": {"$ref": "#/definitions/io.k8s.api.core.v1.Volume"},
					"tags": {"type": "array", "x-kubernetes-patch-strategy": "merge", "items": {"type": "string"}}
				}}}
		}}}}}}
	}}}}`
	jobShape = kindShape{"example.com/v1", "Job", fields{"spec": often{fields{
		"podTemplate": template,
		"replicas":    number,
		"other":       atomic{word},
		"routes": threeKeys{keyed{keys: []string{"host", "path"}, ids: ids("h1", "h2"), second: ids("/a", "/b"),
			of: fields{"weight": number, "headers": atomic{word}}}},
		"template": often{fields{"spec": often{fields{"pods": often{fields{
			"envVars": env, "containers": containers, "labels": labels, "list": atomic{word},
			"volumeMounts": keyed{keys: []string{"name"}, ids: ids("a", "b"), of: fields{
				"volume": fields{"emptyDir": fields{}, "projected": fields{"sources": atomic{word}}},
				"tags":   values{"t", "u", "v"},
			}},
		}}}}}},
	}}}}
)

// threeKeys adds a third key, which is the same everywhere.
type threeKeys struct{ keyed }

func (k threeKeys) object(r *random) any { return method(k.keyed.object(r)) }
func (k threeKeys) patch(r *random, old any) any {
	return method(k.keyed.patch(r, old))
}

func method(v any) any {
	for _, e := range v.([]any) {
		if m := e.(map[string]any); m["host"] != nil {
			m["method"] = "GET"
		}
	}
	return v
}

func TestListsAgainstKyaml(t *testing.T) {
	schema, err := openapi.GetSchema(jobOpenAPI, openapi.Schema())
	assert.NilError(t, err)
	r := seeded(t)
	for range setting(t, "MERGE_KYAML", 1200) / 4 {
		s := newSampleOf(r, false, jobShape)
		got, want := ours(s.object, s.patch, jobLists), kyamlMergeAs(s.object, s.patch, schema)
		assert.Assert(t, got.equal(want), "%v\nours  %v\nkyaml %v", s, got, want)
	}
}

// kyamlMergeAs merges by a schema that kustomize does not have, which kustomize.Merge
// cannot: kyaml's own is one for the process.
func kyamlMergeAs(obj, patch map[string]any, schema *openapi.ResourceSchema) outcome {
	r, err := walk.Walker{
		Sources:      []*yaml.RNode{yaml.NewRNode(kyaml.Node(obj)), yaml.NewRNode(kyaml.Node(patch))},
		Visitor:      merge2.Merger{},
		Schema:       schema,
		MergeOptions: yaml.MergeOptions{ListIncreaseDirection: yaml.MergeOptionsListPrepend},
	}.Walk()
	if err != nil || r == nil {
		return outcome{deleted: err == nil, err: err}
	}
	v, err := kyaml.Tree(r.YNode())
	m, _ := v.(map[string]any)
	return outcome{object: m, err: err}
}

func TestZeroSchemaReplacesLists(t *testing.T) {
	got := ours(parse(t, `{metadata: {finalizers: [a]}, m: {x: 1}}`),
		parse(t, `{metadata: {finalizers: [b]}, m: {"y": 2}}`), merge.Schema{})
	assert.NilError(t, got.err)
	assert.DeepEqual(t, got.object, parse(t, `{metadata: {finalizers: [b]}, m: {x: 1, "y": 2}}`))
}

// Finalizers of every kind of the table are merged: Kubernetes has them in the metadata
// of all objects.
func TestEveryKind(t *testing.T) {
	for _, k := range kinds.All() {
		t.Log(k)
		object, patch := parse(t, `{metadata: {finalizers: [a/a]}}`), parse(t, `{metadata: {finalizers: [b/b]}}`)
		got := ours(object, patch, merge.Of(k.TypeMeta))
		assert.DeepEqual(t, got.object, parse(t, `{metadata: {finalizers: [b/b, a/a]}}`))
	}
}
