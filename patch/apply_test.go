package patch_test

import (
	"errors"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
	"sigs.k8s.io/yaml"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/patch"
)

func object(t testing.TB, text string) map[string]any {
	t.Helper()
	var m map[string]any
	assert.NilError(t, yaml.Unmarshal([]byte(text), &m))
	v, err := tree.FromGo(m)
	assert.NilError(t, err)
	return v.(tree.Map)
}

func setOf(t *testing.T, texts ...string) patch.Set {
	t.Helper()
	var list []patch.Patch
	for _, text := range texts {
		list = append(list, patch.MustParse(text))
	}
	s, err := patch.NewSet(list...)
	assert.NilError(t, err)
	return s
}

const taskManager = `
apiVersion: apps/v1
kind: Deployment
metadata:
  name: job-1-taskmanager
  namespace: flink
  labels: {system: ververica-platform, component: taskmanager, team: a}
spec:
  replicas: 2
  selector: {matchLabels: {component: taskmanager}}
  template:
    metadata:
      labels: {system: ververica-platform, component: taskmanager}
    spec:
      containers:
      - name: flink-taskmanager
        image: flink
        env: [{name: A, value: "1"}]
`

const service = `
apiVersion: v1
kind: Service
metadata: {name: job-1-jobmanager, namespace: flink, labels: {system: ververica-platform}}
spec:
  selector: {component: jobmanager}
  ports: [{name: rpc, port: 6123}, {name: rest, port: 8081}]
`

func TestApplyObjects(t *testing.T) {
	cases := []struct {
		name, reason string
		patches      []string
		path         func(objs []map[string]any) any
		want         any
		matches      []patch.Match
	}{
		{"inline merge", "apiVersion and kind select",
			[]string{"{apiVersion: apps/v1, kind: Deployment, spec: {replicas: 5}}"},
			func(o []map[string]any) any { return o[0]["spec"].(map[string]any)["replicas"] }, int64(5),
			[]patch.Match{{Patch: 0, Object: 0}}},
		{"order", "each patch sees what the one before it left",
			[]string{"{apiVersion: v1, kind: Service, spec: {type: NodePort}}",
				"{target: {kind: Service}, patch: [{op: test, path: /spec/type, value: NodePort}, {op: replace, " +
					"path: /spec/type, value: ClusterIP}]}"},
			func(o []map[string]any) any { return o[1]["spec"].(map[string]any)["type"] }, "ClusterIP",
			[]patch.Match{{Patch: 0, Object: 1}, {Patch: 1, Object: 1}}},
		{"later selection", "labels that a patch adds select for the next",
			[]string{"{apiVersion: v1, kind: Service, metadata: {labels: {tier: x}}}",
				"{target: {labelSelector: tier=x}, patch: {spec: {type: NodePort}}}"},
			func(o []map[string]any) any { return o[1]["spec"].(map[string]any)["type"] }, "NodePort",
			[]patch.Match{{Patch: 0, Object: 1}, {Patch: 1, Object: 1}}},
		{"no match", "a name that nothing has selects nothing",
			[]string{"{target: {kind: Service, name: job}, patch: {spec: {type: NodePort}}}"},
			func(o []map[string]any) any { return o[1]["spec"].(map[string]any)["type"] }, nil, nil},
		{"names", "a name and a namespace are expressions for whole values",
			[]string{"{target: {name: job-1-j.*, namespace: f.*k}, patch: {spec: {type: NodePort}}}",
				"{target: {name: job-1}, patch: {spec: {type: ClusterIP}}}"},
			func(o []map[string]any) any { return o[1]["spec"].(map[string]any)["type"] }, "NodePort",
			[]patch.Match{{Patch: 0, Object: 1}}},
		{"inline names", "a name and a namespace narrow an inline merge",
			[]string{"{apiVersion: v1, kind: Service, metadata: {name: other}, spec: {type: NodePort}}",
				"{apiVersion: v1, kind: Service, metadata: {namespace: other}, spec: {type: NodePort}}",
				"{apiVersion: v1, kind: Service, metadata: {name: job-1-jobmanager, namespace: flink}, spec: {type: " +
					"ClusterIP}}"},
			func(o []map[string]any) any { return o[1]["spec"].(map[string]any)["type"] }, "ClusterIP",
			[]patch.Match{{Patch: 2, Object: 1}}},
		{"a merge for several kinds", "each kind has its own merge keys",
			[]string{"{target: {}, patch: {spec: {ports: [{port: 80}]}}}"},
			func(o []map[string]any) any {
				return []int{len(o[0]["spec"].(map[string]any)["ports"].([]any)),
					len(o[1]["spec"].(map[string]any)["ports"].([]any))}
			}, []int{1, 3}, []patch.Match{{Patch: 0, Object: 0}, {Patch: 0, Object: 1}}},
		{"resource patches are passed over", "they are for the other level",
			[]string{"{op: remove, path: /nothing}", "{apiVersion: v1, kind: Deployment, spec: {a: b}}"},
			func(o []map[string]any) any { return len(o) }, 2, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			in := []map[string]any{object(t, taskManager), object(t, service)}
			s := setOf(t, c.patches...)
			out, matches, err := s.ApplyObjects(in)
			assert.NilError(t, err, c.reason)
			assert.DeepEqual(t, c.path(out), c.want)
			assert.DeepEqual(t, matches, c.matches)
			assert.DeepEqual(t, in, []map[string]any{object(t, taskManager), object(t, service)})
			again, _, err := s.ApplyObjects(in)
			assert.NilError(t, err)
			assert.DeepEqual(t, out, again)
		})
	}
}

// What a patch leaves as it was may be a mistake; one that only tests is none.
func TestMatchesThatChangeNothing(t *testing.T) {
	for _, c := range []struct {
		reason, patch string
		same          bool
		after         any // replicas, as they are told of the object
	}{
		{"a merge that changes", "{spec: {replicas: 5}}", false, int64(5)},
		{"a merge of what is there", "{spec: {replicas: 2}}", true, int64(2)},
		{"an operation that changes", "[{op: replace, path: /spec/replicas, value: 5}]", false, int64(5)},
		{"an operation with the value that is there", "[{op: replace, path: /spec/replicas, value: 2}]", true, int64(2)},
		{"a test alone changes nothing on purpose", "[{op: test, path: /spec/replicas, value: 2}]", false, int64(2)},
		{"a test before an operation is no purpose",
			"[{op: test, path: /spec/replicas, value: 2}, {op: replace, path: /spec/replicas, value: 2}]", true, int64(2)},
		{"a refused change is not told", "{spec: {selector: null}}", false, nil},
	} {
		var told any
		in := object(t, taskManager)
		_, matches, err := setOf(t, "{target: {kind: Deployment}, patch: "+c.patch+"}").ApplyWith(nil,
			[]map[string]any{in}, func(i int, before, after map[string]any) {
				assert.Equal(t, i, 0)
				assert.DeepEqual(t, before, in)
				told = after["spec"].(map[string]any)["replicas"]
			})
		assert.DeepEqual(t, told, c.after, equalNumbers)
		if c.after == nil {
			assert.ErrorIs(t, err, patch.ErrConflict)
			continue
		}
		assert.NilError(t, err)
		assert.DeepEqual(t, matches, []patch.Match{{Object: 0, Same: c.same}})
	}
}

// A brokenEngine fails without a word about the patch.
type brokenEngine struct{ error }

func (e brokenEngine) Apply(patch.Patch, []map[string]any) ([]map[string]any, []int, error) {
	return nil, nil, e
}

func TestEngineThatFails(t *testing.T) {
	broken := brokenEngine{errors.New("broken")}
	_, _, err := setOf(t, "{op: remove, path: /a}").ApplyWith(broken, nil, nil)
	assert.NilError(t, err, "patches of VVP resources are no business of an engine")
	_, _, err = setOf(t, "{op: remove, path: /a}", "{target: {}, patch: {a: b}}").ApplyWith(broken, nil, nil)
	e, ok := errors.AsType[*patch.ApplyError](err)
	assert.Assert(t, ok && errors.Is(err, broken) && e.Entry == 1 && e.Position.Line == 1, "%v", err)
}

// ruleOf is the rule of the first problem.
func ruleOf(err error) string {
	p, _ := errors.AsType[flinktarget.Problem](err)
	return p.Rule
}

// Objects of kinds that the renderer does not emit are patched, too, but for merges
// that could lose elements: those into kinds of Kubernetes whose lists are not known.
func TestOtherKinds(t *testing.T) {
	containers := func(head, content string) map[string]any {
		return object(t, "{"+head+", metadata: {name: a}, spec: {template: {spec: {containers: ["+content+"]}}}}")
	}
	const merge = "{target: {labelSelector: '!none'}, patch: {spec: {template: {spec: {containers: [{name: a, image: " +
		"z}]}}}}}"
	for _, head := range []string{"apiVersion: apps/v1, kind: StatefulSet",
		"apiVersion: v1, kind: ReplicationController", "apiVersion: node.k8s.io/v1, kind: X"} {
		set := containers(head, "{name: a, image: x}, {name: b}")
		_, _, err := setOf(t, merge).ApplyObjects([]map[string]any{set})
		e, ok := errors.AsType[*patch.ApplyError](err)
		assert.Assert(t, ok && !errors.Is(err, patch.ErrConflict), "%s: %v", head, err)
		assert.Assert(t, e.Object != "")

		out, _, err := setOf(t,
			"{target: {}, patch: [{op: replace, path: /spec/template/spec/containers/0/image, "+
				"value: z}]}").ApplyObjects([]map[string]any{set})
		assert.NilError(t, err)
		assert.DeepEqual(t, out[0], containers(head, "{name: a, image: z}, {name: b}"))
	}

	// The lists of custom resources are replaced, whatever their kind is called.
	const custom = "apiVersion: example.com/v1, kind: Deployment"
	resource := containers(custom, "{name: a, image: x}, {name: b}")
	out, _, err := setOf(t, merge).ApplyObjects([]map[string]any{resource})
	assert.NilError(t, err)
	assert.DeepEqual(t, out[0], containers(custom, "{name: a, image: z}"))

	// What such a kind refuses is known only now.
	_, _, err = setOf(t, "{target: {}, patch: {metadata: {finalizers: [{$patch: "+
		"delete}]}}}").ApplyObjects([]map[string]any{resource})
	e, ok := errors.AsType[*patch.ApplyError](err)
	assert.Assert(t, ok, "%v", err)
	assert.Equal(t, e.Object, "Deployment a")

	// A patch says $patch: delete of an object that nobody knows.
	_, _, err = setOf(t, "{target: {}, patch: {$patch: delete}}").ApplyObjects([]map[string]any{resource})
	assert.Assert(t, errors.Is(err, patch.ErrConflict), "%v", err)
}

func TestOperationOnObjectFails(t *testing.T) {
	_, _, err := setOf(t,
		"{target: {kind: Service}, patch: [{op: test, path: /spec/type, value: "+
			"NodePort}]}").ApplyObjects([]map[string]any{object(t, service)})
	e, ok := errors.AsType[*patch.ApplyError](err)
	assert.Assert(t, ok && !errors.Is(err, patch.ErrConflict), "%v", err)
	assert.Equal(t, e.Object, "Service flink/job-1-jobmanager")
	assert.Equal(t, ruleOf(err), "patch-apply")
}

func TestSelectsKind(t *testing.T) {
	for _, c := range []struct {
		text                     string
		deployment, session, k8s bool
	}{
		{"{op: remove, path: /a}", true, false, false},
		{"{apiVersion: v1, kind: SessionCluster, spec: {a: b}}", false, true, false},
		{"{apiVersion: apps/v1, kind: Deployment, spec: {a: b}}", false, false, true},
		{"{target: {kind: Deployment}, patch: {spec: {a: b}}}", false, false, true},
	} {
		p := patch.MustParse(c.text)
		assert.Equal(t, p.SelectsKind("v1", "Deployment"), c.deployment, c.text)
		assert.Equal(t, p.SelectsKind("v1", "SessionCluster"), c.session, c.text)
		assert.Equal(t, p.SelectsKind("apps/v1", "Deployment"), c.k8s, c.text)
	}
	assert.Assert(t, !patch.Patch{}.SelectsKind("v1", "Deployment"))
}

func TestProtected(t *testing.T) {
	for reason, text := range map[string]string{
		"the name is in selectors and in VVP's tables": "{target: {kind: Service}, patch: [{op: replace, path: " +
			"/metadata/name, value: x}]}",
		"the namespace is the target's": "{target: {kind: Service}, patch: [{op: replace, path: " +
			"/metadata/namespace, value: x}]}",
		"the kind decides what it is": "{target: {kind: Service}, patch: [{op: replace, path: " +
			"/kind, value: Pod}]}",
		"selectors are immutable": "{target: {kind: Deployment}, patch: {spec: {selector: " +
			"{matchLabels: {a: b}}}}}",
		"a Service must find its pods": "{target: {kind: Service}, patch: {spec: {selector: null}}}",
		"system labels are the platform's": "{target: {kind: Service}, patch: {metadata: {labels: " +
			"{system: mine}}}}",
		"and are not removed": "{target: {kind: Service}, patch: {metadata: {labels: null}}}",
		"nor added": "{target: {kind: Service}, patch: {metadata: {labels: " +
			"{jobId: x}}}}",
		"those of pods neither": "{target: {kind: Deployment}, patch: {spec: {template: " +
			"{metadata: {labels: {component: x}}}}}}",
		"others need the Service": "{apiVersion: v1, kind: Service, $patch: delete}",
	} {
		t.Run(reason, func(t *testing.T) {
			out, matches, err := setOf(t, "{op: remove, path: /a}",
				text).ApplyObjects([]map[string]any{object(t, taskManager), object(t, service)})
			assert.Assert(t, errors.Is(err, patch.ErrConflict), "%v", err)
			assert.Equal(t, ruleOf(err), "patch-conflict")
			e, ok := errors.AsType[*patch.ApplyError](err)
			assert.Assert(t, ok)
			assert.Equal(t, e.Entry, 1)
			assert.Assert(t, e.Object != "")
			assert.Assert(t, out == nil && matches == nil, "all or nothing")
		})
	}
}

const resource = `
kind: Deployment
apiVersion: v1
metadata: {id: 1, name: a, namespace: default, annotations: {}}
spec:
  deploymentTargetName: t
  template: {spec: {flinkConfiguration: {}, kubernetes: {pods: {
    envVars: [{name: A, value: "1"}, {name: B, value: "2"}]}}}}
`

func TestApplyResource(t *testing.T) {
	doc := object(t, resource)
	out, err := setOf(t,
		"{op: add, path: /spec/template/spec/flinkConfiguration/state.checkpoints.dir, value: s3://b/c}",
		"{op: add, path: /metadata/annotations/license~1testing, value: 'true'}",
		"{apiVersion: v1, kind: SessionCluster, spec: {not: mine}}",
		"{apiVersion: v1, kind: Deployment, metadata: {name: other}, spec: {not: mine}}",
		"{apiVersion: v1, kind: Deployment, spec: {template: {spec: {kubernetes: {pods: {envVars: [{name: B, value: "+
			"'3'}]}}}}}}",
		"{apiVersion: apps/v1, kind: Deployment, spec: {not: mine}}",
	).ApplyResource(doc)
	assert.NilError(t, err)
	assert.DeepEqual(t, out, object(t, `
kind: Deployment
apiVersion: v1
metadata: {id: 1, name: a, namespace: default, annotations: {license/testing: "true"}}
spec:
  deploymentTargetName: t
  template:
    spec:
      flinkConfiguration: {state.checkpoints.dir: "s3://b/c"}
      kubernetes: {pods: {envVars: [{name: B, value: "3"}, {name: A, value: "1"}]}}
`), equalNumbers)
	assert.DeepEqual(t, doc, object(t, resource))
}

func TestApplyResourceFails(t *testing.T) {
	for reason, text := range map[string]string{
		"what a Deployment runs on is not for patches": "{op: replace, path: /spec/deploymentTargetName, value: other}",
		"nor is another reference":                     "{op: add, path: /spec/sessionClusterName, value: other}",
		"nor its identity":                             "{op: replace, path: /metadata/name, value: other}",
		"not by a merge either":                        "{apiVersion: v1, kind: Deployment, metadata: {id: 2}}",
	} {
		_, err := setOf(t, text).ApplyResource(object(t, resource))
		assert.Assert(t, errors.Is(err, patch.ErrConflict), "%s: %v", reason, err)
	}
	for reason, text := range map[string]string{
		"RFC 6902: the parent must be there": "{op: add, path: /spec/none/a, value: b}",
		"RFC 6902: what is replaced, too":    "{op: replace, path: /spec/none, value: b}",
		"a test that fails":                  "{op: test, path: /kind, value: Other}",
		"the document stays an object":       "{op: replace, path: '', value: 3}",
	} {
		_, err := setOf(t, text).ApplyResource(object(t, resource))
		e, ok := errors.AsType[*patch.ApplyError](err)
		assert.Assert(t, ok, "%s: %v", reason, err)
		assert.Equal(t, e.Entry, 0)
		assert.Assert(t, !errors.Is(err, patch.ErrConflict))
	}
}

func TestResultsShareNothing(t *testing.T) {
	in := []map[string]any{object(t, taskManager)}
	p := "{target: {kind: Deployment}, patch: {spec: {template: {spec: {tolerations: [{key: a}], containers: [{name: " +
		"flink-taskmanager, args: [x]}]}}}}}"
	s := setOf(t, p)
	first, _, err := s.ApplyObjects(in)
	assert.NilError(t, err)
	want := tree.Copy(any(first[0])) // what shares memory would be wrecked alike
	wreck(first[0])
	assert.DeepEqual(t, in[0], object(t, taskManager))
	got, _, err := s.ApplyObjects(in)
	assert.NilError(t, err)
	assert.DeepEqual(t, any(got[0]), want)
}

// The renderer's way gives the same, and changes nothing that it was given.
func TestSharedResults(t *testing.T) {
	s := setOf(t, "{target: {kind: Deployment}, patch: {spec: {template: {spec: {tolerations: [{key: a}], "+
		"containers: [{name: flink-taskmanager, args: [x]}]}}}}}",
		"{target: {kind: Service}, patch: [{op: remove, path: /spec/ports/1}, {op: add, path: /metadata/annotations, "+
			"value: {a: b}}]}")
	in := []map[string]any{object(t, taskManager), object(t, service)}
	want, matches, err := s.ApplyObjects(in)
	assert.NilError(t, err)
	for range 2 {
		shared := []map[string]any{tree.CopyMap(in[0]), tree.CopyMap(in[1])}
		got, gotMatches, err := s.ApplyWith(nil, shared, nil)
		assert.NilError(t, err)
		assert.DeepEqual(t, got, want)
		assert.DeepEqual(t, gotMatches, matches)
		assert.DeepEqual(t, shared, in)
	}
}

// wreck empties every map and overwrites every list element.
func wreck(v any) {
	switch t := v.(type) {
	case map[string]any:
		for _, e := range t {
			wreck(e)
		}
		clear(t)
	case []any:
		for i, e := range t {
			wreck(e)
			t[i] = "wrecked"
		}
	}
}

func TestUnknownGoTypesAreRefused(t *testing.T) {
	_, _, err := setOf(t,
		"{target: {}, patch: {metadata: {annotations: {a: b}}}}").ApplyObjects([]map[string]any{{"kind": "Job",
		"spec": func() {}}})
	assert.ErrorContains(t, err, "unsupported type")
	_, err = setOf(t).ApplyResource(map[string]any{"a": make(chan int)})
	assert.ErrorContains(t, err, "unsupported type")
}

// What a person needs to find the place: the entry, the object, and each field.
func TestConflictsNameTheFields(t *testing.T) {
	for reason, c := range map[string]struct {
		patch string
		names []string
	}{
		"one field": {"{target: {kind: Service}, patch: [{op: replace, path: /metadata/name, value: x}]}",
			[]string{"metadata.name"}},
		"several": {"{target: {kind: Service}, patch: {spec: {selector: null}, metadata: {labels: {system: " +
			"mine}}}}", []string{"spec.selector", "metadata.labels.system"}},
		"a whole object": {"{apiVersion: v1, kind: Service, $patch: delete}", nil},
	} {
		_, _, err := setOf(t, c.patch).ApplyObjects([]map[string]any{object(t, service)})
		for _, name := range append(c.names, "spec.deploymentPatchSet[0]", "Service") {
			assert.ErrorContains(t, err, name, reason)
		}
	}
	e := &patch.ApplyError{Position: flinktarget.Position{File: "target.yaml", Line: 7, Column: 3}, Err: patch.ErrConflict}
	assert.Assert(t, strings.HasPrefix(e.Error(), "target.yaml:7:3: "), "%v", e)
}
