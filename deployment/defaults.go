package deployment

import (
	"maps"
	"reflect"
	"strings"

	"github.com/flinktarget/flinktarget/internal/schema"
)

// The defaults are in the tags of the fields. Sources: VVP's pages "Resources (CPU,
// Memory)", "Logging", "Deployment Upgrades"; the numbers of attempts are those of
// VVP's own samples. Maps that have a default are there, if empty, so that patches
// find them.

// withDefaults returns a copy of c with the defaults of its fields, and with words that
// may be written in any case as VVP's API writes them.
func withDefaults[C any](c C) C {
	c = clone(c)
	fill(reflect.ValueOf(&c).Elem(), schema.Defaults(reflect.TypeFor[C]()), false)
	return c
}

func (c Config) resolved() Config {
	c.Kind, c.APIVersion = KindDeployment, APIVersion
	if s := c.Spec.StartFromSavepoint; s != nil && s.Kind != "" && c.Spec.RestoreStrategy == nil {
		c.Spec.RestoreStrategy = &RestoreStrategy{Kind: "NONE"}
		if strings.EqualFold(s.Kind, "LATEST") {
			c.Spec.RestoreStrategy.Kind = "LATEST_SAVEPOINT"
		}
	}
	c.Spec.StartFromSavepoint = nil
	c = withDefaults(c)
	if c.Spec.State == canceled {
		c.Spec.State = Cancelled
	}
	return c
}

func (c SessionClusterConfig) resolved() SessionClusterConfig {
	c.Kind, c.APIVersion = KindSessionCluster, APIVersion
	return withDefaults(c)
}

// fill sets what is unset in dst to a copy of what from says. Maps are merged by key, or taken
// only where there is none; then words are written as VVP's API writes them, too.
func fill(dst, from reflect.Value, merge bool) {
	if dst.Kind() == reflect.Struct {
		fields := schema.Fields(dst.Type())
		for i := range fields {
			f := &fields[i]
			to := dst.FieldByIndex(f.Index)
			if fill(to, from.FieldByIndex(f.Index), merge); f.AnyCase && !merge {
				to.SetString(f.Word(to.String()))
			}
		}
		if len(fields) > 0 {
			return
		}
	}
	switch {
	case from.IsZero():
	case dst.IsZero():
		dst.Set(from)
		if m, ok := from.Interface().(map[string]string); ok {
			dst.Set(reflect.ValueOf(maps.Clone(m)))
			return // an empty one stays
		}
		detach(dst)
	case dst.Kind() == reflect.Pointer && dst.Type().Elem().Kind() == reflect.Struct:
		fill(dst.Elem(), from.Elem(), merge)
	case dst.Kind() == reflect.Map && merge:
		own := maps.Clone(from.Interface().(map[string]string))
		maps.Copy(own, dst.Interface().(map[string]string))
		dst.Set(reflect.ValueOf(own))
	}
}

// clone returns a copy that shares nothing with c. Empty maps and lists become nil,
// so that what says nothing is written in one way.
func clone[C any](c C) C {
	detach(reflect.ValueOf(&c).Elem())
	return c
}

func detach(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Field(i); f.CanSet() { // what cannot be set is part of an immutable value
				detach(f)
			}
		}
	case reflect.Pointer:
		if !v.IsNil() {
			old := v.Elem()
			v.Set(reflect.New(v.Type().Elem()))
			v.Elem().Set(old)
			detach(v.Elem())
		}
	case reflect.Map:
		m := v.Interface().(map[string]string)
		if v.SetZero(); len(m) > 0 {
			v.Set(reflect.ValueOf(maps.Clone(m)))
		}
	case reflect.Slice:
		old := v.Slice(0, v.Len())
		if v.SetZero(); old.Len() > 0 {
			v.Set(reflect.AppendSlice(v, old)) // its elements are immutable
		}
	}
}
