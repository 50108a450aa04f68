// Package explain records, beside the steps of a rendering, what gave each field of the
// objects its value: [Record] is fed by the pipeline. A [Tree] keeps the sources of the
// leaves of a JSON-shaped tree through merges ([Tree.Merge]), JSON patches
// ([Tree.Edit]) and anything else ([Tree.Assign]); what the renderer generates itself is
// told by a table of rules.
package explain

import (
	"slices"
	"strings"

	klabels "k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/internal/build"
	"github.com/flinktarget/flinktarget/internal/jsonpatch"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/merge"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/patch"
	"github.com/flinktarget/flinktarget/target"
)

// Step is what a Source is. The steps mean what those of package render do, which has
// them in this order.
type Step uint8

// The steps.
const (
	_ Step = iota
	Generated
	SystemLabel
	Checksum
	DerivedID
	Default
	Defaults
	Field
	PodOption
	PodTemplate
	Target
	Patch
	Job
	Option
)

// A Source is a step that set a field, or something that the step made it of.
type Source struct {
	Step     Step
	Name     string // of an option, a field of Job, or a rule
	Resource string // whose Field it is
	Field    string
	Position flinktarget.Position
}

// Record records which steps of one rendering set what. Its methods are called by
// the steps themselves, and do nothing on nil.
type Record struct {
	target   target.Target
	patches  []patch.Patch // of the target
	resource resource
	options  build.Options
	fields   *Tree   // of the resource, with defaults and patches
	cluster  *Record // of the SessionCluster that runs the job, nil if it has its own
	objects  map[string]*Tree
	// existence has what decides whether there is an object at all.
	existence map[string][]Origin
	// identity is what names are made of: a field of Job, the id of the resource, or
	// a derived id. What a derived id depends on is known at the end.
	identity []Origin
	derived  *Source
}

func keyOf(o tree.Map) string {
	return tree.String(o, "kind") + " " + tree.String(o, "metadata", "name")
}

// under returns the sources of a field of the resource, a path of plain names and then
// any others, and of what is below it.
func (x *Record) under(path string, names ...string) []Origin {
	return x.fields.Under(append(strings.Split(path, "."), names...)...)
}

// ofPods returns what says how pods are: in session mode that is the cluster.
func (x *Record) ofPods() *Record {
	if x.cluster != nil {
		return x.cluster
	}
	return x
}

// Built records generated objects, without the pod templates of the resource.
func (x *Record) Built(c *build.Plan, objects ...tree.Map) {
	if x == nil {
		return
	}
	for _, o := range objects {
		r := derivation{x: x, plan: c, object: o}
		x.objects[keyOf(o)] = New(tree.CopyMap(o), merge.Of(kinds.TypeOf(o)), r.sources)
		if decides := existence[tree.String(o, "kind")]; decides != nil {
			x.existence[keyOf(o)] = decides(&r)
		}
	}
}

// podTemplate is the number of steps that lead to the pod template of a workload.
const podTemplate = len([...]string{"spec", "template"})

// Template records a pod template of the resource, whose path is at.
func (x *Record) Template(merged, template tree.Map, at *field.Path) {
	if x == nil {
		return
	}
	x.objects[keyOf(merged)] = x.objects[keyOf(merged)].Merge(tree.CopyMap(merged),
		tree.Map{"spec": tree.Map{"template": template}}, func(l Leaf) []Origin {
			names := l.names()
			for end := len(names); end > podTemplate; end-- {
				if list := x.ofPods().under(at.String(), names[podTemplate:end]...); len(list) > 0 {
					return list
				}
			}
			return x.ofPods().under(at.String())
		})
}

// Restored records what the renderer puts back after a pod template: labels of the
// system, and the security of containers.
func (x *Record) Restored(c *build.Plan, at *field.Path, workload tree.Map) {
	if x == nil {
		return
	}
	r := derivation{x: x, plan: c, object: workload}
	x.objects[keyOf(workload)] = x.objects[keyOf(workload)].Assign(tree.CopyMap(workload), func(l Leaf) []Origin {
		own, names := r.sources(l), l.names()
		if end := slices.Index(names, "securityContext"); end > podTemplate {
			own = append(own, x.ofPods().under(at.String(), append(names[podTemplate:end], "name")...)...)
		}
		return own
	})
}

// Patched records what a patch of the target has made of an object.
func (x *Record) Patched(i int, before, after tree.Map) {
	if x == nil || after == nil { // deleted
		return
	}
	key := keyOf(before)
	x.objects[key] = x.patched(x.objects[key], i, after)
}

// patched returns the Tree after a patch of the target, whose result is after.
func (x *Record) patched(t *Tree, i int, after tree.Map) *Tree {
	p := x.patches[i]
	entry := entryOf(p)
	source := &Source{Step: Patch, Resource: x.target.String(), Field: kinds.PatchField(i), Position: p.Position()}
	content, ops := entry, []any{entry}
	switch body := entry["patch"].(type) {
	case []any:
		ops = body
	case tree.Map:
		content = body
	}
	if ops, problems := jsonpatch.Parse(ops); len(problems) == 0 {
		if edited, err := t.Edit(ops, source); err == nil {
			return edited
		}
		content = nil // another engine may apply what Edit does not
	}
	return t.Merge(after, content, func(Leaf) []Origin { return []Origin{source} }, selection(t, entry)...)
}

// entryOf returns an entry of a patch set as it is written.
func entryOf(p patch.Patch) tree.Map {
	v, _ := tree.FromJSON([]byte(p.String()))
	entry, _ := v.(tree.Map)
	return entry
}

// selection returns the sources of the labels and annotations that a patch selects
// an object by, but for the system's.
func selection(t *Tree, entry tree.Map) []Origin {
	var out []Origin
	for _, by := range [...]string{"label", "annotation"} {
		requirements, _ := klabels.ParseToRequirements(tree.String(entry, "target", by+"Selector"))
		for _, r := range requirements {
			if !slices.Contains(kinds.SystemLabels, r.Key()) {
				out = append(out, t.Under("metadata", by+"s", r.Key())...)
			}
		}
	}
	return out
}

// Checksum records the annotation that is made of the configuration.
func (x *Record) Checksum(annotation string, objects []tree.Map) {
	if x == nil {
		return
	}
	of := []Origin{&Source{Step: Checksum, Name: annotation}}
	for _, o := range objects {
		if tree.String(o, "kind") == "ConfigMap" {
			of = append(of, x.Of(o).Under("data")...)
		}
	}
	for _, o := range objects {
		x.objects[keyOf(o)] = x.Of(o).Assign(o, func(Leaf) []Origin { return of })
	}
}

// Of returns what is known of a finished object.
func (x *Record) Of(o tree.Map) *Tree {
	if x == nil {
		return nil
	}
	return x.objects[keyOf(o)]
}

// Complete adds what every field of an object depends on, and says of what is made
// of a derived id what that is made of: the Job, whose labels have the id of the
// resource, and the configuration.
func (x *Record) Complete(objects []tree.Map) {
	if x == nil {
		return
	}
	for key, list := range x.existence {
		x.objects[key] = x.objects[key].Depend(list)
	}
	if x.derived == nil {
		return
	}
	of := []Origin{x.derived}
	for _, o := range objects {
		if kind := tree.String(o, "kind"); kind == "Job" || kind == "ConfigMap" {
			of = append(of, x.Of(o).Under()...)
		}
	}
	for key, t := range x.objects {
		x.objects[key] = t.Expand(x.derived, of)
	}
}
