package decode

import (
	"cmp"
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

// Problem is a field error and its place. Its origin is the rule, as everywhere in this module:
// a name, and after a blank the option that helps, as in "uri-scheme FetcherImage".
func Problem(at yaml.Position, e *field.Error) flinktarget.Problem {
	p := flinktarget.Problem{Severity: flinktarget.SeverityError, Field: named(e.Field), Message: body(e), Position: at}
	p.Rule, p.Option, _ = strings.Cut(e.Origin, " ")
	return p
}

// body is what an error says of its field, without words and values that say no more
// than the detail does, and without a value that may be a secret.
func body(of *field.Error) string {
	e := *of
	if v := reflect.ValueOf(e.BadValue); v.Kind() == reflect.String {
		e.BadValue = shownUpTo(longestValue, v.String())
	}
	if secrets.Key(lastOf(e.Field)) {
		e.BadValue = field.OmitValueType{}
	}
	if e.Type == field.ErrorTypeRequired && e.Detail != "" {
		return "required: " + e.Detail
	}
	if e.Detail != "" && (e.BadValue == nil || e.BadValue == any(field.OmitValueType{}) ||
		e.Type == field.ErrorTypeForbidden) {
		return e.Detail
	}
	return e.ErrorBody()
}

// Fields are field errors of what was not read from a text.
func Fields(errs field.ErrorList) []flinktarget.Problem {
	var d decoder
	for _, e := range errs {
		d.add(Problem(yaml.Position{}, e))
	}
	return d.problems
}

// TooMany is the problem that stands for those that are not reported.
func TooMany() *field.Error {
	return ofText(OriginTooMany, "there are more problems; the others are not listed")
}

// ofText is an error that is about no field.
func ofText(origin, message string) *field.Error {
	return &field.Error{Type: field.ErrorTypeInvalid, BadValue: field.OmitValueType{}, Detail: message, Origin: origin}
}

// Syntax turns problems of a text into problems of this package.
func Syntax(problems []yaml.Problem) []flinktarget.Problem {
	var d decoder
	for _, p := range problems {
		d.add(Problem(p.Pos, ofText(OriginSyntax, p.Message)))
	}
	return d.problems
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

func (d *decoder) add(p flinktarget.Problem) {
	if len(d.problems) == MaxProblems {
		p = Problem(p.Position, TooMany())
	}
	if len(d.problems) <= MaxProblems {
		d.problems = append(d.problems, p)
	}
}

func (d *decoder) fail(n *yaml.Node, err *field.Error, origin string) {
	d.add(Problem(n.Pos, err.WithOrigin(origin)))
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

// Invalid returns the error of problems: sorted by their places, about this resource where
// they name none, and with texts that can be printed, whatever keys and names they hold.
func Invalid(resource string, problems ...flinktarget.Problem) *flinktarget.InvalidError {
	sorted := slices.Clone(problems)
	slices.SortStableFunc(sorted, func(a, b flinktarget.Problem) int {
		return cmp.Or(cmp.Compare(last(a), last(b)), strings.Compare(a.File, b.File),
			cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	for i, p := range sorted {
		p.Resource = cmp.Or(p.Resource, resource)
		if p.Resource = secrets.Clip(p.Resource, longestPath); !secrets.Quotable(p.Resource) {
			p.Resource = ""
		}
		p.Resource, p.Message = secrets.OneLine(p.Resource), secrets.OneLine(p.Message)
		p.Object, p.Field = path(p.Object), path(p.Field)
		sorted[i] = p
	}
	return &flinktarget.InvalidError{Problems: sorted}
}

// last puts what is said of all problems after them.
func last(p flinktarget.Problem) int {
	if p.Rule == OriginTooMany {
		return 1
	}
	return 0
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
	return secrets.OneLine(secrets.Clip(secrets.Mask(named(field)), longestPath))
}

// Warning is what somebody should look at in a field of a resource; "" if it is about no
// field.
func Warning(rule, resource, field, message string, at flinktarget.Position) flinktarget.Problem {
	p := flinktarget.Problem{Severity: flinktarget.SeverityWarning, Position: at,
		Resource: secrets.OneLine(secrets.HideText("", resource)), Field: path(field),
		Message: secrets.OneLine(secrets.InMessage(message))}
	p.Rule, p.Option, _ = strings.Cut(rule, " ")
	return p
}
