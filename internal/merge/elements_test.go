package merge_test

import (
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/merge"
)

// schemaAt follows the names of fields; the elements of lists need none.
func schemaAt(s merge.Schema, path ...string) (merge.Schema, merge.Elements) {
	var e merge.Elements
	for _, name := range path {
		s, e = s.Field(name)
	}
	return s, e
}

func TestElements(t *testing.T) {
	pod := []string{"spec", "template", "spec"}
	at := func(path ...string) []string { return append(pod[:3:3], path...) }
	type element = map[string]any
	for _, tc := range []struct {
		reason, apiVersion, kind string
		path                     []string
		keyed, set               bool
		element                  any
		want                     []string
	}{
		{"one key", "batch/v1", "Job", at("containers"), true, false, element{"name": "a", "image": "b"}, []string{"a"}},
		{"below a keyed list", "batch/v1", "Job", at("containers", "volumeMounts"), true, false, element{"mountPath": "/a", "name": "v"}, []string{"/a"}},
		{"two keys", "v1", "Service", []string{"spec", "ports"}, true, false, element{"port": int64(53), "protocol": "UDP"}, []string{"53", "UDP"}},
		{"the second key has its default", "v1", "Service", []string{"spec", "ports"}, true, false, element{"port": int64(53), "protocol": "TCP"}, []string{"53"}},
		{"the second key is missing, and has a default", "v1", "Service", []string{"spec", "ports"}, true, false, element{"port": int64(53)}, []string{"53"}},
		{"the second key is missing, and has no default", "apps/v1", "Deployment", at("topologySpreadConstraints"), true, false, element{"topologyKey": "zone"}, nil},
		{"TCP in another key", "apps/v1", "Deployment", at("topologySpreadConstraints"), true, false, element{"topologyKey": "zone", "whenUnsatisfiable": "TCP"}, []string{"zone", "TCP"}},
		{"no key", "apps/v1", "Deployment", at("containers"), true, false, element{"image": "b"}, nil},
		{"a key that is no scalar", "apps/v1", "Deployment", at("containers"), true, false, element{"name": element{}}, nil},
		{"no map", "apps/v1", "Deployment", at("containers"), true, false, "a", nil},
		{"a set", "v1", "ConfigMap", []string{"metadata", "finalizers"}, false, true, "a", []string{"a"}},
		{"what cannot be in a set", "v1", "ConfigMap", []string{"metadata", "finalizers"}, false, true, element{}, nil},
		{"a list that is replaced", "apps/v1", "Deployment", at("tolerations"), false, false, element{"key": "a"}, nil},
		{"a kind that is not known", "example.com/v1", "X", []string{"spec", "containers"}, false, false, element{"name": "a"}, nil},
	} {
		t.Run(tc.reason, func(t *testing.T) {
			_, e := schemaAt(merge.Kubernetes(tc.apiVersion, tc.kind), tc.path...)
			assert.Equal(t, e.Keyed(), tc.keyed)
			assert.Equal(t, e.Set(), tc.set)
			assert.DeepEqual(t, e.Identity(tc.element), tc.want)
		})
	}
	_, e := merge.Schema{}.Field("x")
	assert.Assert(t, !e.Keyed() && !e.Set(), "the zero schema knows no lists")
}
