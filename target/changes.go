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
			d.add(at, nil, shown("", treeOf(now[i])))
		case i >= len(now):
			d.add(at, shown("", treeOf(old[i])), nil)
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
		d.values(path, "", old, now)
	} else {
		d.add(path, shown("", old), shown("", now))
	}
}

// values compares two values of this name.
func (d *differences) values(path *field.Path, name string, old, now any) {
	if tree.Equal(old, now) {
		return
	}
	switch a := old.(type) {
	case tree.Map:
		if b, ok := now.(tree.Map); ok {
			d.maps(path, name, a, b)
			return
		}
	case []any:
		if b, ok := now.([]any); ok && len(a) == len(b) {
			for i := range a {
				d.values(path.Index(i), item(name, i, a, b), a[i], b[i])
			}
			return
		}
	}
	d.add(path, shown(name, old), shown(name, now))
}

func (d *differences) maps(path *field.Path, name string, a, b tree.Map) {
	keys := append(tree.Keys(a), tree.Keys(b)...)
	slices.Sort(keys)
	for _, k := range slices.Compact(keys) {
		at := path.Child(k)
		if strings.ContainsAny(k, ".[]") {
			at = path.Key(k)
		}
		old, inA := a[k]
		now, inB := b[k]
		called := secrets.Called(name, k, func(key string) string {
			if text := tree.String(a, key); secrets.Key(text) {
				return text
			}
			return tree.String(b, key)
		})
		switch {
		case !inA:
			d.add(at, nil, shown(called, now))
		case !inB:
			d.add(at, shown(called, old), nil)
		default:
			d.values(at, called, old, now)
		}
	}
}

// item is what says what an item is that two lists have.
func item(name string, i int, a, b []any) string {
	before := func(list []any) string { s, _ := list[max(i-1, 0)].(string); return secrets.Item(name, i, s) }
	if called := before(a); secrets.Key(called) {
		return called
	}
	return before(b)
}

// shown returns v as JSON without secrets.
func shown(name string, v any) json.RawMessage { return tree.JSON(secrets.Hide(name, v)) }
