package provenance

import (
	"strconv"

	"github.com/flinktarget/flinktarget/internal/fieldpath"
	"github.com/flinktarget/flinktarget/internal/merge"
	"github.com/flinktarget/flinktarget/internal/tree"
)

// place is where a leaf is, in three forms. Only String of its paths and what it
// yields may be kept.
type place struct {
	path, index fieldpath.Path
	tokens      []string
}

func (p place) below(name, token string, element bool) place {
	return place{
		path:   p.path.With(fieldpath.Step{Name: name, Element: element}),
		index:  p.index.With(fieldpath.Step{Name: token, Element: element}),
		tokens: append(p.tokens[:len(p.tokens):len(p.tokens)], token),
	}
}

// walk calls f for the leaves of a map, in their order.
func walk(v tree.Map, schema merge.Schema, f func(place, any)) {
	if len(v) > 0 {
		walkValue(place{}, v, schema, merge.Elements{}, f)
	}
}

func walkValue(at place, v any, schema merge.Schema, elements merge.Elements, f func(place, any)) {
	switch v := v.(type) {
	case tree.Map:
		if len(v) == 0 {
			break
		}
		for _, key := range tree.Keys(v) {
			inner, e := schema.Field(key)
			walkValue(at.below(key, key, false), v[key], inner, e, f)
		}
		return
	case []any:
		if len(v) == 0 {
			break
		}
		for i, name := range fieldpath.Names(v, elements) {
			// A list in a list has no keys.
			walkValue(at.below(name, strconv.Itoa(i), true), v[i], schema, merge.Elements{}, f)
		}
		return
	}
	f(at, v)
}
