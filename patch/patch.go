package patch

import (
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/jsonpatch"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/internal/yaml"
)

// A Patch is one entry of a patch set: checked, compiled, immutable. Make one
// with [Parse], or by unmarshalling a configuration that holds patches. The zero
// value is no patch; a [Set] does not take it.
//
// Patches are safe for concurrent use. Compare them with [Patch.Equal].
type Patch struct {
	_ [0]func()
	p *compiled
}

// compiled is what a patch was made from and what it was made to. It does not
// change after it was made.
type compiled struct {
	// entry is the patch as a tree: texts inside it are parsed, so that formatting
	// and comments do not count. Nothing outside of this package sees it.
	entry map[string]any
	// resource is the VVP kind that the patch changes, or "" for objects.
	resource  string
	name      string // of the resource, "" for any
	namespace string
	selector  *selection
	ops       []jsonpatch.Op
	content   map[string]any       // of a strategic merge, read only
	at        flinktarget.Position // of the entry, zero if it was not read from a text
}

// Parse reads one entry of a patch set, YAML or JSON, in any of the three forms
// that the package describes. Its errors are of type [*flinktarget.InvalidError].
func Parse(data []byte) (Patch, error) {
	return decode.Parse("", "", data, fromNode)
}

// MustParse is Parse for patches that are part of a program. It panics on errors.
func MustParse(text string) Patch {
	p, err := Parse([]byte(text))
	if err != nil {
		panic(err)
	}
	return p
}

func fromNode(n *yaml.Node) (Patch, error) {
	b := &builder{root: n}
	c := b.build()
	if len(b.problems) == 0 && kinds.IsReserved(string(tree.JSON(c.entry))) {
		b.add("", field.OmitValueType{}, originText, kinds.Reserved)
	}
	if len(b.problems) > 0 {
		return Patch{}, decode.Invalid("", b.problems...)
	}
	c.at = n.Pos
	return Patch{p: c}, nil
}

// IsZero reports whether p is the zero value, which is no patch.
func (p Patch) IsZero() bool { return p.p == nil }

// Position returns where the entry begins in the text that p was read from, the zero
// Position if it was not read from a text.
func (p Patch) Position() flinktarget.Position {
	if p.p == nil {
		return flinktarget.Position{}
	}
	return p.p.at
}

// Equal reports whether p and q are the same entry. Formatting, comments, places and
// the order of keys do not count, and neither does whether a patch inside an entry
// is written as text.
func (p Patch) Equal(q Patch) bool {
	if p.p == nil || q.p == nil {
		return p.p == q.p
	}
	return tree.Equal(p.p.entry, q.p.entry)
}

// String returns the entry as one line of JSON.
func (p Patch) String() string {
	if p.p == nil {
		return "null"
	}
	return string(tree.JSON(p.p.entry))
}

// MarshalJSON returns the entry in the form that Parse reads; null for the zero
// value.
func (p Patch) MarshalJSON() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalJSON sets the variable p as Parse does. The patch that it held before
// does not change.
func (p *Patch) UnmarshalJSON(data []byte) error {
	v, err := tree.FromJSON(data)
	if err != nil {
		return err
	}
	return p.read(yaml.FromTree(v))
}

// MarshalYAML returns the entry as a map, for libraries such as go.yaml.in/yaml; nil for the
// zero value.
func (p Patch) MarshalYAML() (any, error) { return tree.FromGo(p) }

// UnmarshalYAML sets the variable p as Parse does, from what a YAML library hands over: the
// interface is that of go.yaml.in/yaml.
func (p *Patch) UnmarshalYAML(unmarshal func(any) error) error {
	n, err := decode.YAML(unmarshal)
	if err != nil {
		return err
	}
	return p.read(n)
}

func (p *Patch) read(n *yaml.Node) error {
	if n.Kind == yaml.Null {
		return decode.Invalid("", decode.Fields(field.ErrorList{
			field.Required(nil, "a patch; remove the entry to have none")})...)
	}
	q, err := fromNode(n)
	if err == nil {
		*p = q
	}
	return err
}

// SelectsKind reports whether p changes resources of this kind, given the right name and
// labels: objects of Kubernetes, or VVP's Deployment and SessionCluster of "v1".
func (p Patch) SelectsKind(apiVersion, kind string) bool {
	if p.p == nil {
		return false
	}
	if _, vvp := kinds.LookupResource(kinds.TypeMeta{APIVersion: apiVersion, Kind: kind}); vvp {
		return p.p.resource == kind
	}
	return p.p.selector != nil && p.p.selector.matchKind(apiVersion, kind)
}
