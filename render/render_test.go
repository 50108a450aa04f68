package render_test

import (
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
	"gotest.tools/v3/golden"
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	rbacv1 "k8s.io/api/rbac/v1"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/kinds/types"
	"github.com/flinktarget/flinktarget/labels"
	"github.com/flinktarget/flinktarget/render"
	"github.com/flinktarget/flinktarget/target"
)

// Every input file renders to the bytes in testdata. `go test ./render -update`
// writes them anew; the change is for a person to read.
func TestGolden(t *testing.T) {
	for name, text := range testFiles(t, "valid") {
		t.Run(name, func(t *testing.T) {
			m, err := renderer(t).Bundle(parse(t, text), nil)
			assert.NilError(t, err)
			golden.Assert(t, yamlOf(t, m), name+".golden.yaml")
			var warnings strings.Builder
			for _, w := range m.Warnings() {
				fmt.Fprintln(&warnings, w)
			}
			golden.Assert(t, warnings.String(), name+".golden.warnings")
		})
	}
}

func TestRefusedForExactlyTheirReasons(t *testing.T) {
	for name, text := range testFiles(t, "refused") {
		t.Run(name, func(t *testing.T) {
			_, err := deployment.ParseAll(name+".yaml", text)
			e, ok := errors.AsType[*flinktarget.InvalidError](err)
			assert.Assert(t, ok, "%v", err)
			var fields []string
			for i, f := range e.Problems {
				fields = append(fields, f.Field)
				assert.Assert(t, e.Problems[i].Position.Line > 0 && e.Problems[i].Position.File == name+".yaml")
			}
			assert.DeepEqual(t, fields, []string{"spec.flinkVersion", "spec.resources.taskmanager.memory"})
		})
	}
}

// decodeStrictly decodes an object into its Kubernetes type and returns the pod
// template, if it has one.
func decodeStrictly(t *testing.T, o render.Object) *corev1.PodTemplateSpec {
	t.Helper()
	switch o.APIVersion() + " " + o.Kind() {
	case "v1 ConfigMap":
		assert.NilError(t, o.Into(&corev1.ConfigMap{}))
	case "v1 Service":
		assert.NilError(t, o.Into(&corev1.Service{}))
	case "v1 ServiceAccount":
		assert.NilError(t, o.Into(&corev1.ServiceAccount{}))
	case "rbac.authorization.k8s.io/v1 Role":
		assert.NilError(t, o.Into(&rbacv1.Role{}))
	case "rbac.authorization.k8s.io/v1 RoleBinding":
		assert.NilError(t, o.Into(&rbacv1.RoleBinding{}))
	case "monitoring.coreos.com/v1 PodMonitor":
		assert.NilError(t, o.Into(&types.PodMonitor{}))
	case "networking.k8s.io/v1 NetworkPolicy":
		assert.NilError(t, o.Into(&networkingv1.NetworkPolicy{}))
	case "networking.k8s.io/v1 Ingress":
		assert.NilError(t, o.Into(&networkingv1.Ingress{}))
	case "autoscaling/v2 HorizontalPodAutoscaler":
		assert.NilError(t, o.Into(&autoscalingv2.HorizontalPodAutoscaler{}))
	case "policy/v1 PodDisruptionBudget":
		assert.NilError(t, o.Into(&policyv1.PodDisruptionBudget{}))
	case "batch/v1 Job":
		var job batchv1.Job
		assert.NilError(t, o.Into(&job))
		return &job.Spec.Template
	case "apps/v1 Deployment":
		var d appsv1.Deployment
		assert.NilError(t, o.Into(&d))
		return &d.Spec.Template
	default:
		t.Fatalf("%s is of no kind that is rendered", o)
	}
	return nil
}

func TestObjectsAreLabelledSelectedAndTyped(t *testing.T) {
	for name, text := range testFiles(t, "valid") {
		t.Run(name, func(t *testing.T) {
			b := parse(t, text)
			m, err := renderer(t).Bundle(b, nil)
			assert.NilError(t, err)
			for o := range m.All() {
				want := systemLabels(t, b, o)
				assert.Equal(t, o.Namespace(), b.Targets[0].KubernetesNamespace(), "%s", o)
				assertLabels(t, o.String(), o.Labels(), want)
				template := decodeStrictly(t, o)
				if template == nil {
					continue
				}
				assertLabels(t, o.String()+" pods", template.Labels, want)
				assert.Assert(t, template.Labels[labels.KeyComponent] != "")
				if selector := stringsAt(o.Map(), "spec", "selector", "matchLabels"); o.Kind() == "Deployment" {
					assert.Equal(t, len(selector), 2, "the frozen minimum")
					assertSubset(t, selector, template.Labels)
				}
			}
			service := find(t, m, "Service", "-jobmanager")
			assertSubset(t, stringsAt(service.Map(), "spec", "selector"), jobManagerPods(t, m))
		})
	}
}

// systemLabels are the labels of VVP's table for what an object of b is of.
func systemLabels(t *testing.T, b deployment.Bundle, o render.Object) map[string]string {
	t.Helper()
	if o.Labels()["app"] == "flink-session-cluster" {
		s := b.SessionClusters[0]
		return map[string]string{"app": "flink-session-cluster", "system": "ververica-platform",
			"vvpNamespace": s.Namespace(), "sessionClusterId": s.ID(), "sessionClusterName": s.Name()}
	}
	i := slices.IndexFunc(b.Deployments, func(d deployment.Deployment) bool { return d.ID() == o.Labels()["deploymentId"] })
	assert.Assert(t, i >= 0, "%s", o)
	d, id := b.Deployments[i], o.Name()[len("job-"):][:len(jobID)]
	return map[string]string{"app": "flink-job", "system": "ververica-platform",
		"vvpNamespace": d.Namespace(), "deploymentId": d.ID(), "jobId": id,
		"deploymentName": strings.ReplaceAll(strings.ToLower(d.Name()), " ", "-")}
}

func jobManagerPods(t *testing.T, m render.Manifests) map[string]string {
	t.Helper()
	for o := range m.All() {
		template := decodeStrictly(t, o)
		if template != nil && template.Labels[labels.KeyComponent] == "jobmanager" && !strings.HasSuffix(o.Name(), "-submit") {
			return template.Labels
		}
	}
	t.Fatal("no JobManager")
	return nil
}

func assertLabels(t *testing.T, what string, got, want map[string]string) {
	t.Helper()
	for k, v := range want {
		assert.Equal(t, got[k], v, "%s: label %s", what, k)
	}
}

func assertSubset(t *testing.T, part, whole map[string]string) {
	t.Helper()
	assert.Assert(t, len(part) > 0)
	for k, v := range part {
		assert.Equal(t, whole[k], v, "label %s", k)
	}
}

func stringsAt(m map[string]any, path ...string) map[string]string {
	for _, key := range path {
		m, _ = m[key].(map[string]any)
	}
	out := map[string]string{}
	for k, v := range m {
		out[k], _ = v.(string)
	}
	return out
}

func TestSameBytesAlways(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for name, text := range testFiles(t, "valid") {
		want := ""
		for _, procs := range []int{1, 8} {
			runtime.GOMAXPROCS(procs)
			for i := range 50 {
				var b strings.Builder
				assert.NilError(t, render.YAML(&b, strings.NewReader(string(text))))
				if want == "" {
					want = b.String()
				}
				assert.Equal(t, b.String() == want, true, "%s: run %d with GOMAXPROCS %d differs", name, i, procs)
			}
		}
	}
}

func TestYAMLIsAllOrNothing(t *testing.T) {
	var out strings.Builder
	err := render.YAML(&out,
		strings.NewReader(app+
			"---\nkind: Deployment\napiVersion: v1\nmetadata: {name: other}\nspec: {deploymentTargetName: staging, "+
			"template: {spec: {artifact: {kind: JAR}}}}\n"))
	assert.Assert(t, errors.Is(err, flinktarget.ErrInvalid), "%v", err)
	assert.Equal(t, out.String(), "")
}

func TestFiveMistakesInOneGo(t *testing.T) {
	const text = `kind: DeploymentTarget
apiVersion: v1
metadata:
  name: a target
spec:
  kubernetes:
    namespace: Staging
---
kind: Deployment
apiVersion: v1
metadata:
  name: app
spec:
  deploymentTargetName: staging
  template:
    spec:
      paralelism: 2
      numberOfTaskManagers: "2"
      artifact:
        kind: JAR
        flinkVersion: 1.20
        jarUri: https://artifacts.example.com/app.jar
      resources:
        taskmanager:
          memory: 4Gi
`
	_, err := deployment.ParseAll("five.yaml", []byte(text))
	e, ok := errors.AsType[*flinktarget.InvalidError](err)
	assert.Assert(t, ok, "%v", err)
	var got []string
	for i, f := range e.Problems {
		got = append(got, e.Problems[i].Position.String()+" "+f.Field)
	}
	assert.DeepEqual(t, got, []string{
		"five.yaml:4:9 metadata.name",
		"five.yaml:7:16 spec.kubernetes.namespace",
		"five.yaml:17:7 spec.template.spec.paralelism",
		"five.yaml:18:29 spec.template.spec.numberOfTaskManagers",
		"five.yaml:25:19 spec.template.spec.resources.taskmanager.memory",
	})
}

// Whatever a caller does to what it handed in and got back, the next rendering is
// the same.
func TestNothingIsAliased(t *testing.T) {
	for name, text := range testFiles(t, "valid") {
		t.Run(name, func(t *testing.T) {
			b := parse(t, text)
			r := renderer(t)
			// The same resources once more, from configurations that are scrambled.
			tc := b.Targets[0].Config()
			tt, err := target.New(tc)
			assert.NilError(t, err)
			again := deployment.Bundle{Targets: []target.Target{tt}}
			var dc deployment.Config
			var sc deployment.SessionClusterConfig
			if len(b.Deployments) > 0 {
				dc = b.Deployments[0].Config()
				d, err := deployment.New(dc)
				assert.NilError(t, err)
				again.Deployments = append(again.Deployments, d)
			}
			if len(b.SessionClusters) > 0 {
				sc = b.SessionClusters[0].Config()
				s, err := deployment.NewSessionCluster(sc)
				assert.NilError(t, err)
				again.SessionClusters = append(again.SessionClusters, s)
			}
			m, err := r.Bundle(again, nil)
			assert.NilError(t, err)
			want := yamlOf(t, m)

			scramble(&tc)
			scramble(&dc)
			scramble(&sc)
			for o := range m.All() {
				om, ol := o.Map(), o.Labels()
				scramble(&om)
				clear(ol)
			}
			warnings := m.Warnings()
			clear(warnings)
			assert.Equal(t, yamlOf(t, m), want, "the rendered objects changed")
			m, err = r.Bundle(again, nil)
			assert.NilError(t, err)
			assert.Equal(t, yamlOf(t, m), want, "the resources changed")
		})
	}
}

func TestMapIsFresh(t *testing.T) {
	m := rendered(t, app)
	o := find(t, m, "Job", "-jobmanager")
	a, b := o.Map(), o.Map()
	assert.DeepEqual(t, a, b)
	maps.DeleteFunc(a, func(string, any) bool { return true })
	assert.Equal(t, len(o.Map()), len(b))
}
