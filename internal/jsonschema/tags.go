package jsonschema

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"strings"

	"github.com/flinktarget/flinktarget/internal/schema"
)

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
