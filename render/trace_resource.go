package render

import (
	"strings"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/document"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/merge"
	"github.com/flinktarget/flinktarget/internal/provenance"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/patch"
)

// layer is one that the fields of a resource come from.
type layer struct {
	leaves map[string]string // places by path
	source func(path, place string) *Source
}

func newLayer(kind string, doc tree.Map, source func(path, place string) *Source) layer {
	l := layer{leaves: map[string]string{}, source: source}
	for _, leaf := range provenance.New(doc, merge.Of(kinds.VVPVersion, kind), func(provenance.Leaf) sourceList { return nil }).Leaves() {
		l.leaves[leaf.Path] = leaf.Place
	}
	return l
}

// traceDeployment starts a record of a Deployment's rendering: where its fields
// come from.
func (g *rendering) traceDeployment(d, patched deployment.Deployment, j Job) error {
	if !g.traced {
		return nil
	}
	const kind = deployment.KindDeployment
	given, err := document.Of(d.Given())
	if err != nil {
		return err
	}
	layers := []layer{newLayer(kind, given, g.ownField)}
	for _, defaults := range layersOf(d) {
		doc, err := document.Of(defaults)
		if err != nil {
			return err
		}
		name := "global"
		if defaults.Metadata.Namespace != "" {
			name = defaults.Metadata.Namespace
		}
		layers = append(layers, newLayer(kind, tree.Map{"spec": doc["spec"]}, func(path, _ string) *Source {
			return &Source{Step: StepDefaults, Resource: deployment.KindDefaults + " " + name, Field: path}
		}))
	}
	if err := g.traceFields(kind, layers, d.Resolved(), patched.Resolved()); err != nil {
		return err
	}
	if j.ID != "" {
		g.trace.identity = sourceList{&Source{Step: StepJob, Name: "ID"}}
		return nil
	}
	g.trace.derived = &Source{Step: StepDerivedID}
	g.trace.identity = sourceList{g.trace.derived}
	return nil
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

func (g *rendering) traceSessionCluster(s, patched deployment.SessionCluster) error {
	if !g.traced {
		return nil
	}
	const kind = deployment.KindSessionCluster
	given, err := document.Of(s.Config())
	if err != nil {
		return err
	}
	if err := g.traceFields(kind, []layer{newLayer(kind, given, g.ownField)}, s.Resolved(), patched.Resolved()); err != nil {
		return err
	}
	g.trace.identity = g.trace.resourceID()
	return nil
}

// ownField is the source of a field that the resource itself has.
func (g *rendering) ownField(path, place string) *Source {
	s := &Source{Step: StepField, Resource: g.resource.String(), Field: path, Position: g.resource.Position(place)}
	switch {
	case strings.Contains(path, ".kubernetes.pods."):
		s.Step = StepPodOption
	case strings.Contains(path, ".kubernetes.jobManagerPodTemplate"), strings.Contains(path, ".kubernetes.taskManagerPodTemplate"):
		s.Step = StepPodTemplate
	}
	return s
}

// traceFields records the layers, the defaults of VVP, and the target's patches. The
// stronger layers come first.
func (g *rendering) traceFields(kind string, layers []layer, resolved, final any) error {
	doc, err := document.Resolved(kind, resolved)
	if err != nil {
		return err
	}
	builtIn := func(path string) sourceList {
		return sourceList{&Source{Step: StepDefault, Resource: g.resource.String(), Field: path}}
	}
	fields := provenance.New(doc, merge.Of(kinds.VVPVersion, kind), func(l provenance.Leaf) sourceList {
		var out sourceList
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
	if fields, err = g.tracePatches(kind, fields); err != nil {
		return err
	}
	// A default takes the place of what a patch has removed.
	if doc, err = document.Resolved(kind, final); err != nil {
		return err
	}
	g.trace = &tracer{rendering: g, fields: fields.Assign(doc, builtIn), objects: map[string]*provenance.Tree{}, existence: map[string]sourceList{}}
	return nil
}

// tracePatches records the target's patches of the resource. They were applied
// before.
func (g *rendering) tracePatches(kind string, fields *provenance.Tree) (*provenance.Tree, error) {
	for i, p := range g.target.Patches().All() {
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
		source := g.patchSource(i, p)
		if ops != nil {
			fields, err = fields.Edit(ops, source)
		} else if doc, err = set.ApplyResource(doc); err == nil {
			fields = fields.Merge(doc, content, func(string) sourceList { return sourceList{source} })
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
