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
	d.values(field.NewPath("metadata", "id"), text(old.ID()), text(now.ID()))
	d.values(spec.Child("kubernetes", "namespace"), text(old.KubernetesNamespace()), text(now.KubernetesNamespace()))
	d.patches(spec.Child("deploymentPatchSet"),
		old.config().Spec.DeploymentPatchSet, now.config().Spec.DeploymentPatchSet)
	return d
}

// version is what one of the targets has in a field.
type version struct {
	is    bool // it is there
	value any
	shown any // the value without secrets, of the same shape
}

// text is a field that is not there where it is empty.
func text(s string) version { return version{s != "", s, secrets.Hide("", s)} }

// entry cannot fail: the text of a patch is a JSON object.
func entry(list []patch.Patch, i int) version {
	if i >= len(list) {
		return version{}
	}
	v, _ := tree.FromJSON([]byte(list[i].String()))
	return version{true, v, secrets.Hide("", v)}
}

// field is one of a map, item one of a list.
func (v version) field(key string) version {
	value, is := tree.Child(v.value)[key]
	return version{is, value, tree.Child(v.shown)[key]}
}

func (v version) item(i int) version {
	return version{true, tree.Items(v.value)[i], tree.Items(v.shown)[i]}
}

func (v version) json() json.RawMessage {
	if !v.is {
		return nil
	}
	return tree.JSON(v.shown)
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
		at, a, b := path.Index(start+i), entry(old, i), entry(now, i)
		if slices.Equal(tree.Keys(tree.Child(a.value)), tree.Keys(tree.Child(b.value))) {
			d.values(at, a, b)
		} else {
			d.add(at, a, b)
		}
	}
}

func (d *differences) values(path *field.Path, old, now version) {
	was, is := tree.Child(old.value), tree.Child(now.value)
	a, b := tree.Items(old.value), tree.Items(now.value)
	switch {
	case old.is == now.is && tree.Equal(old.value, now.value):
	case was != nil && is != nil:
		for _, k := range tree.KeysOfBoth(was, is) {
			at := path.Child(k)
			if strings.ContainsAny(k, ".[]") {
				at = path.Key(k)
			}
			d.values(at, old.field(k), now.field(k))
		}
	case a != nil && b != nil && len(a) == len(b):
		for i := range a {
			d.values(path.Index(i), old.item(i), now.item(i))
		}
	default:
		d.add(path, old, now)
	}
}

func (d *differences) add(path *field.Path, old, now version) {
	*d = append(*d, FieldChange{Field: path.String(), From: old.json(), To: now.json()})
}
