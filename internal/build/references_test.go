package build

import (
	"math/rand/v2"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
)

// expand does what Kubernetes does to arguments (Container.args): $(NAME) becomes
// the variable if there is one and stays otherwise, $$ becomes $.
func expandAs(s string, env map[string]string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '$' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		switch s[i+1] {
		case '$':
			b.WriteByte('$')
			i++
		case '(':
			end := strings.IndexByte(s[i:], ')')
			if end < 0 {
				b.WriteString("$(")
				i++
				continue
			}
			name := s[i+2 : i+end]
			value, ok := env[name]
			if !ok {
				value = "$(" + name + ")"
			}
			b.WriteString(value)
			i += end
		default:
			b.WriteByte('$')
			b.WriteByte(s[i+1])
			i++
		}
	}
	return b.String()
}

var env = map[string]string{"KEY": "v$(KEY)$$", "A": ""}

func TestExpandUndoesEscape(t *testing.T) {
	for _, s := range []string{"", "$", "$$", "$(KEY)", "$$(KEY)", "$(", "a$(KEY", "$)", "$($(KEY))", "5$", "${KEY}"} {
		assert.Equal(t, expandAs(escape(s), env), s)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		var b strings.Builder
		for range r.IntN(12) {
			b.WriteString([]string{"$", "(", ")", "{", "}", "KEY", "a", "\\"}[r.IntN(8)])
		}
		s := b.String()
		assert.Equal(t, expandAs(escape(s), env), s)
	}
}

// What VVP writes as ${NAME} is the variable, and nothing else is touched.
func TestExpandable(t *testing.T) {
	for s, want := range map[string]string{
		"${KEY}":          "v$(KEY)$$",
		"a${KEY}b$(KEY)":  "av$(KEY)$$b$(KEY)",
		"$${KEY}":         "$v$(KEY)$$",
		"${A}${A}":        "",
		"${a b} ${} $KEY": "${a b} ${} $KEY",
		"price 5$":        "price 5$",
	} {
		assert.Equal(t, expandAs(expandable(s), env), want, s)
	}
}

func FuzzEscape(f *testing.F) {
	f.Add("$(KEY)")
	f.Add("$$")
	f.Fuzz(func(t *testing.T, s string) {
		if got := expandAs(escape(s), env); got != s {
			t.Fatalf("%q became %q", s, got)
		}
	})
}
