package deployment

import (
	"reflect"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/yaml"
)

// The custom resource of VVP's Kubernetes operator, in which a Deployment can be
// wrapped (VVP's page "Kubernetes Operator").
const (
	kindWrapper    = "VvpDeployment"
	versionWrapper = "ververica.platform/v1"
)

// wrapperConfig is the custom resource as far as its own fields go. Its metadata
// and status are Kubernetes', and say nothing of the Deployment.
type wrapperConfig struct {
	Kind       string         `json:"kind"`
	APIVersion string         `json:"apiVersion"`
	Metadata   decode.Ignored `json:"metadata"`
	Spec       wrapperSpec    `json:"spec"`
}

type wrapperSpec struct {
	SyncingMode string        `json:"syncingMode" enum:"PUT,PATCH" required:"PUT or PATCH"`
	Deployment  *wrapperParts `json:"deployment" required:"the Deployment: userMetadata and spec"`
	InitFields  *wrapperParts `json:"initFields"`
}

type wrapperParts struct {
	// Both are read once they are put together.
	UserMetadata decode.Ignored `json:"userMetadata"`
	Spec         decode.Ignored `json:"spec"`
}

func validateWrapper(w wrapperConfig) field.ErrorList {
	c := &checks{}
	if w.APIVersion != versionWrapper {
		c.add(field.NotSupported(field.NewPath("apiVersion"), w.APIVersion, []string{versionWrapper}), originKind)
	}
	c.fields(reflect.ValueOf(&w).Elem(), nil)
	return c.errs
}

// wrapped is a Deployment inside a custom resource.
type wrapped struct {
	outer *yaml.Node
	inner *yaml.Node
}

func isWrapper(root *yaml.Node) bool {
	kind := root.Get("kind")
	return kind != nil && kind.Text == kindWrapper
}

// unwrap returns the Deployment that the operator would make: what spec.deployment
// says, and what spec.initFields says where that says nothing. The id that VVP gave
// is in the status.
func unwrap(root *yaml.Node) (wrapped, []decode.Problem) {
	var c wrapperConfig
	if problems := decode.Resource(root, &c, validateWrapper); len(problems) > 0 {
		for _, p := range problems {
			if p.Err.Field == "spec.deployment.metadata" {
				p.Err.Detail += "; it is called so in VVP 3"
			}
		}
		return wrapped{}, problems
	}
	spec := root.Get("spec")
	given := part(spec, "deployment")
	if init := part(spec, "initFields"); init.Kind == yaml.Map {
		given = overlay(given, init)
	}
	metadata := part(given, "userMetadata")
	id := part(part(part(root, "status"), "deploymentSystemMetadata"), "id")
	if id.Kind == yaml.String && metadata.Get("id") == nil {
		m := *metadata
		m.Kind = yaml.Map
		m.Fields = append(slices.Clone(metadata.Fields), yaml.Field{Key: "id", Pos: id.Pos, Value: id})
		metadata = &m
	}
	inner := &yaml.Node{Kind: yaml.Map, Pos: root.Pos, Fields: []yaml.Field{
		{Key: "metadata", Pos: metadata.Pos, Value: metadata},
		{Key: "spec", Pos: part(given, "spec").Pos, Value: part(given, "spec")},
	}}
	return wrapped{outer: root, inner: inner}, nil
}

// part returns the value of a key, or a null in its place.
func part(n *yaml.Node, key string) *yaml.Node {
	if v := n.Get(key); v != nil {
		return v
	}
	return &yaml.Node{Pos: n.Pos}
}

// overlay returns n with what base says where n says nothing.
func overlay(n, base *yaml.Node) *yaml.Node {
	if n.Kind == yaml.Null {
		return base
	}
	if n.Kind != yaml.Map || base.Kind != yaml.Map {
		return n
	}
	out := *n
	out.Fields = slices.Clone(n.Fields)
	index := make(map[string]int, len(out.Fields))
	for i, f := range out.Fields {
		index[f.Key] = i
	}
	for _, f := range base.Fields {
		if i, ok := index[f.Key]; ok {
			out.Fields[i].Value = overlay(out.Fields[i].Value, f.Value)
		} else {
			out.Fields = append(out.Fields, f)
		}
	}
	return &out
}

// rename gives problems the paths that the custom resource has.
func (w wrapped) rename(problems []decode.Problem) {
	for _, p := range problems {
		path := p.Err.Field
		if rest, ok := strings.CutPrefix(path, "metadata"); ok {
			path = "userMetadata" + rest
		}
		p.Err.Field = "spec.deployment." + path
		if init := "spec.initFields." + path; w.outer.Locate(p.Err.Field) != p.Pos && w.outer.Locate(init) == p.Pos {
			p.Err.Field = init
		}
	}
}
