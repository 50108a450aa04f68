package jsonpatch_test

import (
	"errors"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/jsonpatch"
	"github.com/flinktarget/flinktarget/internal/tree"
)

type example struct {
	reason     string
	doc, patch string
	want       string // "" if applying fails
	failing    int    // the operation that fails
}

// The examples of RFC 6902, appendix A, in its order. A.11 is not here: the RFC
// ignores unknown members, this package refuses them.
var appendixA = []example{
	{"A.1 adding an object member", `{"foo":"bar"}`, `[{"op":"add","path":"/baz","value":"qux"}]`,
		`{"baz":"qux","foo":"bar"}`, 0},
	{"A.2 adding an array element", `{"foo":["bar","baz"]}`, `[{"op":"add","path":"/foo/1","value":"qux"}]`,
		`{"foo":["bar","qux","baz"]}`, 0},
	{"A.3 removing an object member", `{"baz":"qux","foo":"bar"}`, `[{"op":"remove","path":"/baz"}]`,
		`{"foo":"bar"}`, 0},
	{"A.4 removing an array element", `{"foo":["bar","qux","baz"]}`, `[{"op":"remove","path":"/foo/1"}]`,
		`{"foo":["bar","baz"]}`, 0},
	{"A.5 replacing a value", `{"baz":"qux","foo":"bar"}`, `[{"op":"replace","path":"/baz","value":"boo"}]`,
		`{"baz":"boo","foo":"bar"}`, 0},
	{"A.6 moving a value", `{"foo":{"bar":"baz","waldo":"fred"},"qux":{"corge":"grault"}}`,
		`[{"op":"move","from":"/foo/waldo","path":"/qux/thud"}]`,
		`{"foo":{"bar":"baz"},"qux":{"corge":"grault","thud":"fred"}}`, 0},
	{"A.7 moving an array element", `{"foo":["all","grass","cows","eat"]}`,
		`[{"op":"move","from":"/foo/1","path":"/foo/3"}]`, `{"foo":["all","cows","eat","grass"]}`, 0},
	{"A.8 testing a value: success", `{"baz":"qux","foo":["a",2,"c"]}`,
		`[{"op":"test","path":"/baz","value":"qux"},{"op":"test","path":"/foo/1","value":2}]`,
		`{"baz":"qux","foo":["a",2,"c"]}`, 0},
	{"A.9 testing a value: error", `{"baz":"qux"}`, `[{"op":"test","path":"/baz","value":"bar"}]`, "", 0},
	{"A.10 adding a nested member object", `{"foo":"bar"}`, `[{"op":"add","path":"/child","value":{"grandchild":{}}}]`,
		`{"foo":"bar","child":{"grandchild":{}}}`, 0},
	{"A.12 adding to a nonexistent target", `{"foo":"bar"}`, `[{"op":"add","path":"/baz/bat","value":"qux"}]`, "", 0},
	{"A.14 escape ordering: ~01 is ~1, not /", `{"/":9,"~1":10}`, `[{"op":"test","path":"/~01","value":10}]`,
		`{"/":9,"~1":10}`, 0},
	{"A.15 comparing strings and numbers", `{"/":9,"~1":10}`, `[{"op":"test","path":"/~01","value":"10"}]`, "", 0},
	{"A.16 adding an array value", `{"foo":["bar"]}`, `[{"op":"add","path":"/foo/-","value":["abc","def"]}]`,
		`{"foo":["bar",["abc","def"]]}`, 0},
}

var more = []example{
	{"replace of a missing member is an error (kustomize's json-patch v4 adds it)", `{"a":1}`,
		`[{"op":"replace","path":"/b","value":2}]`, "", 0},
	{"replace of a missing element", `{"a":[]}`, `[{"op":"replace","path":"/a/0","value":2}]`, "", 0},
	{"remove of a missing member", `{"a":1}`, `[{"op":"remove","path":"/b"}]`, "", 0},
	{"remove beyond the end", `{"a":[1]}`, `[{"op":"remove","path":"/a/1"}]`, "", 0},
	{"remove of - names nothing", `{"a":[1]}`, `[{"op":"remove","path":"/a/-"}]`, "", 0},
	{"test of a missing member, even for null", `{"a":1}`, `[{"op":"test","path":"/b","value":null}]`, "", 0},
	{"test of null", `{"a":null}`, `[{"op":"test","path":"/a","value":null}]`, `{"a":null}`, 0},
	{"test compares objects without order", `{"a":{"x":1,"y":[1,2]}}`,
		`[{"op":"test","path":"/a","value":{"y":[1,2],"x":1}}]`, `{"a":{"x":1,"y":[1,2]}}`, 0},
	{"test compares numbers by value", `{"a":1,"b":2.0}`,
		`[{"op":"test","path":"/a","value":1.0},{"op":"test","path":"/b","value":2}]`, `{"a":1,"b":2}`, 0},
	{"test tells integers apart that float64 does not", `{"a":9007199254740993}`,
		`[{"op":"test","path":"/a","value":9007199254740992}]`, "", 0},
	{"an integer above 2^53 elsewhere is not rounded", `{"a":9007199254740993,"b":1}`,
		`[{"op":"replace","path":"/b","value":9007199254740995}]`, `{"a":9007199254740993,"b":9007199254740995}`, 0},
	{"add replaces an existing member", `{"a":1}`, `[{"op":"add","path":"/a","value":2}]`, `{"a":2}`, 0},
	{"add of null", `{}`, `[{"op":"add","path":"/a","value":null}]`, `{"a":null}`, 0},
	{"add at the end by index", `{"a":[1]}`, `[{"op":"add","path":"/a/1","value":2}]`, `{"a":[1,2]}`, 0},
	{"add beyond the end", `{"a":[1]}`, `[{"op":"add","path":"/a/2","value":2}]`, "", 0},
	{"add into a scalar", `{"a":1}`, `[{"op":"add","path":"/a/b","value":2}]`, "", 0},
	{"add below a null", `{"a":null}`, `[{"op":"add","path":"/a/b","value":2}]`, "", 0},
	{"an index with a leading zero", `{"a":[1,2]}`, `[{"op":"remove","path":"/a/01"}]`, "", 0},
	{"a negative index", `{"a":[1,2]}`, `[{"op":"remove","path":"/a/-1"}]`, "", 0},
	{"an index with a sign", `{"a":[1,2]}`, `[{"op":"remove","path":"/a/+1"}]`, "", 0},
	{"an index that no int holds", `{"a":[1,2]}`, `[{"op":"remove","path":"/a/99999999999999999999"}]`, "", 0},
	{"a name as index", `{"a":[1,2]}`, `[{"op":"remove","path":"/a/b"}]`, "", 0},
	{"the empty name is a name", `{"":1}`, `[{"op":"replace","path":"/","value":2}]`, `{"":2}`, 0},
	{"a name with a slash", `{"a/b":1}`, `[{"op":"remove","path":"/a~1b"}]`, `{}`, 0},
	{"a name that looks like an index", `{"a":{"0":1}}`, `[{"op":"replace","path":"/a/0","value":2}]`,
		`{"a":{"0":2}}`, 0},
	{"a name - in an object", `{"a":{"-":1}}`, `[{"op":"replace","path":"/a/-","value":2}]`, `{"a":{"-":2}}`, 0},
	{"add at the root replaces the document", `{"a":1}`, `[{"op":"add","path":"","value":[1]}]`, `[1]`, 0},
	{"replace at the root", `{"a":1}`, `[{"op":"replace","path":"","value":{"b":2}}]`, `{"b":2}`, 0},
	{"test at the root", `{"a":1}`, `[{"op":"test","path":"","value":{"a":1}}]`, `{"a":1}`, 0},
	{"copy of the document into itself", `{"a":1}`, `[{"op":"copy","from":"","path":"/b"}]`, `{"a":1,"b":{"a":1}}`, 0},
	{"copy to the root", `{"a":{"b":1}}`, `[{"op":"copy","from":"/a","path":""}]`, `{"b":1}`, 0},
	{"move to the root", `{"a":{"b":1}}`, `[{"op":"move","from":"/a","path":""}]`, `{"b":1}`, 0},
	{"move onto itself changes nothing", `{"a":[1,2]}`, `[{"op":"move","from":"/a/0","path":"/a/0"}]`,
		`{"a":[1,2]}`, 0},
	{"move of the root onto itself", `{"a":1}`, `[{"op":"move","from":"","path":""}]`, `{"a":1}`, 0},
	{"move onto itself of something missing", `{}`, `[{"op":"move","from":"/a","path":"/a"}]`, "", 0},
	{"move removes first: the index counts afterwards", `{"a":[1,2,3]}`, `[{"op":"move","from":"/a/0","path":"/a/2"}]`,
		`{"a":[2,3,1]}`, 0},
	{"move past the shortened end", `{"a":[1,2,3]}`, `[{"op":"move","from":"/a/0","path":"/a/3"}]`, "", 0},
	{"move to the parent's name", `{"a":{"b":{"c":1}}}`, `[{"op":"move","from":"/a/b","path":"/a"}]`,
		`{"a":{"c":1}}`, 0},
	{"copy of something missing", `{}`, `[{"op":"copy","from":"/a","path":"/b"}]`, "", 0},
	{"copy from - names nothing", `{"a":[1]}`, `[{"op":"copy","from":"/a/-","path":"/b"}]`, "", 0},
	{"operations see what those before them made", `{}`,
		`[{"op":"add","path":"/a","value":[]},{"op":"add","path":"/a/-","value":1},{"op":"copy","from":"/a/` +
			`0","path":"/b"}]`, `{"a":[1],"b":1}`, 0},
	{"the failing operation is named, and nothing is half done", `{"a":1}`,
		`[{"op":"remove","path":"/a"},{"op":"remove","path":"/a"}]`, "", 1},
	{"no operations", `{"a":1}`, `[]`, `{"a":1}`, 0},
	{"the document need not be an object", `[1,2]`, `[{"op":"remove","path":"/0"}]`, `[2]`, 0},
	{"a scalar document", `1`, `[{"op":"test","path":"","value":1},{"op":"replace","path":"","value":2}]`, `2`, 0},
	{"a pointer into a scalar document", `1`, `[{"op":"replace","path":"/a","value":2}]`, "", 0},
}

func read(t testing.TB, text string) any {
	t.Helper()
	v, err := tree.FromJSON([]byte(text))
	assert.NilError(t, err)
	return v
}

func TestExamples(t *testing.T) {
	for _, ex := range append(appendixA, more...) {
		t.Run(ex.reason, func(t *testing.T) {
			doc, list := read(t, ex.doc), read(t, ex.patch).([]any)
			ops, problems := jsonpatch.Parse(list)
			assert.Equal(t, len(problems), 0, "%v", problems)
			got, err := jsonpatch.Apply(doc, ops)
			assert.Equal(t, string(tree.JSON(doc)), string(tree.JSON(read(t, ex.doc))), "the document was changed")
			if ex.want == "" {
				e, ok := errors.AsType[*jsonpatch.Error](err)
				assert.Assert(t, ok, "%v", err)
				assert.Equal(t, e.Index, ex.failing)
				assert.Equal(t, e.Op, list[e.Index].(map[string]any)["op"])
				assert.Equal(t, e.Path, list[e.Index].(map[string]any)["path"])
				assert.Assert(t, got == nil)
				return
			}
			assert.NilError(t, err)
			assert.Equal(t, string(tree.JSON(got)), string(tree.JSON(read(t, ex.want))))
		})
	}
}

func TestParseRefuses(t *testing.T) {
	for _, tc := range []struct {
		reason, patch string
		want          []string // "index member"
	}{
		{"unknown members (A.11), which the RFC would ignore", `[{"op":"add","path":"/a","value":1,"xyz":2}]`,
			[]string{"0 xyz"}},
		{"a member of another operation",
			`[{"op":"remove","path":"/a","value":1},{"op":"add","path":"/a","value":1,"from":"/b"}]`,
			[]string{"0 value", "1 from"}},
		{"an unknown operation (A.13 has two ops)", `[{"op":"delete","path":"/a"}]`, []string{"0 op"}},
		{"no value", `[{"op":"add","path":"/a"},{"op":"replace","path":"/a"},{"op":"test","path":"/a"}]`,
			[]string{"0 value", "1 value", "2 value"}},
		{"no from", `[{"op":"move","path":"/a"},{"op":"copy","path":"/a"}]`, []string{"0 from", "1 from"}},
		{"no op, no path", `[{}]`, []string{"0 op", "0 path"}},
		{"an empty op", `[{"op":"","path":"/a"}]`, []string{"0 op"}},
		{"op and path that are no strings", `[{"op":1,"path":["a"]}]`, []string{"0 op", "0 path"}},
		{"a null path", `[{"op":"remove","path":null}]`, []string{"0 path"}},
		{"a pointer without its slash", `[{"op":"remove","path":"a/b"}]`, []string{"0 path"}},
		{"a bad escape", `[{"op":"remove","path":"/a~2"},{"op":"remove","path":"/a~"}]`, []string{"0 path", "1 path"}},
		{"a bad from", `[{"op":"copy","from":"a","path":"/b"}]`, []string{"0 from"}},
		{"removing the document", `[{"op":"remove","path":""}]`, []string{"0 path"}},
		{"moving a value into itself", `[{"op":"move","from":"/a","path":"/a/b"}]`, []string{"0 path"}},
		{"moving the document into itself", `[{"op":"move","from":"","path":"/b"}]`, []string{"0 path"}},
		{"what is no object", `[1,null,[]]`, []string{"0 ", "1 ", "2 "}},
		{"all problems of all operations", `[{"op":"add"},{"op":"copy","path":"x","y":1}]`,
			[]string{"0 path", "0 value", "1 path", "1 y", "1 from"}},
	} {
		t.Run(tc.reason, func(t *testing.T) {
			ops, problems := jsonpatch.Parse(read(t, tc.patch).([]any))
			assert.Assert(t, ops == nil)
			var got []string
			for _, p := range problems {
				assert.Assert(t, p.Reason != "")
				got = append(got, string(rune('0'+p.Index))+" "+p.Member)
			}
			assert.DeepEqual(t, got, tc.want)
		})
	}
}
