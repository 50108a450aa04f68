package krm

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/yaml"
	"github.com/flinktarget/flinktarget/render"
)

// The function's own kind of configuration.
const (
	configKind    = "RenderFlink"
	configVersion = "flinktarget.github.io/v1alpha1"
)

type config struct {
	APIVersion string         `json:"apiVersion"`
	Kind       string         `json:"kind"`
	Metadata   decode.Ignored `json:"metadata"`
	Spec       configSpec     `json:"spec"`
}

type configSpec struct {
	PlatformNamespace string            `json:"platformNamespace"`
	Images            map[string]string `json:"images"`
	LoggingProfiles   map[string]string `json:"loggingProfiles"`
	FetcherImage      string            `json:"fetcherImage"`
	TLSSecret         string            `json:"tlsSecret"`
	Budgets           bool              `json:"podDisruptionBudgets"`
	StrictPatches     bool              `json:"strictPatches"`
	AllowUnresolved   bool              `json:"allowUnresolved"`
	Jobs              []configJob       `json:"jobs"`
	Resources         []decode.Ignored  `json:"resources"` // sources reads them
}

type configJob struct {
	Namespace         string `json:"namespace"`
	Deployment        string `json:"deployment"`
	ID                string `json:"id"`
	SavepointLocation string `json:"savepointLocation"`
}

// setup is what functionConfig says.
type setup struct {
	node      *yaml.Node
	ref       Ref
	at        string // the path of the spec: spec or data
	spec      configSpec
	resources []*yaml.Node
	results   Results
}

func readConfig(n *yaml.Node) *setup {
	s := &setup{node: n}
	if n == nil {
		return s
	}
	s.ref, s.at = refOf(n), "spec"
	var c config
	switch {
	case s.ref.Kind == configKind && s.ref.APIVersion == configVersion:
		s.problems("", decode.Into(n, nil, &c))
		s.spec = c.Spec
		if list := at(n, "spec", "resources"); list != nil {
			s.resources = list.Items
		}
	case s.ref.Kind == "ConfigMap" && s.ref.APIVersion == "v1":
		s.at = "data"
		s.configMap(n)
	default:
		s.fail("kind", "config", "functionConfig is a %s of %s or a ConfigMap of v1, not a %s of %q", configKind,
			configVersion, s.ref.Kind, s.ref.APIVersion)
	}
	return s
}

// configMap reads the spec from the data of a ConfigMap, where every value is text.
func (s *setup) configMap(n *yaml.Node) {
	for _, f := range n.Fields {
		switch f.Key {
		case "apiVersion", "kind", "metadata", "data", "immutable":
		default:
			s.fail(f.Key, decode.OriginUnknown, "of a ConfigMap, data alone is read")
		}
	}
	data := n.Get("data")
	switch {
	case data == nil || data.Kind == yaml.Null:
		return
	case data.Kind != yaml.Map:
		s.fail("data", "config", "expected a map, not a %s", data.Kind)
		return
	}
	spec := *data
	spec.Fields = nil
	for _, f := range data.Fields {
		if f.Value.Kind == yaml.Map || f.Value.Kind == yaml.List {
			s.fail("data."+f.Key, "config",
				"the values of a ConfigMap are text, not a %s: write %s: | and the value in the lines below, indented",
				f.Value.Kind, f.Key)
			continue
		}
		switch f.Key {
		case "platformNamespace", "fetcherImage", "tlsSecret":
		default:
			if f.Value = s.parse(f); f.Value == nil {
				continue
			}
		}
		if f.Key == "resources" {
			s.resources = f.Value.Items
		}
		spec.Fields = append(spec.Fields, f)
	}
	s.problems("data", decode.Into(&spec, nil, &s.spec))
}

// parse reads the YAML in a value. Several documents, like one that is a list, are
// a list.
func (s *setup) parse(f yaml.Field) *yaml.Node {
	roots, bad := yaml.Parse("", []byte(f.Value.Text))
	for _, p := range bad {
		s.fail("data."+f.Key, decode.OriginSyntax, "line %d: %s", p.Pos.Line, p.Message)
	}
	list := &yaml.Node{Kind: yaml.List, Pos: f.Pos, Items: roots}
	switch {
	case len(bad) > 0 || len(roots) == 0:
		return nil
	case len(roots) == 1 && (f.Key != "resources" || roots[0].Kind == yaml.List):
		return roots[0]
	default:
		return list
	}
}

func (s *setup) fail(path, rule, format string, args ...any) {
	s.results = append(s.results,
		Result{Severity: Error, Resource: s.ref, Field: path, Rule: rule, Message: fmt.Sprintf(format, args...)})
}

func (s *setup) problems(prefix string, problems []decode.Problem) {
	for _, p := range problems {
		s.fail(join(prefix, p.Err.Field), p.Err.Origin, "%s", message(p.Err))
	}
}

// options returns the options of the configuration after those of the program.
func (s *setup) options(opts []render.Option) []render.Option {
	add := func(name string, set bool, o render.Option) {
		if !set {
			return
		}
		if _, err := render.New(o); err != nil {
			s.fail(join(s.at, name), "option", "%v", err)
			return
		}
		opts = append(opts, o)
	}
	opts = append([]render.Option(nil), opts...)
	c := s.spec
	add("platformNamespace", c.PlatformNamespace != "", render.Platform{Namespace: c.PlatformNamespace})
	add("images", len(c.Images) > 0, render.Images(c.Images))
	add("loggingProfiles", len(c.LoggingProfiles) > 0, render.LoggingProfiles(c.LoggingProfiles))
	add("fetcherImage", c.FetcherImage != "", render.FetcherImage(c.FetcherImage))
	add("tlsSecret", c.TLSSecret != "", render.TLSSecret(c.TLSSecret))
	add("podDisruptionBudgets", c.Budgets, render.PodDisruptionBudgets())
	add("strictPatches", c.StrictPatches, render.StrictPatches())
	add("allowUnresolved", c.AllowUnresolved, render.AllowUnresolved())
	return opts
}

// jobs returns the Jobs of Deployments by id.
func (s *setup) jobs(deployments []deployment.Deployment) map[string]render.Job {
	jobs := map[string]render.Job{}
	var names []string
	for _, d := range deployments {
		names = append(names, d.Name())
	}
	for i, j := range s.spec.Jobs {
		path := fmt.Sprintf("%s.jobs[%d]", s.at, i)
		if j.ID != "" && !kinds.ValidJobID(j.ID) {
			s.fail(path+".id", "uuid", "%q: %s", j.ID, kinds.NoJobID)
		}
		found := false
		for _, d := range deployments {
			if d.Name() != j.Deployment || j.Namespace != d.Namespace() && (j.Namespace != "" ||
				d.Namespace() != "default") {
				continue
			}
			if _, twice := jobs[d.ID()]; twice {
				s.fail(path, "duplicate", "%s has a job already", d)
			}
			found = true
			jobs[d.ID()] = render.Job{ID: j.ID, SavepointLocation: j.SavepointLocation}
		}
		if !found {
			hint := ""
			if best := decode.Nearest(j.Deployment, names); best != "" && best != j.Deployment {
				hint = "; did you mean " + best + "?"
			}
			s.fail(path+".deployment", "job", "there is no Deployment %q in this namespace%s", j.Deployment, hint)
		}
	}
	return jobs
}

// join puts a prefix before a field path.
func join(prefix, path string) string {
	switch {
	case path == "" || path == "<nil>":
		return prefix
	case prefix == "" || path[0] == '[':
		return prefix + path
	default:
		return prefix + "." + path
	}
}

// message returns the text of a field error without the field.
func message(e *field.Error) string {
	one := render.InvalidError{Fields: field.ErrorList{e}}
	text := one.Problem(0)
	if e.Field != "" && e.Field != "<nil>" {
		text = strings.TrimPrefix(text, e.Field+": ")
	}
	return text
}
