package render_test

import (
	"errors"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/patch"
	"github.com/flinktarget/flinktarget/render"
)

// derivedID renders without a job id and returns the one that was derived.
func derivedID(t *testing.T, text string) string {
	t.Helper()
	m := rendered(t, text)
	return find(t, m, "Job", "-jobmanager").Labels()["jobId"]
}

// target patches are put in place of the empty list.
func withPatches(text string, entries ...string) string {
	patches := "  deploymentPatchSet:\n"
	for _, e := range entries {
		patches += "  - " + e + "\n"
	}
	return strings.Replace(text, "  kubernetes: {namespace: staging}\n",
		"  kubernetes: {namespace: staging}\n"+patches, 1)
}

func TestDerivedIDStaysTheSame(t *testing.T) {
	want := derivedID(t, app)
	for reason, text := range map[string]string{
		"annotations are metadata": strings.Replace(app, "{name: app}",
			"{name: app, annotations: {a: b}, displayName: App}", 1),
		"TaskManagers come and go": app + "      numberOfTaskManagers: 7\n",
		"their size is not the JobManager's": withPatches(app,
			"{target: {kind: Deployment}, patch: {spec: {template: {spec: {priorityClassName: x}}}}}"),
		"a target's name is not the job's": strings.ReplaceAll(app, "staging}\nspec",
			"staging, labels: {a: b}}\nspec"),
		"a default that is written out": app + "      parallelism: 1\n",
		"strategies steer the platform": strings.Replace(app, "  template:",
			"  upgradeStrategy: {kind: STATELESS}\n  template:", 1),
	} {
		assert.Equal(t, derivedID(t, text), want, reason)
	}
}

func TestDerivedIDChanges(t *testing.T) {
	seen := map[string]string{derivedID(t, app): "the app"}
	for reason, text := range map[string]string{
		"another configuration": app + "      flinkConfiguration: {a: b}\n",
		"another parallelism":   app + "      parallelism: 2\n",
		"another jar":           withArtifact("1.20", "local:///opt/flink/usrlib/other.jar"),
		"another version":       withArtifact("1.19", "local:///opt/flink/usrlib/app.jar"),
		"another namespace":     strings.ReplaceAll(app, "namespace: staging", "namespace: prod"),
		"another Deployment":    strings.Replace(app, "{name: app}", "{name: app2}", 1),
		"a patch of the JobManager": withPatches(app,
			"{target: {kind: Job}, patch: {spec: {template: {spec: {priorityClassName: x}}}}}"),
		"a patch of the Deployment's conf": withPatches(app,
			"{op: add, path: /spec/template/spec/flinkConfiguration/a, value: c}"),
		"a log level": app + "      logging: {log4jLoggers: {com.example: DEBUG}}\n",
	} {
		id := derivedID(t, text)
		assert.Equal(t, seen[id], "", "%s has the id of %s", reason, seen[id])
		seen[id] = reason
	}
}

func TestPatchThatSelectsOnTheDerivedID(t *testing.T) {
	id := derivedID(t, app)
	text := withPatches(app, "{target: {kind: Service}, patch: {metadata: {annotations: {c: d}}}}",
		"{target: {kind: Service, labelSelector: jobId="+id+"}, patch: {metadata: {annotations: {a: b}}}}")
	_, err := renderJob(t, text, render.Job{})
	assert.ErrorContains(t, err, "input.yaml:9:5: spec.deploymentPatchSet[1]: ", "it is the patch that selects")
	assert.DeepEqual(t, refusals(err), []string{" derived-id"})
	_, err = renderJob(t, text, render.Job{ID: id})
	assert.NilError(t, err)
}

func TestPatchesThatFail(t *testing.T) {
	for reason, c := range map[string]struct{ entry, says string }{
		"what it tests for is not so": {"{op: test, path: /spec/state, value: SUSPENDED}",
			"spec.deploymentPatchSet[0]"},
		"it makes the input illegal": {"{op: add, path: /spec/template/spec/parallelism, value: 0}",
			"spec.template.spec.parallelism"},
		"it makes up a field": {"{op: add, path: /spec/template/spec/paralelism, value: 2}",
			"did you mean parallelism?"},
		"it touches a system label": {"{target: {kind: Service}, patch: {metadata: {labels: {app: mine}}}}",
			"metadata.labels.app"},
		"it loses a volume": {"{target: {kind: Job}, patch: {spec: {template: {spec: {volumes: [{name: " +
			"flink-log, $patch: delete}]}}}}}", "there is no volume"},
		"it takes the port away": {"{target: {kind: Job}, patch: [{op: remove, path: " +
			"/spec/template/spec/containers/0/ports}]}", "has no port"},
		"it misspells a container": {"{target: {kind: Job}, patch: {spec: {template: {spec: {containers: [{name: " +
			"flink-jobmanger, env: [{name: A, value: b}]}]}}}}}", "did you mean flink-jobmanager?"},
		"it means another component": {"{target: {kind: Job}, patch: {spec: {template: {spec: {containers: [{name: " +
			"flink-taskmanager, env: [{name: A, value: b}]}]}}}}}", "image: required"},
	} {
		t.Run(reason, func(t *testing.T) {
			m, err := renderJob(t, withPatches(app, c.entry), render.Job{})
			assert.ErrorContains(t, err, c.says)
			assert.Equal(t, m.Len(), 0)
		})
	}
}

// The nil id of the draft is nobody's business, whatever a patch fails with.
func TestFailuresCallADerivedIDAsTheDocumentationDoes(t *testing.T) {
	for reason, entry := range map[string]string{
		"a protected name": "{target: {kind: Job}, patch: [{op: replace, path: /metadata/name, value: a}]}",
		"a test of a name": "{target: {kind: Job}, patch: [{op: test, path: /metadata/name, value: job-" +
			derivedID(t, app) + "-jobmanager}]}",
		"nothing to remove":   "{target: {kind: Service}, patch: [{op: remove, path: /metadata/annotations}]}",
		"a label that is not": "{target: {kind: Service}, patch: {metadata: {labels: {jobId: mine}}}}",
		"an object too few":   "{target: {kind: Service}, patch: {$patch: delete}}",
	} {
		_, err := renderJob(t, withPatches(app, entry), render.Job{})
		failed, ok := errors.AsType[*patch.ApplyError](err)
		assert.Assert(t, ok, "%s: %v", reason, err)
		assert.Assert(t, strings.HasSuffix(failed.Object, " staging/job-ID-jobmanager"), "%s: %v", reason, err)
		assert.Assert(t, !strings.Contains(err.Error(), "00000000"), "%s: %v", reason, err)
		t.Log(err)
	}
}

func TestPatchThatMatchesNothingIsAWarning(t *testing.T) {
	session := staging + "---\nkind: SessionCluster\napiVersion: v1\nmetadata: {name: s}\nspec: " +
		"{deploymentTargetName: staging, flinkVersion: 1.20}\n"
	service := "{target: {kind: Service, name: none}, patch: {metadata: {annotations: {a: b}}}}"
	job := "{target: {kind: Job}, patch: {metadata: {annotations: {a: b}}}}"
	for _, c := range []struct {
		reason, text string
		want         int
	}{
		{"a name that nothing has", withPatches(app, service), 1},
		{"session clusters have no Job", withPatches(session, job), 0},
		{"nor do patches of the VVP Deployment concern them",
			withPatches(session, "{op: test, path: /spec/state, value: RUNNING}"), 0},
		{"it matched for one of two", withPatches(app+strings.TrimPrefix(session, staging), job), 0},
		{"it matched for none of two, said once", withPatches(app+strings.TrimPrefix(session, staging), service), 1},
	} {
		m := rendered(t, c.text)
		got := 0
		for _, w := range m.Warnings() {
			if strings.HasPrefix(w.Field, "spec.deploymentPatchSet[0]") {
				got++
			}
		}
		assert.Equal(t, got, c.want, "%s: %v", c.reason, m.Warnings())

		m, err := renderer(t, render.StrictPatches()).Bundle(parse(t, []byte(c.text)), nil)
		assert.Equal(t, err != nil, c.want > 0, "%s: %v", c.reason, err)
		assert.Equal(t, m.Len() == 0, c.want > 0)
	}
}
