package render_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/patch"
	"github.com/flinktarget/flinktarget/render"
	"github.com/flinktarget/flinktarget/target"
)

// What a patch of the resource spoils is blamed on the last patch that did, with its
// place.
func TestPatchedResourceIsBlamed(t *testing.T) {
	text := withPatches(app,
		"{op: add, path: /spec/template/spec/parallelism, value: 3}",
		"{apiVersion: v1, kind: Deployment, spec: {template: {spec: {resources: {jobmanager: {memory: 200m}}}}}}",
		"{op: replace, path: /spec/template/spec/parallelism, value: many}",
		"{op: add, path: /spec/state, value: RUNNING}")
	_, err := renderJob(t, text, render.Job{ID: jobID})
	e, ok := errors.AsType[*flinktarget.InvalidError](err)
	assert.Assert(t, ok, "%v", err)
	got := map[string]string{}
	for _, p := range e.Problems {
		assert.Assert(t, strings.HasPrefix(p.Cause.Field, "spec.deploymentPatchSet["), "%v", p)
		got[p.Field] = p.Position.String()
	}
	assert.DeepEqual(t, got, map[string]string{
		"spec.template.spec.parallelism":                 "input.yaml:10:5",
		"spec.template.spec.resources.jobmanager.memory": "input.yaml:9:5",
	})
}

func TestPatchErrorsHavePlaces(t *testing.T) {
	_, err := renderJob(t,
		withPatches(app, "{target: {kind: Service}, patch: {metadata: {labels: {app: x, jobId: y, team: a}}}}"),
		render.Job{ID: jobID})
	e, ok := errors.AsType[*patch.ApplyError](err)
	assert.Assert(t, ok && errors.Is(err, patch.ErrConflict), "%v", err)
	assert.Equal(t, e.Position.String(), "input.yaml:8:5")
	assert.Assert(t, strings.Contains(err.Error(), "input.yaml:8:5: spec.deploymentPatchSet[0]"), "%v", err)
	assert.Assert(t, strings.Contains(err.Error(), "metadata.labels.app, metadata.labels.jobId"),
		"all that belongs to the platform is named: %v", err)

	unmatched := withPatches(app,
		"{target: {kind: Service, labelSelector: component=jobmanger}, patch: {spec: {type: NodePort}}}")
	_, err = renderJob(t, unmatched, render.Job{ID: jobID}, render.StrictPatches())
	assert.Error(t, err, "input.yaml:8:5: spec.deploymentPatchSet[0]: the patch matches no object; "+
		"Service staging/job-3f1da3c8-6f22-430f-9200-eda014ea5319-jobmanager has the labels app=flink-job,"+
		"component=jobmanager,deploymentId=383dfb87-b684-507f-8344-d77861984fdf,deploymentName=app,"+
		"jobId=3f1da3c8-6f22-430f-9200-eda014ea5319,system=ververica-platform,vvpNamespace=default")
	u, ok := errors.AsType[*flinktarget.InvalidError](err)
	assert.Assert(t, ok && u.Problems[0].Rule == "unmatched-patch", "%v", err)
	u.Problems[0].Position = flinktarget.Position{}
	assert.Assert(t, strings.HasPrefix(u.Error(), "DeploymentTarget default/staging: "),
		"a place that is not known is left out: %v", u)

	_, err = renderJob(t, withPatches(app, "{target: {kind: Service}, patch: {spec: {type: Nothing}}}"),
		render.Job{ID: jobID})
	v, ok := errors.AsType[*render.VerifyError](err)
	assert.Assert(t, ok && v.Problems[0].Position.String() == "input.yaml:8:5", "%v", err)
	_, err = renderJob(t, app+"      kubernetes: {jobManagerPodTemplate: {spec: {containers: [{name: sidecar}]}}}\n",
		render.Job{ID: jobID})
	v, ok = errors.AsType[*render.VerifyError](err)
	assert.Assert(t, ok && v.Problems[0].Position.String() == "input.yaml:17:43", "%v", err)

	m, err := renderJob(t, unmatched, render.Job{ID: jobID})
	assert.NilError(t, err)
	warnings := m.Warnings()
	assert.Equal(t, warnings[len(warnings)-1].Position.String(), "input.yaml:8:5")
}

func TestJobs(t *testing.T) {
	for location, legal := range map[string]bool{
		"s3://b/s": true, "file:///s": true, "/s": true, "hdfs://host:1/s": true,
		"not a uri": false, "s3//x": false, "s3:x": false, "s3://b/s\n": false, "x/y": false, "%": false,
		"/s\xff": false, "s3://b/\xff": false,
	} {
		_, err := renderJob(t, app, render.Job{ID: jobID, SavepointLocation: location})
		e, ok := errors.AsType[*flinktarget.InvalidError](err)
		assert.Equal(t, ok, !legal, "%q: %v", location, err)
		if ok {
			assert.Equal(t, e.Problems[0].Field, "SavepointLocation")
		}
	}
	two := app + "---\n" + app[strings.Index(app, "kind: Deployment\n"):]
	two = two[:strings.LastIndex(two, "name: app")] + "name: other" + two[strings.LastIndex(two,
		"name: app")+len("name: app"):]
	_, err := renderJob(t, two, render.Job{ID: jobID})
	p, ok := errors.AsType[flinktarget.Problem](err)
	assert.Assert(t, ok && p.Field == "ID" && p.Rule == "duplicate",
		"objects of two jobs with one id have the same names: %v", err)
	_, err = renderJob(t, two, render.Job{})
	assert.NilError(t, err)
}

func TestZeroValuesAreInvalid(t *testing.T) {
	b := parse(t, []byte(app))
	r := renderer(t)
	for _, f := range []func() error{
		func() error { _, err := r.Deployment(b.Targets[0], deployment.Deployment{}, render.Job{}); return err },
		func() error { _, err := r.Deployment(target.Target{}, b.Deployments[0], render.Job{}); return err },
		func() error { _, err := r.SessionCluster(b.Targets[0], deployment.SessionCluster{}); return err },
		func() error { _, err := r.Target(target.Target{}); return err },
	} {
		assert.Assert(t, errors.Is(f(), flinktarget.ErrInvalid), "%v", f())
	}
}

// Values that are kept as JSON come back, and nothing becomes the zero value in
// silence.
func TestValuesAsJSON(t *testing.T) {
	b := parse(t, []byte(app+"---"+session[len(staging)+4:]))
	text, err := json.Marshal(b)
	assert.NilError(t, err)
	var back deployment.Bundle
	assert.NilError(t, json.Unmarshal(text, &back))
	assert.Assert(t, back.Targets[0].Equal(b.Targets[0]))
	assert.Assert(t, back.Deployments[0].Equal(b.Deployments[0]))
	assert.Assert(t, back.SessionClusters[0].Equal(b.SessionClusters[0]))
	before := back.Targets[0]
	for _, v := range []any{&back.Targets[0], &back.Deployments[0], &back.SessionClusters[0]} {
		assert.Assert(t, errors.Is(json.Unmarshal([]byte(`{"kind": "Nothing"}`), v), flinktarget.ErrInvalid))
	}
	assert.Assert(t, back.Targets[0].Equal(before), "what cannot be read changes nothing")
	assert.NilError(t, json.Unmarshal([]byte("null"), &back.Targets[0]))
	assert.Assert(t, back.Targets[0].IsZero() && !before.IsZero())
}
