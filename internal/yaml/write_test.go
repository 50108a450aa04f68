package yaml_test

import (
	"math"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/yaml"
)

func TestLayout(t *testing.T) {
	longKey := strings.Repeat("k", 1025)
	for _, c := range []struct {
		tree   any
		want   string
		reason string
	}{
		{nil, "null\n", "a document may be a scalar"},
		{"a\nb", `"a\nb"` + "\n", "no block at the root: readers disagree on its indent"},
		{map[string]any{}, "{}\n", "empty map"},
		{[]any{}, "[]\n", "empty list"},
		{map[string]any(nil), "{}\n", "a nil map is an empty one"},
		{[]any(nil), "[]\n", "a nil list likewise"},
		{map[string]any{"b": int64(1), "a": true, "C": nil, "a.b": "x", "a-b": "y"},
			"C: null\na: true\na-b: \"y\"\na.b: x\nb: 1\n", "keys in byte order"},
		{map[string]any{"m": map[string]any{"o": map[string]any{"p": "x"}, "e": map[string]any{}, "l": []any{}}},
			"m:\n  e: {}\n  l: []\n  o:\n    p: x\n", "two spaces a level, empty collections in the line"},
		{map[string]any{"l": []any{"a", map[string]any{"b": "c", "d": []any{"e"}}}},
			"l:\n- a\n- b: c\n  d:\n  - e\n", "lists in the column of their key"},
		{[]any{[]any{"a", []any{"b", "c"}}, []any{}, map[string]any{}, "d"},
			"- - a\n  - - b\n    - c\n- []\n- {}\n- d\n", "lists in lists"},
		{[]any{map[string]any{"a": map[string]any{"b": "c"}}, []any{map[string]any{"d": nil, "f": "g"}}},
			"- a:\n    b: c\n- - d: null\n    f: g\n", "maps in lists"},
		{map[string]any{"a": "x\ny\n", "b": []any{"x\ny", map[string]any{"c": "x\n\n y\n\n\n"}}, "d": "e"},
			"a: |\n  x\n  y\nb:\n- |-\n  x\n  y\n- c: |+\n    x\n\n     y\n\n\nd: e\n", "blocks two columns in, whatever they are in"},
		{map[string]any{longKey: "v", "z": int64(1)}, "? " + longKey + "\n: v\nz: 1\n", "a key over the limit of implicit keys"},
		{map[string]any{longKey: map[string]any{"a": "b", "c": []any{"x\ny\n"}}},
			"? " + longKey + "\n: a: b\n  c:\n  - |\n    x\n    y\n", "what belongs to such a key"},
		{[]any{map[string]any{"a": map[string]any{longKey: []any{"b", "c"}}}},
			"- a:\n    ? " + longKey + "\n    : - b\n      - c\n", "such a key, indented"},
		{map[string]any{longKey[:1024]: "v"}, longKey[:1024] + ": v\n", "the longest implicit key"},
		{map[string]any{strings.Repeat("#", 1023): "v"}, "? \"" + strings.Repeat("#", 1023) + "\"\n: v\n", "quotes count"},
		{map[string]any{"": "", "a: b": "c", "a\nb": "c", "no": "n"},
			"\"\": \"\"\n\"a\\nb\": c\n\"a: b\": c\n\"no\": \"n\"\n", "keys are quoted like values, and stay on one line"},
	} {
		got, err := yaml.Append(nil, c.tree)
		assert.NilError(t, err, c.reason)
		assert.Equal(t, string(got), c.want, c.reason)
		assertReads(t, c.tree)
	}
}

func TestNumbers(t *testing.T) {
	for _, c := range []struct {
		number any
		want   string
		reason string
	}{
		{int64(0), "0", "zero"},
		{int64(math.MaxInt64), "9223372036854775807", "exact, not by way of a float"},
		{int64(math.MinInt64), "-9223372036854775808", "exact"},
		{int64(1<<53 + 1), "9007199254740993", "no float64 has this value"},
		{1.0, "1", "JSON does not tell 1.0 from 1"},
		{-3.0, "-3", "likewise"},
		{math.Copysign(0, -1), "-0.0", "an integer has no minus zero"},
		{0.1, "0.1", "the fewest digits that read back"},
		{1.5, "1.5", "a fraction"},
		{1234567.25, "1234567.25", "no exponent for ordinary numbers"},
		{1e-6, "0.000001", "the smallest without exponent"},
		{1e-7, "1.0e-07", "a point even if there is an exponent"},
		{float64(1 << 53), "9.007199254740992e+15", "beyond the exact integers: stays a float"},
		{1e21, "1.0e+21", "YAML 1.1 takes 1e+21 for a string"},
		{math.MaxFloat64, "1.7976931348623157e+308", "the largest"},
		{math.SmallestNonzeroFloat64, "5.0e-324", "the smallest"},
	} {
		got, err := yaml.Append(nil, c.number)
		assert.NilError(t, err)
		assert.Equal(t, string(got), c.want+"\n", c.reason)
		assertReads(t, c.number)
	}
	v, err := readV3([]byte("-0.0"))
	assert.NilError(t, err)
	assert.Equal(t, v, int64(0), "minus zero equals zero")
}

func assertFails(t *testing.T, v any, want string) error {
	t.Helper()
	before := []byte("before")
	got, err := yaml.Append(before, v)
	assert.ErrorContains(t, err, want)
	assert.Equal(t, string(got), "before", "nothing half-written is returned")
	return err
}

func TestErrors(t *testing.T) {
	cycle := map[string]any{}
	cycle["c"] = []any{cycle}
	at := func(v any) any {
		return map[string]any{"a": "ok", "l": []any{"ok", map[string]any{"x/y~z": v}}}
	}
	for _, c := range []struct {
		tree   any
		want   string
		reason string
	}{
		{at(math.NaN()), "not a finite number", "JSON has no NaN"},
		{at(math.Inf(1)), "not a finite number", "nor infinities"},
		{math.Inf(-1), "not a finite number", "at the root"},
		{at("\xff"), "not UTF-8", "a lone byte"},
		{at("a\xed\xa0\x80"), "not UTF-8", "an encoded surrogate"},
		{map[string]any{"a\xff": "ok"}, "not UTF-8", "a key"},
		{at(1), "not part of a JSON-shaped tree", "int is not in a tree"},
		{at(float32(1)), "not part of a JSON-shaped tree", "nor float32"},
		{at([]string{}), "not part of a JSON-shaped tree", "nor a typed list"},
		{at(map[any]any{}), "not part of a JSON-shaped tree", "nor a map with other keys"},
		{at(struct{}{}), "not part of a JSON-shaped tree", "nor a struct"},
		{cycle, "nested more than 10000 deep", "a cycle is endless nesting"},
	} {
		assert.ErrorContains(t, assertFails(t, c.tree, c.want), "writing YAML: ", c.reason)
	}
}

func TestErrorHidesTheValue(t *testing.T) {
	e := assertFails(t, map[string]any{"password": "secret\xff"}, "not UTF-8")
	assert.Assert(t, !strings.Contains(e.Error(), "secret"))
	e = assertFails(t, "secret\xff", "not UTF-8")
	assert.Assert(t, !strings.Contains(e.Error(), "secret"))
}

func TestDepth(t *testing.T) {
	nested := func(n int) any {
		var v any = "x"
		for range n {
			v = []any{v}
		}
		return v
	}
	text, err := yaml.Append(nil, nested(yaml.MaxDepth))
	assert.NilError(t, err)
	assert.Equal(t, string(text), strings.Repeat("- ", yaml.MaxDepth)+"x\n")
	_, err = readV3(text)
	assert.NilError(t, err, "go-yaml has the same limit")
	_, err = readSigs(text)
	assert.NilError(t, err, "encoding/json likewise")
	assertFails(t, nested(yaml.MaxDepth+1), "nested more than 10000 deep")

	var maps any = "x\ny\n"
	for range 1000 {
		maps = map[string]any{"k": maps}
	}
	assertReads(t, maps)
}

func TestAppendKeepsDst(t *testing.T) {
	dst := append(make([]byte, 0, 1024), "a: 1\n"+yaml.Separator...)
	tree := map[string]any{"b": []any{"x"}}
	got, err := yaml.Append(dst, tree)
	assert.NilError(t, err)
	assert.Equal(t, string(got), "a: 1\n---\nb:\n- x\n")
	assert.DeepEqual(t, tree, map[string]any{"b": []any{"x"}})
}

// More keys than the writer has room for at first.
func TestManyKeys(t *testing.T) {
	wide := map[string]any{}
	for i := range 300 {
		inner := map[string]any{}
		for j := range i % 90 {
			inner[strings.Repeat("k", j+1)] = int64(j)
		}
		wide[strings.Repeat("a", i)] = inner
	}
	assertReads(t, wide)
}
