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

type settings struct {
	Mode   string            `json:"mode" enum:"ON,OFF" case:"any" also:"NO" default:"ON"`
	Count  *int32            `json:"count" min:"1" default:"4"`
	Name   string            `json:"name" format:"short" required:"a name"`
	Limits *limits           `json:"limits" default:"{\"high\": 7}"`
	Words  map[string]string `json:"words" default:"{}"`
	Hidden string
}

type limits struct {
	Low  int32 `json:"low" default:"2"`
	High int32 `json:"high"`
}

func TestTagsBecomeRules(t *testing.T) {
	root := schema.Root{
		Type:     reflect.TypeFor[settings](),
		Patterns: map[string]string{"short": "^.{1,3}$"},
		Rules:    map[string]schema.Map{"mode": {"description": "{default} if it is left out."}},
	}
	got, err := json.Marshal(root.AllRules())
	assert.NilError(t, err)
	assert.Equal(t, string(got), `{"":{"required":["name"]},"count":{"minimum":1},`+
		`"mode":{"anyOf":[{"enum":["ON","OFF"]},{"pattern":"^$"},{"pattern":"^([Oo][Nn]|[Oo][Ff][Ff])$"},`+
		`{"pattern":"^NO$"}],"description":"ON if it is left out."},"name":{"pattern":"^.{1,3}$"}}`)
}

func TestDefaults(t *testing.T) {
	got := schema.Defaults(reflect.TypeFor[settings]()).Interface().(settings)
	four := int32(4)
	want := settings{Mode: "ON", Count: &four, Limits: &limits{Low: 2, High: 7}, Words: map[string]string{}}
	assert.DeepEqual(t, got, want)
	for path, want := range map[string]bool{
		"mode": true, "count": true, "limits.low": true, "limits.high": true,
		"name": false, "limits": false, "words": false, "words.a": false, "nothing": false, "mode.a": false, "": false,
	} {
		assert.Equal(t, schema.HasDefault(reflect.TypeFor[settings](), path), want, path)
	}
}
