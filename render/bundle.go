package render

import (
	"errors"
	"fmt"
	"io"
	"slices"

	k8slabels "k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/parallel"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/target"
)

// YAML is the front door: it reads a stream of DeploymentTargets, Deployments and
// SessionClusters in any order, renders everything, and writes the manifests to w
// as YAML. It is all or nothing: if anything is wrong, nothing is written and the
// error has all problems. Warnings are dropped; [Renderer.Bundle] keeps them.
//
// If rd has a Name method, as *os.File has, positions of errors carry that name.
func YAML(w io.Writer, rd io.Reader, opts ...Option) error {
	r, err := New(opts...)
	if err != nil {
		return err
	}
	text, err := io.ReadAll(rd)
	if err != nil {
		return fmt.Errorf("reading resources: %w", err)
	}
	var name string
	if named, ok := rd.(interface{ Name() string }); ok {
		name = named.Name()
	}
	b, err := deployment.Reader{AllowUnknown: r.allowUnknown}.ParseAll(name, text)
	if err != nil {
		return err
	}
	m, err := r.Bundle(b, nil)
	if err != nil {
		return err
	}
	_, err = m.WriteTo(w)
	return err
}

// Bundle renders all Deployments and SessionClusters of b, each for the target of
// b that it refers to, in the order of b, Deployments first. jobs gives the Job of
// each Deployment, and is called in their order; nil stands for the zero Job. Several
// resources are rendered at a time; see [Workers].
//
// A patch that changed no object of any of them is a warning. If anything cannot
// be rendered, the Manifests are empty and the error joins all problems.
func (r *Renderer) Bundle(b deployment.Bundle, jobs func(deployment.Deployment) Job) (Manifests, error) {
	x := &bundle{bundle: b, jobs: map[string]string{}, hosts: map[string]string{}}
	x.index()
	x.errs = x.bundle.Duplicates()
	for _, d := range b.Deployments {
		var j Job
		if jobs != nil {
			j = jobs(d)
		}
		x.oneJob(d, j)
		s := job{Deployment: d, job: j}
		if d.Target().IsZero() && !s.inSession() {
			var err error
			if s.job.SessionCluster, err = x.sessionCluster(s); err != nil {
				x.tasks = append(x.tasks, bundleTask{s, func() (Manifests, error) { return Manifests{}, err }})
				continue
			}
		}
		x.add(s, func(t target.Target) (Manifests, error) { return r.render(t, s) })
	}
	for _, s := range b.SessionClusters {
		x.add(s, func(t target.Target) (Manifests, error) { return r.render(t, session{SessionCluster: s}) })
	}
	return r.strict(x.render(r.workers))
}

// The rules that a patch breaks which changes nothing.
const (
	ruleUnmatched  = "unmatched-patch"
	ruleNoEffect   = "patch-without-effect"
	ruleAbsentKind = "absent-kind"
)

// strict makes errors of patches that changed nothing, if that is asked for.
func (r *Renderer) strict(m Manifests, err error) (Manifests, error) {
	if err != nil || !r.strictPatches {
		return m, err
	}
	var problems []flinktarget.Problem
	for _, p := range warnUnused(m.uses) {
		if p.Rule != ruleAbsentKind {
			p.Severity = flinktarget.SeverityError
			problems = append(problems, p)
		}
	}
	if len(problems) > 0 {
		return Manifests{}, decode.Invalid("", problems...)
	}
	return m, nil
}

// bundle collects the renderings of a deployment.Bundle.
type bundle struct {
	bundle  deployment.Bundle
	targets map[target.Ref]target.Target // by name, and by id
	tasks   []bundleTask
	hosts   map[string]string // Ingresses, by what they serve
	errs    []error           // of the bundle as a whole
	uses    []patchUse
	used    map[patchOf]int   // where they are in uses
	jobs    map[string]string // Deployments by the ids of their jobs
	// missing counts the resources whose target or cluster is not there.
	missing int
}

// A bundleTask renders a resource.
type bundleTask struct {
	of     resource
	render func() (Manifests, error)
}

// maxHints bounds the resources for which a similar name is looked for among those of
// all targets: with many of both it would take minutes.
const maxHints = 20

// patchOf is an entry of a target's patch set.
type patchOf struct {
	target string
	patch  int
}

func (x *bundle) add(res resource, render func(target.Target) (Manifests, error)) {
	t, err := x.target(res)
	x.tasks = append(x.tasks, bundleTask{res, func() (Manifests, error) {
		if err != nil {
			return Manifests{}, err
		}
		return render(t)
	}})
}

// render does all tasks, and joins their results or their errors.
func (x *bundle) render(workers int) (Manifests, error) {
	results := make([]result, len(x.tasks))
	parallel.Do(len(x.tasks), workers, func(i int) {
		results[i].manifests, results[i].err = x.tasks[i].render()
	})
	done := make([]Manifests, 0, len(results))
	for i, res := range results {
		if res.err != nil {
			x.errs = append(x.errs, res.err)
			continue
		}
		x.sameHost(x.tasks[i].of, &res.manifests)
		x.note(res.manifests.uses)
		res.manifests.uses = nil // whether a patch matched is said of all renderings together
		done = append(done, res.manifests)
	}
	if err := errors.Join(x.errs...); err != nil {
		return Manifests{}, err
	}
	out := Join(done...)
	out.uses = x.uses
	return out, nil
}

// sameHost warns of an Ingress that serves what one before it serves.
func (x *bundle) sameHost(of resource, m *Manifests) {
	for _, o := range m.objects {
		for _, rule := range tree.Items(o.tree, "spec", "rules") {
			for _, p := range tree.Items(rule, "http", "paths") {
				url := tree.String(rule, "host") + tree.String(p, "path")
				key := tree.String(o.tree, "spec", "ingressClassName") + " " + url
				if other := x.hosts[key]; other != "" && other != o.String() {
					message := other + " serves " + url + ", too, and controllers take one: have {id} in the host"
					w := decode.Warning("duplicate WithIngress", of.String(), "spec.rules", message,
						of.Position("metadata.name"))
					w.Object = o.String()
					m.warnings = append(m.warnings, w)
				}
				x.hosts[key] = o.String()
			}
		}
	}
}

// sessionCluster finds the cluster of a Deployment in session mode.
func (x *bundle) sessionCluster(s job) (found deployment.SessionCluster, err error) {
	found, n := x.bundle.ClusterOf(s.Deployment)
	switch {
	case n == 1:
		return found, nil
	case n > 1:
		return found, s.noCluster(fmt.Sprintf("is there %d times in the input", n))
	}
	name, what := s.Config().Spec.SessionClusterName, "is not in the input"
	if x.missing++; x.missing <= maxHints {
		var names []string
		for _, c := range x.bundle.SessionClusters {
			names = append(names, c.Name())
		}
		what += decode.DidYouMean(name, names)
	}
	return found, s.noCluster(what)
}

// target finds what a resource refers to.
func (x *bundle) target(res resource) (target.Target, error) {
	ref := res.Target()
	if t, ok := x.targets[ref]; ok {
		return t, nil
	}
	detail := "there is no DeploymentTarget " + ref.String() + " in the input"
	if x.missing++; x.missing <= maxHints {
		var names []string
		for _, t := range x.bundle.Targets {
			if t.Namespace() == ref.Namespace {
				names = append(names, t.Name())
			} else if t.Name() == ref.Name {
				detail += "; " + t.Ref().String() + " is of another namespace of VVP"
			}
		}
		detail += decode.DidYouMean(ref.Name, names)
	}
	return target.Target{}, noTarget(res, detail)
}

// noTarget reports a reference to a target that is not there.
func noTarget(res resource, detail string) error {
	ref, name := res.Target(), "deploymentTargetName"
	if ref.Name == "" {
		name = "deploymentTargetId"
	}
	path := field.NewPath("spec", name)
	e := field.NotFound(path, ref.Name+ref.ID).WithOrigin("target")
	e.Detail = detail
	return decode.Invalid(res.String(), decode.Problem(res.Position(path.String()), e))
}

// index keeps the first of each name and id; a second one is a duplicate.
func (x *bundle) index() {
	x.targets = make(map[target.Ref]target.Target, len(x.bundle.Targets))
	for _, t := range slices.Backward(x.bundle.Targets) {
		x.targets[t.Ref()] = t
		if t.ID() != "" {
			x.targets[target.Ref{Namespace: t.Namespace(), ID: t.ID()}] = t
		}
	}
}

// oneJob reports a job id that another Deployment has, whose objects would have the
// same names.
func (x *bundle) oneJob(d deployment.Deployment, j Job) {
	if j.ID == "" {
		return
	}
	if other, taken := x.jobs[j.ID]; taken {
		e := field.Duplicate(field.NewPath("ID"), j.ID).WithOrigin("duplicate")
		e.Detail = "it is the job of " + other + ", too: each Deployment has a job of its own"
		x.errs = append(x.errs, decode.Invalid("Job of "+d.String(), decode.Fields(field.ErrorList{e})...))
	}
	x.jobs[j.ID] = d.String()
}

// patchUse says what a patch did that could have changed objects.
type patchUse struct {
	patchOf
	at     flinktarget.Position
	did    patchEffect
	kind   string   // the first that it is about
	missed tree.Map // the first object of such a kind, which it did not match
}

// patchEffect is what a patch did. Greater values are of more effect.
type patchEffect uint8

const (
	absent      patchEffect = iota + 1 // it is about a kind that is rendered at other times
	unmatched                          // it matched no object
	ineffective                        // it changed none
	changed
)

// note adds up what the patches of a target did in one rendering.
func (x *bundle) note(uses []patchUse) {
	for _, u := range uses {
		i, known := x.used[u.patchOf]
		if !known {
			if x.used == nil {
				x.used = map[patchOf]int{}
			}
			x.used[u.patchOf] = len(x.uses)
			x.uses = append(x.uses, u)
			continue
		}
		if u.did > x.uses[i].did {
			x.uses[i] = u
		}
	}
}

// conditions say when kinds are rendered that are not always, and with which option.
var conditions = map[string]condition{
	"ServiceAccount":      account,
	"Role":                account,
	"RoleBinding":         account,
	"PodDisruptionBudget": {"if asked for, for components of several pods", "PodDisruptionBudgets"},
	"PodMonitor":          {"if asked for", "WithMetrics"},
	"Ingress":             {"if asked for", "WithIngress"},
	"NetworkPolicy":       {"if asked for", "WithNetworkPolicies"},

	"HorizontalPodAutoscaler": {"if asked for", "WithAutoscaling"},
}

type condition struct{ when, option string }

var account = condition{"with Kubernetes high availability and no serviceAccountName", ""}

// warnUnused warns of patches that changed nothing.
func warnUnused(uses []patchUse) []flinktarget.Problem {
	var out []flinktarget.Problem
	for _, u := range uses {
		if u.did == changed {
			continue
		}
		p := decode.Warning(ruleUnmatched, target.Kind+" "+u.target, kinds.PatchField(u.patch),
			"the patch matches no object", u.at)
		switch u.did {
		case unmatched:
			set := k8slabels.Set(tree.Strings(u.missed, "metadata", "labels"))
			p.Message += fmt.Sprintf("; %s has the labels %s", kinds.NameOf(u.missed), set)
		case ineffective:
			p.Rule, p.Message = ruleNoEffect, "the patch changes nothing: the objects have already what it sets"
		case absent:
			when := conditions[u.kind]
			p.Rule, p.Option = ruleAbsentKind, when.option
			p.Message = fmt.Sprintf("the patch is for a kind that is not rendered here: a %s is, %s", u.kind, when.when)
		}
		out = append(out, p)
	}
	return out
}
