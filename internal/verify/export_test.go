package verify

import (
	"maps"
	"reflect"
	"slices"
)

// Rules returns the names of the rules of verification about fields and
// structures.
func Rules() []string {
	names := FieldRules()
	for t, r := range typeRules {
		for _, field := range r.required {
			names = append(names, t+" needs "+field)
		}
		if len(r.oneOf) > 0 {
			names = append(names, t+" has at most one of several")
		}
		if r.exactly {
			names = append(names, t+" has at least one of several")
		}
	}
	slices.Sort(names)
	return names
}

// FieldRules returns the names of the rules of verification about single fields.
func FieldRules() []string { return slices.Sorted(maps.Keys(fieldRules())) }

// CheckField returns what the rule about a field says of a value.
func CheckField(name string, value any) string { return fieldRules()[name](value) }

func fieldRules() checks {
	all := checks{}
	for t, r := range typeRules {
		for field, c := range r.fields {
			all[t+"."+field] = c
		}
	}
	return all
}

// AcrossRules returns the names of the rules across the parts of pods.
func AcrossRules() []string {
	var out []string
	for _, r := range acrossRules {
		out = append(out, r.name)
	}
	return out
}

// EnumValues returns the values of a type, nil if it is no enumeration.
func EnumValues(name string) []string { return enums[name] }

// CheckEnum returns what is said of a value of a type, or of a pointer to one.
func CheckEnum(t reflect.Type, value string, pointer bool) string {
	if pointer {
		t = reflect.PointerTo(t)
	}
	return shapeOf(t).values(value)
}

// WithoutRule calls f while there is no rule of that name.
func WithoutRule(name string, f func()) {
	made := typeRules
	defer func() {
		typeRules = made
		shapes.Clear()
	}()
	typeRules = map[string]typeRule{}
	for t, r := range made {
		r.fields = maps.Clone(r.fields)
		maps.DeleteFunc(r.fields, func(field string, _ check) bool { return name == t+"."+field })
		r.required = slices.DeleteFunc(slices.Clone(r.required), func(field string) bool {
			return name == t+" needs "+field
		})
		switch name {
		case t + " has at most one of several":
			r.oneOf, r.exactly = r.oneOf[:min(1, len(r.oneOf))], false
		case t + " has at least one of several":
			r.exactly = false
		}
		typeRules[t] = r
	}
	shapes.Clear()
	f()
}
