package jsonpatch_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/jsonpatch"
	"github.com/flinktarget/flinktarget/internal/tree"
)

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
		assert.Assert(t, len(problems[0].Reason) >= len(c.says) && problems[0].Reason[:len(c.says)] == c.says, "%s: %s",
			c.op, problems[0].Reason)
	}
	_, problems := jsonpatch.Parse([]any{read(t, `{"op":"delete","path":"/a","value":1}`)})
	assert.Equal(t, len(problems), 1, "what an unknown operation may have is not known: %v", problems)
	ops, _ := jsonpatch.Parse([]any{read(t, `{"op":"remove","path":"/-"}`)})
	_, err := jsonpatch.Apply([]any{int64(1)}, ops)
	assert.ErrorContains(t, err, "only add")
}

// A document may have 2^18 values after copies, and not one more; text counts, too.
func TestCopiesAreCounted(t *testing.T) {
	const most = 1 << 18
	half := (most - 2) / 2 // what is copied is there twice, in a map that counts itself
	many := func(n int) map[string]any {
		m := map[string]any{}
		for i := range n {
			m[strconv.Itoa(i)] = nil
		}
		return m
	}
	for _, c := range []struct {
		reason string
		value  any
		ok     bool
	}{
		{"values of a list", make([]any, half-1), true},
		{"one more", make([]any, half+1), false},
		{"values of a map", many(half - 1), true},
		{"one more", many(half + 1), false},
		{"lists in lists", []any{make([]any, half-2)}, true},
		{"one more", []any{make([]any, half)}, false},
		{"text", strings.Repeat("x", 16*(half-1)), true},
		{"one more", strings.Repeat("x", 16*(half+1)), false},
		{"a key", map[string]any{strings.Repeat("x", 16*(half-2)): nil}, true},
		{"one more", map[string]any{strings.Repeat("x", 16*half): nil}, false},
	} {
		ops, problems := jsonpatch.Parse([]any{read(t, `{"op":"copy","from":"/a","path":"/b"}`)})
		assert.Equal(t, len(problems), 0)
		_, err := jsonpatch.Apply(map[string]any{"a": c.value}, ops)
		assert.Equal(t, err == nil, c.ok, "%s: %v", c.reason, err)
	}
}

// However often what copies have made is copied again, in one patch or in many, the
// document stays small.
func TestCopiesOfCopies(t *testing.T) {
	var list []any
	for range 40 {
		list = append(list, read(t, `{"op":"copy","from":"","path":"/x"}`),
			read(t, `{"op":"copy","from":"/x","path":"/y"}`))
	}
	ops, problems := jsonpatch.Parse(list)
	assert.Equal(t, len(problems), 0)
	for _, patches := range [][][]jsonpatch.Op{{ops}, slices.Collect(slices.Chunk(ops, 1))} {
		var doc any = map[string]any{"text": strings.Repeat("x", 10_000)}
		var failed error
		for _, p := range patches {
			next, err := jsonpatch.Apply(doc, p)
			if failed = err; err != nil {
				break
			}
			doc = next
		}
		assert.ErrorType(t, failed, &jsonpatch.Error{})
		assert.Assert(t, len(tree.JSON(doc)) < 8<<20)
	}
}

// A map that is nil is an empty one.
func TestNilMap(t *testing.T) {
	ops, _ := jsonpatch.Parse([]any{read(t, `{"op":"add","path":"/a","value":1}`)})
	got, err := jsonpatch.Apply(map[string]any(nil), ops)
	assert.NilError(t, err)
	assert.DeepEqual(t, got, any(map[string]any{"a": int64(1)}))
}
