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
	"encoding/json"
	"fmt"
	"reflect"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/internal/yaml"
)

// Into sets what dst points to. On problems dst is filled as far as possible.
// Types that implement json.Unmarshaler decode themselves; where their error
// wraps field errors, these are reported below the node's own path.
func Into(n *yaml.Node, path *field.Path, dst any) []Problem {
	d := &decoder{base: path}
	d.value(n, reflect.ValueOf(dst).Elem(), "")
	return d.problems
}

// Check reports what Into would, without a value to fill.
func Check[T any](n *yaml.Node, path *field.Path) []Problem {
	return Into(n, path, new(T))
}

type decoder struct {
	problems []Problem
	base     *field.Path
	path     []segment // below base, to where the decoder is
}

func (d *decoder) value(n *yaml.Node, dst reflect.Value, wire string) {
	if d.full() {
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
		return
	case keeper:
		d.kept(n, u)
		return
	case quantity:
		d.quantity(n, u)
		return
	case json.Unmarshaler:
		d.unmarshaler(n, u)
		return
	case *json.Number:
		d.number(n, u)
		return
	}
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
	case reflect.Float32, reflect.Float64:
		d.float(n, dst)
	case reflect.Interface:
		if v := n.Value(); v != nil {
			dst.Set(reflect.ValueOf(v))
		}
	default:
		d.fail(n, field.InternalError(d.at(), fmt.Errorf("cannot decode into %s", dst.Type())), OriginType)
	}
}

// read hands the node itself to types that can read it, which spares them a text.
// They ask for a function that returns it, which no other YAML library gives.
func read(n *yaml.Node, u json.Unmarshaler) error {
	direct, ok := u.(interface{ UnmarshalYAML(func(any) error) error })
	if !ok {
		return u.UnmarshalJSON(tree.JSON(n.Value()))
	}
	return direct.UnmarshalYAML(func(dst any) error {
		get, ok := dst.(*func() *yaml.Node)
		if !ok {
			return fmt.Errorf("%T is not what the decoder gives", dst)
		}
		*get = func() *yaml.Node { return n }
		return nil
	})
}

// unmarshaler lets a type read its own JSON. Null is passed on: whether it means
// anything is the type's business.
func (d *decoder) unmarshaler(n *yaml.Node, u json.Unmarshaler) {
	err := read(n, u)
	if err == nil {
		return
	}
	inner := fieldErrors(err)
	if len(inner) == 0 {
		d.fail(n, field.Invalid(d.at(), d.shown(n), err.Error()), OriginType)
		return
	}
	for _, e := range inner {
		pos := n.Locate(e.Field)
		moved := *e
		moved.Field = join(d.at(), e.Field)
		if moved.Origin == "" {
			moved.Origin = OriginType
		}
		d.add(Problem{pos, &moved})
	}
}
