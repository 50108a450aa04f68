package main

import (
	"strings"
	"testing"

	"gotest.tools/v3/assert"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/render"
)

func TestEveryDocumentIsOfItsKubernetesType(t *testing.T) {
	b, err := deployment.ParseAll("resources.yaml", []byte(resources))
	assert.NilError(t, err)
	r, err := render.New()
	assert.NilError(t, err)
	m, err := r.Bundle(b, nil)
	assert.NilError(t, err)
	assert.Equal(t, m.Len(), 4)
	for o := range m.All() {
		typed, ok := map[string]any{
			"ConfigMap": &corev1.ConfigMap{}, "Service": &corev1.Service{},
			"Job": &batchv1.Job{}, "Deployment": &appsv1.Deployment{},
		}[o.Kind()]
		assert.Assert(t, ok, "%s", o)
		assert.NilError(t, o.Into(typed))
	}
	for o := range m.All() {
		if o.Kind() != "Deployment" {
			continue
		}
		var d appsv1.Deployment
		assert.NilError(t, o.Into(&d))
		assert.Equal(t, d.Spec.Template.Spec.NodeSelector["pool"], "flink", "the patch of the target")
	}
}

func TestMainPrintsManifests(t *testing.T) {
	var out strings.Builder
	assert.NilError(t, render.YAML(&out, strings.NewReader(resources)))
	assert.Equal(t, strings.Count(out.String(), "---\n"), 4)
}
