package verify

import (
	"slices"
	"sync"

	"github.com/flinktarget/flinktarget/internal/tree"
)

// Rules returns the names of the rules of verification about fields and
// structures.
func Rules() []string {
	names := tree.Keys(fieldRules)
	for t, r := range structRules {
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
func FieldRules() []string { return tree.Keys(fieldRules) }

// CheckField returns what the rule about a field says of a value.
func CheckField(name string, value any) string { return fieldRules[name](value) }

// WithoutRule calls f while there is no rule of that name.
func WithoutRule(name string, f func()) {
	fields, structures, made := fieldRules, structRules, shapes
	defer func() { fieldRules, structRules, shapes = fields, structures, made }()
	fieldRules, structRules = map[string]check{}, map[string]*structRule{}
	for k, c := range fields {
		if k != name {
			fieldRules[k] = c
		}
	}
	for t, r := range structures {
		without := *r
		without.required = slices.DeleteFunc(slices.Clone(r.required), func(field string) bool { return name == t+" needs "+field })
		if name == t+" has at most one of several" {
			without.oneOf = without.oneOf[:min(1, len(r.oneOf))]
			without.exactly = false
		}
		if name == t+" has at least one of several" {
			without.exactly = false
		}
		structRules[t] = &without
	}
	shapes = sync.OnceValue(newShapes)
	f()
}
