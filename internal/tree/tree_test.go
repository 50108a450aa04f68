package tree_test

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/tree"
)

func TestEqual(t *testing.T) {
	cases := []struct {
		name, reason string
		a, b         any
		want         bool
	}{
		{"int and float", "JSON has one kind of number", int64(1), 1.0, true},
		{"float and int", "the relation is symmetric", 1.0, int64(1), true},
		{"fraction", "no rounding to integers", 1.5, int64(1), false},
		{"above 2^53", "2^53+1 has no float64", int64(1<<53 + 1), float64(1 << 53), false},
		{"beyond int64", "conversion would overflow", int64(math.MaxInt64), float64(math.MaxInt64), false},
		{"null and absent", "an explicit null is content", tree.Map{"a": nil}, tree.Map{}, false},
		{"list order", "lists are ordered", []any{"a", "b"}, []any{"b", "a"}, false},
		{"map order", "objects are not", tree.Map{"a": int64(1), "b": true}, tree.Map{"b": true, "a": int64(1)}, true},
		{"scalar and list", "comparing uncomparable types must not panic", "a", []any{"a"}, false},
		{"nil and map", "comparing uncomparable types must not panic", nil, tree.Map{}, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			assert.Equal(t, tree.Equal(c.a, c.b), c.want, c.reason)
		})
	}
}

func TestJSONRoundTrip(t *testing.T) {
	v := tree.Map{
		"text": "a<b>&\u2028\n\"", "big": int64(1<<53 + 1), "float": 1.5, "small": 1e-9, "whole": 2.0,
		"minus zero": math.Copysign(0, -1), "huge": 1e300, "beyond": float64(1 << 53),
		"list": []any{nil, false, tree.Map{}, []any{}, 3.0},
	}
	text := tree.JSON(v)
	got, err := tree.FromJSON(text)
	assert.NilError(t, err)
	assert.Assert(t, tree.Equal(v, got), cmp.Diff(v, got))
	assert.Equal(t, string(tree.JSON(got)), string(text), "canonical text is stable")
	assert.DeepEqual(t, tree.Canonical(v), got)
}

// Strings are written as encoding/json writes them.
func TestStringsAgainstEncodingJSON(t *testing.T) {
	texts := []string{"", "a<b>&\u2028\u2029\ufffd\x7f\u0080", "\xff\xc3(\xed\xa0\x80", "日本語\n"}
	for c := range rune(0x100) {
		texts = append(texts, "a"+string(c)+"b", string([]byte{byte(c)})+"b")
	}
	for _, s := range texts {
		var want bytes.Buffer
		enc := json.NewEncoder(&want)
		enc.SetEscapeHTML(false)
		assert.NilError(t, enc.Encode(s))
		if !utf8.ValidString(s) { // of which releases of Go differ
			assert.Assert(t, strings.Contains(string(tree.JSON(s)), `\ufffd`), "%q", s)
			continue
		}
		assert.Equal(t, string(tree.JSON(s))+"\n", want.String(), "%q", s)
	}
}

func TestFromJSONNumbers(t *testing.T) {
	for text, want := range map[string]any{
		`9223372036854775807`:     int64(math.MaxInt64),
		`-9223372036854775808`:    int64(math.MinInt64),
		`1e30`:                    1e30,
		`"99999999999999999999"`:  "99999999999999999999",
		`"\ud83d\ude00"`:          "😀",
		`"\\ud83d \u00e9 \ufffd"`: `\ud83d é ` + "\ufffd",
		`{"99999999999999999999": "\"99999999999999999999"}`: tree.Map{"99999999999999999999": `"99999999999999999999`},
	} {
		got, err := tree.FromJSON([]byte(text))
		assert.NilError(t, err, text)
		assert.DeepEqual(t, got, want)
	}
}

func TestFromJSONRefuses(t *testing.T) {
	for reason, text := range map[string]string{
		"an integer beyond 64 bits would be rounded": `{"a": [9223372036854775808]}`,
		"a negative one too":                         `[-9223372036854775809]`,
		"one among strings":                          `{"a\\\"9": "\\\\", "b": 99999999999999999999}`,
		"trailing text is not JSON":                  `{} {}`,
		"a cut text":                                 `{"a":`,
		"bytes that are not UTF-8 would be replaced": "[\"a\xff\"]",
		"half a pair would be replaced":              `["\ud83d"]`,
		"the other half, too":                        `{"\ude00": 1}`,
		"two first halves":                           `["\ud83d\ud83d"]`,
		"a half and another escape":                  `["\ud83d\n12345"]`,
		"a half after a pair":                        `["\ud83d\ude00\ude00"]`,
	} {
		_, err := tree.FromJSON([]byte(text))
		assert.Assert(t, err != nil, reason)
	}
}

func TestFromGo(t *testing.T) {
	got, err := tree.FromGo(struct {
		A int32
		B string
	}{3, "\ufffd \\ufffd <é>"})
	assert.NilError(t, err)
	assert.DeepEqual(t, got, any(tree.Map{"A": int64(3), "B": "\ufffd \\ufffd <é>"}))
	for reason, v := range map[string]any{
		"not UTF-8":          "a\xff",
		"a key that is not":  tree.Map{"\\\xff": 1},
		"functions":          func() {},
		"a number too large": uint64(math.MaxUint64),
	} {
		_, err := tree.FromGo(v)
		assert.Assert(t, err != nil, reason)
	}
}

func TestCopyShareNothing(t *testing.T) {
	v := tree.Map{"m": tree.Map{"l": []any{tree.Map{"k": "v"}}}}
	c := tree.CopyMap(v)
	tree.Items(c, "m", "l")[0].(map[string]any)["k"] = "changed"
	assert.Equal(t, tree.Items(v, "m", "l")[0].(map[string]any)["k"], "v")
}

func TestFromGoLiterals(t *testing.T) {
	got, err := tree.FromGo(map[string]any{"i": 1, "s": []string{"a"}, "m": map[string]string{"k": "v"}, "f": float32(0.5)})
	assert.NilError(t, err)
	assert.DeepEqual(t, got, any(tree.Map{"i": int64(1), "s": []any{"a"}, "m": tree.Map{"k": "v"}, "f": 0.5}))
	for reason, v := range map[string]any{
		"NaN has no JSON form":      math.NaN(),
		"infinities have none":      []any{math.Inf(1)},
		"non-string keys are not":   map[any]any{true: 1},
		"uint64 may not fit int64":  uint64(math.MaxUint64),
		"functions are not JSON":    func() {},
		"nested values are reached": tree.Map{"a": []any{tree.Map{"b": math.NaN()}}},
	} {
		_, err := tree.FromGo(v)
		assert.Assert(t, err != nil, reason)
	}
}
