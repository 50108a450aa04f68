package kustomize_test

import (
	"errors"
	"sync"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/patch"
	"github.com/flinktarget/flinktarget/patch/kustomize"
)

func workload(name string) tree.Map {
	return tree.Map{"apiVersion": "apps/v1", "kind": "Deployment",
		"metadata": tree.Map{"name": name, "namespace": "ns", "labels": tree.Map{"a": name}},
		"spec": tree.Map{"replicas": int64(1), "template": tree.Map{"spec": tree.Map{
			"containers": []any{tree.Map{"name": "main", "args": []any{"1.20", "true"}}}}}}}
}

// What each form of an entry selects.
func TestSelection(t *testing.T) {
	budget := tree.Map{"apiVersion": "policy/v1", "kind": "PodDisruptionBudget",
		"metadata": tree.Map{"name": "x", "namespace": "ns"}}
	objects := []map[string]any{workload("x"), nil, workload("x.y"), budget}
	for entry, want := range map[string][]int{
		"{apiVersion: apps/v1, kind: Deployment, metadata: {annotations: {b: c}}}":            {0, 2},
		"{apiVersion: apps/v1, kind: Deployment, metadata: {name: x.y, namespace: ns}}":       {2},
		"{apiVersion: apps/v1, kind: Deployment, metadata: {name: x.}}":                       nil,
		"{apiVersion: apps/v1, kind: Deployment, metadata: {name: x, namespace: other}}":      nil,
		"{target: {name: x.*, namespace: ns}, patch: {metadata: {annotations: {b: c}}}}":      {0, 2, 3},
		"{target: {kind: Deploy}, patch: {metadata: {annotations: {b: c}}}}":                  nil,
		"{target: {labelSelector: 'a in (x)'}, patch: {metadata: {annotations: {b: c}}}}":     {0},
		"{target: {group: policy}, patch: {$patch: delete}}":                                  {3},
		"{target: {annotationSelector: '!b', version: v1}, patch: [{op: test, path: /kind}]}": nil,
	} {
		p, err := patch.Parse([]byte(entry))
		if err != nil {
			assert.Assert(t, want == nil, "%s: %v", entry, err)
			continue
		}
		results, selected, err := kustomize.Engine().Apply(p, objects)
		assert.NilError(t, err, entry)
		assert.DeepEqual(t, selected, want)
		assert.Equal(t, len(results), len(objects))
		assert.Assert(t, results[1] == nil && tree.Equal(any(objects[0]), any(workload("x"))), entry)
		if entry == "{target: {group: policy}, patch: {$patch: delete}}" {
			assert.Assert(t, results[3] == nil)
		}
	}
}

// Errors name the entry and the object, and nothing is returned.
func TestErrorsNameTheObject(t *testing.T) {
	twice := []map[string]any{workload("x"), workload("x")}
	remove := patch.MustParse("{target: {name: x}, patch: [{op: remove, path: /spec/nothing}]}")
	for reason, objects := range map[string][]map[string]any{
		"the operation fails":            twice[:1],
		"kustomize takes an object once": twice,
	} {
		set, err := patch.NewSet(patch.MustParse("{target: {kind: Job}, patch: {spec: {a: b}}}"), remove)
		assert.NilError(t, err)
		out, _, err := set.ApplyWith(kustomize.Engine(), objects, nil)
		e, ok := errors.AsType[*patch.ApplyError](err)
		assert.Assert(t, ok && out == nil, "%s: %v", reason, err)
		assert.Equal(t, e.Object, "Deployment ns/x")
		assert.Assert(t, len(objects) == 2 || e.Entry == 1, reason)
	}
	_, _, err := kustomize.Engine().Apply(patch.MustParse("{op: add, path: /spec/a, value: b}"), twice[:1])
	assert.ErrorContains(t, err, "not for Kubernetes objects")
}

// Protected fields are no business of an engine, and are protected all the same.
func TestProtectedFields(t *testing.T) {
	for _, entry := range []string{
		"{target: {kind: Deployment}, patch: [{op: replace, path: /metadata/name, value: other}]}",
		"{target: {kind: Deployment}, patch: {spec: {selector: {matchLabels: {a: b}}}}}",
		"{target: {kind: Deployment}, patch: {$patch: delete}}",
	} {
		set, err := patch.NewSet(patch.MustParse(entry))
		assert.NilError(t, err)
		_, _, err = set.ApplyWith(kustomize.Engine(), []map[string]any{workload("x")}, nil)
		assert.ErrorIs(t, err, patch.ErrConflict, entry)
	}
}

func TestEngineIsShared(t *testing.T) {
	p := patch.MustParse("{target: {kind: Deployment}, patch: {spec: {replicas: 2, template: {spec: {containers: " +
		"[{name: main, env: [{name: A, value: \"1\"}]}]}}}}}")
	objects := []map[string]any{workload("x"), workload("y")}
	want, _, err := kustomize.Engine().Apply(p, objects)
	assert.NilError(t, err)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			got, _, err := kustomize.Engine().Apply(p, objects)
			if err != nil || !tree.Equal(any(got[1]), any(want[1])) {
				t.Errorf("%v, %v", got, err)
			}
		})
	}
	all.Wait()
	assert.Assert(t, tree.Equal(any(objects[0]), any(workload("x"))), "objects are not changed")
}
