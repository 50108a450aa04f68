package jsonpatch_test

import (
	"math"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/jsonpatch"
)

// Operations that Go programs make may hold what no JSON text can.
func TestParseRefusesWhatJSONCannotHold(t *testing.T) {
	for reason, v := range map[string]any{
		"NaN": math.NaN(), "an infinity": math.Inf(-1), "a function": func() {}, "one inside": []any{map[string]any{"a": math.NaN()}},
	} {
		_, problems := jsonpatch.Parse([]any{map[string]any{"op": "add", "path": "/a", "value": v}})
		assert.Equal(t, len(problems), 1, reason)
		assert.Equal(t, problems[0].Member, "value", reason)
	}
}

// Each mistake is called what it is.
func TestParseReasons(t *testing.T) {
	for _, c := range []struct{ op, says string }{
		{`{"path":"/a"}`, "missing"},
		{`{"op":1,"path":"/a"}`, "expected a string"},
		{`{"op":"","path":"/a"}`, "is empty"},
		{`{"op":"remove","path":"/a","xyz":1}`, "unknown member"},
		{`{"op":"remove","path":"/a","value":1}`, "has no meaning for remove"},
		{`{"op":"remove","path":"/a","from":"/b"}`, "has no meaning for remove"},
	} {
		_, problems := jsonpatch.Parse([]any{read(t, c.op)})
		assert.Equal(t, len(problems), 1, c.op)
		assert.Assert(t, len(problems[0].Reason) >= len(c.says) && problems[0].Reason[:len(c.says)] == c.says, "%s: %s", c.op, problems[0].Reason)
	}
	_, problems := jsonpatch.Parse([]any{read(t, `{"op":"delete","path":"/a","value":1}`)})
	assert.Equal(t, len(problems), 1, "what an unknown operation may have is not known: %v", problems)
	ops, _ := jsonpatch.Parse([]any{read(t, `{"op":"remove","path":"/-"}`)})
	_, err := jsonpatch.Apply([]any{int64(1)}, ops)
	assert.ErrorContains(t, err, "only add")
}

// 2^20 values can be copied, and not one more.
func TestCopiesAreCounted(t *testing.T) {
	ops, problems := jsonpatch.Parse([]any{read(t, `{"op":"copy","from":"/a","path":"/b"}`)})
	assert.Equal(t, len(problems), 0)
	for n, ok := range map[int]bool{1<<20 - 1: true, 1 << 20: false} {
		_, err := jsonpatch.Apply(map[string]any{"a": make([]any, n)}, ops)
		assert.Equal(t, err == nil, ok, "%d: %v", n, err)
	}
	m := map[string]any{}
	for i := range 1 << 10 {
		m[string(rune('a'+i))] = make([]any, 1<<10-1)
	}
	_, err := jsonpatch.Apply(map[string]any{"a": m}, ops)
	assert.Assert(t, err != nil, "the map counts, too: 2^10 lists of 2^10 values, and itself")
	delete(m, "a")
	_, err = jsonpatch.Apply(map[string]any{"a": m}, ops)
	assert.NilError(t, err)
}

// A map that is nil is an empty one.
func TestNilMap(t *testing.T) {
	ops, _ := jsonpatch.Parse([]any{read(t, `{"op":"add","path":"/a","value":1}`)})
	got, err := jsonpatch.Apply(map[string]any(nil), ops)
	assert.NilError(t, err)
	assert.DeepEqual(t, got, any(map[string]any{"a": int64(1)}))
}
