package deployment

import (
	"math/rand/v2"
	"regexp"
	"testing"

	"gotest.tools/v3/assert"
)

// What is read by hand is what these expressions match.
func TestWordsAgainstExpressions(t *testing.T) {
	cases := []struct {
		name       string
		expression string
		parts      []string
		got        func(string) bool
	}{
		{"class", `^[\pL_$][\pL\pN_$]*(?:\.[\pL_$][\pL\pN_$]*)*$`, []string{"a", "Z", "é", "1", "٣", "Ⅷ", "_", "$", ".", "-", " ", "\xff", "\u0301"}, isClassName},
		{"module", `^[\pL_][\pL\pN_]*(?:\.[\pL_][\pL\pN_]*)*$`, []string{"a", "Z", "é", "1", "٣", "Ⅷ", "_", "$", ".", "-", "\n"}, isModuleName},
		{"tag", `^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}(?:@sha256:[0-9a-f]{64})?$`, []string{"a", "Z", "0", "_", ".", "-", "@sha256:", "@", ":", "é", long("a", 64), long("A", 64), long("b", 127), long("c", 128)}, isImageTag},
		{"memory", `^([0-9]{1,18}(?:\.[0-9]{1,18})?|\.[0-9]{1,18})\s?([kKmMgG]?)$`, []string{"0", "12", ".", " ", "\t", "\v", "g", "K", "i", "-", long("1", 17), long("1", 18), "\u212a"},
			func(s string) bool { _, _, ok := cutSize(s); return ok }},
		{"cores", `^-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,18})?(?:[eE][-+]?[0-9]{1,2})?$`, []string{"0", "1", "12", "123", ".", "-", "+", "e", "E", "m", " ", long("1", 17), long("1", 18)}, isCores},
	}
	rng := rand.New(rand.NewPCG(1, 1))
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			expression := regexp.MustCompile(c.expression)
			matched := 0
			for range 200_000 {
				text := ""
				for range rng.IntN(6) {
					text += c.parts[rng.IntN(len(c.parts))]
				}
				want := expression.MatchString(text)
				if c.got(text) != want {
					t.Fatalf("%q: the expression says %v", text, want)
				}
				if want {
					matched++
				}
			}
			assert.Assert(t, matched > 1000, "%d texts matched", matched)
		})
	}
}

func long(s string, n int) string {
	out := ""
	for range n {
		out += s
	}
	return out
}
