package patch_test

import (
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/internal/hostile"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/patch"
)

// Entries of all forms, for both levels.
var entries = []string{
	"{op: add, path: /spec/template/spec/flinkConfiguration/a.b, value: c}",
	"{op: copy, from: '', path: /spec/x}",
	"{op: test, path: /kind, value: Deployment}",
	"{apiVersion: v1, kind: Deployment, spec: {template: {spec: {kubernetes: {pods: {envVars: [{name: A, $patch: " +
		"delete}]}}}}}}",
	"{apiVersion: v1, kind: SessionCluster, metadata: {labels: null}}",
	"{apiVersion: apps/v1, kind: Deployment, spec: {template: {spec: {containers: [{name: flink-taskmanager, args: " +
		"[x]}]}}}}",
	"{apiVersion: v1, kind: ServiceAccount, $patch: delete}",
	"{target: {}, patch: {metadata: {annotations: {a: b}}}}",
	"{target: {kind: Job|Deployment, name: 'job-.*', labelSelector: 'a in (b),!c', annotationSelector: d}, patch: " +
		"{spec: {replicas: 2}}}",
	"target: {kind: Service}\npatch: |-\n  - {op: add, path: /spec/ports/-, value: {port: 1}}\n  - {op: move, from: " +
		"/spec/ports/0, path: /spec/x}\n",
}

func FuzzParse(f *testing.F) {
	for _, text := range entries {
		f.Add([]byte(text))
	}
	for _, text := range hostile.Texts() {
		f.Add([]byte(text[1]))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := patch.Parse(text)
		if err != nil {
			e, ok := errors.AsType[*flinktarget.InvalidError](err)
			assert.Assert(t, ok && len(e.Problems) > 0, "%T: %v", err, err)
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
		f.Add(text, "{target: {}, patch: [{op: add, path: /spec/y, value: [1.5, null]}]}",
			string(tree.JSON(object(f, taskManager))), string(tree.JSON(object(f, resource))))
		f.Add("{target: {kind: Service}, patch: {spec: {ports: [{port: 6123, name: x}, {port: 80}]}}}", text,
			string(tree.JSON(object(f, service))), `{"kind": "SessionCluster", "apiVersion": "v1", "spec": {}}`)
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
		checkApply(t, list, obj, res)
	})
}

func checkApply(t *testing.T, list []patch.Patch, obj, res map[string]any) {
	t.Helper()
	s, err := patch.NewSet(list...)
	assert.NilError(t, err)
	objectText, resourceText := string(tree.JSON(obj)), string(tree.JSON(res))
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
	assert.Assert(t, tree.Equal(any(again), want), "the results share memory with the set or the objects\n%s\n%s",
		tree.JSON(any(again)), tree.JSON(want))
	wantObj, _ := treeOf(objectText)
	wantRes, _ := treeOf(resourceText)
	assert.Assert(t, tree.Equal(objs[0], wantObj) && tree.Equal(objs[1], wantObj) && tree.Equal(res, wantRes),
		"what was handed in changed")
	assert.Equal(t, text(t, s), before, "the set changed")
}

// source makes trees of the bytes of a fuzzer: any shape, with the names that
// patches and objects have, so that they meet.
type source struct {
	data []byte
	at   int
}

func (s *source) next(n int) int {
	if s.at >= len(s.data) {
		return 0
	}
	s.at++
	return int(s.data[s.at-1]) % n
}

func (s *source) word() string {
	words := [...]string{"spec", "template", "containers", "name", "env", "ports", "containerPort", "port", "protocol",
		"value", "metadata", "labels",
		"annotations", "finalizers", "volumes", "tolerations", "kubernetes", "pods", "envVars", "a", "b", "$patch",
		"system", "selector", "data", "", "a/b", "~", "-", "0", "1"}
	return words[s.next(len(words))]
}

func (s *source) value(depth int) any {
	if depth == 0 {
		return s.word()
	}
	switch s.next(9) {
	case 0:
		return nil
	case 1:
		return s.next(2) == 1
	case 2:
		return int64(s.next(256)) - 3
	case 3:
		return []any{"delete", "replace", "merge", "TCP", 1.5, "2"}[s.next(6)]
	case 4:
		return s.word()
	case 5:
		list := make([]any, s.next(4))
		for i := range list {
			list[i] = s.value(depth - 1)
		}
		return list
	default:
		return s.object(depth - 1)
	}
}

func (s *source) object(depth int) map[string]any {
	m := map[string]any{}
	for range s.next(5) {
		m[s.word()] = s.value(depth)
	}
	return m
}

func (s *source) entry() any {
	switch s.next(5) {
	case 0:
		return s.operation()
	case 1:
		m := s.object(6)
		m["apiVersion"], m["kind"] = "v1", []any{"Deployment", "SessionCluster", "Service", "ServiceAccount"}[s.next(4)]
		return m
	case 2:
		return map[string]any{"target": map[string]any{}, "patch": []any{s.operation(), s.operation()}}
	default:
		return map[string]any{"target": map[string]any{"kind": []any{"", "Deployment", "Service|Job",
			"Deploy.*"}[s.next(4)]}, "patch": s.object(6)}
	}
}

func (s *source) operation() any {
	pointer := func() string {
		var b strings.Builder
		for range s.next(6) {
			b.WriteString("/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(s.word()))
		}
		return b.String()
	}
	m := map[string]any{"op": []any{"add", "remove", "replace", "move", "copy", "test"}[s.next(6)], "path": pointer()}
	switch m["op"] {
	case "move", "copy":
		m["from"] = pointer()
	case "add", "replace", "test":
		m["value"] = s.value(4)
	}
	return m
}

func FuzzApplyTrees(f *testing.F) {
	f.Add([]byte{})
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 0))
		data := make([]byte, 200)
		for i := range data {
			data[i] = byte(r.IntN(256))
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s := &source{data: data}
		var list []patch.Patch
		for range 3 {
			if p, err := patch.FromObject(s.entry()); err == nil {
				list = append(list, p)
			}
		}
		obj, res := s.object(7), s.object(7)
		kinds := [...][2]string{{"apps/v1", "Deployment"}, {"v1", "Service"}, {"batch/v1", "Job"},
			{"v1", "ServiceAccount"}, {"example.com/v1", "Custom"}}
		kind := kinds[s.next(len(kinds))]
		obj["apiVersion"], obj["kind"] = kind[0], kind[1]
		res["apiVersion"], res["kind"] = "v1", []any{"Deployment", "SessionCluster"}[s.next(2)]
		checkApply(t, list, obj, res)
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

// The fuzzer would prove nothing if its patches were refused, or met nothing.
func TestSourceMeets(t *testing.T) {
	accepted, changed, refused := 0, 0, 0
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 1))
		data := make([]byte, 300)
		for i := range data {
			data[i] = byte(r.IntN(256))
		}
		s := &source{data: data}
		p, err := patch.FromObject(s.entry())
		if err != nil {
			continue
		}
		accepted++
		set, err := patch.NewSet(p)
		assert.NilError(t, err)
		obj := s.object(7)
		obj["apiVersion"], obj["kind"] = "apps/v1", "Deployment"
		out, matches, err := set.ApplyObjects([]map[string]any{obj})
		switch {
		case err != nil:
			refused++
		case len(matches) > 0 && (len(out) == 0 || !tree.Equal(out[0], obj)):
			changed++
		}
	}
	t.Logf("%d patches are accepted; %d change their object, %d do not fit", accepted, changed, refused)
	assert.Assert(t, accepted > 500 && changed > 100 && refused > 50)
}
