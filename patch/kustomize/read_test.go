package kustomize_test

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/patch"
	"github.com/flinktarget/flinktarget/patch/kustomize"
)

// files makes a file system of pairs of path and text.
func files(pairs ...string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for i := 0; i+1 < len(pairs); i += 2 {
		fsys[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
	}
	return fsys
}

// annotating is a patch that sets an annotation.
func annotating(value string) string {
	return "{apiVersion: v1, kind: Service, metadata: {name: a, annotations: {by: " + value + "}}}"
}

// What comes first, and that a folder comes once.
func TestOrderOfPatches(t *testing.T) {
	fsys := files(
		"top/kustomization.yaml", `
patchesJson6902:
- {target: {kind: Service}, patch: '[{op: add, path: /metadata/annotations/by, value: six}]'}
patches: [{path: five.yaml}]
patchesStrategicMerge: [four.yaml]
components: [../component]
resources: [../left, ../right, plain.yaml]
`,
		"top/four.yaml", annotating("four"), "top/five.yaml", annotating("five"), "top/plain.yaml", "not: read",
		"left/kustomization.yml", "bases: [../base]\npatches: [{patch: '"+annotating("two")+"'}]\n",
		"right/Kustomization", "resources: [../base]\n",
		"base/kustomization.yaml", "patches: [{patch: '"+annotating("one")+"'}]\n",
		"component/kustomization.yaml", "kind: Component\npatches: [{patch: '"+annotating("three")+"'}]\n",
	)
	set, notTaken, err := kustomize.Patches(fsys, "top")
	assert.NilError(t, err)
	assert.Equal(t, len(notTaken), 1, "%v", notTaken)
	assert.Equal(t, notTaken[0].Field, "resources[0]", "the base is for its own objects")
	text, err := set.MarshalJSON()
	assert.NilError(t, err)
	rest := string(text)
	for _, value := range []string{"one", "two", "three", "four", "five", "six"} {
		_, after, found := strings.Cut(rest, `"`+value+`"`)
		assert.Assert(t, found, "%s is not after those before it in %s", value, text)
		rest = after
	}
	assert.Equal(t, set.Len(), 6)
}

func TestWhatIsNotTaken(t *testing.T) {
	set, notTaken, err := kustomize.Patches(files(
		"kustomization.yaml", "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nnamePrefix: dev-\n"+
			"images: [{name: a, newTag: b}]\npatches:\n- path: both.yaml\n- target: {kind: Job}\n  patch: '{metadata: "+
			"{labels: {a: null}}}'\n",
		"both.yaml", "apiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata: {name: a}\n---\n"+annotating("x"),
	), ".")
	assert.NilError(t, err)
	assert.Equal(t, set.Len(), 2)
	var fields []string
	for _, n := range notTaken {
		assert.Equal(t, n.File, map[bool]string{true: "both.yaml", false: "kustomization.yaml"}[n.Field == "patches[0]"])
		fields = append(fields, n.Field)
	}
	assert.DeepEqual(t, fields, []string{"namePrefix", "images", "patches[0]",
		"patches[1].metadata.labels[a]"})
	assert.Assert(t, strings.Contains(notTaken[2].Message, "no such kind"), notTaken[2].Message)
}

func TestErrorsOfKustomizations(t *testing.T) {
	const inline = "patches:\n- target: {kind: Service}\n  patch: "
	cases := []struct {
		name, reason string
		fsys         fstest.MapFS
		field, place string
	}{
		{"no kustomization", "the folder is another", files("a.yaml", ""), "", "top"},
		{"two of them", "kustomize takes neither",
			files("top/kustomization.yaml", "", "top/Kustomization", ""), "", "top"},
		{"unknown field", "kustomize refuses it", files("top/kustomization.yaml", "patchs: []\n"), "",
			"top/kustomization.yaml"},
		{"outside", "nothing outside is read", files("top/kustomization.yaml", "resources: [../../base]\n"),
			"resources[0]", "top/kustomization.yaml:1:13"},
		{"remote", "nothing remote is read",
			files("top/kustomization.yaml", "resources:\n- https://example.com/a?ref=b\n"), "resources[0]",
			"top/kustomization.yaml:2:3"},
		{"no such base", "a misspelt name", files("top/kustomization.yaml", "bases: [base]\n"), "bases[0]",
			"top/kustomization.yaml:1:9"},
		{"no such file", "a misspelt name", files("top/kustomization.yaml", "patches: [{path: a.yaml}]\n"), "patches[0]",
			"top/kustomization.yaml:1:11"},
		{"path and patch", "kustomize takes one",
			files("top/kustomization.yaml", "patches: [{path: a.yaml, patch: x}]\n"), "patches[0]",
			"top/kustomization.yaml:1:11"},
		{"two documents with a target", "kustomize refuses them",
			files("top/kustomization.yaml", inline+"\"a: b\\n---\\nc: d\"\n"), "patches[0]", "top/kustomization.yaml:2:3"},
		{"empty", "nothing would come of it", files("top/kustomization.yaml", inline+"'# nothing'\n"), "patches[0]",
			"top/kustomization.yaml:2:3"},
		{"syntax", "the patch is text", files("top/kustomization.yaml", inline+"'['\n"), "patches[0]",
			"top/kustomization.yaml:2:3"},
		{"operations without target", "they do not say what they are for",
			files("top/kustomization.yaml", "patches: [{path: a.json}]\n", "top/a.json", "[]"), "patches[0]",
			"top/a.json:1:1"},
		{"an operation that is wrong", "package patch says it",
			files("top/kustomization.yaml", inline+"'[{op: ad, path: /a}]'\n"), "patches[0].patch[0].op",
			"top/kustomization.yaml:2:3"},
		{"a document that is wrong", "its place is in the file", files("top/kustomization.yaml",
			"patches: [{path: a.yaml}]\n", "top/a.yaml", annotating("a")+"\n---\napiVersion: v1\nkind: Service\n"+
				"spec: {ports: [{$patch: replace, port: 1}]}\n"), "patches[0].spec.ports[0].$patch", "top/a.yaml:3:1"},
		{"options", "names belong to the platform",
			files("top/kustomization.yaml", inline+"'{a: b}'\n  options: {allowNameChange: true}\n"), "patches[0].options",
			"top/kustomization.yaml:2:3"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := kustomize.Patches(c.fsys, "top")
			e, ok := errors.AsType[*flinktarget.InvalidError](err)
			assert.Assert(t, ok && len(e.Problems) == 1, "%s: %v", c.reason, err)
			assert.Equal(t, e.Problems[0].Position.String(), c.place, e.Error())
			assert.Equal(t, e.Problems[0].Field, c.field)
			assert.Assert(t, e.Problems[0].Rule != "" && e.Problems[0].Message != "", "%v", e)
		})
	}
}

func TestEveryProblemIsReported(t *testing.T) {
	_, _, err := kustomize.Patches(files("kustomization.yaml",
		"resources: [nowhere]\npatches: [{}, {target: {kind: Service}, patch: '[{op: x}]'}]\n"), ".")
	e, ok := errors.AsType[*flinktarget.InvalidError](err)
	assert.Assert(t, ok && len(e.Problems) >= 3, "%v", err)
}

func TestKustomization(t *testing.T) {
	set, err := patch.NewSet(
		patch.MustParse("{op: add, path: /spec/state, value: RUNNING}"),
		patch.MustParse("{apiVersion: v1, kind: Service, spec: {type: NodePort}}"),
		patch.MustParse("{apiVersion: apps/v1, kind: Deployment, metadata: {name: a, namespace: b, labels: {c: null}}}"),
		patch.MustParse("{target: {kind: Job}, patch: [{op: remove, path: /spec/backoffLimit}]}"),
	)
	assert.NilError(t, err)
	text, warnings, err := kustomize.Kustomization(set, "resources.yaml")
	assert.NilError(t, err)
	assert.Equal(t, len(warnings), 1)
	assert.Equal(t, warnings[0].Field, "spec.deploymentPatchSet[0]")
	assert.Equal(t, string(text), `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
patches:
- patch: |
    apiVersion: v1
    kind: Service
    metadata:
      name: any
    spec:
      type: NodePort
  target:
    group: ^$
    kind: Service
    version: v1
- patch: |
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      labels:
        c: null
      name: a
      namespace: b
- patch: |
    - op: remove
      path: /spec/backoffLimit
  target:
    kind: Job
resources:
- resources.yaml
`)
	again, notTaken, err := kustomize.Patches(files("kustomization.yaml", string(text), "resources.yaml", ""), ".")
	assert.NilError(t, err)
	assert.Equal(t, len(notTaken), 0)
	assert.Equal(t, again.Len(), 3)

	for _, entry := range []string{
		"{target: {kind: Job}, patch: {metadata: {annotations: {a.b/c: null}}}}",
		"{apiVersion: v1, kind: Service, metadata: {name: a, annotations: {a.b/c: null}}}",
	} {
		set, err := patch.NewSet(patch.MustParse(entry))
		assert.NilError(t, err)
		_, _, err = kustomize.Kustomization(set)
		e, ok := errors.AsType[*flinktarget.InvalidError](err)
		assert.Assert(t, ok, "kustomize would write the text null: %v", err)
		assert.Equal(t, e.Problems[0].Field, "spec.deploymentPatchSet[0].metadata.annotations[a.b/c]")
	}
}

// kustomize takes the last line feed from a patch, which may be one of a value.
func TestBlockScalarAtTheEnd(t *testing.T) {
	set, err := patch.NewSet(patch.MustParse("{target: {kind: Service}, patch: {spec: {text: \"a\\nb\\n\"}}}"))
	assert.NilError(t, err)
	text, _, err := kustomize.Kustomization(set)
	assert.NilError(t, err)
	again, _, err := kustomize.Patches(files("kustomization.yaml", string(text)), ".")
	assert.NilError(t, err)
	for _, p := range again.All() {
		assert.Assert(t, strings.Contains(p.String(), `"a\nb\n"`), "%s", p)
	}

	inline := "patches:\n- target: {kind: Service}\n  patch: |\n    spec:\n      text: |\n        a\n"
	lost, _, err := kustomize.Patches(files("kustomization.yaml", inline), ".")
	assert.NilError(t, err)
	for _, p := range lost.All() {
		assert.Assert(t, strings.Contains(p.String(), `"text":"a"`), "as kustomize builds it: %s", p)
	}
}
