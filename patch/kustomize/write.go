package kustomize

import (
	"bytes"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/internal/yaml"
	"github.com/flinktarget/flinktarget/patch"
)

// Kustomization returns a kustomization.yaml that has the patches of a set for Kubernetes
// objects, in their order, and names these files of resources. A build of it changes
// rendered objects as the set does, within the differences that the package describes. Patches
// of VVP resources cannot be in it, which is a warning each: resources are rendered with them.
//
// It fails with an [*flinktarget.InvalidError] for a null of a label or an annotation in a patch for
// several objects: kustomize would write the text "null".
func Kustomization(set patch.Set, resources ...string) (text []byte, warnings []flinktarget.Problem, err error) {
	var problems []flinktarget.Problem
	var patches []any
	for i, p := range set.All() {
		e, err := entryOf(p)
		if err != nil {
			warnings = append(warnings, decode.Warning(ruleNotTaken, "", kinds.PatchField(i),
				"already applied: it changes resources of VVP", p.Position()))
			continue
		}
		written, bad := e.written()
		if bad != nil {
			bad.Field = tree.Join(kinds.PatchField(i), bad.Field)
			problems = append(problems, decode.Problem(p.Position(), bad))
		}
		patches = append(patches, written)
	}
	if len(problems) > 0 {
		return nil, nil, decode.Invalid("", problems...)
	}
	out := tree.Map{"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}
	if len(resources) > 0 {
		out["resources"] = tree.FromList(resources)
	}
	if len(patches) > 0 {
		out["patches"] = patches
	}
	text, err = yaml.Append(nil, out)
	return text, warnings, err
}

// written returns the entry of a kustomization's patches.
func (e entry) written() (tree.Map, *field.Error) {
	if e.ops != nil {
		text, _ := yaml.Append(nil, e.ops) // what patches have is JSON
		return tree.Map{"target": targetTree(e.target), "patch": string(text)}, nil
	}
	content := tree.CopyMap(e.content)
	out := tree.Map{"target": targetTree(e.target)}
	if null := nullOf(content); null != nil {
		if !e.inline || e.target.Name == "" || e.target.Namespace == "" {
			return nil, field.Forbidden(null, "kustomize writes the text \"null\" where a patch has a target: give "+
				"the patch apiVersion, kind, metadata.name and metadata.namespace in place of a target")
		}
		delete(out, "target") // then kustomize deletes what is null
	}
	// kustomize does not read a patch without these, whatever they are where there is a target.
	setDefault(content, "kind", "Any")
	metadata, ok := content["metadata"].(tree.Map)
	if !ok {
		metadata = tree.Map{}
		setDefault(content, "metadata", metadata)
	}
	setDefault(metadata, "name", "any")
	text, _ := yaml.Append(nil, content)
	// kustomize takes the last line feed from a patch: it may be that of a block scalar.
	if docs, _ := yaml.Parse("", bytes.TrimSpace(text)); len(docs) == 1 && !tree.Equal(docs[0].Value(), content) {
		text = append(text, "# end\n"...)
	}
	out["patch"] = string(text)
	return out, nil
}

func setDefault(m tree.Map, key string, value any) {
	if _, ok := m[key]; !ok {
		m[key] = value
	}
}

// nullOf returns the path of a label or an annotation that is null, nil if there is none.
func nullOf(content tree.Map) *field.Path {
	for _, name := range [...]string{"labels", "annotations"} {
		set := tree.Child(content, "metadata", name)
		for _, key := range tree.Keys(set) {
			if set[key] == nil {
				return field.NewPath("metadata", name).Key(key)
			}
		}
	}
	return nil
}
