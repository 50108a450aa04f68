package deployment

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/kinds"
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

// ClusterOf finds the SessionCluster that runs d, by namespace and name. It returns how many
// there are: 0 if there is none or d is in application mode, and more than 1 if it is not
// known which is meant.
func (b Bundle) ClusterOf(d Deployment) (found SessionCluster, n int) {
	name, namespace := d.get().Spec.SessionClusterName, d.Namespace()
	for _, s := range b.SessionClusters {
		if name != "" && s.Name() == name && s.Namespace() == namespace {
			found = s
			n++
		}
	}
	return found, n
}

// Duplicates returns a [*flinktarget.InvalidError] for each resource whose kind and id one before it
// has: both would be rendered to the same objects. Targets have names and ids of their own.
func (b Bundle) Duplicates() (errs []error) {
	seen := map[string]bool{}
	once := func(key, name string, at flinktarget.Position) {
		if seen[key] {
			e := field.Duplicate(field.NewPath("metadata", "name"), name).WithOrigin("duplicate")
			errs = append(errs, decode.Invalid(name, decode.Problem(at, e)))
		}
		seen[key] = true
	}
	for _, t := range b.Targets {
		once("target "+t.Ref().String(), t.String(), t.Position())
		if t.ID() != "" {
			once("target id "+t.ID(), t.String(), t.Position())
		}
	}
	for _, d := range b.Deployments {
		once("deployment "+d.ID(), d.String(), d.Position("metadata.name"))
	}
	for _, s := range b.SessionClusters {
		once("session cluster "+s.ID(), s.String(), s.Position("metadata.name"))
	}
	return errs
}

// ParseAll reads a stream of YAML documents, or JSON, that holds DeploymentTargets,
// Deployments and SessionClusters in any order, the lists of them that VVP's API
// returns, and the custom resources of VVP's operator. The name of the file is used
// in the positions of errors only, and may be empty. Documents are read on all CPUs
// that the program may use. The error is an [*flinktarget.InvalidError] with all problems of all
// documents, in their order; the Bundle is empty then.
func ParseAll(file string, data []byte) (Bundle, error) { return Reader{}.ParseAll(file, data) }

// A Reader reads streams of documents ([Reader.ParseAll], [Reader.Read]) and folders
// ([Reader.ReadFS]). The zero value reads as the functions of these names do.
type Reader struct {
	// Defaults are those of Deployments.
	Defaults Defaults
	// Kind is the kind of documents, and of items of lists, that do not say theirs, such
	// as the bodies that VVP's API takes. If it is empty, they are of the kind that has
	// their fields: Deployments have spec.template.spec.artifact.kind, SessionClusters
	// spec.flinkVersion, and DeploymentTargets nothing but spec.kubernetes and
	// spec.deploymentPatchSet. Others are an error.
	Kind string
	// AllowUnknown takes fields that the linked Kubernetes API does not have in pod
	// templates and in the parts of kubernetes.pods that are of a Kubernetes type, for
	// clusters that are newer. They stay as they are written, and [render.AllowUnknown]
	// makes a warning of each; without it, rendering refuses them. Unknown fields of VVP's
	// are still an error. What a program makes of the Config later is strict again:
	// decoding it, and patching what New makes of it, refuses such fields.
	//
	// [render.AllowUnknown]: https://pkg.go.dev/github.com/flinktarget/flinktarget/render#AllowUnknown
	AllowUnknown bool
}

// ParseAll is the function [ParseAll] with these options.
func (o Reader) ParseAll(file string, data []byte) (Bundle, error) {
	docs := yaml.Split(file, data)
	readers := make([]*reader, len(docs))
	parallel.Do(len(docs), 0, func(i int) { readers[i] = o.read(docs[i]) })
	var b Bundle
	var problems []flinktarget.Problem
	for _, r := range readers {
		b.Add(r.bundle)
		problems = append(problems, r.problems...)
	}
	if len(problems) > 0 {
		return Bundle{}, decode.Invalid("", problems...)
	}
	return b, nil
}

type reader struct {
	options  Reader
	bundle   Bundle
	problems []flinktarget.Problem
}

func (o Reader) read(doc yaml.Document) *reader {
	root, bad := doc.Read()
	r := &reader{options: o, problems: decode.Syntax(bad)}
	if root != nil {
		r.document(root, o.Kind, true)
	}
	return r
}

var resourceKinds = []string{target.Kind, KindDeployment, KindSessionCluster, kindWrapper}

// document reads a resource, or a list. kind is that of one which does not say its own.
func (r *reader) document(root *yaml.Node, kind string, lists bool) {
	kind, pos := kindOf(root, kind)
	switch {
	case root.Kind != yaml.Map:
		e := field.Invalid(nil, field.OmitValueType{}, "must be a map, not a "+root.Kind.String())
		r.fail(root.Pos, e)
	case kind == "":
		r.fail(pos, field.Required(field.NewPath("kind"),
			"write one of "+strings.Join(resourceKinds, ", ")).WithOrigin("required"))
	case kind == target.Kind:
		var t target.Target
		if r.ok(decode.Read(root, &t)) {
			r.bundle.Targets = append(r.bundle.Targets, t)
		}
	case kind == KindDeployment, kind == kindWrapper:
		if d, err := r.options.deployment(root); r.ok(err) {
			r.bundle.Deployments = append(r.bundle.Deployments, d)
		}
	case kind == KindSessionCluster:
		if s, err := r.options.sessionCluster(root); r.ok(err) {
			r.bundle.SessionClusters = append(r.bundle.SessionClusters, s)
		}
	case lists && isList(kind):
		r.list(root, itemKind(kind, r.options.Kind))
	default:
		r.unknownKind(root, kind, pos)
	}
}

// kindOf returns the kind of a document: its own, or that of a list, or the one that is
// given, or the one whose fields it has.
func kindOf(root *yaml.Node, given string) (string, yaml.Position) {
	if kind := part(root, "kind"); kind.Kind != yaml.Null {
		return kind.Text, kind.Pos
	}
	spec := part(root, "spec")
	isTarget := func(f yaml.Field) bool { return f.Key == "kubernetes" || f.Key == "deploymentPatchSet" }
	switch {
	case part(root, "items").Kind == yaml.List && root.Get("spec") == nil:
		return "List", root.Pos
	case given != "":
		return given, root.Pos
	case part(root, "metadata", "name").Kind == yaml.Null: // it may be a layer of defaults
	case part(spec, "template", "spec", "artifact", "kind").Kind != yaml.Null:
		return KindDeployment, root.Pos
	case part(spec, "flinkVersion").Kind != yaml.Null && spec.Get("template") == nil:
		return KindSessionCluster, root.Pos
	case part(spec, "kubernetes").Kind == yaml.Map && !slices.ContainsFunc(spec.Fields,
		func(f yaml.Field) bool { return !isTarget(f) }):
		return target.Kind, root.Pos
	}
	return "", root.Pos
}

// itemKind is the kind of the items of a list that do not say theirs.
func itemKind(list, otherwise string) string {
	kind := strings.TrimSuffix(strings.TrimPrefix(list, "ResourceListOf"), "List")
	if slices.Contains(resourceKinds, kind) {
		return kind
	}
	return otherwise
}

func (r *reader) unknownKind(root *yaml.Node, kind string, pos yaml.Position) {
	e := field.NotSupported(field.NewPath("kind"), kind, resourceKinds)
	e.Detail += decode.DidYouMean(kind, resourceKinds)
	version := part(root, "apiVersion").Text
	if _, rendered := kinds.Lookup(kinds.TypeMeta{APIVersion: version, Kind: kind}); rendered {
		e.Detail += "; a Kubernetes object (" + version + ") is not a VVP resource: " + giveSources
	}
	switch kind {
	case KindDefaults:
		e = field.Forbidden(field.NewPath("kind"), "defaults change other resources: read them apart, "+
			"before these").WithOrigin("not-rendered ParseDefaults")
	case "SecretValue":
		e = field.Forbidden(field.NewPath("kind"), "secret values stay in VVP: keep the value in a Kubernetes Secret, "+
			"set a variable from it in kubernetes.pods.envVars (valueFrom.secretKeyRef), "+
			"and write ${NAME} in flinkConfiguration").WithOrigin("not-rendered")
	}
	r.fail(pos, e)
}

// isList tells VVP's lists, ResourceListOfDeployment and so on, and Kubernetes'. kind
// is none of resourceKinds.
func isList(kind string) bool {
	return kind == "List" || strings.HasPrefix(kind, "ResourceList") ||
		slices.Contains(resourceKinds, strings.TrimSuffix(kind, "List"))
}

func (r *reader) list(root *yaml.Node, kind string) {
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
			r.problems = append(r.problems, decode.Problem(item.Pos, decode.TooMany()))
			return
		}
		r.document(item, kind, false)
		for j := range r.problems[before:] {
			p := &r.problems[before+j]
			p.Field = tree.Join(field.NewPath("items").Index(i).String(), p.Field)
		}
	}
}

func (r *reader) fail(pos yaml.Position, e *field.Error) {
	if e.Origin == "" {
		e.Origin = "kind"
	}
	r.problems = append(r.problems, decode.Problem(pos, e))
}

// ok collects what a parser reported and tells whether there was nothing.
func (r *reader) ok(err error) bool {
	e, isInvalid := errors.AsType[*flinktarget.InvalidError](err)
	if !isInvalid {
		return err == nil
	}
	r.problems = append(r.problems, e.Problems...)
	return false
}

// A Document is what a document of a stream holds: exactly one of its fields is not zero.
type Document struct {
	// Target, Deployment or SessionCluster is the resource.
	Target         target.Target
	Deployment     Deployment
	SessionCluster SessionCluster
}

// Read reads a stream of documents as [ParseAll] does, one at a time, however long
// the stream is, and yields their resources in order. A document that is not legal
// is yielded as an [*flinktarget.InvalidError] with all its problems, and the next one follows.
// A list is one document: its targets come first, then its Deployments, then its
// SessionClusters. An error of r ends the stream.
//
// The sequence reads r, so it can be ranged over once.
func Read(file string, r io.Reader) iter.Seq2[Document, error] { return Reader{}.Read(file, r) }

// Read is the function [Read] with these options.
func (o Reader) Read(file string, r io.Reader) iter.Seq2[Document, error] {
	return func(yield func(Document, error) bool) {
		for doc, err := range yaml.Documents(file, r) {
			if err != nil {
				yield(Document{}, fmt.Errorf("reading %s: %w", file, err))
				return
			}
			if !o.read(doc).yield(yield) {
				return
			}
		}
	}
}

// yield yields what one document held.
func (r *reader) yield(yield func(Document, error) bool) bool {
	if len(r.problems) > 0 {
		return yield(Document{}, decode.Invalid("", r.problems...))
	}
	for _, t := range r.bundle.Targets {
		if !yield(Document{Target: t}, nil) {
			return false
		}
	}
	for _, d := range r.bundle.Deployments {
		if !yield(Document{Deployment: d}, nil) {
			return false
		}
	}
	for _, s := range r.bundle.SessionClusters {
		if !yield(Document{SessionCluster: s}, nil) {
			return false
		}
	}
	return true
}
