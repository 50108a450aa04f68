package patch

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/jsonpatch"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/merge"
)

// checked returns what a strategic merge says, after it was checked for each kind that it
// can meet. The same mistake for several kinds is reported once.
func (b *builder) checked(content map[string]any, at *field.Path, types ...kinds.TypeMeta) map[string]any {
	seen := map[merge.Refused]bool{}
	for _, t := range types {
		for _, refused := range merge.Check(content, merge.Of(t)) {
			if seen[refused] {
				continue
			}
			if len(b.problems) > decode.MaxProblems {
				return content
			}
			seen[refused] = true
			e := field.Invalid(at, field.OmitValueType{}, refused.Message).WithOrigin(originMerge)
			e.Field = decode.Join(at.String(), refused.Path)
			b.problems = append(b.problems, decode.Problem{Pos: b.root.Locate(e.Field), Err: e})
		}
	}
	return content
}

// merged returns doc with a strategic merge, or true if that deletes it. The result shares
// with both what they have in common.
func merged(content, doc map[string]any) (result map[string]any, deleted bool, err error) {
	t := kinds.TypeOf(doc)
	_, emitted := kinds.Lookup(t)
	_, resource := kinds.LookupResource(t)
	if !emitted && !resource && ofKubernetes(t.APIVersion) {
		return nil, false, fmt.Errorf("the merge keys of a %s are not known, because none is ever rendered; "+
			"write operations (RFC 6902)", t)
	}
	return merge.Apply(doc, content, merge.Of(t))
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
