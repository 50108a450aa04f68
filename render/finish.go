package render

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/internal/verify"
	"github.com/flinktarget/flinktarget/patch"
)

// AnnotationConfigChecksum is put on pod templates with the SHA-256 of the
// ConfigMap's data, so that pods are replaced when the configuration changes:
// Kubernetes does not restart them by itself.
const AnnotationConfigChecksum = "flinktarget.github.io/config-checksum"

// finish completes patched objects: checksum, order, verification, whose
// problems then are in the order of the objects.
func (g *rendering) finish(objects []tree.Map) (Manifests, error) {
	checksum(objects)
	g.trace.checksum(objects)
	g.trace.complete(objects)
	order(objects)
	if problems := verifyObjects(objects, g.unpatched.expectation()); len(problems) > 0 {
		return Manifests{}, fmt.Errorf("%s with %s: %w", g.resource, g.target, &VerifyError{Problems: g.attribute(problems)})
	}
	m := Manifests{warnings: g.warnings, resource: g.resource.String()}
	for _, o := range objects {
		m.objects = append(m.objects, Object{tree: o, trace: g.trace.of(o)})
	}
	m.uses = g.patchUses(objects)
	return m, nil
}

// verifyObjects is verify.Objects but in tests of panics.
var verifyObjects = verify.Objects

// order sorts objects as they are best applied.
func order(objects []tree.Map) {
	slices.SortStableFunc(objects, func(a, b tree.Map) int {
		return cmp.Or(
			cmp.Compare(kinds.Rank(kinds.TypeOf(a)), kinds.Rank(kinds.TypeOf(b))),
			cmp.Compare(tree.String(a, "metadata", "namespace"), tree.String(b, "metadata", "namespace")),
			cmp.Compare(tree.String(a, "metadata", "name"), tree.String(b, "metadata", "name")),
		)
	})
}

func checksum(objects []tree.Map) {
	var sum string
	for _, o := range objects {
		if tree.String(o, "kind") == "ConfigMap" {
			sum = tree.Sum(o["data"])
		}
	}
	for i, o := range objects {
		if tree.Child(o, "spec", "template", "metadata") != nil {
			objects[i] = with(o, sum, "spec", "template", "metadata", "annotations", AnnotationConfigChecksum)
		}
	}
}

// with returns m with a value at a path. Patched objects share what they can with
// others, so what changes is copied.
func with(m tree.Map, value any, path ...string) tree.Map {
	out := make(tree.Map, len(m)+1)
	maps.Copy(out, m)
	if len(path) == 1 {
		out[path[0]] = value
		return out
	}
	child, _ := m[path[0]].(tree.Map)
	out[path[0]] = with(child, value, path[1:]...)
	return out
}

// patchUses tells which of the patches that address a kind of these objects
// changed one.
func (g *rendering) patchUses(objects []tree.Map) []patchUse {
	var out []patchUse
	for i, p := range g.target.Patches().All() {
		addressed := slices.ContainsFunc(objects, func(o tree.Map) bool {
			return p.SelectsKind(tree.String(o, "apiVersion"), tree.String(o, "kind"))
		})
		if addressed {
			matched := slices.ContainsFunc(g.matched, func(m patch.Match) bool { return m.Patch == i })
			out = append(out, patchUse{target: g.target.Ref().String(), patch: i, at: p.Position(), matched: matched})
		}
	}
	return out
}
