// Package verify is the last look at a set of rendered objects. It says what
// Kubernetes would refuse and what could not work together: fields held against their
// Kubernetes types, rules of single fields and structures, and references between the
// objects. It relies on nothing that a pod template or a patch could have changed.
//
// What the renderer generates is always accepted. Of what users add, the rules of this
// package are checked, and the API server has the last word.
package verify

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/flinktarget/flinktarget/internal/flink"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/tree"
)

// A Problem is one thing that is wrong with an object.
type Problem struct {
	// Object is the kind and namespace/name, Field a path in it. Elements of lists are
	// called by their name, mount path or port, as in spec.ports[rest], where they have one.
	Object, Field string
	Message       string
}

// maxProblems bounds what is reported: one bad patch may spoil every object.
const maxProblems = 100

// Expectation is what is known of objects beyond what they say.
type Expectation struct {
	// Cluster is what the names of all objects of the set start with.
	Cluster string
	// Version of Flink; the zero value where none runs.
	Version flink.Version
	// Process has the bytes that Flink takes in a container, by its name.
	Process map[string]int64
	// Single says that there is no high availability.
	Single bool
}

// Objects returns what is wrong with objects, at most 100 problems, in the order of
// the objects.
func Objects(objects []tree.Map, want Expectation) []Problem {
	v := &verifier{objects: objects, want: want}
	for _, o := range objects {
		v.object = o
		before := len(v.problems)
		v.shape()
		switch tree.String(o, "kind") {
		case "ConfigMap":
			v.configMap()
		case "Service":
			v.service()
		case "RoleBinding":
			v.roleBinding()
		case "PodDisruptionBudget":
			v.selects(tree.Strings(o, "spec", "selector", "matchLabels"), "spec", "selector")
		case "Deployment":
			v.deployment()
			v.pods()
		case "Job":
			v.job()
			v.pods()
		}
		slices.SortFunc(v.problems[before:], func(a, b Problem) int { // maps have no order
			return cmp.Or(strings.Compare(a.Field, b.Field), strings.Compare(a.Message, b.Message))
		})
	}
	v.problems = slices.Compact(v.problems)
	return v.problems[:min(len(v.problems), maxProblems)]
}

// verifier looks at objects one after the other.
type verifier struct {
	objects  []tree.Map
	want     Expectation
	object   tree.Map // that it looks at
	path     []step   // where in the object it is
	problems []Problem
}

// step is a name in a map, or an element of a list.
type step struct {
	name    string
	element bool
}

func (v *verifier) enter(name string) { v.path = append(v.path, step{name: name}) }

func (v *verifier) element(e any, i int) {
	v.path = append(v.path, step{name: elementName(e, i), element: true})
}

func (v *verifier) leave() { v.path = v.path[:len(v.path)-1] }

// elementName is how people know an element of a list.
func elementName(e any, i int) string {
	m, _ := e.(tree.Map)
	for _, key := range [...]string{"mountPath", "name"} {
		if s, ok := m[key].(string); ok && s != "" {
			return s
		}
	}
	return strconv.Itoa(i)
}

// fail reports a problem of a field below the current path.
func (v *verifier) fail(message string, below ...string) {
	var b strings.Builder
	for _, s := range v.path {
		switch {
		case s.element:
			b.WriteString("[" + s.name + "]")
		case b.Len() > 0:
			b.WriteString("." + s.name)
		default:
			b.WriteString(s.name)
		}
	}
	for _, name := range below {
		if b.Len() > 0 && !strings.HasPrefix(name, "[") {
			b.WriteByte('.')
		}
		b.WriteString(name)
	}
	v.problems = append(v.problems, Problem{Object: kinds.NameOf(v.object), Field: b.String(), Message: message})
}

// each calls f for the elements of a list of the current map.
func (v *verifier) each(m any, list string, f func(tree.Map)) {
	items := tree.Items(m, list)
	if len(items) == 0 {
		return
	}
	v.enter(list)
	for i, e := range items {
		element, _ := e.(tree.Map)
		v.element(element, i)
		f(element)
		v.leave()
	}
	v.leave()
}

// below calls f for a map inside of a map.
func (v *verifier) below(m tree.Map, name string, f func(tree.Map)) {
	if child, ok := m[name].(tree.Map); ok {
		v.enter(name)
		f(child)
		v.leave()
	}
}

// unique reports an element of a list with the same value of key as one before it.
// seen has all values in the end.
func (v *verifier) unique(m any, list, key string, seen map[string]bool) {
	v.each(m, list, func(e tree.Map) {
		name := tree.String(e, key)
		if name == "" {
			return
		}
		if seen[name] {
			v.fail("another element has the same value, "+strconv.Quote(name), key)
		}
		seen[name] = true
	})
}
