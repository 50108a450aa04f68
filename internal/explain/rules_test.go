package explain

import (
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/kinds"
)

func TestPathsOfRules(t *testing.T) {
	for _, c := range []struct {
		rule, path string
		keys       []string
		tail       string
		ok         bool
	}{
		{"a/b", "a/b", nil, "", true},
		{"a/b", "a/b/c", nil, "c", true},
		{"a/b", "a/bc", nil, "", false},
		{"a/b", "a", nil, "", false},
		{"a/*", "a/b", []string{"b"}, "b", true},
		{"a/*", "a/b/c", []string{"b"}, "b/c", true},
		{"a/*", `a/"b]"/d`, []string{"b]"}, `"b]"/d`, true},
		{"a/*", `a/"b\"]"/d`, []string{`b"]`}, `"b\"]"/d`, true},
		{"a/*", `a/b\/d`, []string{`b\`}, `b\/d`, true},
		{"a/*", "a//d", []string{""}, "/d", true},
		{"a/*", "a", nil, "", false},
		{"a/*/d", "a/b/d", []string{"b"}, "", true},
		{"a/*/d", "a/b/d/e", []string{"b"}, "e", true},
		{"a/*/d", "a/b/f", nil, "", false},
		{"a/*/d/*", "a/b/d/c/e", []string{"b", "c"}, "c/e", true},
		{"a/*/*", "a/b/c", []string{"b", "c"}, "c", true},
	} {
		m, ok := rule{at: c.rule}.matches(strings.Split(c.path, "/"))
		assert.Equal(t, ok, c.ok, "%s of %s", c.path, c.rule)
		if ok {
			assert.DeepEqual(t, m.keys, c.keys)
			assert.Equal(t, strings.Join(m.tail, "/"), c.tail, "%s of %s", c.path, c.rule)
		}
	}
}

// Of each kind that may be missing, explanations say what brings it.
func TestOptionalKindsHaveReasons(t *testing.T) {
	for _, k := range kinds.Patchable() {
		assert.Equal(t, existence[k.Kind] != nil, k.Optional, k.Kind)
	}
}
