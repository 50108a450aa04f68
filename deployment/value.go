package deployment

import (
	"cmp"
	"encoding/json"
	"fmt"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/internal/yaml"
	"github.com/flinktarget/flinktarget/patch"
	"github.com/flinktarget/flinktarget/target"
)

type config[C any] interface {
	Config | SessionClusterConfig
	identity() (kind string, m Metadata)
	resolved() C
}

func (c Config) identity() (string, Metadata)               { return KindDeployment, c.Metadata }
func (c SessionClusterConfig) identity() (string, Metadata) { return KindSessionCluster, c.Metadata }

// data is a resource that was checked, with the methods that Deployments and
// SessionClusters share. It does not change after it was made, and is nil in the zero value.
type data[C config[C]] struct {
	config C          // with what Deployment Defaults filled in
	source *yaml.Node // nil if it was not read from a text
	given  *C         // as it was given; nil if that is config
	layers Defaults
	newer  bool // it was read with Reader.AllowUnknown
	// savepoint is the one that a custom resource brings.
	savepoint string
}

// known returns d, or data without anything for the zero value.
func (d *data[C]) known() *data[C] {
	if d == nil {
		return &data[C]{}
	}
	return d
}

// get returns the configuration without copying it.
func (d *data[C]) get() C { return d.known().config }

// IsZero reports whether d is the zero value, which is no resource.
func (d *data[C]) IsZero() bool { return d == nil }

// ID returns metadata.id, or the id that is derived from kind, namespace and name
// where that is empty: the same for the same resource, always.
func (d *data[C]) ID() string {
	kind, m := d.get().identity()
	if m.ID != "" || d == nil {
		return m.ID
	}
	return kinds.DeriveID(kind, namespaceOf(m), m.Name)
}

// Name returns metadata.name.
func (d *data[C]) Name() string {
	_, m := d.get().identity()
	return m.Name
}

// Namespace returns the VVP namespace, "default" if none was given.
func (d *data[C]) Namespace() string {
	if d == nil {
		return ""
	}
	_, m := d.config.identity()
	return namespaceOf(m)
}

func namespaceOf(m Metadata) string { return cmp.Or(m.Namespace, target.DefaultNamespace) }

// Owner returns the resource as one who refers to a target. Its UID is metadata.id,
// which may be empty.
func (d *data[C]) Owner() target.Owner {
	kind, m := d.get().identity()
	return target.Owner{Kind: kind, Namespace: d.Namespace(), Name: m.Name, UID: m.ID}
}

// resolved returns a copy of the configuration with VVP's defaults.
func (d *data[C]) resolved() C {
	if d == nil {
		return *new(C)
	}
	return d.config.resolved()
}

// Position returns where a field stands in the text that d was read from, such
// as spec.template.spec.artifact.jarUri, or where its parent does if it is not
// there. The result is the zero Position if d was not read from a text.
func (d *data[C]) Position(field string) flinktarget.Position { return d.known().source.Locate(field) }

// String returns the kind and namespace/name, for messages.
func (d *data[C]) String() string { return subject(d.get()) }

// MarshalJSON returns the configuration as JSON, which Parse and ParseSessionCluster
// read; null for the zero value.
func (d *data[C]) MarshalJSON() ([]byte, error) {
	if d == nil {
		return []byte("null"), nil
	}
	return json.Marshal(d.config)
}

// MarshalYAML returns the configuration as a map, for libraries such as go.yaml.in/yaml; nil
// for the zero value.
func (d *data[C]) MarshalYAML() (any, error) { return tree.FromGo(d) }

func (d *data[C]) equal(e *data[C]) bool {
	if d == nil || e == nil {
		return d == e
	}
	return equalJSON(d.config, e.config)
}

// equalJSON compares values, not texts: the CPUs 1 and 1.0 are equal.
func equalJSON(a, b any) bool {
	v, errV := tree.FromGo(a)
	w, errW := tree.FromGo(b)
	return errV == nil && errW == nil && tree.Equal(v, w)
}

// subject names a resource in messages.
func subject[C config[C]](c C) string {
	kind, m := c.identity()
	if m.Name == "" {
		return kind
	}
	return kind + " " + namespaceOf(m) + "/" + m.Name
}

// patches reports whether s changes resources of a kind.
func patches(s patch.Set, kind string) bool {
	for _, p := range s.All() {
		if p.SelectsKind(kinds.VVPVersion, kind) {
			return true
		}
	}
	return false
}

// patch applies s to d with its defaults. The result is a document that is to be checked, nil
// if no patch is for such resources.
func (d *data[C]) patch(s patch.Set) (*yaml.Node, error) {
	kind, _ := d.get().identity()
	if d == nil || !patches(s, kind) {
		return nil, nil
	}
	v, _ := tree.FromGo(d.resolved()) // which was checked
	doc, _ := v.(tree.Map)
	kinds.Fill(kinds.TypeMeta{APIVersion: kinds.VVPVersion, Kind: kind}, doc)
	doc, err := s.ApplyResource(doc)
	if err != nil {
		return nil, err
	}
	return yaml.FromTree(doc), nil
}

// UnmarshalYAML sets the variable d as Parse does, from what such a library hands over.
// Errors have no places; those of Parse do.
func (d *Deployment) UnmarshalYAML(unmarshal func(any) error) error {
	return decode.FromYAML(d, unmarshal, Reader{}.deployment)
}

// UnmarshalYAML sets the variable s as ParseSessionCluster does, from what such a library
// hands over. Errors have no places; those of ParseSessionCluster do.
func (s *SessionCluster) UnmarshalYAML(unmarshal func(any) error) error {
	return decode.FromYAML(s, unmarshal, Reader{}.sessionCluster)
}

// MarshalYAML returns the configuration as a map, for libraries such as go.yaml.in/yaml.
func (c Config) MarshalYAML() (any, error) { return tree.FromGo(c) }

// UnmarshalYAML decodes strictly what such a library hands over: a field that is not known
// is an error. [New] checks the rest.
func (c *Config) UnmarshalYAML(unmarshal func(any) error) error {
	return decode.FromYAML(c, unmarshal, decode.Config[Config])
}

// MarshalYAML returns the configuration as a map, for libraries such as go.yaml.in/yaml.
func (c SessionClusterConfig) MarshalYAML() (any, error) { return tree.FromGo(c) }

// UnmarshalYAML decodes strictly; see [Config.UnmarshalYAML].
func (c *SessionClusterConfig) UnmarshalYAML(unmarshal func(any) error) error {
	return decode.FromYAML(c, unmarshal, decode.Config[SessionClusterConfig])
}

// MarshalYAML returns the layer as a map, for libraries such as go.yaml.in/yaml.
func (c DefaultsConfig) MarshalYAML() (any, error) { return tree.FromGo(c) }

// UnmarshalYAML decodes strictly; see [Config.UnmarshalYAML].
func (c *DefaultsConfig) UnmarshalYAML(unmarshal func(any) error) error {
	return decode.FromYAML(c, unmarshal, decode.Config[DefaultsConfig])
}

// defaultsOf reads a list of layers, as Defaults marshal.
func defaultsOf(root *yaml.Node) (Defaults, error) {
	if problems := decode.Check[[]any](root, nil); len(problems) > 0 {
		return Defaults{}, decode.Invalid(KindDefaults, problems...)
	}
	layers := make([]DefaultsConfig, len(root.Items))
	for i, item := range root.Items {
		var err error
		if layers[i], err = decode.Config[DefaultsConfig](item); err != nil {
			return Defaults{}, err
		}
	}
	return NewDefaults(layers...)
}

// UnmarshalJSON sets the variable d to the Defaults of a list of layers; see [NewDefaults].
func (d *Defaults) UnmarshalJSON(text []byte) error { return decode.JSON(d, text, defaultsOf) }

// MarshalYAML returns the list of the layers, for libraries such as go.yaml.in/yaml.
func (d Defaults) MarshalYAML() (any, error) { return tree.FromGo(d) }

// UnmarshalYAML sets the variable d as UnmarshalJSON does.
func (d *Defaults) UnmarshalYAML(unmarshal func(any) error) error {
	return decode.FromYAML(d, unmarshal, defaultsOf)
}

// Raw is a part of a Kubernetes object of type T, as its author wrote it: what is
// not set stays unset, and an explicit false, 0 or null survives. It is checked
// strictly against T, unless a [Reader] allows what is unknown. Raw values are immutable; the zero value is unset.
//
// Make one with [FromYAML] or [FromObject], or by decoding a configuration.
type Raw[T any] struct{ kept[T] }

// kept lets the decoder of configurations fill a Raw.
type kept[T any] = decode.Kept[T]

// FromYAML returns the Raw of a YAML or JSON text. The error is an [*flinktarget.InvalidError].
func FromYAML[T any](text []byte) (Raw[T], error) {
	return decode.Parse("", "", text, fromNode[T])
}

// FromObject returns the Raw of what v marshals to as JSON. Apply configurations
// of client-go are the best fit for v, because they tell zero from unset; typed
// objects and maps will do.
func FromObject[T any](v any) (Raw[T], error) {
	t, err := tree.FromGo(v)
	if err != nil {
		return Raw[T]{}, fmt.Errorf("marshalling %T: %w", v, err)
	}
	return fromNode[T](yaml.FromTree(t))
}

func fromNode[T any](root *yaml.Node) (Raw[T], error) {
	kept, problems := decode.Part[T](root)
	if len(problems) > 0 {
		return Raw[T]{}, decode.Invalid("", problems...)
	}
	return Raw[T]{kept}, nil
}

// IsZero reports whether r is unset.
func (r Raw[T]) IsZero() bool { return r.text() == "" }

func (r Raw[T]) text() string { return decode.TextOf(r.kept) }

// Equal reports whether r and s hold the same JSON value.
func (r Raw[T]) Equal(s Raw[T]) bool { return r.text() == s.text() }

// Map returns the value as a fresh map, with int64 and float64 numbers; nil if r
// is unset.
func (r Raw[T]) Map() map[string]any {
	return tree.CopyMap(r.shared())
}

// shared returns the value itself, to be read only.
func (r Raw[T]) shared() map[string]any { return decode.Shared(r.kept) }

// String returns the value as JSON, "null" if r is unset.
func (r Raw[T]) String() string {
	if r.IsZero() {
		return "null"
	}
	return r.text()
}

// MarshalJSON returns the value as it was written; null if r is unset.
func (r Raw[T]) MarshalJSON() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalJSON sets the variable r. The value that it held before does not change.
func (r *Raw[T]) UnmarshalJSON(text []byte) error { return decode.JSON(r, text, fromNode[T]) }

// MarshalYAML returns the value for libraries such as go.yaml.in/yaml; nil if r is unset.
func (r Raw[T]) MarshalYAML() (any, error) { return tree.FromJSON([]byte(r.String())) }

// UnmarshalYAML sets the variable r from what such a library hands over.
func (r *Raw[T]) UnmarshalYAML(unmarshal func(any) error) error {
	return decode.FromYAML(r, unmarshal, fromNode[T])
}
