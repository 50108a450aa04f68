package render

import (
	"cmp"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/internal/flink"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/labels"
	"github.com/flinktarget/flinktarget/patch"
)

// unpatched is what the target's patches were applied to, kept to find out which of
// them is to blame.
type unpatched struct {
	cluster *cluster
	objects []tree.Map
	path    *field.Path // of the settings in the resource
}

// expectation is what verification cannot read from the objects.
func (u unpatched) expectation() expectation {
	want := expectation{cluster: u.cluster.name, version: u.cluster.version, process: map[string]int64{}, single: !u.cluster.ha}
	for _, component := range [...]labels.Component{labels.JobManager, labels.TaskManager} {
		size, err := flink.ParseMemory(u.cluster.config[component.String()+".memory.process.size"])
		if err == nil { // the renderer has written it
			want.process[containerPrefix+component.String()] = size
		}
	}
	return want
}

// blame says of each problem which patch brought it about, or which field of the
// resource. Patches are applied one by one again until the problem is there.
func (g *rendering) blame(problems []Problem) []Problem {
	want := g.unpatched.expectation()
	before := verify(g.unpatched.objects, want)
	causes, ofField := map[Problem]string{}, map[Problem]string{}
	note := func(p Problem, cause string) {
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
	out := slices.Clone(problems)
	for i, p := range out {
		// The checksum, which comes after the patches, may change what is said.
		out[i].Cause = cmp.Or(causes[p], ofField[Problem{Object: p.Object, Field: p.Field}], g.resourceField(p))
		if at, patched := places[out[i].Cause]; patched {
			out[i].Position = at
		} else {
			out[i].Position = g.resource.Position(out[i].Cause)
		}
	}
	return out
}

// problemsWith verifies what the first of the patches make.
func (g *rendering) problemsWith(patches []patch.Patch, want expectation) []Problem {
	set, err := patch.NewSet(patches...)
	if err != nil {
		return nil // they are part of a set
	}
	objects, _, err := set.ApplyObjects(g.unpatched.objects)
	if err != nil {
		return nil // they were applied before
	}
	return verify(objects, want)
}

// resourceField is what an object that was not patched owes a problem to.
func (g *rendering) resourceField(p Problem) string {
	k, path := g.unpatched.cluster.kubernetes, g.unpatched.path
	for _, o := range g.unpatched.objects {
		if (Object{tree: o}).String() != p.Object {
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
