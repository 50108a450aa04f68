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
	_, _, err := merge.Apply(nil, object{"$patch": "replace", "metadata": object{"finalizers": []any{object{}}}},
		deploymentSchema)
	all, ok := errors.AsType[merge.RefusedError](err)
	assert.Assert(t, ok)
	assert.DeepEqual(t, all, merge.RefusedError{
		{Path: "metadata.finalizers[0]", Message: "expected a scalar: this list is merged as a set of values"},
		{Path: "$patch", Message: "kustomize ignores $patch: replace for a whole object; set the fields that are to " +
			"go to null"},
	})
	assert.Equal(t, err.Error(), "metadata.finalizers[0]: "+all[0].Message+"\n$patch: "+all[1].Message)
	assert.Equal(t, merge.RefusedError{{Message: "no"}}.Error(), "no")
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

// Depth has a bound, and elements are not compared with each other: for as many as
// these, that would take minutes.
func TestHostileSizes(t *testing.T) {
	deep := func(n int) any {
		var v any = "x"
		for range n {
			v = object{"a": v}
		}
		return v
	}
	patch := object{"spec": deep(498)}
	assert.Equal(t, len(merge.Check(patch, deploymentSchema)), 0)
	for _, v := range []any{deep(502), []any{deep(502)}, deep(100_000), []any{deep(100_000)}} {
		refused := merge.Check(object{"spec": object{"a": v}}, deploymentSchema)
		assert.Assert(t, len(refused) == 1 && strings.Contains(refused[0].Message, "deeper"), "%v", len(refused))
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
