package deployment

import (
	"reflect"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/yaml"
)

// kindWrapper is the custom resource of VVP's Kubernetes operator, in which a Deployment can
// be wrapped (VVP's page "Kubernetes Operator").
const kindWrapper = "VvpDeployment"

// wrapperConfig is the custom resource as far as its own fields go. Its metadata
// and status are Kubernetes', and say nothing of the Deployment.
type wrapperConfig struct {
	Kind       string         `json:"kind"`
	APIVersion string         `json:"apiVersion" enum:"ververica.platform/v1" required:"ververica.platform/v1"`
	Metadata   decode.Ignored `json:"metadata"`
	Spec       wrapperSpec    `json:"spec"`
}

type wrapperSpec struct {
	SyncingMode string        `json:"syncingMode" enum:"PUT,PATCH" required:"PUT or PATCH"`
	Deployment  *wrapperParts `json:"deployment" required:"the Deployment: userMetadata and spec"`
	InitFields  *wrapperParts `json:"initFields"`
	// Of VVP 3: a savepoint that was made elsewhere, of which the Deployment is told.
	InitialSavepoint struct {
		Location string `json:"savepointLocation" format:"uri"`
	} `json:"initialSavepointSpec"`
	// Of VVP 3: whoever changes them asks for a savepoint, or for a new job.
	SavepointNonce decode.Ignored `json:"savepointNonce"`
	RestartNonce   decode.Ignored `json:"restartNonce"`
}

type wrapperParts struct {
	// They are read once they are put together. VVP 3 calls userMetadata metadata.
	UserMetadata decode.Ignored `json:"userMetadata"`
	Metadata     decode.Ignored `json:"metadata"`
	Spec         decode.Ignored `json:"spec"`
}

func validateWrapper(w wrapperConfig) field.ErrorList {
	c := &checks{}
	c.fields(reflect.ValueOf(&w).Elem(), nil)
	return c.errs
}

// wrapped is a Deployment inside a custom resource.
type wrapped struct {
	outer, inner *yaml.Node
	metadata     string // what the custom resource calls it
	savepoint    string // that it brings
}

// unwrap returns the Deployment that the operator would make: what spec.deployment
// says, and what spec.initFields says where that says nothing. The id that VVP gave
// is in the status.
func unwrap(root *yaml.Node) (wrapped, []flinktarget.Problem) {
	var c wrapperConfig
	if problems := decode.Resource(root, &c, false, validateWrapper); len(problems) > 0 {
		return wrapped{}, problems
	}
	w := wrapped{outer: root, metadata: "userMetadata", savepoint: c.Spec.InitialSavepoint.Location}
	spec := root.Get("spec")
	given := part(spec, "deployment")
	if given.Get(w.metadata) == nil && given.Get("metadata") != nil {
		w.metadata = "metadata"
	}
	for _, p := range [...]string{"deployment", "initFields"} {
		for _, f := range part(spec, p).Fields {
			if f.Key != w.metadata && f.Key != "spec" {
				e := field.Forbidden(field.NewPath("spec", p, f.Key), "may not be set together with "+w.metadata+
					" of the Deployment: VVP 2 calls it userMetadata, VVP 3 metadata")
				return wrapped{}, []flinktarget.Problem{decode.Problem(f.Pos, e.WithOrigin("exclusive"))}
			}
		}
	}
	if init := part(spec, "initFields"); init.Kind == yaml.Map {
		given = overlay(given, init)
	}
	metadata := part(given, w.metadata)
	id := part(root, "status", "deploymentSystemMetadata", "id")
	if id.Kind == yaml.Null {
		id = part(root, "status", "deploymentId")
	}
	if id.Kind == yaml.String && metadata.Get("id") == nil {
		m := *metadata
		m.Kind = yaml.Map
		m.Fields = append(slices.Clone(metadata.Fields), yaml.Field{Key: "id", Pos: id.Pos, Value: id})
		metadata = &m
	}
	w.inner = &yaml.Node{Kind: yaml.Map, Pos: root.Pos, Fields: []yaml.Field{
		{Key: "metadata", Pos: metadata.Pos, Value: metadata},
		{Key: "spec", Pos: part(given, "spec").Pos, Value: part(given, "spec")},
	}}
	return w, nil
}

// part returns the value at a path of keys, or a null in its place.
func part(n *yaml.Node, path ...string) *yaml.Node {
	if v := n.Get(path...); v != nil {
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
func (w wrapped) rename(problems []flinktarget.Problem) {
	for i := range problems {
		p := &problems[i]
		path := p.Field
		if rest, ok := strings.CutPrefix(path, "metadata"); ok {
			path = w.metadata + rest
		}
		p.Field = "spec.deployment." + path
		init := "spec.initFields." + path
		if w.outer.Locate(p.Field) != p.Position && w.outer.Locate(init) == p.Position {
			p.Field = init
		}
	}
}
