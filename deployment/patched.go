package deployment

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/internal/yamldoc"
	"github.com/flinktarget/flinktarget/patch"
)

// The maps of a resource that patches always find, if empty. JSON leaves empty
// ones out, so they are put back before patching.
var (
	resolvedMaps = [...][]string{
		{"metadata", "labels"},
		{"metadata", "annotations"},
		{"spec", "template", "metadata", "annotations"},
		{"spec", "template", "spec", "flinkConfiguration"},
	}
	resolvedSessionMaps = [...][]string{
		{"metadata", "labels"},
		{"metadata", "annotations"},
		{"spec", "flinkConfiguration"},
	}
)

// patched applies s to a resource whose defaults are filled in.
func patched(s patch.Set, config any, maps ...[]string) (*yamldoc.Node, error) {
	doc, err := toTree(config)
	if err != nil {
		return nil, err
	}
	for _, path := range maps {
		ensure(doc, path)
	}
	if doc, err = s.ApplyResource(doc); err != nil {
		return nil, err
	}
	return yamldoc.FromTree(doc), nil
}

func toTree(config any) (map[string]any, error) {
	text, err := json.Marshal(config)
	if err != nil {
		return nil, fmt.Errorf("marshalling a %T: %w", config, err)
	}
	v, err := tree.FromJSON(text)
	if err != nil {
		return nil, err
	}
	doc, _ := v.(map[string]any)
	return doc, nil
}

// ensure makes the maps on the way to path where there is nothing.
func ensure(doc map[string]any, path []string) {
	for _, key := range path {
		next, ok := doc[key].(map[string]any)
		if !ok {
			next = map[string]any{}
			doc[key] = next
		}
		doc = next
	}
}

// equalJSON compares values, not texts: the CPUs 1 and 1.0 are equal.
func equalJSON(a, b any) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	if errX != nil || errY != nil {
		return false
	}
	if bytes.Equal(x, y) {
		return true
	}
	v, errX := tree.FromJSON(x)
	w, errY := tree.FromJSON(y)
	return errX == nil && errY == nil && tree.Equal(v, w)
}
