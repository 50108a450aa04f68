package decode

import (
	"cmp"
	"errors"
	"reflect"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/internal/secrets"
	"github.com/flinktarget/flinktarget/internal/yaml"
)

// The origins of this package's errors, as field.Error.Origin.
const (
	OriginUnknown = "unknown-field"
	OriginType    = "type"
	OriginRetyped = "retyped"
	OriginSyntax  = "syntax"
	OriginTooMany = "too-many"
)

// MaxProblems is how many problems of one resource are reported. One more says that there
// are others.
const MaxProblems = 1000

// longest is how much of a value a message shows, longestValue where that is about
// something else than a field, and longestPath how much of a path.
const (
	longest      = 40
	longestValue = 100
	longestPath  = 400
)

// Problem is an error and its place.
type Problem struct {
	Pos yaml.Position
	Err *field.Error
}

// TooMany is the problem that stands for those that are not reported.
func TooMany() *field.Error {
	return ofText("there are more problems; the others are not listed", OriginTooMany)
}

// ofText is an error that is about no field.
func ofText(message, origin string) *field.Error {
	return &field.Error{Type: field.ErrorTypeInvalid, BadValue: field.OmitValueType{}, Detail: message, Origin: origin}
}

// Syntax turns problems of a text into problems of this package.
func Syntax(problems []yaml.Problem) []Problem {
	var out []Problem
	for _, p := range problems {
		if len(out) == MaxProblems {
			return append(out, Problem{p.Pos, TooMany()})
		}
		out = append(out, Problem{p.Pos, ofText(p.Message, OriginSyntax)})
	}
	return out
}

// segment is one step from a node to a value in it.
type segment struct {
	in    *yaml.Node // the node that the step starts from
	key   string     // of a map; "" and keyed false for a list
	keyed bool       // printed as [key]
	index int        // of a list, -1 for maps
}

func (d *decoder) enter(s segment) { d.path = append(d.path, s) }

func (d *decoder) leave() { d.path = d.path[:len(d.path)-1] }

// at returns the path of the value that is being decoded.
func (d *decoder) at() *field.Path {
	path := d.base
	for _, s := range d.path {
		switch {
		case s.index >= 0:
			path = path.Index(s.index)
		case s.keyed || s.key == "" || strings.ContainsAny(s.key, ".[]"):
			path = path.Key(s.key) // would not read as a name
		default:
			path = path.Child(s.key)
		}
	}
	return path
}

// hidden reports whether the value that is being decoded is not to be printed.
func (d *decoder) hidden() bool {
	name := ""
	for _, s := range d.path {
		switch {
		case s.index > 0:
			name = secrets.Item(name, s.index, s.in.Items[s.index-1].Text)
		case s.index < 0:
			name = secrets.Called(name, s.key, func(key string) string {
				if v := s.in.Get(key); v != nil {
					return v.Text
				}
				return ""
			})
		}
	}
	return secrets.Key(name)
}

func (d *decoder) add(p Problem) {
	if len(d.problems) == MaxProblems {
		p.Err = TooMany()
	}
	if len(d.problems) <= MaxProblems {
		d.problems = append(d.problems, p)
	}
}

func (d *decoder) fail(n *yaml.Node, err *field.Error, origin string) {
	d.add(Problem{n.Pos, err.WithOrigin(origin)})
}

func (d *decoder) mismatch(n *yaml.Node, want string) {
	d.fail(n, field.Invalid(d.at(), d.shown(n), "expected "+want), OriginType)
}

// is reports whether a node is of a kind, and a problem if it is not.
func (d *decoder) is(n *yaml.Node, kind yaml.Kind) bool {
	if n.Kind != kind {
		d.mismatch(n, "a "+kind.String()+", not a "+n.Kind.String())
	}
	return n.Kind == kind
}

// shown is what a message may quote of a value.
func (d *decoder) shown(n *yaml.Node) any {
	switch {
	case n.Kind == yaml.Map, n.Kind == yaml.List, n.Kind == yaml.Null, d.hidden():
		return field.OmitValueType{}
	case n.Kind == yaml.String:
		return Shown(n.Text)
	default:
		return n.Value()
	}
}

// Shown is what a message may show of a text: its beginning, or nothing if it may
// be a secret.
func Shown(s string) any { return shownUpTo(longest, s) }

func shownUpTo(most int, s string) any {
	if !secrets.Quotable(s) {
		return field.OmitValueType{}
	}
	return secrets.Clip(s, most)
}

// named returns a printed path without field.Path's name of no field.
func named(path string) string { return strings.TrimPrefix(path, "<nil>") }

// fieldErrors collects the field errors that err wraps, at any depth.
func fieldErrors(err error) field.ErrorList {
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		var list field.ErrorList
		for _, e := range many.Unwrap() {
			list = append(list, fieldErrors(e)...)
		}
		return list
	}
	if one, ok := errors.AsType[*field.Error](err); ok {
		return field.ErrorList{one}
	}
	return nil
}

// Split sorts problems by place and returns them as parallel lists. Where no place is
// known at all, there are no places.
func Split(problems []Problem) (fields field.ErrorList, places []yaml.Position) {
	sorted := slices.Clone(problems)
	slices.SortStableFunc(sorted, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(last(a), last(b)), strings.Compare(a.Pos.File, b.Pos.File),
			cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Pos.Column, b.Pos.Column))
	})
	known := slices.ContainsFunc(sorted, func(p Problem) bool { return p.Pos != (yaml.Position{}) })
	for _, p := range sorted {
		fields = append(fields, Readable(p.Err))
		if known {
			places = append(places, p.Pos)
		}
	}
	return fields, places
}

// last puts what is said of all problems after them.
func last(p Problem) int {
	if p.Err.Origin == OriginTooMany {
		return 1
	}
	return 0
}

// Fields are errors of a value that was not read from a text, as Split returns
// those of a text.
func Fields(errs field.ErrorList) field.ErrorList {
	for i, e := range errs {
		errs[i] = Readable(e)
	}
	return errs
}

// Readable keeps paths readable whatever keys they hold, and leaves out the value if it may
// be a secret.
func Readable(e *field.Error) *field.Error {
	changed := *e
	changed.Field = path(e.Field)
	if v := reflect.ValueOf(e.BadValue); v.Kind() == reflect.String {
		changed.BadValue = shownUpTo(longestValue, v.String())
	}
	if secrets.Key(lastOf(e.Field)) {
		changed.BadValue = field.OmitValueType{}
	}
	return &changed
}

// lastOf returns the last name or key of a printed path.
func lastOf(path string) string {
	if key, ok := strings.CutSuffix(path, "]"); ok {
		return key[strings.LastIndexByte(key, '[')+1:]
	}
	return path[strings.LastIndexByte(path, '.')+1:]
}

// path is what is told of a path: on one line, not too long, and without secrets.
func path(field string) string {
	return flinktarget.OneLine(secrets.Clip(secrets.Mask(named(field)), longestPath))
}

// Warning is what somebody should look at in a field of a resource; "" if it is about no
// field.
func Warning(rule, resource, field, message string, at flinktarget.Position) flinktarget.Problem {
	return flinktarget.Problem{Severity: flinktarget.SeverityWarning, Rule: rule, Position: at,
		Resource: flinktarget.OneLine(resource), Field: path(field), Message: flinktarget.OneLine(message)}
}
