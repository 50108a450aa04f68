package render

import (
	"fmt"
	"maps"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/flink"
	"github.com/flinktarget/flinktarget/internal/ids"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/labels"
	"github.com/flinktarget/flinktarget/patch"
	"github.com/flinktarget/flinktarget/target"
)

// Deployment renders a Deployment in application mode for the target that it
// refers to: a ConfigMap, a Service, the JobManager's Job and the TaskManagers'
// Deployment. A Deployment whose state is not RUNNING renders no object, and a
// warning.
//
// Errors are [*MismatchError] if d refers to another target, [*InvalidError] for
// what cannot be rendered, zero values included, [*patch.ApplyError] for patches that
// fail, [*VerifyError] for objects that Kubernetes would refuse, [ErrDerivedID], and
// with [StrictPatches] [ErrUnmatched]. They may be wrapped, so that errors.As and
// errors.Is find them. On error the Manifests are empty.
func (r *Renderer) Deployment(t target.Target, d deployment.Deployment, j Job) (Manifests, error) {
	return r.strict(r.deployment(t, d, j))
}

func (r *Renderer) deployment(t target.Target, d deployment.Deployment, j Job) (Manifests, error) {
	g, err := r.start(t, d, deployment.KindDeployment)
	if err != nil {
		return Manifests{}, err
	}
	if err := j.validate(); err != nil {
		return Manifests{}, err
	}
	if d.Target().IsZero() {
		g.fail(field.Forbidden(field.NewPath("spec", "sessionClusterName"),
			"Deployments in session mode are not rendered: they are jobs on a cluster, not objects of Kubernetes"), "session-mode")
		return Manifests{}, g.err()
	}
	patched, err := d.Patch(t.Patches())
	if err != nil {
		return Manifests{}, g.patchedWrong(err, func(s patch.Set) error { _, err := d.Patch(s); return err })
	}
	g.adopt(patched.Warnings())
	cfg := patched.Resolved()
	if cfg.Spec.State != deployment.Running {
		g.notRunning(string(cfg.Spec.State))
		return Manifests{warnings: g.warnings}, nil
	}
	if err := g.traceDeployment(d, patched, j); err != nil {
		return Manifests{}, err
	}
	app := &application{rendering: g, config: cfg, deployment: patched, id: patched.ID(), job: j}
	objects, err := app.render()
	if err != nil {
		return Manifests{}, err
	}
	return g.finish(objects)
}

func (g *rendering) notRunning(state string) {
	g.warn(field.NewPath("spec", "state"), "state %s renders no objects; removing those that exist takes no savepoint", state)
}

// application renders one Deployment.
type application struct {
	*rendering
	config     deployment.Config
	deployment deployment.Deployment
	id         string // of the deployment
	job        Job
}

// render returns the patched objects. Without a job id it builds and patches them
// twice: once with the nil id, to derive an id from the result, and once with that.
func (a *application) render() ([]tree.Map, error) {
	if id := a.job.ID; id != "" {
		set, err := a.labels(id)
		if err != nil {
			return nil, err
		}
		objects, _, err := a.patched(a.plan(id, set))
		return objects, err
	}
	set, err := a.labels(ids.Nil)
	if err != nil {
		return nil, err
	}
	a.warnDerived()
	c := a.plan(ids.Nil, set)
	if err := a.err(); err != nil {
		return nil, err
	}
	draft, first, err := a.draft(c)
	if err != nil {
		return nil, err
	}
	id := deriveID(a.id, draft)
	if set, err = a.labels(id); err != nil {
		return nil, err
	}
	a.unseen = id
	objects, second, err := a.patched(a.identified(c, id, set))
	if err != nil || a.target.Patches().IgnoresJobID() {
		return objects, err
	}
	return objects, sameMatches(a.resource, id, first, second)
}

// draft returns what the id is derived from, and which patches matched. Where patches
// could not tell ids apart, the objects that do not count are left out, unless
// something is wrong: then all of it is reported.
func (a *application) draft(c *cluster) ([]tree.Map, []patch.Match, error) {
	silent := rendering{Renderer: a.Renderer, target: a.target, resource: a.resource, unseen: ids.Nil}
	if a.target.Patches().IgnoresJobID() {
		partial := silent
		partial.partial = true
		if draft, _, err := partial.patched(c); err == nil {
			return draft, nil, nil
		}
	}
	return silent.patched(c)
}

func (a *application) warnDerived() {
	s := a.config.Spec
	stateful := strings.EqualFold(s.UpgradeStrategy.Kind, "STATEFUL")
	latest := strings.EqualFold(s.RestoreStrategy.Kind, "LATEST_STATE") || strings.EqualFold(s.RestoreStrategy.Kind, "LATEST_SAVEPOINT")
	if a.job.SavepointLocation == "" && (stateful || latest) {
		a.warn(nil, "the job id is derived, and no savepoint is given: a changed configuration gives a new job that starts without state, next to the old one until that is removed (give Job.ID, and Job.SavepointLocation to restore)")
	}
}

func (a *application) labels(id string) (labels.Set, error) {
	set, err := labels.ForDeployment(labels.Deployment{
		Namespace: a.deployment.Namespace(), ID: a.id, Name: a.deployment.Name(), JobID: id,
	})
	if err != nil {
		return set, fmt.Errorf("%s: %w", a.resource, err)
	}
	return set, nil
}

// identified returns what c is for another job id: the same but for what is named
// after it.
func (a *application) identified(c *cluster, id string, set labels.Set) *cluster {
	other := *c
	other.name, other.labels, other.config = clusterName(id), set, maps.Clone(c.config)
	other.labelTrees, other.selectorTrees = [3]tree.Map{}, [3]tree.Map{}
	other.identify(other.config)
	other.jobArgs = a.arguments(&other, a.config.Spec.Template.Spec.Artifact, id, artifactPath)
	return &other
}

func clusterName(jobID string) string { return "job-" + jobID }

var artifactPath = field.NewPath("spec", "template", "spec", "artifact")

// plan decides everything about the cluster of one job.
func (a *application) plan(id string, set labels.Set) *cluster {
	t := a.config.Spec.Template
	path := field.NewPath("spec", "template", "spec")
	at := artifactPath
	c := a.cluster(settings{
		flinkVersion: t.Spec.Artifact.FlinkVersion, versionAt: at.Child("flinkVersion"),
		registry: t.Spec.Artifact.FlinkImageRegistry, repository: t.Spec.Artifact.FlinkImageRepository, tag: t.Spec.Artifact.FlinkImageTag,
		resources: t.Spec.Resources, config: t.Spec.FlinkConfiguration, logging: t.Spec.Logging,
		kubernetes: t.Spec.Kubernetes, path: path, application: true,
	}, clusterName(id), set)
	if c.config == nil {
		return c // the version is not known
	}
	c.attempts = *a.config.Spec.MaxJobCreationAttempts
	c.config["parallelism.default"] = strconv.Itoa(int(*t.Spec.Parallelism))
	c.managers = a.managers(t.Spec, c.config)
	a.annotations(c, t.Metadata.Annotations)
	c.artifact = a.artifact(t.Spec.Artifact, c, at)
	for scheme := range flink.Schemes(a.job.SavepointLocation) {
		if _, ok := flink.FileSystem(scheme); ok {
			c.stores = append(c.stores, objectStore{scheme: scheme})
		}
	}
	a.plugins(c, t.Spec.Artifact.FlinkVersion)
	c.jobArgs = a.arguments(c, t.Spec.Artifact, id, at)
	return c
}

func (a *application) managers(t deployment.TemplateSpec, conf map[string]string) int32 {
	if t.NumberOfTaskManagers != nil {
		return *t.NumberOfTaskManagers
	}
	slots, _ := flink.Slots(conf) // checked before anything is rendered
	return deployment.TaskManagers(*t.Parallelism, max(1, slots))
}

// annotations acts on the annotations of the template that VVP gives a meaning.
func (a *application) annotations(c *cluster, annotations map[string]string) {
	at := field.NewPath("spec", "template", "metadata", "annotations")
	if annotations[deployment.AnnotationTLS] == "true" {
		a.certificates(c, at, field.NewPath("spec", "template", "spec", "flinkConfiguration"))
	}
	if annotations[deployment.AnnotationQueryableState] != "true" {
		return
	}
	if !c.version.QueryableState {
		a.fail(field.Forbidden(at.Key(deployment.AnnotationQueryableState), "queryable state is deprecated in Flink and rendered up to 1.20 only; remove the annotation"), "queryable-state")
		return
	}
	c.queryable = true
	c.config["queryable-state.enable"] = "true"
	c.config["queryable-state.proxy.ports"] = strconv.Itoa(flink.PortQueryableState)
}

// arguments are those of standalone-job. Everything of the user's is protected
// from expansion by Kubernetes.
func (a *application) arguments(c *cluster, artifact deployment.Artifact, id string, at *field.Path) []string {
	main, err := flink.SplitArgs(artifact.MainArgs)
	if err != nil {
		a.fail(field.Invalid(at.Child("mainArgs"), field.OmitValueType{}, err.Error()), "arguments")
		return nil
	}
	args, problems := flink.JobArgs{
		JobClass:              artifact.EntryClass,
		JobID:                 strings.ReplaceAll(id, "-", ""),
		Jar:                   c.artifact.jar,
		FromSavepoint:         a.job.SavepointLocation,
		AllowNonRestoredState: a.job.SavepointLocation != "" && *a.config.Spec.RestoreStrategy.AllowNonRestoredState,
		Args:                  main,
	}.Strings(c.version)
	for _, p := range problems {
		a.fail(field.Invalid(at, field.OmitValueType{}, p.String()), "arguments")
	}
	return escapeAll(args)
}
