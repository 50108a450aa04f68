package deployment

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
	"gotest.tools/v3/golden"

	"github.com/flinktarget/flinktarget/internal/schema"
)

// A rule for a field that does not exist would say nothing.
func TestRulesAreOfFields(t *testing.T) {
	for _, kind := range []string{KindDeployment, KindSessionCluster} {
		root, _ := schemaRoot(kind)
		for path := range root.Rules {
			assert.Assert(t, hasField(root.Type, path), "%s has no %s", kind, path)
		}
	}
}

func hasField(t reflect.Type, path string) bool {
	if path == "" {
		return true
	}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	name, rest, _ := strings.Cut(path, ".")
	if t.Kind() != reflect.Struct {
		return false
	}
	for f := range t.Fields() {
		if tag, _, _ := strings.Cut(f.Tag.Get("json"), ","); tag == name {
			return hasField(f.Type, rest)
		}
	}
	return false
}

// What the schemas say of fields beyond their types; deployment/schemacheck holds it
// against what is read.
func TestRulesOfSchemas(t *testing.T) {
	for _, kind := range []string{KindDeployment, KindSessionCluster} {
		root, _ := schemaRoot(kind)
		text, err := json.MarshalIndent(root.AllRules(), "", " ")
		assert.NilError(t, err)
		golden.Assert(t, string(text)+"\n", strings.ToLower(kind)+".rules.golden.json")
	}
}

func TestJSONSchema(t *testing.T) {
	for _, kind := range []string{KindDeployment, KindSessionCluster} {
		text, err := JSONSchema(kind)
		assert.NilError(t, err)
		again, err := JSONSchema(kind)
		assert.NilError(t, err)
		assert.Equal(t, string(text), string(again), "the same bytes each time")
		var s schema.Map
		assert.NilError(t, json.Unmarshal(text, &s))
		assert.Equal(t, s["$schema"], "https://json-schema.org/draft/2020-12/schema")
	}
	_, err := JSONSchema("Job")
	assert.ErrorContains(t, err, "Deployment and SessionCluster")
}
