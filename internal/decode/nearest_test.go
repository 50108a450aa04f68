package decode_test

import (
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/decode"
)

// levenshtein is the definition.
func levenshtein(a, b string) int {
	switch {
	case a == "" || b == "":
		return len(a) + len(b)
	case a[0] == b[0]:
		return levenshtein(a[1:], b[1:])
	default:
		return 1 + min(levenshtein(a[1:], b), levenshtein(a, b[1:]), levenshtein(a[1:], b[1:]))
	}
}

// Both proposals are held against the definition of what is near, for all short words.
func TestDistanceIsLevenshteins(t *testing.T) {
	words := []string{""}
	for i := 0; len(words[i]) < 5; i++ {
		words = append(words, words[i]+"a", words[i]+"b")
	}
	for _, key := range words {
		for _, name := range words {
			d := levenshtein(key, name)
			near := key != "" && (d <= max(1, len(key)/3) || len(key) >= 4 && strings.HasPrefix(name, key))
			assert.Equal(t, decode.Nearest(key, []string{name}) == name && name != "", near && name != "", "%s for %s", name, key)
			assert.Equal(t, decode.Misspelt(key, []string{name}) == name && name != "", d <= 2 && key != name && name != "", "%s for %s", name, key)
		}
	}
}

func TestNames(t *testing.T) {
	long := strings.Repeat("a", 64)
	for _, c := range []struct {
		reason, key       string
		names             []string
		nearest, misspelt string
	}{
		{"nothing is near nothing", "", []string{"a"}, "", "a"},
		{"the nearest, not the first", "abcd", []string{"abce", "abcd-"}, "abcd-", "abcd-"},
		{"the first of two", "abcd", []string{"abce", "abcf"}, "abce", "abce"},
		{"case and separators count for nothing", "AZ.Az-aZ_", []string{"azazaz"}, "azazaz", "azazaz"},
		{"in names neither", "azazaz", []string{"AZ.Az-aZ_"}, "AZ.Az-aZ_", "AZ.Az-aZ_"},
		{"other characters have no case", "@[@[", []string{"`{`{"}, "", ""},
		{"a long one", long, []string{long[1:] + "b"}, long[1:] + "b", long[1:] + "b"},
		{"an end that was left out", "flin", []string{"x", "flinkConfiguration"}, "flinkConfiguration", ""},
		{"three letters are no beginning", "fli", []string{"flinkConfiguration"}, "", ""},
		{"what is there is not misspelt", "abcd", []string{"abce", "abcd"}, "abcd", ""},
	} {
		assert.Equal(t, decode.Nearest(c.key, c.names), c.nearest, c.reason)
		assert.Equal(t, decode.Misspelt(c.key, c.names), c.misspelt, c.reason)
	}
}
