package deployment

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

func TestFormats(t *testing.T) {
	long := strings.Repeat
	for name, c := range map[string]struct{ legal, illegal []string }{
		"uuid": {
			[]string{"5dea5d9d-8f2c-4f4e-9f1e-3a8b4a4a4b58"},
			[]string{"5DEA5D9D-8F2C-4F4E-9F1E-3A8B4A4A4B58", "x"},
		},
		"target-name": {[]string{"a_B-1", "-", long("x", 250)}, []string{"a b", "ü", "a\n", long("x", 251)}},
		clusterName:   {[]string{"a", "a-1", long("x", 63)}, []string{"A", "-a", "a-", "a_b", long("x", 64)}},
		"free-name":   {[]string{"My Größe", long("x", 250)}, []string{"a\tb", long("x", 251)}},
		"label-value": {[]string{"a_B.c", long("x", 63)}, []string{"a b", "-a", long("x", 64)}},
		"duration": {
			[]string{"0", "10m", "10 min", "5µs", "PT1H"},
			[]string{"m", "-1", "1 m ", "10  m", long("1", 19)},
		},
		"cores": {
			[]string{"0", "1", "12", "0.5", "1e2", "1E+1", "100e-2", "0.001"},
			[]string{"01", ".5", "1.", "+1", "-1", "1e", "1e123", "1d2", "500m", " 1", long("1", 19)},
		},
		"class": {
			[]string{"Main", "com.example.Main$Inner", "é", "a1", "a٣", "$a", "_"},
			[]string{"1a", "a.1", "a..b", ".a", "a.", "a-b", "a b", "a\xff", "\u0301a", "com/example/Main.class"},
		},
		"module": {[]string{"a.b", "a_1", "é"}, []string{"a$b", "1", "a/b.py", "a\n"}},
		"image-registry": {
			[]string{"localhost", "registry.example.com:5000", "r.example.com/v2.12"},
			[]string{"https://r.example.com", "-r", "r:123456", "r/A"},
		},
		"image-repository": {[]string{"flink", "team/flink", "a__b.c-d"}, []string{"Flink", "/a", "a/", "a..", "a:b"}},
		"image-tag": {
			[]string{"1.20.0-java11", "_", long("a", 128), "a@sha256:" + long("0f", 32)},
			[]string{
				".a",
				"-a",
				"a/b",
				"é",
				long("a", 129),
				"a@sha256:" + long("0F", 32),
				"a@",
				"@sha256:" + long("0f", 32),
			},
		},
	} {
		for _, s := range c.legal {
			assert.Equal(t, len(formats[name].check(s)), 0, "%s: %q", name, s)
		}
		for _, s := range c.illegal {
			assert.Assert(t, len(formats[name].check(s)) > 0, "%s: %q", name, s)
		}
	}
}

// What is read by hand is what these expressions match.
func TestAgainstExpressions(t *testing.T) {
	isSize := func(s string) bool {
		_, err := Bytes(s)
		return err == nil || strings.Contains(err.Error(), "64 bits")
	}
	isNumber := func(s string) bool {
		_, err := Millicores(s)
		return err == nil || !strings.Contains(err.Error(), "must be a decimal number") &&
			!strings.Contains(err.Error(), "millicores")
	}
	ones := func(n int) string { return strings.Repeat("1", n) }
	for _, c := range []struct {
		expression string
		parts      []string
		got        func(string) bool
	}{
		{
			`^[\pL_$][\pL\pN_$]*(?:\.[\pL_$][\pL\pN_$]*)*$`,
			[]string{"a", "Z", "é", "1", "٣", "Ⅷ", "_", "$", ".", "-", " ", "\xff", "\u0301"},
			func(s string) bool { return len(formats["class"].check(s)) == 0 },
		},
		{
			`^[\pL_][\pL\pN_]*(?:\.[\pL_][\pL\pN_]*)*$`,
			[]string{"a", "Z", "é", "1", "٣", "Ⅷ", "_", "$", ".", "-", "\n"},
			func(s string) bool { return len(formats["module"].check(s)) == 0 },
		},
		{
			`^([0-9]{1,18}(?:\.[0-9]{1,18})?|\.[0-9]{1,18})\s?([kKmMgG]?)$`,
			[]string{"0", "12", ".", " ", "\t", "\v", "g", "K", "i", "-", "\u212a", ones(17), ones(18)},
			isSize,
		},
		{
			`^-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,18})?(?:[eE][-+]?[0-9]{1,2})?$`,
			[]string{"0", "1", "12", "123", ".", "-", "+", "e", "E", "m", " ", ones(17), ones(18)},
			isNumber,
		},
	} {
		expression := regexp.MustCompile(c.expression)
		rng := rand.New(rand.NewPCG(1, 1))
		matched := 0
		for range 200_000 {
			text := ""
			for range rng.IntN(6) {
				text += c.parts[rng.IntN(len(c.parts))]
			}
			want := expression.MatchString(text)
			if c.got(text) != want {
				t.Fatalf("%q: %s says %v", text, c.expression, want)
			}
			if want {
				matched++
			}
		}
		assert.Assert(t, matched > 1000, "%d texts matched %s", matched, c.expression)
	}
}

func TestSmallTexts(t *testing.T) {
	x := func(n int) string { return strings.Repeat("x", n) }
	for text, want := range map[string]string{x(40): x(40), x(41): x(40) + "…", x(39) + "ü": x(39) + "…"} {
		c := &checks{}
		c.fail(field.Invalid(field.NewPath("a"), text, ""), "text")
		assert.Equal(t, c.errs[0].BadValue, want)
	}
	for bytes, want := range map[int64]string{
		1: "1m", 999_999: "1m", 1_000_000: "1m", 1_000_001: "2m", 2_000_000: "2m",
	} {
		assert.Equal(t, vvpMemory(bytes), want)
	}
}
