package labels_test

import (
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/flinktarget/flinktarget/labels"
)

func TestValue(t *testing.T) {
	a63 := strings.Repeat("a", 63)
	for _, c := range []struct{ in, want, reason string }{
		{"", "", "nothing stays nothing"},
		{"My Deployment Name", "my-deployment-name", "the example of the platform's documentation"},
		{"my-deployment-name", "my-deployment-name", "legal and lower case: unchanged"},
		{"a", "a", "one character is legal"},
		{"0", "0", "a digit may be both ends"},
		{"a.b_c-d", "a.b_c-d", "the three separators of label values stay"},
		{"a--b..c__d", "a--b..c__d", "runs of legal separators are legal, so unchanged"},
		{a63, a63, "63 characters are the limit and still legal"},
		{"TopSpeedWindowing", "topspeedwindowing", "case folds"},
		{"my  \t name", "my-name", "a run of blanks is one separator"},
		{"a - b", "a---b", "'-' is legal, so it is no part of the runs beside it"},
		{"a/b:c+d", "a-b-c-d", "ASCII punctuation separates"},
		{"a\x00b\x7fc", "a-b-c", "so do control characters"},
		{"--my name__", "my-name", "ends are trimmed to alphanumerics"},
		{" My Name! ", "my-name", "what is trimmed may have been replaced before"},
		{"a,b=c", "a-b-c", "the signs of a selector cannot come out"},
		{strings.Repeat(" ", 100) + "a", "a", "length is what is left, not what was given"},
		{strings.Repeat("A", 63), a63, "folding alone does not cut"},
		{"ſ", hashed("", "ſ"), "the long s, whose upper case is ASCII, is not ASCII"},
		{"\u212A", hashed("", "\u212A"), "the Kelvin sign does not become k"},
		{"İstanbul", hashed("stanbul", "İstanbul"), "the dotted capital I does not become i"},
		{"café", hashed("caf", "café"), "a lost letter at the end"},
		{"cafe\u0301", hashed("cafe", "cafe\u0301"), "a lost combining mark"},
		{"a é b", hashed("a-b", "a é b"), "the lost letter and its blanks are one run"},
		{"日本語", hashed("", "日本語"), "no character left: the digest alone"},
		{"my\u00a0name", hashed("my-name", "my\u00a0name"), "outside ASCII, blanks are no exception"},
		{"job 🚀", hashed("job", "job 🚀"), "a lost symbol outside ASCII"},
		{"a\xffb", hashed("a-b", "a\xffb"), "a byte that is not UTF-8"},
		{"!!!", hashed("", "!!!"), "something must not become nothing"},
		{"-", hashed("", "-"), "a legal character at both ends, but no legal value"},
		{a63 + "a", hashed(strings.Repeat("a", 52), a63+"a"), "one character too long"},
		{strings.Repeat("a", 51) + "-" + a63, hashed(strings.Repeat("a", 51), strings.Repeat("a", 51)+"-"+a63),
			"the cut leaves a separator at the end: trimmed"},
		{"é" + a63, hashed(strings.Repeat("a", 52), "é"+a63), "one digest, although lost and cut"},
	} {
		assert.Equal(t, labels.Value(c.in), c.want, "%q: %s", c.in, c.reason)
		assertLegal(t, c.in)
	}
}

// hashed is what rule 5 of the package comment says of s, whose rest is base.
func hashed(base, s string) string {
	digest := fmt.Sprintf("%x", sha256.Sum256([]byte(s)))[:10]
	if base == "" {
		return digest
	}
	return base + "-" + digest
}

// The digests are output: they must never change.
func TestValueDigestIsFrozen(t *testing.T) {
	for in, want := range map[string]string{
		"日本語":                     "77710aedc7",
		"Zürich":                  "z-rich-4251685e06",
		"!!!":                     "e84c538e7f",
		strings.Repeat("ab", 100): "abababababababababababababababababababababababababab-80f5495226",
	} {
		assert.Equal(t, labels.Value(in), want, "%q", in)
	}
}

func TestValueFolds(t *testing.T) {
	for _, c := range []struct {
		names  []string
		reason string
	}{
		{[]string{"my-name", "My Name", "MY  NAME", "my/name", "(my name)", "_my name."}, "case and separators fold"},
		{[]string{"c", "C#", "C++"}, "ASCII symbols are separators, also at the end"},
	} {
		for _, n := range c.names[1:] {
			assert.Equal(t, labels.Value(n), labels.Value(c.names[0]), "%q and %q: %s", n, c.names[0], c.reason)
		}
	}
}

func TestValueKeepsLossyNamesApart(t *testing.T) {
	long := strings.Repeat("x", 200)
	for _, c := range []struct{ a, b, reason string }{
		{"日本語", "中国語", "nothing of either is left"},
		{"Müller", "Möller", "the rest is the same"},
		{"Müller", "Muller", "one is lossy"},
		{"Müller", "M ller", "a lost letter is not a blank"},
		{"Müller", "MÜLLER", "case folds in ASCII only"},
		{"é", "e\u0301", "Unicode normal forms are not unified"},
		{"!!!", "???", "nothing of either is left"},
		{" ", "  ", "blanks alone are no separator of anything"},
		{"\xff", "\xfe", "two bytes that are not UTF-8"},
		{"a\x80b", "a b", "the first byte that is not ASCII is lost as any other"},
		{"\xff", "\ufffd", "a broken byte is not the replacement character"},
		{long + "a", long + "b", "they differ in what was cut off"},
		{long, long + "x", "they differ in length only"},
	} {
		assert.Assert(t, labels.Value(c.a) != labels.Value(c.b), "%q and %q: %s", c.a, c.b, c.reason)
	}
}

func TestValueDistinctInBulk(t *testing.T) {
	const seed = 20200127
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	alphabet := []rune("ab -_.Ä日本語éñ🚀!")
	seen := map[string]string{}
	for range 20_000 {
		name := make([]rune, 1+r.IntN(80))
		for i := range name {
			name[i] = alphabet[r.IntN(len(alphabet))]
		}
		s := string(name)
		if !lossy(s) {
			continue
		}
		v := labels.Value(s)
		if other, ok := seen[v]; ok && other != s {
			t.Fatalf("%q and %q are both %q", s, other, v)
		}
		seen[v] = s
	}
	assert.Assert(t, len(seen) > 15_000, "only %d lossy names: the test tests little", len(seen))
}

var (
	replaced = regexp.MustCompile(`[^a-z0-9._-]+`)
	nonASCII = regexp.MustCompile(`[^\x00-\x7f]`)
)

// foldedBySpec is steps 2 to 4 of the package comment, written another way.
func foldedBySpec(s string) string {
	lower := strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + ('a' - 'A')
		}
		return r
	}, s)
	return strings.Trim(replaced.ReplaceAllString(lower, "-"), "-_.")
}

func lossy(s string) bool {
	f := foldedBySpec(s)
	return nonASCII.MatchString(s) || len(f) > 63 || f == "" && s != ""
}

func assertLegal(t *testing.T, s string) {
	t.Helper()
	v := labels.Value(s)
	assert.Equal(t, len(validation.IsValidLabelValue(v)), 0, "%q became %q: %v", s, v, validation.IsValidLabelValue(v))
	assert.Equal(t, labels.Value(v), v, "not idempotent for %q", s)
	assert.Equal(t, v == "", s == "", "%q became %q", s, v)
	assert.Equal(t, strings.ToLower(v), v, "upper case left of %q", s)
}

func FuzzValue(f *testing.F) {
	for _, s := range []string{
		"", "a", "My Deployment Name", "a-b", "日本語", "!!!", "---", "İ", "\xff\xfe", "a\x00b", "é",
		strings.Repeat("a", 63), strings.Repeat("a", 64), strings.Repeat("-", 70) + "b",
	} {
		f.Add(s, s+" ")
		f.Add(s, s+"é")
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		assertLegal(t, a)
		va, vb := labels.Value(a), labels.Value(b)
		if !lossy(a) {
			assert.Equal(t, va, foldedBySpec(a), "folding of %q", a)
			return
		}
		assert.Equal(t, va, hashed(cut(foldedBySpec(a)), a), "digest of %q", a)
		if a != b && lossy(b) {
			assert.Assert(t, va != vb, "%q and %q are both %q", a, b, va)
		}
	})
}

func cut(s string) string {
	return strings.TrimRight(s[:min(len(s), 52)], "-_.")
}

func TestValueFoldsAllOfASCII(t *testing.T) {
	for c := 'A'; c <= 'Z'; c++ {
		assert.Equal(t, labels.Value(string(c)), string(c-'A'+'a'))
	}
}
