package decode

import (
	"reflect"
	"strings"
	"sync"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/internal/yaml"
)

func (d *decoder) structure(n *yaml.Node, dst reflect.Value) {
	if n.Kind == yaml.Null {
		return
	}
	if n.Kind != yaml.Map {
		d.mismatch(n, "a map, not a "+n.Kind.String())
		return
	}
	fields := fieldsOf(dst.Type())
	for i := range n.Fields {
		f := &n.Fields[i]
		d.enter(segment{in: n, key: f.Key, index: -1})
		if known, ok := fields.byName[f.Key]; ok {
			d.value(f.Value, settable(dst, known.index), known.wire)
		} else {
			d.unknown(f, fields.names)
		}
		d.leave()
	}
}

func (d *decoder) unknown(f *yaml.Field, names []string) {
	detail := "unknown field"
	if best := Nearest(f.Key, names); best != "" {
		detail += "; did you mean " + best + "?"
	}
	d.add(Problem{f.Pos, field.Forbidden(d.at(), detail).WithOrigin(OriginUnknown)})
}

// settable is reflect's FieldByIndex, allocating embedded pointers on the way.
func settable(v reflect.Value, index []int) reflect.Value {
	for i, x := range index {
		if i > 0 && v.Kind() == reflect.Pointer {
			if v.IsNil() {
				v.Set(reflect.New(v.Type().Elem()))
			}
			v = v.Elem()
		}
		v = v.Field(x)
	}
	return v
}

func (d *decoder) mapping(n *yaml.Node, dst reflect.Value, wire string) {
	if n.Kind == yaml.Null {
		return
	}
	if n.Kind != yaml.Map {
		d.mismatch(n, "a map, not a "+n.Kind.String())
		return
	}
	t := dst.Type()
	out := reflect.MakeMapWithSize(t, len(n.Fields))
	for i := range n.Fields {
		f := &n.Fields[i]
		d.enter(segment{in: n, key: f.Key, keyed: true, index: -1})
		if f.Value.Kind == yaml.Null && t.Elem().Kind() == reflect.String {
			d.fail(f.Value, field.Invalid(d.at(), nil, `a string is wanted: write "" or remove the key`), OriginType)
		} else {
			v := reflect.New(t.Elem()).Elem()
			d.value(f.Value, v, wire)
			out.SetMapIndex(reflect.ValueOf(f.Key).Convert(t.Key()), v)
		}
		d.leave()
	}
	dst.Set(out)
}

func (d *decoder) list(n *yaml.Node, dst reflect.Value, wire string) {
	if dst.Type().Elem().Kind() == reflect.Uint8 {
		d.bytes(n, dst)
		return
	}
	if n.Kind == yaml.Null {
		return
	}
	if n.Kind != yaml.List {
		d.mismatch(n, "a list, not a "+n.Kind.String())
		return
	}
	out := reflect.MakeSlice(dst.Type(), len(n.Items), len(n.Items))
	for i, item := range n.Items {
		d.enter(segment{in: n, index: i})
		d.item(item, out.Index(i), wire)
		d.leave()
	}
	dst.Set(out)
}

// item decodes an element of a list. In a list of strings null is not nothing: an
// element would be empty.
func (d *decoder) item(n *yaml.Node, dst reflect.Value, wire string) {
	if n.Kind == yaml.Null && dst.Kind() == reflect.String {
		d.fail(n, field.Invalid(d.at(), nil, `a string is wanted: write "" or remove the entry`), OriginType)
		return
	}
	d.value(n, dst, wire)
}

type structFields struct {
	byName map[string]structField
	names  []string
}

type structField struct {
	index []int
	wire  string
}

var fieldCache sync.Map // reflect.Type to *structFields; entries never change

func fieldsOf(t reflect.Type) *structFields {
	if cached, ok := fieldCache.Load(t); ok {
		return cached.(*structFields)
	}
	s := &structFields{byName: make(map[string]structField)}
	s.collect(t, nil)
	cached, _ := fieldCache.LoadOrStore(t, s)
	return cached.(*structFields)
}

func (s *structFields) collect(t reflect.Type, prefix []int) {
	for f := range t.Fields() {
		name, opts, _ := strings.Cut(f.Tag.Get("json"), ",")
		index := append(append([]int(nil), prefix...), f.Index...)
		if f.Anonymous && (name == "" || strings.Contains(opts, "inline")) {
			ft := f.Type
			if ft.Kind() == reflect.Pointer {
				ft = ft.Elem()
			}
			s.collect(ft, index)
			continue
		}
		if name == "-" || name == "" || !f.IsExported() {
			continue
		}
		s.byName[name] = structField{index: index, wire: f.Tag.Get("wire")}
		s.names = append(s.names, name)
	}
}
