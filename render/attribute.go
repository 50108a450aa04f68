package render

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/internal/flink"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/secrets"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/internal/verify"
	"github.com/flinktarget/flinktarget/labels"
	"github.com/flinktarget/flinktarget/patch"
)

// VerifyError reports objects that Kubernetes would refuse, or that would not work
// together: what pod templates and patches left. Its Problems, at most 100, name the
// object and its field, where elements of lists are called by their name, mount path or
// port, as in spec.ports[rest]. Their Cause is the last patch that introduced them, or a
// field of the resource. It is ErrInvalid for errors.Is.
type VerifyError struct {
	flinktarget.InvalidError
}

// expectation is what verification cannot read from the objects.
func (g *rendering) expectation() verify.Expectation {
	want := verify.Expectation{Cluster: g.plan.Name, Version: g.plan.Version, Home: g.plan.Home,
		GivenHome: g.renderer.options.Home != "", Process: map[string]int64{},
		Single: !g.plan.HA, HAKubernetes: g.plan.HAKubernetes, Config: g.plan.Config, Python: g.plan.Python,
		Command:      g.plan.Command(),
		AllowUnknown: g.renderer.allowUnknown}
	for _, component := range [...]labels.Component{labels.JobManager, labels.TaskManager} {
		size, err := flink.ParseMemory(g.plan.Config[component.String()+".memory.process.size"])
		if err == nil { // the renderer has written it
			want.Process[flink.ContainerPrefix+component.String()] = size
		}
	}
	return want
}

// attribute says of each problem which patch introduced it, or which field of the
// resource. Patches are applied one by one again until the problem is there. It keeps the
// warnings, and returns the errors.
func (g *rendering) attribute(problems []flinktarget.Problem) []flinktarget.Problem {
	if g.plan.Job != nil {
		for _, o := range g.built { // patched parts have the id already
			setID(o, g.plan.Job.ID)
		}
	}
	want := g.expectation()
	before := verify.Objects(g.built, want)
	causes, ofField := map[flinktarget.Problem]string{}, map[flinktarget.Problem]string{}
	note := func(p flinktarget.Problem, cause string) {
		causes[p] = cause
		ofField[flinktarget.Problem{Object: p.Object, Field: p.Field}] = cause
	}
	for _, p := range before {
		note(p, g.resourceField(p))
	}
	var patches []patch.Patch
	places := map[string]flinktarget.Position{}
	for i, p := range g.target.Patches().All() {
		patches = append(patches, p)
		places[kinds.PatchField(i)] = p.Position()
		if !slices.ContainsFunc(g.matched, func(m patch.Match) bool { return m.Patch == i }) {
			continue
		}
		after := g.problemsWith(patches, want)
		for _, p := range after {
			if !slices.Contains(before, p) {
				note(p, kinds.PatchField(i))
			}
		}
		before = after
	}
	var out []flinktarget.Problem
	for _, p := range problems {
		// The checksum, which comes after the patches, may change what is said.
		field := cmp.Or(causes[p], ofField[flinktarget.Problem{Object: p.Object, Field: p.Field}], g.resourceField(p))
		cause := &flinktarget.Cause{Resource: g.target.String(), Field: field}
		at, patched := places[field]
		if !patched {
			of := g.resourceOf(field)
			cause.Resource, at = of.String(), of.Position(field)
		}
		p.Resource, p.Position, p.Cause = g.resource.String(), at, cause
		p.Object, p.Field, p.Message = secrets.OneLine(p.Object), secrets.OneLine(p.Field), secrets.OneLine(p.Message)
		if p.Severity == flinktarget.SeverityWarning {
			g.warnings = append(g.warnings, p)
			continue
		}
		out = append(out, p)
	}
	return out
}

// resourceOf returns whose field it is: pods of a job in session mode are as its cluster's.
func (g *rendering) resourceOf(field string) resource {
	if j, ok := g.resource.(job); ok && j.inSession() && strings.HasPrefix(field, g.plan.PodsAt().String()) {
		return j.job.SessionCluster
	}
	return g.resource
}

// problemsWith verifies what the first of the patches make.
func (g *rendering) problemsWith(patches []patch.Patch, want verify.Expectation) []flinktarget.Problem {
	set, err := patch.NewSet(patches...)
	if err != nil {
		return nil // they are part of a set
	}
	objects, _, err := set.ApplyWith(g.renderer.engine, g.built, nil)
	if err != nil {
		return nil // they were applied before
	}
	return verify.Objects(objects, want)
}

// resourceField is the field of the resource that a problem of an object comes from,
// if no patch introduced it.
func (g *rendering) resourceField(p flinktarget.Problem) string {
	for _, o := range g.built {
		if kinds.NameOf(o) != p.Object {
			continue
		}
		if tree.String(o, "kind") == "ConfigMap" {
			return g.plan.Settings.Child("flinkConfiguration").String()
		}
		if at := g.plan.TemplatePath(componentOf(o)); at != nil {
			return at.String()
		}
	}
	path := g.plan.PodsAt()
	if g.plan.Kubernetes.Pods != nil {
		path = path.Child("pods")
	}
	return path.String()
}

// patchedWrong says of each problem of a patched resource which patch brought it
// about. apply tries patches on the resource: they are applied one by one again.
func (g *rendering) patchedWrong(err error, apply func(patch.Set) error) error {
	e, ok := errors.AsType[*flinktarget.InvalidError](err)
	if !ok {
		return g.notApplied(err)
	}
	causes := g.causes(apply)
	for i, p := range e.Problems {
		cause := causes[problemKey(p)]
		p.Resource, p.Position = g.resource.String(), cause.at
		p.Cause = &flinktarget.Cause{Resource: g.target.String(), Field: cause.entry}
		e.Problems[i] = p
	}
	return e
}

// cause is the last patch after which there was a problem that was not there before.
type cause struct {
	entry string
	at    flinktarget.Position
}

func problemKey(p flinktarget.Problem) string { return p.Rule + " " + p.Field }

func (g *rendering) causes(apply func(patch.Set) error) map[string]cause {
	causes := map[string]cause{}
	var patches []patch.Patch
	before := map[string]bool{}
	for i, p := range g.target.Patches().All() {
		patches = append(patches, p)
		set, err := patch.NewSet(patches...)
		if err != nil {
			return causes // they are part of a set
		}
		after := map[string]bool{}
		if e, ok := errors.AsType[*flinktarget.InvalidError](apply(set)); ok {
			for _, f := range e.Problems {
				key := problemKey(f)
				if after[key] = true; !before[key] {
					causes[key] = cause{kinds.PatchField(i), p.Position()}
				}
			}
		}
		before = after
	}
	return causes
}
