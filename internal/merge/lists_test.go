package merge_test

import (
	"testing"

	"gotest.tools/v3/assert"
	"sigs.k8s.io/kustomize/kyaml/openapi"

	"github.com/flinktarget/flinktarget/internal/merge"
)

// A kind of nobody, with all that a table of lists can say.
var (
	jobLists = []merge.List{
		{Path: "spec.template.spec.pods.envVars", Keys: []string{"name"}, Type: "EnvVar"},
		{Path: "spec.template.spec.pods.volumeMounts", Keys: []string{"name"}},
		{Path: "spec.template.spec.pods.volumeMounts[].volume", Type: "Volume"},
		{Path: "spec.template.spec.pods.volumeMounts[].tags", Set: true},
		{Path: "spec.template.spec.pods.containers", Keys: []string{"name"}, Type: "Container"},
		{Path: "spec.podTemplate", Type: "PodTemplateSpec"},
		{Path: "spec.routes", Keys: []string{"host", "path", "method"}},
	}
	// The same as OpenAPI, for kyaml.
	jobOpenAPI = `{"type": "object", "properties": {"spec": {"type": "object", "properties": {
		"podTemplate": {"$ref": "#/definitions/io.k8s.api.core.v1.PodTemplateSpec"},
		"routes": {"type": "array", "x-kubernetes-patch-strategy": "merge", "x-kubernetes-list-map-keys": ["host", "path", "method"],
			"items": {"type": "object"}},
		"template": {"type": "object", "properties": {"spec": {"type": "object", "properties": {"pods": {"type": "object", "properties": {
			"envVars": {"type": "array", "x-kubernetes-patch-strategy": "merge", "x-kubernetes-patch-merge-key": "name",
				"items": {"$ref": "#/definitions/io.k8s.api.core.v1.EnvVar"}},
			"containers": {"type": "array", "x-kubernetes-patch-strategy": "merge", "x-kubernetes-patch-merge-key": "name",
				"items": {"$ref": "#/definitions/io.k8s.api.core.v1.Container"}},
			"volumeMounts": {"type": "array", "x-kubernetes-patch-strategy": "merge", "x-kubernetes-patch-merge-key": "name",
				"items": {"type": "object", "properties": {
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
		got, want := ours(s.object, s.patch, merge.Lists(jobLists...)), kyamlMergeAs(s.object, s.patch, schema)
		assert.Assert(t, got.equal(want), "%v\nours  %v\nkyaml %v", s, got, want)
	}
}

func TestListsOf(t *testing.T) {
	for _, tc := range []struct {
		reason string
		lists  []merge.List
		ok     bool
	}{
		{"nothing", nil, true},
		{"a list of the object itself", []merge.List{{Path: "items", Keys: []string{"id"}}}, true},
		{"below a list that comes first", []merge.List{{Path: "a", Keys: []string{"k"}}, {Path: "a[].b", Keys: []string{"k"}}}, true},
		{"below a list that comes later", []merge.List{{Path: "a[].b", Keys: []string{"k"}}, {Path: "a", Keys: []string{"k"}}}, false},
		{"below a list that is none", []merge.List{{Path: "a", Keys: []string{"k"}}, {Path: "a.b", Keys: []string{"k"}}}, false},
		{"below a map as if it were a list", []merge.List{{Path: "a.b", Keys: []string{"k"}}, {Path: "a[].c", Keys: []string{"k"}}}, false},
		{"below a set", []merge.List{{Path: "a", Set: true}, {Path: "a[].b", Keys: []string{"k"}}}, false},
		{"below a Kubernetes type, which nobody changes", []merge.List{{Path: "a", Type: "PodSpec"}, {Path: "a.x", Keys: []string{"k"}}}, false},
		{"below a Kubernetes type without merged lists", []merge.List{{Path: "a", Type: "Probe"}, {Path: "a.x", Keys: []string{"k"}}}, false},
		{"twice", []merge.List{{Path: "a", Keys: []string{"k"}}, {Path: "a", Keys: []string{"k"}}}, false},
		{"an unknown type", []merge.List{{Path: "a", Type: "PodSpeck"}}, false},
		{"a set with keys", []merge.List{{Path: "a", Set: true, Keys: []string{"k"}}}, false},
		{"no path", []merge.List{{Keys: []string{"k"}}}, false},
		{"an empty name", []merge.List{{Path: "a..b", Keys: []string{"k"}}}, false},
		{"a path that ends in []", []merge.List{{Path: "a[]", Keys: []string{"k"}}}, false},
	} {
		t.Run(tc.reason, func(t *testing.T) {
			_, err := merge.Compile(map[string]any{}, merge.Lists(tc.lists...))
			assert.Equal(t, err == nil, tc.ok, "%v", err)
		})
	}
}

// Types of the Kubernetes table must not change when a table of lists uses them.
func TestListsLeaveKubernetesAlone(t *testing.T) {
	merge.Lists(merge.List{Path: "a", Type: "PodSpec"}, merge.List{Path: "a.tolerations", Keys: []string{"key"}})
	merge.Lists(merge.List{Path: "a.b", Keys: []string{"k"}}, merge.List{Path: "a.b[].c", Keys: []string{"k"}})
	got := ours(parse(t, `spec: {tolerations: [{key: a}]}`), parse(t, `spec: {tolerations: [{key: b}]}`), merge.Kubernetes("v1", "Pod"))
	assert.DeepEqual(t, got.object, parse(t, `spec: {tolerations: [{key: b}]}`))
}

func TestZeroSchemaReplacesLists(t *testing.T) {
	got := ours(parse(t, `{metadata: {finalizers: [a]}, m: {x: 1}}`), parse(t, `{metadata: {finalizers: [b]}, m: {"y": 2}}`), merge.Schema{})
	assert.NilError(t, got.err)
	assert.DeepEqual(t, got.object, parse(t, `{metadata: {finalizers: [b]}, m: {x: 1, "y": 2}}`))
}
