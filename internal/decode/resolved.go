package decode

import (
	"encoding/json"
	"fmt"

	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/tree"
)

// present are the maps of a resource that patches always find, if empty. JSON
// leaves empty ones out.
var present = map[string][][]string{
	kinds.Deployment: {
		{"metadata", "labels"},
		{"metadata", "annotations"},
		{"spec", "template", "metadata", "annotations"},
		{"spec", "template", "spec", "flinkConfiguration"},
	},
	kinds.SessionCluster: {
		{"metadata", "labels"},
		{"metadata", "annotations"},
		{"spec", "flinkConfiguration"},
	},
}

// Resolved returns the tree of a Config whose defaults are filled in, fresh and ready for
// patches.
func Resolved(kind string, config any) (tree.Map, error) {
	doc, err := Tree(config)
	if err != nil {
		return nil, err
	}
	for _, path := range present[kind] {
		ensure(doc, path)
	}
	return doc, nil
}

// Tree returns a Config as a tree.
func Tree(config any) (tree.Map, error) {
	text, err := json.Marshal(config)
	if err != nil {
		return nil, fmt.Errorf("marshalling a %T: %w", config, err)
	}
	v, err := tree.FromJSON(text)
	if err != nil {
		return nil, err
	}
	doc, _ := v.(tree.Map)
	return doc, nil
}

// ensure makes the maps on the way to path where there is nothing.
func ensure(doc tree.Map, path []string) {
	for _, key := range path {
		next, ok := doc[key].(tree.Map)
		if !ok {
			next = tree.Map{}
			doc[key] = next
		}
		doc = next
	}
}
