package explain

import (
	"slices"
	"strings"

	klabels "k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/internal/build"
	"github.com/flinktarget/flinktarget/internal/jsonpatch"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/merge"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/patch"
	"github.com/flinktarget/flinktarget/target"
)

// Record records which steps of one rendering set what. Its methods are called by
// the steps themselves, and do nothing on nil.
type Record struct {
	target   target.Target
	resource resource
	options  build.Options
	fields   *Tree // of the resource, with defaults and patches
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

// chain returns the sources of fields of the resource, and of what is below them.
func (x *Record) chain(paths ...string) []Origin {
	var out []Origin
	for _, path := range paths {
		out = append(out, x.fields.Under(path)...)
	}
	return out
}

// Built records generated objects, without the pod templates of the resource.
func (x *Record) Built(c *build.Plan, objects ...tree.Map) {
	if x == nil {
		return
	}
	for _, o := range objects {
		r := &derivation{Record: x, plan: c, settings: c.Settings.String(), object: o}
		x.objects[keyOf(o)] = New(tree.CopyMap(o), merge.Of(kinds.TypeOf(o)), r.sources)
		x.existence[keyOf(o)] = r.existence()
	}
}

// Template records a pod template of the resource, whose path is at.
func (x *Record) Template(merged, template tree.Map, at *field.Path) {
	if x == nil {
		return
	}
	sources := func(path string) []Origin {
		inner, ok := strings.CutPrefix(path, "spec.template")
		for ok {
			if list := x.chain(at.String() + inner); len(list) > 0 {
				return list
			}
			inner, ok = parent(inner)
		}
		return x.chain(at.String())
	}
	t := x.objects[keyOf(merged)]
	x.objects[keyOf(merged)] = t.Merge(tree.CopyMap(merged), tree.Map{"spec": tree.Map{"template": template}}, sources)
}

// parent returns the path of the map or list that a path leads into.
func parent(path string) (string, bool) {
	i := strings.LastIndex(path, ".")
	if strings.HasSuffix(path, "]") {
		i = strings.LastIndex(path, "[")
	}
	if i < 0 {
		return "", false
	}
	return path[:i], true
}

// Restored records what the renderer puts back after a pod template: labels of the
// system, and the security of containers.
func (x *Record) Restored(c *build.Plan, at *field.Path, workload tree.Map) {
	if x == nil {
		return
	}
	r := &derivation{Record: x, plan: c, settings: c.Settings.String(), object: workload}
	sources := func(path string) []Origin {
		own := r.sources(Leaf{Path: path})
		if container, _, ok := strings.Cut(strings.TrimPrefix(path, "spec.template"), ".securityContext"); ok {
			own = append(own, x.chain(at.String()+container+".name")...)
		}
		return own
	}
	t := x.objects[keyOf(workload)]
	x.objects[keyOf(workload)] = t.Assign(tree.CopyMap(workload), sources)
}

// Patched records the target's patches of objects. They were applied before.
func (x *Record) Patched(objects []tree.Map) error {
	if x == nil {
		return nil
	}
	current := objects
	for i, p := range x.target.Patches().All() {
		set, err := patch.NewSet(p)
		if err != nil {
			return err
		}
		after, matches, err := set.ApplyObjects(current)
		if err != nil {
			return err
		}
		source := x.patchSource(i, p)
		next := 0
		for j, o := range current {
			if !slices.ContainsFunc(matches, func(m patch.Match) bool { return m.Object == j }) {
				next++
				continue
			}
			if next == len(after) || keyOf(after[next]) != keyOf(o) {
				continue // the patch deletes it
			}
			if err := x.patchObject(after[next], p, source); err != nil {
				return err
			}
			next++
		}
		current = after
	}
	return nil
}

func (x *Record) patchSource(i int, p patch.Patch) *Source {
	return &Source{Step: Patch, Resource: x.target.String(), Field: kinds.PatchField(i), Position: p.Position()}
}

func (x *Record) patchObject(after tree.Map, p patch.Patch, source *Source) error {
	t := x.objects[keyOf(after)]
	ops, content, err := contentOf(p)
	if err != nil {
		return err
	}
	if ops != nil {
		if t, err = t.Edit(ops, source); err != nil {
			return err
		}
	} else {
		t = t.Merge(after, content, func(string) []Origin { return []Origin{source} }, selection(t, p)...)
	}
	x.objects[keyOf(after)] = t
	return nil
}

// contentOf returns what a patch does: operations, or a strategic merge.
func contentOf(p patch.Patch) ([]jsonpatch.Op, tree.Map, error) {
	v, err := tree.FromJSON([]byte(p.String()))
	if err != nil {
		return nil, nil, err
	}
	entry, _ := v.(tree.Map)
	var list []any
	switch body := entry["patch"].(type) {
	case []any:
		list = body
	case tree.Map:
		return nil, body, nil
	default:
		if entry["op"] == nil {
			return nil, entry, nil
		}
		list = []any{entry}
	}
	ops, _ := jsonpatch.Parse(list) // the patch was checked when it was made
	return ops, nil, nil
}

// Checksum records the annotation that is made of the configuration.
func (x *Record) Checksum(annotation string, objects []tree.Map) {
	if x == nil {
		return
	}
	of := []Origin{&Source{Step: Checksum, Name: annotation}}
	for _, o := range objects {
		if tree.String(o, "kind") == "ConfigMap" {
			of = append(of, x.objects[keyOf(o)].Under("data")...)
		}
	}
	for _, o := range objects {
		t := x.objects[keyOf(o)]
		x.objects[keyOf(o)] = t.Assign(o, func(string) []Origin { return of })
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
			of = append(of, x.objects[keyOf(o)].Under("")...)
		}
	}
	for key, t := range x.objects {
		x.objects[key] = t.Expand(x.derived, of)
	}
}

// selection returns the sources of the labels and annotations that a patch selects
// an object by, but for the system's.
func selection(t *Tree, p patch.Patch) []Origin {
	entry, err := tree.FromJSON([]byte(p.String()))
	if err != nil {
		return nil
	}
	var out []Origin
	for _, by := range [...]string{"label", "annotation"} {
		parsed, err := klabels.Parse(tree.String(entry, "target", by+"Selector"))
		if err != nil {
			continue // it was parsed when the patch was made
		}
		requirements, _ := parsed.Requirements()
		for _, r := range requirements {
			if !slices.Contains(kinds.SystemLabels, r.Key()) {
				out = append(out, t.Under(pathOf("metadata", by+"s", r.Key()))...)
			}
		}
	}
	return out
}

// pathOf returns the path of a field as leaves have it.
func pathOf(keys ...string) string {
	var p tree.Path
	for _, key := range keys {
		p = append(p, tree.Step{Name: key})
	}
	return p.String()
}
