package schemas

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/schema"
)

// root is a schema to make of a struct, the Config of a kind.
type root struct {
	kind string
	of   reflect.Type
	// rules add what type and tags do not say, by the path of a field: names joined by
	// dots, "" for the whole. Keys of a rule replace those made of the type.
	rules map[string]rule
}

// special are types of Kubernetes that have a JSON form of their own.
var special = map[reflect.Type]rule{
	reflect.TypeFor[resource.Quantity]():    {"type": []any{"string", "number"}},
	reflect.TypeFor[intstr.IntOrString]():   {"type": []any{"integer", "string"}},
	reflect.TypeFor[metav1.Time]():          {"type": "string", "format": "date-time"},
	reflect.TypeFor[metav1.MicroTime]():     {"type": "string", "format": "date-time"},
	reflect.TypeFor[metav1.Duration]():      {"type": "string"},
	reflect.TypeFor[metav1.FieldsV1]():      {"type": "object"},
	reflect.TypeFor[runtime.RawExtension](): {"type": "object"},
	reflect.TypeFor[json.Number]():          {"type": []any{"number", "string"}},
	reflect.TypeFor[[]byte]():               {"type": "string", "contentEncoding": "base64"},
}

func (r root) json() []byte {
	addTags(r.of, "", r.rules)
	m := &maker{rules: r.rules, defs: rule{}}
	top := m.object(r.of, "")
	top["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	top["$id"] = "https://github.com/flinktarget/flinktarget/schemas/" + strings.ToLower(r.kind) + ".json"
	top["title"] = r.kind + " of Ververica Platform"
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
	rules map[string]rule
	defs  rule
}

// object is the schema of one of our structs; its fields have paths and rules.
func (m *maker) object(t reflect.Type, path string) rule {
	properties := rule{}
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
			properties[strings.TrimPrefix(rest, ".")] = rule{"description": "Written by VVP; ignored."}
		}
	}
	out := rule{"type": "object", "additionalProperties": false, "properties": properties}
	maps.Copy(out, m.rules[path])
	return out
}

func join(path, name string) string { return strings.TrimPrefix(path+"."+name, ".") }

// value is the schema of a value at a path, or of a part of a Kubernetes type.
func (m *maker) value(t reflect.Type, wire, path string, ours bool) rule {
	if s, ok := special[t]; ok {
		return maps.Clone(s)
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
			return rule{"type": "object"} // a rule says more
		}
		return m.object(t, path)
	case reflect.Map:
		return rule{"type": "object", "additionalProperties": m.value(t.Elem(), wire, path+"[]", ours)}
	case reflect.Slice:
		items := m.value(t.Elem(), wire, path+"[]", ours)
		maps.Copy(items, m.rules[path+"[]"])
		return rule{"type": "array", "items": items}
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

func scalar(t reflect.Type, wire string) rule {
	switch t.Kind() {
	case reflect.String:
		switch wire {
		case "number":
			return rule{"type": []any{"string", "number"}}
		case "scalar":
			return rule{"type": []any{"string", "number", "boolean"}}
		}
		return rule{"type": "string"}
	case reflect.Bool:
		return rule{"type": "boolean"}
	case reflect.Int32:
		return rule{"type": "integer", "minimum": -1 << 31, "maximum": 1<<31 - 1}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int64:
		return rule{"type": "integer"}
	case reflect.Float32, reflect.Float64:
		return rule{"type": "number"}
	default:
		return rule{}
	}
}

// nullable also takes null, which means that a field is not set.
func nullable(s rule) rule {
	if ref, ok := s["$ref"]; ok {
		delete(s, "$ref")
		s["anyOf"] = []any{rule{"$ref": ref}, rule{"type": "null"}}
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
func (m *maker) reference(t reflect.Type) rule {
	parts := strings.Split(t.PkgPath(), "/")
	name := strings.Join(append(parts[max(0, len(parts)-2):], t.Name()), ".")
	if _, ok := m.defs[name]; !ok {
		m.defs[name] = rule{} // types may contain themselves
		properties := rule{}
		for _, f := range schema.Fields(t) {
			properties[f.Name] = nullable(m.value(f.Type, "", "", false))
		}
		if kinds := schema.Envelopes(t); kinds != nil {
			properties["kind"] = nullable(rule{"enum": kinds})
			properties["apiVersion"] = nullable(rule{"enum": []any{schema.EnvelopeVersion}})
		}
		m.defs[name] = rule{"type": "object", "additionalProperties": false, "properties": properties}
	}
	return rule{"$ref": "#/$defs/" + name}
}
