package render_test

import (
	"reflect"
	"testing"

	"gotest.tools/v3/assert"
)

// scramble changes every map, slice and pointer that can be reached from *p
// without unsafe means: strings in maps and slices are overwritten, entries added.
func scramble(p any) { scrambleValue(reflect.ValueOf(p).Elem()) }

func scrambleValue(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			scrambleValue(v.Elem())
		}
	case reflect.Interface:
		if !v.IsNil() {
			inner := v.Elem()
			if inner.Kind() == reflect.Map || inner.Kind() == reflect.Slice {
				scrambleValue(inner)
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				scrambleValue(v.Field(i))
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			scrambleValue(v.Index(i))
			if e := v.Index(i); e.CanSet() {
				e.SetZero()
			}
		}
	case reflect.Map:
		if v.IsNil() {
			return
		}
		for _, key := range v.MapKeys() {
			scrambleValue(v.MapIndex(key))
			v.SetMapIndex(key, reflect.Zero(v.Type().Elem()))
		}
		v.SetMapIndex(reflect.ValueOf("scrambled").Convert(v.Type().Key()), reflect.Zero(v.Type().Elem()))
	case reflect.String:
		if v.CanSet() {
			v.SetString("scrambled")
		}
	case reflect.Int32:
		if v.CanSet() {
			v.SetInt(99)
		}
	}
}

func TestScrambleReachesEverything(t *testing.T) {
	n := int32(1)
	v := struct {
		S []string
		M map[string]any
		P *int32
	}{[]string{"a"}, map[string]any{"k": []any{map[string]any{"x": "y"}}}, &n}
	inner := v.M["k"].([]any)[0].(map[string]any)
	scramble(&v)
	assert.Equal(t, v.S[0], "")
	assert.Equal(t, n, int32(99))
	assert.Assert(t, inner["x"] == nil)
}
