package decode

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

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

// Problem is an error and its place.
type Problem struct {
	Pos yaml.Position
	Err *field.Error
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
	for _, s := range d.path {
		if secrets.Key(s.key) || s.key == "value" && namesSecret(s.in) || s.index > 0 && secrets.Flag(s.in.Items[s.index-1].Text) {
			return true
		}
	}
	return false
}

// namesSecret reports whether the value in a map belongs to a key that is given
// beside it, as in the list of environment variables.
func namesSecret(n *yaml.Node) bool {
	for _, key := range [...]string{"name", "path"} {
		if v := n.Get(key); v != nil && secrets.Key(v.Text) {
			return true
		}
	}
	return false
}

func (d *decoder) full() bool { return len(d.problems) > MaxProblems }

func (d *decoder) add(p Problem) {
	if d.full() {
		return
	}
	if len(d.problems) == MaxProblems {
		p.Err = TooMany()
	}
	d.problems = append(d.problems, p)
}

// TooMany is the problem that stands for those that are not reported.
func TooMany() *field.Error {
	e := field.Invalid(nil, field.OmitValueType{}, "there are more problems; the others are not listed")
	e.Field = ""
	return e.WithOrigin(OriginTooMany)
}

func (d *decoder) fail(n *yaml.Node, err *field.Error, origin string) {
	d.add(Problem{n.Pos, err.WithOrigin(origin)})
}

func (d *decoder) mismatch(n *yaml.Node, want string) {
	d.fail(n, field.Invalid(d.at(), d.shown(n), "expected "+want), OriginType)
}

// shown is what a message may quote of a value.
func (d *decoder) shown(n *yaml.Node) any {
	switch n.Kind {
	case yaml.Map, yaml.List, yaml.Null:
		return field.OmitValueType{}
	}
	if d.hidden() {
		return field.OmitValueType{}
	}
	if n.Kind == yaml.String {
		return Shown(n.Text)
	}
	return n.Value()
}

// Shown is what a message may show of a text: its beginning, or nothing if it may
// be a secret.
func Shown(s string) any {
	if !secrets.Quotable(s) {
		return field.OmitValueType{}
	}
	return clip(s)
}

// join appends a printed path to a path.
func join(path *field.Path, rest string) string {
	switch {
	case rest == "" || rest == "<nil>":
		return path.String()
	case path == nil || rest[0] == '[':
		return strings.TrimPrefix(path.String(), "<nil>") + rest
	default:
		return path.String() + "." + rest
	}
}

// fieldErrors collects the field errors that err wraps, at any depth.
func fieldErrors(err error) field.ErrorList {
	var one *field.Error
	if e, ok := err.(*field.Error); ok {
		return field.ErrorList{e}
	}
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		var list field.ErrorList
		for _, e := range many.Unwrap() {
			list = append(list, fieldErrors(e)...)
		}
		return list
	}
	if errors.As(err, &one) {
		return field.ErrorList{one}
	}
	return nil
}

// Split sorts problems by place and returns them as parallel lists. P is a public
// form of yaml.Position. Where no place is known at all, there are no places.
func Split[P ~struct {
	File         string
	Line, Column int
}](problems []Problem) (field.ErrorList, []P) {
	sorted := slices.Clone(problems)
	slices.SortStableFunc(sorted, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(last(a), last(b)), strings.Compare(a.Pos.File, b.Pos.File), cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Pos.Column, b.Pos.Column))
	})
	fields := make(field.ErrorList, len(sorted))
	var places []P
	for i, p := range sorted {
		fields[i] = shown(p.Err)
		if !p.Pos.IsZero() && places == nil {
			places = make([]P, len(sorted))
		}
	}
	for i := range places {
		places[i] = P(sorted[i].Pos)
	}
	return fields, places
}

// Fields are errors of a value that was not read from a text, as Split returns
// those of a text.
func Fields(errs field.ErrorList) field.ErrorList {
	for i, e := range errs {
		errs[i] = shown(e)
	}
	return errs
}

// shown keeps paths readable whatever keys they hold.
func shown(e *field.Error) *field.Error {
	const longest = 400
	path := secrets.Mask(e.Field)
	switch {
	case path == "<nil>": // field.Path's name of no field
		path = ""
	case len(path) > longest:
		path = strings.ToValidUTF8(path[:longest], "") + "…"
	}
	if path == e.Field {
		return e
	}
	changed := *e
	changed.Field = path
	return &changed
}

// last puts what is said of all problems after them.
func last(p Problem) int {
	if p.Err.Origin == OriginTooMany {
		return 1
	}
	return 0
}

// Syntax turns problems of a text into problems of this package.
func Syntax(problems []yaml.Problem) []Problem {
	out := make([]Problem, 0, min(len(problems), MaxProblems+1))
	for i, p := range problems {
		if i == MaxProblems {
			return append(out, Problem{p.Pos, TooMany()})
		}
		e := field.Invalid(nil, field.OmitValueType{}, p.Message).WithOrigin(OriginSyntax)
		e.Field = ""
		out = append(out, Problem{p.Pos, e})
	}
	return out
}
