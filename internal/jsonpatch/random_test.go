package jsonpatch_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	peer "gopkg.in/evanphx/json-patch.v4"
	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/jsonpatch"
	"github.com/flinktarget/flinktarget/internal/tree"
)

// source makes documents and operations that often fit them.
type source struct{ *rand.Rand }

var names = []string{"a", "b", "a/b", "m~n", "0", "1", "-", ""}

func (r source) document(depth int) any {
	n := r.IntN(4)
	switch k := r.IntN(10); {
	case depth > 0 && k < 4:
		m := map[string]any{}
		for range n {
			m[names[r.IntN(len(names))]] = r.document(depth - 1)
		}
		return m
	case depth > 0 && k < 7:
		l := make([]any, n)
		for i := range l {
			l[i] = r.document(depth - 1)
		}
		return l
	default:
		return []any{nil, true, int64(1), int64(9007199254740993), 1.5, "x", ""}[r.IntN(7)]
	}
}

// pointer leads to a value in doc, or near one.
func (r source) pointer(doc any) string {
	var b strings.Builder
	for r.IntN(5) > 0 {
		var token string
		switch d := doc.(type) {
		case map[string]any:
			token = names[r.IntN(len(names))]
			if keys := tree.Keys(d); len(keys) > 0 && r.IntN(4) > 0 {
				token = keys[r.IntN(len(keys))]
			}
			doc = d[token]
		case []any:
			i := r.IntN(len(d) + 2)
			token = strconv.Itoa(i)
			if i < len(d) {
				doc = d[i]
			} else {
				doc = nil
				token = []string{token, "-", "-1", "00", "a"}[r.IntN(5)]
			}
		default:
			return b.String()
		}
		b.WriteString("/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(token))
	}
	return b.String()
}

func (r source) operation(doc any) map[string]any {
	op := map[string]any{"path": r.pointer(doc)}
	switch name := []string{"add", "remove", "replace", "test", "move", "copy"}[r.IntN(6)]; name {
	case "move", "copy":
		op["op"], op["from"] = name, r.pointer(doc)
	case "remove":
		op["op"] = name
	default:
		op["op"], op["value"] = name, r.document(2)
	}
	return op
}

// count is how many cases the random tests try: JSONPATCH_CASES, or few.
func count(t testing.TB, usual int) int {
	n, err := strconv.Atoi(os.Getenv("JSONPATCH_CASES"))
	if err != nil {
		return usual
	}
	return n
}

func seed(t testing.TB) source {
	s := uint64(1)
	if v, err := strconv.ParseUint(os.Getenv("JSONPATCH_SEED"), 10, 64); err == nil {
		s = v
	}
	t.Logf("JSONPATCH_SEED=%d", s)
	return source{rand.New(rand.NewPCG(s, 0))}
}

// One operation at a time against json-patch v4, the one that kustomize uses,
// wherever that follows the RFC.
func TestAgainstJSONPatchV4(t *testing.T) {
	r := seed(t)
	compared, applied := 0, 0
	for range count(t, 20_000) {
		doc := r.document(4)
		op := r.operation(doc)
		ops, problems := jsonpatch.Parse([]any{op})
		if len(problems) > 0 || differs(doc, op) {
			continue
		}
		got, err := jsonpatch.Apply(doc, ops)
		want, panicked, peerErr := applyPeer(t, doc, op)
		if panicked {
			t.Logf("v4 panics on %s\n%s", tree.JSON(doc), tree.JSON(op))
			continue
		}
		compared++
		label := fmt.Sprintf("%s\n%s\nours %v\npeer %v", tree.JSON(doc), tree.JSON(op), err, peerErr)
		assert.Equal(t, err != nil, peerErr != nil, label)
		if err == nil {
			applied++
			assert.Equal(t, string(tree.JSON(got)), string(tree.JSON(want)), label)
		}
	}
	t.Logf("%d compared, %d of them applied", compared, applied)
	assert.Assert(t, applied*5 > compared, "the cases hardly ever fit")
}

func applyPeer(t *testing.T, doc any, op map[string]any) (v any, panicked bool, err error) {
	defer func() {
		if recover() != nil {
			panicked = true
		}
	}()
	p, err := peer.DecodePatch(tree.JSON([]any{op}))
	assert.NilError(t, err)
	out, err := p.Apply(tree.JSON(doc))
	if err != nil {
		return nil, false, err
	}
	return read(t, string(out)), false, nil
}

// differs says where v4 does not follow RFC 6902, or cannot be asked.
func differs(doc any, op map[string]any) bool {
	path, _ := op["path"].(string)
	from, _ := op["from"].(string)
	name := op["op"]
	switch doc.(type) {
	case map[string]any, []any:
	default:
		return true // v4 takes objects and arrays only
	}
	tokens := strings.Split(path+from, "/")
	switch {
	case path == "" || name != "add" && name != "remove" && name != "replace" && name != "test" && from == "":
		return true // v4 has no root pointer for most operations
	case slices.Contains(tokens, "-1"):
		return true // v4 counts negative indices from the end
	case slices.Contains(tokens, "00"):
		return true // v4 reads it as 0
	case name == "move" && path == from:
		return true // v4 removes the value of an array before it looks
	case name == "test" && op["value"] == nil:
		return true // v4 finds null where there is nothing
	case name == "test" && hasNumber(op["value"]):
		return true // v4 compares the text of numbers
	case name == "replace" && !exists(doc, path):
		return true // v4 adds what is missing
	case name == "copy" && !exists(doc, from):
		return true // v4 copies null
	case strings.HasSuffix(path, "/-") || strings.HasSuffix(from, "/-"):
		return name != "add" // v4 takes - as an index elsewhere
	default:
		return false
	}
}

func exists(doc any, path string) bool {
	ops, _ := jsonpatch.Parse([]any{map[string]any{"op": "copy", "from": path, "path": ""}})
	_, err := jsonpatch.Apply(doc, ops)
	return err == nil
}

func hasNumber(v any) bool {
	return strings.ContainsAny(string(tree.JSON(v)), "0123456789")
}

func TestNothingIsShared(t *testing.T) {
	r := seed(t)
	for range count(t, 5_000) {
		doc := r.document(4)
		var list []any
		for range 1 + r.IntN(4) {
			list = append(list, r.operation(doc))
		}
		checkApart(t, doc, list)
	}
}

// checkApart applies twice, and damages the first result and the list in between.
func checkApart(t *testing.T, doc any, list []any) {
	t.Helper()
	before, listBefore := string(tree.JSON(doc)), string(tree.JSON(list))
	ops, problems := jsonpatch.Parse(list)
	if len(problems) > 0 {
		return
	}
	assert.Equal(t, string(tree.JSON(list)), listBefore)
	zeroth, _ := jsonpatch.Apply(doc, ops)
	text := string(tree.JSON(zeroth))
	scramble(list)
	first, err := jsonpatch.Apply(tree.Copy(doc), ops)
	assert.Equal(t, string(tree.JSON(first)), text, listBefore)
	scramble(first)
	second, err2 := jsonpatch.Apply(doc, ops)
	assert.Equal(t, fmt.Sprint(err), fmt.Sprint(err2), listBefore)
	assert.Equal(t, string(tree.JSON(second)), text, listBefore)
	assert.Equal(t, string(tree.JSON(doc)), before, listBefore)
}

func scramble(v any) {
	switch v := v.(type) {
	case map[string]any:
		for _, k := range tree.Keys(v) {
			scramble(v[k])
			v[k] = "scrambled"
		}
		v["scrambled"] = true
	case []any:
		for i := range v {
			scramble(v[i])
			v[i] = "scrambled"
		}
	}
}

// A copy is one: the two places of the result have nothing in common.
func TestCopiesAreApart(t *testing.T) {
	ops, problems := jsonpatch.Parse(read(t, `[{"op":"copy","from":"/a","path":"/b"}]`).([]any))
	assert.Equal(t, len(problems), 0)
	got, err := jsonpatch.Apply(read(t, `{"a":{"x":[1]}}`), ops)
	assert.NilError(t, err)
	scramble(got.(map[string]any)["b"])
	assert.Equal(t, string(tree.JSON(got.(map[string]any)["a"])), `{"x":[1]}`)
}

// What an operation does not lead into is shared with the document, not copied.
func TestCopyOnWrite(t *testing.T) {
	doc := read(t, `{"a":{"x":1},"b":{"x":1}}`)
	ops, problems := jsonpatch.Parse(read(t, `[{"op":"replace","path":"/a/x","value":2}]`).([]any))
	assert.Equal(t, len(problems), 0)
	got, err := jsonpatch.Apply(doc, ops)
	assert.NilError(t, err)
	scramble(doc.(map[string]any)["b"])
	assert.Equal(t, string(tree.JSON(got)), `{"a":{"x":2},"b":{"scrambled":true,"x":"scrambled"}}`)
}

func TestReasons(t *testing.T) {
	for op, want := range map[string]string{
		`{"op":"test","path":"/a/b/c","value":1}`:    `there is no "b" in "/a"`,
		`{"op":"remove","path":"/a/b"}`:              `there is no "b" in "/a"`,
		`{"op":"replace","path":"/x","value":1}`:     `there is no "x" in ""`,
		`{"op":"add","path":"/x/y","value":1}`:       `there is no "x" in ""`,
		`{"op":"add","path":"/s/y","value":1}`:       `"/s" is neither an object nor an array`,
		`{"op":"add","path":"/l/7","value":1}`:       `index 7 is beyond the end of the array`,
		`{"op":"move","from":"/x","path":"/z"}`:      `from "/x": there is no "x" in ""`,
		`{"op":"test","path":"/s","value":"secret"}`: `the value is not the one that is tested for`,
	} {
		ops, problems := jsonpatch.Parse([]any{read(t, op)})
		assert.Equal(t, len(problems), 0)
		_, err := jsonpatch.Apply(read(t, `{"a":{},"s":"x","l":[]}`), ops)
		e, ok := errors.AsType[*jsonpatch.Error](err)
		assert.Assert(t, ok)
		assert.Equal(t, e.Reason, want)
	}
}

func TestCopiesAreBounded(t *testing.T) {
	var list []any
	for i := range 64 {
		list = append(list, map[string]any{"op": "copy", "from": "", "path": fmt.Sprintf("/%d", i)})
	}
	ops, problems := jsonpatch.Parse(list)
	assert.Equal(t, len(problems), 0)
	_, err := jsonpatch.Apply(map[string]any{"a": int64(1)}, ops)
	assert.ErrorContains(t, err, "too large")
}

func FuzzApply(f *testing.F) {
	for _, ex := range append(appendixA, more...) {
		f.Add(ex.doc, ex.patch)
	}
	f.Fuzz(func(t *testing.T, docText, listText string) {
		doc, err := tree.FromJSON([]byte(docText))
		if err != nil {
			return
		}
		v, err := tree.FromJSON([]byte(listText))
		if list, ok := v.([]any); ok && err == nil {
			checkApart(t, doc, list)
		}
	})
}
