package render

import (
	"slices"
	"sync"

	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/tree"
)

// What tests of package render_test need from inside.
var (
	Escape     = escape
	Expandable = expandable
	ConfigSum  = configSum
	Order      = order
)

// Parts returns as JSON what all clusters share.
func Parts() string {
	return string(tree.JSON([]any{
		emptyDir, restricted, podSecurity, scratchVolumes, scratchMounts, jobManagerPorts, taskManagerPorts, servicePorts,
		tcpProbes, httpProbes, failureRules, failureRulesHA,
	}))
}

// Rules returns the rules of generated fields: what they are about, and their names.
func Rules() (paths, names []string) {
	for _, table := range [...][]rule{objectRules, podRules} {
		for _, r := range table {
			paths, names = append(paths, r.at), append(names, r.name)
		}
	}
	return paths, names
}

// MatchPath matches a path with that of a rule.
func MatchPath(rule, path string) (keys []string, tail string, ok bool) {
	at, ok := matchPath(rule, path)
	return at.keys, at.tail, ok
}

// RuleFor returns the path of the rule for a generated field.
func RuleFor(path string) string {
	paths, _ := Rules()
	for _, at := range paths {
		if _, ok := matchPath(at, path); ok {
			return at
		}
	}
	return ""
}

// Verify verifies objects of a cluster without Flink.
func Verify(objects []map[string]any) []Problem { return verify(objects, expectation{}) }

// VerifyRules returns the names of the rules of verification about fields and
// structures.
func VerifyRules() []string {
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

// WithoutVerifyRule calls f while there is no rule of that name.
func WithoutVerifyRule(name string, f func()) {
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

// WatchVerify calls f, and watch whenever an object is verified meanwhile.
func WatchVerify(watch, f func()) {
	made := shapes
	defer func() { shapes = made }()
	shapes = func() map[kinds.TypeMeta]*shape { watch(); return made() }
	f()
}

// WithPanickingVerify calls f while every verification panics.
func WithPanickingVerify(value any, f func()) {
	WatchVerify(func() { panic(value) }, f)
}
