package yaml_test

import (
	"testing"

	"gotest.tools/v3/assert"
	sigsyaml "sigs.k8s.io/yaml"

	"github.com/flinktarget/flinktarget/internal/yaml"
)

// workload is a TaskManager Deployment and the ConfigMap that goes with it, of the
// size that they have in practice.
func workload(t testing.TB) any {
	t.Helper()
	var trees []any
	for _, text := range []string{taskManagerYAML, configMapYAML} {
		v, err := readV3([]byte(text))
		assert.NilError(t, err)
		trees = append(trees, v)
	}
	return trees
}

func TestAllocations(t *testing.T) {
	tree := workload(t)
	buf := make([]byte, 0, 1<<16)
	allocs := testing.AllocsPerRun(100, func() {
		if _, err := yaml.Append(buf[:0], tree); err != nil {
			t.Error(err)
		}
	})
	assert.Assert(t, allocs <= 1, "%v: more than the buffer for keys", allocs)
	assertReads(t, tree)
}

// Where kubectl's own writer needs no quotes and no blocks, the text is the same.
func TestSameTextAsSigsYAML(t *testing.T) {
	tree, err := readV3([]byte(taskManagerYAML))
	assert.NilError(t, err)
	want, err := sigsyaml.Marshal(tree)
	assert.NilError(t, err)
	got, err := yaml.Append(nil, tree)
	assert.NilError(t, err)
	assert.Equal(t, string(got), string(want))
}

// render/versus compares it with sigs.k8s.io/yaml.
func BenchmarkAppend(b *testing.B) {
	tree := workload(b)
	buf := make([]byte, 0, 1<<16)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := yaml.Append(buf[:0], tree); err != nil {
			b.Fatal(err)
		}
	}
}

const taskManagerYAML = `
apiVersion: apps/v1
kind: Deployment
metadata:
  name: job-c0ffee00-6a4e-4a1c-8f0e-2f7b6a1d9b55-taskmanager
  namespace: staging
  labels: &labels
    app: flink-job
    component: taskmanager
    deploymentId: 6f2d7a3e-3a0c-4a55-9d2e-0c6a7f6f3f10
    deploymentName: top-speed-windowing
    jobId: c0ffee00-6a4e-4a1c-8f0e-2f7b6a1d9b55
    system: ververica-platform
    vvpNamespace: default
spec:
  replicas: 2
  selector:
    matchLabels: {component: taskmanager, jobId: c0ffee00-6a4e-4a1c-8f0e-2f7b6a1d9b55}
  template:
    metadata:
      annotations:
        prometheus.io/path: /metrics
        checksum/configuration: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
      labels: *labels
    spec:
      affinity:
        nodeAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
            nodeSelectorTerms:
            - matchExpressions: [{key: pool, operator: In, values: [flink, batch]}]
      automountServiceAccountToken: false
      containers:
      - name: flink-taskmanager
        image: flink:1.20.4-scala_2.12-java17
        imagePullPolicy: IfNotPresent
        args: [taskmanager, -Dtaskmanager.host=$(POD_IP), -Dmetrics.reporter.prom.port=first]
        env:
        - name: POD_IP
          valueFrom: {fieldRef: {apiVersion: v1, fieldPath: status.podIP}}
        - name: S3_ACCESS_KEY
          valueFrom: {secretKeyRef: {name: s3-credentials, key: access-key, optional: false}}
        - {name: ENVIRONMENT, value: staging}
        ports:
        - {name: rpc, containerPort: 6122, protocol: TCP}
        - {name: metrics, containerPort: 9249, protocol: TCP}
        livenessProbe: {tcpSocket: {port: rpc}, periodSeconds: 30, timeoutSeconds: 5, failureThreshold: 6}
        readinessProbe: {tcpSocket: {port: rpc}, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3}
        startupProbe: {tcpSocket: {port: rpc}, periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 60}
        resources:
          limits: {cpu: 500m, memory: 2Gi}
          requests: {cpu: 500m, memory: 2Gi}
        securityContext:
          allowPrivilegeEscalation: false
          capabilities: {drop: [ALL]}
          readOnlyRootFilesystem: true
        volumeMounts:
        - {name: flink-config, mountPath: /opt/flink/conf}
        - {name: flink-tmp, mountPath: /tmp}
      securityContext: {fsGroup: 9999, runAsGroup: 9999, runAsNonRoot: true, runAsUser: 9999, seccompProfile: {type: RuntimeDefault}}
      tolerations:
      - {key: dedicated, operator: Equal, value: flink, effect: NoSchedule}
      topologySpreadConstraints:
      - labelSelector: {matchLabels: {component: taskmanager}}
        maxSkew: 1
        topologyKey: kubernetes.io/hostname
        whenUnsatisfiable: ScheduleAnyway
      volumes:
      - {name: flink-tmp, emptyDir: {}}
      - name: flink-config
        configMap: {name: job-c0ffee00-6a4e-4a1c-8f0e-2f7b6a1d9b55-flink-config, defaultMode: 420}
`

const configMapYAML = `
apiVersion: v1
kind: ConfigMap
metadata:
  name: job-c0ffee00-6a4e-4a1c-8f0e-2f7b6a1d9b55-flink-config
  namespace: staging
  labels: {app: flink-job, system: ververica-platform, vvpNamespace: default}
data:
  config.yaml: |
    execution.checkpointing.interval: "10s"
    high-availability.storageDir: "s3://bucket/ha"
    high-availability.type: "kubernetes"
    jobmanager.memory.process.size: "953m"
    kubernetes.cluster-id: "job-c0ffee00-6a4e-4a1c-8f0e-2f7b6a1d9b55"
    kubernetes.namespace: "staging"
    parallelism.default: 2
    state.checkpoints.dir: "s3://bucket/checkpoints"
    state.savepoints.dir: "s3://bucket/savepoints"
    taskmanager.memory.process.size: "1907m"
    taskmanager.numberOfTaskSlots: 1
  log4j-console.properties: |
    monitorInterval=30
    rootLogger.level = INFO
    rootLogger.appenderRef.console.ref = ConsoleAppender
    logger.pekko.name = org.apache.pekko
    logger.pekko.level = INFO
    appender.console.name = ConsoleAppender
    appender.console.type = CONSOLE
    appender.console.layout.type = PatternLayout
    appender.console.layout.pattern = %d{yyyy-MM-dd HH:mm:ss,SSS} %-5p %-60c %x - %m%n
`
