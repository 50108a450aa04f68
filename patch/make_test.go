package patch_test

import (
	"errors"
	"testing"

	yamlv3 "go.yaml.in/yaml/v3"
	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/patch"
)

func TestMadePatchesAreTheParsedOnes(t *testing.T) {
	value := map[string]any{"a": []string{"b"}}
	one, err := patch.JSON(patch.Operation{Op: "add", Path: "/metadata/annotations/a", Value: value})
	assert.NilError(t, err)
	value["a"] = nil
	assert.Assert(t, one.Equal(patch.MustParse("{op: add, path: /metadata/annotations/a, value: {a: [b]}}")), "%s", one)

	null, err := patch.JSON(patch.Operation{Op: "replace", Path: "/a"})
	assert.NilError(t, err)
	assert.Assert(t, null.Equal(patch.MustParse("{op: replace, path: /a, value: null}")))

	several, err := patch.JSON(patch.Operation{Op: "remove", Path: "/spec/ports/0"}, patch.Operation{Op: "copy", From: "/spec/type", Path: "/spec/x"})
	assert.NilError(t, err)
	_, err = patch.NewSet(several)
	assert.Assert(t, errors.Is(err, patch.ErrInvalid), "for which objects?")
	services, err := several.For(patch.Selector{Kind: "Service"})
	assert.NilError(t, err)
	assert.Assert(t, services.Equal(patch.MustParse("{target: {kind: Service}, patch: [{op: remove, path: /spec/ports/0}, {op: copy, from: /spec/type, path: /spec/x}]}")))
	_, err = patch.NewSet(services)
	assert.NilError(t, err)

	service, err := one.For(patch.Selector{Kind: "Service"})
	assert.NilError(t, err)
	assert.Assert(t, service.SelectsKind("v1", "Service") && !one.SelectsKind("v1", "Service"))

	merge, err := patch.FromObject(map[string]any{"apiVersion": "apps/v1", "kind": "Deployment", "spec": map[string]any{"replicas": 2}})
	assert.NilError(t, err)
	assert.Assert(t, merge.Equal(patch.MustParse("{apiVersion: apps/v1, kind: Deployment, spec: {replicas: 2}}")))
	managers, err := merge.For(patch.Selector{LabelSelector: "component=taskmanager"})
	assert.NilError(t, err)
	again, err := managers.For(patch.Selector{Kind: "Deployment"})
	assert.NilError(t, err)
	assert.Assert(t, again.Equal(patch.MustParse("{target: {kind: Deployment}, patch: {apiVersion: apps/v1, kind: Deployment, spec: {replicas: 2}}}")))
}

func TestMakingFails(t *testing.T) {
	for reason, err := range map[string]error{
		"no operation":                 second(patch.JSON()),
		"an unknown operation":         second(patch.JSON(patch.Operation{Op: "ad", Path: "/a"})),
		"a value where there is none":  second(patch.JSON(patch.Operation{Op: "remove", Path: "/a", Value: 1})),
		"a value that is not JSON":     second(patch.JSON(patch.Operation{Op: "add", Path: "/a", Value: func() {}})),
		"a merge without a kind":       second(patch.FromObject(map[string]any{"spec": map[string]any{}})),
		"a list is no object":          second(patch.FromObject([]string{"a"})),
		"the zero patch":               second(patch.Patch{}.For(patch.Selector{})),
		"a selector that never fits":   second(patch.MustParse("{op: remove, path: /a}").For(patch.Selector{Kind: "Pod"})),
		"an expression that is broken": second(patch.MustParse("{op: remove, path: /a}").For(patch.Selector{Name: "("})),
	} {
		assert.Assert(t, err != nil, reason)
	}
}

func second(_ patch.Patch, err error) error { return err }

func TestUnmarshalYAML(t *testing.T) {
	var list []patch.Patch
	assert.NilError(t, yamlv3.Unmarshal([]byte("- {op: remove, path: /a}\n- target: {kind: Job}\n  patch: {spec: {backoffLimit: 1}}\n"), &list))
	assert.Assert(t, list[0].Equal(patch.MustParse("{op: remove, path: /a}")), "%s", list[0])
	assert.Assert(t, list[1].Equal(patch.MustParse("{target: {kind: Job}, patch: {spec: {backoffLimit: 1}}}")), "%s", list[1])
	assert.Assert(t, yamlv3.Unmarshal([]byte("- {op: ad, path: /a}\n"), &list) != nil)
}

func TestPodTemplatesOfResourcesMergeLikePods(t *testing.T) {
	out, err := set(t, "{apiVersion: v1, kind: Deployment, spec: {template: {spec: {kubernetes: {jobManagerPodTemplate: {spec: {containers: [{name: a, env: [{name: X, value: '1'}]}]}}}}}}}").ApplyResource(object(t, `
kind: Deployment
apiVersion: v1
spec: {template: {spec: {kubernetes: {jobManagerPodTemplate: {spec: {containers: [{name: a, image: i}, {name: b}]}}}}}}
`))
	assert.NilError(t, err)
	assert.DeepEqual(t, out, object(t, `
kind: Deployment
apiVersion: v1
spec: {template: {spec: {kubernetes: {jobManagerPodTemplate: {spec: {containers: [{name: a, image: i, env: [{name: X, value: "1"}]}, {name: b}]}}}}}}
`))
}
