package render_test

import (
	"slices"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
	corev1 "k8s.io/api/core/v1"

	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/render"
)

// conf is the Deployment with an option of Flink.
func conf(option string) string { return app + "      flinkConfiguration: {" + option + "}\n" }

// artifact is the Deployment with fields of its artifact.
func artifact(fields string) string { return in(app, "kind: JAR,", "kind: JAR, "+fields+",") }

// fetchers is the Deployment with init containers in the template of the JobManager.
func fetchers(text, containers string) string {
	return text + "      kubernetes: {jobManagerPodTemplate: {spec: {initContainers: [" + containers + "]}}}\n"
}

// Files that people have of VVP, each beside what is like it and different.
func TestVVPAsItIsUsed(t *testing.T) {
	const owed = "      flinkConfiguration:\n        kubernetes.pod-template-file.jobmanager: |\n          kind: Pod\n"
	const stream = "flinkImageTag: 1.20.1-stream1-scala_2.12-java11"
	const tag, fetcher = "image-registry spec.template.spec.artifact.flinkImageTag", "{name: artifact-fetcher, tty: true}"
	const interval = "execution.checkpointing.interval: 10s"
	const noDirectory = "checkpoint-directory " + flinkConf + "[execution.checkpointing."
	const stray = "artifact-fetcher spec.template.spec.kubernetes.jobManagerPodTemplate.spec.initContainers[0]"
	images := "      kubernetes: {jobManagerPodTemplate: {spec: {containers: [{name: flink-jobmanager, " +
		"image: r.io/f:1}]}}, taskManagerPodTemplate: {spec: {containers: [{name: flink-taskmanager, image: r.io/f:1}]}}}\n"
	engine := in(app, "flinkVersion: 1.20", "engineVersionName: vera-4.1-flink-1.20")
	for _, c := range []struct {
		reason, text string
		has, hasNot  string // in the manifests
		warning      string // its rule and field
	}{
		{"placeholders are filled in", conf("a: '{{ namespace }}/{{deploymentName}}/{{ deploymentId}}/{{jobId }}'"),
			"a: default/app/" + kinds.DeriveID("Deployment", "default", "app") + "/" + jobID + "\n", "{{", ""},
		{"in arguments, too, with variables", conf("a: '{{ jobId }}-${A}'") + "      kubernetes: {pods: {envVars: " +
			"[{name: A, value: b}]}}\n", "a=" + jobID + "-$(A)", "{{", ""},
		{"others stay", conf("a: '{{ region }}'"), "a: {{ region }}", "", "placeholder " + flinkConf + "[a]"},
		{"a SessionCluster has no job", session + "  flinkConfiguration: {a: '{{ namespace }}/{{ jobId }}'}\n",
			"a: default/{{ jobId }}", "", "placeholder spec.flinkConfiguration[a]"},

		{"what has no effect and cannot be written", app + owed, "", "kind: Pod",
			"no-effect " + flinkConf + "[kubernetes.pod-template-file.jobmanager]"},
		{"it can be written for Flink 2", onVersion(app+owed, "2.0"), "kind: Pod", "",
			"no-effect " + flinkConf + "[kubernetes.pod-template-file.jobmanager]"},

		{"a tag of VVP's without a registry", artifact(stream), "image: flink:1.20.1-stream1", "",
			tag + ", flink-home " + jarURI},
		{"with a registry", in(artifact("flinkImageRegistry: registry.example.com, "+stream), "/opt/flink", "/flink"),
			"image: registry.example.com/flink:1.20.1-stream1", "/opt/flink", ""},
		{"a tag of the Flink project's", artifact("flinkImageTag: 1.20.1-java17"), "image: flink:1.20.1-java17", "", ""},
		{"a repository that has the registry", artifact("flinkImageRepository: registry.example.com/flink"),
			"image: registry.example.com/flink:", "", ""},
		{"a repository of anybody's", artifact("flinkImageRepository: team/flink, flinkImageTag: mine"),
			"image: team/flink:mine", "", ""},
		{"a repository of VVP's", artifact("flinkImageRepository: v2.10/flink"), "image: v2.10/flink:", "",
			"image-registry spec.template.spec.artifact.flinkImageRepository"},
		{"the Flink project has no such tag", artifact("flinkImageTag: mine"), "image: flink:mine", "", tag},
		{"but this one", artifact("flinkImageTag: 1.20-scala_2.12-java17"), "image: flink:1.20-scala", "", ""},
		{"a repository of the Flink project's", artifact("flinkImageRepository: apache/flink"),
			"image: apache/flink:", "", ""},
		{"an image that nothing runs", artifact(stream) + images, "image: r.io/f:1", "stream", ""},
		{"an image that TaskManagers run", artifact("flinkImageTag: mine") +
			strings.Split(images, ", taskManager")[0] + "}\n", "image: flink:mine", "", tag},
		{"of a SessionCluster", session + "  " + stream + "\n", "", "", "image-registry spec.flinkImageTag"},
		{"an engine of VVP 3's", engine, "image: flink:1.20.5", "",
			"engine-image spec.template.spec.artifact.engineVersionName"},
		{"with its image", in(engine, "kind: JAR,", "kind: JAR, flinkImageRegistry: registry.example.com,"),
			"image: registry.example.com/flink", "", ""},

		{"a template names what there is not", fetchers(app, fetcher), "", "artifact-fetcher", stray},
		{"beside another one", fetchers(app, fetcher+", {name: x, image: i}"), "image: i", "artifact-fetcher", stray},
		{"it is of the user's own", fetchers(app, "{name: artifact-fetcher, image: i}"),
			"name: artifact-fetcher", "", ""},
		{"there is one", fetchers(withArtifact("1.18", "https://h/a.jar"), fetcher), "tty: true", "", ""},

		{"what a shell changes is told once, not for each container", conf(`env.java.opts.all: -Da=b'c'`), "", "",
			"jvm-options " + flinkConf + "[env.java.opts.all]"},

		{"checkpoints without a place", conf(interval), interval, "", noDirectory + "interval]"},
		{"retained ones, too",
			conf("execution.checkpointing.externalized-checkpoint-retention: RETAIN_ON_CANCELLATION"), "", "",
			noDirectory + "externalized-checkpoint-retention]"},
		{"with a place", conf(interval + ", state.checkpoints.dir: file:///x"), interval, "", ""},
		{"with one in the words of 1.20", conf(interval + ", execution.checkpointing.dir: file:///x"), "", "", ""},
		{"which is meant", conf(interval + ", execution.checkpointing.storage: jobmanager"), interval, "", ""},
		{"none at all", conf("execution.checkpointing.interval: 0"), "", "", ""},
	} {
		t.Run(c.reason, func(t *testing.T) {
			m, err := renderJob(t, c.text, render.Job{ID: jobID})
			assert.NilError(t, err)
			text := yamlOf(t, m)
			assert.Assert(t, strings.Contains(text, c.has), text)
			assert.Assert(t, c.hasNot == "" || !strings.Contains(text, c.hasNot), text)
			assert.Equal(t, warningsOf(m), c.warning)
		})
	}
}

// A placeholder gives a job the id that is derived of it.
func TestPlaceholderOfADerivedID(t *testing.T) {
	m, err := renderJob(t, conf("a: '{{ jobId }}'"), render.Job{})
	assert.NilError(t, err)
	assert.Assert(t, strings.Contains(configOf(t, m), "a: "+jobOf(m)+"\n"))
}

// The folders of VVP's images, and of images that somebody says it of.
func TestFlinkHome(t *testing.T) {
	const vvp = "flinkImageRegistry: registry.ververica.com/v2.15, flinkImageTag: 1.20.1-stream1"
	const uri = "https://h.example.com/a.jar"
	mounted := func(pod corev1.PodSpec) (out []string) {
		for _, m := range pod.Containers[0].VolumeMounts {
			out = append(out, m.MountPath)
		}
		return out
	}
	official := []string{"/opt/flink/conf", "/tmp", "/opt/flink/log", "/opt/flink/usrlib"}
	inVVP := []string{"/flink/conf", "/tmp", "/flink/log", "/flink/usrlib"}
	for _, c := range []struct {
		reason, artifact string
		opts             []render.Option
		want             []string
	}{
		{"Flink's image", "flinkImageTag: 1.18.1", nil, official},
		{"VVP's by its registry", "flinkImageRegistry: registry.ververica.com/v2.12", nil, inVVP},
		{"a mirror by its tag", "flinkImageRegistry: r.io, flinkImageTag: 1.18.1-stream3-scala_2.12-java8", nil, inVVP},
		{"a tag like it", "flinkImageRegistry: r.io, flinkImageTag: 1.18.1-streams", nil, official},
		{"a registry like it", "flinkImageRegistry: registry.ververica.com.example.com", nil, official},
		{"an image of one's own", "flinkImageRegistry: r.io", []render.Option{render.FlinkHome("/flink")}, inVVP},
		{"VVP's, made anew", vvp, []render.Option{render.FlinkHome("/opt/flink")}, official},
	} {
		m, err := renderJob(t, in(withArtifact("1.18", uri), "kind: JAR,", "kind: JAR, "+c.artifact+","),
			render.Job{ID: jobID}, c.opts...)
		assert.NilError(t, err, c.reason)
		for _, pod := range []corev1.PodSpec{jobManager(t, m), taskManagers(t, m)} {
			assert.DeepEqual(t, mounted(pod), c.want)
			fetcher := pod.InitContainers[len(pod.InitContainers)-1]
			assert.Assert(t, slices.Contains(fetcher.Command, "--output-document="+c.want[3]+"/a.jar"), c.reason)
		}
	}
	m, err := renderJob(t, in(withArtifact("1.18", "file:///flink/examples/a.jar"), "kind: JAR,", "kind: JAR, "+vvp+","),
		render.Job{ID: jobID})
	assert.NilError(t, err)
	assert.Assert(t, strings.HasSuffix(jarsOf(jobManager(t, m)), "install /flink/examples/a.jar artifacts/a.jar"))
	_, err = renderJob(t, withPatches(app, "{apiVersion: batch/v1, kind: Job, spec: {template: {spec: {containers: "+
		"[{name: flink-jobmanager, image: 'r.io/flink:1.20.1-stream1'}]}}}}"), render.Job{ID: jobID},
		render.FlinkHome("/opt/flink"))
	assert.NilError(t, err, "who says where it is has said it")
	_, err = renderJob(t, app+"      kubernetes: {taskManagerPodTemplate: {spec: {containers: [{name: flink-taskmanager, "+
		"image: 'r.io/flink:1.20.1-stream1'}]}}}\n", render.Job{ID: jobID})
	assert.DeepEqual(t, refusals(err), []string{"spec.template.spec.kubernetes flink-home"})
	for _, path := range []string{"", "/", "flink", "/flink/", "/a b", "/flink/../x"} {
		_, err := render.New(render.FlinkHome(path))
		assert.ErrorContains(t, err, "must be an absolute path", path)
	}
}

// What VVP's universal blob storage presets, where the resource does not say otherwise.
func TestBlobStorage(t *testing.T) {
	const base = "s3://b/vvp/flink-jobs/namespaces/default/"
	const checkpoints, savepoints, ha = "state.checkpoints.dir", "state.savepoints.dir", "high-availability.storageDir"
	own := base + "jobs/" + jobID
	for _, c := range []struct {
		reason, text string
		want         map[string]string // options; "" for none
	}{
		{"nothing is said", app, map[string]string{checkpoints: own + "/checkpoints", savepoints: own + "/savepoints", ha: ""}},
		{"there is high availability", conf("high-availability.type: kubernetes"),
			map[string]string{ha: own + "/high-availability", checkpoints: own + "/checkpoints"}},
		{"something is said", conf("state.savepoints.dir: s3://c/s"),
			map[string]string{checkpoints: own + "/checkpoints", savepoints: "s3://c/s"}},
		{"in the words of 1.20", conf("execution.checkpointing.dir: s3://c/s"),
			map[string]string{checkpoints: "", "execution.checkpointing.dir": "s3://c/s"}},
		{"a SessionCluster", session, map[string]string{checkpoints: base +
			"sessionclusters/6a1a4cfb-43a0-4a3e-bf31-5d0f6a1a2f7e/checkpoints"}},
	} {
		m, err := renderJob(t, c.text, render.Job{ID: jobID}, render.BlobStorage("s3://b/vvp/"))
		assert.NilError(t, err, c.reason)
		for key, want := range c.want {
			assert.Equal(t, strings.Contains(configOf(t, m), key+": "+want+"\n"), want != "", "%s: %s", c.reason, key)
			assert.Equal(t, strings.Contains(configOf(t, m), key), want != "", "%s: %s", c.reason, key)
		}
		assert.Equal(t, pluginsOf(t, taskManagers(t, m)), "flink-s3-fs-presto-1.20.5.jar")
	}
	m, err := renderJob(t, app, render.Job{}, render.BlobStorage("s3://b"))
	assert.NilError(t, err)
	assert.Assert(t, strings.Contains(configOf(t, m), "jobs/"+jobOf(m)+"/checkpoints"), "of a derived id, too")
	for _, uri := range []string{"", "b", "/b", "s3:", "s3://b c", "s3://b/${A}", "s3://b/#", "s3://b?c", "s3:///b", "S3://b"} {
		_, err := render.New(render.BlobStorage(uri))
		assert.ErrorContains(t, err, "must be a URI", uri)
	}
	_, err = render.New(render.BlobStorage("s3://me:Pl4ntedS3cret@b/vvp"))
	assert.Error(t, err, "BlobStorage: must have no password, which would stand in ConfigMaps")
	for _, uri := range []string{"file:///vvp", "hdfs:///vvp", "abfss://container@account.dfs.core.windows.net/vvp"} {
		_, err := render.New(render.BlobStorage(uri))
		assert.NilError(t, err, uri)
	}
}

// File systems for which Flink has no plugin.
func TestFileSystemsOfImages(t *testing.T) {
	const hadoop = "      kubernetes: {pods: {envVars: [{name: HADOOP_CLASSPATH, value: /h}]}}\n"
	const vvp = "flinkImageRegistry: registry.ververica.com/v2.15, flinkImageTag: 1.20.1-stream1"
	dir := func(uri string) string { return conf("state.checkpoints.dir: '" + uri + "'") }
	with := func(artifact, version, uri string) string {
		return in(withArtifact(version, uri), "kind: JAR,", "kind: JAR, "+artifact+",")
	}
	for _, c := range []struct {
		reason, text string
		refused      bool
		warned       string
	}{
		{"Flink's image has no Hadoop", withArtifact("1.20", "hdfs://n/a.jar"), true, ""},
		{"it is mounted", withArtifact("1.20", "hdfs://n/a.jar") + hadoop, false, ""},
		{"it is mounted where the jar is fetched", withArtifact("1.20", "hdfs://n/a.jar") + "      kubernetes: " +
			"{jobManagerPodTemplate: {spec: {containers: [{name: flink-jobmanager, env: [{name: HADOOP_CLASSPATH, " +
			"value: /h}]}]}}}\n", false, ""},
		{"others may", with("flinkImageRegistry: r.io, flinkImageTag: mine", "1.20", "hdfs://n/a.jar"), false,
			"file-system-image " + jarURI},
		{"VVP's has", with(vvp, "1.20", "hdfs://n/a.jar"), false, ""},
		{"and Azure's workload identity", with(vvp, "1.20", "wiaz://c@a/a.jar"), false, ""},
		{"which no other has", withArtifact("1.20", "wiaz://c@a/a.jar") + hadoop, true, ""},
		{"before 1.19, Flink fetches nothing", with(vvp, "1.18", "hdfs://n/a.jar"), true, ""},
		{"checkpoints", dir("hdfs://n/c"), false, "file-system-image " + flinkConf + "[state.checkpoints.dir]"},
		{"checkpoints with it", dir("hdfs://n/c") + hadoop, false, ""},
		{"checkpoints in VVP's image", in(in(dir("s3://b/c"), "kind: JAR,", "kind: JAR, "+vvp+","), "/opt/flink", "/flink"),
			false, ""},
		{"what it does not have", in(in(dir("gs://b/c"), "kind: JAR,", "kind: JAR, "+vvp+","), "/opt/flink", "/flink"),
			false, "file-system-plugin " + flinkConf + "[state.checkpoints.dir]"},
	} {
		m, err := renderJob(t, c.text, render.Job{ID: jobID})
		if c.refused {
			assert.DeepEqual(t, refusals(err), []string{jarURI + " uri-scheme"})
			assert.ErrorContains(t, err, "option FetcherImage")
			_, err = renderJob(t, c.text, render.Job{ID: jobID}, render.FetcherImage("fetch:1"))
			assert.Equal(t, err == nil, strings.Contains(c.text, "1.18"), "%s: %v", c.reason, err)
			continue
		}
		assert.NilError(t, err, c.reason)
		assert.Equal(t, warningsOf(m), c.warned, c.reason)
		assert.Equal(t, pluginsOf(t, jobManager(t, m)), "", c.reason)
	}
}

// warningsOf lists rules and fields.
func warningsOf(m render.Manifests) string {
	var out []string
	for _, w := range m.Warnings() {
		out = append(out, w.Rule+" "+w.Field)
	}
	return strings.Join(out, ", ")
}
