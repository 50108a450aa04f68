package tree

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Path leads from a tree to a value in it. An empty path is the tree.
type Path []Step

// Step is one level of a path.
type Step struct {
	// Name is the key of a map, or what the element of a list is called.
	Name string
	// Element says that it is an element of a list.
	Element bool
}

// Enter leads one step on, to a field of a map, Element to an element of a list; Leave leads
// back. They change the path itself, which is for walks.
func (p *Path) Enter(name string)   { *p = append(*p, Step{Name: name}) }
func (p *Path) Element(name string) { *p = append(*p, Step{Name: name, Element: true}) }
func (p *Path) Leave()              { *p = (*p)[:len(*p)-1] }

// With returns a fresh path to what is one step below p.
func (p Path) With(s Step) Path { return append(slices.Clip(p), s) }

// String returns the path as people write it: names of fields joined by dots, elements
// of lists and keys that are not plain names in brackets, as in
// spec.containers[main].env[TZ].value and labels[a.b/c]. What could be mistaken in
// brackets is quoted, so that two paths in a map do not have the same text.
func (p Path) String() string {
	return p.text(plain, func(key string) string { return Quote(key, "") })
}

// Field returns the path as field.Path of Kubernetes writes it, and as places in texts
// are found by: nothing is quoted.
func (p Path) Field() string {
	name := func(key string) bool { return key != "" && !strings.ContainsAny(key, ".[]/ ") }
	return p.text(name, func(key string) string { return key })
}

// text joins names by dots; other keys stand in brackets, as quote writes them.
func (p Path) text(isName func(string) bool, quote func(string) string) string {
	var b strings.Builder
	for _, s := range p {
		switch {
		case s.Element:
			b.WriteString("[" + s.Name + "]")
		case !isName(s.Name):
			b.WriteString("[" + quote(s.Name) + "]")
		default:
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(s.Name)
		}
	}
	return b.String()
}

// Join appends a printed path to another.
func Join(path, rest string) string {
	if path == "" || rest == "" || rest[0] == '[' {
		return path + rest
	}
	return path + "." + rest
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

// Quote puts a text into quotes if it could be mistaken in brackets, or has one of the
// special characters.
func Quote(s, special string) string {
	odd := func(r rune) bool { return !unicode.IsPrint(r) || strings.ContainsRune(`[]"`, r) }
	if s == "" || s != strings.TrimSpace(s) || strings.ContainsAny(s, special) || strings.ContainsFunc(s, odd) {
		return strconv.Quote(s)
	}
	return s
}
