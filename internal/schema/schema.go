// Package schema makes JSON Schemas (draft 2020-12) of Go types, for editors that
// complete and check YAML. They accept what package decode does, as far as a schema
// can say it: fields by their json tags and no others, null where it means unset,
// and more than strings where a `wire` tag says so.
package schema

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Map is an object of a schema.
type Map = map[string]any

// Root is a schema to make.
type Root struct {
	ID, Title string
	// Type is a struct.
	Type reflect.Type
	// Rules add what type and tags do not say, by the path of a field: names joined
	// by dots, "" for the whole. Keys of a rule replace those made of the type.
	// {default} in a description stands for the default.
	Rules map[string]Map
	// Patterns are expressions for the formats that tags name.
	Patterns map[string]string
	// Ignored are the paths of fields that the type does not have, and that are
	// accepted all the same, because VVP writes them.
	Ignored []string
	// Special are types of Kubernetes that have a JSON form of their own.
	Special map[reflect.Type]Map
}

// Make returns the schema, as JSON with an indent of two blanks.
func Make(r Root) []byte {
	m := &maker{rules: r.AllRules(), ignored: r.Ignored, special: r.Special, defs: Map{}}
	root := m.object(r.Type, "")
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["$id"] = r.ID
	root["title"] = r.Title
	root["type"] = "object"
	if len(m.defs) > 0 {
		root["$defs"] = m.defs
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(root); err != nil {
		return nil // a schema is made of maps, lists and strings
	}
	return b.Bytes()
}

type maker struct {
	rules   map[string]Map
	ignored []string
	special map[reflect.Type]Map
	defs    Map
}

// object is the schema of one of our structs; its fields have paths and rules.
func (m *maker) object(t reflect.Type, path string) Map {
	properties := Map{}
	required, _ := m.rules[path]["required"].([]any)
	for _, f := range Fields(t) {
		at := join(path, f.Name)
		s := m.value(f.Type, f.Wire, at, true)
		maps.Copy(s, m.rules[at])
		if !slices.Contains(required, any(f.Name)) {
			s = nullable(s)
		}
		properties[f.Name] = s
	}
	for _, at := range m.ignored {
		if rest, ok := strings.CutPrefix(at, path); ok && !strings.Contains(strings.TrimPrefix(rest, "."), ".") {
			properties[strings.TrimPrefix(rest, ".")] = Map{"description": "Written by VVP; ignored."}
		}
	}
	out := Map{"type": "object", "additionalProperties": false, "properties": properties}
	maps.Copy(out, m.rules[path])
	return out
}

func join(path, name string) string { return strings.TrimPrefix(path+"."+name, ".") }

// value is the schema of a value at a path, or of a part of a Kubernetes type.
func (m *maker) value(t reflect.Type, wire, path string, ours bool) Map {
	if s, ok := m.special[t]; ok {
		return maps.Clone(s)
	}
	switch t {
	case reflect.TypeFor[json.Number]():
		return Map{"type": []any{"number", "string"}}
	case reflect.TypeFor[[]byte]():
		return Map{"type": "string", "contentEncoding": "base64"}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return m.value(t.Elem(), wire, path, ours)
	case reflect.Struct:
		if inner := kept(t); inner != nil {
			return m.reference(inner)
		}
		if !ours {
			return m.reference(t)
		}
		if _, ok := reflect.New(t).Interface().(json.Unmarshaler); ok {
			return Map{"type": "object"} // a rule says more
		}
		return m.object(t, path)
	case reflect.Map:
		return Map{"type": "object", "additionalProperties": m.value(t.Elem(), wire, path+"[]", ours)}
	case reflect.Slice:
		items := m.value(t.Elem(), wire, path+"[]", ours)
		maps.Copy(items, m.rules[path+"[]"])
		return Map{"type": "array", "items": items}
	default:
		return scalar(t, wire)
	}
}

// kept returns what a type is checked against that is kept as it was written: the
// T of a first field `_ [0]T`.
func kept(t reflect.Type) reflect.Type {
	if _, ok := reflect.New(t).Interface().(json.Unmarshaler); !ok || t.NumField() == 0 {
		return nil
	}
	if f := t.Field(0); f.Name == "_" && f.Type.Kind() == reflect.Array && f.Type.Elem().Kind() == reflect.Struct {
		return f.Type.Elem()
	}
	return nil
}

func scalar(t reflect.Type, wire string) Map {
	switch t.Kind() {
	case reflect.String:
		switch wire {
		case "number":
			return Map{"type": []any{"string", "number"}}
		case "scalar":
			return Map{"type": []any{"string", "number", "boolean"}}
		}
		return Map{"type": "string"}
	case reflect.Bool:
		return Map{"type": "boolean"}
	case reflect.Int32:
		return Map{"type": "integer", "minimum": -1 << 31, "maximum": 1<<31 - 1}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int64:
		return Map{"type": "integer"}
	case reflect.Float32, reflect.Float64:
		return Map{"type": "number"}
	default:
		return Map{}
	}
}

// nullable also takes null, which means that a field is not set.
func nullable(s Map) Map {
	if ref, ok := s["$ref"]; ok {
		delete(s, "$ref")
		s["anyOf"] = []any{Map{"$ref": ref}, Map{"type": "null"}}
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
func (m *maker) reference(t reflect.Type) Map {
	parts := strings.Split(t.PkgPath(), "/")
	name := strings.Join(append(parts[max(0, len(parts)-2):], t.Name()), ".")
	if _, ok := m.defs[name]; !ok {
		m.defs[name] = Map{} // types may contain themselves
		properties := Map{}
		m.fields(t, properties)
		m.defs[name] = Map{"type": "object", "additionalProperties": false, "properties": properties}
	}
	return Map{"$ref": "#/$defs/" + name}
}

func (m *maker) fields(t reflect.Type, properties Map) {
	for f := range t.Fields() {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && (name == "" || strings.Contains(options, "inline")) {
			m.fields(f.Type, properties)
			continue
		}
		if name != "" && name != "-" && f.IsExported() {
			properties[name] = nullable(m.value(f.Type, "", "", false))
		}
	}
}
