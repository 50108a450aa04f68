package deployment_test

import (
	"encoding/json"
	"fmt"
	corev1 "k8s.io/api/core/v1"
	"math/rand/v2"

	sigsyaml "sigs.k8s.io/yaml"

	"github.com/flinktarget/flinktarget/deployment"
)

// generator makes legal configurations, each of them from its seed.
type generator struct{ *rand.Rand }

func generate(seed uint64) generator { return generator{rand.New(rand.NewPCG(seed, 1))} }

func pick[T any](g generator, values ...T) T { return values[g.IntN(len(values))] }

func maybe[T any](g generator, v T) *T {
	if g.IntN(2) == 0 {
		return nil
	}
	return &v
}

func (g generator) one() bool { return g.IntN(2) == 0 }

func (g generator) text() string {
	return pick(
		g,
		"",
		"a",
		"no",
		"1e3",
		"ü",
		"日本語",
		"a: b # c",
		"- x",
		"\t",
		"line\nline\n",
		`"'\`,
		"{{ namespace }}",
		"0o7",
		"~",
		" ",
	)
}

func (g generator) strings(keys ...string) map[string]string {
	if g.IntN(3) == 0 {
		return nil
	}
	out := map[string]string{}
	for range g.IntN(4) {
		out[pick(g, keys...)] = g.text()
	}
	return out
}

func (g generator) labels() map[string]string {
	if g.IntN(3) == 0 {
		return nil
	}
	out := map[string]string{}
	for range g.IntN(4) {
		out[pick(g, "team", "example.com/a.b", "y", "n1")] = pick(g, "", "a", "1e3", "y", "A_b.c-d", "007")
	}
	return out
}

func (g generator) id() string {
	return pick(g, "", "5dea5d9d-8f2c-4f4e-9f1e-3a8b4a4a4b58", "2da2f867-5899-4bef-8ad0-9771bbac38b4")
}

func (g generator) metadata() deployment.Metadata {
	return deployment.Metadata{
		ID: g.id(), Name: pick(g, "a", "top-speed", "n0"), Namespace: pick(g, "", "default", "team_a"),
		Labels: g.strings("a b", "", "x.y/z"), Annotations: g.strings("license/testing", "null", "[0]"),
	}
}

func (g generator) deployment() deployment.Config {
	c := deployment.Config{
		Kind: pick(g, "", "Deployment"), APIVersion: pick(g, "", "v1"), Metadata: g.metadata(),
		Spec: deployment.Spec{
			State:                        pick(g, "", deployment.Running, deployment.Suspended, deployment.Cancelled),
			MaxJobCreationAttempts:       maybe(g, g.Int32N(9)+1),
			MaxSavepointCreationAttempts: maybe(g, g.Int32N(9)+1),
			UpgradeStrategy:              maybe(g, deployment.UpgradeStrategy{Kind: pick(g, "", "STATEFUL", "none")}),
			RestoreStrategy: maybe(
				g,
				deployment.RestoreStrategy{
					Kind:                  pick(g, "", "LATEST_STATE"),
					AllowNonRestoredState: maybe(g, g.one()),
				},
			),
		},
	}
	if g.IntN(4) == 0 {
		c.Spec.RestoreStrategy = nil
		c.Spec.StartFromSavepoint = &deployment.StartFromSavepoint{Kind: pick(g, "", "LATEST", "none")}
	}
	c.Spec.JobFailureExpirationTime = pick(g, "", "0", "10 min", "PT1H")
	c.Metadata.Name = pick(g, c.Metadata.Name, "My Deployment Name", "Größe")
	c.Metadata.DisplayName = pick(g, "", "Größe: 日本")
	switch g.IntN(3) {
	case 0:
		c.Spec.DeploymentTargetID = "2da2f867-5899-4bef-8ad0-9771bbac38b4"
	case 1:
		c.Spec.DeploymentTargetName = "my_Target-1"
	default:
		c.Spec.SessionClusterName = "shared"
	}
	if g.one() {
		c.Spec.Template.Metadata.Annotations = map[string]string{
			pick(g, deployment.AnnotationTLS, deployment.AnnotationQueryableState): pick(g, "true", "false"),
		}
	}
	c.Spec.Template.Spec = g.templateSpec()
	c.Spec.Template.Spec.LatestCheckpointFetchInterval = maybe(g, g.Int32N(3))
	return c
}

func (g generator) templateSpec() deployment.TemplateSpec {
	return deployment.TemplateSpec{
		Artifact:             g.artifact(),
		Parallelism:          maybe(g, g.Int32N(4)+1),
		NumberOfTaskManagers: maybe(g, g.Int32N(4)+4),
		Resources:            g.resources(),
		FlinkConfiguration:   g.flinkConfiguration(),
		Logging:              g.logging(),
		Kubernetes:           g.kubernetes(),
	}
}

func (g generator) artifact() deployment.Artifact {
	a := deployment.Artifact{
		FlinkVersion: pick(
			g,
			"1.20",
			"1.15",
			"2.0.1",
		), FlinkImageRegistry: pick(g, "", "registry.example.com:5000/v2.12"),
		FlinkImageRepository: pick(g, "", "flink"), FlinkImageTag: pick(g, "", "1.20.0-scala_2.12-java11"),
		AdditionalDependencies: g.uris(),
	}
	if a.FlinkVersion == "1.20" {
		a.EngineVersionName = pick(g, "", "vera-4.1-flink-1.20")
	}
	switch g.IntN(4) {
	case 0:
		a.Kind, a.SQLScript = pick(g, "SQLSCRIPT", "sqlscript"), "SELECT ';' -- no # comment\n"
	case 1:
		a.Kind, a.PythonArtifactURI, a.EntryModule = pick(g, "PYTHON", "python"), "s3://b/a.py", pick(g, "", "a.b")
		a.AdditionalPythonLibraries, a.AdditionalPythonArchives, a.MainArgs = g.uris(), g.uris(), pick(g, "", "-n 1")
	default:
		a.Kind, a.JarURI = pick(
			g,
			"JAR",
			"jar",
		), pick(
			g,
			"https://example.com/a.jar?x=1",
			"local:///opt/flink/usrlib/a.jar",
		)
		a.EntryClass, a.MainArgs = pick(g, "", "com.example.Main$Inner"), pick(g, "", "--a 'b c' $X", "-n 1")
	}
	return a
}

func (g generator) uris() []string {
	return pick(g, nil, []string{"s3://b/ü.jar"}, []string{"https://example.com/a.jar", "${NAME}"})
}

func (g generator) resources() deployment.Resources {
	return deployment.Resources{
		JobManager: deployment.Resource{
			CPU:    pick[json.Number](g, "", "1", "0.5", "1.0", "1e1"),
			Memory: pick(g, "", "1g", "1.5G", "1073741824"),
		},
		TaskManager: deployment.Resource{
			CPU:    pick[json.Number](g, "", "1", "0.1", "2.125"),
			Memory: pick(g, "", "2g", "1500m", "2 g"),
		},
	}
}

func (g generator) flinkConfiguration() map[string]string {
	if g.one() {
		return nil
	}
	return map[string]string{
		"taskmanager.numberOfTaskSlots": fmt.Sprint(g.IntN(3) + 1),
		"user." + pick(g, "a", "b"):     pick(g, "1e3", "yes", "x: y", "0", "true", `C:\x`),
	}
}

func (g generator) logging() deployment.Logging {
	l := deployment.Logging{LoggingProfile: pick(g, "", "default")}
	if g.one() {
		l.Log4jLoggers = map[string]string{pick(g, "", "com.example"): pick(g, "INFO", "off", "TRACE")}
	}
	return l
}

func (g generator) kubernetes() deployment.Kubernetes {
	k := deployment.Kubernetes{Labels: g.labels(), Annotations: g.strings("a", "example.com/b")}
	switch g.IntN(3) {
	case 0:
		k.JobManagerPodTemplate = yaml[deployment.Raw[corev1.PodTemplateSpec]](
			`{metadata: {annotations: {a: b}}, spec: {hostNetwork: false, affinity: null, ` +
				`containers: [{name: flink-jobmanager, env: [{name: A, value: ""}]}]}}`,
		)
		k.TaskManagerPodTemplate = pick(
			g,
			deployment.Raw[corev1.PodTemplateSpec]{},
			yaml[deployment.Raw[corev1.PodTemplateSpec]](`{spec: {terminationGracePeriodSeconds: 0}}`),
		)
	case 1:
		k.Pods = &deployment.Pods{
			Annotations: g.strings("a", "example.com/b"), Labels: g.labels(), NodeSelector: g.labels(),
			Affinity: pick(
				g,
				deployment.Raw[corev1.Affinity]{},
				yaml[deployment.Raw[corev1.Affinity]](`{nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: null}}`),
			),
			SecurityContext: pick(
				g,
				deployment.Raw[corev1.PodSecurityContext]{},
				yaml[deployment.Raw[corev1.PodSecurityContext]](`{runAsUser: 0, runAsNonRoot: false, fsGroup: null}`),
			),
		}
		if g.one() {
			k.Pods.Tolerations = []deployment.Raw[corev1.Toleration]{
				yaml[deployment.Raw[corev1.Toleration]](`{key: k, tolerationSeconds: 0}`),
			}
			k.Pods.ImagePullSecrets = []deployment.Raw[corev1.LocalObjectReference]{
				yaml[deployment.Raw[corev1.LocalObjectReference]](`{name: s}`),
			}
		}
		if g.one() {
			k.Pods.EnvVars = []deployment.Raw[corev1.EnvVar]{
				yaml[deployment.Raw[corev1.EnvVar]](`{name: A, value: ""}`),
				yaml[deployment.Raw[corev1.EnvVar]](`{name: B, valueFrom: {fieldRef: {fieldPath: metadata.name}}}`),
			}
			k.Pods.VolumeMounts = []deployment.VolumeMount{
				{Name: "v", Volume: yaml[deployment.Raw[corev1.Volume]](`{name: v, emptyDir: {sizeLimit: 1.5Gi}}`),
					VolumeMount: yaml[deployment.Raw[corev1.VolumeMount]](`{name: v, mountPath: /v, readOnly: false}`)},
			}
		}
	}
	return k
}

func (g generator) sessionCluster() deployment.SessionClusterConfig {
	return deployment.SessionClusterConfig{
		Kind: pick(g, "", "SessionCluster"), APIVersion: pick(g, "", "v1"), Metadata: g.metadata(),
		Spec: deployment.SessionClusterSpec{
			State:                pick(g, "", deployment.Running, deployment.Stopped),
			DeploymentTargetName: "my_Target-1",
			FlinkVersion:         pick(g, "1.20", "2.2"),
			FlinkImageTag:        pick(g, "", "1.20.0"),
			FlinkImageRegistry:   pick(g, "", "registry.example.com"),
			FlinkImageRepository: pick(g, "", "team/flink"),
			NumberOfTaskManagers: maybe(g, g.Int32N(9)+1),
			Resources:            g.resources(),
			FlinkConfiguration:   g.flinkConfiguration(),
			Logging:              g.logging(),
			Kubernetes:           g.kubernetes(),
		},
	}
}

// yaml is a Raw of a text that is known to be legal.
func yaml[R any, P interface {
	*R
	json.Unmarshaler
}](text string) R {
	var tree any
	if err := sigsyaml.Unmarshal([]byte(text), &tree); err != nil {
		panic(err)
	}
	plain, err := json.Marshal(tree)
	if err != nil {
		panic(err)
	}
	var out R
	if err := P(&out).UnmarshalJSON(plain); err != nil {
		panic(err)
	}
	return out
}
