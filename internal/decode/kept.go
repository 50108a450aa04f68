package decode

import (
	"reflect"
	"slices"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/internal/schema"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/internal/yaml"
)

// Kept is a value that was checked against a type and is kept as its author wrote
// it. Types that embed it and name the type in a first field `_ [0]T` are filled by
// the decoder. The zero value is unset.
type Kept struct {
	text string // canonical JSON
	tree any    // what text says; never changed, never handed out
}

// Keep returns the Kept of a tree, the zero value for null. The tree belongs to it
// from then on.
func Keep(v any) Kept {
	if v == nil {
		return Kept{}
	}
	v = tree.Canonical(v)
	return Kept{text: string(tree.JSON(v)), tree: v}
}

func (k Kept) shared() any { return k.tree }

// Shared returns the value of a type that embeds Kept, nil if it is unset. It is
// shared by all: whoever gets it reads it only.
func Shared[K interface{ shared() any }](kept K) map[string]any {
	m, _ := kept.shared().(map[string]any)
	return m
}

// TextOf returns the JSON text, "" for the zero value.
func TextOf(k Kept) string { return k.text }

func (k *Kept) keep(v any) { *k = Keep(v) }

// keeper is implemented by types that embed Kept, and by no others: the method is
// promoted, and cannot be written outside of this package.
type keeper interface {
	keep(tree any)
}

// Ignored takes any value and keeps nothing of it.
type Ignored struct{}

func (Ignored) ignore() {}

func (d *decoder) kept(n *yaml.Node, u keeper) {
	t := reflect.TypeOf(u).Elem()
	if t.Kind() == reflect.Struct && t.NumField() > 0 && t.Field(0).Type.Kind() == reflect.Array {
		part := t.Field(0).Type.Elem()
		n = unwrap(n, part)
		d.part = true
		d.value(n, reflect.New(part).Elem(), "")
		d.part = false
	}
	u.keep(n.Value()) // even with problems, so that nothing seems to be missing
}

// unwrap returns a part of an object without the kind and apiVersion of the object.
func unwrap(n *yaml.Node, part reflect.Type) *yaml.Node {
	kinds := schema.Envelopes(part)
	if kinds == nil || n.Get("kind") == nil && n.Get("apiVersion") == nil {
		return n
	}
	out := *n
	out.Fields = slices.DeleteFunc(slices.Clone(n.Fields), func(f yaml.Field) bool {
		return f.Key == "kind" && slices.Contains(kinds, any(f.Value.Text)) ||
			f.Key == "apiVersion" && f.Value.Text == schema.EnvelopeVersion
	})
	return &out
}

// Part returns the Kept of a node that is checked against T.
func Part[T any](n *yaml.Node) (Kept, []flinktarget.Problem) {
	n = unwrap(n, reflect.TypeFor[T]())
	return Keep(n.Value()), Check[T](n, nil)
}
