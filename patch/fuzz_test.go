package patch_test

import (
	"encoding/json"
	"errors"
	"math"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/hostile"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/patch"
)

// Entries of all forms, for both levels.
var entries = []string{
	"{op: add, path: /spec/template/spec/flinkConfiguration/a.b, value: c}",
	"{op: copy, from: '', path: /spec/x}",
	"{op: test, path: /kind, value: Deployment}",
	"{apiVersion: v1, kind: Deployment, spec: {template: {spec: {kubernetes: {pods: {envVars: [{name: A, $patch: delete}]}}}}}}",
	"{apiVersion: v1, kind: SessionCluster, metadata: {labels: null}}",
	"{apiVersion: apps/v1, kind: Deployment, spec: {template: {spec: {containers: [{name: flink-taskmanager, args: [x]}]}}}}",
	"{apiVersion: v1, kind: ServiceAccount, $patch: delete}",
	"{target: {}, patch: {metadata: {annotations: {a: b}}}}",
	"{target: {kind: Job|Deployment, name: 'job-.*', labelSelector: 'a in (b),!c', annotationSelector: d}, patch: {spec: {replicas: 2}}}",
	"target: {kind: Service}\npatch: |-\n  - {op: add, path: /spec/ports/-, value: {port: 1}}\n  - {op: move, from: /spec/ports/0, path: /spec/x}\n",
}

func FuzzParse(f *testing.F) {
	for _, text := range entries {
		f.Add([]byte(text))
	}
	for _, text := range hostile.Texts() {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := patch.Parse(text)
		if err != nil {
			e, ok := errors.AsType[*patch.InvalidError](err)
			assert.Assert(t, ok && len(e.Fields) > 0, "%T: %v", err, err)
			assert.Assert(t, len(err.Error()) < 32<<10, "an error of %d bytes", len(err.Error()))
			return
		}
		again, err := patch.Parse([]byte(p.String()))
		assert.NilError(t, err)
		assert.Assert(t, again.Equal(p), "%s\n%s", p, again)
		assert.Equal(t, again.String(), p.String())
	})
}

// Whatever patches and objects are, nothing panics, nothing that was handed in
// changes, and what comes out is a JSON document that shares nothing with it.
func FuzzApply(f *testing.F) {
	for _, text := range entries {
		f.Add(text, "{target: {}, patch: [{op: add, path: /spec/y, value: [1.5, null]}]}", string(tree.JSON(object(f, taskManager))), string(tree.JSON(object(f, resource))))
		f.Add("{target: {kind: Service}, patch: {spec: {ports: [{port: 6123, name: x}, {port: 80}]}}}", text, string(tree.JSON(object(f, service))), `{"kind": "SessionCluster", "apiVersion": "v1", "spec": {}}`)
	}
	f.Fuzz(func(t *testing.T, one, two, objectText, resourceText string) {
		obj, ok := treeOf(objectText)
		res, ok2 := treeOf(resourceText)
		if !ok || !ok2 {
			return
		}
		var list []patch.Patch
		for _, text := range []string{one, two} {
			if p, err := patch.Parse([]byte(text)); err == nil {
				list = append(list, p)
			}
		}
		s, err := patch.NewSet(list...)
		assert.NilError(t, err)
		before := text(t, s)
		objs := []map[string]any{obj, tree.CopyMap(obj)}

		apply := func() (out []any, errs [2]error) {
			changed, _, err := s.ApplyObjects(objs)
			errs[0] = err
			for _, o := range changed {
				out = append(out, o)
			}
			r, err := s.ApplyResource(res)
			errs[1] = err
			if r != nil {
				out = append(out, r)
			}
			return out, errs
		}
		first, errs := apply()
		for _, err := range errs {
			if err == nil {
				continue
			}
			_, ok := errors.AsType[*patch.ApplyError](err)
			assert.Assert(t, ok, "%T: %v", err, err)
			assert.Assert(t, len(err.Error()) < 64<<10)
		}
		want := tree.Copy(first)
		for _, v := range first {
			legal(t, v)
			wreck(v)
		}
		again, _ := apply()
		assert.Assert(t, tree.Equal(any(again), want), "the results share memory with the set or the objects\n%s\n%s", tree.JSON(any(again)), tree.JSON(want))
		wantObj, _ := treeOf(objectText)
		wantRes, _ := treeOf(resourceText)
		assert.Assert(t, tree.Equal(objs[0], wantObj) && tree.Equal(objs[1], wantObj) && tree.Equal(res, wantRes), "what was handed in changed")
		assert.Equal(t, text(t, s), before, "the set changed")
	})
}

func text(t *testing.T, v any) string {
	t.Helper()
	out, err := json.Marshal(v)
	assert.NilError(t, err)
	return string(out)
}

func treeOf(text string) (map[string]any, bool) {
	v, err := tree.FromJSON([]byte(text))
	m, ok := v.(map[string]any)
	return m, ok && err == nil
}

func legal(t *testing.T, v any) {
	t.Helper()
	switch v := v.(type) {
	case nil, bool, int64, string:
	case float64:
		assert.Assert(t, !math.IsNaN(v) && !math.IsInf(v, 0))
	case []any:
		for _, e := range v {
			legal(t, e)
		}
	case map[string]any:
		for _, e := range v {
			legal(t, e)
		}
	default:
		t.Fatalf("%T is not part of a JSON document", v)
	}
}
