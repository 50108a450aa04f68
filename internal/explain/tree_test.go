package explain_test

import (
	"fmt"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/explain"
	"github.com/flinktarget/flinktarget/internal/jsonpatch"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/merge"
	"github.com/flinktarget/flinktarget/internal/tree"
)

func value(t *testing.T, text string) any {
	t.Helper()
	var v any
	assert.NilError(t, yaml.Unmarshal([]byte(text), &v))
	v, err := tree.FromGo(v)
	assert.NilError(t, err)
	return v
}

// made returns the tree of a pod spec in a Deployment, of which every leaf has its
// own value as a source, or its path where that is no string.
func made(t *testing.T, spec string) *explain.Tree {
	t.Helper()
	obj := deployment(t, spec)
	return explain.New(obj, merge.Of(kinds.TypeOf(obj)), func(l explain.Leaf) []explain.Origin {
		if s, ok := l.Value.(string); ok {
			return []explain.Origin{s}
		}
		return []explain.Origin{short(l.Path)}
	})
}

func deployment(t *testing.T, spec string) tree.Map {
	t.Helper()
	return tree.Map{"apiVersion": "apps/v1", "kind": "Deployment",
		"spec": tree.Map{"template": tree.Map{"spec": value(t, spec)}}}
}

func short(path string) string { return strings.TrimPrefix(path, "spec.template.spec.") }

// lines are the leaves of the pod spec with their sources and what was before.
func lines(t *explain.Tree) []string {
	var out []string
	for _, l := range t.Leaves() {
		if !strings.HasPrefix(l.Path, "spec.") {
			continue
		}
		line := fmt.Sprintf("%s = %s %v", short(l.Path), tree.JSON(l.Value), l.Sources)
		if l.Before != nil {
			line += " was " + string(tree.JSON(l.Before))
		}
		out = append(out, line)
	}
	return out
}

func patch(explain.Leaf) []explain.Origin { return []explain.Origin{"patch"} }

func TestMerge(t *testing.T) {
	for _, c := range []struct {
		reason, before, patch string
		want                  []string
	}{
		{"what the patch does not name keeps its source", "{a: x, b: y}", "{b: z}",
			[]string{`a = "x" [x]`, `b = "z" [patch y] was "y"`}},
		{"a value that was the same was set, too", "{a: x}", "{a: x}", []string{`a = "x" [patch x] was "x"`}},
		{"elements keep theirs, wherever they go", "{containers: [{name: a, image: x}, {name: b, image: y}]}",
			"{containers: [{name: b, image: z}]}",
			[]string{`containers[b].image = "z" [patch y] was "y"`, `containers[b].name = "b" [patch b] was "b"`,
				`containers[a].image = "x" [x]`, `containers[a].name = "a" [a]`}},
		{"a new element is the patch's with its key", "{containers: [{name: a}]}", "{containers: [{name: b}]}",
			[]string{`containers[b].name = "b" [patch]`, `containers[a].name = "a" [a]`}},
		{"a list that is replaced", "{tolerations: [{key: x}, {key: y}]}",
			"{tolerations: [{key: z, operator: Exists}]}",
			[]string{`tolerations[0].key = "z" [patch x] was "x"`, `tolerations[0].operator = "Exists" [patch]`}},
		{"what is emptied depends on what was in it", "{nodeSelector: {a: x}}", "{nodeSelector: {a: null}}",
			[]string{`nodeSelector = {} [patch x]`}},
		{"a directive is no value", "{securityContext: {runAsUser: 1, fsGroup: 2}}",
			"{securityContext: {$patch: replace, fsGroup: 3}}",
			[]string{`securityContext.fsGroup = 3 [patch securityContext.fsGroup] was 2`}},
		{"nor in a list", "{containers: [{name: a, image: x}]}",
			"{containers: [{name: b, image: y}, {$patch: replace}]}",
			[]string{`containers[b].image = "y" [patch]`, `containers[b].name = "b" [patch]`}},
	} {
		t.Run(c.reason, func(t *testing.T) {
			before, content := made(t, c.before), deployment(t, c.patch)
			was := lines(before)
			after, _, err := merge.Apply(before.Value(), content, merge.Of(kinds.TypeOf(content)))
			assert.NilError(t, err)
			assert.DeepEqual(t, lines(before.Merge(after, content, patch)), c.want)
			assert.DeepEqual(t, lines(before), was)
		})
	}
}

func TestEdit(t *testing.T) {
	for _, c := range []struct {
		reason, before, ops string
		want                []string
	}{
		{"replace", "{a: x}", "[{op: replace, path: /a, value: z}]", []string{`a = "z" [patch x] was "x"`}},
		{"add, with what is in it", "{a: x}", "[{op: add, path: /b, value: {c: 1, d: {}}}]",
			[]string{`a = "x" [x]`, `b.c = 1 [patch]`, `b.d = {} [patch]`}},
		{"an element moves up when one before it goes, and all that are there decide which that is",
			"{args: [x, y, z]}", "[{op: remove, path: /args/0}]",
			[]string{`args[0] = "y" [patch x y z] was "x"`, `args[1] = "z" [patch y x z] was "y"`}},
		{"and down", "{args: [x, y]}", "[{op: add, path: /args/1, value: n}]",
			[]string{`args[0] = "x" [x]`, `args[1] = "n" [patch y x] was "y"`, `args[2] = "y" [patch x y]`}},
		{"elements that have a key stay where they are", "{containers: [{name: a}, {name: b, image: y}]}",
			"[{op: remove, path: /containers/0}]",
			[]string{`containers[b].image = "y" [y]`, `containers[b].name = "b" [b]`}},
		{"another key is another element, of what it was made of", "{containers: [{name: a, image: x}]}",
			"[{op: replace, path: /containers/0/name, value: n}]",
			[]string{`containers[n].image = "x" [patch a x]`, `containers[n].name = "n" [patch a x]`}},
		{"the keys of elements decide which an index means", "{containers: [{name: a}, {name: b, image: y}]}",
			"[{op: add, path: /containers/1/command, value: [z]}]",
			[]string{`containers[a].name = "a" [a]`, `containers[b].command[0] = "z" [patch a b]`,
				`containers[b].image = "y" [y]`, `containers[b].name = "b" [b]`}},
		{"move", "{a: {b: x}, c: y}", "[{op: move, from: /a/b, path: /c}]",
			[]string{`a = {} [patch x]`, `c = "x" [patch y x] was "y"`}},
		{"copy", "{a: x}", "[{op: copy, from: /a, path: /b}]", []string{`a = "x" [x]`, `b = "x" [patch x]`}},
		{"test sets nothing", "{a: x}", "[{op: test, path: /a, value: x}]", []string{`a = "x" [x]`}},
		{"each operation after the other", "{a: x}",
			"[{op: copy, from: /a, path: /b}, {op: replace, path: /a, value: y}, {op: remove, path: /b}, {op: add, " +
				"path: /b, value: z}]",
			[]string{`a = "y" [patch x] was "x"`, `b = "z" [patch x]`}},
		{"what is empty", "{a: {}, b: []}", "[{op: add, path: /b/-, value: x}, {op: add, path: /a/c, value: y}]",
			[]string{`a.c = "y" [patch]`, `b[0] = "x" [patch]`}},
	} {
		t.Run(c.reason, func(t *testing.T) {
			obj := value(t, c.before).(tree.Map)
			before := explain.New(tree.Map{"spec": tree.Map{"template": tree.Map{"spec": obj}}},
				merge.Of(kinds.TypeMeta{APIVersion: "apps/v1", Kind: "Deployment"}),
				func(l explain.Leaf) []explain.Origin {
					if s, ok := l.Value.(string); ok {
						return []explain.Origin{s}
					}
					return nil
				})
			was := lines(before)
			list := value(t,
				strings.ReplaceAll(strings.ReplaceAll(c.ops, "path: /", "path: /spec/template/spec/"), "from: /",
					"from: /spec/template/spec/")).([]any)
			ops, problems := jsonpatch.Parse(list)
			assert.Equal(t, len(problems), 0, "%v", problems)
			after, err := before.Edit(ops, "patch")
			assert.NilError(t, err)
			assert.DeepEqual(t, lines(after), c.want)
			assert.DeepEqual(t, lines(before), was)
		})
	}
}

func TestEditFails(t *testing.T) {
	ops, _ := jsonpatch.Parse(value(t, "[{op: remove, path: /none}]").([]any))
	_, err := made(t, "{a: x}").Edit(ops, "patch")
	assert.ErrorContains(t, err, "none")
}

// What was removed is remembered where something takes its place.
func TestRemovedIsRemembered(t *testing.T) {
	before := made(t, "{a: x, b: {c: y}}")
	without := before.Assign(deployment(t, "{a: x}"), patch)
	assert.DeepEqual(t, without.Under("spec", "template", "spec", "b"), []explain.Origin{"patch", "y"})
	back := without.Assign(deployment(t, "{a: x, b: z}"),
		func(explain.Leaf) []explain.Origin { return []explain.Origin{"default"} })
	assert.DeepEqual(t, lines(back), []string{`a = "x" [x]`, `b = "z" [default patch y]`})
}

func TestExpandAndDepend(t *testing.T) {
	before := made(t, "{a: x, b: y}")
	assert.DeepEqual(t, lines(before.Expand("x", []explain.Origin{"x", "y"})), []string{`a = "x" [x y]`, `b = "y" [y]`})
	assert.DeepEqual(t, lines(before.Depend([]explain.Origin{"y"})), []string{`a = "x" [x y]`, `b = "y" [y]`})
	assert.DeepEqual(t, lines(before), []string{`a = "x" [x]`, `b = "y" [y]`})
}

func TestUnder(t *testing.T) {
	before := made(t, "{a: {b: x, c: y}, ab: z}")
	assert.DeepEqual(t, before.Under("spec", "template", "spec", "a"), []explain.Origin{"x", "y"})
	assert.DeepEqual(t, before.Under("spec", "template", "spec", "none"), []explain.Origin(nil))
	assert.DeepEqual(t, before.Under(), []explain.Origin{"apps/v1", "Deployment", "x", "y", "z"})
	l, ok := before.Find("spec.template.spec.ab")
	assert.Assert(t, ok && l.Value == "z" && l.At.String() == "spec.template.spec.ab")
	_, ok = before.Find("spec.template.spec.a")
	assert.Assert(t, !ok, "it is no leaf")
}
