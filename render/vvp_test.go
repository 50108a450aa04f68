package render_test

import (
	"strings"
	"testing"

	"gotest.tools/v3/assert"

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

		{"a tag of VVP's without a registry", artifact(stream), "image: flink:1.20.1-stream1", "", tag},
		{"with a registry", artifact("flinkImageRegistry: registry.ververica.com/v2.15, " + stream),
			"image: registry.ververica.com/v2.15/flink:1.20.1-stream1", "", ""},
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
			var warnings []string
			for _, w := range m.Warnings() {
				warnings = append(warnings, w.Rule+" "+w.Field)
			}
			assert.Equal(t, strings.Join(warnings, ", "), c.warning)
		})
	}
}

// A placeholder gives a job the id that is derived of it.
func TestPlaceholderOfADerivedID(t *testing.T) {
	m, err := renderJob(t, conf("a: '{{ jobId }}'"), render.Job{})
	assert.NilError(t, err)
	assert.Assert(t, strings.Contains(configOf(t, m), "a: "+jobOf(m)+"\n"))
}
