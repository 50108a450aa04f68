package rendertest

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/labels"
	"github.com/flinktarget/flinktarget/render"
)

// A Policy is a rule of one's own. EachContainer, EachPod, EachObject and EachSet make one
// of a function.
type Policy struct {
	// Name says what has to hold, such as "images are our own". It is the Rule of the
	// problems.
	Name string
	// Find returns what breaks the rule, in the order of the objects. Problems without a
	// Rule get the Name.
	Find func(render.Manifests) []flinktarget.Problem
}

// A Report is called for each problem, with the field below what is looked at, such as
// "resources.limits" of a container; it may be empty.
type Report func(field, format string, args ...any)

// EachContainer returns a policy that looks at every container of every workload, init
// containers first.
func EachContainer(name string, look func(Container, Report)) Policy {
	return each(name, look, Containers, func(c Container) (render.Object, string) { return c.Pod.Object, c.Field() })
}

// EachPod returns a policy that looks at the pod template of every workload.
func EachPod(name string, look func(Pod, Report)) Policy {
	return each(name, look, Pods, func(p Pod) (render.Object, string) { return p.Object, "spec.template" })
}

// EachObject returns a policy that looks at every object.
func EachObject(name string, look func(render.Object, Report)) Policy {
	return each(name, look, render.Manifests.All, func(o render.Object) (render.Object, string) { return o, "" })
}

// each returns a policy about what is at a place in an object.
func each[T any](
	name string, look func(T, Report), all func(render.Manifests) iter.Seq[T], at func(T) (render.Object, string),
) Policy {
	return Policy{Name: name, Find: func(m render.Manifests) (problems []flinktarget.Problem) {
		for v := range all(m) {
			o, field := at(v)
			look(v, reporter(&problems, name, objectOf(o), field))
		}
		return problems
	}}
}

// EachSet returns a policy that looks at all objects of a Deployment or SessionCluster
// together, for rules such as "a PodDisruptionBudget exists", with the warnings that are
// about it. Objects of the platform and warnings about targets belong to none.
func EachSet(name string, look func(render.Manifests, Report)) Policy {
	return Policy{Name: name, Find: func(m render.Manifests) (problems []flinktarget.Problem) {
		var keys []string
		sets := map[string][]render.Object{}
		for o := range m.All() {
			key, id := objectOf(o).owner()
			if key += "=" + id; id == "" {
				continue
			}
			if sets[key] == nil {
				keys = append(keys, key)
			}
			sets[key] = append(sets[key], o)
		}
		for _, key := range keys {
			resource := cmp.Or(resourceOf(sets[key][0]), key)
			set := render.NewManifests(sets[key]...).WithWarnings(about(resource, m.Warnings())...)
			look(set, func(field, format string, args ...any) {
				problems = append(problems,
					problem(name, resource, field, fmt.Sprintf(format, args...), sets[key][0].Position()))
			})
		}
		return problems
	}}
}

// about returns the problems of a resource, whose labels call it by the value of its name.
func about(resource string, list []flinktarget.Problem) []flinktarget.Problem {
	return slices.DeleteFunc(slices.Clone(list), func(p flinktarget.Problem) bool {
		kind, name, _ := strings.Cut(p.Resource, "/")
		return kind+"/"+labels.Value(name) != resource
	})
}

func reporter(problems *[]flinktarget.Problem, rule string, o object, prefix string) Report {
	return func(field, format string, args ...any) {
		p := problem(rule, o.resource, strings.Trim(prefix+"."+field, "."), fmt.Sprintf(format, args...), o.at)
		p.Object = o.name
		*problems = append(*problems, p)
	}
}

func problem(rule, resource, field, message string, at flinktarget.Position) flinktarget.Problem {
	return flinktarget.Problem{Severity: flinktarget.SeverityError, Rule: rule, Resource: resource, Field: field,
		Message: message, Position: at}
}

// shown is a problem as tests print it: with its rule, its file and whose it is.
func shown(p flinktarget.Problem) string {
	text := p.Rule + ": "
	if p.File != "" {
		text += p.Position.String() + ": "
	}
	p.Position = flinktarget.Position{}
	return text + p.String()
}

// problems returns what the policy finds, under its name.
func (p Policy) problems(m render.Manifests) []flinktarget.Problem {
	found := p.Find(m)
	for i := range found {
		found[i].Rule = cmp.Or(found[i].Rule, p.Name)
	}
	return found
}

// CheckPolicies reports every problem that the policies find as an error of t.
func CheckPolicies(t testing.TB, m render.Manifests, policies ...Policy) {
	t.Helper()
	for _, p := range policies {
		for _, problem := range p.problems(m) {
			t.Error(shown(problem))
		}
	}
}

// CheckRefused reports every policy that finds nothing wrong as an error of t: a rule
// that has never refused anything may be one that cannot. m is to break all of them.
// What they find is logged.
func CheckRefused(t testing.TB, m render.Manifests, policies ...Policy) {
	t.Helper()
	for _, p := range policies {
		problems := p.problems(m)
		if len(problems) == 0 {
			t.Errorf("%s: nothing in %d objects is refused", p.Name, m.Len())
		}
		for _, problem := range problems {
			t.Log(shown(problem))
		}
	}
}
