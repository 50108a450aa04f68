package render

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/flinktarget/flinktarget/internal/flink"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/patch"
)

// VerifyError reports objects that Kubernetes would refuse, or that would not work
// together: what pod templates and patches left. It is ErrInvalid for errors.Is.
type VerifyError struct {
	// Problems are all that was found, at most 100.
	Problems []Problem
}

// A Problem is one thing that is wrong with a rendered object.
type Problem struct {
	// Object is the kind and namespace/name.
	Object string
	// Field is a path in the object. Elements of lists are called by their name,
	// mount path or port, as in spec.ports[rest], where they have one.
	Field string
	// Message says what is wrong, and what to do.
	Message string
	// Cause is what brought it about: the last patch that did, as in
	// spec.deploymentPatchSet[2], or a field of the resource.
	Cause string
	// Position is where the cause stands, zero if it was not read from a text.
	Position patch.Position
}

// String returns "file:line:column: cause: object: field: message", without what is
// not known.
func (p Problem) String() string {
	text := p.Object + ": " + p.Field + ": " + p.Message
	if p.Cause != "" {
		text = p.Cause + ": " + text
	}
	if p.Position.File != "" {
		text = p.Position.String() + ": " + text
	}
	return text
}

// Error lists the problems, one a line.
func (e *VerifyError) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// Is reports whether target is ErrInvalid.
func (e *VerifyError) Is(target error) bool { return target == ErrInvalid }

// maxProblems bounds an error: one bad patch may spoil every object.
const maxProblems = 100

// expectation is what is known of objects beyond what they say.
type expectation struct {
	// cluster is what the names of all objects of the set start with.
	cluster string
	// version of Flink; the zero value where none runs.
	version flink.Version
	// process has the bytes that Flink takes in a container, by its name.
	process map[string]int64
	// single says that there is no high availability.
	single bool
}

// verify is the last look at a set of objects before it is handed out. It relies on
// nothing that a pod template or a patch could have changed.
func verify(objects []tree.Map, want expectation) []Problem {
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
	want     expectation
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
	v.problems = append(v.problems, Problem{Object: Object{tree: v.object}.String(), Field: b.String(), Message: message})
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
