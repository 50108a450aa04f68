package render_test

import (
	"encoding/json"
	"fmt"
	"os"
	"sync"
	"testing"

	"gotest.tools/v3/assert"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	rbacv1 "k8s.io/api/rbac/v1"

	"github.com/flinktarget/flinktarget/internal/build"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/render"
)

func sharedParts() string { return string(tree.JSON(build.Parts())) }

// Whatever the tests of this package render and patch, nothing writes to what all
// clusters share.
func TestMain(m *testing.M) {
	before := sharedParts()
	code := m.Run()
	if sharedParts() != before {
		fmt.Fprintf(os.Stderr, "FAIL: what all clusters share has changed from\n%s\nto\n%s\n", before, sharedParts())
		code = 1
	}
	os.Exit(code)
}

// Targets, resources and a Renderer are shared by many goroutines, and each gets
// the same bytes.
func TestSharedByGoroutines(t *testing.T) {
	for name, text := range testFiles(t, "valid") {
		b := parse(t, text)
		r := renderer(t)
		m, err := r.Bundle(b, nil)
		assert.NilError(t, err)
		want := yamlOf(t, m)
		var wg sync.WaitGroup
		for range 32 {
			wg.Go(func() {
				m, err := r.Bundle(b, nil)
				if err != nil || yamlOf(t, m) != want {
					t.Errorf("%s: another result: %v", name, err)
				}
			})
		}
		wg.Wait()
	}
}

// An object that is decoded into its Kubernetes type and encoded again has the
// same content: no field is lost, misspelt or of another type.
func TestTypedRoundTrip(t *testing.T) {
	texts := scenarios()
	texts["app"], texts["session"] = app, session
	for name, text := range texts {
		m, err := renderJob(t, text, render.Job{ID: jobID}, optionsOf(name)...)
		assert.NilError(t, err)
		for o := range m.All() {
			typed := map[string]any{
				"ConfigMap": &corev1.ConfigMap{}, "Service": &corev1.Service{},
				"ServiceAccount": &corev1.ServiceAccount{},
				"Role":           &rbacv1.Role{}, "RoleBinding": &rbacv1.RoleBinding{}, "Job": &batchv1.Job{},
				"Deployment":          &appsv1.Deployment{},
				"PodDisruptionBudget": &policyv1.PodDisruptionBudget{},
			}[o.Kind()]
			assert.NilError(t, o.Into(typed), "%s: %s", name, o)
			encoded, err := json.Marshal(typed)
			assert.NilError(t, err)
			var back map[string]any
			assert.NilError(t, json.Unmarshal(encoded, &back))
			delete(back, "status") // of a budget, it has zeros; nothing has one here
			text, err := json.Marshal(o)
			assert.NilError(t, err)
			var want map[string]any
			assert.NilError(t, json.Unmarshal(text, &want))
			assert.DeepEqual(t, withoutEmpty(back), withoutEmpty(want))
		}
	}
}

// withoutEmpty leaves out what typed objects write though it is not set, such as
// status: {}, and false, which they do not write.
func withoutEmpty(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, e := range v {
			if e = withoutEmpty(e); e != nil {
				out[k] = e
			}
		}
		if len(out) == 0 {
			return nil
		}
		return out
	case []any:
		if len(v) == 0 {
			return nil
		}
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = withoutEmpty(e)
		}
		return out
	case bool:
		if !v {
			return nil
		}
	}
	return v
}
