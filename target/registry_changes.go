package target

import (
	"encoding/json"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/patch"
)

// changes returns the differences in what is immutable between two targets.
func changes(old, now Target) []FieldChange {
	var d differences
	d.compareText(field.NewPath("metadata", "id"), old.ID(), now.ID())
	spec := field.NewPath("spec")
	d.compareText(spec.Child("kubernetes", "namespace"), old.KubernetesNamespace(), now.KubernetesNamespace())
	d.comparePatches(spec.Child("deploymentPatchSet"), patchesOf(old), patchesOf(now))
	return d.found
}

func patchesOf(t Target) []patch.Patch {
	var list []patch.Patch
	for _, p := range t.Patches().All() {
		list = append(list, p)
	}
	return list
}

type differences struct {
	found []FieldChange
}

func (d *differences) add(path *field.Path, from, to json.RawMessage) {
	d.found = append(d.found, FieldChange{Field: path.String(), From: from, To: to})
}

func (d *differences) compareText(path *field.Path, from, to string) {
	if from != to {
		d.add(path, text(from), text(to))
	}
}

// text returns s as JSON, nil if there is none.
func text(s string) json.RawMessage {
	if s == "" {
		return nil
	}
	return tree.JSON(s)
}

// comparePatches leaves out what both lists begin and end with, so that an entry
// that was put in front is one difference and not one for every entry after it.
func (d *differences) comparePatches(path *field.Path, old, now []patch.Patch) {
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
			d.add(at, nil, tree.JSON(hideSecrets(treeOf(now[i]))))
		case i >= len(now):
			d.add(at, tree.JSON(hideSecrets(treeOf(old[i]))), nil)
		default:
			d.comparePatch(at, treeOf(old[i]), treeOf(now[i]))
		}
	}
}

// treeOf cannot fail: the text of a patch is JSON.
func treeOf(p patch.Patch) any {
	v, _ := tree.FromJSON([]byte(p.String()))
	return v
}

// comparePatch descends into patches of the same form only; of others, the fields
// have nothing to do with each other.
func (d *differences) comparePatch(path *field.Path, old, now any) {
	a, b := shown{old, hideSecrets(old)}, shown{now, hideSecrets(now)}
	x, _ := old.(map[string]any)
	y, _ := now.(map[string]any)
	if slices.Equal(tree.Keys(x), tree.Keys(y)) {
		d.compare(path, a, b)
	} else {
		d.add(path, a.json(), b.json())
	}
}

// shown is a tree, and the same tree as it may be seen.
type shown struct {
	value, visible any
}

func (s shown) json() json.RawMessage { return tree.JSON(s.visible) }

func (d *differences) compare(path *field.Path, old, now shown) {
	if tree.Equal(old.value, now.value) {
		return
	}
	switch a := old.value.(type) {
	case map[string]any:
		if b, ok := now.value.(map[string]any); ok {
			d.compareMaps(path, a, b, old.visible.(map[string]any), now.visible.(map[string]any))
			return
		}
	case []any:
		if b, ok := now.value.([]any); ok && len(a) == len(b) {
			seenA, seenB := old.visible.([]any), now.visible.([]any)
			for i := range a {
				d.compare(path.Index(i), shown{a[i], seenA[i]}, shown{b[i], seenB[i]})
			}
			return
		}
	}
	d.add(path, old.json(), now.json())
}

func (d *differences) compareMaps(path *field.Path, a, b, seenA, seenB map[string]any) {
	keys := append(tree.Keys(a), tree.Keys(b)...)
	slices.Sort(keys)
	for _, k := range slices.Compact(keys) {
		at := path.Child(k)
		if strings.ContainsAny(k, ".[]") {
			at = path.Key(k)
		}
		_, inA := a[k]
		_, inB := b[k]
		switch {
		case !inA:
			d.add(at, nil, tree.JSON(seenB[k]))
		case !inB:
			d.add(at, tree.JSON(seenA[k]), nil)
		default:
			d.compare(at, shown{a[k], seenA[k]}, shown{b[k], seenB[k]})
		}
	}
}
