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

func TestSmallTexts(t *testing.T) {
	for path, want := range map[string]string{"": "", "a": "a", "a.b": "b", "a[b]": "b", "a.b[c.d]": "c.d", "a[b][c]": "c", "a.b[]": ""} {
		assert.Equal(t, lastOf(path), want, path)
	}
	assert.Equal(t, clip(long("x", 80)), long("x", 80))
	assert.Equal(t, clip(long("x", 81)), long("x", 80)+"…")
	assert.Equal(t, clip(long("x", 79)+"ü"), long("x", 79)+"…", "no half characters")
	for bytes, want := range map[int64]string{1: "1m", 999_999: "1m", 1_000_000: "1m", 1_000_001: "2m", 2_000_000: "2m"} {
		assert.Equal(t, vvpMemory(bytes), want)
	}
}

func long(s string, n int) string {
	out := ""
	for range n {
		out += s
	}
	return out
}
