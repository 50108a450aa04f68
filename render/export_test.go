package render

import (
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/internal/verify"
)

// What tests of package render_test need from inside.
var (
	Escape     = escape
	Expandable = expandable
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

// WatchVerify calls f, and watch whenever objects are verified meanwhile.
func WatchVerify(watch, f func()) {
	made := verifyObjects
	defer func() { verifyObjects = made }()
	verifyObjects = func(objects []tree.Map, want verify.Expectation) []verify.Problem {
		watch()
		return made(objects, want)
	}
	f()
}
