package render_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"testing"

	"gotest.tools/v3/assert"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/kinds/types"
	"github.com/flinktarget/flinktarget/render"
)

// An object that is decoded into its type and made an object again is the same.
func TestNewObjectOfTyped(t *testing.T) {
	check := func(name string, m render.Manifests) {
		var back []render.Object
		for o := range m.All() {
			typed := reflect.New(types.Of(kinds.TypeMeta{APIVersion: o.APIVersion(), Kind: o.Kind()})).Interface()
			assert.NilError(t, o.Into(typed), "%s: %s", name, o)
			again, err := render.NewObject(typed)
			assert.NilError(t, err)
			assert.Equal(t, string(again.YAML()), string(o.YAML()), "%s: %s", name, o)
			back = append(back, again)
		}
		again := render.NewManifests(back...)
		assert.Equal(t, again.Digest(), m.Digest(), name)
		assert.Equal(t, len(render.Compare(m, again)), 0, name)
	}
	for name, text := range scenarios() {
		m, err := renderJob(t, text, render.Job{ID: jobID}, optionsOf(name)...)
		assert.NilError(t, err)
		check(name, m)
	}
}

func TestNewObject(t *testing.T) {
	meta := metav1.ObjectMeta{Name: "a", Namespace: "b"}
	for _, c := range []struct {
		reason string
		from   any
		want   string // its YAML, or what its error says
		fails  bool
	}{
		{"a kind that is rendered needs no apiVersion and kind",
			corev1.ConfigMap{ObjectMeta: meta, Data: map[string]string{"x": "y"}},
			"apiVersion: v1\ndata:\n  x: \"y\"\nkind: ConfigMap\nmetadata:\n  name: a\n  namespace: b\n", false},
		{"pointers are followed, what is not set is left out",
			&appsv1.Deployment{ObjectMeta: meta, Spec: appsv1.DeploymentSpec{Template: corev1.PodTemplateSpec{
				Spec: corev1.PodSpec{Volumes: []corev1.Volume{{Name: "v", VolumeSource: corev1.VolumeSource{
					EmptyDir: &corev1.EmptyDirVolumeSource{}}}}}}}},
			"apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: a\n  namespace: b\nspec:\n  template:\n" +
				"    spec:\n      volumes:\n      - emptyDir: {}\n        name: v\n", false},
		{"unstructured, with what was written",
			&unstructured.Unstructured{Object: map[string]any{"apiVersion": "x/v1", "kind": "X",
				"metadata": map[string]any{"name": "a"}, "status": map[string]any{}}},
			"apiVersion: x/v1\nkind: X\nmetadata:\n  name: a\nstatus: {}\n", false},
		{"a type that is not rendered says its kind",
			networkingv1.IngressClass{ObjectMeta: meta,
				TypeMeta: metav1.TypeMeta{APIVersion: "networking.k8s.io/v1", Kind: "IngressClass"}},
			"apiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata:\n  name: a\n  namespace: b\n", false},
		{"or is refused", networkingv1.IngressClass{ObjectMeta: meta}, "apiVersion: required", true},
		{"a kind of another type", corev1.ConfigMap{ObjectMeta: meta, TypeMeta: metav1.TypeMeta{Kind: "Secret"}},
			"a v1.ConfigMap is not a Secret of v1", true},
		{"no name", corev1.ConfigMap{}, "metadata.name: required", true},
		{"no object", []string{"a"}, "must be a map", true},
		{"nothing", nil, "must be a map", true},
		{"a nil pointer", (*corev1.ConfigMap)(nil), "must be a map", true},
		{"no JSON", map[string]any{"a": func() {}}, "marshalling", true},
	} {
		o, err := render.NewObject(c.from)
		if c.fails {
			assert.ErrorContains(t, err, c.want, c.reason)
			assert.Assert(t, errors.Is(err, flinktarget.ErrInvalid), c.reason)
			continue
		}
		assert.NilError(t, err, c.reason)
		assert.Equal(t, string(o.YAML()), c.want, c.reason)
	}
	data := map[string]any{"x": "y"}
	o, err := render.NewObject(map[string]any{"apiVersion": "v1", "kind": "ConfigMap",
		"metadata": map[string]any{"name": "a"}, "data": data})
	assert.NilError(t, err)
	before := string(o.YAML())
	data["x"] = "z"
	assert.Equal(t, string(o.YAML()), before, "an Object is a copy")
}

func TestInto(t *testing.T) {
	o := find(t, rendered(t, app), "Deployment", "-taskmanager")
	d := appsv1.Deployment{Spec: appsv1.DeploymentSpec{Paused: true}}
	d.Annotations = map[string]string{"of": "another"}
	assert.NilError(t, o.Into(&d))
	assert.Assert(t, !d.Spec.Paused && len(d.Annotations) == 0, "what was there before is gone")
	for _, c := range []struct {
		reason, want string
		typed        any
	}{
		{"another kind", "a Deployment of apps/v1 is not a v1.Job", &batchv1.Job{}},
		{"a part of it", "is not a v1.PodTemplateSpec", &corev1.PodTemplateSpec{}},
		{"no pointer", "is not a pointer", d},
		{"a nil pointer", "is not a pointer", (*appsv1.Deployment)(nil)},
		{"nil", "is not a pointer", nil},
		{"too few fields", "unknown field", &metav1.TypeMeta{}},
	} {
		err := o.Into(c.typed)
		assert.ErrorContains(t, err, c.want, c.reason)
		assert.ErrorContains(t, err, o.String(), c.reason)
		assert.Assert(t, errors.Is(err, flinktarget.ErrInvalid), c.reason)
	}
	var own struct {
		metav1.TypeMeta `json:",inline"`
		Metadata        json.RawMessage `json:"metadata"`
		Spec            json.RawMessage `json:"spec"`
	}
	assert.NilError(t, o.Into(&own), "a type of one's own")
	policy, err := render.NewObject(networkingv1.IngressClass{ObjectMeta: metav1.ObjectMeta{Name: "a"},
		TypeMeta: metav1.TypeMeta{APIVersion: "networking.k8s.io/v1", Kind: "IngressClass"}})
	assert.NilError(t, err)
	_, err = render.As[networkingv1.IngressClass](policy)
	assert.NilError(t, err, "a type of Kubernetes that is not rendered")
	_, err = render.As[networkingv1.Ingress](policy)
	assert.ErrorContains(t, err, "is not a v1.Ingress")
	_, err = render.As[unstructured.Unstructured](policy)
	assert.NilError(t, err)
}
