package explain

import (
	"iter"
	"strconv"

	"github.com/flinktarget/flinktarget/internal/merge"
	"github.com/flinktarget/flinktarget/internal/tree"
)

// A Place is where a leaf is.
type Place struct {
	// Path calls elements of lists as [merge.Field.Names] does, Index by their index, so
	// that the names of its steps are the tokens of a JSON pointer.
	Path, Index tree.Path
}

// below returns a fresh Place one step below p.
func (p Place) below(name, index string, element bool) Place {
	return Place{
		Path:  p.Path.With(tree.Step{Name: name, Element: element}),
		Index: p.Index.With(tree.Step{Name: index, Element: element}),
	}
}

// Leaves yields the values of a map that have nothing below them, with their places:
// scalars, null, empty maps and empty lists. The schema is that of the map. Maps are
// walked in the byte order of their keys, lists in their order. An empty map has no
// leaves. Places are fresh, values are part of the map.
func Leaves(v tree.Map, schema merge.Schema) iter.Seq2[Place, any] {
	return func(yield func(Place, any) bool) {
		if len(v) > 0 {
			walk(Place{}, v, merge.Field{Of: schema}, yield)
		}
	}
}

// walk yields the leaves of v, which is what the field has.
func walk(at Place, v any, f merge.Field, yield func(Place, any) bool) bool {
	switch v := v.(type) {
	case tree.Map:
		if len(v) == 0 {
			break
		}
		for _, key := range tree.Keys(v) {
			if !walk(at.below(key, key, false), v[key], f.Of[key], yield) {
				return false
			}
		}
		return true
	case []any:
		if len(v) == 0 {
			break
		}
		for i, name := range f.Names(v) {
			// A list in a list has no keys.
			if !walk(at.below(name, strconv.Itoa(i), true), v[i], merge.Field{Of: f.Of}, yield) {
				return false
			}
		}
		return true
	}
	return yield(at, v)
}
