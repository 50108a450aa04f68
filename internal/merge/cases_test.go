package merge_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/merge"
	"github.com/flinktarget/flinktarget/internal/tree"
)

// testCase is a document of testdata/*.yaml; testdata/README.md says how to read
// one.
type testCase struct {
	file, name string
	doc        map[string]any
}

func (c testCase) text(key string) string { return tree.String(c.doc, key) }

func cases(t testing.TB) []testCase {
	t.Helper()
	files, err := filepath.Glob("testdata/*.yaml")
	assert.NilError(t, err)
	var out []testCase
	for _, file := range files {
		data, err := os.ReadFile(file)
		assert.NilError(t, err)
		for _, text := range strings.Split("\n"+string(data), "\n---\n") {
			doc := parse(t, text)
			if doc == nil {
				continue
			}
			c := testCase{file: filepath.Base(file), name: tree.String(doc, "case"), doc: doc}
			checkKeys(t, c)
			out = append(out, c)
		}
	}
	return out
}

func checkKeys(t testing.TB, c testCase) {
	t.Helper()
	assert.Assert(t, c.name != "", "%s: a document without a case: %s", c.file, tree.JSON(c.doc))
	for _, k := range tree.Keys(c.doc) {
		switch k {
		case "case", "reason", "kind", "at", "object", "patch", "want", "kustomize", "refused", "fails":
		default:
			t.Fatalf("%s: %s: unknown key %s", c.file, c.name, k)
		}
	}
	assert.Assert(t, c.text("reason") != "", "%s: %s has no reason", c.file, c.name)
}

// shorthands of kind and at, by the value of kind.
var shorthands = map[string][2]string{
	"pod":        {"apps/v1 Deployment", "spec.template.spec"},
	"deployment": {"apps/v1 Deployment", "spec"},
	"service":    {"v1 Service", "spec"},
	"custom":     {"example.com/v1 Custom", "spec"},
	"configmap":  {"v1 ConfigMap", ""},
}

func (c testCase) place() (apiVersion, kind string, at []string) {
	gvk, path := c.text("kind"), c.text("at")
	if s, ok := shorthands[gvk]; ok {
		gvk = s[0]
		if path == "" {
			path = s[1]
		}
	}
	apiVersion, kind, _ = strings.Cut(gvk, " ")
	if path != "" {
		at = strings.Split(path, ".")
	}
	return apiVersion, kind, at
}

// whole puts v, which lies at the case's place, into an object.
func (c testCase) whole(v any) map[string]any {
	apiVersion, kind, at := c.place()
	for i := len(at) - 1; i >= 0; i-- {
		v = map[string]any{at[i]: v}
	}
	obj := tree.CopyMap(v.(map[string]any))
	obj["apiVersion"], obj["kind"] = apiVersion, kind
	if _, ok := obj["metadata"]; !ok {
		obj["metadata"] = map[string]any{}
	}
	metadata := obj["metadata"].(map[string]any)
	if metadata["name"] == nil {
		metadata["name"] = "x"
	}
	return obj
}

func (c testCase) object() map[string]any { return c.whole(c.doc["object"]) }

func (c testCase) patch() map[string]any {
	_, _, at := c.place()
	v := c.doc["patch"]
	for i := len(at) - 1; i >= 0; i-- {
		v = map[string]any{at[i]: v}
	}
	return v.(map[string]any)
}

// outcome reads what a case expects under key.
func (c testCase) outcome(key string) outcome {
	switch v := c.doc[key].(type) {
	case map[string]any:
		return outcome{object: c.whole(v)}
	case string:
		if v == "deleted" {
			return outcome{deleted: true}
		}
	}
	return outcome{err: errors.New("expected")}
}

func ours(obj, patch map[string]any, schema merge.Schema) outcome {
	var o outcome
	o.object, o.deleted, o.err = merge.Apply(obj, patch, schema)
	return o
}

func (c testCase) schema() merge.Schema {
	apiVersion, kind, _ := c.place()
	return merge.Of(kinds.TypeMeta{APIVersion: apiVersion, Kind: kind})
}

func TestCases(t *testing.T) {
	for _, c := range cases(t) {
		t.Run(c.file+"/"+c.name, func(t *testing.T) {
			obj, patch := c.object(), c.patch()
			got := ours(obj, patch, c.schema())
			switch {
			case c.doc["refused"] != nil:
				assert.DeepEqual(t, paths(merge.Check(patch, c.schema())), c.paths("refused"))
				assert.Assert(t, len(refusals(got.err)) > 0, "it is applied unchecked: %v", got)
			case c.doc["fails"] != nil:
				assert.DeepEqual(t, paths(merge.Check(patch, c.schema())), paths(nil))
				assert.DeepEqual(t, paths(refusals(got.err)), c.paths("fails"))
			default:
				want := c.outcome("want")
				assert.NilError(t, got.err)
				assert.Assert(t, got.equal(want), cmp.Diff(asAny(want.object), asAny(got.object)))
			}
			assert.DeepEqual(t, obj, c.object())
			assert.DeepEqual(t, patch, c.patch())
		})
	}
}

func refusals(err error) []merge.Refused {
	all, _ := errors.AsType[merge.RefusedError](err)
	return all
}

func paths(all []merge.Refused) []string {
	var out []string
	for _, r := range all {
		out = append(out, r.Path)
	}
	return out
}

// paths returns the expected paths, those at the case's place written short.
func (c testCase) paths(key string) []string {
	_, _, at := c.place()
	var out []string
	list, ok := c.doc[key].([]any)
	if !ok {
		list = []any{c.doc[key]}
	}
	for _, e := range list {
		path := strings.Join(append(at[:len(at):len(at)], e.(string)), ".")
		out = append(out, strings.TrimSuffix(path, "."))
	}
	return out
}

// Every case says what kustomize makes of it: under kustomize where that is not
// the result that this package gives.
func TestCasesAgainstKustomize(t *testing.T) {
	for _, c := range cases(t) {
		t.Run(c.file+"/"+c.name, func(t *testing.T) {
			key := "kustomize"
			if _, ok := c.doc[key]; !ok {
				key = "want"
			}
			want := c.outcome(key)
			got := built(t, c.object(), c.patch())
			assert.Assert(t, got.equal(want), "%v\n%v\n%s", got, want, cmp.Diff(asAny(want.object), asAny(got.object)))
			if !nullsLabels(c.patch()) {
				selected := builtWithTarget(t, c.object(), c.patch())
				assert.Assert(t, got.withoutEmptyMetadata().equal(selected.withoutEmptyMetadata()),
					"with a target: %v\n%v", selected, got)
			}
			if key == "want" {
				core := kyamlMerge(c.object(), c.patch())
				assert.Assert(t, core.equal(want), "kyaml: %v\n%v", core, want)
			}
			if key == "kustomize" && c.doc["want"] != nil {
				assert.Assert(t, !got.equal(c.outcome("want")),
					"kustomize gives what is wanted; there is no difference")
			}
		})
	}
}

func nullsLabels(patch map[string]any) bool {
	for _, name := range []string{"labels", "annotations"} {
		for _, v := range tree.Child(patch, "metadata", name) {
			if v == nil {
				return true
			}
		}
	}
	return false
}

// With a target, kustomize makes the text "null" of a label or annotation that a
// patch sets to null; without one it deletes it. Here null deletes.
func TestNullLabelsWithTarget(t *testing.T) {
	obj := parse(t, `{apiVersion: v1, kind: ConfigMap, metadata: {name: x, labels: {a: b, c: d}}}`)
	patch := parse(t, `{metadata: {labels: {a: null}}}`)
	want := parse(t, `{apiVersion: v1, kind: ConfigMap, metadata: {name: x, labels: {c: d}}}`)
	assert.DeepEqual(t, ours(obj, patch, merge.Of(kinds.TypeMeta{APIVersion: "v1", Kind: "ConfigMap"})).object, want)
	assert.DeepEqual(t, built(t, obj, patch).object, want)
	assert.Equal(t, tree.String(builtWithTarget(t, obj, patch).object, "metadata", "labels", "a"), "null")
}
