package render_test

import (
	"fmt"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/render"
	"github.com/flinktarget/flinktarget/render/internal/inputs"
)

// jobOf returns the id of the job that is rendered, "" if there is none.
func jobOf(m render.Manifests) string {
	for o := range m.All() {
		if id := o.Labels()["jobId"]; id != "" {
			return id
		}
	}
	return ""
}

// likeGiven renders with a derived id and with the same one given: bytes and errors are
// the same, and nobody sees the placeholder.
func likeGiven(t *testing.T, reason string, text []byte, opts ...render.Option) (m render.Manifests, err error) {
	t.Helper()
	b := parse(t, text)
	r := renderer(t, opts...)
	m, err = r.Bundle(b, nil)
	id := jobOf(m)
	if id == "" {
		id = jobID // nothing is rendered
	}
	given, givenErr := r.Bundle(b, func(deployment.Deployment) render.Job { return render.Job{ID: id} })
	assert.Equal(t, yamlOf(t, m), yamlOf(t, given), reason)
	says := func(err error) string { return uuid.ReplaceAllString(fmt.Sprint(err), "ID") }
	assert.Equal(t, says(err), says(givenErr), reason)
	assert.Assert(t, !kinds.IsReserved(fmt.Sprint(yamlOf(t, m), err, m.Warnings())), reason)
	return m, err
}
func TestDerivedIsLikeGiven(t *testing.T) {
	t.Parallel()
	for name, text := range testFiles(t, "valid") {
		if strings.Count(string(text), "kind: Deployment\n") < 2 { // each has a job of its own
			_, err := likeGiven(t, name, text)
			assert.NilError(t, err, name)
		}
	}
	for name, text := range scenarios() {
		_, err := likeGiven(t, name, []byte(text), optionsOf(name)...)
		assert.NilError(t, err, name)
	}
	derived := 0
	for seed := range uint64(300) {
		in := inputs.New(seed)
		m, err := likeGiven(t, fmt.Sprint("seed ", seed), in.Text(), in.Options()...)
		assert.NilError(t, err)
		if jobOf(m) != "" {
			derived++
		}
	}
	assert.Assert(t, derived > 150, "%d", derived)
}

// Of several patches that fail the first is reported, whatever its object, and templates
// of both components at once.
func TestDerivedFailsLikeGiven(t *testing.T) {
	const fine = "{target: {kind: Deployment}, patch: {spec: {template: {spec: {priorityClassName: x}}}}}"
	var failing []string
	for _, kind := range []string{"Job", "Deployment", "Service", "ConfigMap"} {
		failing = append(failing,
			"{target: {kind: "+kind+"}, patch: {metadata: {labels: {app: mine}}}}",
			"{target: {kind: "+kind+"}, patch: [{op: remove, path: /metadata/annotations}]}",
			"{target: {kind: "+kind+"}, patch: [{op: replace, path: /metadata/name, value: a}]}",
			"{target: {kind: "+kind+"}, patch: {$patch: delete}}")
	}
	for _, first := range failing {
		for _, second := range append(failing, fine) {
			for _, entries := range [][]string{{first, second}, {fine, second, first}} {
				_, err := likeGiven(t, strings.Join(entries, ", "), []byte(withPatches(app, entries...)))
				assert.Assert(t, err != nil, entries)
			}
		}
	}
	bad := func(component string) string {
		name := "flink-" + strings.ToLower(component)
		return component + "PodTemplate: {spec: {containers: [{name: " + name + ", ports: [{name: x}]}]}}"
	}
	one, other := bad("jobManager"), bad("taskManager")
	for _, templates := range []string{one, other, one + ", " + other} {
		_, err := likeGiven(t, templates, []byte(app+"      kubernetes: {"+templates+"}\n"))
		assert.Assert(t, err != nil, templates)
	}
}

// What patches do with the id: they may select by patterns of it, and copy and move it.
// Whatever they do to the Service has no part in the id.
func TestPatchesThatSeeADerivedID(t *testing.T) {
	id := derivedID(t, app)
	to := func(target string) string {
		return "{target: {" + target + "}, patch: {metadata: {annotations: {a: b}}}}"
	}
	copied := "{target: {kind: Service}, patch: [{op: add, path: /metadata/annotations, value: {}}," +
		" {op: copy, from: /metadata/labels/jobId, path: /metadata/annotations/job}]}"
	operate := func(kind, op, from, path string) string {
		return "{target: {kind: " + kind + "}, patch: [{op: " + op + ", from: " + from + ", path: " + path + "}]}"
	}
	for _, c := range []struct {
		reason  string
		entries []string
	}{
		{"all names", []string{to("name: job-.*")}},
		{"names of one component", []string{to("name: 'job-[0-9a-f-]{36}-taskmanager'")}},
		{"names as derived ids are", []string{to("name: 'job-[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab].*'")}},
		{"all that belongs to a job", []string{to("labelSelector: jobId")}},
		{"what is no other job", []string{to("labelSelector: 'jobId notin (" + jobID + ")'")}},
		{"another job", []string{to("labelSelector: jobId=" + jobID)}},
		{"a copy, and who has one", []string{copied, to("annotationSelector: job")}},
		{"a moved copy", []string{copied,
			operate("Service", "move", "/metadata/annotations/job", "/metadata/labels/a")}},
		{"the configuration", []string{operate("ConfigMap", "copy", "/data/flink-conf.yaml", "/data/copy.yaml")}},
		{"the id of Flink",
			[]string{operate("Job", "copy", "/spec/template/spec/containers/0/args/2", "/metadata/labels/a")}},
		{"its name, where nothing is copied",
			[]string{"{target: {kind: Service}, patch: {metadata: {labels: {a: " + id + "}}}}"}},
	} {
		_, err := likeGiven(t, c.reason, []byte(withPatches(app, c.entries...)))
		assert.NilError(t, err, c.reason)
	}
	for _, entries := range [][]string{
		{to("kind: Service, labelSelector: jobId=" + id)},
		{to("kind: Service, labelSelector: jobId!=" + id)},
		{to("name: job-" + id + "-jobmanager, kind: Service")},
		{to("name: job-" + id[:3] + ".*-taskmanager")},
		{to("name: 'job-[8]" + kinds.PlaceholderID[1:] + ".*'")},
	} {
		_, err := renderJob(t, withPatches(app, entries...), render.Job{})
		assert.DeepEqual(t, refusals(err), []string{" derived-id"})
		says := fmt.Sprintf("spec.deploymentPatchSet[%d]: ", len(entries)-1)
		assert.ErrorContains(t, err, says, entries)
		assert.Assert(t, !kinds.IsReserved(err.Error()), "%v", err)
	}
}

// The placeholder would become the id in silence: resources and patches that have it are
// refused, whether an id is derived or not.
func TestPlaceholderIsRefused(t *testing.T) {
	texts := func(id string) map[string]string {
		return map[string]string{
			"a patch of objects": withPatches(app,
				"{target: {kind: Job}, patch: {metadata: {annotations: {a: "+id+"}}}}"),
			"a key in a patch": withPatches(app,
				"{target: {kind: Job}, patch: {metadata: {annotations: {a-"+id+": b}}}}"),
			"a selector": withPatches(app,
				"{target: {kind: Job, name: job-"+id+".*}, patch: {metadata: {annotations: {a: b}}}}"),
			"an operation": withPatches(app,
				"{target: {kind: Job}, patch: [{op: add, path: /metadata/annotations, value: {a: "+id+"}}]}"),
			"a patch of VVP's": withPatches(app,
				"{op: add, path: /spec/template/spec/flinkConfiguration/a, value: "+id+"}"),
			"an option": app + "      flinkConfiguration: {a: x" + id + "}\n",
			"a pod template": app + "      kubernetes: {jobManagerPodTemplate: {metadata: {annotations: {a: " + id +
				"}}}}\n",
			"a key of one": app + "      kubernetes: {jobManagerPodTemplate: {metadata: {annotations: {a-" + id +
				": a}}}}\n",
			"a variable":                app + "      kubernetes: {pods: {envVars: [{name: A, value: " + id + "}]}}\n",
			"a label":                   app + "      kubernetes: {labels: {a: " + id + "}}\n",
			"a namespace of Kubernetes": in(app, "namespace: staging", "namespace: "+id),
		}
	}
	for _, id := range []string{kinds.PlaceholderID, kinds.BarePlaceholderID} {
		for reason, text := range texts(id) {
			_, err := deployment.ParseAll("input.yaml", []byte(text))
			assert.ErrorContains(t, err, "is reserved", reason)
			assert.ErrorContains(t, err, "input.yaml:", reason)
		}
	}
	joined := in(app, "kind: JAR,", `kind: JAR, mainArgs: "`+kinds.PlaceholderID[:9]+"'"+kinds.PlaceholderID[9:]+`'",`)
	_, err := renderJob(t, joined, render.Job{})
	assert.ErrorContains(t, err, "is reserved", "put together of quoted parts")
	_, err = renderJob(t, app, render.Job{SavepointLocation: "s3://b/" + kinds.PlaceholderID})
	assert.ErrorContains(t, err, "is reserved")
	for reason, text := range texts(kinds.PlaceholderID[:35] + "2") {
		_, err := likeGiven(t, reason, []byte(text))
		assert.NilError(t, err, reason)
	}
}
