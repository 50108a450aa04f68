package merge_test

import (
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/kinds"
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

func TestNames(t *testing.T) {
	pod := []string{"spec", "template", "spec"}
	at := func(path ...string) []string { return append(pod[:3:3], path...) }
	type element = map[string]any
	for _, tc := range []struct {
		reason, apiVersion, kind string
		path                     []string
		keyed, set               bool
		element                  any
		want                     string
	}{
		{"one key", "batch/v1", "Job", at("containers"), true, false, element{"name": "a", "image": "b"}, "a"},
		{"below a keyed list", "batch/v1", "Job", at("containers", "volumeMounts"), true, false,
			element{"mountPath": "/a", "name": "v"}, "/a"},
		{"two keys", "v1", "Service", []string{"spec", "ports"}, true, false,
			element{"port": int64(53), "protocol": "UDP"}, "53,UDP"},
		{"the second key has its default", "v1", "Service", []string{"spec", "ports"}, true, false,
			element{"port": int64(53), "protocol": "TCP"}, "53"},
		{"the second key is missing, and has a default", "v1", "Service", []string{"spec", "ports"}, true, false,
			element{"port": int64(53)}, "53"},
		{"the second key is missing, and has no default", "apps/v1", "Deployment", at("topologySpreadConstraints"),
			true, false, element{"topologyKey": "zone"}, "#1"},
		{"TCP in another key", "apps/v1", "Deployment", at("topologySpreadConstraints"), true, false,
			element{"topologyKey": "zone", "whenUnsatisfiable": "TCP"}, "zone,TCP"},
		{"no key", "apps/v1", "Deployment", at("containers"), true, false, element{"image": "b"}, "#1"},
		{"a key that is no scalar", "apps/v1", "Deployment", at("containers"), true, false, element{"name": element{}},
			"#1"},
		{"no map", "apps/v1", "Deployment", at("containers"), true, false, "a", "#1"},
		{"a set", "v1", "ConfigMap", []string{"metadata", "finalizers"}, false, true, "a", "a"},
		{"what cannot be in a set", "v1", "ConfigMap", []string{"metadata", "finalizers"}, false, true, element{},
			"#1"},
		{"a list that is replaced", "apps/v1", "Deployment", at("tolerations"), false, false, element{"key": "a"}, "0"},
		{"a kind that is not known", "example.com/v1", "X", []string{"spec", "containers"}, false, false,
			element{"name": "a"}, "0"},
	} {
		t.Run(tc.reason, func(t *testing.T) {
			f := fieldAt(merge.Of(kinds.TypeMeta{APIVersion: tc.apiVersion, Kind: tc.kind}), tc.path...)
			assert.Equal(t, len(f.Keys) > 0, tc.keyed)
			assert.Equal(t, f.Set, tc.set)
			assert.DeepEqual(t, f.Names([]any{tc.element}), []string{tc.want})
		})
	}
}

// Names are each another's: what a person calls env[A#2] is the second A.
func TestNamesAreUnique(t *testing.T) {
	type element = map[string]any
	list := []any{element{"name": "a"}, element{}, element{"name": "a"}, element{}, element{"name": "b"}, element{"name": "a"}}
	assert.DeepEqual(t, merge.Field{Keys: []string{"name"}}.Names(list), []string{"a", "#1", "a#2", "#2", "b", "a#3"})
	assert.DeepEqual(t, merge.Field{}.Names(list[:3]), []string{"0", "1", "2"})
}
