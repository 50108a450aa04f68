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

// Which resource an inline patch means.
func TestInlineNamesOfResources(t *testing.T) {
	for metadata, applies := range map[string]bool{
		"{}": true, "{name: a}": true, "{namespace: default}": true, "{name: a, namespace: default}": true,
		"{name: b}": false, "{namespace: other}": false, "{name: a, namespace: other}": false,
	} {
		out, err := setOf(t,
			"{apiVersion: v1, kind: Deployment, metadata: "+metadata+
				", spec: {template: {spec: {parallelism: 7}}}}").ApplyResource(object(t, resource))
		assert.NilError(t, err, metadata)
		_, applied := out["spec"].(map[string]any)["template"].(map[string]any)["spec"].(map[string]any)["parallelism"]
		assert.Equal(t, applied, applies, metadata)
	}
}

// Which objects a selector means, annotations included.
func TestAnnotationSelectors(t *testing.T) {
	annotated := object(t, service)
	annotated["metadata"].(map[string]any)["annotations"] = map[string]any{"a": "b"}
	for selector, want := range map[string][]patch.Match{
		"a=b":   {{Patch: 0, Object: 1}},
		"a!=b":  {{Patch: 0, Object: 0}, {Patch: 0, Object: 2}},
		"a":     {{Patch: 0, Object: 1}},
		"a=b,c": nil,
	} {
		_, matches, err := setOf(t,
			fmt.Sprintf("{target: {annotationSelector: '%s'}, patch: {metadata: {labels: {x: y}}}}", selector)).
			ApplyObjects([]map[string]any{object(t, service), annotated, object(t, taskManager)})
		assert.NilError(t, err)
		assert.DeepEqual(t, matches, want)
	}
	p := patch.MustParse("{target: {kind: Service}, patch: {spec: {a: b}}}")
	assert.Assert(t, p.SelectsKind("v1", "Service") && !p.SelectsKind("apps/v1", "Deployment") &&
		!patch.Patch{}.SelectsKind("v1", "Service"))
	assert.Assert(t, !p.Equal(patch.Patch{}) && !patch.Patch{}.Equal(p) && patch.Patch{}.Equal(patch.Patch{}))
}

// What is deleted is not patched any more.
func TestPatchesAfterADeletion(t *testing.T) {
	account := object(t, "{apiVersion: v1, kind: ServiceAccount, metadata: {name: job-1, namespace: flink}}")
	out, matches, err := setOf(t, "{apiVersion: v1, kind: ServiceAccount, $patch: delete}",
		"{target: {}, patch: {metadata: {annotations: {a: b}}}}").
		ApplyObjects([]map[string]any{account, object(t, service)})
	assert.NilError(t, err)
	assert.Equal(t, len(out), 1)
	assert.DeepEqual(t, matches, []patch.Match{{Patch: 0, Object: 0}, {Patch: 1, Object: 1}})
}

// A null is there: to add one is a change of what is protected.
func TestNullsOfThePlatform(t *testing.T) {
	_, err := setOf(t, "{op: add, path: /spec/sessionClusterName, value: null}").ApplyResource(object(t, resource))
	assert.ErrorIs(t, err, patch.ErrConflict)
	_, _, err = setOf(t, "{target: {kind: Service}, patch: [{op: add, path: /metadata/labels/jobId, "+
		"value: null}]}").ApplyObjects([]map[string]any{object(t, service)})
	assert.ErrorIs(t, err, patch.ErrConflict)
}

func TestWhatApplyErrorsSay(t *testing.T) {
	for text, want := range map[string]string{
		"{target: {kind: Service}, patch: {metadata: {labels: {system: x}}}}": "metadata.labels.system belongs to the platform",
		"{target: {kind: Service}, patch: {metadata: {labels: {system: x}}, spec: {selector: {a: b}}}}": "spec.selector, " +
			"metadata.labels.system belong to the platform",
		"{apiVersion: v1, kind: Service, $patch: delete}": "cannot delete: other objects refer to it",
	} {
		_, _, err := setOf(t, text).ApplyObjects([]map[string]any{object(t, service)})
		e, ok := errors.AsType[*patch.ApplyError](err)
		assert.Assert(t, ok)
		assert.Error(t, err, "spec.deploymentPatchSet[0]: Service flink/job-1-jobmanager: "+
			"the patch changes a protected field: "+want)
		e.Position = flinktarget.Position{File: "f.yaml", Line: 3, Column: 5}
		assert.Assert(t, strings.HasPrefix(e.Error(), "f.yaml:3:5: spec."), "%v", e)
	}
	for n, want := range map[int]string{400: strings.Repeat("x", 400) + ": no",
		401: strings.Repeat("x", 400) + "…: no"} {
		e := &patch.ApplyError{Object: strings.Repeat("x", n), Err: errors.New("no")}
		assert.Assert(t, strings.HasSuffix(e.Error(), "[0]: "+want), "%v", e)
	}
	// What is refused late is no conflict with the platform.
	for n, more := range map[int]string{20: "", 21: "… and 1 more", 30: "… and 10 more"} {
		data := func(value string) string {
			text := "data: {"
			for i := range n {
				text += fmt.Sprintf("k%d: %s, ", i, value)
			}
			return text + "}"
		}
		config := object(t, "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, "+data("text")+"}")
		_, _, err := setOf(t,
			"{target: {kind: ConfigMap}, patch: {"+data("{a: b}")+"}}").ApplyObjects([]map[string]any{config})
		assert.Assert(t, err != nil && !errors.Is(err, patch.ErrConflict), "%v", err)
		assert.Equal(t, strings.Count(err.Error(), "\n"), min(n, 20)+min(len(more), 1), "%v", err)
		assert.Assert(t, strings.HasSuffix(err.Error(), more), "%v", err)
	}
	_, err := patch.FromObject(map[string]any{"op": "remove", "path": "/a", "value": 1})
	assert.ErrorContains(t, err, "no meaning")
}
