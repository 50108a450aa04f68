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
	spec := field.NewPath("spec")
	d.values(field.NewPath("metadata", "id"), "", textOf(old.ID()), textOf(now.ID()))
	d.values(spec.Child("kubernetes", "namespace"), "", textOf(old.KubernetesNamespace()),
		textOf(now.KubernetesNamespace()))
	d.patches(spec.Child("deploymentPatchSet"),
		old.config().Spec.DeploymentPatchSet, now.config().Spec.DeploymentPatchSet)
	return d
}

// absent stands for what one of the targets does not have.
type absent struct{}

// textOf is a field that is absent where it is empty.
func textOf(s string) any {
	if s == "" {
		return absent{}
	}
	return s
}

type differences []FieldChange

// patches leaves out what both lists begin and end with, so that an entry that was
// put in front is one difference and not one for every entry after it. It descends into
// patches of the same form only; the fields of different forms have nothing to do with each
// other.
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
		at, a, b := path.Index(start+i), entryOf(old, i), entryOf(now, i)
		if slices.Equal(tree.Keys(tree.Child(a)), tree.Keys(tree.Child(b))) {
			d.values(at, "", a, b)
		} else {
			d.add(at, "", a, b)
		}
	}
}

// entryOf cannot fail: the text of a patch is a JSON object.
func entryOf(list []patch.Patch, i int) any {
	if i >= len(list) {
		return absent{}
	}
	v, _ := tree.FromJSON([]byte(list[i].String()))
	return v
}

// values compares two values of this name.
func (d *differences) values(path *field.Path, name string, old, now any) {
	a, b := tree.Items(old), tree.Items(now)
	switch was, is := tree.Child(old), tree.Child(now); {
	case tree.Equal(old, now):
	case was != nil && is != nil:
		d.maps(path, name, was, is)
	case a != nil && b != nil && len(a) == len(b):
		for i := range a {
			d.values(path.Index(i), item(name, i, a, b), a[i], b[i])
		}
	default:
		d.add(path, name, old, now)
	}
}

func (d *differences) maps(path *field.Path, name string, a, b tree.Map) {
	keys := append(tree.Keys(a), tree.Keys(b)...)
	slices.Sort(keys)
	for _, k := range slices.Compact(keys) {
		at := path.Child(k)
		if strings.ContainsAny(k, ".[]") {
			at = path.Key(k)
		}
		called := secrets.Called(name, k, func(key string) string {
			if text := tree.String(a, key); secrets.Key(text) {
				return text
			}
			return tree.String(b, key)
		})
		d.values(at, called, fieldOf(a, k), fieldOf(b, k))
	}
}

func fieldOf(m tree.Map, key string) any {
	if v, ok := m[key]; ok {
		return v
	}
	return absent{}
}

// item is what says what an item is that two lists have.
func item(name string, i int, a, b []any) string {
	before := func(list []any) string { s, _ := list[max(i-1, 0)].(string); return secrets.Item(name, i, s) }
	if called := before(a); secrets.Key(called) {
		return called
	}
	return before(b)
}

// add adds a difference as JSON without secrets.
func (d *differences) add(path *field.Path, name string, from, to any) {
	*d = append(*d, FieldChange{Field: path.String(), From: shown(name, from), To: shown(name, to)})
}

func shown(name string, v any) json.RawMessage {
	if v == any(absent{}) {
		return nil
	}
	return tree.JSON(secrets.Hide(name, v))
}
