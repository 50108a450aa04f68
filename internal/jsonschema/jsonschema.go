// Package jsonschema makes JSON Schemas (draft 2020-12) of structs: fields by their json tags
// and no others, null where it means unset, and what the tags of package schema say. They
// accept what package decode does, as far as a schema can say it.
package jsonschema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/schema"
)

// Root is a schema to make of a struct, the Config of a kind.
type Root struct {
	Kind, Title string
	Of          reflect.Type
	// Rules add what type and tags do not say, by the path of a field: names joined by
	// dots, "" for the whole. Keys of a rule replace those made of the type.
	Rules map[string]Rule
}

// Rule is an object of a schema, or a part of one.
type Rule = map[string]any

// special are types that have a JSON form of their own.
var special = map[reflect.Type]Rule{
	reflect.TypeFor[decode.Ignored]():     {"type": "object"},
	reflect.TypeFor[resource.Quantity]():  {"type": []any{"string", "number"}},
	reflect.TypeFor[intstr.IntOrString](): {"type": []any{"integer", "string"}},
	reflect.TypeFor[metav1.Time]():        {"type": "string", "format": "date-time"},
	reflect.TypeFor[metav1.FieldsV1]():    {"type": "object"},
	reflect.TypeFor[json.Number]():        {"type": []any{"number", "string"}},
}

// JSON returns the schema, with an indent of two blanks.
func (r Root) JSON() []byte {
	r.AddTags()
	m := &maker{rules: r.Rules, defs: Rule{}}
	top := m.object(r.Of, "")
	top["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	top["$id"] = "https://github.com/flinktarget/flinktarget/schemas/" + strings.ToLower(r.Kind) + ".json"
	top["title"] = r.Title
	if len(m.defs) > 0 {
		top["$defs"] = m.defs
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	_ = enc.Encode(top) // maps, lists and strings
	return b.Bytes()
}

type maker struct {
	rules map[string]Rule
	defs  Rule
}

// object is the schema of one of our structs; its fields have paths and rules.
func (m *maker) object(t reflect.Type, path string) Rule {
	properties := Rule{}
	required, _ := m.rules[path]["required"].([]any)
	for _, f := range schema.Fields(t) {
		at := join(path, f.Name)
		s := m.value(f.Type, f.Wire, at, true)
		maps.Copy(s, m.rules[at])
		if !slices.Contains(required, any(f.Name)) {
			s = nullable(s)
		}
		properties[f.Name] = s
	}
	for _, at := range decode.ServerSide() {
		if rest, ok := strings.CutPrefix(at, path); ok && !strings.Contains(strings.TrimPrefix(rest, "."), ".") {
			properties[strings.TrimPrefix(rest, ".")] = Rule{"description": "Written by VVP; ignored."}
		}
	}
	out := Rule{"type": "object", "additionalProperties": false, "properties": properties}
	maps.Copy(out, m.rules[path])
	return out
}

func join(path, name string) string { return strings.TrimPrefix(path+"."+name, ".") }

// value is the schema of a value at a path, or of a part of a Kubernetes type.
func (m *maker) value(t reflect.Type, wire, path string, ours bool) Rule {
	if s, ok := special[t]; ok {
		return maps.Clone(s)
	}
	switch t.Kind() {
	case reflect.Pointer:
		return m.value(t.Elem(), wire, path, ours)
	case reflect.Struct:
		if inner := decode.PartOf(t); inner != nil {
			return m.reference(inner)
		}
		if !ours {
			return m.reference(t)
		}
		if _, ok := reflect.New(t).Interface().(json.Unmarshaler); ok {
			return Rule{"type": "object"} // a rule says more
		}
		return m.object(t, path)
	case reflect.Map:
		return Rule{"type": "object", "additionalProperties": m.value(t.Elem(), wire, path+"[]", ours)}
	case reflect.Slice:
		items := m.value(t.Elem(), wire, path+"[]", ours)
		maps.Copy(items, m.rules[path+"[]"])
		return Rule{"type": "array", "items": items}
	default:
		return scalar(t, wire)
	}
}

func scalar(t reflect.Type, wire string) Rule {
	switch t.Kind() {
	case reflect.String:
		switch wire {
		case "number":
			return Rule{"type": []any{"string", "number"}}
		case "scalar":
			return Rule{"type": []any{"string", "number", "boolean"}}
		}
		return Rule{"type": "string"}
	case reflect.Bool:
		return Rule{"type": "boolean"}
	case reflect.Int32:
		return Rule{"type": "integer", "minimum": -1 << 31, "maximum": 1<<31 - 1}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int64:
		return Rule{"type": "integer"}
	default:
		return Rule{}
	}
}

// nullable also takes null, which means that a field is not set.
func nullable(s Rule) Rule {
	if ref, ok := s["$ref"]; ok {
		delete(s, "$ref")
		s["anyOf"] = []any{Rule{"$ref": ref}, Rule{"type": "null"}}
		return s
	}
	switch t := s["type"].(type) {
	case string:
		s["type"] = []any{t, "null"}
	case []any:
		s["type"] = append(slices.Clone(t), "null")
	}
	if enum, ok := s["enum"].([]any); ok {
		s["enum"] = append(slices.Clone(enum), nil)
	}
	return s
}

// reference is a reference to the definition of a type of Kubernetes.
func (m *maker) reference(t reflect.Type) Rule {
	parts := strings.Split(t.PkgPath(), "/")
	name := strings.Join(append(parts[max(0, len(parts)-2):], t.Name()), ".")
	if _, ok := m.defs[name]; !ok {
		m.defs[name] = Rule{} // types may contain themselves
		properties := Rule{}
		for _, f := range schema.Fields(t) {
			properties[f.Name] = nullable(m.value(f.Type, "", "", false))
		}
		if kinds := schema.Envelopes(t); kinds != nil {
			properties["kind"] = nullable(Rule{"enum": kinds})
			properties["apiVersion"] = nullable(Rule{"enum": []any{schema.EnvelopeVersion}})
		}
		m.defs[name] = Rule{"type": "object", "additionalProperties": false, "properties": properties}
	}
	return Rule{"$ref": "#/$defs/" + name}
}

// AddTags adds what the tags of the struct's fields say to the rules.
func (r Root) AddTags() { addTags(r.Of, "", r.Rules) }

// addTags adds what the tags of a struct's fields say to the rules.
func addTags(t reflect.Type, path string, rules map[string]Rule) {
	for _, f := range schema.Fields(t) {
		at := join(path, f.Name)
		said := ofTags(f)
		maps.Copy(said, rules[at])
		if text, ok := said["description"].(string); ok {
			said["description"] = strings.ReplaceAll(text, "{default}", f.Default)
		}
		if len(said) > 0 {
			rules[at] = said
		}
		if f.Required != "" && f.Of == nil {
			if rules[path] == nil {
				rules[path] = Rule{}
			}
			list, _ := rules[path]["required"].([]any)
			rules[path]["required"] = append(list, f.Name)
		}
		if t = f.Type; t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		if t.Kind() == reflect.Struct {
			addTags(t, at, rules)
		}
	}
}

// ofTags is what the tags of a field say. An empty text means unset: it is accepted,
// and editors do not propose it.
func ofTags(f schema.Field) Rule {
	out := Rule{}
	if f.Min != "" {
		out["minimum"] = json.Number(f.Min)
	}
	if p := schema.Patterns[f.Format]; p != "" {
		out["pattern"] = p
	}
	if f.Enum == nil {
		return out
	}
	var list []any
	var words []string
	for _, word := range f.Enum {
		list = append(list, word)
		words = append(words, AnyCase(word))
	}
	if f.Also != "" {
		words = append(words, AnyCase(f.Also))
	}
	forms := []any{Rule{"enum": list}, Rule{"pattern": "^$"}}
	if f.AnyCase {
		forms = append(forms, Rule{"pattern": "^(" + strings.Join(words, "|") + ")$"})
	}
	out["anyOf"] = forms
	return out
}

// AnyCase is a pattern for a word in any case, for which JSON Schema has no flag.
func AnyCase(word string) string {
	var b strings.Builder
	for _, c := range word {
		if lower := strings.ToLower(string(c)); lower != string(c) {
			fmt.Fprintf(&b, "[%c%s]", c, lower)
		} else {
			b.WriteRune(c)
		}
	}
	return b.String()
}
