package patch

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/jsonpatch"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/merge"
	"github.com/flinktarget/flinktarget/internal/tree"
)

// merger is a strategic merge compiled for one kind.
type merger struct {
	apiVersion, kind string
	plan             *merge.Plan
}

// schema says for which kind a patch is compiled, and how its lists merge.
type schema struct {
	apiVersion, kind string
	lists            merge.Schema
}

func objectSchema(apiVersion, kind string) schema {
	return schema{apiVersion, kind, merge.Of(apiVersion, kind)}
}

func resourceSchema(kind string) schema {
	return schema{kinds.VVPVersion, kind, merge.Of(kinds.VVPVersion, kind)}
}

// compile makes a plan for each kind that the patch can meet. The same mistake for
// several kinds is reported once.
func (b *builder) compile(content map[string]any, at *field.Path, schemas []schema) []merger {
	var out []merger
	seen := map[string]bool{}
	for _, s := range schemas {
		plan, err := merge.CompileShared(content, s.lists)
		if err == nil {
			out = append(out, merger{s.apiVersion, s.kind, plan})
			continue
		}
		for _, refused := range merge.Refusals(err) {
			text := refused.Message()
			if key := refused.Path + "\x00" + text; !seen[key] {
				seen[key] = true
				e := field.Invalid(at, field.OmitValueType{}, text).WithOrigin(originMerge)
				e.Field = below(at, refused.Path)
				b.problems = append(b.problems, decode.Problem{Pos: b.root.Locate(e.Field), Err: e})
			}
		}
	}
	return out
}

// below joins a path and a path inside the patch, both as printed.
func below(at *field.Path, inner string) string {
	switch {
	case at == nil:
		return inner
	case inner == "" || inner[0] == '[':
		return at.String() + inner
	default:
		return at.String() + "." + inner
	}
}

// merger returns the plan for the kind of doc.
func (c *compiled) merger(doc map[string]any) (*merge.Plan, error) {
	apiVersion, kind := tree.String(doc, "apiVersion"), tree.String(doc, "kind")
	for _, m := range c.merges {
		if m.apiVersion == apiVersion && m.kind == kind {
			return m.plan, nil
		}
	}
	// A kind that the renderer does not emit, handed in by somebody else.
	if ofKubernetes(apiVersion) {
		return nil, fmt.Errorf("no such objects are rendered, so that it is not known how the lists of a %s %s merge; write operations (RFC 6902)", apiVersion, kind)
	}
	content, _ := c.body().(map[string]any)
	return merge.CompileShared(content, merge.Of(apiVersion, kind))
}

// ofKubernetes reports whether an API is one of Kubernetes' own, whose lists may have
// merge keys. Those of custom resources have none in strategic merges.
func ofKubernetes(apiVersion string) bool {
	group, _ := splitVersion(apiVersion)
	return !strings.Contains(group, ".") || strings.HasSuffix(group, ".k8s.io")
}

func operate(ops []jsonpatch.Op, doc map[string]any) (map[string]any, error) {
	v, err := jsonpatch.Apply(doc, ops)
	if err != nil {
		return nil, err
	}
	m, ok := v.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("the result is no longer an object")
	}
	return m, nil
}
