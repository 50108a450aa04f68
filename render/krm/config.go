package krm

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/jsonschema"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/schema"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/render"
)

// Kind is the function's own kind of configuration.
const Kind = "RenderFlink"

const configVersion = "flinktarget.github.io/v1alpha1"

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
	SQLRunner         configRunner      `json:"sqlRunner"`
	FlinkHome         string            `json:"flinkHome"`
	BlobStorage       string            `json:"blobStorage"`
	TLSSecret         string            `json:"tlsSecret"`
	Budgets           bool              `json:"podDisruptionBudgets"`
	Metrics           *render.Metrics   `json:"metrics"`
	Ingress           *render.Ingress   `json:"ingress"`

	Autoscaling     *render.Autoscaling     `json:"autoscaling"`
	NetworkPolicies *render.NetworkPolicies `json:"networkPolicies"`

	StrictPatches   bool             `json:"strictPatches"`
	AllowUnresolved bool             `json:"allowUnresolved"`
	AllowUnknown    bool             `json:"allowUnknown"`
	Jobs            []configJob      `json:"jobs"`
	Resources       []decode.Ignored `json:"resources"` // setup has them
}

// Schema returns the JSON Schema (draft 2020-12) of a functionConfig of this Kind, for editors,
// with an indent of two blanks. What it refuses, the function refuses; which checks more.
// Resources in it have schemas of their own, those of package deployment/schemas.
func Schema() []byte {
	required := func(names ...any) jsonschema.Rule { return jsonschema.Rule{"required": names} }
	return jsonschema.Root{Kind: Kind, Title: Kind + ", the configuration of flinktarget's KRM function",
		Of: reflect.TypeFor[config](), Rules: map[string]jsonschema.Rule{
			"":                 required("apiVersion", "kind"),
			"apiVersion":       {"enum": []any{configVersion}},
			"kind":             {"enum": []any{Kind}},
			"spec.ingress":     required("host"),
			"spec.autoscaling": required("maxReplicas"),
			"spec.jobs[]":      required("deployment"),
		}}.JSON()
}

type configRunner struct {
	JarURI string `json:"jarUri"`
	Class  string `json:"class"`
}

type configJob struct {
	Namespace         string `json:"namespace"`
	Deployment        string `json:"deployment"`
	ID                string `json:"id"`
	SavepointLocation string `json:"savepointLocation"`
}

// setup is what functionConfig says.
type setup struct {
	at        string // the path of the spec: spec or data
	spec      configSpec
	resources []*yaml.RNode
}

func (f *function) readConfig() {
	f.setup.at = "spec"
	if yaml.IsMissingOrNull(f.config) {
		f.config = nil
		return
	}
	var c config
	switch version, kind := f.config.GetApiVersion(), f.config.GetKind(); {
	case kind == Kind && version == configVersion:
		f.decode(f.config, "", &c)
		f.setup.spec = c.Spec
		if list, err := f.config.Pipe(yaml.Lookup("spec", "resources")); err == nil && list != nil {
			f.setup.resources, _ = list.Elements()
		}
	case kind == "ConfigMap" && version == "v1":
		f.setup.at = "data"
		f.configMap()
	default:
		f.configError("kind", "config", "functionConfig is a %s of %s or a ConfigMap of v1, not a %s of %q",
			Kind, configVersion, kind, version)
	}
}

// decode reads a part of functionConfig strictly.
func (f *function) decode(n *yaml.RNode, at string, dst any) {
	root, problems := decode.Document("", []byte(n.MustString()))
	if root != nil {
		problems = decode.Into(root, nil, dst)
	}
	for _, p := range problems {
		f.configError(tree.Join(at, p.Field), p.Rule, "%s", p.Message)
	}
}

func (f *function) configError(path, rule, format string, args ...any) {
	f.report(&source{ref: refOf(f.config)}, rule, path, fmt.Sprintf(format, args...))
}

// configMap reads the spec from the data of a ConfigMap, where every value is text.
func (f *function) configMap() {
	keys, _ := f.config.Fields()
	for _, key := range keys {
		if !slices.Contains([]string{"apiVersion", "kind", "metadata", "data", "immutable"}, key) {
			f.configError(key, decode.OriginUnknown, "of a ConfigMap, data alone is read")
		}
	}
	data := f.config.Field("data")
	if data.IsNilOrEmpty() {
		return
	}
	spec := yaml.NewMapRNode(nil)
	err := data.Value.VisitFields(func(entry *yaml.MapNode) error {
		key, value := entry.Key.YNode().Value, entry.Value
		if value.YNode().Kind != yaml.ScalarNode {
			f.configError("data."+key, "config", "the values of a ConfigMap are text, not a map or a list: write "+
				"%s: | and the value in the lines below, indented", key)
			return nil
		}
		isText := func(f schema.Field) bool { return f.Name == key && f.Type.Kind() == reflect.String }
		if !slices.ContainsFunc(schema.Fields(reflect.TypeFor[configSpec]()), isText) {
			docs, err := documents(value.YNode().Value)
			if err != nil {
				f.configError("data."+key, decode.OriginSyntax, "%v", err)
				return nil
			}
			if value = docs; len(docs.Content()) == 1 && (key != "resources" ||
				docs.Content()[0].Kind == yaml.SequenceNode) {
				value = yaml.NewRNode(docs.Content()[0])
			}
			if key == "resources" {
				f.setup.resources, _ = value.Elements()
			}
		}
		return spec.PipeE(yaml.FieldSetter{Name: key, Value: value})
	})
	if err != nil {
		f.configError("data", "config", "must be a map of texts: %v", err)
		return
	}
	f.decode(spec, "data", &f.setup.spec)
}

// documents returns the list of the YAML documents in a value.
func documents(text string) (*yaml.RNode, error) {
	list := &yaml.Node{Kind: yaml.SequenceNode}
	for d := yaml.NewDecoder(strings.NewReader(text)); ; {
		var n yaml.Node
		switch err := d.Decode(&n); {
		case errors.Is(err, io.EOF):
			return yaml.NewRNode(list), nil
		case err != nil:
			return nil, err
		}
		list.Content = append(list.Content, n.Content[0])
	}
}

// renderer is that of the options of the program and of the configuration, which go first. It
// returns the options, too.
func (f *function) renderer(opts []render.Option) (*render.Renderer, []render.Option) {
	opts = slices.Clone(opts)
	names := map[string]string{} // in the configuration
	add := func(name string, set bool, o render.Option) {
		if set {
			names[o.String()] = name
			opts = append(slices.DeleteFunc(opts, func(p render.Option) bool { return p.String() == o.String() }), o)
		}
	}
	c := f.setup.spec
	add("platformNamespace", c.PlatformNamespace != "",
		render.ForPlatform(render.Platform{Namespace: c.PlatformNamespace}))
	add("images", len(c.Images) > 0, render.UseImages(c.Images))
	add("loggingProfiles", len(c.LoggingProfiles) > 0, render.UseLoggingProfiles(c.LoggingProfiles))
	add("fetcherImage", c.FetcherImage != "", render.FetcherImage(c.FetcherImage))
	add("sqlRunner", c.SQLRunner != configRunner{}, render.SQLRunner(c.SQLRunner.JarURI, c.SQLRunner.Class))
	add("flinkHome", c.FlinkHome != "", render.FlinkHome(c.FlinkHome))
	add("blobStorage", c.BlobStorage != "", render.BlobStorage(c.BlobStorage))
	add("tlsSecret", c.TLSSecret != "", render.TLSSecret(c.TLSSecret))
	add("podDisruptionBudgets", c.Budgets, render.PodDisruptionBudgets())
	add("metrics", c.Metrics != nil, render.WithMetrics(value(c.Metrics)))
	add("ingress", c.Ingress != nil, render.WithIngress(value(c.Ingress)))
	add("autoscaling", c.Autoscaling != nil, render.WithAutoscaling(value(c.Autoscaling)))
	add("networkPolicies", c.NetworkPolicies != nil, render.WithNetworkPolicies(value(c.NetworkPolicies)))
	add("strictPatches", c.StrictPatches, render.StrictPatches())
	add("allowUnresolved", c.AllowUnresolved, render.AllowUnresolved())
	add("allowUnknown", c.AllowUnknown, render.AllowUnknown())
	r, err := render.New(opts...)
	for p := range flinktarget.Problems(err) {
		option, below, ok := strings.Cut(p.Field, ".")
		name := cmp.Or(names[option], option)
		if ok && name != "platformNamespace" {
			name = tree.Join(name, below)
		}
		f.configError(tree.Join(f.setup.at, name), p.Rule, "%s", p.Message)
	}
	return r, opts
}

// value returns what a pointer points to, if to anything.
func value[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

// jobs returns the Jobs of Deployments by id.
func (f *function) jobs() map[string]render.Job {
	jobs := map[string]render.Job{}
	var names []string
	for _, d := range f.bundle.Deployments {
		names = append(names, d.Name())
	}
	for i, j := range f.setup.spec.Jobs {
		path := fmt.Sprintf("%s.jobs[%d]", f.setup.at, i)
		if j.ID != "" && !kinds.ValidJobID(j.ID) {
			f.configError(path+".id", "uuid", "%q: %s", j.ID, kinds.NoJobID)
		}
		found := false
		for _, d := range f.bundle.Deployments {
			if d.Name() != j.Deployment || j.Namespace != d.Namespace() && (j.Namespace != "" ||
				d.Namespace() != "default") {
				continue
			}
			if _, twice := jobs[d.ID()]; twice {
				f.configError(path, "duplicate", "%s has a job already", d)
			}
			found = true
			jobs[d.ID()] = render.Job{ID: j.ID, SavepointLocation: j.SavepointLocation}
		}
		if !found {
			f.configError(path+".deployment", "job", "there is no Deployment %q in this namespace%s", j.Deployment,
				decode.DidYouMean(j.Deployment, names))
		}
	}
	return jobs
}
