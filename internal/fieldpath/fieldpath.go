// Package fieldpath names the fields of Kubernetes objects.
//
// A path is written as in spec.template.spec.containers[flink-taskmanager].env[TZ].value:
// names of fields are joined by dots, and what is not a plain name, such as the key
// labels["a.b/c"], stands in brackets: labels[a.b/c]. Elements of lists stand in
// brackets, too. What they are called depends on how Kubernetes merges the list,
// see [merge.Field.Names].
package fieldpath

import (
	"iter"
	"strconv"
	"strings"
	"unicode"

	"github.com/flinktarget/flinktarget/internal/merge"
	"github.com/flinktarget/flinktarget/internal/tree"
)

// Path leads from an object to a value in it. An empty path is the object.
type Path []Step

// Step is one level of a path.
type Step struct {
	// Name is the key of a map, or what merge.Field.Names calls the element of a list.
	Name string
	// Element says that it is an element of a list.
	Element bool
}

// With returns a fresh path to what is one step below p.
func (p Path) With(s Step) Path {
	return append(p[:len(p):len(p)], s)
}

// String returns the path as people write it. In one map, no two paths that Leaves
// yields have the same text.
func (p Path) String() string {
	var b strings.Builder
	for _, s := range p {
		switch {
		case s.Element:
			b.WriteString("[" + s.Name + "]")
		case !plain(s.Name):
			b.WriteString("[" + quote(s.Name, "") + "]")
		default:
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(s.Name)
		}
	}
	return b.String()
}

func plain(key string) bool {
	for i := range len(key) {
		switch c := key[i] | 0x20; {
		case c >= 'a' && c <= 'z', key[i] == '_', key[i] == '$':
		case i > 0 && (key[i] == '-' || key[i] >= '0' && key[i] <= '9'):
		default:
			return false
		}
	}
	return key != ""
}

// quote puts a text into quotes if it could be mistaken in brackets.
func quote(s, special string) string {
	odd := func(r rune) bool { return !unicode.IsPrint(r) || strings.ContainsRune(`[]"`+special, r) }
	if s == "" || s != strings.TrimSpace(s) || strings.ContainsFunc(s, odd) {
		return strconv.Quote(s)
	}
	return s
}

// A Place is where a leaf is.
type Place struct {
	// Path calls elements of lists as merge.Field.Names does, Index by their index.
	Path, Index Path
	// Tokens are those of a JSON pointer, not escaped.
	Tokens []string
}

// below returns a fresh Place one step below p.
func (p Place) below(name, token string, element bool) Place {
	return Place{
		Path:   p.Path.With(Step{Name: name, Element: element}),
		Index:  p.Index.With(Step{Name: token, Element: element}),
		Tokens: append(p.Tokens[:len(p.Tokens):len(p.Tokens)], token),
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
