package deployment

import (
	"bytes"
	"encoding/json"

	"github.com/flinktarget/flinktarget/internal/document"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/internal/yamldoc"
	"github.com/flinktarget/flinktarget/patch"
)

// patched applies s to a resource whose defaults are filled in.
func patched(s patch.Set, kind string, config any) (*yamldoc.Node, error) {
	doc, err := document.Resolved(kind, config)
	if err != nil {
		return nil, err
	}
	if doc, err = s.ApplyResource(doc); err != nil {
		return nil, err
	}
	return yamldoc.FromTree(doc), nil
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
