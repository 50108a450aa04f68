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
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/internal/schema"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/internal/yaml"
)

// Into sets what dst points to. On problems dst is filled as far as possible.
// Types that implement json.Unmarshaler decode themselves; where their error
// wraps field errors, these are reported below the node's own path.
func Into(n *yaml.Node, path *field.Path, dst any) []flinktarget.Problem {
	d := &decoder{base: path}
	d.value(n, reflect.ValueOf(dst).Elem(), "")
	return d.problems
}

// Check reports what Into would, without a value to fill.
func Check[T any](n *yaml.Node, path *field.Path) []flinktarget.Problem {
	return Into(n, path, new(T))
}

type decoder struct {
	problems []flinktarget.Problem
	base     *field.Path
	path     []segment // below base, to where the decoder is
	ignored  []string  // paths of fields that the Go type does not have
	// newer takes unknown fields in parts of Kubernetes objects; part is set inside of one.
	newer, part bool
}

func (d *decoder) value(n *yaml.Node, dst reflect.Value, wire string) {
	if len(d.problems) > MaxProblems {
		return
	}
	if dst.Kind() == reflect.Pointer {
		if n.Kind == yaml.Null {
			dst.SetZero()
			return
		}
		if dst.IsNil() {
			dst.Set(reflect.New(dst.Type().Elem()))
		}
		d.value(n, dst.Elem(), wire)
		return
	}
	switch u := dst.Addr().Interface().(type) {
	case interface{ ignore() }:
	case keeper:
		d.kept(n, u)
	case quantity:
		d.quantity(n, u)
	case json.Unmarshaler:
		d.unmarshaler(n, u)
	case *json.Number:
		d.number(n, u)
	default:
		if n.Kind != yaml.Null { // which means unset
			d.plain(n, dst, wire)
		}
	}
}

// plain decodes into a type that has no way of its own.
func (d *decoder) plain(n *yaml.Node, dst reflect.Value, wire string) {
	switch dst.Kind() {
	case reflect.Struct:
		d.structure(n, dst)
	case reflect.Map:
		d.mapping(n, dst, wire)
	case reflect.Slice:
		d.list(n, dst, wire)
	case reflect.String:
		d.text(n, dst, wire)
	case reflect.Bool:
		d.boolean(n, dst)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		d.integer(n, dst)
	case reflect.Interface:
		dst.Set(reflect.ValueOf(n.Value()))
	default:
		d.fail(n, field.InternalError(d.at(), fmt.Errorf("cannot decode into %s", dst.Type())), OriginType)
	}
}

func (d *decoder) structure(n *yaml.Node, dst reflect.Value) {
	if !d.is(n, yaml.Map) {
		return
	}
	fields := schema.Fields(dst.Type())
	for i := range n.Fields {
		f := &n.Fields[i]
		d.enter(segment{in: n, key: f.Key, index: -1})
		if known := slices.IndexFunc(fields, func(k schema.Field) bool { return k.Name == f.Key }); known >= 0 {
			d.value(f.Value, dst.FieldByIndex(fields[known].Index), fields[known].Wire)
		} else if !(d.newer && d.part) && !slices.Contains(d.ignored, d.at().String()) {
			meant, origin := DidYouMean(f.Key, schema.Names(fields)), OriginUnknown
			if meant == "" && d.part {
				origin += " AllowUnknown"
			}
			d.add(Problem(f.Pos, field.Forbidden(d.at(), "unknown field"+meant).WithOrigin(origin)))
		}
		d.leave()
	}
}

func (d *decoder) mapping(n *yaml.Node, dst reflect.Value, wire string) {
	if !d.is(n, yaml.Map) {
		return
	}
	t := dst.Type()
	out := reflect.MakeMapWithSize(t, len(n.Fields))
	for i := range n.Fields {
		f := &n.Fields[i]
		d.enter(segment{in: n, key: f.Key, keyed: true, index: -1})
		v := reflect.New(t.Elem()).Elem()
		if d.member(f.Value, v, wire, "key") {
			out.SetMapIndex(reflect.ValueOf(f.Key).Convert(t.Key()), v)
		}
		d.leave()
	}
	dst.Set(out)
}

func (d *decoder) list(n *yaml.Node, dst reflect.Value, wire string) {
	if !d.is(n, yaml.List) {
		return
	}
	out := reflect.MakeSlice(dst.Type(), len(n.Items), len(n.Items))
	for i, item := range n.Items {
		d.enter(segment{in: n, index: i})
		d.member(item, out.Index(i), wire, "entry")
		d.leave()
	}
	dst.Set(out)
}

// member decodes what is in a map or list. Of strings null is refused there, because it
// would be an empty one.
func (d *decoder) member(n *yaml.Node, dst reflect.Value, wire, what string) bool {
	if n.Kind == yaml.Null && dst.Kind() == reflect.String {
		d.fail(n, field.Invalid(d.at(), nil, `must be a string: write "" or remove the `+what), OriginType)
		return false
	}
	d.value(n, dst, wire)
	return true
}

// unmarshaler lets a type read its own JSON. Null is passed on: whether it means
// anything is the type's business.
func (d *decoder) unmarshaler(n *yaml.Node, u json.Unmarshaler) {
	err := Read(n, u)
	if err == nil {
		return
	}
	inner, ok := errors.AsType[*flinktarget.InvalidError](err)
	if !ok {
		d.fail(n, field.Invalid(d.at(), d.shown(n), err.Error()), OriginType)
		return
	}
	for _, p := range inner.Problems {
		p.Resource, p.Position = "", n.Locate(p.Field)
		p.Field = tree.Join(named(d.at().String()), p.Field)
		p.Rule = cmp.Or(p.Rule, OriginType)
		d.add(p)
	}
}

// Read hands the node itself to types that can read it, with its places; see YAML.
func Read(n *yaml.Node, u json.Unmarshaler) error {
	direct, ok := u.(interface{ UnmarshalYAML(func(any) error) error })
	if !ok {
		return u.UnmarshalJSON(tree.JSON(n.Value()))
	}
	return direct.UnmarshalYAML(func(dst any) error {
		if get, ok := dst.(*func() *yaml.Node); ok { // what YAML asks for
			*get = func() *yaml.Node { return n }
		}
		return nil
	})
}

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
	if problems := Resource(root, &c, false, func(C) field.ErrorList { return nil }); len(problems) > 0 {
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
// only problem. With unknown, fields in parts of Kubernetes objects that the linked API does
// not have are kept.
func Resource[C any](
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
