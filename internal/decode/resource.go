package decode

import (
	"bytes"
	"reflect"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/internal/yaml"
)

// Document reads the only document of a text.
func Document(file string, data []byte) (*yaml.Node, []flinktarget.Problem) {
	docs := yaml.Split(file, data)
	problem := yaml.Problem{Pos: yaml.Position{File: file, Line: 1, Column: 1}, Message: "the text has no document"}
	switch {
	case len(docs) == 1:
		root, bad := docs[0].Read()
		return root, Syntax(bad)
	case len(docs) > 1:
		problem = yaml.Problem{Pos: docs[1].Position(), Message: "must have one document; another begins here"}
	}
	return nil, Syntax([]yaml.Problem{problem})
}

// Parse makes what read makes of the only document of a text. The resource is what errors are
// about that have no document.
func Parse[T any](resource, file string, text []byte, read func(*yaml.Node) (T, error)) (T, error) {
	root, problems := Document(file, text)
	if root == nil {
		return *new(T), Invalid(resource, problems...)
	}
	return read(root)
}

// JSON sets what v points to to what read makes of a JSON text, or to the zero value for
// null, and leaves it alone on errors. It is what UnmarshalJSON of a checked value does.
// Strings refuse fractions: see yaml.Node.Inexact.
func JSON[T any](v *T, text []byte, read func(*yaml.Node) (T, error)) (err error) {
	var out T
	if string(bytes.TrimSpace(text)) != "null" {
		out, err = Parse("", "", text, func(root *yaml.Node) (T, error) { return read(root.Inexact()) })
	}
	if err == nil {
		*v = out
	}
	return err
}

// Config decodes a configuration strictly, and checks nothing else.
func Config[C any](root *yaml.Node) (c C, err error) {
	if problems := Resource(root, &c, func(C) field.ErrorList { return nil }); len(problems) > 0 {
		err = Invalid("", problems...)
	}
	return c, err
}

// serverSide are the fields that VVP's API adds to what a user wrote: they are
// accepted, because people keep what a GET returned, and mean nothing here.
var serverSide = []string{"status", "metadata.createdAt", "metadata.modifiedAt", "metadata.resourceVersion"}

// ServerSide returns the paths of the fields that VVP's API adds.
func ServerSide() []string { return slices.Clone(serverSide) }

// Resource decodes a VVP resource into its Config, checks it, and returns all
// problems with their places. validate sees what could be decoded; its errors
// about fields that could not are left out. Of another kind of resource, the kind is the
// only problem.
func Resource[C any](root *yaml.Node, cfg *C, validate func(C) field.ErrorList) []flinktarget.Problem {
	return Newer(root, cfg, false, validate)
}

// Newer is Resource, which with unknown takes fields in parts of Kubernetes objects that
// the linked API does not have, and keeps them.
func Newer[C any](
	root *yaml.Node, cfg *C, unknown bool, validate func(C) field.ErrorList,
) []flinktarget.Problem {
	d := &decoder{ignored: serverSide, newer: unknown}
	if !d.is(root, yaml.Map) {
		return d.problems
	}
	d.value(root, reflect.ValueOf(cfg).Elem(), "")
	decoded := d.problems
	for _, e := range validate(*cfg) {
		if other(e) {
			return []flinktarget.Problem{Problem(root.Locate(e.Field), e)}
		}
		if !slices.ContainsFunc(decoded, func(q flinktarget.Problem) bool { return within(q.Field, e.Field) }) {
			d.add(Problem(root.Locate(e.Field), e))
		}
	}
	return d.problems
}

// other reports whether an error says that this is a resource of another kind, or one of a
// group of Kubernetes: everything else would follow from that.
func other(e *field.Error) bool {
	value, _ := e.BadValue.(string)
	return e.Type == field.ErrorTypeNotSupported &&
		(e.Field == "kind" || e.Field == "apiVersion" && strings.Contains(value, "/"))
}

// within reports whether one of two paths is the other or leads to it. The problem
// that says of no field there are too many does not count.
func within(a, b string) bool {
	if a == "" || b == "" {
		return false
	}
	if len(a) > len(b) {
		a, b = b, a
	}
	rest, ok := strings.CutPrefix(b, a)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}
