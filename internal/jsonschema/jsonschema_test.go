package jsonschema

import (
	"encoding/json"
	"reflect"
	"testing"

	"gotest.tools/v3/assert"
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
	text := Root{"Sample", "Sample of a test", reflect.TypeFor[sample](), map[string]Rule{
		"":        {"required": []any{"text"}},
		"version": {"enum": []any{"a"}},
		"parts[]": {"description": "d"},
	}}.JSON()
	var got any
	assert.NilError(t, json.Unmarshal(text, &got))
	var want any
	assert.NilError(t, json.Unmarshal([]byte(`{
		"$id": "https://github.com/flinktarget/flinktarget/schemas/sample.json",
		"$schema": "https://json-schema.org/draft/2020-12/schema",
		"title": "Sample of a test",
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

type settings struct {
	Mode   string            `json:"mode" enum:"ON,OFF" case:"any" also:"NO" default:"ON"`
	Count  *int32            `json:"count" min:"1" default:"4"`
	Name   string            `json:"name" format:"target-name" required:"a name"`
	Limits *limits           `json:"limits" default:"{\"high\": 7}"`
	Words  map[string]string `json:"words" default:"{}"`
	Hidden string
}

type limits struct {
	Low  int32 `json:"low" default:"2"`
	High int32 `json:"high"`
}

func TestTagsBecomeRules(t *testing.T) {
	rules := map[string]Rule{"mode": {"description": "{default} if it is left out."}}
	Root{Of: reflect.TypeFor[settings](), Rules: rules}.AddTags()
	got, err := json.Marshal(rules)
	assert.NilError(t, err)
	assert.Equal(t, string(got), `{"":{"required":["name"]},"count":{"minimum":1},`+
		`"mode":{"anyOf":[{"enum":["ON","OFF"]},{"pattern":"^$"},{"pattern":"^([Oo][Nn]|[Oo][Ff][Ff]|[Nn][Oo])$"}`+
		`],"description":"ON if it is left out."},"name":{"pattern":"^[0-9a-zA-Z_-]{0,250}$"}}`)
}
