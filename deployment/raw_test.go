package deployment_test

import (
	"encoding/json"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
	corev1 "k8s.io/api/core/v1"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/deployment"
)

func TestRaw(t *testing.T) {
	text := "metadata: {annotations: {a: b}}\nspec:\n  hostNetwork: false\n  terminationGracePeriodSeconds: 0\n" +
		"  affinity: null\n"
	r, err := deployment.FromYAML[corev1.PodTemplateSpec]([]byte(text))
	assert.NilError(t, err)
	const want = `{"metadata":{"annotations":{"a":"b"}},` +
		`"spec":{"affinity":null,"hostNetwork":false,"terminationGracePeriodSeconds":0}}`
	assert.Equal(t, r.String(), want, "false, 0 and null survive, and nothing is added")

	same, err := deployment.FromObject[corev1.PodTemplateSpec](map[string]any{
		"spec":     map[string]any{"hostNetwork": false, "terminationGracePeriodSeconds": 0, "affinity": nil},
		"metadata": map[string]any{"annotations": map[string]any{"a": "b"}},
	})
	assert.NilError(t, err)
	assert.Assert(t, same.Equal(r))

	var read deployment.Raw[corev1.PodTemplateSpec]
	assert.NilError(t, json.Unmarshal([]byte(want), &read))
	assert.Assert(t, read.Equal(r) && !read.IsZero())
	assert.Equal(t, textOf(t, read), want)

	// The file of a pod for kubectl is read, in each way, as what is in it.
	for _, typed := range []string{`{"kind": "Pod",`, `{"apiVersion": "v1", "kind": "PodTemplate",`} {
		text := []byte(strings.Replace(want, "{", typed, 1))
		r, err := deployment.FromYAML[corev1.PodTemplateSpec](text)
		assert.NilError(t, err)
		assert.Equal(t, r.String(), want)
		assert.NilError(t, json.Unmarshal(text, &read))
		assert.Assert(t, read.Equal(r))
	}
	_, err = deployment.FromYAML[corev1.Affinity]([]byte("kind: Pod"))
	assert.ErrorIs(t, err, flinktarget.ErrInvalid, "an affinity is not the inside of a Pod")
}

func TestRawZero(t *testing.T) {
	var zero deployment.Raw[corev1.EnvVar]
	assert.Assert(t, zero.IsZero() && zero.Map() == nil)
	assert.Equal(t, zero.String(), "null")
	assert.Equal(t, textOf(t, zero), "null")
	null, err := deployment.FromYAML[corev1.EnvVar]([]byte("null"))
	assert.NilError(t, err)
	assert.Assert(t, null.Equal(zero), "null says nothing")
	read := yaml[deployment.Raw[corev1.EnvVar]]("{name: A}")
	assert.NilError(t, json.Unmarshal([]byte("null"), &read))
	assert.Assert(t, read.IsZero())
}

func TestRawRefuses(t *testing.T) {
	for reason, text := range map[string]string{
		"an unknown field": "{nmae: A}",
		"another type":     "{name: 1}",
		"a list":           "[]",
		"no YAML":          "{",
		"two documents":    "name: A\n---\nname: B",
		"nothing":          "",
	} {
		_, err := deployment.FromYAML[corev1.EnvVar]([]byte(text))
		assert.ErrorIs(t, err, flinktarget.ErrInvalid, reason)
	}
	_, err := deployment.FromObject[corev1.EnvVar](map[string]any{"nmae": "A"})
	assert.ErrorIs(t, err, flinktarget.ErrInvalid)
	_, err = deployment.FromObject[corev1.EnvVar](func() {})
	assert.Assert(t, err != nil, "functions are not JSON")
}
