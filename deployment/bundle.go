package deployment

import (
	"errors"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/parallel"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/internal/yaml"
	"github.com/flinktarget/flinktarget/target"
)

// A Bundle is what a stream of documents holds, each kind in its order.
type Bundle struct {
	// Targets, Deployments and SessionClusters are in the order of the stream.
	Targets         []target.Target
	Deployments     []Deployment
	SessionClusters []SessionCluster
}

// Add appends what other holds. The slices of other are not kept.
func (b *Bundle) Add(other Bundle) {
	b.Targets = append(b.Targets, other.Targets...)
	b.Deployments = append(b.Deployments, other.Deployments...)
	b.SessionClusters = append(b.SessionClusters, other.SessionClusters...)
}

// ParseAll reads a stream of YAML documents, or JSON, that holds DeploymentTargets,
// Deployments and SessionClusters in any order, the lists of them that VVP's API
// returns, and the custom resources of VVP's operator. The name of the file is used
// in the positions of errors only, and may be empty. Documents are read on all CPUs
// that the program may use. The error is an [*InvalidError] with all problems of all
// documents, in their order; the Bundle is empty then.
func ParseAll(file string, data []byte) (Bundle, error) { return Defaults{}.ParseAll(file, data) }

// ParseAll is the function [ParseAll] with these defaults for Deployments.
func (d Defaults) ParseAll(file string, data []byte) (Bundle, error) {
	docs := yaml.Split(file, data)
	readers := make([]*reader, len(docs))
	parallel.Do(len(docs), 0, func(i int) { readers[i] = d.read(docs[i]) })
	var b Bundle
	var problems []decode.Problem
	for _, r := range readers {
		b.Add(r.bundle)
		problems = append(problems, r.problems...)
	}
	if len(problems) > 0 {
		return Bundle{}, invalid(file, problems)
	}
	return b, nil
}

type reader struct {
	defaults Defaults
	bundle   Bundle
	problems []decode.Problem
}

func (d Defaults) read(doc yaml.Document) *reader {
	root, bad := doc.Read()
	r := &reader{defaults: d, problems: decode.Syntax(bad)}
	if root != nil {
		r.document(root, true)
	}
	return r
}

var resourceKinds = []string{target.Kind, KindDeployment, KindSessionCluster, kindWrapper}

func (r *reader) document(root *yaml.Node, lists bool) {
	kind := root.Get("kind")
	switch {
	case root.Kind != yaml.Map:
		e := field.Invalid(nil, field.OmitValueType{}, "must be a map, not a "+root.Kind.String())
		r.fail(root.Pos, e)
	case kind == nil:
		r.fail(root.Pos,
			field.Required(field.NewPath("kind"), "write one of "+strings.Join(resourceKinds, ", ")))
	case kind.Text == target.Kind:
		r.target(root)
	case kind.Text == KindDeployment, kind.Text == kindWrapper:
		if d, err := r.defaults.fromNode(root); r.ok(err) {
			r.bundle.Deployments = append(r.bundle.Deployments, d)
		}
	case kind.Text == KindSessionCluster:
		if s, err := sessionClusterFromNode(root); r.ok(err) {
			r.bundle.SessionClusters = append(r.bundle.SessionClusters, s)
		}
	case lists && isList(kind.Text):
		r.list(root)
	default:
		r.unknownKind(kind)
	}
}

func (r *reader) unknownKind(kind *yaml.Node) {
	e := field.NotSupported(field.NewPath("kind"), kind.Text, resourceKinds)
	if best := decode.Nearest(kind.Text, resourceKinds); best != "" {
		e.Detail += "; did you mean " + best + "?"
	}
	switch kind.Text {
	case KindDefaults:
		e = field.Forbidden(field.NewPath("kind"), "defaults change other resources; ParseDefaults reads them")
	case "SecretValue":
		e = field.Forbidden(field.NewPath("kind"), "secret values stay in VVP: keep the value in a Kubernetes Secret, "+
			"set a variable from it in kubernetes.pods.envVars (valueFrom.secretKeyRef), "+
			"and write ${NAME} in flinkConfiguration")
	}
	r.fail(kind.Pos, e)
}

// isList tells VVP's lists, ResourceListOfDeployment and so on, and Kubernetes'. kind
// is none of resourceKinds.
func isList(kind string) bool {
	return kind == "List" || strings.HasPrefix(kind, "ResourceList") ||
		slices.Contains(resourceKinds, strings.TrimSuffix(kind, "List"))
}

func (r *reader) list(root *yaml.Node) {
	items := root.Get("items")
	if items == nil || items.Kind != yaml.List {
		r.fail(root.Pos, field.Required(field.NewPath("items"), "a list has items"))
		return
	}
	for _, f := range root.Fields {
		if !slices.Contains([]string{"kind", "apiVersion", "metadata", "items"}, f.Key) {
			e := field.Forbidden(field.NewPath(f.Key), "unknown field of a list")
			r.fail(f.Pos, e.WithOrigin(decode.OriginUnknown))
		}
	}
	for i, item := range items.Items {
		before := len(r.problems)
		if before >= decode.MaxProblems {
			r.problems = append(r.problems, decode.Problem{Pos: item.Pos, Err: decode.TooMany()})
			return
		}
		r.document(item, false)
		for _, p := range r.problems[before:] {
			p.Err.Field = tree.Join(field.NewPath("items").Index(i).String(), p.Err.Field)
		}
	}
}

func (r *reader) fail(pos yaml.Position, e *field.Error) {
	if e.Field == "<nil>" {
		e.Field = ""
	}
	if e.Origin == "" {
		e.Origin = originKind
	}
	r.problems = append(r.problems, decode.Problem{Pos: pos, Err: e})
}

func (r *reader) target(root *yaml.Node) {
	if t, err := target.FromNode(root); r.ok(err) {
		r.bundle.Targets = append(r.bundle.Targets, t)
	}
}

// ok collects what a parser reported and tells whether there was nothing.
func (r *reader) ok(err error) bool {
	e, isInvalid := errors.AsType[*InvalidError](err)
	if !isInvalid {
		return err == nil
	}
	for i, f := range e.Fields {
		p := decode.Problem{Err: f}
		if i < len(e.Positions) {
			p.Pos = yaml.Position(e.Positions[i])
		}
		r.problems = append(r.problems, p)
	}
	return false
}
