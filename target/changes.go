package target

import (
	"encoding/json"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/internal/secrets"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/patch"
)

// changes returns the differences between the ids and the specs of two targets.
func changes(old, now Target) []FieldChange {
	var d differences
	d.texts(field.NewPath("metadata", "id"), old.ID(), now.ID())
	spec := field.NewPath("spec")
	d.texts(spec.Child("kubernetes", "namespace"), old.KubernetesNamespace(), now.KubernetesNamespace())
	d.patches(spec.Child("deploymentPatchSet"),
		old.config().Spec.DeploymentPatchSet, now.config().Spec.DeploymentPatchSet)
	return d
}

type differences []FieldChange

func (d *differences) add(path *field.Path, from, to json.RawMessage) {
	*d = append(*d, FieldChange{Field: path.String(), From: from, To: to})
}

// texts compares fields that are absent where they are empty.
func (d *differences) texts(path *field.Path, from, to string) {
	text := func(s string) json.RawMessage {
		if s == "" {
			return nil
		}
		return tree.JSON(s)
	}
	if from != to {
		d.add(path, text(from), text(to))
	}
}

// patches leaves out what both lists begin and end with, so that an entry that was
// put in front is one difference and not one for every entry after it.
func (d *differences) patches(path *field.Path, old, now []patch.Patch) {
	start := 0
	for start < min(len(old), len(now)) && old[start].Equal(now[start]) {
		start++
	}
	old, now = old[start:], now[start:]
	for len(old) > 0 && len(now) > 0 && old[len(old)-1].Equal(now[len(now)-1]) {
		old, now = old[:len(old)-1], now[:len(now)-1]
	}
	for i := range max(len(old), len(now)) {
		at := path.Index(start + i)
		switch {
		case i >= len(old):
			d.add(at, nil, masked(treeOf(now[i]), false))
		case i >= len(now):
			d.add(at, masked(treeOf(old[i]), false), nil)
		default:
			d.patch(at, treeOf(old[i]), treeOf(now[i]))
		}
	}
}

// treeOf cannot fail: the text of a patch is a JSON object.
func treeOf(p patch.Patch) tree.Map {
	v, _ := tree.FromJSON([]byte(p.String()))
	return v.(tree.Map)
}

// patch descends into patches of the same form only; the fields of different forms
// have nothing to do with each other.
func (d *differences) patch(path *field.Path, old, now tree.Map) {
	if slices.Equal(tree.Keys(old), tree.Keys(now)) {
		d.values(path, old, now, false)
	} else {
		d.add(path, masked(old, false), masked(now, false))
	}
}

// values compares two values; secret says that they are values of a secret's key.
func (d *differences) values(path *field.Path, old, now any, secret bool) {
	if tree.Equal(old, now) {
		return
	}
	switch a := old.(type) {
	case tree.Map:
		if b, ok := now.(tree.Map); ok {
			d.maps(path, a, b, secret)
			return
		}
	case []any:
		if b, ok := now.([]any); ok && len(a) == len(b) {
			for i := range a {
				d.values(path.Index(i), a[i], b[i], secret || secretItem(a, i) || secretItem(b, i))
			}
			return
		}
	}
	d.add(path, masked(old, secret), masked(now, secret))
}

func (d *differences) maps(path *field.Path, a, b tree.Map, secret bool) {
	keys := append(tree.Keys(a), tree.Keys(b)...)
	slices.Sort(keys)
	for _, k := range slices.Compact(keys) {
		at := path.Child(k)
		if strings.ContainsAny(k, ".[]") {
			at = path.Key(k)
		}
		old, inA := a[k]
		now, inB := b[k]
		hide := secret || secretField(a, k) || secretField(b, k)
		switch {
		case !inA:
			d.add(at, nil, masked(now, hide))
		case !inB:
			d.add(at, masked(old, hide), nil)
		default:
			d.values(at, old, now, hide)
		}
	}
}

// masked returns v as JSON without what looks like a secret; it hides too much rather
// than too little. Of a secret's value, it hides every text and number: booleans and
// null tell nothing.
func masked(v any, secret bool) json.RawMessage { return tree.JSON(mask(v, secret)) }

func mask(v any, secret bool) any {
	switch t := v.(type) {
	case nil, bool:
		return t
	case []any:
		out := make([]any, len(t))
		for i, e := range t {
			out[i] = mask(e, secret || secretItem(t, i))
		}
		return out
	case tree.Map:
		out := make(tree.Map, len(t))
		for k, e := range t {
			out[k] = mask(e, secret || secretField(t, k))
		}
		return out
	}
	if text, isText := v.(string); secret || isText && !secrets.Quotable(text) {
		return "(hidden)"
	}
	return v
}

// secretItem reports whether an item follows a flag such as --password.
func secretItem(list []any, i int) bool {
	before, _ := list[max(0, i-1)].(string)
	return i > 0 && secrets.Flag(before)
}

// secretField reports whether values of the key k of m are secrets: k is the key of a
// secret, or the value of one that m names, as an environment variable and an
// operation of a JSON patch do.
func secretField(m tree.Map, k string) bool {
	return secrets.Key(k) ||
		k == "value" && (secrets.Key(tree.String(m, "name")) || secrets.Key(tree.String(m, "path")))
}
