package patch

import (
	"encoding/json"
	"iter"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/internal/yaml"
)

// MaxPatches is the number of patches that a Set may have.
const MaxPatches = 256

// A Set is an ordered list of patches, immutable and safe for concurrent use.
// The zero value is empty and changes nothing.
type Set struct {
	_       [0]func()
	patches []*compiled
}

// NewSet returns the set of the patches, in this order. It fails if one of them
// is the zero value or if there are more than [MaxPatches]; the error is an
// [*flinktarget.InvalidError] with paths such as [3].
func NewSet(patches ...Patch) (Set, error) {
	var errs field.ErrorList
	s := Set{patches: make([]*compiled, len(patches))}
	for i, p := range patches {
		at := (*field.Path)(nil).Index(i)
		if s.patches[i] = p.p; p.p == nil {
			errs = append(errs, field.Required(at, "the patch is the zero value; make it with patch.Parse"))
		}
	}
	if len(patches) > MaxPatches {
		errs = append(errs, field.TooMany(nil, len(patches), MaxPatches))
	}
	if len(errs) > 0 {
		return Set{}, decode.Invalid("", decode.Fields(errs)...)
	}
	return s, nil
}

// Len returns the number of patches.
func (s Set) Len() int { return len(s.patches) }

// All yields the patches in their order, with their index.
func (s Set) All() iter.Seq2[int, Patch] {
	return func(yield func(int, Patch) bool) {
		for i, c := range s.patches {
			if !yield(i, Patch{p: c}) {
				return
			}
		}
	}
}

// Equal reports whether s and t hold equal patches in the same order.
func (s Set) Equal(t Set) bool {
	return slices.EqualFunc(s.patches, t.patches, func(a, b *compiled) bool {
		return Patch{p: a}.Equal(Patch{p: b})
	})
}

// MarshalJSON returns the list of the entries, [] for the empty set.
func (s Set) MarshalJSON() ([]byte, error) {
	list := make([]Patch, len(s.patches))
	for i, p := range s.All() {
		list[i] = p
	}
	return json.Marshal(list)
}

// UnmarshalJSON sets the variable s to the set of the entries in a JSON list.
func (s *Set) UnmarshalJSON(data []byte) error {
	v, err := tree.FromJSON(data)
	if err != nil {
		return err
	}
	var patches []Patch
	if problems := decode.Into(yaml.FromTree(v), nil, &patches); len(problems) > 0 {
		return decode.Invalid("", problems...)
	}
	set, err := NewSet(patches...)
	if err == nil {
		*s = set
	}
	return err
}

// MarshalYAML returns the list of the entries, for libraries such as go.yaml.in/yaml.
func (s Set) MarshalYAML() (any, error) { return tree.FromGo(s) }

// UnmarshalYAML sets the variable s as UnmarshalJSON does.
func (s *Set) UnmarshalYAML(unmarshal func(any) error) error {
	return decode.ThroughJSON(s, unmarshal)
}
