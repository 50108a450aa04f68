package merge_test

import (
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/merge"
)

// fieldAt follows the names of fields; the elements of lists need none.
func fieldAt(s merge.Schema, path ...string) (f merge.Field) {
	for _, name := range path {
		f = s[name]
		s = f.Of
	}
	return f
}

func TestIdentity(t *testing.T) {
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
			f := fieldAt(merge.Of(tc.apiVersion, tc.kind), tc.path...)
			assert.Equal(t, len(f.Keys) > 0, tc.keyed)
			assert.Equal(t, f.Set, tc.set)
			assert.DeepEqual(t, f.Identity(tc.element), tc.want)
		})
	}
}
