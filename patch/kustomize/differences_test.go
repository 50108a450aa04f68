package kustomize_test

import (
	"os"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
	"sigs.k8s.io/yaml"

	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/patch"
	"github.com/flinktarget/flinktarget/patch/kustomize"
)

// differences is all that the two engines are known to do differently, by the words of the
// package documentation. What they make of a patch and an object is compared as JSON; "error"
// stands for one.
var differences = []struct {
	name, object, patch string
	ours, theirs        string
}{
	{"Ports without protocol",
		"{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {ports: [{port: 80, protocol: TCP}]}}",
		"{apiVersion: v1, kind: Service, spec: {ports: [{port: 80, name: web}]}}",
		`{"ports":[{"name":"web","port":80,"protocol":"TCP"}]}`, `{"ports":[{"port":80,"protocol":"TCP"}]}`},
	{"Elements that stand twice",
		"{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}, spec: {template: {spec: {containers: [{name: a}, " +
			"{name: a}]}}}}",
		"{apiVersion: apps/v1, kind: Deployment, spec: {paused: true, template: {spec: {hostNetwork: true}}}}",
		`{"paused":true,"template":{"spec":{"containers":[{"name":"a"},{"name":"a"}],"hostNetwork":true}}}`,
		`{"paused":true,"template":{"spec":{"containers":[{"name":"a"}],"hostNetwork":true}}}`},
	{"A list that is not there",
		"{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}, spec: {template: {spec: {}}}}",
		"{apiVersion: apps/v1, kind: Deployment, spec: {template: {spec: {volumes: [{$patch: replace}, {name: v}]}}}}",
		`{"template":{"spec":{"volumes":[{"name":"v"}]}}}`, `{"template":{"spec":{"volumes":[{"$patch":"replace"}]}}}`},
	{"Replacing what is not there",
		"{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {}}",
		"{target: {kind: Service}, patch: [{op: replace, path: /spec/type, value: NodePort}]}",
		"error", `{"type":"NodePort"}`},
	{"Large integers",
		"{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {a: 9007199254740993}}",
		"{target: {kind: Service}, patch: [{op: add, path: /spec/b, value: c}]}",
		`{"a":9007199254740993,"b":"c"}`, `{"a":9.007199254740992e+15,"b":"c"}`},
	{"Indices from the end",
		"{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {a: [x, z]}}",
		"{target: {kind: Service}, patch: [{op: add, path: /spec/a/-1, value: y}]}",
		"error", `{"a":["x","z","y"]}`},
	{"The namespace default",
		"{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {}}",
		"{target: {kind: Service, namespace: default}, patch: [{op: add, path: /spec/b, value: c}]}",
		`{}`, `{"b":"c"}`},
	{"Kinds that are not rendered",
		"{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: a}, spec: {}}",
		"{target: {name: a}, patch: {spec: {b: c}}}",
		"error", `{"b":"c"}`},
	{"Testing what is not there for null",
		"{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {}}",
		"{target: {kind: Service}, patch: [{op: test, path: /spec/b, value: null}]}",
		"error", "{}"},
	{"Copying what is not there",
		"{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {}}",
		"{target: {kind: Service}, patch: [{op: copy, from: /spec/x, path: /spec/y}]}",
		"error", `{"y":null}`},
	{"Indices with a leading zero",
		"{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {a: [x, y]}}",
		"{target: {kind: Service}, patch: [{op: replace, path: /spec/a/01, value: z}]}",
		"error", `{"a":["x","z"]}`},
}

func TestDifferences(t *testing.T) {
	doc, err := os.ReadFile("doc.go")
	assert.NilError(t, err)
	for _, d := range differences {
		t.Run(d.name, func(t *testing.T) {
			assert.Assert(t, strings.Contains(string(doc), "//   - "+d.name+": "), "doc.go does not have it")
			assert.Equal(t, applied(t, nil, d.object, d.patch), d.ours)
			assert.Equal(t, applied(t, kustomize.Engine(), d.object, d.patch), d.theirs)
		})
	}
	list := strings.Count(string(doc), "//   - ")
	assert.Equal(t, list, len(differences), "doc.go lists what is no difference")
}

// applied returns the spec of an object after a patch.
func applied(t *testing.T, e patch.Engine, object, text string) string {
	t.Helper()
	set, err := patch.NewSet(patch.MustParse(text))
	assert.NilError(t, err)
	data, err := yaml.YAMLToJSON([]byte(object))
	assert.NilError(t, err)
	o, err := tree.FromJSON(data)
	assert.NilError(t, err)
	out, _, err := set.ApplyWith(e, []map[string]any{o.(map[string]any)}, nil)
	if err != nil {
		t.Log(err)
		return "error"
	}
	return string(tree.JSON(out[0]["spec"]))
}
