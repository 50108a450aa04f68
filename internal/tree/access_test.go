package tree_test

import (
	"math"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/tree"
)

func TestAccess(t *testing.T) {
	v := tree.Map{"m": tree.Map{"s": "x", "n": nil, "l": []any{"y"}, "i": int64(1)}}
	for _, c := range []struct {
		path []string
		want any
		ok   bool
	}{
		{nil, v, true}, {[]string{"m", "s"}, "x", true}, {[]string{"m", "n"}, nil, true},
		{[]string{"m", "none"}, nil, false}, {[]string{"m", "s", "deeper"}, nil, false},
		{[]string{"m", "n", "deeper"}, nil, false},
	} {
		got, ok := tree.Get(v, c.path...)
		assert.Equal(t, ok, c.ok, "%v", c.path)
		assert.DeepEqual(t, got, c.want)
	}
	assert.Equal(t, tree.String(v, "m", "s")+tree.String(v, "m", "i")+tree.String(v, "x"), "x")
	assert.Assert(t, tree.Child(v, "m")["s"] == "x" && tree.Child(v, "m", "s") == nil)
	assert.Assert(t, len(tree.Items(v, "m", "l")) == 1 && tree.Items(v, "m", "s") == nil)
	assert.DeepEqual(t, tree.Strings(v, "m"), map[string]string{"s": "x"})
	assert.Assert(t, tree.Strings(v, "none") == nil && tree.Strings(tree.Map{}) == nil)
	assert.DeepEqual(t, tree.FromStrings(map[string]string{"a": "b"}), tree.Map{"a": "b"})
	assert.Assert(t, tree.FromStrings(nil) == nil && tree.FromStrings(map[string]string{}) == nil,
		"an empty map says nothing")
}

func TestCopyKeepsNil(t *testing.T) {
	c := tree.CopyMap(tree.Map{"l": []any(nil), "m": tree.Map(nil), "e": []any{}})
	assert.Assert(t, c["l"].([]any) == nil && c["m"].(tree.Map) == nil && c["e"].([]any) != nil)
	assert.Assert(t, tree.CopyMap(nil) == nil)
}

func TestEdgesOfNumbers(t *testing.T) {
	assert.Assert(t, tree.Equal(int64(math.MinInt64), float64(math.MinInt64)), "it is exact")
	assert.Assert(t, !tree.Equal(int64(0), math.NaN()) && !tree.Equal(int64(math.MinInt64), -1e300) &&
		!tree.Equal(int64(math.MaxInt64), 1e300))
	assert.Assert(t, !tree.Equal([]any{"a"}, "a") && !tree.Equal([]any{"a"}, []any{"a", "b"}) && !tree.Equal([]any{},
		nil))
	assert.Equal(t, string(tree.JSON(float64(1<<53-1))), "9007199254740991")
	assert.Equal(t, string(tree.JSON(float64(1<<53))), "9.007199254740992e+15", "beyond, a float says that it is one")
	for text, ok := range map[string]bool{
		"9223372036854775807": true, "9223372036854775808": false, "-9223372036854775808": true,
		"1000000000000000000": true, "[0, 9999999999999999999]": false, `{"9": 9999999999999999999}`: false,
		strings.Repeat("1", 400) + ".0e-399": true,
	} {
		_, err := tree.FromJSON([]byte(text))
		assert.Equal(t, err == nil, ok, "%s: %v", text, err)
	}
}

// What is not a tree is told, not lost.
func TestNotATree(t *testing.T) {
	assert.Equal(t, string(tree.JSON(struct{}{})), `"struct {} is not part of a tree"`)
	for _, v := range []any{"\xff", tree.Map{"\xff": 1}, map[string]string{"\xff": ""},
		map[string]string{"": "\xff"}, []string{"", "\xff"}} {
		_, err := tree.FromGo([]any{v})
		assert.ErrorContains(t, err, "not UTF-8")
	}
}
