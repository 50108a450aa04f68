// Kustomizations that people have use fields that kustomize no longer recommends.
//
//lint:file-ignore SA1019 reading deprecated fields is the job of this file

package kustomize

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/api/types"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/internal/yaml"
	"github.com/flinktarget/flinktarget/patch"
)

// Patches reads the patches of the kustomization in a folder of fsys: patches,
// patchesStrategicMerge and patchesJson6902, inline or in files, of several documents, too.
// Those of the folders that it names as resources, bases and components come first, each
// folder once, in the order in which kustomize applies them; files that it names as resources
// are not read. Nothing outside of fsys and nothing remote is read: to name it is an error.
//
// A warning each says what a set does not take over: fields that have no patches, such as
// namePrefix; patches of kinds that are never rendered; that the patches of a base are for its
// objects alone, where there are others; and texts that kustomize makes of null. Errors are of type
// [*flinktarget.InvalidError] and have all problems, with paths such as patches[2].target.kind.
// Positions are those of the patch, in its file or in the kustomization.
func Patches(fsys fs.FS, dir string) (set patch.Set, warnings []flinktarget.Problem, err error) {
	r := &reader{fsys: fsys}
	r.folder(path.Clean(dir), flinktarget.Problem{Position: yaml.Position{File: dir}})
	if len(r.problems) > 0 {
		return patch.Set{}, nil, decode.Invalid("", r.problems...)
	}
	set, err = patch.NewSet(r.patches...)
	return set, r.warnings, err
}

// reader reads kustomizations.
type reader struct {
	fsys     fs.FS
	seen     []string // folders
	patches  []patch.Patch
	warnings []flinktarget.Problem
	problems []flinktarget.Problem
}

func (r *reader) fail(at flinktarget.Problem, rule, format string, args ...any) {
	at.Severity, at.Rule, at.Message = flinktarget.SeverityError, rule, fmt.Sprintf(format, args...)
	r.problems = append(r.problems, at)
}

// ruleNotTaken is the rule of what a patch set, or a kustomization, does not take over.
const ruleNotTaken = "not-taken"

// leave warns of what is at a place.
func (r *reader) leave(at flinktarget.Problem, reason string) {
	r.warnings = append(r.warnings, decode.Warning(ruleNotTaken, "", at.Field, "not taken over: "+reason, at.Position))
}

// folder reads the kustomization of a folder.
func (r *reader) folder(dir string, from flinktarget.Problem) {
	if slices.Contains(r.seen, dir) {
		return
	}
	r.seen = append(r.seen, dir)
	var file string
	var text []byte
	for _, name := range konfig.RecognizedKustomizationFileNames() {
		t, err := fs.ReadFile(r.fsys, path.Join(dir, name))
		if err != nil {
			continue
		}
		if file != "" {
			r.fail(from, "kustomization", "%s has %s and %s: must be one", dir, path.Base(file), name)
			return
		}
		file, text = path.Join(dir, name), t
	}
	if file == "" {
		r.fail(from, "kustomization", "%s has no kustomization.yaml", dir)
		return
	}
	root, problems := decode.Document(file, text)
	r.problems = append(r.problems, problems...)
	var k types.Kustomization
	if root == nil {
		return
	}
	if err := k.Unmarshal(text); err != nil {
		r.fail(flinktarget.Problem{Position: yaml.Position{File: file}}, "kustomization", "%v", err)
		return
	}
	r.kustomization(dir, root, k)
}

func (r *reader) kustomization(dir string, root *yaml.Node, k types.Kustomization) {
	at := func(format string, args ...any) flinktarget.Problem {
		name := fmt.Sprintf(format, args...)
		return flinktarget.Problem{Field: name, Position: root.Locate(name)}
	}
	for _, f := range root.Fields {
		switch f.Key {
		case "apiVersion", "kind", "metadata", "resources", "bases", "components", "patches", "patchesStrategicMerge",
			"patchesJson6902":
		default:
			r.leave(at("%s", f.Key), "not a patch")
		}
	}
	for i, ref := range slices.Concat(k.Resources, k.Bases) {
		from := at("resources[%d]", i)
		if i >= len(k.Resources) {
			from = at("bases[%d]", i-len(k.Resources))
		}
		before := len(r.patches)
		r.base(dir, ref, from)
		if len(r.patches) > before && len(k.Resources)+len(k.Bases) > 1 {
			r.leave(from, "that its patches are for its own objects only: in a DeploymentTarget they are for all")
		}
	}
	for i, ref := range k.Components {
		r.base(dir, ref, at("components[%d]", i))
	}
	for i, text := range k.PatchesStrategicMerge {
		where := at("patchesStrategicMerge[%d]", i)
		if content, err := fs.ReadFile(r.fsys, path.Join(dir, string(text))); err == nil {
			where.Position = yaml.Position{File: path.Join(dir, string(text))}
			text = types.PatchStrategicMerge(content)
		}
		r.entry(types.Patch{Patch: string(text)}, where)
	}
	for i, p := range k.Patches {
		p.Patch = strings.TrimSpace(p.Patch) // as kustomize does: a block scalar at the end loses its line feed
		r.patch(dir, p, at("patches[%d]", i))
	}
	for i, p := range k.PatchesJson6902 {
		r.patch(dir, p, at("patchesJson6902[%d]", i))
	}
}

// base follows a reference to a folder. Files hold resources.
func (r *reader) base(dir, ref string, at flinktarget.Problem) {
	to := path.Join(dir, ref)
	if !fs.ValidPath(to) || path.IsAbs(ref) {
		r.fail(at, "kustomization", "%s is outside of what is read", ref)
		return
	}
	info, err := fs.Stat(r.fsys, to)
	switch {
	case err != nil:
		r.fail(at, "kustomization", "%s is not here; what is remote is not read: %v", ref, err)
	case info.IsDir():
		r.folder(to, at)
	}
}

// patch reads an entry whose patch may be in a file.
func (r *reader) patch(dir string, p types.Patch, at flinktarget.Problem) {
	switch {
	case (p.Path == "") == (p.Patch == ""):
		r.fail(at, "kustomization", "must have either path or patch")
		return
	case p.Path != "":
		file := path.Join(dir, p.Path)
		text, err := fs.ReadFile(r.fsys, file)
		if err != nil {
			r.fail(at, "kustomization", "%v", err)
			return
		}
		at.Position, p.Patch = yaml.Position{File: file}, string(text)
	}
	r.entry(p, at)
}

// entry adds the patches of the documents in the text of p.
func (r *reader) entry(p types.Patch, at flinktarget.Problem) {
	docs, bad := yaml.Parse(at.File, []byte(p.Patch))
	for _, b := range bad {
		r.fail(at, decode.OriginSyntax, "line %d of the patch: %s", b.Pos.Line, b.Message)
	}
	switch {
	case len(bad) > 0:
		return
	case len(docs) == 0:
		r.fail(at, "patch-form", "the patch is empty and would change nothing")
	case len(docs) > 1 && p.Target != nil:
		r.fail(at, "patch-form", "a patch with a target must be one document: write an entry for each")
		return
	}
	for _, doc := range docs {
		where := at
		if where.Line == 0 { // the patch has a file of its own
			where.Position = doc.Pos
		}
		content := doc.Value()
		entry, _ := content.(tree.Map)
		switch {
		case p.Target != nil:
			if null := nullOf(entry); null != nil {
				text := where
				text.Field = tree.Join(where.Field, null.String())
				r.leave(text, "the text \"null\", which kustomize writes where a patch has a target: null deletes")
			}
			entry = tree.Map{"target": targetTree(*p.Target), "patch": content}
			if p.Options != nil {
				entry["options"] = tree.Map{} // which package patch refuses, and says why
			}
		case entry == nil:
			r.fail(where, "patch-form", "operations (RFC 6902) must have a target")
			continue
		}
		r.add(entry, where)
	}
}

func (r *reader) add(entry tree.Map, at flinktarget.Problem) {
	p, err := patch.Parse(tree.JSON(entry))
	if err == nil {
		r.patches = append(r.patches, p)
		return
	}
	for p := range flinktarget.Problems(err) {
		if p.Rule == "patch-kind" {
			r.leave(at, p.Message)
			continue
		}
		where := at
		where.Field = tree.Join(at.Field, p.Field)
		r.fail(where, p.Rule, "%s", p.Message)
	}
}

// targetTree returns a selector as an entry of a patch set has it.
func targetTree(s types.Selector) any {
	v, _ := tree.FromGo(s) // which consists of texts
	return v
}
