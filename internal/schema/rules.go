package schema

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"strings"
)

// AllRules returns Rules with what the tags of the type say.
func (r Root) AllRules() map[string]Map {
	out := map[string]Map{}
	for path, rule := range r.Rules {
		out[path] = maps.Clone(rule)
	}
	r.addTags(r.Type, "", out)
	return out
}

func (r Root) addTags(t reflect.Type, path string, out map[string]Map) {
	for _, f := range Fields(t) {
		at := join(path, f.Name)
		rule := f.rule(r.Patterns)
		maps.Copy(rule, out[at])
		if text, ok := rule["description"].(string); ok {
			rule["description"] = strings.ReplaceAll(text, "{default}", f.Default)
		}
		if len(rule) > 0 {
			out[at] = rule
		}
		if f.Required != "" && f.Of == nil {
			if out[path] == nil {
				out[path] = Map{}
			}
			list, _ := out[path]["required"].([]any)
			out[path]["required"] = append(list, f.Name)
		}
		if t = f.Type; t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		if t.Kind() == reflect.Struct {
			r.addTags(t, at, out)
		}
	}
}

// rule is what the tags of a field say. An empty text means unset: it is accepted,
// and editors do not propose it.
func (f Field) rule(patterns map[string]string) Map {
	out := Map{}
	if f.Min != "" {
		out["minimum"] = json.Number(f.Min)
	}
	if p := patterns[f.Format]; p != "" {
		out["pattern"] = p
	}
	if f.Enum == nil {
		return out
	}
	var list []any
	var anyCase []string
	for _, word := range f.Enum {
		list = append(list, word)
		anyCase = append(anyCase, AnyCase(word))
	}
	forms := []any{Map{"enum": list}, Map{"pattern": "^$"}}
	if f.AnyCase {
		forms = append(forms, Map{"pattern": "^(" + strings.Join(anyCase, "|") + ")$"})
	}
	if f.Also != "" {
		forms = append(forms, Map{"pattern": "^" + f.Also + "$"})
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
