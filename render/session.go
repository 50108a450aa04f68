package render

import (
	"fmt"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/labels"
	"github.com/flinktarget/flinktarget/patch"
	"github.com/flinktarget/flinktarget/target"
)

// SessionCluster renders a SessionCluster for the target that it refers to: a
// ConfigMap, a Service, and a Deployment for each of JobManager and TaskManagers.
// A SessionCluster whose state is not RUNNING renders no object, and a warning.
// Errors are as for [Renderer.Deployment].
func (r *Renderer) SessionCluster(t target.Target, s deployment.SessionCluster) (Manifests, error) {
	return r.strict(r.sessionCluster(t, s))
}

func (r *Renderer) sessionCluster(t target.Target, s deployment.SessionCluster) (Manifests, error) {
	g, err := r.start(t, s, deployment.KindSessionCluster)
	if err != nil {
		return Manifests{}, err
	}
	patched, err := s.Patch(t.Patches())
	if err != nil {
		return Manifests{}, g.patchedWrong(err, func(set patch.Set) error { _, err := s.Patch(set); return err })
	}
	g.adopt(patched.Warnings())
	cfg := patched.Resolved()
	if cfg.Spec.State != deployment.Running {
		g.notRunning(string(cfg.Spec.State))
		return Manifests{warnings: g.warnings}, nil
	}
	set, err := labels.ForSessionCluster(labels.SessionCluster{Namespace: s.Namespace(), ID: s.ID(), Name: s.Name()})
	if err != nil {
		return Manifests{}, fmt.Errorf("%s: %w", s, err)
	}
	if err := g.traceSessionCluster(s, patched); err != nil {
		return Manifests{}, err
	}
	path := field.NewPath("spec")
	c := g.cluster(settings{
		flinkVersion: cfg.Spec.FlinkVersion, versionAt: path.Child("flinkVersion"),
		registry: cfg.Spec.FlinkImageRegistry, repository: cfg.Spec.FlinkImageRepository, tag: cfg.Spec.FlinkImageTag,
		resources: cfg.Spec.Resources, config: cfg.Spec.FlinkConfiguration, logging: cfg.Spec.Logging,
		kubernetes: cfg.Spec.Kubernetes, path: path,
	}, "session-"+s.ID(), set)
	c.managers = *cfg.Spec.NumberOfTaskManagers
	g.plugins(c, cfg.Spec.FlinkVersion)
	objects, _, err := g.patched(c)
	if err != nil {
		return Manifests{}, err
	}
	return g.finish(objects)
}
