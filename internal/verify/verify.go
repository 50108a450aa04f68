// Package verify is the last look at a set of rendered objects. What the renderer
// generates is always accepted. Of what users add, the rules of this package are
// checked, and the API server has the last word. Checked are
//
//   - all fields of the kinds in internal/kinds: that they exist, and have the right type
//     (shape.go);
//   - values of the fields that people set in pods, and of all that the renderer sets:
//     names, labels, images, variables, volumes, mounts, resources, probes, ports,
//     security contexts, scheduling, strategies and budgets (checks.go);
//   - required fields, one-ofs, and fields that exclude each other (rules.go);
//   - that names, paths and ports are unique, and that references within the set,
//     selectors and named ports lead to something (objects.go, pods.go);
//   - that the pods run Flink with its configuration and memory (flink.go), and that
//     nothing in them contradicts that (across.go).
//
// It relies on nothing that a pod template or a patch could have changed.
package verify

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/internal/flink"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/tree"
)

// The rules about what a newer Kubernetes than the linked one may have.
const (
	RuleUnknownField = "unknown-field AllowUnknown"
	RuleUnknownValue = "unknown-value AllowUnknown"
)

// maxProblems bounds what is reported: one bad patch may spoil every object.
const maxProblems = 100

// Expectation is what is known of objects beyond what they say.
type Expectation struct {
	// Cluster is what the names of all objects of the set start with.
	Cluster string
	// Version of Flink; the zero value where none runs.
	Version flink.Version
	// Home is where the pods expect Flink in its images, GivenHome that the user said so.
	Home      flink.Home
	GivenHome bool
	// Process has the bytes that Flink takes in a container, by its name.
	Process map[string]int64
	// Single says that there is no high availability.
	Single bool
	// HAKubernetes says that Flink keeps its high-availability data in ConfigMaps.
	HAKubernetes bool
	// Command is the first argument of the JobManager's container.
	Command string
	// Python says that the job is a Python program.
	Python bool
	// Config is Flink's configuration, with what the renderer sets.
	Config map[string]string
	// AllowUnknown makes warnings of fields and values that the linked API does not have.
	AllowUnknown bool
}

// Objects returns what is wrong with objects, at most 100 problems, errors before warnings and
// each in the order of the objects. Each has its Severity, Rule, Option, Object, Field and Message.
// Elements of lists are called by their mount path or name, as in spec.ports[rest], where they have
// one. A warning says that the object can be applied nevertheless.
func Objects(objects []tree.Map, want Expectation) []flinktarget.Problem {
	v := &verifier{objects: objects, want: want, path: make(tree.Path, 0, 16)}
	for _, o := range objects {
		v.object = o
		before := len(v.problems)
		v.shape()
		for _, check := range objectChecks[tree.String(o, "kind")] {
			check(v)
		}
		slices.SortFunc(v.problems[before:], func(a, b flinktarget.Problem) int { // maps have no order
			return cmp.Or(strings.Compare(a.Field, b.Field), strings.Compare(a.Message, b.Message))
		})
	}
	v.problems = slices.Compact(v.problems)
	slices.SortStableFunc(v.problems, func(a, b flinktarget.Problem) int { // no warning takes the place of an error
		return cmp.Compare(a.Severity, b.Severity)
	})
	return v.problems[:min(len(v.problems), maxProblems)]
}

// verifier looks at objects one after the other.
type verifier struct {
	objects  []tree.Map
	want     Expectation
	object   tree.Map  // that it looks at
	path     tree.Path // where in the object it is
	rule     string    // that it follows, of those that have a name
	problems []flinktarget.Problem
}

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

// fail reports a problem of the field at a path below the current one, "" for the
// current one.
func (v *verifier) fail(below, message string) {
	v.report(flinktarget.Problem{Message: message, Rule: v.rule}, below)
}

// caution is fail for what runs, but not as it is meant.
func (v *verifier) caution(below, message string) {
	v.report(flinktarget.Problem{Severity: flinktarget.SeverityWarning, Message: message, Rule: v.rule}, below)
}

// unknown reports what a newer Kubernetes may have at the current path.
func (v *verifier) unknown(rule, message string) {
	p := flinktarget.Problem{Rule: rule, Message: message}
	if v.want.AllowUnknown {
		p.Severity = flinktarget.SeverityWarning
	}
	v.report(p, "")
}

// report adds a problem of the field at a path below the current one.
func (v *verifier) report(p flinktarget.Problem, below string) {
	p.Severity = cmp.Or(p.Severity, flinktarget.SeverityError)
	p.Rule, p.Option, _ = strings.Cut(cmp.Or(p.Rule, "verify"), " ")
	p.Field, p.Object = tree.Join(v.path.Field(), below), kinds.NameOf(v.object)
	v.problems = append(v.problems, p)
}

// visit calls f for the map at a path below m, as in "lifecycle.preStop", and for each
// element of a list that the path marks with [], as in "containers[].ports[]".
func (v *verifier) visit(m tree.Map, path string, f func(tree.Map)) {
	if path == "" {
		f(m)
		return
	}
	name, rest, _ := strings.Cut(path, ".")
	name, list := strings.CutSuffix(name, "[]")
	v.path.Enter(name)
	defer v.path.Leave()
	if child, ok := m[name].(tree.Map); ok && !list {
		v.visit(child, rest, f)
	}
	if elements, ok := m[name].([]any); ok && list {
		for i, e := range elements {
			element, _ := e.(tree.Map)
			v.path.Element(elementName(e, i))
			v.visit(element, rest, f)
			v.path.Leave()
		}
	}
}

// unique reports elements of a list whose value of key is in seen, and adds the others.
func (v *verifier) unique(m tree.Map, list, key string, seen map[string]bool) {
	v.visit(m, list, func(e tree.Map) {
		name := tree.String(e, key)
		if key == "mountPath" && name != "" {
			name = flink.Mounted(name)
		}
		if seen[name] {
			v.fail(key, "must be unique: another element has "+strconv.Quote(name))
		}
		seen[name] = name != "" // others are reported as required
	})
}
