package patch_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/patch"
)

func TestPositionString(t *testing.T) {
	for want, p := range map[string]flinktarget.Position{
		"":           {},
		"f.yaml":     {File: "f.yaml"},
		"3:4":        {Line: 3, Column: 4},
		"f.yaml:3:4": {File: "f.yaml", Line: 3, Column: 4},
	} {
		assert.Equal(t, p.String(), want)
	}
}

// What does not fit an object may be much.
func TestApplyErrorText(t *testing.T) {
	content := map[string]any{}
	object := map[string]any{}
	for i := range 100 {
		content[fmt.Sprint("key", i)] = map[string]any{"a": "b"}
		object[fmt.Sprint("key", i)] = "text"
	}
	content["password=hunter2"], object["password=hunter2"] = map[string]any{"a": "b"}, "text"
	content[strings.Repeat("x", 1<<20)], object[strings.Repeat("x", 1<<20)] = map[string]any{"a": "b"}, "text"
	p, err := patch.FromObject(map[string]any{"apiVersion": "v1", "kind": "ConfigMap", "data": content})
	assert.NilError(t, err)
	s, err := patch.NewSet(p)
	assert.NilError(t, err)
	_, _, err = s.ApplyObjects([]map[string]any{{"apiVersion": "v1", "kind": "ConfigMap",
		"metadata": map[string]any{"name": "c"}, "data": object}})
	e, ok := errors.AsType[*patch.ApplyError](err)
	assert.Assert(t, ok)
	assert.Equal(t, e.Object, "ConfigMap c", "no namespace, no slash")
	text := err.Error()
	assert.Assert(t, len(text) < 10_000, "%d bytes", len(text))
	assert.Assert(t, strings.HasSuffix(text, "… and 82 more"), text)
	assert.Assert(t, !strings.Contains(text, "hunter2"))

	content = map[string]any{"password=hunter2": map[string]any{}}
	p, err = patch.FromObject(map[string]any{"apiVersion": "v1", "kind": "ConfigMap", "data": content})
	assert.NilError(t, err)
	s, err = patch.NewSet(p)
	assert.NilError(t, err)
	_, _, err = s.ApplyObjects([]map[string]any{{"apiVersion": "v1", "kind": "ConfigMap",
		"metadata": map[string]any{"name": "c", "namespace": "n"}, "data": map[string]any{"password=hunter2": "x"}}})
	assert.Error(t, err, "spec.deploymentPatchSet[0]: ConfigMap n/c: data.password=(hidden): must be a scalar, "+
		"as in the object, and not a map")
}

// An operation that adds below what is not there is told the strategic merge that does it.
func TestMissingParentText(t *testing.T) {
	const before = ", or add what is missing before"
	for path, want := range map[string]string{
		"/metadata/annotations/a.b~1c d": `patch: {metadata: {annotations: {"a.b/c d": …}}}` + before,
		"/metadata/annotations/a.b~1c":   "patch: {metadata: {annotations: {a.b/c: …}}}" + before,
		"/metadata/finalizers/-":         "patch: {metadata: {finalizers: […]}}" + before,
		"/metadata/finalizers/0":         "patch: {metadata: {finalizers: […]}}" + before,
		"/list/0/labels/a":               `there is no "labels" in "/list/0"`, // no merge knows the element
		"/list/7":                        "index 7 is beyond the end of the array",
	} {
		p, err := patch.Parse(fmt.Appendf(nil, "{target: {kind: ConfigMap}, patch: [{op: add, path: %q, value: x}]}", path))
		assert.NilError(t, err)
		s, err := patch.NewSet(p)
		assert.NilError(t, err)
		_, _, err = s.ApplyObjects([]map[string]any{{"apiVersion": "v1", "kind": "ConfigMap",
			"metadata": map[string]any{"name": "c"}, "list": []any{map[string]any{}}}})
		assert.Assert(t, strings.HasSuffix(err.Error(), want), "%s: %v", path, err)
	}
	p, err := patch.Parse([]byte("{op: add, path: /spec/a/b, value: x}"))
	assert.NilError(t, err)
	s, err := patch.NewSet(p)
	assert.NilError(t, err)
	_, err = s.ApplyResource(map[string]any{"apiVersion": "v1", "kind": "Deployment", "spec": map[string]any{}})
	assert.ErrorContains(t, err, "write a strategic merge, {apiVersion: v1, kind: Deployment, spec: {a: {b: …}}}")
}

// Values of secrets are in no message, whatever is wrong with a patch.
func TestNoSecretInMessages(t *testing.T) {
	for reason, text := range map[string]string{
		"an operation":               "{op: password=hunter2, path: /a, value: 1}",
		"a member of an operation":   "{op: add, path: /a, value: 1, password=hunter2: 1}",
		"a kind":                     "{kind: password=hunter2, apiVersion: v1}",
		"a label selector":           "{target: {labelSelector: token in hunter2}, patch: {a: b}}",
		"an expression":              "{target: {name: 'token=hunter2('}, patch: {a: b}}",
		"an unknown key of a target": "{target: {'token: hunter2': a}, patch: {a: b}}",
		"a directive":                "{target: {kind: Job}, patch: {a: {$patch: 'password=hunter2'}}}",
		"a key of a patch":           "{target: {kind: Job}, patch: {password=hunter2: {$retainKeys: [a]}}}",
		"an alias":                   "{target: {kind: Job}, patch: {password: *hunter2 }}",
		"an alias in a text":         "{target: {kind: Job}, patch: 'password: *hunter2'}",
		"a tag in a text":            "{target: {kind: Job}, patch: 'password: !hunter2'}",
	} {
		_, err := patch.Parse([]byte(text))
		e, ok := errors.AsType[*flinktarget.InvalidError](err)
		assert.Assert(t, ok, "%s: %v", reason, err)
		assert.Assert(t, !strings.Contains(err.Error(), "hunter2"), "%s: %v", reason, err)
		for p := range flinktarget.Problems(e) {
			assert.Assert(t, !strings.Contains(p.Field+p.Message, "hunter2"), "%s: %v", reason, p)
		}
	}
	for reason, text := range map[string]string{
		"a pointer": "{op: replace, path: /password=hunter2, value: 1}",
		"a from":    "{op: move, from: /password=hunter2/a, path: /x}",
		"a test":    "{op: test, path: /kind, value: hunter2}",
		"an index":  "{op: remove, path: '/list/token: hunter2'}",
		"a scalar":  "{op: add, path: '/kind/token=hunter2', value: 1}",
	} {
		_, err := setOf(t, text).ApplyResource(map[string]any{"kind": "Deployment", "list": []any{}})
		assert.Assert(t, err != nil && !strings.Contains(err.Error(), "hunter2"), "%s: %v", reason, err)
	}
}

// Whatever the input, a message stays readable.
func TestMessagesAreBounded(t *testing.T) {
	huge := strings.Repeat("x", 500_000)
	for reason, text := range map[string]string{
		"an operation":     "{op: " + huge + ", path: /a}",
		"a kind":           "{kind: " + huge + ", apiVersion: v1}",
		"an API version":   "{kind: a, apiVersion: " + huge + "}",
		"a label selector": "{target: {labelSelector: '" + huge + " '}, patch: {a: b}}",
		"an expression":    "{target: {name: '" + huge + "'}, patch: {a: b}}",
		"a key":            "{target: {" + huge + ": a}, patch: {a: b}}",
		"a pointer":        "{op: add, path: " + huge + ", value: 1}",
	} {
		_, err := patch.Parse([]byte(text))
		assert.Assert(t, err != nil && len(err.Error()) < 2000, "%s: %d bytes", reason, len(fmt.Sprint(err)))
	}
	_, err := setOf(t, "{op: remove, path: /"+huge+"}").ApplyResource(map[string]any{"kind": "Deployment"})
	assert.Assert(t, err != nil && len(err.Error()) < 2000)
}
