package decode

import (
	"reflect"
	"slices"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/internal/schema"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/internal/yaml"
)

// Kept is a value that was checked against T and is kept as its author wrote it. The
// decoder fills types that embed it. The zero value is unset.
type Kept[T any] struct {
	_    [0]func() // values are compared by their texts
	text string    // canonical JSON
	tree any       // what text says; never changed, never handed out
}

func (k Kept[T]) shared() any { return k.tree }

// Shared returns the value of a type that embeds Kept, nil if it is unset. It is
// shared by all: whoever gets it reads it only.
func Shared[K interface{ shared() any }](kept K) map[string]any {
	m, _ := kept.shared().(map[string]any)
	return m
}

// TextOf returns the JSON text, "" for the zero value.
func TextOf[T any](k Kept[T]) string { return k.text }

// keep keeps a tree, which belongs to k from then on; nothing of null.
func (k *Kept[T]) keep(v any) {
	if *k = (Kept[T]{}); v != nil {
		k.tree = tree.Canonical(v)
		k.text = string(tree.JSON(k.tree))
	}
}

func (*Kept[T]) part() reflect.Type { return reflect.TypeFor[T]() }

// keeper is implemented by types that embed Kept, and by no others: the methods are
// promoted, and cannot be written outside of this package.
type keeper interface {
	keep(tree any)
	part() reflect.Type
}

// PartOf returns what values of a type that embeds Kept are checked against, nil for others.
func PartOf(t reflect.Type) reflect.Type {
	if u, ok := reflect.New(t).Interface().(keeper); ok {
		return u.part()
	}
	return nil
}

// Ignored takes any value and keeps nothing of it.
type Ignored struct{}

func (Ignored) ignore() {}

func (d *decoder) kept(n *yaml.Node, u keeper) {
	n = unwrap(n, u.part())
	d.part = true
	d.value(n, reflect.New(u.part()).Elem(), "")
	d.part = false
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

// Part returns the Kept of a node, and what is wrong with it.
func Part[T any](n *yaml.Node) (k Kept[T], problems []flinktarget.Problem) {
	n = unwrap(n, k.part())
	k.keep(n.Value())
	return k, Check[T](n, nil)
}
