package deployment_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
	corev1 "k8s.io/api/core/v1"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/patch"
)

// scramble changes everything that can be reached from v.
func scramble(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			scramble(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				scramble(v.Field(i))
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			scramble(v.Index(i))
			if v.Index(i).CanSet() {
				v.Index(i).SetZero()
			}
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			scramble(v.MapIndex(key))
			v.SetMapIndex(key, reflect.Zero(v.Type().Elem()))
		}
		if v.Type().Key().Kind() == reflect.String && !v.IsNil() {
			v.SetMapIndex(reflect.ValueOf("scrambled").Convert(v.Type().Key()), reflect.Zero(v.Type().Elem()))
		}
	default:
		if v.CanSet() {
			v.SetZero()
		}
	}
}

func TestNothingIsAliased(t *testing.T) {
	for seed := range uint64(100) {
		given := generate(seed).deployment()
		v, err := deployment.New(given)
		assert.NilError(t, err)
		untouched := textOf(t, v)
		patched, err := v.Patch(patch.Set{})
		assert.NilError(t, err)
		patchedText := textOf(t, patched)
		for name, c := range map[string]deployment.Config{
			"handed in": given, "Config": v.Config(), "Resolved": v.Resolved(), "of the patched one": patched.Config(),
		} {
			scramble(reflect.ValueOf(&c))
			assert.Equal(t, textOf(t, v), untouched, "seed %d: %s", seed, name)
			assert.Equal(t, textOf(t, patched), patchedText, "seed %d: %s", seed, name)
		}

		session := generate(seed).sessionCluster()
		s, err := deployment.NewSessionCluster(session)
		assert.NilError(t, err)
		untouched = textOf(t, s)
		for name, c := range map[string]deployment.SessionClusterConfig{
			"handed in": session, "Config": s.Config(), "Resolved": s.Resolved(),
		} {
			scramble(reflect.ValueOf(&c))
			assert.Equal(t, textOf(t, s), untouched, "seed %d: %s", seed, name)
		}
	}
}

// The test above would pass if scramble changed nothing.
func TestScramble(t *testing.T) {
	c := generate(3).deployment()
	before := textOf(t, c)
	same := c
	scramble(reflect.ValueOf(&c))
	assert.Assert(t, textOf(t, c) != before)
	assert.Assert(t, textOf(t, same) != before, "shared maps are reached")
}

func TestParsedTextIsNotKept(t *testing.T) {
	text := []byte(leastDeployment)
	v, err := deployment.Parse("x", text)
	assert.NilError(t, err)
	before := textOf(t, v)
	clear(text)
	assert.Equal(t, textOf(t, v), before)
}

func TestRawMapIsFresh(t *testing.T) {
	r := yaml[deployment.Raw[corev1.EnvVar]](`{name: A, valueFrom: {fieldRef: {fieldPath: x}}}`)
	r.Map()["valueFrom"].(map[string]any)["fieldRef"].(map[string]any)["fieldPath"] = "changed"
	assert.Equal(t, r.String(), `{"name":"A","valueFrom":{"fieldRef":{"fieldPath":"x"}}}`)
}

// Methods of value types that return a map, slice or pointer: each returns a
// fresh copy, which the tests above prove.
var freshCopies = map[string]bool{
	"Deployment.Config": true, "Deployment.Given": true, "Deployment.Resolved": true,
	"Deployment.MarshalJSON": true, "Deployment.Warnings": true,
	"SessionCluster.Config": true, "SessionCluster.Resolved": true,
	"SessionCluster.MarshalJSON": true, "SessionCluster.Warnings": true,
	"Raw.Map": true, "Raw.MarshalJSON": true,
}

func TestMethodsHandOutNoReferences(t *testing.T) {
	used := map[string]bool{}
	for _, v := range []any{deployment.Deployment{}, deployment.SessionCluster{}, deployment.Raw[corev1.EnvVar]{}} {
		typ := reflect.TypeOf(v)
		name, _, _ := strings.Cut(typ.Name(), "[")
		for m := range typ.Methods() {
			for i := range m.Type.NumOut() {
				if !refers(m.Type.Out(i), nil) {
					continue
				}
				key := name + "." + m.Name
				assert.Assert(t, freshCopies[key], "%s returns %s", key, m.Type.Out(i))
				used[key] = true
			}
		}
		for f := range typ.Fields() {
			assert.Assert(t, !f.IsExported(), "%s.%s can be changed from outside", name, f.Name)
		}
	}
	for key := range freshCopies {
		assert.Assert(t, used[key], "%s is on the list for nothing", key)
	}
}

// refers reports whether values of a type lead to something that can be changed.
// Unexported fields do not count: they belong to value types.
func refers(t reflect.Type, seen []reflect.Type) bool {
	for _, s := range seen {
		if s == t {
			return false
		}
	}
	seen = append(seen, t)
	switch t.Kind() {
	case reflect.Map, reflect.Slice, reflect.Pointer, reflect.Chan:
		return true
	case reflect.Array:
		return refers(t.Elem(), seen)
	case reflect.Struct:
		for f := range t.Fields() {
			if f.IsExported() && refers(f.Type, seen) {
				return true
			}
		}
	}
	return false
}

func textOf(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	assert.NilError(t, err)
	return string(text)
}
