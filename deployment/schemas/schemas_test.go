package schemas

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
	"gotest.tools/v3/golden"
)

var kinds = []string{"DeploymentTarget", "Deployment", "SessionCluster"}

// A rule for a field that does not exist would say nothing.
func TestRulesAreOfFields(t *testing.T) {
	for _, kind := range kinds {
		root, _ := rootOf(kind)
		for path := range root.Rules {
			assert.Assert(t, hasField(root.Of, path), "%s has no %s", kind, path)
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
	name, element := strings.CutSuffix(name, "[]")
	if t.Kind() != reflect.Struct {
		return false
	}
	for f := range t.Fields() {
		if tag, _, _ := strings.Cut(f.Tag.Get("json"), ","); tag == name {
			return element && rest == "" || hasField(f.Type, rest)
		}
	}
	return false
}

// What the schemas say of fields beyond their types; deployment/schemacheck holds it
// against what is read.
func TestRulesOfSchemas(t *testing.T) {
	for _, kind := range kinds[1:] {
		root, _ := rootOf(kind)
		root.AddTags()
		text, err := json.MarshalIndent(root.Rules, "", " ")
		assert.NilError(t, err)
		golden.Assert(t, string(text)+"\n", strings.ToLower(kind)+".rules.golden.json")
	}
}

func TestJSON(t *testing.T) {
	for _, kind := range kinds {
		text, err := JSON(kind)
		assert.NilError(t, err)
		again, err := JSON(kind)
		assert.NilError(t, err)
		assert.Equal(t, string(text), string(again), "the same bytes each time")
		var s rule
		assert.NilError(t, json.Unmarshal(text, &s))
		assert.Equal(t, s["$schema"], "https://json-schema.org/draft/2020-12/schema")
		if kind == "DeploymentTarget" {
			golden.Assert(t, string(text), "deploymenttarget.golden.json")
		}
	}
	_, err := JSON("Job")
	assert.ErrorContains(t, err, "DeploymentTarget, Deployment and SessionCluster")
}
