package render

import (
	"cmp"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/internal/flink"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/internal/verify"
	"github.com/flinktarget/flinktarget/labels"
	"github.com/flinktarget/flinktarget/patch"
)

// unpatched is what the target's patches were applied to, kept to find out which of
// them introduced a problem.
type unpatched struct {
	cluster *cluster
	objects []tree.Map
	path    *field.Path // of the settings in the resource
}

// expectation is what verification cannot read from the objects.
func (u unpatched) expectation() verify.Expectation {
	want := verify.Expectation{Cluster: u.cluster.name, Version: u.cluster.version, Process: map[string]int64{}, Single: !u.cluster.ha}
	for _, component := range [...]labels.Component{labels.JobManager, labels.TaskManager} {
		size, err := flink.ParseMemory(u.cluster.config[component.String()+".memory.process.size"])
		if err == nil { // the renderer has written it
			want.Process[flink.ContainerPrefix+component.String()] = size
		}
	}
	return want
}

// attribute says of each problem which patch introduced it, or which field of the
// resource. Patches are applied one by one again until the problem is there.
func (g *rendering) attribute(problems []verify.Problem) []Problem {
	want := g.unpatched.expectation()
	before := verify.Objects(g.unpatched.objects, want)
	causes, ofField := map[verify.Problem]string{}, map[verify.Problem]string{}
	note := func(p verify.Problem, cause string) {
		causes[p] = cause
		p.Message = ""
		ofField[p] = cause
	}
	for _, p := range before {
		note(p, g.resourceField(p))
	}
	var patches []patch.Patch
	places := map[string]patch.Position{}
	for i, p := range g.target.Patches().All() {
		patches = append(patches, p)
		places[entryPath(i)] = p.Position()
		if !slices.ContainsFunc(g.matched, func(m patch.Match) bool { return m.Patch == i }) {
			continue
		}
		after := g.problemsWith(patches, want)
		for _, p := range after {
			if !slices.Contains(before, p) {
				note(p, entryPath(i))
			}
		}
		before = after
	}
	out := make([]Problem, len(problems))
	for i, p := range problems {
		out[i] = Problem{Object: p.Object, Field: p.Field, Message: p.Message}
		// The checksum, which comes after the patches, may change what is said.
		out[i].Cause = cmp.Or(causes[p], ofField[verify.Problem{Object: p.Object, Field: p.Field}], g.resourceField(p))
		if at, patched := places[out[i].Cause]; patched {
			out[i].Position = at
		} else {
			out[i].Position = g.resource.Position(out[i].Cause)
		}
	}
	return out
}

// problemsWith verifies what the first of the patches make.
func (g *rendering) problemsWith(patches []patch.Patch, want verify.Expectation) []verify.Problem {
	set, err := patch.NewSet(patches...)
	if err != nil {
		return nil // they are part of a set
	}
	objects, _, err := set.ApplyObjects(g.unpatched.objects)
	if err != nil {
		return nil // they were applied before
	}
	return verify.Objects(objects, want)
}

// resourceField is the field of the resource that a problem of an object comes from,
// if no patch introduced it.
func (g *rendering) resourceField(p verify.Problem) string {
	k, path := g.unpatched.cluster.kubernetes, g.unpatched.path
	for _, o := range g.unpatched.objects {
		if kinds.NameOf(o) != p.Object {
			continue
		}
		if tree.String(o, "kind") == "ConfigMap" {
			return path.Child("flinkConfiguration").String()
		}
		for _, component := range [...]labels.Component{labels.JobManager, labels.TaskManager} {
			if tree.String(o, "metadata", "labels", labels.KeyComponent) != component.String() {
				continue
			}
			if template, name := g.unpatched.cluster.userTemplate(component); len(template) > 0 {
				return path.Child("kubernetes", name).String()
			}
		}
	}
	if k.Pods != nil {
		return path.Child("kubernetes", "pods").String()
	}
	return path.Child("kubernetes").String()
}
