package patch

import (
	"fmt"

	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/internal/yaml"
)

// FromObject returns the patch that v marshals to as JSON, an entry of one of the three
// forms. What is marshalled for a strategic merge has apiVersion and kind, and name and
// namespace if it is for one object; the apply configurations of client-go are the best fit,
// because they tell zero from unset. Where the target says what is patched, a [Selector] is
// one, and the patch anything else:
//
//	patch.FromObject(map[string]any{"target": patch.Selector{Kind: "Service"}, "patch": v})
func FromObject(v any) (Patch, error) {
	entry, err := tree.FromGo(v)
	if err != nil {
		return Patch{}, fmt.Errorf("patch: %w", err)
	}
	return fromNode(yaml.FromTree(entry))
}
