package render

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/build"
	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/explain"
	"github.com/flinktarget/flinktarget/internal/flink"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/internal/verify"
	"github.com/flinktarget/flinktarget/labels"
	"github.com/flinktarget/flinktarget/patch"
	"github.com/flinktarget/flinktarget/target"
)

// AnnotationConfigChecksum is put on pod templates with the SHA-256 of the
// ConfigMap's data, so that pods are replaced when the configuration changes:
// Kubernetes does not restart them by itself.
const AnnotationConfigChecksum = "flinktarget.github.io/config-checksum"

// Deployment renders a Deployment in application mode for the target that it
// refers to: a ConfigMap, a Service, the JobManager's Job and the TaskManagers'
// Deployment. One in session mode is rendered for the target of the SessionCluster, which
// the Job has: a ConfigMap, and a Job that hands the job to that cluster. A Deployment
// whose state is not RUNNING, or that of its SessionCluster, renders no object, and a
// warning.
//
// Errors are [*patch.ApplyError] for patches that fail, [*VerifyError] for objects that
// Kubernetes would refuse, and [*flinktarget.InvalidError] for everything else that cannot
// be rendered: zero values, a target that d does not refer to (the rule mismatch), a patch
// that selects by the derived id (derived-id), and with [StrictPatches] patches that
// change nothing. They may be wrapped, so that errors.As finds them and
// [flinktarget.Problems] has all of them. On error the Manifests are empty.
func (r *Renderer) Deployment(t target.Target, d deployment.Deployment, j Job) (Manifests, error) {
	return r.strict(r.render(t, job{Deployment: d, job: j}))
}

// SessionCluster renders a SessionCluster for the target that it refers to: a
// ConfigMap, a Service, and a Deployment for each of JobManager and TaskManagers.
// A SessionCluster whose state is not RUNNING renders no object, and a warning.
// Errors are as for [Renderer.Deployment].
func (r *Renderer) SessionCluster(t target.Target, s deployment.SessionCluster) (Manifests, error) {
	return r.strict(r.render(t, session{SessionCluster: s}))
}

// rendering is one call of a Renderer: it collects warnings and problems.
type rendering struct {
	renderer *Renderer
	target   target.Target
	resource resource
	warnings []flinktarget.Problem
	errs     field.ErrorList
	trace    *explain.Record // nil without WithTrace
	trial    bool            // only to see what patches do
	// What the target's patches were applied to, and which of them changed an object.
	plan    *build.Plan
	built   []tree.Map
	matched []patch.Match // by the index of built objects
}

// render is the pipeline, as the documentation of the module tells it.
func (r *Renderer) render(t target.Target, s source) (Manifests, error) {
	if err := matching(t, s); err != nil {
		return Manifests{}, err
	}
	g := &rendering{renderer: r, target: t, resource: s}
	if err := s.check(g); err != nil {
		return Manifests{}, err
	}
	patched, err := s.apply(t.Patches())
	if err != nil {
		return Manifests{}, g.patchedWrong(err, func(set patch.Set) error { _, err := s.apply(set); return err })
	}
	g.addWarnings(patched.warnings())
	if g.stopped(patched) {
		return Manifests{warnings: g.warnings}, nil
	}
	objects, err := g.objects(s, patched)
	if err != nil {
		return Manifests{}, err
	}
	checksum(objects)
	g.trace.Checksum(AnnotationConfigChecksum, objects)
	g.trace.Complete(objects)
	order(objects)
	if problems := verifyObjects(objects, g.expectation()); len(problems) > 0 {
		if errs := g.attribute(problems); len(errs) > 0 {
			return Manifests{}, &VerifyError{flinktarget.InvalidError{Problems: errs}}
		}
	}
	return g.manifests(objects), nil
}

// stopped reports whether a resource is not to run, or its session cluster is not.
func (g *rendering) stopped(s source) bool {
	if g.renderer.ignoreState {
		return false
	}
	if state := s.state(); state != deployment.Running {
		g.warn("not-running", field.NewPath("spec", "state"),
			"state %s renders no objects; removing those that exist takes no savepoint", state)
		return true
	}
	j, _ := s.(job)
	if state := j.cluster.Spec.State; j.inSession() && state != deployment.Running {
		g.warn("not-running", sessionClusterName, "%s is %s: its jobs render no objects", j.job.SessionCluster, state)
		return true
	}
	return false
}

// objects returns the patched objects, with the id of the job.
func (g *rendering) objects(s, patched source) ([]tree.Map, error) {
	id := patched.jobID()
	if id == "" {
		g.warnDerived(patched)
		if !g.renderer.traced {
			objects, err := g.patched(patched, placeholder)
			if err != nil {
				return nil, err
			}
			return g.identify(patched, objects)
		}
		// A record is made with the id itself, which is found without one.
		silent := &rendering{renderer: g.renderer, target: g.target, resource: g.resource}
		objects, err := silent.patched(patched, placeholder)
		if err == nil {
			_, err = silent.identify(patched, objects)
		}
		if err != nil {
			return nil, err
		}
		id = silent.plan.Job.ID
	}
	if g.renderer.traced {
		g.trace = s.record(g, patched)
	}
	return g.patched(patched, id)
}

// patched decides, builds and patches the objects for a job id.
func (g *rendering) patched(s source, id string) ([]tree.Map, error) {
	in := s.input(id)
	in.Namespace = g.namespace()
	plan, problems, warnings := build.Decide(in, g.renderer.options)
	if plan.Unresolved && !g.trial && g.target.Patches().Len() > 0 {
		if in.Final = g.final(s, id); in.Final[labels.JobManager] != nil {
			plan, problems, warnings = build.Decide(in, g.renderer.options)
		}
	}
	g.errs = append(g.errs, problems...)
	for _, w := range warnings {
		g.warn(w.Rule, w.Field, "%s", w.Message)
	}
	if err := g.err(); err != nil {
		return nil, err
	}
	g.errs = plan.WriteConfig()
	g.plan, g.built = plan, plan.Objects()
	g.trace.Built(plan, g.built...)
	g.templates()
	if err := g.err(); err != nil {
		return nil, err
	}
	objects, matches, err := g.target.Patches().ApplyWith(g.renderer.engine, g.built, g.trace.Patched)
	if err != nil {
		return nil, g.notApplied(err)
	}
	g.matched = matches
	return objects, nil
}

// final returns the containers of Flink after all patches, nil if these cannot be applied.
func (g *rendering) final(s source, id string) (out [3]tree.Map) {
	r := *g.renderer
	r.options.AllowUnresolved = true
	trial := &rendering{renderer: &r, target: g.target, resource: g.resource, trial: true}
	objects, _ := trial.patched(s, id)
	for _, o := range objects {
		component := componentOf(o)
		for _, c := range tree.Items(o, "spec", "template", "spec", "containers") {
			if tree.String(c, "name") == flink.ContainerPrefix+component.String() {
				out[component] = c.(tree.Map)
			}
		}
	}
	return out
}

// templates merges the pod templates of the resource into the workloads.
func (g *rendering) templates() {
	for i, o := range g.built {
		component := componentOf(o)
		if tree.Child(o, "spec", "template") == nil {
			continue
		}
		merged, template, problems := g.plan.MergeTemplate(component, o)
		if g.errs = append(g.errs, problems...); len(template) == 0 || len(problems) > 0 {
			continue
		}
		path := g.plan.PodsAt().Child(build.TemplateOf(component))
		g.trace.Template(merged, template, path)
		g.built[i] = g.plan.Restore(component, merged, o)
		g.trace.Restored(g.plan, path, g.built[i])
	}
}

// componentOf returns the component of a built object, 0 if it is of none.
func componentOf(o tree.Map) labels.Component {
	name := tree.String(o, "metadata", "labels", labels.KeyComponent)
	for _, c := range [...]labels.Component{labels.JobManager, labels.TaskManager} {
		if c.String() == name {
			return c
		}
	}
	return 0
}

// checksum puts the checksum of the configuration on pod templates.
func checksum(objects []tree.Map) {
	var sum string
	for _, o := range objects {
		if tree.String(o, "kind") == "ConfigMap" {
			sum = tree.Sum(o["data"])
		}
	}
	for i, o := range objects {
		if tree.Child(o, "spec", "template", "metadata") != nil {
			objects[i] = with(o, sum, "spec", "template", "metadata", "annotations", AnnotationConfigChecksum)
		}
	}
}

// with returns m with a value at a path. Patched objects share what they can with
// others, so what changes is copied.
func with(m tree.Map, value any, path ...string) tree.Map {
	out := make(tree.Map, len(m)+1)
	maps.Copy(out, m)
	if len(path) == 1 {
		out[path[0]] = value
		return out
	}
	child, _ := m[path[0]].(tree.Map)
	out[path[0]] = with(child, value, path[1:]...)
	return out
}

// order sorts objects as they are best applied.
func order(objects []tree.Map) {
	slices.SortStableFunc(objects, func(a, b tree.Map) int {
		return cmp.Or(
			cmp.Compare(kinds.Rank(kinds.TypeOf(a)), kinds.Rank(kinds.TypeOf(b))),
			cmp.Compare(tree.String(a, "metadata", "namespace"), tree.String(b, "metadata", "namespace")),
			cmp.Compare(tree.String(a, "metadata", "name"), tree.String(b, "metadata", "name")),
		)
	})
}

// verifyObjects is verify.Objects but in tests of panics.
var verifyObjects = verify.Objects

func (g *rendering) manifests(objects []tree.Map) Manifests {
	m := Manifests{warnings: g.warnings, uses: g.patchUses(objects)}
	for _, o := range objects {
		m.objects = append(m.objects, Object{tree: o, trace: g.trace.Of(o), at: g.resource.Position("")})
	}
	return m
}

// patchUses tells what the patches did that address a kind of these objects, or one that
// other resources of this kind have.
func (g *rendering) patchUses(objects []tree.Map) []patchUse {
	mode := kinds.Session
	switch {
	case g.plan.Session != nil:
		mode = kinds.Submission
	case g.plan.Job != nil:
		mode = kinds.Application
	}
	var out []patchUse
	name := g.target.Ref().String()
	for i, p := range g.target.Patches().All() {
		u := patchUse{patchOf: patchOf{name, i}, at: p.Position()}
		for _, k := range kinds.All() {
			if u.kind == "" && k.Modes&mode != 0 && p.SelectsKind(k.APIVersion, k.Kind) {
				u.did, u.kind = absent, k.Kind
			}
		}
		for _, o := range objects {
			if u.missed == nil && p.SelectsKind(tree.String(o, "apiVersion"), tree.String(o, "kind")) {
				u.did, u.missed = unmatched, o
			}
		}
		if u.did = max(u.did, g.effect(i)); u.did != 0 {
			out = append(out, u)
		}
	}
	return out
}

// effect is what a patch did to the objects that it matched.
func (g *rendering) effect(patch int) (did patchEffect) {
	for _, m := range g.matched {
		switch {
		case m.Patch == patch && m.Same:
			did = max(did, ineffective)
		case m.Patch == patch:
			did = changed
		}
	}
	return did
}

// matching reports zero values, and a target that the resource does not refer to.
func matching(t target.Target, s source) error {
	switch {
	case s.IsZero():
		return zeroValue(s.kind(), "the "+s.kind()+" is the zero value; make it with its package")
	case t.IsZero():
		return zeroValue(s.String(), "the target is the zero value; make it with target.New or target.Parse")
	case !s.Target().IsZero() && !s.Target().Matches(t):
		return decode.Invalid(s.String(), flinktarget.Problem{Severity: flinktarget.SeverityError, Rule: "mismatch",
			Message: fmt.Sprintf("refers to the target %s, not to %s", s.Target(), t.Ref())})
	}
	return nil
}

func zeroValue(subject, message string) error {
	return decode.Invalid(subject, decode.Problem(flinktarget.Position{},
		field.Required(nil, message).WithOrigin("required")))
}

// warn adds a warning about a field of the resource, or about none.
func (g *rendering) warn(rule string, path *field.Path, format string, args ...any) {
	var name string
	var at flinktarget.Position
	if path != nil {
		name = path.String()
		at = g.resource.Position(name)
	}
	g.warnings = append(g.warnings, decode.Warning(rule, g.resource.String(), name, fmt.Sprintf(format, args...), at))
}

// addWarnings passes on what the patched resource warns of, which knows no places.
func (g *rendering) addWarnings(list []flinktarget.Problem) {
	for _, w := range list {
		w.Position = g.resource.Position(w.Field)
		g.warnings = append(g.warnings, w)
	}
}

func (g *rendering) fail(e *field.Error, origin string) {
	g.errs = append(g.errs, e.WithOrigin(origin))
}

// err returns what was reported with fail.
func (g *rendering) err() error {
	if len(g.errs) == 0 {
		return nil
	}
	problems := decode.Fields(g.errs)
	for i, p := range problems {
		problems[i].Position = g.resource.Position(p.Field)
	}
	return decode.Invalid(g.resource.String(), problems...)
}

// namespace returns the Kubernetes namespace of the target.
func (g *rendering) namespace() string {
	platform := g.renderer.platform.Namespace
	switch ns := g.target.KubernetesNamespace(); {
	case ns == "" && platform == "":
		g.fail(field.Required(field.NewPath("spec", "deploymentTargetName"),
			fmt.Sprintf("%s has no Kubernetes namespace, which means the platform's own: say which it is",
				g.target)), "platform-namespace ForPlatform")
		return ""
	case ns == "" || ns == platform:
		g.warn("shared-namespace", nil, "%s is in the namespace of the platform itself (%s); "+
			"Ververica advises to keep Flink jobs apart from it", g.target, platform)
		return platform
	default:
		return ns
	}
}

func (g *rendering) warnDerived(s source) {
	j, ok := s.(job)
	if !ok || !j.startsEmpty() {
		return
	}
	until := "until that is removed"
	if j.inSession() {
		until = "which is not cancelled"
	}
	g.warn("derived-id Job.ID", nil, "the job id is derived, and no savepoint is given: a changed configuration gives "+
		"a new job that starts without state, next to the old one %s; give the job an id, and a savepoint to restore",
		until)
}

// notApplied says whose patch failed on what. An object whose id is to be derived is
// called as the documentation does, job-ID: the placeholder is nothing that anybody has
// seen.
func (g *rendering) notApplied(err error) error {
	failed, ok := errors.AsType[*patch.ApplyError](err)
	if !ok {
		return fmt.Errorf("%s with %s: %w", g.resource, g.target, err)
	}
	failed.Resource, failed.Target = g.resource.String(), g.target.String()
	failed.Object = strings.ReplaceAll(failed.Object, placeholder, "ID")
	return failed
}
