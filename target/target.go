package target

import (
	"cmp"
	"encoding/json"
	"maps"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/internal/yaml"
	"github.com/flinktarget/flinktarget/patch"
)

// A Target is a DeploymentTarget that has been checked: an immutable value, safe
// for concurrent use. The zero value is no target: its methods may be called, and
// what needs a target refuses it.
type Target struct {
	_ [0]func() // Target values are compared with Equal, not with ==
	d *data
}

// data is immutable.
type data struct {
	config  Config
	patches patch.Set
	at      flinktarget.Position // zero if it was not read from a text
}

// none is the data of the zero Target.
var none data

func (t Target) data() *data {
	if t.d == nil {
		return &none
	}
	return t.d
}

func (t Target) config() *Config { return &t.data().config }

// New checks a configuration and returns a target made of a copy of it. The error
// is an [*flinktarget.InvalidError] with all problems.
func New(c Config) (Target, error) {
	if errs := validate(c); len(errs) > 0 {
		return Target{}, decode.Invalid(subject(c), decode.Fields(errs)...)
	}
	return build(c), nil
}

// Parse reads one DeploymentTarget in YAML or JSON. The name of the file is only for
// the positions of errors, and may be empty. The error is an [*flinktarget.InvalidError] with
// all problems and their positions.
func Parse(file string, text []byte) (Target, error) {
	return decode.Parse(subject(Config{}), file, text, fromNode)
}

// fromNode is [Parse] of a text that is read already.
func fromNode(root *yaml.Node) (Target, error) {
	if set := root.Get("spec", "deploymentPatchSet"); set != nil && len(set.Items) > patch.MaxPatches {
		e := field.TooMany(field.NewPath("spec", "deploymentPatchSet"), len(set.Items),
			patch.MaxPatches).WithOrigin(originPatch)
		return Target{}, decode.Invalid(subject(Config{}), decode.Problem(set.Pos, e))
	}
	var c Config
	if problems := decode.Resource(root, &c, false, validate); len(problems) > 0 {
		return Target{}, decode.Invalid(subject(c), problems...)
	}
	t := build(c)
	t.d.at = root.Locate("metadata.name")
	return t, nil
}

// build makes a target of a copy of a valid configuration.
func build(c Config) Target {
	c = c.clone()
	c.Kind, c.APIVersion = Kind, APIVersion
	c.Metadata.Namespace = cmp.Or(c.Metadata.Namespace, DefaultNamespace)
	set, _ := patch.NewSet(c.Spec.DeploymentPatchSet...) // validate made it, too
	return Target{d: &data{config: c, patches: set}}
}

func subject(c Config) string {
	if c.Metadata.Name == "" {
		return Kind
	}
	return Kind + " " + Ref{Namespace: c.Metadata.Namespace, Name: c.Metadata.Name}.String()
}

// IsZero reports whether t is the zero value, which is no target.
func (t Target) IsZero() bool { return t.d == nil }

// ID returns metadata.id, which may be empty.
func (t Target) ID() string { return t.config().Metadata.ID }

// Name returns metadata.name.
func (t Target) Name() string { return t.config().Metadata.Name }

// Namespace returns the VVP namespace, "default" if the configuration has none.
func (t Target) Namespace() string { return t.config().Metadata.Namespace }

// Ref returns the reference to t by name.
func (t Target) Ref() Ref { return Ref{Namespace: t.Namespace(), Name: t.Name()} }

// KubernetesNamespace returns the Kubernetes namespace that Flink runs in. Empty
// means the one that the platform itself runs in.
func (t Target) KubernetesNamespace() string {
	if k := t.config().Spec.Kubernetes; k != nil {
		return k.Namespace
	}
	return ""
}

// Patches returns the patch set, which is immutable.
func (t Target) Patches() patch.Set { return t.data().patches }

// Position returns the position of the name of t in the text that [Parse] or package deployment read.
// It is the zero Position if t was made by New or comes from a snapshot.
func (t Target) Position() flinktarget.Position { return t.data().at }

// Config returns a copy of the configuration, with kind, apiVersion and namespace set.
// To edit it does not change t; New makes another target of it.
func (t Target) Config() Config { return t.config().clone() }

// Equal reports whether t and u are the same target: all of metadata and spec.
// Formatting, comments, and nil against empty maps do not count.
func (t Target) Equal(u Target) bool {
	a, b := t.config().Metadata, u.config().Metadata
	return a.ID == b.ID && a.Name == b.Name && a.Namespace == b.Namespace &&
		maps.Equal(a.Labels, b.Labels) && maps.Equal(a.Annotations, b.Annotations) &&
		t.SameSpec(u)
}

// SameSpec reports whether t and u have the same spec, which is what is
// immutable in VVP; name, labels and annotations do not count.
func (t Target) SameSpec(u Target) bool {
	return t.KubernetesNamespace() == u.KubernetesNamespace() && t.Patches().Equal(u.Patches())
}

// String returns the kind and the reference, for messages.
func (t Target) String() string { return subject(*t.config()) }

// MarshalJSON returns the configuration as JSON, which Parse reads; null for the
// zero value.
func (t Target) MarshalJSON() ([]byte, error) {
	if t.d == nil {
		return []byte("null"), nil
	}
	return json.Marshal(t.d.config)
}

// UnmarshalJSON sets the variable t as Parse does, to the zero value for null. The
// target that it held before does not change.
func (t *Target) UnmarshalJSON(text []byte) error {
	return decode.JSON(t, text, fromNode)
}

// MarshalYAML returns the configuration as a map, for libraries such as go.yaml.in/yaml; nil
// for the zero value.
func (t Target) MarshalYAML() (any, error) { return tree.FromGo(t) }

// UnmarshalYAML sets the variable t as Parse does; errors have no places, which those
// of Parse have.
func (t *Target) UnmarshalYAML(unmarshal func(any) error) error {
	return decode.FromYAML(t, unmarshal, fromNode)
}

// MarshalYAML returns the configuration as a map, for libraries such as go.yaml.in/yaml.
func (c Config) MarshalYAML() (any, error) { return tree.FromGo(c) }

// UnmarshalYAML reads strictly what such a library hands over, as Parse does: a field that
// is not known is an error. [New] checks the rest.
func (c *Config) UnmarshalYAML(unmarshal func(any) error) error {
	return decode.FromYAML(c, unmarshal, decode.Config[Config])
}
