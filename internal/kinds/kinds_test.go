package kinds_test

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/kinds/types"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/labels"
)

func TestTable(t *testing.T) {
	seen := map[kinds.TypeMeta]bool{}
	for i, k := range kinds.All() {
		assert.Assert(t, !seen[k.TypeMeta], "%s stands twice", k)
		seen[k.TypeMeta] = true
		got, ok := kinds.Lookup(k.TypeMeta)
		assert.Assert(t, ok && got.TypeMeta == k.TypeMeta && kinds.Rank(k.TypeMeta) == i)
		typ := types.Of(k.TypeMeta)
		assert.Assert(t, typ != nil && typ.Name() == k.Kind && typ.Kind() == reflect.Struct, "%s has no Go type", k)
		for _, path := range k.Immutable {
			assert.Assert(t, hasField(typ, strings.Split(path, ".")), "%s has no %s", k, path)
		}
	}
	other := kinds.TypeMeta{APIVersion: "v1", Kind: "Deployment"}
	k, ok := kinds.Lookup(other)
	assert.Assert(t, !ok && !k.Optional && !k.Patchable() && len(k.Protected) == 4)
	assert.Equal(t, kinds.Rank(other), len(kinds.All()), "what is not in the table comes last")
	assert.Assert(t, types.Of(other) == nil)
	for _, r := range kinds.Resources() {
		assert.Assert(t, !seen[r.TypeMeta], "%s would be both", r)
		got, ok := kinds.LookupResource(r.TypeMeta)
		assert.Assert(t, ok && got.Kind == r.Kind)
	}
	_, ok = kinds.LookupResource(kinds.TypeMeta{APIVersion: "apps/v1", Kind: kinds.Deployment})
	assert.Assert(t, !ok)
}

// hasField follows the JSON names of fields.
func hasField(t reflect.Type, path []string) bool {
	for _, name := range path {
		for t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		f, ok := t.FieldByNameFunc(func(field string) bool {
			f, _ := t.FieldByName(field)
			key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			return key == name
		})
		if !ok {
			return false
		}
		t = f.Type
	}
	return true
}

// The table knows the labels of the platform by their keys only.
func TestSystemLabels(t *testing.T) {
	job, err := labels.ForDeployment(labels.Deployment{ID: "1", Name: "a", Namespace: "b", JobID: "2"})
	assert.NilError(t, err)
	session, err := labels.ForSessionCluster(labels.SessionCluster{ID: "1", Name: "a", Namespace: "b"})
	assert.NilError(t, err)
	set := map[string]string{}
	maps.Copy(set, job.WithComponent(labels.JobManager).Map())
	maps.Copy(set, session.Map())
	assert.DeepEqual(t, kinds.SystemLabels, tree.Keys(set))
	assert.Equal(t, kinds.JobIDLabel, labels.KeyJobID)
}

func TestTypeOf(t *testing.T) {
	got := kinds.TypeOf(tree.Map{"apiVersion": "apps/v1", "kind": "Deployment"})
	assert.Equal(t, got.String(), "apps/v1 Deployment")
	assert.Equal(t, kinds.TypeOf(tree.Map{"kind": int64(1)}), kinds.TypeMeta{})
}

// A kind that is added to the table is selected, protected and merged by patches, has a place in
// the order, is verified and compared, without a line anywhere else but the
// one that builds it: the test runs those of the other packages, TestEveryKind, on a table
// with one more, and renders one.
func TestAddedKind(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds the tests of other packages")
	}
	root, err := filepath.Abs("../..")
	assert.NilError(t, err)
	dir := t.TempDir()
	overlay := map[string]any{}
	add := func(file, before, line string) {
		path := filepath.Join(root, "internal", file)
		text, err := os.ReadFile(path)
		assert.NilError(t, err)
		at := regexp.MustCompile(before).FindIndex(text)
		assert.Assert(t, at != nil, "%s has no %s", file, before)
		changed := string(text[:at[0]]) + line + string(text[at[0]:])
		overlay[path] = filepath.Join(dir, strings.ReplaceAll(file, "/", "-"))
		assert.NilError(t, os.WriteFile(overlay[path].(string), []byte(changed), 0o600))
	}
	add("kinds/kinds.go", `(?m)^\t{TypeMeta{"v1", "ConfigMap"}`,
		"\t{TypeMeta{\"v1\", \"Secret\"}, clusters, true, identity, []string{\"type\"}},\n")
	add("merge/table.go", `(?m)^\t"v1 ConfigMap":`, "\t\"v1 Secret\": {\"metadata\": {Of: metaV1ObjectMeta}},\n") // what -update writes
	add("kinds/types/types.go", `(?m)^\t{APIVersion: "v1", Kind: "ConfigMap"}`,
		"\t{APIVersion: \"v1\", Kind: \"Secret\"}: reflect.TypeFor[corev1.Secret](),\n")
	add("build/objects.go", `(?m)^\treturn out$`,
		"\tout = append(out, c.object(\"v1\", \"Secret\", c.Name+\"-added\", 0, nil, tree.Map{\"type\": \"Opaque\"}))\n")
	list := filepath.Join(dir, "overlay.json")
	assert.NilError(t, os.WriteFile(list, tree.JSON(tree.Map{"Replace": overlay}), 0o600))
	packages := []string{"./patch", "./internal/merge", "./render", "./internal/compare"}
	cmd := exec.Command("go",
		append([]string{"test", "-v", "-overlay", list, "-run", "^TestEveryKind$"}, packages...)...)
	cmd.Dir = root
	out, err := cmd.CombinedOutput()
	assert.NilError(t, err, "%s", out)
	assert.Equal(t, strings.Count(string(out), "v1 Secret\n"), len(packages), "%s", out)

	// What the builder makes is verified, labelled and ordered with the rest.
	cmd = exec.Command("go", "run", "-overlay", list, "./examples/quickstart")
	cmd.Dir = root
	out, err = cmd.Output()
	assert.NilError(t, err)
	added := regexp.MustCompile(`(?s)^---\napiVersion: v1\nkind: Secret\nmetadata:\n  labels:\n    app: flink-job\n.*` +
		`  name: job-[0-9a-f-]+-added\n  namespace: vvp-jobs\ntype: Opaque\n---\napiVersion: v1\ndata:\n`)
	assert.Assert(t, added.Match(out), "%s", out)
}
