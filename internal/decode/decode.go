// Package decode fills Go values from YAML nodes strictly: unknown keys, wrong
// types and values that YAML retyped are problems, all of them collected, each
// with its place and its field path.
//
// Struct fields are found by their json tags. Two words in a `wire` tag relax
// the rule that a string must be written as one:
//
//	wire:"number"  a string field also takes a plain number, read as it is
//	               written (flinkVersion: 1.20 stays 1.20)
//	wire:"scalar"  a string field, or a map's string values, also take numbers
//	               and booleans, read as they are written
package decode

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/internal/yamldoc"
)

// The origins of this package's errors, as field.Error.Origin.
const (
	OriginUnknown = "unknown-field"
	OriginType    = "type"
	OriginRetyped = "retyped"
	OriginSyntax  = "syntax"
)

// Problem is an error and its place.
type Problem struct {
	Pos yamldoc.Position
	Err *field.Error
}

// Into sets what dst points to. On problems dst is filled as far as possible.
// Types that implement json.Unmarshaler decode themselves; where their error
// wraps field errors, these are reported below the node's own path.
func Into(n *yamldoc.Node, path *field.Path, dst any) []Problem {
	d := &decoder{}
	d.value(n, path, reflect.ValueOf(dst).Elem(), "")
	return d.problems
}

// Check reports what Into would, without a value to fill.
func Check[T any](n *yamldoc.Node, path *field.Path) []Problem {
	return Into(n, path, new(T))
}

type decoder struct {
	problems []Problem
}

func (d *decoder) fail(n *yamldoc.Node, err *field.Error, origin string) {
	d.problems = append(d.problems, Problem{n.Pos, err.WithOrigin(origin)})
}

func (d *decoder) mismatch(n *yamldoc.Node, path *field.Path, want string) {
	d.fail(n, field.Invalid(path, shown(n), "expected "+want), OriginType)
}

// shown is what a message may quote of a value.
func shown(n *yamldoc.Node) any {
	switch n.Kind {
	case yamldoc.Map, yamldoc.List, yamldoc.Null:
		return field.OmitValueType{}
	case yamldoc.String:
		if len(n.Text) > 80 {
			return n.Text[:80] + "…"
		}
		return n.Text
	default:
		return n.Value()
	}
}

func (d *decoder) value(n *yamldoc.Node, path *field.Path, dst reflect.Value, wire string) {
	if dst.Kind() == reflect.Pointer {
		if n.Kind == yamldoc.Null {
			dst.SetZero()
			return
		}
		if dst.IsNil() {
			dst.Set(reflect.New(dst.Type().Elem()))
		}
		d.value(n, path, dst.Elem(), wire)
		return
	}
	if u, ok := dst.Addr().Interface().(json.Unmarshaler); ok {
		d.unmarshaler(n, path, u)
		return
	}
	if dst.Type() == reflect.TypeFor[json.Number]() {
		d.number(n, path, dst)
		return
	}
	switch dst.Kind() {
	case reflect.Struct:
		d.structure(n, path, dst)
	case reflect.Map:
		d.mapping(n, path, dst, wire)
	case reflect.Slice:
		d.list(n, path, dst, wire)
	case reflect.String:
		d.text(n, path, dst, wire)
	case reflect.Bool:
		if n.Kind == yamldoc.Null {
			return
		}
		if n.Kind != yamldoc.Bool {
			d.mismatch(n, path, "a boolean: true or false, without quotes")
			return
		}
		dst.SetBool(n.Value().(bool))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		d.integer(n, path, dst)
	case reflect.Float32, reflect.Float64:
		d.float(n, path, dst)
	case reflect.Interface:
		if v := n.Value(); v != nil {
			dst.Set(reflect.ValueOf(v))
		}
	default:
		d.fail(n, field.InternalError(path, fmt.Errorf("cannot decode into %s", dst.Type())), OriginType)
	}
}

// unmarshaler lets a type read its own JSON. Null is passed on: whether it means
// anything is the type's business.
func (d *decoder) unmarshaler(n *yamldoc.Node, path *field.Path, u json.Unmarshaler) {
	if t, ok := schema(reflect.TypeOf(u).Elem()); ok && n.Kind != yamldoc.Null {
		before := len(d.problems)
		d.value(n, path, reflect.New(t).Elem(), "")
		if len(d.problems) > before {
			return
		}
	}
	err := u.UnmarshalJSON(tree.JSON(n.Value()))
	if err == nil {
		return
	}
	inner := fieldErrors(err)
	if len(inner) == 0 {
		d.fail(n, field.Invalid(path, shown(n), err.Error()), OriginType)
		return
	}
	for _, e := range inner {
		pos := n.Locate(e.Field)
		moved := *e
		moved.Field = join(path, e.Field)
		if moved.Origin == "" {
			moved.Origin = OriginType
		}
		d.problems = append(d.problems, Problem{pos, &moved})
	}
}

// schema returns the type that a type keeps the text of, so that nodes can be
// checked while it is still known how they were written: the T of a field
// `_ [0]T` with the tag wire:"schema".
func schema(t reflect.Type) (reflect.Type, bool) {
	if t.Kind() != reflect.Struct || t.NumField() == 0 {
		return nil, false
	}
	f := t.Field(0)
	if f.Tag.Get("wire") != "schema" || f.Type.Kind() != reflect.Array {
		return nil, false
	}
	return f.Type.Elem(), true
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
// form of yamldoc.Position. Where no place is known at all, there are no places.
func Split[P ~struct {
	File         string
	Line, Column int
}](problems []Problem) (field.ErrorList, []P) {
	sorted := slices.Clone(problems)
	slices.SortStableFunc(sorted, func(a, b Problem) int {
		return cmp.Or(strings.Compare(a.Pos.File, b.Pos.File), cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Pos.Column, b.Pos.Column))
	})
	fields := make(field.ErrorList, len(sorted))
	var places []P
	for i, p := range sorted {
		fields[i] = p.Err
		if !p.Pos.IsZero() && places == nil {
			places = make([]P, len(sorted))
		}
	}
	for i := range places {
		places[i] = P(sorted[i].Pos)
	}
	return fields, places
}

// Syntax turns problems of a text into problems of this package.
func Syntax(problems []yamldoc.Problem) []Problem {
	out := make([]Problem, len(problems))
	for i, p := range problems {
		e := field.Invalid(nil, field.OmitValueType{}, p.Message).WithOrigin(OriginSyntax)
		e.Field = ""
		out[i] = Problem{p.Pos, e}
	}
	return out
}

// At gives field errors their places in a document.
func At(root *yamldoc.Node, errs field.ErrorList) []Problem {
	out := make([]Problem, len(errs))
	for i, e := range errs {
		out[i] = Problem{root.Locate(e.Field), e}
	}
	return out
}
