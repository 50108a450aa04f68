package patch

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/jsonpatch"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/merge"
	"github.com/flinktarget/flinktarget/internal/tree"
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
	problems []flinktarget.Problem
}

// full reports whether no more problems are listed, and the last one says so.
func (b *builder) full() bool { return len(b.problems) > decode.MaxProblems }

// add reports what is wrong with the field at a printed path; value may be shown.
func (b *builder) add(path string, value any, origin, reason string) {
	if b.full() {
		return
	}
	e := field.Invalid(nil, value, reason).WithOrigin(origin)
	if e.Field = path; len(b.problems) == decode.MaxProblems {
		e = decode.TooMany()
	}
	b.problems = append(b.problems, decode.Problem(b.root.Locate(path), e))
}

// form reports that the entry has none of the three forms.
func (b *builder) form(path, format string, args ...any) {
	b.add(path, field.OmitValueType{}, originForm, fmt.Sprintf(format, args...))
}

// build returns nil where it cannot go on.
func (b *builder) build() *compiled {
	n := b.root
	switch {
	case n.Kind != yaml.Map:
		b.form("", "a patch is a map, not a %s", n.Kind)
	case n.Get("op") != nil: // of RFC 6902, on the VVP Deployment
		entry := n.Value().(map[string]any)
		return &compiled{entry: entry, resource: kinds.Deployment, ops: b.operations([]any{entry}, "")}
	case n.Get("path") != nil:
		b.form("path", "a patch in a file is not read; write it here, under patch")
	case n.Get("target") != nil || n.Get("patch") != nil:
		return b.targeted()
	case n.Get("kind") != nil || n.Get("apiVersion") != nil:
		return b.inline()
	default:
		b.form("", "a patch has op and path (JSON patch), apiVersion and kind (strategic merge), or target and patch")
	}
	return nil
}

// operations reads a list of operations, at is its path; "" if it is not in the entry.
func (b *builder) operations(list []any, at string) []jsonpatch.Op {
	ops, problems := jsonpatch.Parse(list)
	for _, p := range problems {
		path := p.Member
		if at != "" {
			path = strings.TrimSuffix(fmt.Sprintf("%s[%d].%s", at, p.Index, p.Member), ".")
		}
		b.add(path, field.OmitValueType{}, originJSON, p.Reason)
	}
	return ops
}

// checked returns what a strategic merge says, after it was checked for each kind that it
// can meet. The same mistake for several kinds is reported once.
func (b *builder) checked(content map[string]any, at string, types ...kinds.TypeMeta) map[string]any {
	seen := map[merge.Refused]bool{}
	for _, t := range types {
		if b.full() {
			break // all kinds take three times the memory that is documented: TestMemoryIsBounded in internal/hostile
		}
		for _, refused := range merge.Check(content, merge.Of(t)) {
			if !seen[refused] {
				seen[refused] = true
				b.add(tree.Join(at, refused.Path), field.OmitValueType{}, originMerge, refused.Message)
			}
		}
	}
	return content
}

// inline reads a strategic merge patch that names its objects itself.
func (b *builder) inline() *compiled {
	t := kinds.TypeMeta{APIVersion: b.text("apiVersion"), Kind: b.text("kind")}
	switch {
	case t.APIVersion == "" && t.Kind == kinds.Deployment:
		b.form("apiVersion", "kind Deployment is ambiguous: write apiVersion: apps/v1 for the Kubernetes object, "+
			"apiVersion: v1 for the VVP Deployment")
		return nil
	case t.Kind == "":
		b.form("kind", "a strategic merge patch needs a kind")
		return nil
	case t.APIVersion == "":
		b.form("apiVersion", "a strategic merge patch needs an apiVersion%s", versionHint(t.Kind))
		return nil
	}
	entry := b.root.Value().(map[string]any)
	c := &compiled{entry: entry, name: b.text("metadata", "name"), namespace: b.text("metadata", "namespace")}
	_, isResource := kinds.LookupResource(t)
	kind, _ := kinds.Lookup(t)
	switch {
	case isResource:
		c.resource = t.Kind
	case kind.Patchable():
		c.selector = exactly(t)
	default:
		b.add("kind", decode.Shown(t.Kind), originKind, "no such kind of this apiVersion is ever rendered; "+
			"the kinds are "+patchableKinds()+versionHint(t.Kind))
		return nil
	}
	c.content = b.checked(entry, "", t)
	return c
}

// text returns the string at path, and reports what is there instead of one.
func (b *builder) text(path ...string) string {
	n := b.root.Get(path...)
	if n == nil {
		return ""
	}
	if n.Kind != yaml.String {
		b.form(strings.Join(path, "."), "expected a string, not a %s", n.Kind)
	}
	return n.Text
}

func patchableKinds() string {
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
			e := field.Forbidden(field.NewPath(f.Key), reason).WithOrigin(originForm)
			b.problems = append(b.problems, decode.Problem(f.Pos, e))
		}
	}
	target := b.root.Get("target")
	if target == nil || target.Kind == yaml.Null {
		b.form("", "a patch needs a target, or apiVersion and kind of its own in place of the key patch")
		return nil
	}
	var s Selector
	b.problems = append(b.problems, decode.Into(target, field.NewPath("target"), &s)...)
	c := &compiled{selector: s.compile(func(name, text, reason string) {
		b.add("target."+name, decode.Shown(text), originSelector, reason)
	})}
	body := b.body()
	if len(b.problems) > 0 {
		return nil
	}
	selected := c.selector.kinds()
	if len(selected) == 0 {
		b.add("target", field.OmitValueType{}, originKind, "the target selects no kind that is ever rendered; "+
			"the kinds are "+patchableKinds()+versionHint(s.Kind))
		return nil
	}
	switch body := body.(type) {
	case []any:
		c.ops = b.operations(body, "patch")
	case map[string]any:
		c.content = b.checked(body, "patch", selected...)
	}
	c.entry = map[string]any{"target": target.Value(), "patch": body}
	return c
}

// body returns the patch of the target form: a map, or a list of operations. It
// returns nil with a problem.
func (b *builder) body() any {
	n := b.root.Get("patch")
	if n == nil {
		b.form("", "an entry with a target needs a patch")
		return nil
	}
	if n.Kind == yaml.String {
		if n = b.document(n); n == nil {
			return nil
		}
	}
	switch {
	case n.Kind != yaml.Map && n.Kind != yaml.List:
		b.form("patch", "expected a strategic merge patch (a map) or JSON patch operations (a list), not a %s", n.Kind)
	case len(n.Fields)+len(n.Items) == 0:
		b.form("patch", "the patch is empty and would change nothing")
	default:
		return n.Value()
	}
	return nil
}

// document parses a patch that is given as text. It returns nil with a problem.
func (b *builder) document(text *yaml.Node) *yaml.Node {
	docs, bad := yaml.Parse("", []byte(text.Text))
	for _, p := range bad {
		b.add("patch", field.OmitValueType{}, decode.OriginSyntax,
			fmt.Sprintf("line %d of the text: %s", p.Pos.Line, p.Message))
	}
	switch {
	case len(bad) > 0:
	case len(docs) == 0:
		b.form("patch", "the patch is empty and would change nothing")
	case len(docs) > 1:
		b.form("patch", "the text has %d documents; write an entry for each", len(docs))
	default:
		return docs[0]
	}
	return nil
}
