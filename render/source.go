package render

import (
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/build"
	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/explain"
	"github.com/flinktarget/flinktarget/labels"
	"github.com/flinktarget/flinktarget/patch"
	"github.com/flinktarget/flinktarget/target"
)

// resource is a Deployment or a SessionCluster as seen from the outside.
type resource interface {
	String() string
	Target() target.Ref
	IsZero() bool
	Position(field string) flinktarget.Position
}

// source is a resource on its way through the pipeline, which is the same for both.
type source interface {
	resource
	kind() string
	// check refuses what is never rendered.
	check(*rendering) error
	// apply returns the source with the patches for VVP resources.
	apply(patch.Set) (source, error)
	// state is that of the spec, warnings what the resource itself warns of.
	state() deployment.State
	warnings() []flinktarget.Problem
	// jobID is the id of the job; "" if it is to be derived. The names of a session
	// cluster do not depend on one.
	jobID() string
	// input is what is built, for this id. Labels of what was checked have no error.
	input(jobID string) build.Input
	// record starts a record of what set each field.
	record(g *rendering, patched source) *explain.Record
}

// job is a Deployment with the job to run.
type job struct {
	deployment.Deployment
	job Job
	// Once patches were applied, with defaults: the Deployment, and its SessionCluster.
	config  deployment.Config
	cluster deployment.SessionClusterConfig
}

func (s job) kind() string { return deployment.KindDeployment }

// inSession reports whether a session cluster runs the job.
func (s job) inSession() bool { return !s.job.SessionCluster.IsZero() }

// Target returns what the Deployment refers to, or its SessionCluster.
func (s job) Target() target.Ref {
	if ref := s.Deployment.Target(); !ref.IsZero() {
		return ref
	}
	return s.job.SessionCluster.Target()
}

var sessionClusterName = field.NewPath("spec", "sessionClusterName")

func (s job) check(*rendering) error {
	if err := s.job.validate(); err != nil {
		return err
	}
	switch c, alone := s.job.SessionCluster, !s.Deployment.Target().IsZero(); {
	case alone && s.inSession():
		e := field.Forbidden(field.NewPath("SessionCluster"), "the Deployment has a cluster of its own")
		return decode.Invalid("Job of "+s.String(), decode.Fields(field.ErrorList{e.WithOrigin("session-cluster")})...)
	case !alone && (c.Name() != s.Config().Spec.SessionClusterName || c.Namespace() != s.Namespace()):
		return s.noCluster("is required, as SessionCluster of the Job")
	}
	return nil
}

// noCluster reports a reference to a SessionCluster.
func (s job) noCluster(what string) error {
	name := s.Config().Spec.SessionClusterName
	e := field.NotFound(sessionClusterName, name).WithOrigin("session-cluster")
	e.Detail = deployment.KindSessionCluster + " " + s.Namespace() + "/" + name + " " + what
	return decode.Invalid(s.String(), decode.Problem(s.Position(sessionClusterName.String()), e))
}

func (s job) apply(set patch.Set) (source, error) {
	patched, err := s.Patch(set)
	if err != nil {
		return nil, err
	}
	cluster, err := s.job.SessionCluster.Patch(set)
	if err != nil {
		return nil, err
	}
	return job{patched, s.job, patched.Resolved(), cluster.Resolved()}, nil
}

func (s job) state() deployment.State         { return s.config.Spec.State }
func (s job) warnings() []flinktarget.Problem { return s.Warnings() }
func (s job) jobID() string                   { return s.job.ID }

func (s job) input(jobID string) build.Input {
	set, _ := labels.ForDeployment(labels.Deployment{Namespace: s.Namespace(), ID: s.ID(), Name: s.Name(),
		JobID: jobID})
	spec, path := s.config.Spec, field.NewPath("spec", "template", "spec")
	t := spec.Template.Spec
	in := build.Input{
		Name: "job-" + jobID, Labels: set,
		FlinkVersion: t.Artifact.Version(),
		Registry:     t.Artifact.FlinkImageRegistry, Repository: t.Artifact.FlinkImageRepository,
		Tag:       t.Artifact.FlinkImageTag,
		Resources: t.Resources, Config: t.FlinkConfiguration, Logging: t.Logging,
		Placeholders: map[string]string{
			"namespace": s.Namespace(), "deploymentName": s.Name(), "deploymentId": s.ID(), "jobId": jobID,
		},
		Kubernetes: t.Kubernetes, Settings: path, TaskManagers: t.NumberOfTaskManagers,
		Job: &build.Job{
			ID: jobID, Savepoint: s.job.SavepointLocation,
			AllowNonRestoredState: *spec.RestoreStrategy.AllowNonRestoredState,
			Parallelism:           *t.Parallelism, Attempts: *spec.MaxJobCreationAttempts, Artifact: t.Artifact,
			Annotations: spec.Template.Metadata.Annotations,
		},
	}
	if c := s.cluster.Spec; s.inSession() {
		in.Session = &build.Session{Name: sessionName(s.job.SessionCluster), Config: c.FlinkConfiguration}
		in.FlinkVersion = c.FlinkVersion
		in.Registry, in.Repository, in.Tag = c.FlinkImageRegistry, c.FlinkImageRepository, c.FlinkImageTag
		in.Resources, in.Kubernetes = c.Resources, c.Kubernetes
	}
	return in
}

func sessionName(s deployment.SessionCluster) string { return "session-" + s.ID() }

// startsEmpty reports whether a new job starts without the state that the resource asks for.
func (s job) startsEmpty() bool {
	spec := s.config.Spec
	restore := spec.RestoreStrategy.Kind
	return s.job.SavepointLocation == "" && (spec.UpgradeStrategy.Kind == "STATEFUL" ||
		restore == "LATEST_STATE" || restore == "LATEST_SAVEPOINT")
}

func (s job) record(g *rendering, patched source) *explain.Record {
	var cluster *explain.Record
	config := patched.(job)
	if s.inSession() {
		cluster = explain.SessionCluster(g.target, g.renderer.options, s.job.SessionCluster, config.cluster)
	}
	return explain.Deployment(g.target, g.renderer.options, s.Deployment, config.config, s.job.ID != "", cluster)
}

// session is a SessionCluster.
type session struct {
	deployment.SessionCluster
	config deployment.SessionClusterConfig // with defaults, once patches were applied
}

func (s session) kind() string           { return deployment.KindSessionCluster }
func (s session) check(*rendering) error { return nil }

func (s session) apply(set patch.Set) (source, error) {
	patched, err := s.Patch(set)
	if err != nil {
		return nil, err
	}
	return session{patched, patched.Resolved()}, nil
}

func (s session) state() deployment.State         { return s.config.Spec.State }
func (s session) warnings() []flinktarget.Problem { return s.Warnings() }
func (s session) jobID() string                   { return s.ID() }

func (s session) input(string) build.Input {
	set, _ := labels.ForSessionCluster(labels.SessionCluster{Namespace: s.Namespace(), ID: s.ID(), Name: s.Name()})
	spec, path := s.config.Spec, field.NewPath("spec")
	return build.Input{
		Name: sessionName(s.SessionCluster), Labels: set,
		FlinkVersion: spec.FlinkVersion,
		Registry:     spec.FlinkImageRegistry, Repository: spec.FlinkImageRepository, Tag: spec.FlinkImageTag,
		Resources: spec.Resources, Config: spec.FlinkConfiguration, Logging: spec.Logging,
		Placeholders: map[string]string{"namespace": s.Namespace()},
		Kubernetes:   spec.Kubernetes, Settings: path, TaskManagers: spec.NumberOfTaskManagers,
	}
}

func (s session) record(g *rendering, patched source) *explain.Record {
	return explain.SessionCluster(g.target, g.renderer.options, s.SessionCluster, patched.(session).config)
}
