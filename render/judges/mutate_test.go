package judges

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/kinds/types"
)

// goTypes are those of the kinds in which something is changed, by kind.
var goTypes = func() map[string]reflect.Type {
	out := map[string]reflect.Type{}
	for _, k := range kinds.Patchable() {
		out[k.Kind] = types.Of(k.TypeMeta)
	}
	delete(out, "PodMonitor") // whose type is the operator's
	return out
}()

// place is a value in an object, with its type.
type place struct {
	path   string // JSON pointer
	typ    reflect.Type
	value  any
	parent reflect.Kind
}

// untouchable are what patches cannot change, and status, which a server drops.
func untouchable(path string) bool {
	for _, prefix := range []string{
		"/apiVersion", "/kind", "/metadata/", "/spec/selector", "/spec/template/metadata/", "/status",
	} {
		if path+"/" == prefix || strings.HasPrefix(path, prefix) {
			return path != "/metadata/annotations"
		}
	}
	return false
}

// places lists everything in an object that can be changed.
func places(path string, t reflect.Type, value any, parent reflect.Kind) []place {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	var out []place
	if path == "" || !untouchable(path) {
		out = append(out, place{path, t, value, parent})
	}
	switch v := value.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if ft := child(t, key); ft != nil {
				out = append(out, places(path+"/"+escape(key), ft, v[key], t.Kind())...)
			}
		}
	case []any:
		for i, e := range v {
			out = append(out, places(fmt.Sprint(path, "/", i), t.Elem(), e, reflect.Slice)...)
		}
	}
	return out
}

func escape(key string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(key)
}

// child is the type of a field or an entry.
func child(t reflect.Type, key string) reflect.Type {
	if t.Kind() == reflect.Map {
		return t.Elem()
	}
	return fields(t)[key]
}

func fields(t reflect.Type) map[string]reflect.Type {
	out := map[string]reflect.Type{}
	if t.Kind() != reflect.Struct {
		return out
	}
	for f := range t.Fields() {
		name, opts, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && (name == "" || strings.Contains(opts, "inline")):
			for k, v := range fields(f.Type) {
				out[k] = v
			}
		case name != "" && name != "-":
			out[name] = f.Type
		}
	}
	return out
}

// mutator changes one thing.
type mutator struct{ *rand.Rand }

func choose[T any](m mutator, values ...T) T { return values[m.IntN(len(values))] }

// operation is one JSON patch operation on an object.
func (m mutator) operation(object map[string]any) map[string]any {
	kind, _ := object["kind"].(string)
	all := places("", goTypes[kind], object, reflect.Struct)
	at, what := all[m.IntN(len(all))], m.IntN(4)
	if at.path == "" {
		what = 1 // the object itself can only get more
	}
	switch what {
	case 0:
		needed := at.path == "/spec" || at.path == "/spec/template" || at.path == "/spec/template/spec"
		if at.parent != reflect.Struct || !needed {
			return map[string]any{"op": "remove", "path": at.path}
		}
	case 1: // a field more
		var structs []place
		for _, p := range all {
			if _, ok := p.value.(map[string]any); ok && p.typ.Kind() == reflect.Struct {
				structs = append(structs, p)
			}
		}
		if len(structs) > 0 {
			p := structs[m.IntN(len(structs))]
			known := fields(p.typ)
			names := slices.DeleteFunc(slices.Sorted(maps.Keys(known)), func(k string) bool {
				return untouchable(p.path + "/" + k)
			})
			if len(names) > 0 {
				name := names[m.IntN(len(names))]
				return map[string]any{"op": "add", "path": p.path + "/" + name, "value": m.value(known[name], 3)}
			}
		}
	case 2: // an element twice, or one more
		var lists []place
		for _, p := range all {
			if l, ok := p.value.([]any); ok && len(l) > 0 {
				lists = append(lists, p)
			}
		}
		if len(lists) > 0 {
			p := lists[m.IntN(len(lists))]
			l := p.value.([]any)
			value := l[m.IntN(len(l))]
			if m.IntN(2) == 0 {
				value = m.value(p.typ.Elem(), 3)
			}
			return map[string]any{"op": "add", "path": p.path + "/-", "value": value}
		}
	}
	if at.path == "" {
		return map[string]any{"op": "add", "path": "/metadata/annotations", "value": map[string]any{}}
	}
	return map[string]any{"op": "replace", "path": at.path, "value": m.value(at.typ, 3)}
}

// value is of the type, nearly always, and often not legal.
func (m mutator) value(t reflect.Type, depth int) any {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t {
	case reflect.TypeFor[resource.Quantity]():
		return choose[any](m, "1", "100m", "2Gi", "-1", "1.5G", "x", int64(3), "")
	case reflect.TypeFor[intstr.IntOrString]():
		return choose[any](m, int64(1), int64(0), int64(-1), int64(70000), "rest", "25%", "101%", "no such port", "")
	}
	if m.IntN(40) == 0 {
		return choose[any](m, "text", int64(1), true, []any{}, map[string]any{}, 1.5)
	}
	switch t.Kind() {
	case reflect.String:
		return choose[any](m, "", "a", "Always", "Never", "UPPER", "a b", "x/y", "../z", "/abs",
			"1.2.3.4", "TCP", strings.Repeat("l", 64), "None", "Exists", "localhost", "rest", "memory")
	case reflect.Bool:
		return choose[any](m, true, false)
	case reflect.Int32, reflect.Int64, reflect.Int:
		return choose[any](m, int64(0), int64(1), int64(2), int64(-1), int64(7), int64(101),
			int64(65536), int64(1<<31), int64(9999))
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return choose[any](m, "AAEC", "not base64!")
		}
		out := []any{}
		for range m.IntN(3) {
			if depth > 0 {
				out = append(out, m.value(t.Elem(), depth-1))
			}
		}
		return out
	case reflect.Map:
		out := map[string]any{}
		for range m.IntN(3) {
			out[choose(m, "a", "memory", "cpu", "x.y/z", "no good", "")] = m.value(t.Elem(), depth-1)
		}
		return out
	case reflect.Struct:
		return m.structure(t, depth)
	default:
		return nil
	}
}

func (m mutator) structure(t reflect.Type, depth int) any {
	out := map[string]any{}
	if depth == 0 {
		return out
	}
	known := fields(t)
	for _, name := range slices.Sorted(maps.Keys(known)) {
		if m.IntN(len(known)) < 2 || name == "name" || name == "mountPath" || name == "image" {
			out[name] = m.value(known[name], depth-1)
		}
	}
	return out
}
