package decode

import (
	"cmp"
	"encoding/json"
	"fmt"
	"time"

	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/internal/yaml"
)

// YAML returns what a YAML library hands to an UnmarshalYAML of the form that
// go.yaml.in/yaml, gopkg.in/yaml and their copies call. Numbers and booleans keep the
// text that they were written with, so that 1.20 stays 1.20. Nothing has a place.
//
// This library's own decoder hands over the node itself, with its places: it is asked for
// a function that returns it, which no other library gives.
func YAML(unmarshal func(any) error) (*yaml.Node, error) {
	var own func() *yaml.Node
	if err := unmarshal(&own); err == nil && own != nil {
		return own(), nil
	}
	var f foreign
	err := f.UnmarshalYAML(unmarshal)
	return f.get(), err
}

// FromYAML sets what v points to to what read makes of what a YAML library hands over, or
// to the zero value for null, and leaves it alone on errors.
func FromYAML[T any](v *T, unmarshal func(any) error, read func(*yaml.Node) (T, error)) error {
	n, err := YAML(unmarshal)
	var out T
	if err == nil && n.Kind != yaml.Null {
		out, err = read(n)
	}
	if err == nil {
		*v = out
	}
	return err
}

// ThroughJSON has u read, as JSON, what a YAML library hands over.
func ThroughJSON(u json.Unmarshaler, unmarshal func(any) error) error {
	n, err := YAML(unmarshal)
	if err != nil {
		return err
	}
	return u.UnmarshalJSON(tree.JSON(n.Value()))
}

// foreign is a node of another library.
type foreign struct{ node *yaml.Node }

// get returns the node. For null, no library calls UnmarshalYAML.
func (f foreign) get() *yaml.Node { return cmp.Or(f.node, yaml.FromTree(nil)) }

// UnmarshalYAML is called by the other library, for each value in its turn.
func (f *foreign) UnmarshalYAML(unmarshal func(any) error) error {
	var v any
	if err := unmarshal(&v); err != nil {
		return err
	}
	if m, ok := v.(map[any]any); ok { // all maps of version 2
		for key := range m {
			if _, isText := key.(string); !isText {
				return fmt.Errorf("%v: a key must be a string", key)
			}
		}
	}
	f.node = &yaml.Node{}
	switch v.(type) {
	case map[string]any, map[any]any:
		var fields map[string]foreign
		err := unmarshal(&fields)
		f.node.Kind = yaml.Map
		for _, key := range tree.Keys(fields) {
			f.node.Fields = append(f.node.Fields, yaml.Field{Key: key, Value: fields[key].get()})
		}
		return err
	case []any:
		var list []foreign
		err := unmarshal(&list)
		f.node.Kind = yaml.List
		for _, item := range list {
			f.node.Items = append(f.node.Items, item.get())
		}
		return err
	}
	var text string
	written := unmarshal(&text) == nil
	if _, isTime := v.(time.Time); isTime && written {
		v = text // which JSON and YAML 1.2 take it for
	}
	t, err := tree.FromGo(v)
	if f.node = yaml.FromTree(t); f.node.Kind != yaml.String && written {
		f.node.Text = text
	}
	return err
}
