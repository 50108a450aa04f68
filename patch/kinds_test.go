package patch_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/patch"
)

// Every kind of the table is selected by inline patches and by targets, its protected
// fields stay, and it is deleted if it is optional.
func TestEveryKind(t *testing.T) {
	for _, k := range kinds.All() {
		t.Log(k)
		labels := func(m map[string]any) string { return tree.String(m, "metadata", "labels", "a") }
		apply := func(text string) ([]map[string]any, error) {
			p, err := patch.Parse([]byte(text))
			if err != nil {
				return nil, err
			}
			s, err := patch.NewSet(p)
			assert.NilError(t, err)
			out, _, err := s.ApplyObjects([]map[string]any{
				object(t,
					fmt.Sprintf("{apiVersion: %s, kind: %s, metadata: {name: x}, spec: {}}", k.APIVersion, k.Kind)),
			})
			return out, err
		}
		inline := fmt.Sprintf("apiVersion: %s, kind: %s", k.APIVersion, k.Kind)
		out, err := apply("{" + inline + ", metadata: {labels: {a: b}}}")
		assert.Equal(t, err == nil, k.Patchable(), "%s: %v", k, err)
		if !k.Patchable() {
			assert.Assert(t, errors.Is(err, flinktarget.ErrInvalid))
			continue
		}
		assert.Equal(t, labels(out[0]), "b")
		out, err = apply("{target: {kind: " + k.Kind + "}, patch: {metadata: {labels: {a: c}}}}")
		assert.NilError(t, err)
		assert.Equal(t, labels(out[0]), "c")

		out, err = apply("{" + inline + ", $patch: delete}")
		assert.Equal(t, err == nil && len(out) == 0, k.Optional, "%s: %v", k, err)
		for _, path := range k.Protected {
			op := tree.Map{"op": "add", "path": "/" + strings.Join(path, "/"), "value": "z"}
			entry := tree.Map{"target": tree.Map{"kind": k.Kind}, "patch": []any{op}}
			_, err := apply(string(tree.JSON(entry)))
			assert.Assert(t, errors.Is(err, patch.ErrConflict), "%s: %v: %v", k, path, err)
		}
	}
}
