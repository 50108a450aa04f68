package deployment

import (
	"cmp"
	"encoding/json"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/internal/yaml"
	"github.com/flinktarget/flinktarget/patch"
	"github.com/flinktarget/flinktarget/target"
)

type config interface {
	Config | SessionClusterConfig
	identity() (kind string, m Metadata)
}

func (c Config) identity() (string, Metadata)               { return KindDeployment, c.Metadata }
func (c SessionClusterConfig) identity() (string, Metadata) { return KindSessionCluster, c.Metadata }

// data is a resource that was checked. It does not change after it was made, and is
// nil in the zero value of a Deployment or a SessionCluster.
type data[C config] struct {
	config C          // with what Deployment Defaults filled in
	source *yaml.Node // nil if it was not read from a text
	given  *C         // as it was given; nil if that is config
	layers Defaults
	newer  bool // it was read with Reader.AllowUnknown
	// savepoint is the one that a custom resource brings.
	savepoint string
}

// get returns the configuration without copying it.
func (d *data[C]) get() C {
	if d == nil {
		return *new(C)
	}
	return d.config
}

func (d *data[C]) id() string {
	if d == nil {
		return ""
	}
	kind, m := d.config.identity()
	if m.ID != "" {
		return m.ID
	}
	return kinds.DeriveID(kind, namespaceOf(m), m.Name)
}

func (d *data[C]) namespace() string {
	if d == nil {
		return ""
	}
	_, m := d.config.identity()
	return namespaceOf(m)
}

func namespaceOf(m Metadata) string { return cmp.Or(m.Namespace, target.DefaultNamespace) }

func (d *data[C]) owner() target.Owner {
	kind, m := d.get().identity()
	return target.Owner{Kind: kind, Namespace: d.namespace(), Name: m.Name, UID: m.ID}
}

func (d *data[C]) position(field string) flinktarget.Position {
	if d == nil {
		return flinktarget.Position{}
	}
	return d.source.Locate(field)
}

func (d *data[C]) json() ([]byte, error) {
	if d == nil {
		return []byte("null"), nil
	}
	return json.Marshal(d.config)
}

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
func subject[C config](c C) string {
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
func (d *data[C]) patch(s patch.Set, resolved func() C) (*yaml.Node, error) {
	kind, _ := d.get().identity()
	if d == nil || !patches(s, kind) {
		return nil, nil
	}
	v, _ := tree.FromGo(resolved()) // which was checked
	doc, _ := v.(tree.Map)
	kinds.Fill(kinds.TypeMeta{APIVersion: kinds.VVPVersion, Kind: kind}, doc)
	doc, err := s.ApplyResource(doc)
	if err != nil {
		return nil, err
	}
	return yaml.FromTree(doc), nil
}
