package render

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	kjson "sigs.k8s.io/json"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/kinds/types"
	"github.com/flinktarget/flinktarget/internal/schema"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/internal/yaml"
)

// NewObject returns the Object of what v marshals to as JSON: a typed object, an apply
// configuration, an unstructured.Unstructured or a map. Later changes of v do not change
// it. Fields that Kubernetes' Go types write though they are unset (status,
// creationTimestamp, strategy) are left out, so that NewObject of what [Object.Into]
// filled is the same Object again. A typed object of a kind that is rendered need not say
// apiVersion and kind; of all others they are required, as is metadata.name. Nothing else
// is checked: what a Renderer verified is not verified again, and a field that Kubernetes
// refuses is not found here. The error is ErrInvalid for errors.Is.
func NewObject(v any) (Object, error) {
	t, err := tree.FromGo(v)
	if err != nil {
		return Object{}, invalidObject("syntax", "", fmt.Sprintf("marshalling %T: %v", v, err))
	}
	m, ok := t.(tree.Map)
	if !ok {
		return Object{}, invalidObject("type", "", fmt.Sprintf("must be a map: %T marshals to something else", v))
	}
	typed := reflect.ValueOf(v)
	for typed.Kind() == reflect.Pointer {
		typed = typed.Elem()
	}
	goType := typed.Type()
	if ofKubernetes(goType) {
		unsetFields(m, typed)
		if kind, known := types.KindOf(goType); known {
			for key, value := range map[string]string{"apiVersion": kind.APIVersion, "kind": kind.Kind} {
				if tree.String(m, key) == "" {
					m[key] = value
				}
			}
		}
	}
	for _, path := range [][]string{{"apiVersion"}, {"kind"}, {"metadata", "name"}} {
		if tree.String(m, path...) == "" {
			return Object{}, invalidObject("required", strings.Join(path, "."), "required")
		}
	}
	o := Object{tree: m}
	if want := types.Of(kinds.TypeOf(m)); ofKubernetes(goType) && want != goType && !isNamed(goType, o) {
		return Object{}, invalidObject("kind", "kind",
			fmt.Sprintf("a %v is not a %s of %s", goType, o.Kind(), o.APIVersion()))
	}
	return o, nil
}

func invalidObject(rule, field, message string) error {
	return flinktarget.Problem{Severity: flinktarget.SeverityError, Rule: rule, Field: field, Message: message}
}

// ofKubernetes tells Kubernetes' own types, which belong to one version and kind each.
func ofKubernetes(t reflect.Type) bool { return strings.HasPrefix(t.PkgPath(), "k8s.io/api/") }

// isNamed reports whether a type of Kubernetes that is not rendered has the names of the
// object's version and kind.
func isNamed(t reflect.Type, o Object) bool {
	_, version, grouped := strings.Cut(o.APIVersion(), "/")
	if !grouped {
		version = o.APIVersion()
	}
	_, rendered := types.KindOf(t)
	return !rendered && t.Name() == o.Kind() && strings.HasSuffix(t.PkgPath(), "/"+version)
}

// unsetFields removes from a tree what encoding/json writes of structs and lists that are
// not set: omitempty has no effect on the one, and is missing at some of the other.
func unsetFields(v any, typed reflect.Value) {
	for typed.Kind() == reflect.Pointer {
		typed = typed.Elem()
	}
	switch v := v.(type) {
	case tree.Map:
		if typed.Kind() != reflect.Struct {
			return
		}
		for _, f := range schema.Fields(typed.Type()) {
			field := typed.FieldByIndex(f.Index)
			if kind := field.Kind(); (kind == reflect.Struct || v[f.Name] == nil) && field.IsZero() {
				delete(v, f.Name)
			} else {
				unsetFields(v[f.Name], field)
			}
		}
	case []any:
		for i, e := range v {
			if typed.Kind() == reflect.Slice {
				unsetFields(e, typed.Index(i))
			}
		}
	}
}

// Into sets what typed points to, such as an appsv1.Deployment, to the object, whatever it
// held before. It decodes strictly: a field that the type does not have is an error, and
// so is one of Kubernetes' types that is not that of the object's apiVersion and kind.
// On an error typed is not changed. The error names the object, and is ErrInvalid for
// errors.Is.
func (o Object) Into(typed any) error {
	dst := reflect.ValueOf(typed)
	if dst.Kind() != reflect.Pointer || dst.IsNil() {
		return o.invalid("type", fmt.Sprintf("a %T is not a pointer to decode into", typed))
	}
	t := dst.Type().Elem()
	if ofKubernetes(t) && types.Of(kinds.TypeOf(o.tree)) != t && !isNamed(t, o) {
		return o.invalid("kind", fmt.Sprintf("a %s of %s is not a %v", o.Kind(), o.APIVersion(), t))
	}
	fresh := reflect.New(t)
	strict, err := kjson.UnmarshalStrict(tree.JSON(o.tree), fresh.Interface())
	if err == nil && len(strict) > 0 {
		err = strict[0]
	}
	if err != nil {
		return o.invalid("type", err.Error())
	}
	dst.Elem().Set(fresh.Elem())
	return nil
}

func (o Object) invalid(rule, message string) error {
	return flinktarget.Problem{Severity: flinktarget.SeverityError, Rule: rule, Object: o.String(), Message: message}
}

// As returns the object as a T, such as an appsv1.Deployment; see [Object.Into].
func As[T any](o Object) (T, error) {
	var typed T
	err := o.Into(&typed)
	return typed, err
}

// NewManifests returns the objects in this order, without warnings. With [NewObject] it
// leads back from objects that were changed, so that [Manifests.WriteTo], [Compare] and
// tests work on them. What Kubernetes would refuse is not found any more: no object is
// verified again, nor what objects say of each other.
func NewManifests(objects ...Object) Manifests {
	return Manifests{objects: append([]Object(nil), objects...)}
}

// WithWarnings returns m with these warnings in place of its own, for what [NewManifests]
// made of a rendering's objects.
func (m Manifests) WithWarnings(warnings ...flinktarget.Problem) Manifests {
	m.warnings, m.uses = slices.Clone(warnings), nil
	return m
}

// YAML returns the object as one YAML document, as [Manifests.WriteTo] writes it, without
// the line of dashes.
func (o Object) YAML() []byte {
	text, _ := yaml.Append(nil, o.tree) // whatever made the tree, it is JSON
	return text
}

// MarshalJSON returns the object as JSON with sorted keys; null for the zero value.
func (o Object) MarshalJSON() ([]byte, error) { return tree.JSON(o.value()), nil }

// value is nil for the zero value.
func (o Object) value() any {
	if o.tree == nil {
		return nil
	}
	return o.Map()
}

// UnmarshalJSON sets the variable o as [NewObject] does, to the zero value for null. The
// object that it held before does not change.
func (o *Object) UnmarshalJSON(text []byte) error {
	v, err := tree.FromJSON(text)
	if err != nil {
		return err
	}
	var read Object
	if v != nil {
		read, err = NewObject(v)
	}
	if err == nil {
		*o = read
	}
	return err
}

// MarshalYAML returns the object as a map, for libraries such as go.yaml.in/yaml.
func (o Object) MarshalYAML() (any, error) { return o.value(), nil }

// UnmarshalYAML sets the variable o, as [NewObject] does.
func (o *Object) UnmarshalYAML(unmarshal func(any) error) error {
	return decode.ThroughJSON(o, unmarshal)
}

// MarshalJSON returns the list of the objects. Warnings and what [Manifests.Explain] tells
// are no part of it.
func (m Manifests) MarshalJSON() ([]byte, error) { return tree.JSON(m.list()), nil }

func (m Manifests) list() []any {
	items := make([]any, len(m.objects))
	for i, o := range m.objects {
		items[i] = o.tree
	}
	return items
}

// UnmarshalJSON sets the variable m to a list of objects, each as [NewObject] makes it.
func (m *Manifests) UnmarshalJSON(text []byte) error {
	v, err := tree.FromJSON(text)
	if err != nil {
		return err
	}
	list, ok := v.([]any)
	if !ok && v != nil {
		return invalidObject("type", "", "must be a list of objects")
	}
	objects := make([]Object, len(list))
	for i, item := range list {
		if objects[i], err = NewObject(item); err != nil {
			return fmt.Errorf("[%d]: %w", i, err)
		}
	}
	*m = NewManifests(objects...)
	return nil
}

// MarshalYAML returns the list of the objects, for libraries such as go.yaml.in/yaml.
func (m Manifests) MarshalYAML() (any, error) { return tree.Copy(m.list()), nil }

// UnmarshalYAML sets the variable m as UnmarshalJSON does.
func (m *Manifests) UnmarshalYAML(unmarshal func(any) error) error {
	return decode.ThroughJSON(m, unmarshal)
}
