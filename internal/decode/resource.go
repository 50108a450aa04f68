package decode

import (
	"bytes"
	"reflect"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/internal/yaml"
)

// Document reads the only document of a text.
func Document(file string, data []byte) (*yaml.Node, []Problem) {
	docs := yaml.Split(file, data)
	switch len(docs) {
	case 0:
		return nil, Syntax([]yaml.Problem{{Pos: yaml.Position{File: file, Line: 1, Column: 1}, Message: "the text has no document"}})
	case 1:
		root, bad := docs[0].Read()
		return root, Syntax(bad)
	default:
		return nil, Syntax([]yaml.Problem{{Pos: docs[1].Position(), Message: "one document is wanted; here begins another"}})
	}
}

// JSON sets what v points to to what parse reads, or to the zero value for null, and
// leaves it alone on errors. It is what UnmarshalJSON of a checked value does.
func JSON[T any](v *T, text []byte, parse func(file string, text []byte) (T, error)) error {
	var read T
	if string(bytes.TrimSpace(text)) != "null" {
		var err error
		if read, err = parse("", text); err != nil {
			return err
		}
	}
	*v = read
	return nil
}

// serverSide are the fields that VVP's API adds to what a user wrote: they are
// accepted, because people keep what a GET returned, and mean nothing here.
var serverSide = [...][]string{
	{"status"},
	{"metadata", "createdAt"},
	{"metadata", "modifiedAt"},
	{"metadata", "resourceVersion"},
}

// ServerSide returns the paths of the fields that VVP's API adds, names joined by dots.
func ServerSide() []string {
	paths := make([]string, len(serverSide))
	for i, path := range serverSide {
		paths[i] = strings.Join(path, ".")
	}
	return paths
}

// Resource decodes a VVP resource into its Config, checks it, and returns all
// problems with their places. validate sees what could be decoded; its errors
// about fields that could not are left out.
func Resource[C any](root *yaml.Node, cfg *C, validate func(C) field.ErrorList) []Problem {
	for _, path := range serverSide {
		root = without(root, path)
	}
	d := &decoder{}
	if root.Kind == yaml.Null { // inside of a resource it is as good as nothing
		d.mismatch(root, "a map, not a null")
	}
	d.value(root, reflect.ValueOf(cfg).Elem(), "")
	problems := d.problems
	if root.Kind != yaml.Map {
		return problems
	}
	decoded := problems
	for _, e := range validate(*cfg) {
		switch {
		case len(problems) > MaxProblems:
			return problems
		case slices.ContainsFunc(decoded, func(q Problem) bool { return within(q.Err.Field, e.Field) }):
		case len(problems) == MaxProblems:
			problems = append(problems, Problem{root.Pos, TooMany()})
		default:
			problems = append(problems, Problem{root.Locate(e.Field), e})
		}
	}
	return problems
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

// without returns n less the field at path, n itself if there is none.
func without(n *yaml.Node, path []string) *yaml.Node {
	i := slices.IndexFunc(n.Fields, func(f yaml.Field) bool { return f.Key == path[0] })
	if n.Kind != yaml.Map || i < 0 {
		return n
	}
	out := *n
	out.Fields = slices.Clone(n.Fields)
	if len(path) == 1 {
		out.Fields = slices.Delete(out.Fields, i, i+1)
	} else {
		out.Fields[i].Value = without(out.Fields[i].Value, path[1:])
	}
	return &out
}
