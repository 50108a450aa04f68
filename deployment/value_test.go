package deployment_test

import (
	"errors"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/patch"
	"github.com/flinktarget/flinktarget/target"
)

const someID = "5dea5d9d-8f2c-4f4e-9f1e-3a8b4a4a4b58"

func patches(t *testing.T, texts ...string) patch.Set {
	t.Helper()
	var list []patch.Patch
	for _, text := range texts {
		list = append(list, patch.MustParse(text))
	}
	s, err := patch.NewSet(list...)
	assert.NilError(t, err)
	return s
}

func TestDeploymentValue(t *testing.T) {
	d := parse(t, nil)
	assert.Equal(t, d.String(), "Deployment default/top-speed")
	assert.Equal(t, d.Target(), target.Ref{Namespace: "default", Name: "staging"})
	assert.Equal(t, d.Owner(), target.Owner{Kind: "Deployment", Namespace: "default", Name: "top-speed"})
	assert.Assert(
		t,
		d.ID() == parse(t, nil).ID() && d.ID() != parse(t, set("metadata.name", `"other"`)).ID() &&
			d.ID() != parse(t, set("metadata.namespace", `"team"`)).ID(),
		"a derived id is that of kind, namespace and name",
	)

	other := parse(
		t,
		set(
			"metadata.id", `"`+someID+`"`,
			"metadata.namespace", `"team"`,
			"spec.deploymentTargetName", "",
			"spec.deploymentTargetId", `"2da2f867-5899-4bef-8ad0-9771bbac38b4"`,
		),
	)
	assert.Equal(t, other.ID(), someID)
	assert.Equal(t, other.Target(), target.Ref{Namespace: "team", ID: "2da2f867-5899-4bef-8ad0-9771bbac38b4"})
	assert.Equal(t, other.Owner().UID, someID)
	assert.Equal(
		t,
		parse(t, set("spec.deploymentTargetName", "", "spec.sessionClusterName", `"shared"`)).Target(),
		target.Ref{},
		"a session cluster is no target",
	)

	var zero deployment.Deployment
	assert.Assert(t, zero.IsZero() && !d.IsZero())
	assert.Equal(t, zero.ID()+zero.Name()+zero.Namespace(), "")
	assert.Equal(t, zero.String(), "Deployment")
	assert.Equal(t, zero.Target(), target.Ref{})
	assert.Equal(t, zero.Position("spec"), flinktarget.Position{})
	assert.DeepEqual(t, zero.Config(), deployment.Config{})
	assert.DeepEqual(t, zero.Resolved(), deployment.Config{})
	assert.Equal(t, textOf(t, zero), "null")
	assert.Assert(t, zero.Equal(deployment.Deployment{}))
	patched, err := zero.Patch(patches(t, "{op: remove, path: /a}"))
	assert.Assert(t, patched.IsZero() && err == nil)
	made, err := deployment.New(d.Config())
	assert.NilError(t, err)
	assert.Equal(t, made.Position("spec"), flinktarget.Position{}, "it was not read from a text")
}

func TestSessionClusterValue(t *testing.T) {
	s, err := deployment.ParseSessionCluster("f", []byte(leastSessionCluster))
	assert.NilError(t, err)
	assert.Equal(t, s.String(), "SessionCluster default/shared")
	assert.Equal(t, s.Target(), target.Ref{Namespace: "default", Name: "staging"})
	assert.Equal(t, s.Owner(), target.Owner{Kind: "SessionCluster", Namespace: "default", Name: "shared"})
	assert.Assert(t, s.ID() != "" && s.ID() != parse(t, set("metadata.name", `"shared"`)).ID(), "the kind counts")
	assert.Equal(t, s.Position("metadata.name").String(), "f:1:69")
	named, err := deployment.ParseSessionCluster(
		"f",
		edited(t, leastSessionCluster, set("metadata.id", `"`+someID+`"`, "metadata.namespace", `"team"`)),
	)
	assert.NilError(t, err)
	assert.Equal(t, named.ID()+" "+named.Namespace(), someID+" team")
	assert.Assert(
		t,
		s.Equal(s) && !s.Equal(named) && !s.Equal(deployment.SessionCluster{}) &&
			!deployment.SessionCluster{}.Equal(s),
	)

	var zero deployment.SessionCluster
	assert.Assert(t, zero.IsZero() && !s.IsZero() && zero.Equal(deployment.SessionCluster{}))
	assert.Equal(t, zero.ID()+zero.Name()+zero.Namespace(), "")
	assert.Equal(t, zero.String(), "SessionCluster")
	assert.Equal(t, zero.Target(), target.Ref{})
	assert.Equal(t, zero.Position("spec"), flinktarget.Position{})
	assert.DeepEqual(t, zero.Config(), deployment.SessionClusterConfig{})
	assert.DeepEqual(t, zero.Resolved(), deployment.SessionClusterConfig{})
	assert.Equal(t, textOf(t, zero), "null")
	patched, err := zero.Patch(patches(t, "{apiVersion: v1, kind: SessionCluster, spec: {a: b}}"))
	assert.Assert(t, patched.IsZero() && err == nil)
	_, err = deployment.ParseSessionCluster("f", []byte("a: ["))
	assert.ErrorIs(t, err, flinktarget.ErrInvalid)
}

// A patch set makes another value, checked like any input.
func TestPatch(t *testing.T) {
	d := parse(t, nil)
	out, err := d.Patch(patches(
		t,
		"{op: add, path: /metadata/labels/a, value: b}",
		"{op: add, path: /metadata/annotations/a, value: b}",
		"{op: add, path: /spec/template/metadata/annotations/a, value: b}",
		"{op: add, path: /spec/template/spec/flinkConfiguration/a.b, value: c}",
		"{op: add, path: /spec/template/spec/logging/log4jLoggers/a, value: DEBUG}",
		"{op: replace, path: /spec/template/spec/resources/taskmanager/cpu, value: 2}",
	))
	assert.NilError(t, err, "what patches add to is there")
	c := out.Config()
	assert.DeepEqual(t, c.Spec.Template.Spec.FlinkConfiguration, map[string]string{"a.b": "c"})
	assert.Equal(t, c.Spec.Template.Spec.Resources.TaskManager.CPU.String(), "2")
	assert.Equal(
		t,
		c.Metadata.Labels["a"]+c.Metadata.Annotations["a"]+c.Spec.Template.Metadata.Annotations["a"],
		"bbb",
	)
	assert.Assert(t, d.Equal(parse(t, nil)), "the value itself does not change")
	same, err := d.Patch(patches(t, "{apiVersion: v1, kind: SessionCluster, spec: {a: b}}"))
	assert.NilError(t, err)
	assert.Assert(t, same.Equal(d), "no patch is for it")
	_, err = d.Patch(patches(t, "{op: replace, path: /spec/template/spec/parallelism, value: 0}"))
	assert.DeepEqual(t, problemsOf(err), []string{"spec.template.spec.parallelism minimum"})
	_, err = d.Patch(patches(t, "{op: replace, path: /metadata/name, value: x}"))
	assert.ErrorIs(t, err, patch.ErrConflict)

	s, err := deployment.ParseSessionCluster("f", []byte(leastSessionCluster))
	assert.NilError(t, err)
	outS, err := s.Patch(
		patches(
			t,
			"{apiVersion: v1, kind: SessionCluster, metadata: {labels: {a: b}}, spec: {numberOfTaskManagers: 3, "+
				"flinkConfiguration: {a.b: c}}}",
		),
	)
	assert.NilError(t, err)
	assert.Equal(t, *outS.Config().Spec.NumberOfTaskManagers, int32(3))
	assert.DeepEqual(t, outS.Config().Spec.FlinkConfiguration, map[string]string{"a.b": "c"})
	unchanged, err := s.Patch(patches(t, "{op: remove, path: /a}"))
	assert.NilError(t, err, "an operation is for Deployments")
	assert.Assert(t, unchanged.Equal(s))
	_, err = s.Patch(patches(t, "{apiVersion: v1, kind: SessionCluster, spec: {deploymentTargetName: other}}"))
	assert.ErrorIs(t, err, patch.ErrConflict)
	_, err = s.Patch(patches(t, "{apiVersion: v1, kind: SessionCluster, spec: {numberOfTaskManagers: 0}}"))
	e, ok := errors.AsType[*flinktarget.InvalidError](err)
	assert.Assert(t, ok && e.Problems[0].Rule == "minimum", "%v", err)
}
