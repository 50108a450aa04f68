package merge_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/merge"
	"github.com/flinktarget/flinktarget/internal/tree"
)

type object = map[string]any

func podSpec(spec object) object {
	return object{"spec": object{"template": object{"spec": spec}}}
}

// Directives that would become content are refused wherever they stand in a patch.
func TestRefusedAnywhere(t *testing.T) {
	const spec = "spec.template.spec."
	keep := object{"$retainKeys": []any{"key"}}
	element := func(list string, e object) object { return podSpec(object{list: []any{e}}) }
	for path, patch := range map[string]object{
		"kind":                              {"kind": int64(1)},
		"metadata.name":                     {"metadata": object{"name": []any{}}},
		"spec.replicas.$retainKeys":         {"spec": object{"replicas": keep}},
		spec + "nodeSelector[].$retainKeys": podSpec(object{"nodeSelector": object{"": keep}}),
		spec + "containers[0].image.$retainKeys": element("containers",
			object{"name": "a", "image": keep}),
		spec + "containers[0].args[1].$retainKeys": element("containers",
			object{"name": "a", "args": []any{"b", keep}}),
		spec + "volumes[0].csi.volumeAttributes.a.$retainKeys": element("volumes",
			object{"name": "v", "csi": object{"volumeAttributes": object{"a": keep}}}),
		spec + "tolerations[0].$retainKeys": element("tolerations", keep),
		spec + "tolerations[0][$setElementOrder/a]": element("tolerations",
			object{"$setElementOrder/a": []any{}}),
		"spec.template.spec[$deleteFromPrimitiveList/x]": podSpec(object{"$deleteFromPrimitiveList/x": []any{}}),
		spec + "tolerations[0].a[0].$patch": element("tolerations",
			object{"a": []any{object{"$patch": "delete"}}}),
		spec + "tolerations[0].$patch": element("tolerations", object{"$patch": "delete", "key": "a"}),
		spec + "affinity.nodeAffinity.required[0].x[0].y.$retainKeys": podSpec(object{"affinity": object{
			"nodeAffinity": object{"required": []any{object{"x": []any{object{"y": keep}}}}}}}),
	} {
		assert.DeepEqual(t, paths(merge.Check(patch, deploymentSchema)), []string{path})
	}
	// A name that only looks like a directive is content.
	refused := merge.Check(object{"metadata": object{"annotations": object{"$a": "b", "retainKeys": "c",
		"$retainKeysX": "d"}}}, deploymentSchema)
	assert.Equal(t, len(refused), 0, "%v", refused)
	// Behind what is refused, everything else is looked at.
	refused = merge.Check(podSpec(object{"tolerations": []any{object{"$patch": "delete", "key": keep,
		"$retainKeys": 1}, keep}}), deploymentSchema)
	assert.Equal(t, len(refused), 4, "%v", refused)
}

func TestRefusalsAreTold(t *testing.T) {
	_, deleted, err := merge.Apply(nil, object{"$patch": "replace", "metadata": object{"finalizers": []any{object{}}}},
		deploymentSchema)
	all, ok := errors.AsType[merge.RefusedError](err)
	assert.Assert(t, ok && !deleted)
	assert.DeepEqual(t, all, merge.RefusedError{
		{Path: "metadata.finalizers[0]", Message: "expected a scalar: this list is merged as a set of values"},
		{Path: "$patch", Message: "kustomize ignores $patch: replace for a whole object; set the fields that are to " +
			"go to null"},
	})
	assert.Equal(t, err.Error(), "metadata.finalizers[0]: "+all[0].Message+"\n$patch: "+all[1].Message)
	assert.Equal(t, merge.RefusedError{{Message: "no"}}.Error(), "no")
}

// Each message, and all that is said of a patch with one mistake.
func TestMessages(t *testing.T) {
	const constraints = "{spec: {template: {spec: {topologySpreadConstraints: "
	for _, c := range []struct{ patch, path, message string }{
		{"{data: {scalar: {}}}", "data.scalar", "must be a scalar, as in the object, and not a map"},
		{"{data: {map: []}}", "data.map", "must be a map, as in the object, and not a list"},
		{"{data: {list: a}}", "data.list", "must be a list, as in the object, and not a scalar"},
		{"{metadata: {name: 1}}", "metadata.name", "expected a string"},
		{"{data: {$patch: drop}}", "data.$patch", "$patch is delete, replace or merge, nothing else"},
		{"{data: {$retainKeys: {$setElementOrder: a}}}", "data.$retainKeys", "kustomize does not support $retainKeys; " +
			"set the keys that are to go to null, or use $patch: replace"},
		{"{data: {$setElementOrder/a: []}}", "data[$setElementOrder/a]", "kustomize does not support $setElementOrder; " +
			"to set an order, replace the list with - $patch: replace and its elements"},
		{"{data: {$deleteFromPrimitiveList/a: []}}", "data[$deleteFromPrimitiveList/a]",
			"kustomize does not support $deleteFromPrimitiveList; " +
				"replace the list with - $patch: replace and the values that stay"},
		{"{data: {list: [{$patch: delete}]}}", "data.list[0].$patch", "this list is replaced as a whole, $patch has no " +
			"meaning in it; leave $patch out; to delete the list, set it to null"},
		{constraints + "[{$patch: delete}, {$patch: merge}]}}}}", "spec.template.spec.topologySpreadConstraints[1]",
			"the list has both $patch: delete and $patch: merge"},
		{constraints + "[{$patch: delete}, {topologyKey: a, whenUnsatisfiable: b}]}}}}",
			"spec.template.spec.topologySpreadConstraints", "- $patch: delete deletes the list, its other elements would " +
				"be lost; use $patch: replace to have the other elements instead of the object's"},
		{constraints + "[{$patch: replace}, {topologyKey: a, whenUnsatisfiable: b, $patch: delete}]}}}}",
			"spec.template.spec.topologySpreadConstraints",
			"a $patch for the whole list and a $patch in an element do not go together; use one of them"},
		{constraints + "[{topologyKey: a, whenUnsatisfiable: b, $patch: replace}]}}}}",
			"spec.template.spec.topologySpreadConstraints[0].$patch", "kustomize ignores $patch: replace in an element of " +
				"a merged list; set the fields that are to go to null, or replace the list with - $patch: replace and its " +
				"elements"},
		{constraints + "[{}]}}}}", "spec.template.spec.topologySpreadConstraints[0]",
			"expected a map with topologyKey and whenUnsatisfiable: this list is merged by its keys"},
		{constraints + "[{topologyKey: a}]}}}}", "spec.template.spec.topologySpreadConstraints[0]",
			"expected a map with whenUnsatisfiable: this list is merged by its keys"},
		{constraints + "[{topologyKey: a, whenUnsatisfiable: b}, {topologyKey: a, whenUnsatisfiable: b}]}}}}",
			"spec.template.spec.topologySpreadConstraints[1]", "a,b is the same element as in " +
				"spec.template.spec.topologySpreadConstraints[0]; write one element"},
		{"{metadata: {ownerReferences: [{uid: a}]}}", "metadata.ownerReferences[0]", "the object has two elements named a; " +
			"replace the whole list with - $patch: replace and its elements"},
	} {
		_, _, err := merge.Apply(parse(t, "{metadata: {name: x, ownerReferences: [{uid: a}, {uid: a}]}, "+
			"data: {scalar: a, map: {}, list: []}}"), parse(t, c.patch), deploymentSchema)
		all, _ := errors.AsType[merge.RefusedError](err)
		assert.DeepEqual(t, all, merge.RefusedError{{Path: c.path, Message: c.message}})
	}
}

// However much is wrong, and below however long a key, what is said has a bound.
func TestRefusalsAreBounded(t *testing.T) {
	wrong, maps := make([]any, 20_000), object{}
	for i := range wrong {
		wrong[i] = object{"image": "x"}
		maps[fmt.Sprint(i)] = object{"$patch": "x"}
	}
	for _, tc := range []struct {
		key  string
		most int
	}{{"a", 5000}, {strings.Repeat("a", 1<<16), 5}, {strings.Repeat("a", 1<<20), 1}} {
		refused := merge.Check(object{tc.key: maps, "metadata": object{"ownerReferences": wrong}}, deploymentSchema)
		text := merge.RefusedError(refused).Error()
		assert.Assert(t, len(refused) <= tc.most && len(text) < 1<<19, "%d, %d bytes", len(refused), len(text))
		assert.Assert(t, strings.HasSuffix(text, "there is more wrong with the patch than can be said"))
	}
}

// Depth is no harm (JSON has at most 10,000), and elements are not compared with each other: for as many as
// these, that would take minutes.
func TestHostileSizes(t *testing.T) {
	deep := func(n int) any {
		var v any = "x"
		for range n {
			v = object{"a": v}
		}
		return v
	}
	for _, v := range []any{deep(100_000), []any{deep(100_000)}} {
		assert.Equal(t, len(merge.Check(object{"spec": object{"a": v}}, deploymentSchema)), 0)
	}
	containers := func(n int, image string) object {
		list := make([]any, n)
		for i := range list {
			list[i] = object{"name": fmt.Sprint("c", i), "image": image,
				"ports": []any{object{"containerPort": int64(i)}}}
		}
		return podSpec(object{"containers": list})
	}
	const n = 100_000
	was, is := containers(n, "old"), containers(n, "new")
	got := ours(was, is, deploymentSchema)
	assert.NilError(t, got.err)
	assert.Assert(t, tree.Equal(got.object, is))
}
