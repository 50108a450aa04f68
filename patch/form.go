package patch

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/jsonpatch"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/yaml"
)

// Origins of this package's errors.
const (
	originForm     = "patch-form"
	originSelector = "patch-selector"
	originKind     = "patch-kind"
	originMerge    = "patch-merge"
	originJSON     = "patch-operation"
	originText     = "text"
)

// builder makes a compiled patch of an entry and collects what is wrong with it.
type builder struct {
	root     *yaml.Node
	problems []decode.Problem
}

func (b *builder) fail(path *field.Path, value any, origin, format string, args ...any) {
	if len(b.problems) > decode.MaxProblems {
		return
	}
	e := field.Invalid(path, value, fmt.Sprintf(format, args...)).WithOrigin(origin)
	b.problems = append(b.problems, decode.Problem{Pos: b.root.Locate(e.Field), Err: e})
}

func (b *builder) build() *compiled {
	n := b.root
	if n.Kind != yaml.Map {
		b.fail(nil, field.OmitValueType{}, originForm, "a patch is a map, not a %s", n.Kind)
		return nil
	}
	switch {
	case n.Get("op") != nil:
		return b.operation()
	case n.Get("path") != nil:
		b.fail(field.NewPath("path"), field.OmitValueType{}, originForm,
			"a patch in a file is not read; write it here, under patch")
		return nil
	case n.Get("target") != nil || n.Get("patch") != nil:
		return b.targeted()
	case n.Get("kind") != nil || n.Get("apiVersion") != nil:
		return b.inline()
	default:
		b.fail(nil, field.OmitValueType{}, originForm,
			"a patch has op and path (JSON patch), or apiVersion and kind (strategic merge), or target and patch")
		return nil
	}
}

// operation reads one RFC 6902 operation on the VVP Deployment.
func (b *builder) operation() *compiled {
	entry := b.root.Value().(map[string]any)
	c := &compiled{entry: entry, resource: kinds.Deployment}
	c.ops = b.operations([]any{entry}, nil, false)
	return c
}

func (b *builder) operations(list []any, path *field.Path, indexed bool) []jsonpatch.Op {
	ops, problems := jsonpatch.Parse(list)
	for _, p := range problems {
		at := path
		if indexed {
			at = at.Index(p.Index)
		}
		if p.Member != "" {
			at = at.Child(p.Member)
		}
		b.fail(at, field.OmitValueType{}, originJSON, "%s", p.Reason)
	}
	return ops
}

// inline reads a strategic merge patch that names its objects itself.
func (b *builder) inline() *compiled {
	entry := b.root.Value().(map[string]any)
	apiVersion, kind := b.text("apiVersion"), b.text("kind")
	switch {
	case apiVersion == "" && kind == kinds.Deployment:
		b.fail(field.NewPath("apiVersion"), field.OmitValueType{}, originForm,
			"kind Deployment is ambiguous: write apiVersion: apps/v1 for the Kubernetes object, apiVersion: v1 for "+
				"the VVP Deployment")
		return nil
	case kind == "":
		b.fail(field.NewPath("kind"), field.OmitValueType{}, originForm, "a strategic merge patch needs a kind")
		return nil
	case apiVersion == "":
		b.fail(field.NewPath("apiVersion"), field.OmitValueType{}, originForm,
			"a strategic merge patch needs an apiVersion%s", versionHint(kind))
		return nil
	}
	c := &compiled{entry: entry, name: b.text("metadata", "name"), namespace: b.text("metadata", "namespace")}
	t := kinds.TypeMeta{APIVersion: apiVersion, Kind: kind}
	if _, ok := kinds.LookupResource(t); ok {
		c.resource = kind
		c.content = b.checked(entry, nil, t)
		return c
	}
	if k, _ := kinds.Lookup(t); !k.Patchable() {
		b.fail(field.NewPath("kind"), decode.Shown(kind), originKind,
			"no such kind of this apiVersion is ever rendered; the kinds are %s%s", emitted(), versionHint(kind))
		return nil
	}
	c.selector = exactly(apiVersion, kind, c.name, c.namespace)
	c.content = b.checked(entry, nil, t)
	return c
}

// text returns the string at path, and reports what is there instead of one.
func (b *builder) text(path ...string) string {
	n := b.root
	for _, key := range path {
		if n = n.Get(key); n == nil {
			return ""
		}
	}
	if n.Kind != yaml.String {
		b.fail(field.NewPath(path[0], path[1:]...), field.OmitValueType{}, originForm, "expected a string, not a %s",
			n.Kind)
	}
	return n.Text
}

func emitted() string {
	var names []string
	for _, k := range patchable {
		names = append(names, k.String())
	}
	return strings.Join(names, ", ")
}

// versionHint proposes another apiVersion, or another kind.
func versionHint(kind string) string {
	var names []string
	for _, k := range patchable {
		if k.Kind == kind {
			return fmt.Sprintf(" (did you mean apiVersion: %s?)", k.APIVersion)
		}
		names = append(names, k.Kind)
	}
	if best := decode.Nearest(kind, names); best != "" {
		return " (did you mean kind: " + best + "?)"
	}
	return ""
}

// targeted reads an entry of a kustomization's patches list.
func (b *builder) targeted() *compiled {
	for _, f := range b.root.Fields {
		if f.Key != "target" && f.Key != "patch" {
			reason := "an entry with a target has target and patch only"
			if f.Key == "options" {
				reason = "names and kinds of objects belong to the platform: no patch changes them; remove the options"
			}
			b.problems = append(b.problems,
				decode.Problem{Pos: f.Pos,
					Err: field.Forbidden(field.NewPath(f.Key), reason).WithOrigin(originForm)})
		}
	}
	target := b.root.Get("target")
	if target == nil || target.Kind == yaml.Null {
		b.fail(nil, field.OmitValueType{}, originForm,
			"a patch needs a target, or apiVersion and kind of its own in place of the key patch")
		return nil
	}
	var s Selector
	b.problems = append(b.problems, decode.Into(target, field.NewPath("target"), &s)...)
	sel, problems := s.compile(field.NewPath("target"))
	for _, e := range problems {
		b.problems = append(b.problems, decode.Problem{Pos: b.root.Locate(e.Field), Err: e})
	}
	body := b.body()
	if len(b.problems) > 0 {
		return nil
	}
	selected := sel.kinds()
	if len(selected) == 0 {
		b.fail(field.NewPath("target"), field.OmitValueType{}, originKind,
			"the target selects no kind that is ever rendered; the kinds are %s%s", emitted(), versionHint(s.Kind))
		return nil
	}
	c := &compiled{selector: sel, entry: map[string]any{"target": target.Value(), "patch": body}}
	at := field.NewPath("patch")
	if list, ok := body.([]any); ok {
		c.ops = b.operations(list, at, true)
		return c
	}
	c.content = b.checked(body.(map[string]any), at, selected...)
	return c
}

// body returns the patch of the target form: a map, or a list of operations. It
// returns nil with a problem.
func (b *builder) body() any {
	at := field.NewPath("patch")
	n := b.root.Get("patch")
	if n == nil {
		b.fail(nil, field.OmitValueType{}, originForm, "an entry with a target needs a patch")
		return nil
	}
	if n.Kind == yaml.String {
		inner, ok := b.document(n, at)
		if !ok {
			return nil
		}
		n = inner
	}
	switch n.Kind {
	case yaml.Map, yaml.List:
		if len(n.Fields)+len(n.Items) > 0 {
			return n.Value()
		}
		b.fail(at, field.OmitValueType{}, originForm, "the patch is empty and would change nothing")
	default:
		b.fail(at, field.OmitValueType{}, originForm,
			"expected a strategic merge patch (a map) or JSON patch operations (a list), not a %s", n.Kind)
	}
	return nil
}

// document parses a patch that is given as text.
func (b *builder) document(text *yaml.Node, at *field.Path) (*yaml.Node, bool) {
	docs, bad := yaml.Parse("", []byte(text.Text))
	for _, p := range bad {
		e := field.Invalid(at, field.OmitValueType{}, fmt.Sprintf("line %d of the text: %s", p.Pos.Line, p.Message))
		b.problems = append(b.problems,
			decode.Problem{Pos: text.Pos, Err: e.WithOrigin(decode.OriginSyntax)})
	}
	switch {
	case len(bad) > 0:
	case len(docs) == 0:
		b.fail(at, field.OmitValueType{}, originForm, "the patch is empty and would change nothing")
	case len(docs) > 1:
		b.fail(at, field.OmitValueType{}, originForm, "the text has %d documents; write an entry for each", len(docs))
	default:
		return docs[0], true
	}
	return nil, false
}
