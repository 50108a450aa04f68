package explain

import (
	"cmp"
	"reflect"
	"strings"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/build"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/merge"
	"github.com/flinktarget/flinktarget/internal/schema"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/patch"
	"github.com/flinktarget/flinktarget/target"
)

// layer is one that the fields of a resource come from.
type layer struct {
	config any
	source func(path, place string) *Source
}

// resource is a Deployment or SessionCluster, as sources name it.
type resource interface {
	String() string
	Position(field string) flinktarget.Position
}

// Deployment starts the record of a Deployment: where its fields, which patches of the
// target have changed, come from. givenID says that Job.ID is given, cluster is
// the record of the SessionCluster, nil if there is none.
func Deployment(
	t target.Target, o build.Options, d deployment.Deployment, patched deployment.Config, givenID bool, cluster *Record,
) *Record {
	x := newRecord(t, o, d)
	x.cluster = cluster
	layers := []layer{{d.Given(), x.ownField}}
	for _, namespace := range [...]string{d.Namespace(), ""} { // the stronger first
		for _, defaults := range d.Defaults().Layers() {
			if defaults.Metadata.Namespace != namespace {
				continue
			}
			name := deployment.KindDefaults + " " + cmp.Or(namespace, "global")
			spec := map[string]any{"spec": defaults.Spec}
			layers = append(layers, layer{spec, func(path, _ string) *Source {
				return &Source{Step: Defaults, Resource: name, Field: path}
			}})
		}
	}
	if givenID {
		x.identity = []Origin{&Source{Step: Job, Name: "ID"}}
	} else {
		x.derived = &Source{Step: DerivedID}
		x.identity = []Origin{x.derived}
	}
	x.recordFields(deployment.KindDeployment, layers, d.Resolved(), patched)
	return x
}

// SessionCluster is Deployment for a SessionCluster.
func SessionCluster(
	t target.Target, o build.Options, s deployment.SessionCluster, patched deployment.SessionClusterConfig,
) *Record {
	x := newRecord(t, o, s)
	x.recordFields(deployment.KindSessionCluster, []layer{{s.Config(), x.ownField}}, s.Resolved(), patched)
	x.identity = x.resourceID()
	return x
}

func newRecord(t target.Target, o build.Options, r resource) *Record {
	x := &Record{target: t, resource: r, options: o, objects: map[string]*Tree{}, existence: map[string][]Origin{}}
	for _, p := range t.Patches().All() {
		x.patches = append(x.patches, p)
	}
	return x
}

// resourceID is metadata.id, or what it is derived from.
func (x *Record) resourceID() []Origin {
	if id := x.under("metadata.id"); len(id) > 0 {
		return id
	}
	return append(x.under("metadata.name"), x.under("metadata.namespace")...)
}

// ownField is the source of a field that the resource itself has.
func (x *Record) ownField(path, place string) *Source {
	s := &Source{Step: Field, Resource: x.resource.String(), Field: path, Position: x.resource.Position(place)}
	switch {
	case strings.Contains(path, ".kubernetes.pods."):
		s.Step = PodOption
	case strings.Contains(path, ".kubernetes.jobManagerPodTemplate"),
		strings.Contains(path, ".kubernetes.taskManagerPodTemplate"):
		s.Step = PodTemplate
	}
	return s
}

// recordFields records the layers, the defaults of VVP, and the target's patches. The
// stronger layers come first.
func (x *Record) recordFields(kind string, layers []layer, resolved, final any) {
	meta := kinds.TypeMeta{APIVersion: kinds.VVPVersion, Kind: kind}
	given := make([]map[string]string, len(layers)) // places by path
	for i, l := range layers {
		given[i] = map[string]string{}
		var places []string
		for at := range Leaves(treeOf(l.config), nil) {
			places = append(places, at.String())
		}
		for at := range Leaves(treeOf(l.config), merge.Of(meta)) {
			given[i][at.String()], places = places[0], places[1:]
		}
	}
	isDefault := map[string]bool{}
	for at, v := range Leaves(treeOf(schema.Defaults(reflect.TypeOf(resolved)).Interface()), nil) {
		isDefault[at.Field()] = v != "" // which is what required fields are without a value
	}
	builtIn := func(l Leaf) []Origin {
		return []Origin{&Source{Step: Default, Resource: x.resource.String(), Field: l.Path}}
	}
	x.fields = New(document(meta, resolved), merge.Of(meta), func(l Leaf) []Origin {
		var out []Origin
		for i, layer := range layers {
			if place, ok := given[i][l.Path]; ok {
				out = append(out, layer.source(l.Path, place))
			}
		}
		if len(out) == 0 || isDefault[l.Path] {
			out = append(out, builtIn(l)...)
		}
		return out
	})
	x.recordPatches(kind)
	// A default takes the place of what a patch has removed.
	x.fields = x.fields.Assign(document(meta, final), builtIn)
}

// document returns the tree of a resource, as patches find it.
func document(meta kinds.TypeMeta, config any) tree.Map {
	doc := treeOf(config)
	kinds.Fill(meta, doc)
	return doc
}

// treeOf returns the tree of what was made of one.
func treeOf(config any) tree.Map {
	v, _ := tree.FromGo(config)
	doc, _ := v.(tree.Map)
	return doc
}

// recordPatches records the target's patches of the resource. They were applied
// before, and do not fail.
func (x *Record) recordPatches(kind string) {
	for i, p := range x.patches {
		doc := x.fields.Value()
		if p.SelectsKind(kinds.VVPVersion, kind) && isFor(entryOf(p), doc) {
			set, _ := patch.NewSet(p)
			doc, _ = set.ApplyResource(doc)
			x.fields = x.patched(x.fields, i, doc)
		}
	}
}

// isFor reports whether an inline patch names the resource, or names none.
func isFor(entry, doc tree.Map) bool {
	for _, key := range [...]string{"name", "namespace"} {
		if want := tree.String(entry, "metadata", key); want != "" && want != tree.String(doc, "metadata", key) {
			return false
		}
	}
	return true
}
