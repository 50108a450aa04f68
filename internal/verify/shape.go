package verify

import (
	"encoding/base64"
	"fmt"
	"math"
	"reflect"
	"strings"
	"sync"

	quantities "k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/kinds/types"
	"github.com/flinktarget/flinktarget/internal/tree"
)

// A shape is what values of a Kubernetes type look like as trees. Shapes do not
// change after they were made.
type shape struct {
	kind      shapeKind
	structure func() *structure // of a structure; makes it at the first call
	elem      *shape            // of a list or map
	max       int64             // of whole numbers
}

// structure is what is known of a structure and its fields.
type structure struct {
	fields map[string]*shapeField
	names  []string // of the fields
	rule   *structRule
}

// shapeField is a field of a structure.
type shapeField struct {
	shape *shape
	check check
}

type shapeKind uint8

const (
	shapeAny shapeKind = iota
	shapeStruct
	shapeMap
	shapeList
	shapeText
	shapeBytes
	shapeWhole
	shapeNumber
	shapeBool
	shapeQuantity
	shapeIntOrString
)

// shapes has those of the kinds that are rendered.
var shapes = sync.OnceValue(newShapes)

func newShapes() map[kinds.TypeMeta]*shape {
	s := &shapeSet{made: map[reflect.Type]*shape{}}
	out := map[kinds.TypeMeta]*shape{}
	for _, k := range kinds.All() {
		out[k.TypeMeta] = s.of(types.Of(k.TypeMeta))
	}
	return out
}

// shapeSet makes one shape of each type. The structure of a type is made when a
// value of it is met: of the hundreds that the kinds consist of, most programs meet
// some twenty.
type shapeSet struct {
	mu   sync.Mutex // of those who make structures
	made map[reflect.Type]*shape
}

func (s *shapeSet) of(t reflect.Type) *shape {
	if t.Kind() == reflect.Pointer {
		return s.of(t.Elem())
	}
	made, ok := s.made[t]
	if !ok {
		made = &shape{}
		s.made[t] = made
		s.fill(made, t)
	}
	return made
}

func (s *shapeSet) fill(made *shape, t reflect.Type) {
	switch t {
	case reflect.TypeFor[quantities.Quantity]():
		made.kind = shapeQuantity
		return
	case reflect.TypeFor[intstr.IntOrString]():
		made.kind = shapeIntOrString
		return
	case reflect.TypeFor[metav1.Time](), reflect.TypeFor[metav1.MicroTime](), reflect.TypeFor[metav1.Duration]():
		made.kind = shapeText
		return
	case reflect.TypeFor[metav1.FieldsV1]():
		return
	}
	switch t.Kind() {
	case reflect.Struct:
		made.kind = shapeStruct
		made.structure = sync.OnceValue(func() *structure { return s.structure(t) })
	case reflect.Map:
		made.kind, made.elem = shapeMap, s.of(t.Elem())
	case reflect.Slice:
		made.kind, made.elem = shapeList, s.of(t.Elem())
		if t.Elem().Kind() == reflect.Uint8 {
			made.kind = shapeBytes
		}
	case reflect.String:
		made.kind = shapeText
	case reflect.Int32:
		made.kind, made.max = shapeWhole, math.MaxInt32
	case reflect.Int, reflect.Int64:
		made.kind, made.max = shapeWhole, math.MaxInt64
	case reflect.Float32, reflect.Float64:
		made.kind = shapeNumber
	case reflect.Bool:
		made.kind = shapeBool
	}
}

func (s *shapeSet) structure(t reflect.Type) *structure {
	s.mu.Lock()
	defer s.mu.Unlock()
	made := &structure{fields: map[string]*shapeField{}, rule: structRules[t.Name()]}
	s.collect(made, t, t.Name())
	made.names = tree.Keys(made.fields)
	return made
}

// collect takes over the fields of a structure, and of those that are inlined.
func (s *shapeSet) collect(made *structure, t reflect.Type, name string) {
	for f := range t.Fields() {
		key, opts, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && (key == "" || strings.Contains(opts, "inline")):
			ft := f.Type
			if ft.Kind() == reflect.Pointer {
				ft = ft.Elem()
			}
			s.collect(made, ft, name)
		case key != "" && key != "-" && f.IsExported():
			made.fields[key] = &shapeField{shape: s.of(f.Type), check: fieldRules[name+"."+key]}
		}
	}
}

// shape holds the current object against its Kubernetes type, field by field.
func (v *verifier) shape() {
	if s, ok := shapes()[kinds.TypeOf(v.object)]; ok {
		v.structure(v.object, s.structure())
	}
}

func (v *verifier) structure(m tree.Map, s *structure) {
	for key, value := range m {
		if value == nil {
			continue // as good as not there
		}
		v.enter(key)
		if f, known := s.fields[key]; !known {
			message := "Kubernetes knows no such field"
			if best := decode.Nearest(key, s.names); best != "" {
				message += "; did you mean " + best + "?"
			}
			v.fail(message)
		} else if v.value(value, f.shape) && f.check != nil {
			if message := f.check(value); message != "" {
				v.fail(message)
			}
		}
		v.leave()
	}
	if s.rule != nil {
		s.rule.apply(v, m)
	}
}

// value reports whether a value has its shape; where it has not, that is a problem.
func (v *verifier) value(value any, s *shape) bool {
	switch s.kind {
	case shapeStruct:
		m, ok := value.(tree.Map)
		if ok {
			v.structure(m, s.structure())
		}
		return v.expect(ok, value, "a map")
	case shapeMap:
		m, ok := value.(tree.Map)
		for key, e := range m {
			v.path = append(v.path, step{name: key, element: true})
			ok = v.optional(e, s.elem) && ok
			v.leave()
		}
		return v.expect(m != nil, value, "a map") && ok
	case shapeList:
		list, ok := value.([]any)
		for i, e := range list {
			v.element(e, i)
			ok = v.optional(e, s.elem) && ok
			v.leave()
		}
		return v.expect(list != nil, value, "a list") && ok
	default:
		want := s.scalar(value)
		return v.expect(want == "", value, want)
	}
}

// optional is value for elements, of which null is the zero value.
func (v *verifier) optional(value any, s *shape) bool { return value == nil || v.value(value, s) }

func (v *verifier) expect(ok bool, value any, want string) bool {
	if !ok {
		v.fail("expected " + want + ", not " + typeName(value))
	}
	return ok
}

// scalar returns what is expected in place of the value, "" if it is that.
func (s *shape) scalar(value any) string {
	switch s.kind {
	case shapeText:
		return unless(isText(value), "a string")
	case shapeBytes:
		text, ok := value.(string)
		_, err := base64.StdEncoding.DecodeString(text)
		return unless(ok && err == nil, "bytes in base64")
	case shapeWhole:
		if n, ok := whole(value); !ok || n > s.max || n < -s.max-1 {
			return fmt.Sprintf("a whole number of at most %d", s.max)
		}
		return ""
	case shapeNumber:
		_, isWhole := value.(int64)
		_, isFloat := value.(float64)
		return unless(isWhole || isFloat, "a number")
	case shapeBool:
		_, ok := value.(bool)
		return unless(ok, "true or false")
	case shapeQuantity:
		_, ok := quantity(value)
		return unless(ok, "a quantity such as 500m or 2Gi")
	case shapeIntOrString:
		_, ok := whole(value)
		return unless(ok || isText(value), "a whole number or a string")
	default:
		return ""
	}
}

func unless(ok bool, want string) string {
	if ok {
		return ""
	}
	return want
}

func isText(value any) bool {
	_, ok := value.(string)
	return ok
}

// whole returns an integer, which may be written as 1.0.
func whole(value any) (int64, bool) {
	switch n := value.(type) {
	case int64:
		return n, true
	case float64:
		return int64(n), n == math.Trunc(n) && math.Abs(n) < 1<<53
	default:
		return 0, false
	}
}

// quantity reads a Kubernetes quantity, which may be written as a number.
func quantity(value any) (quantities.Quantity, bool) {
	text := ""
	switch n := value.(type) {
	case string:
		text = n
	case int64, float64:
		text = string(tree.JSON(n))
	}
	if decode.CheckQuantity(text) != nil {
		return quantities.Quantity{}, false
	}
	q, err := quantities.ParseQuantity(text)
	return q, err == nil
}

func typeName(value any) string {
	switch value.(type) {
	case tree.Map:
		return "a map"
	case []any:
		return "a list"
	case string:
		return "this string"
	case bool:
		return "true or false"
	default:
		return "this number"
	}
}
