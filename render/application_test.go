package render_test

import (
	"errors"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/render"
	"github.com/flinktarget/flinktarget/target"
)

const jobID = "3f1da3c8-6f22-430f-9200-eda014ea5319"

func renderJob(t *testing.T, text string, job render.Job, opts ...render.Option) (render.Manifests, error) {
	t.Helper()
	return renderer(t, opts...).Bundle(parse(t, []byte(text)), func(deployment.Deployment) render.Job { return job })
}

func jobManager(t *testing.T, m render.Manifests) corev1.PodSpec {
	t.Helper()
	return podOf(t, m)
}

// podOf is the pod of the only Job.
func podOf(t *testing.T, m render.Manifests) corev1.PodSpec {
	t.Helper()
	var job batchv1.Job
	assert.NilError(t, find(t, m, "Job", "").Into(&job))
	return job.Spec.Template.Spec
}

// withArtifact is app with another jar and Flink version.
func withArtifact(version, uri string) string {
	return strings.Replace(strings.Replace(app, "1.20", version, 1), "local:///opt/flink/usrlib/app.jar", uri, 1)
}

func TestArtifact(t *testing.T) {
	cases := []struct {
		reason, version, uri string
		jars, fetches        string // in the arguments, in the init container
	}{
		{"Flink looks into usrlib by itself", "1.17", "local:///opt/flink/usrlib/a.jar", "", ""},
		{"from 1.19 it can be told which jar", "1.20", "local:///opt/flink/usrlib/a.jar",
			"local:///opt/flink/usrlib/a.jar", ""},
		{"file is another word for it", "1.20", "file:///opt/flink/usrlib/a.jar", "local:///opt/flink/usrlib/a.jar",
			""},
		{"a jar elsewhere in the image is named, from 1.19", "1.19", "local:///opt/flink/examples/streaming/A.jar",
			"local:///opt/flink/examples/streaming/A.jar", ""},
		{"1.19 downloads by itself", "1.19", "https://h.example.com/a.jar", "https://h.example.com/a.jar", ""},
		{"so does 2.0", "2.0", "http://h.example.com/a.jar", "http://h.example.com/a.jar", ""},
		{"1.18 does not", "1.18", "https://h.example.com/p/a.jar?x=1", "", "https://h.example.com/p/a.jar?x=1"},
		{"Kubernetes must not expand a URI", "1.17", "https://h.example.com/$(A).jar", "",
			"https://h.example.com/$$(A).jar"},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			m, err := renderJob(t, withArtifact(c.version, c.uri), render.Job{ID: jobID})
			assert.NilError(t, err)
			pod := jobManager(t, m)
			args := strings.Join(pod.Containers[0].Args, " ")
			assert.Equal(t, strings.Contains(args, "--jars"), c.jars != "", args)
			assert.Assert(t, strings.HasSuffix(args, c.jars))
			assert.Equal(t, len(pod.InitContainers) > 0, c.fetches != "")
			if c.fetches != "" {
				command := pod.InitContainers[0].Command
				assert.Equal(t, command[len(command)-1], c.fetches)
				assert.Equal(t, pod.InitContainers[0].Name, "artifact-fetcher")
				assertMounted(t, pod, "/opt/flink/usrlib")
			}
			if strings.HasPrefix(c.jars, "http") {
				assertMounted(t, pod, "/opt/flink/artifacts")
			}
		})
	}
}

func assertMounted(t *testing.T, pod corev1.PodSpec, path string) {
	t.Helper()
	for _, m := range pod.Containers[0].VolumeMounts {
		if m.MountPath == path && !m.ReadOnly {
			return
		}
	}
	t.Errorf("%s cannot be written", path)
}

func TestRefusedAtRendering(t *testing.T) {
	cases := []struct {
		reason, text, field string
	}{
		{"a host in a local URI is a slash too few", withArtifact("1.20", "local://opt/a.jar"),
			"spec.template.spec.artifact.jarUri"},
		{"Flink 1.18 fetches nothing from object stores", withArtifact("1.18", "s3://bucket/a.jar"),
			"spec.template.spec.artifact.jarUri"},
		{"Flink has no such file system", withArtifact("1.20", "ftp://bucket/a.jar"),
			"spec.template.spec.artifact.jarUri"},
		{"secret values are VVP's", withArtifact("1.20", "https://h.example.com/${TOKEN}/a.jar"),
			"spec.template.spec.artifact.jarUri"},
		{"high availability needs a folder", app + "      flinkConfiguration: {high-availability.type: kubernetes}\n",
			"spec.template.spec.flinkConfiguration[high-availability.storageDir]"},
		{"a Deployment has one JobManager", app + "      flinkConfiguration: {kubernetes.jobmanager.replicas: 2}\n",
			"spec.template.spec.flinkConfiguration[kubernetes.jobmanager.replicas]"},
		{"unknown variables would stay text", app + "      flinkConfiguration: {s3.access-key: '${KEY}'}\n",
			"spec.template.spec.flinkConfiguration[s3.access-key]"},
		{"the configuration would be hidden",
			app + "      kubernetes: {pods: {volumeMounts: [{volume: {name: v, emptyDir: {}}, volumeMount: {name: v, " +
				"mountPath: /opt/flink/conf}}]}}\n",
			"spec.template.spec.kubernetes.pods.volumeMounts[0].volumeMount.mountPath"},
		{"by a template that has another container before",
			app + "      kubernetes: {jobManagerPodTemplate: {spec: {containers: [{name: x, image: x}, {name: " +
				"flink-jobmanager, volumeMounts: [{name: v, mountPath: /opt/flink/conf}]}], volumes: [{name: v, " +
				"emptyDir: {}}]}}}\n",
			"spec.template.spec.kubernetes.jobManagerPodTemplate.spec.containers[1].volumeMounts[0].mountPath"},
		{"by a template, too",
			app + "      kubernetes: {jobManagerPodTemplate: {spec: {containers: [{name: flink-jobmanager, " +
				"volumeMounts: [{name: v, mountPath: /opt/flink/conf}]}], volumes: [{name: v, emptyDir: {}}]}}}\n",
			"spec.template.spec.kubernetes.jobManagerPodTemplate.spec.containers[0].volumeMounts[0].mountPath"},
		{"a path is compared as it is read", mountedAt("//opt/flink/conf/."), jobManagerMount},
		{"one without / as well", mountedAt("opt/flink/conf"), jobManagerMount},
		{"the folder above hides it, and Flink", mountedAt("/opt/flink"), jobManagerMount},
		{"or all", mountedAt("/"), jobManagerMount},
		{"the file alone would be another", mountedAt("/opt/flink/conf/flink-conf.yaml"), jobManagerMount},
		{"certificates are not made here",
			strings.Replace(app, "  template:\n",
				"  template:\n    metadata: {annotations: {flink.security.ssl.enabled: 'true'}}\n", 1),
			"spec.template.metadata.annotations[flink.security.ssl.enabled]"},
		{"queryable state ends with 1.20",
			strings.Replace(strings.Replace(app, "1.20", "2.0", 1), "  template:\n",
				"  template:\n    metadata: {annotations: {flink.queryable-state.enabled: 'true'}}\n", 1),
			"spec.template.metadata.annotations[flink.queryable-state.enabled]"},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			m, err := renderJob(t, c.text, render.Job{ID: jobID})
			e, ok := errors.AsType[*flinktarget.InvalidError](err)
			assert.Assert(t, ok, "%v", err)
			assert.Equal(t, m.Len(), 0)
			assert.Equal(t, len(e.Problems), 1, "%v", err)
			assert.Equal(t, e.Problems[0].Field, c.field)
			assert.Assert(t, e.Problems[0].Position.Line > 0, "the place in the file is known")
		})
	}
}

const jobManagerMount = "spec.template.spec.kubernetes.jobManagerPodTemplate.spec.containers[0]." +
	"volumeMounts[0].mountPath"

// mountedAt has a volume of the resource's at a path.
func mountedAt(path string) string {
	return app + "      kubernetes: {jobManagerPodTemplate: {spec: {containers: [{name: flink-jobmanager, volumeMounts: " +
		"[{name: flink-tmp, subPath: a, mountPath: " + path + "}]}]}}}\n"
}

func TestMountsBesideTheConfiguration(t *testing.T) {
	for _, path := range []string{
		"/opt/flink/conf/log4j-console.properties", "/opt/flink/config", "/opt/flink/conf-2/flink-conf.yaml",
		"/opt/flink/lib/a.jar", "/opt/fl", "/opt/flink/conf/config.yml",
	} {
		_, err := renderJob(t, mountedAt(path), render.Job{ID: jobID})
		assert.NilError(t, err, path)
	}
}

func TestArguments(t *testing.T) {
	text := strings.Replace(app, "kind: JAR,",
		`kind: JAR, entryClass: com.example.Main, mainArgs: "--price 5$ --env $(HOME) 'a b'",`, 1) +
		"      flinkConfiguration: {s3.access-key: 'x-${KEY}-$1'}\n      kubernetes: {pods: {envVars: [{name: KEY, " +
		"value: v}]}}\n"
	m, err := renderJob(t, text, render.Job{ID: jobID, SavepointLocation: "s3://b/sp-1"})
	assert.NilError(t, err)
	assert.DeepEqual(t, jobManager(t, m).Containers[0].Args, []string{
		"standalone-job", "-D", "s3.access-key=x-$(KEY)-$$1",
		"--job-classname", "com.example.Main", "--job-id", "3f1da3c86f22430f9200eda014ea5319", "--fromSavepoint",
		"s3://b/sp-1",
		"--jars", "local:///opt/flink/usrlib/app.jar", "--", "--price", "5$$", "--env", "$$(HOME)", "a b",
	})
	assert.Equal(t, len(m.Warnings()), 0, "%v", m.Warnings())
}

func TestStateDecidesWhetherAnythingIsRendered(t *testing.T) {
	for _, state := range []string{"SUSPENDED", "CANCELLED"} {
		m := rendered(t, strings.Replace(app, "  template:", "  state: "+state+"\n  template:", 1))
		assert.Equal(t, m.Len(), 0)
		assert.Equal(t, len(m.Warnings()), 1)
		assert.Equal(t, m.Warnings()[0].Field, "spec.state")
	}
}

func TestMismatch(t *testing.T) {
	b := parse(t, []byte(app))
	other, err := target.New(target.Config{Metadata: target.Metadata{Name: "other"},
		Spec: target.Spec{Kubernetes: &target.Kubernetes{Namespace: "other"}}})
	assert.NilError(t, err)
	r := renderer(t)
	_, err = r.Deployment(other, b.Deployments[0], render.Job{})
	assert.DeepEqual(t, refusals(err), []string{" mismatch"})
	assert.Error(t, err, "Deployment default/app: refers to the target default/staging, not to default/other")

	for reason, call := range map[string]func() error{
		"the zero target": func() error {
			_, err := r.Deployment(target.Target{}, b.Deployments[0],
				render.Job{})
			return err
		},
		"the zero Deployment": func() error {
			_, err := r.Deployment(other, deployment.Deployment{},
				render.Job{})
			return err
		},
		"the zero cluster": func() error {
			_, err := r.SessionCluster(other,
				deployment.SessionCluster{})
			return err
		},
		"a job id that is none": func() error {
			_, err := r.Deployment(b.Targets[0], b.Deployments[0], render.Job{ID: "x"})
			return err
		},
		"the nil job id": func() error {
			_, err := r.Deployment(b.Targets[0], b.Deployments[0],
				render.Job{ID: "00000000-0000-0000-0000-000000000000"})
			return err
		},
	} {
		assert.Assert(t, call() != nil, reason)
	}
}

func TestMissingTargetHasASuggestion(t *testing.T) {
	_, err := renderJob(t, strings.Replace(app, "deploymentTargetName: staging", "deploymentTargetName: stagign", 1),
		render.Job{})
	e, ok := errors.AsType[*flinktarget.InvalidError](err)
	assert.Assert(t, ok, "%v", err)
	assert.Equal(t, e.Problems[0].Field, "spec.deploymentTargetName")
	assert.Assert(t, strings.Contains(err.Error(), "did you mean staging?"), "%v", err)
	assert.Assert(t, e.Problems[0].Position.Line > 0)
}
