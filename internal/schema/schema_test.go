package schema_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/schema"
)

type part struct {
	Name string `json:"name"`
}

type sample struct {
	Text     string            `json:"text"`
	Version  string            `json:"version" wire:"number"`
	Options  map[string]string `json:"options" wire:"scalar"`
	Count    *int32            `json:"count"`
	CPU      json.Number       `json:"cpu"`
	Parts    []part            `json:"parts"`
	Internal string            `json:"-"`
}

func TestMake(t *testing.T) {
	text := schema.Make(schema.Root{
		ID: "https://example.com/s.json", Title: "Sample", Type: reflect.TypeFor[sample](),
		Rules: map[string]schema.Map{
			"":        {"required": []any{"text"}},
			"version": {"enum": []any{"a"}},
			"parts[]": {"description": "d"},
		},
		Ignored: []string{"status"},
	})
	var got any
	assert.NilError(t, json.Unmarshal(text, &got))
	var want any
	assert.NilError(t, json.Unmarshal([]byte(`{
		"$id": "https://example.com/s.json", "$schema": "https://json-schema.org/draft/2020-12/schema",
		"title": "Sample",
		"type": "object", "additionalProperties": false, "required": ["text"],
		"properties": {
			"text": {"type": "string"},
			"version": {"type": ["string", "number", "null"], "enum": ["a", null]},
			"options": {"type": ["object", "null"], "additionalProperties": {"type": ["string", "number", "boolean"]}},
			"count": {"type": ["integer", "null"], "minimum": -2147483648, "maximum": 2147483647},
			"cpu": {"type": ["number", "string", "null"]},
			"parts": {"type": ["array", "null"], "items": {"description": "d", "type": "object",
				"additionalProperties": false, "properties": {"name": {"type": ["string", "null"]}}}},
			"status": {"description": "Written by VVP; ignored."}
		}}`), &want))
	assert.DeepEqual(t, got, want)
}
