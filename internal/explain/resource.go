package explain

import (
	"strings"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/build"
	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/merge"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/patch"
	"github.com/flinktarget/flinktarget/target"
)

// layer is one that the fields of a resource come from.
type layer struct {
	leaves map[string]string // places by path
	source func(path, place string) *Source
}

func newLayer(kind string, doc tree.Map, source func(path, place string) *Source) layer {
	l := layer{leaves: map[string]string{}, source: source}
	for _, leaf := range New(doc, merge.Of(kinds.TypeMeta{APIVersion: kinds.VVPVersion, Kind: kind}),
		func(Leaf) []Origin { return nil }).Leaves() {
		l.leaves[leaf.Path] = leaf.Place
	}
	return l
}

// resource is a Deployment or SessionCluster, as sources name it.
type resource interface {
	String() string
	Position(field string) patch.Position
}

// Deployment starts the record of a Deployment: where its fields, which patches of the
// target have changed, come from. givenID says that Job.ID is given.
func Deployment(t target.Target, o build.Options, d, patched deployment.Deployment, givenID bool) (*Record, error) {
	const kind = deployment.KindDeployment
	x := &Record{target: t, resource: d, options: o}
	given, err := decode.Tree(d.Given())
	if err != nil {
		return nil, err
	}
	layers := []layer{newLayer(kind, given, x.ownField)}
	for _, defaults := range layersOf(d) {
		doc, err := decode.Tree(defaults)
		if err != nil {
			return nil, err
		}
		name := "global"
		if defaults.Metadata.Namespace != "" {
			name = defaults.Metadata.Namespace
		}
		layers = append(layers, newLayer(kind, tree.Map{"spec": doc["spec"]}, func(path, _ string) *Source {
			return &Source{Step: Defaults, Resource: deployment.KindDefaults + " " + name, Field: path}
		}))
	}
	if err := x.recordFields(kind, layers, d.Resolved(), patched.Resolved()); err != nil {
		return nil, err
	}
	if givenID {
		x.identity = []Origin{&Source{Step: Job, Name: "ID"}}
		return x, nil
	}
	x.derived = &Source{Step: DerivedID}
	x.identity = []Origin{x.derived}
	return x, nil
}

// layersOf returns the Deployment Defaults of d, the stronger first.
func layersOf(d deployment.Deployment) []deployment.DefaultsConfig {
	var out []deployment.DefaultsConfig
	for _, l := range d.Defaults().Layers() {
		switch l.Metadata.Namespace {
		case d.Namespace():
			out = append([]deployment.DefaultsConfig{l}, out...)
		case "":
			out = append(out, l)
		}
	}
	return out
}

// SessionCluster is Deployment for a SessionCluster.
func SessionCluster(t target.Target, o build.Options, s, patched deployment.SessionCluster) (*Record, error) {
	const kind = deployment.KindSessionCluster
	x := &Record{target: t, resource: s, options: o}
	given, err := decode.Tree(s.Config())
	if err != nil {
		return nil, err
	}
	if err := x.recordFields(kind, []layer{newLayer(kind, given, x.ownField)}, s.Resolved(),
		patched.Resolved()); err != nil {
		return nil, err
	}
	x.identity = x.resourceID()
	return x, nil
}

// ownField is the source of a field that the resource itself has.
func (x *Record) ownField(path, place string) *Source {
	s := &Source{Step: Field, Resource: x.resource.String(), Field: path, Position: x.resource.Position(place)}
	switch {
	case strings.Contains(path, ".kubernetes.pods."):
		s.Step = PodOption
	case strings.Contains(path, ".kubernetes.jobManagerPodTemplate"), strings.Contains(path,
		".kubernetes.taskManagerPodTemplate"):
		s.Step = PodTemplate
	}
	return s
}

// recordFields records the layers, the defaults of VVP, and the target's patches. The
// stronger layers come first.
func (x *Record) recordFields(kind string, layers []layer, resolved, final any) error {
	doc, err := decode.Resolved(kind, resolved)
	if err != nil {
		return err
	}
	builtIn := func(path string) []Origin {
		return []Origin{&Source{Step: Default, Resource: x.resource.String(), Field: path}}
	}
	fields := New(doc, merge.Of(kinds.TypeMeta{APIVersion: kinds.VVPVersion, Kind: kind}), func(l Leaf) []Origin {
		var out []Origin
		for _, layer := range layers {
			if place, ok := layer.leaves[l.Path]; ok {
				out = append(out, layer.source(l.Path, place))
			}
		}
		if hasDefault(kind, l.Path) || len(out) == 0 {
			out = append(out, builtIn(l.Path)...)
		}
		return out
	})
	if fields, err = x.recordPatches(kind, fields); err != nil {
		return err
	}
	// A default takes the place of what a patch has removed.
	if doc, err = decode.Resolved(kind, final); err != nil {
		return err
	}
	x.fields, x.objects, x.existence = fields.Assign(doc, builtIn), map[string]*Tree{}, map[string][]Origin{}
	return nil
}

// recordPatches records the target's patches of the resource. They were applied
// before.
func (x *Record) recordPatches(kind string, fields *Tree) (*Tree, error) {
	for i, p := range x.target.Patches().All() {
		set, err := patch.NewSet(p)
		if err != nil {
			return nil, err
		}
		ops, content, err := contentOf(p)
		if err != nil {
			return nil, err
		}
		doc := fields.Value()
		if !set.HasResource(kind) || !isFor(content, doc) {
			continue
		}
		source := x.patchSource(i, p)
		if ops != nil {
			fields, err = fields.Edit(ops, source)
		} else if doc, err = set.ApplyResource(doc); err == nil {
			fields = fields.Merge(doc, content, func(string) []Origin { return []Origin{source} })
		}
		if err != nil {
			return nil, err
		}
	}
	return fields, nil
}

// isFor reports whether an inline patch names the resource, or names none.
func isFor(content, doc tree.Map) bool {
	for _, key := range [...]string{"name", "namespace"} {
		if want := tree.String(content, "metadata", key); want != "" && want != tree.String(doc, "metadata", key) {
			return false
		}
	}
	return true
}

// hasDefault reports whether VVP has a default for a field.
func hasDefault(kind, path string) bool {
	spec := "spec."
	if kind == deployment.KindDeployment {
		spec = "spec.template.spec."
	}
	for _, field := range [...]string{
		"metadata.namespace", "spec.state",
		"spec.upgradeStrategy.kind", "spec.restoreStrategy.kind", "spec.restoreStrategy.allowNonRestoredState",
		"spec.maxJobCreationAttempts", "spec.maxSavepointCreationAttempts",
		"spec.numberOfTaskManagers", "spec.template.spec.parallelism",
		spec + "resources.jobmanager.cpu", spec + "resources.jobmanager.memory",
		spec + "resources.taskmanager.cpu", spec + "resources.taskmanager.memory",
		spec + "logging.loggingProfile",
	} {
		if path == field {
			return true
		}
	}
	return false
}
