package merge_test

import (
	"errors"
	"math"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/merge"
)

type object = map[string]any

func podSpec(spec object) object {
	return object{"spec": object{"template": object{"spec": spec}}}
}

// What cannot be part of a JSON document is refused wherever it stands in a patch, and
// so are directives that would become content.
func TestRefusedAnywhere(t *testing.T) {
	const spec = "spec.template.spec."
	for path, patch := range map[string]object{
		"spec.replicas":                                   {"spec": object{"replicas": math.NaN()}},
		"spec.paused":                                     {"spec": object{"paused": math.Inf(1)}},
		"spec.minReadySeconds":                            {"spec": object{"minReadySeconds": math.Inf(-1)}},
		"spec.revisionHistoryLimit":                       {"spec": object{"revisionHistoryLimit": 1}}, // an int is no int64
		"metadata.finalizers[1]":                          {"metadata": object{"finalizers": []any{"a", math.NaN()}}},
		"kind":                                            {"kind": int64(1)},
		"metadata.name":                                   {"metadata": object{"name": []any{}}},
		spec + "containers[0].image":                      podSpec(object{"containers": []any{object{"name": "a", "image": math.NaN()}}}),
		spec + "tolerations[0].tolerationSeconds":         podSpec(object{"tolerations": []any{object{"tolerationSeconds": math.NaN()}}}),
		spec + "containers[0].args[1]":                    podSpec(object{"containers": []any{object{"name": "a", "args": []any{"b", struct{}{}}}}}),
		spec + "tolerations[0].$retainKeys":               podSpec(object{"tolerations": []any{object{"$retainKeys": []any{"key"}}}}),
		spec + "tolerations[0][$setElementOrder/a]":       podSpec(object{"tolerations": []any{object{"$setElementOrder/a": []any{}}}}),
		"spec.template.spec[$deleteFromPrimitiveList/x]":  podSpec(object{"$deleteFromPrimitiveList/x": []any{}}),
		spec + "tolerations[0].a[0].$patch":               podSpec(object{"tolerations": []any{object{"a": []any{object{"$patch": "delete"}}}}}),
		spec + "tolerations[0].$patch":                    podSpec(object{"tolerations": []any{object{"$patch": "delete", "key": "a"}}}),
		spec + "volumes[0].csi.volumeAttributes.a":        podSpec(object{"volumes": []any{object{"name": "v", "csi": object{"volumeAttributes": object{"a": math.NaN()}}}}}),
		spec + "nodeSelector[]":                           podSpec(object{"nodeSelector": object{"": math.NaN()}}),
		spec + "affinity.nodeAffinity.required[0].x[0].y": podSpec(object{"affinity": object{"nodeAffinity": object{"required": []any{object{"x": []any{object{"y": math.NaN()}}}}}}}),
	} {
		_, err := merge.Compile(patch, merge.Of("apps/v1", "Deployment"))
		all, ok := errors.AsType[merge.RefusedError](err)
		assert.Assert(t, ok, "%s: %v", path, err)
		assert.DeepEqual(t, paths(all), []string{path})
	}
	// A name that only looks like a directive is content.
	_, err := merge.Compile(object{"metadata": object{"annotations": object{"$a": "b", "retainKeys": "c"}}}, merge.Of("apps/v1", "Deployment"))
	assert.NilError(t, err)
	// Behind what is refused, everything else is looked at.
	_, err = merge.Compile(podSpec(object{"tolerations": []any{object{"$patch": "delete", "key": math.NaN(), "$retainKeys": 1}, math.NaN()}}), merge.Of("apps/v1", "Deployment"))
	all, _ := errors.AsType[merge.RefusedError](err)
	assert.Equal(t, len(all), 4, "%v", err)
}

func TestRefusalsAreTold(t *testing.T) {
	one := &merge.Refused{Path: "a.b", Reason: "it is so", Cure: "do that"}
	all := merge.RefusedError{one, {Reason: "it is otherwise"}}
	assert.Equal(t, all.Error(), "a.b: it is so; do that\nit is otherwise")
	assert.DeepEqual(t, merge.Refusals(all), []*merge.Refused(all))
	assert.DeepEqual(t, merge.Refusals(one), []*merge.Refused{one})
	assert.DeepEqual(t, merge.Refusals(errors.New("other")), []*merge.Refused{{Reason: "other"}})
	found, ok := errors.AsType[*merge.Refused](error(all))
	assert.Assert(t, ok && found == one)
}
