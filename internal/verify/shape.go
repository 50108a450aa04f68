package verify

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"sync"

	quantities "k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/kinds/types"
	"github.com/flinktarget/flinktarget/internal/schema"
	"github.com/flinktarget/flinktarget/internal/tree"
)

// A shape is what values of a Kubernetes type look like as trees: scalars, structures, or
// else lists or maps of elem.
type shape struct {
	is     func(any) bool          // reports whether a value is such a scalar
	want   string                  // what that is
	values check                   // says what is wrong with one of an enumeration, nil for others
	fields func() map[string]field // of a structure
	rule   typeRule                // of a structure
	elem   *shape
	list   bool
}

type field struct {
	shape *shape
	check check
}

// shapes has the *shape of each reflect.Type. That of a structure is filled in when a
// value of it is met: of the hundreds that the kinds consist of, most programs meet some
// twenty.
var shapes sync.Map

func shapeOf(t reflect.Type) *shape {
	if made, ok := shapes.Load(t); ok {
		return made.(*shape)
	}
	made, _ := shapes.LoadOrStore(t, newShape(t))
	return made.(*shape)
}

func newShape(t reflect.Type) *shape {
	switch t {
	case reflect.TypeFor[quantities.Quantity]():
		return &shape{want: "a quantity such as 500m or 2Gi", is: func(value any) bool {
			_, ok := quantity(value)
			return ok
		}}
	case reflect.TypeFor[intstr.IntOrString]():
		return &shape{want: "a whole number or a string", is: func(value any) bool {
			_, ok := whole(value)
			return ok || is[string](value)
		}}
	case reflect.TypeFor[metav1.Time](), reflect.TypeFor[metav1.MicroTime](), reflect.TypeFor[metav1.Duration]():
		return &shape{is: is[string], want: "a string"}
	case reflect.TypeFor[metav1.FieldsV1](), reflect.TypeFor[any]():
		return &shape{is: is[any]}
	case reflect.TypeFor[[]byte]():
		return &shape{is: isBase64, want: "bytes in base64"}
	}
	switch t.Kind() {
	case reflect.Pointer:
		if values := enums[t.Elem().Name()]; values != nil {
			return enumShape(values, true)
		}
		return shapeOf(t.Elem())
	case reflect.Struct:
		rule := typeRules[t.Name()]
		return &shape{rule: rule, fields: sync.OnceValue(func() map[string]field { return fields(t, rule.fields) })}
	case reflect.Map, reflect.Slice:
		return &shape{elem: shapeOf(t.Elem()), list: t.Kind() == reflect.Slice}
	case reflect.Int32:
		return wholeShape(math.MaxInt32)
	case reflect.Int, reflect.Int64:
		return wholeShape(math.MaxInt64)
	case reflect.Bool:
		return &shape{is: is[bool], want: "true or false"}
	default:
		return enumShape(enums[t.Name()], false)
	}
}

// asOf says that a newer Kubernetes may know more.
const asOf = " (in Kubernetes " + Kubernetes + ")"

// enumShape is that of strings with some values, or any if there are none of these. Where they
// are pointers, "" is not unset, but a value.
func enumShape(values []string, pointer bool) *shape {
	s := &shape{is: is[string], want: "a string"}
	if values != nil {
		named := slices.DeleteFunc(slices.Clone(values), func(s string) bool { return s == "" })
		message := "not supported: must be one of " + strings.Join(named, ", ") + asOf
		s.values = func(value any) string {
			return unless(value == "" && !pointer || slices.Contains(values, value.(string)), message)
		}
	}
	return s
}

func wholeShape(most int64) *shape {
	return &shape{want: fmt.Sprintf("a whole number of at most %d", most), is: func(value any) bool {
		n, ok := whole(value)
		return ok && n <= most && n >= -most-1
	}}
}

// fields returns those of a structure, and of structures that are inlined.
func fields(t reflect.Type, c checks) map[string]field {
	out := map[string]field{}
	for _, f := range schema.Fields(t) {
		out[f.Name] = field{shape: shapeOf(f.Type), check: c[f.Name]}
	}
	return out
}

// shape holds the current object against its Kubernetes type, field by field.
func (v *verifier) shape() {
	if t := types.Of(kinds.TypeOf(v.object)); t != nil {
		v.structure(v.object, shapeOf(t))
	}
}

func (v *verifier) structure(m tree.Map, s *shape) {
	fields, unknown := s.fields(), false
	for key, value := range m {
		if value == nil {
			continue // null means unset
		}
		v.path.Enter(key)
		if f, known := fields[key]; !known {
			message := "unknown field" + cmp.Or(decode.DidYouMean(key, tree.Keys(fields)), asOf)
			v.unknown(RuleUnknownField, message)
			unknown = true
		} else if v.value(value, f.shape) && f.check != nil {
			if message := f.check(value); message != "" {
				v.fail("", message)
			}
		}
		v.path.Leave()
	}
	s.rule.apply(v, m, unknown && v.want.AllowUnknown)
}

// value reports whether a value has its shape; where it has not, that is a problem.
func (v *verifier) value(value any, s *shape) bool {
	if s.is != nil {
		ok := v.expect(s.is(value), s.want)
		if ok && s.values != nil {
			if message := s.values(value); message != "" {
				v.unknown(RuleUnknownValue, message)
			}
		}
		return ok
	}
	if s.list {
		list, ok := value.([]any)
		for i, e := range list {
			v.path.Element(elementName(e, i))
			ok = v.element(e, s.elem) && ok
			v.path.Leave()
		}
		return v.expect(list != nil, "a list") && ok
	}
	m, ok := value.(tree.Map)
	if s.fields != nil && ok {
		v.structure(m, s)
		return true
	}
	for key, e := range m {
		v.path.Element(key)
		ok = v.element(e, s.elem) && ok
		v.path.Leave()
	}
	return v.expect(m != nil, "a map") && ok
}

// element is value for elements, of which null is the zero value.
func (v *verifier) element(value any, s *shape) bool { return value == nil || v.value(value, s) }

func (v *verifier) expect(ok bool, want string) bool {
	if !ok {
		v.fail("", "must be "+want)
	}
	return ok
}

func is[T any](value any) bool {
	_, ok := value.(T)
	return ok
}

func isBase64(value any) bool {
	text, ok := value.(string)
	_, err := base64.StdEncoding.DecodeString(text)
	return ok && err == nil
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
