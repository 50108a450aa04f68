package render_test

import (
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/deployment"
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

// The peers that these are compared with are in internal/versus.
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
