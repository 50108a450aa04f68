package krm

import (
	"fmt"
	"slices"
	"strings"

	"github.com/flinktarget/flinktarget/internal/yamldoc"
)

// limits are for the whole of a package. Each VVP resource has the limits of any.
var limits = yamldoc.Limits{Bytes: 256 << 20, Nesting: 110, Values: 20_000_000}

// versions are those of the specification, the current one first.
var versions = [...]string{"config.kubernetes.io/v1", "config.kubernetes.io/v1beta1", "config.kubernetes.io/v1alpha1"}

// list is a ResourceList that was read.
type list struct {
	text   []byte
	root   *yamldoc.Node
	items  []*yamldoc.Node
	config *yamldoc.Node // nil if there is none
}

func readList(in []byte) (list, Results) {
	docs, bad := yamldoc.Parse("", in, limits)
	var results Results
	for _, p := range bad {
		results = append(results, Result{Severity: Error, Message: fmt.Sprintf("the input at %s: %s", p.Pos, p.Message), Rule: "syntax"})
	}
	if len(results) > 0 {
		return list{}, results
	}
	fail := func(format string, args ...any) (list, Results) {
		return list{}, Results{{Severity: Error, Message: fmt.Sprintf(format, args...), Rule: "resource-list"}}
	}
	if len(docs) != 1 {
		return fail("one ResourceList is wanted, the input has %d documents", len(docs))
	}
	root := docs[0].Root
	if root.Kind != yamldoc.Map || text(root, "kind") != "ResourceList" {
		return fail("a ResourceList is wanted; a KRM function is run by kustomize or kpt")
	}
	if version := text(root, "apiVersion"); !slices.Contains(versions[:], version) {
		return fail("apiVersion %q of the ResourceList is not one of %s", version, strings.Join(versions[:], ", "))
	}
	l := list{text: in, root: root}
	if items := root.Get("items"); items != nil && items.Kind != yamldoc.Null {
		if items.Kind != yamldoc.List {
			return fail("items is a list, not a %s", items.Kind)
		}
		l.items = items.Items
	}
	if config := root.Get("functionConfig"); config != nil && config.Kind != yamldoc.Null {
		l.config = config
	}
	return l, nil
}

// at returns the node at a path of keys, nil if there is none.
func at(n *yamldoc.Node, path ...string) *yamldoc.Node {
	for _, key := range path {
		if n == nil {
			return nil
		}
		n = n.Get(key)
	}
	return n
}

// text returns the string at a path of keys, "" if there is none.
func text(n *yamldoc.Node, path ...string) string {
	if n = at(n, path...); n == nil || n.Kind != yamldoc.String {
		return ""
	}
	return n.Text
}
