package merge

import (
	"fmt"
	"slices"
	"strings"
)

// typ is what the engine knows of a type: which of its fields hold lists that are
// merged, directly or further below. Fields that are not named have none; their
// maps are merged, their lists replaced.
type typ struct {
	fields map[string]*field
	// open is set for a map of which nothing is known. If it says apiVersion and
	// kind of a Kubernetes object, it is merged as one.
	open bool
	// own is set for types that Lists made and may add to.
	own bool
}

// field is a field whose type matters for merging.
type field struct {
	how how
	// keys are the fields that identify an element of a keyed list.
	keys []string
	// of is the type of the field's map, or of a keyed list's elements.
	of *typ
}

type how uint8

const (
	isMap   how = iota
	isKeyed     // a list of maps, merged by keys
	isSet       // a list of scalars, merged as a set
)

var (
	// plain is a type without merged lists.
	plain = &typ{}
	// unknown is the type of an object that is not known.
	unknown = &typ{open: true}
)

// below returns the type of a map in a field of t.
func (t *typ) below(name string) *typ {
	if t.open {
		return unknown
	}
	if f := t.fields[name]; f != nil && f.how == isMap {
		return f.of
	}
	return plain
}

// defaults has the values that Kubernetes gives to merge keys that are left out.
// "Protocol for port. Must be UDP, TCP, or SCTP. Defaults to TCP."
// (Kubernetes API, ContainerPort and ServicePort)
var defaults = map[string]string{"protocol": "TCP"}

// Schema says which lists of an object are merged and by what. Its zero value
// knows nothing: every list is replaced. Schemas are immutable.
type Schema struct {
	root *typ
	err  error
}

func (s Schema) typ() *typ {
	if s.root == nil {
		return plain
	}
	return s.root
}

// Kubernetes returns the schema of a Kubernetes kind as kustomize has it, which
// is that of Kubernetes 1.21.2. For a kind that kustomize does not know, such as
// a custom resource, every list is replaced, except below a map that itself has
// apiVersion and kind of a known kind.
func Kubernetes(apiVersion, kind string) Schema {
	if t, ok := kinds[apiVersion+" "+kind]; ok {
		return Schema{root: t}
	}
	return Schema{root: unknown}
}

// List is an entry of a table for [Lists].
type List struct {
	// Path leads to a list, or to a map if Keys and Set are unset. Field names
	// are joined by dots, "[]" after a name stands for the elements of a keyed
	// list: spec.pods.envVars, spec.containers[].env.
	Path string
	// Keys identify an element of the list.
	Keys []string
	// Set marks a list of scalars that is merged as a set.
	Set bool
	// Type is the Kubernetes type of the map or of the list's elements, such as
	// PodTemplateSpec, Container or EnvVar: group core, version v1. Empty means
	// that lists below are merged only where the table has them.
	Type string
}

// Lists returns the schema of a kind that Kubernetes does not know. Lists that
// the table does not have are replaced. A table that is not consistent makes
// every Compile with it fail.
func Lists(table ...List) Schema {
	root := newTyp()
	for _, l := range table {
		if err := root.add(l); err != nil {
			return Schema{err: fmt.Errorf("merge list %s: %w", l.Path, err)}
		}
	}
	return Schema{root: root}
}

func newTyp() *typ {
	return &typ{fields: map[string]*field{}, own: true}
}

func (t *typ) add(l List) error {
	names := strings.Split(l.Path, ".")
	for _, name := range names[:len(names)-1] {
		name, isList := strings.CutSuffix(name, "[]")
		f := t.fields[name]
		switch {
		case name == "":
			return fmt.Errorf("an empty name in the path")
		case f == nil && isList:
			return fmt.Errorf("the list %s must be in the table before it", name)
		case f == nil:
			f = &field{of: newTyp()}
			t.fields[name] = f
		case isList != (f.how == isKeyed) || f.how == isSet || !f.of.own:
			return fmt.Errorf("%s was declared as something else", name)
		}
		t = f.of
	}
	name := names[len(names)-1]
	if name == "" || strings.HasSuffix(name, "[]") || t.fields[name] != nil {
		return fmt.Errorf("%q cannot be declared here", name)
	}
	f, err := l.field()
	t.fields[name] = f
	return err
}

func (l List) field() (*field, error) {
	f := &field{keys: slices.Clone(l.Keys), of: newTyp()}
	if l.Type != "" {
		t, ok := coreTypes[l.Type]
		if !ok {
			return nil, fmt.Errorf("the type %s is not known", l.Type)
		}
		f.of = t
	}
	switch {
	case l.Set && (len(l.Keys) > 0 || l.Type != ""):
		return nil, fmt.Errorf("a set has neither keys nor a type")
	case l.Set:
		f.how = isSet
	case len(l.Keys) > 0:
		f.how = isKeyed
	}
	return f, nil
}
