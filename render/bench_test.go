package render_test

import (
	"io"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/hostile"
	"github.com/flinktarget/flinktarget/render"
)

// workload is one Deployment and a target with three patches: a strategic merge
// into each component, and a JSON patch of the Service.
const workload = `
kind: DeploymentTarget
apiVersion: v1
metadata: {name: staging}
spec:
  kubernetes: {namespace: staging}
  deploymentPatchSet:
  - target: {kind: Deployment, labelSelector: component=taskmanager}
    patch:
      spec:
        template:
          spec:
            nodeSelector: {pool: flink}
            tolerations: [{key: dedicated, operator: Equal, value: flink, effect: NoSchedule}]
            containers:
            - name: flink-taskmanager
              env: [{name: TZ, value: UTC}, {name: STAGE, value: prod}]
              volumeMounts: [{name: cache, mountPath: /cache}]
            - {name: sidecar, image: registry.example.com/sidecar:1}
            volumes: [{name: cache, emptyDir: {}}]
  - target: {kind: Job}
    patch: {spec: {template: {spec: {priorityClassName: high}}}}
  - target: {kind: Service}
    patch: [{op: add, path: /metadata/annotations, value: {prometheus.io/scrape: "true"}}]
---
kind: Deployment
apiVersion: v1
metadata: {name: app}
spec:
  deploymentTargetName: staging
  template:
    spec:
      parallelism: 4
      artifact: {kind: JAR, flinkVersion: 1.20, jarUri: "https://artifacts.example.com/app.jar", entryClass: com.example.Main}
      flinkConfiguration: {taskmanager.numberOfTaskSlots: 2, state.checkpoints.dir: s3://b/c}
`

// The peers that these are compared with are in render/versus.
func BenchmarkRender(b *testing.B) {
	bundle := parse(b, []byte(workload))
	r := renderer(b)
	for _, job := range []render.Job{{ID: jobID}, {}} {
		name := "given-id"
		if job.ID == "" {
			name = "derived-id"
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, err := r.Deployment(bundle.Targets[0], bundle.Deployments[0], job)
				assert.NilError(b, err)
			}
		})
	}
}

// Allocations are counted, not timed, so that these are tests: each bound is a tenth
// above what it was when it was set.
func TestAllocations(t *testing.T) {
	if hostile.RaceDetector() {
		t.Skip("it is the memory of the plain build that is bounded")
	}
	b := parse(t, []byte(workload))
	r := renderer(t)
	_, text, _ := strings.Cut(workload, "---\n")
	m := rendered(t, workload)
	for _, c := range []struct {
		name string
		most float64
		f    func() error
	}{
		{"rendering with a job id", 590, func() error {
			_, err := r.Deployment(b.Targets[0], b.Deployments[0], render.Job{ID: jobID})
			return err
		}},
		{"rendering with a derived id", 700, func() error {
			_, err := r.Deployment(b.Targets[0], b.Deployments[0], render.Job{})
			return err
		}},
		{"writing the manifests", 10, func() error {
			_, err := m.WriteTo(io.Discard)
			return err
		}},
		{"reading a Deployment", 475, func() error {
			_, err := deployment.Parse("", []byte(text))
			return err
		}},
	} {
		n := testing.AllocsPerRun(20, func() { assert.NilError(t, c.f()) })
		t.Logf("%s: %v allocations", c.name, n)
		assert.Assert(t, n <= c.most, "%s: %v allocations, at most %v are allowed", c.name, n, c.most)
	}
}

func BenchmarkWrite(b *testing.B) {
	m := rendered(b, workload)
	b.ReportAllocs()
	for b.Loop() {
		var out strings.Builder
		_, err := m.WriteTo(&out)
		assert.NilError(b, err)
	}
}

func BenchmarkParse(b *testing.B) {
	_, text, _ := strings.Cut(workload, "---\n")
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		_, err := deployment.Parse("", []byte(text))
		assert.NilError(b, err)
	}
}
