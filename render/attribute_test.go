package render_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/render"
)

// Entries of a patch set.
func toObject(kind, patch string) string {
	return "{target: {kind: " + kind + "}, patch: " + patch + "}"
}
func toService(spec string) string  { return toObject("Service", "{spec: {"+spec+"}}") }
func toJob(spec string) string      { return toObject("Job", "{spec: {"+spec+"}}") }
func toPod(spec string) string      { return toJob("template: {spec: {" + spec + "}}") }
func toContainer(s string) string   { return toPod("containers: [{name: flink-jobmanager, " + s + "}]") }
func toVolume(source string) string { return toPod("volumes: [{name: v, " + source + "}]") }

// loggers are as many as fill a configuration.
func loggers(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "a.logger.with.a.long.name.%d: INFO, ", i)
	}
	return b.String()
}

// Who is to blame: the last patch that brought a problem about, or a field of the
// resource.
func TestCauses(t *testing.T) {
	const low = "resources: {requests: {memory: 900M}, limits: {memory: 900M}}"
	kubernetes := func(text, indent string) string { return indent + "kubernetes: {" + text + "}\n" }
	harmless := toJob("backoffLimit: 1")
	large := toObject("ConfigMap",
		"[{op: add, path: /data/a, value: "+strings.Repeat("x", 1<<19)+"}, {op: copy, from: /data/a, path: /data/b}]")
	spoils, heals := toPod("volumes: [{name: flink-log, $patch: delete}]"), toPod("volumes: [{name: flink-log, "+
		"emptyDir: {}}]")
	for _, c := range []struct {
		reason, text string
		causes       []string
	}{
		{"the second of two patches", withPatches(app, harmless, spoils), []string{"spec.deploymentPatchSet[1]"}},
		{"what one spoils, another can heal", withPatches(app, spoils, heals), nil},
		{"or spoil again", withPatches(app, spoils, heals, harmless, spoils), []string{"spec.deploymentPatchSet[3]"}},
		{"files of a ConfigMap may be bytes",
			withPatches(app, toObject("ConfigMap", "{binaryData: {k: AAAA}}"),
				toVolume("configMap: {name: job-"+jobID+"-flink-config, items: [{key: k, path: p}]}")), nil},
		{"each patch for its own", withPatches(app, spoils, toService("type: Nothing")),
			[]string{"spec.deploymentPatchSet[1]", "spec.deploymentPatchSet[0]"}},
		{"each for its own of one field",
			withPatches(app, toObject("ConfigMap", "{data: {flink-conf.yaml: null}}"), large),
			[]string{"spec.deploymentPatchSet[1]", "spec.deploymentPatchSet[0]"}},
		{"a patch of another object comes before",
			withPatches(app, toObject("Job, name: other", "{spec: {backoffLimit: 1}}"), spoils),
			[]string{"spec.deploymentPatchSet[1]"}},
		{"what is said changes with the checksum",
			withPatches(app, toJob("template: {metadata: {annotations: {a: "+strings.Repeat("x", 256<<10)+"}}}")),
			[]string{"spec.deploymentPatchSet[0]"}},
		{"the configuration", app + "      logging: {log4jLoggers: {" + loggers(20_000) + "}}\n",
			[]string{"spec.template.spec.flinkConfiguration"}},
		{"one of two pod templates",
			app + kubernetes("jobManagerPodTemplate: {spec: {priorityClassName: high}}, taskManagerPodTemplate: "+
				"{spec: {containers: [{name: flink-taskmanager, "+low+"}]}}", "      "),
			[]string{"spec.template.spec.kubernetes.taskManagerPodTemplate"}},
		{"a pod template",
			app + kubernetes("jobManagerPodTemplate: {spec: {containers: [{name: flink-jobmanager, "+low+"}]}}",
				"      "), []string{"spec.template.spec.kubernetes.jobManagerPodTemplate"}},
		{"the other one",
			app + kubernetes("taskManagerPodTemplate: {spec: {containers: [{name: flink-taskmanager, volumeMounts: "+
				"[{name: v, mountPath: /v}]}]}}", "      "),
			[]string{"spec.template.spec.kubernetes.taskManagerPodTemplate"}},
		{"of a session cluster",
			session + kubernetes("jobManagerPodTemplate: {spec: {containers: [{name: flink-jobmanager, "+low+"}]}}",
				"  "), []string{"spec.kubernetes.jobManagerPodTemplate"}},
		{"pod options", withTLS(app) + kubernetes("pods: {envVars: [{name: FLINK_TLS_PASSWORD, value: v}]}", "      "),
			[]string{"spec.template.spec.kubernetes.pods", "spec.template.spec.kubernetes.pods"}},
		{"annotations of pods and of all objects together",
			app + kubernetes("annotations: {a: "+strings.Repeat("x",
				200<<10)+"}, pods: {annotations: {b: "+strings.Repeat("x", 200<<10)+"}}", "      "),
			[]string{"spec.template.spec.kubernetes.pods", "spec.template.spec.kubernetes.pods"}},
		{"a template that a patch heals",
			withPatches(app,
				toContainer("resources: {requests: {memory: 1G}, limits: {memory: 1G}}")) +
				kubernetes("jobManagerPodTemplate: {spec: {containers: [{name: flink-jobmanager, "+low+"}]}}",
					"      "), nil},
	} {
		t.Run(c.reason, func(t *testing.T) {
			_, err := renderJob(t, c.text, render.Job{ID: jobID}, render.TLSSecret("s"))
			var causes []string
			if e, ok := errors.AsType[*render.VerifyError](err); ok {
				for _, p := range e.Problems {
					causes = append(causes, p.Cause.Field)
				}
			}
			assert.DeepEqual(t, causes, c.causes)
			assert.Equal(t, err == nil, c.causes == nil, "%v", err)
		})
	}
}
