package deployment

import (
	"fmt"

	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/internal/yaml"
)

// Raw is a part of a Kubernetes object of type T, as its author wrote it: what is
// not set stays unset, and an explicit false, 0 or null survives. It is checked
// strictly against T, unless a [Reader] allows what is unknown. Raw values are immutable; the zero value is unset.
//
// Make one with [FromYAML] or [FromObject], or by decoding a configuration.
type Raw[T any] struct{ kept[T] }

// kept lets the decoder of configurations fill a Raw.
type kept[T any] = decode.Kept[T]

// FromYAML returns the Raw of a YAML or JSON text. The error is an [*flinktarget.InvalidError].
func FromYAML[T any](text []byte) (Raw[T], error) {
	return decode.Parse("", "", text, fromNode[T])
}

// FromObject returns the Raw of what v marshals to as JSON. Apply configurations
// of client-go are the best fit for v, because they tell zero from unset; typed
// objects and maps will do.
func FromObject[T any](v any) (Raw[T], error) {
	t, err := tree.FromGo(v)
	if err != nil {
		return Raw[T]{}, fmt.Errorf("marshalling %T: %w", v, err)
	}
	return fromNode[T](yaml.FromTree(t))
}

func fromNode[T any](root *yaml.Node) (Raw[T], error) {
	kept, problems := decode.Part[T](root)
	if len(problems) > 0 {
		return Raw[T]{}, decode.Invalid("", problems...)
	}
	return Raw[T]{kept}, nil
}

// IsZero reports whether r is unset.
func (r Raw[T]) IsZero() bool { return r.text() == "" }

func (r Raw[T]) text() string { return decode.TextOf(r.kept) }

// Equal reports whether r and s hold the same JSON value.
func (r Raw[T]) Equal(s Raw[T]) bool { return r.text() == s.text() }

// Map returns the value as a fresh map, with int64 and float64 numbers; nil if r
// is unset.
func (r Raw[T]) Map() map[string]any {
	return tree.CopyMap(r.shared())
}

// shared returns the value itself, to be read only.
func (r Raw[T]) shared() map[string]any { return decode.Shared(r.kept) }

// String returns the value as JSON, "null" if r is unset.
func (r Raw[T]) String() string {
	if r.IsZero() {
		return "null"
	}
	return r.text()
}

// MarshalJSON returns the value as it was written; null if r is unset.
func (r Raw[T]) MarshalJSON() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalJSON sets the variable r. The value that it held before does not change.
func (r *Raw[T]) UnmarshalJSON(text []byte) error { return decode.JSON(r, text, fromNode[T]) }

// MarshalYAML returns the value for libraries such as go.yaml.in/yaml; nil if r is unset.
func (r Raw[T]) MarshalYAML() (any, error) { return tree.FromJSON([]byte(r.String())) }

// UnmarshalYAML sets the variable r from what such a library hands over.
func (r *Raw[T]) UnmarshalYAML(unmarshal func(any) error) error {
	return decode.FromYAML(r, unmarshal, fromNode[T])
}
