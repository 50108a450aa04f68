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

// With returns a fresh path to what is one step below p.
func (p Path) With(s Step) Path { return append(slices.Clip(p), s) }

// String returns the path as people write it: names of fields joined by dots, elements
// of lists and keys that are not plain names in brackets, as in
// spec.containers[main].env[TZ].value and labels[a.b/c]. What could be mistaken in
// brackets is quoted, so that two paths in a map do not have the same text.
func (p Path) String() string {
	var b strings.Builder
	for _, s := range p {
		switch {
		case s.Element:
			b.WriteString("[" + s.Name + "]")
		case plain(s.Name):
			write(&b, s.Name)
		default:
			b.WriteString("[" + Quote(s.Name, "") + "]")
		}
	}
	return b.String()
}

// Field returns the path as field.Path of Kubernetes writes it, and as places in texts
// are found by: nothing is quoted.
func (p Path) Field() string {
	var b strings.Builder
	for _, s := range p {
		if s.Element || s.Name == "" || strings.ContainsAny(s.Name, ".[]/ ") {
			b.WriteString("[" + s.Name + "]")
		} else {
			write(&b, s.Name)
		}
	}
	return b.String()
}

func write(b *strings.Builder, name string) {
	if b.Len() > 0 {
		b.WriteByte('.')
	}
	b.WriteString(name)
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
	odd := func(r rune) bool { return !unicode.IsPrint(r) || strings.ContainsRune(`[]"`+special, r) }
	if s == "" || s != strings.TrimSpace(s) || strings.ContainsFunc(s, odd) {
		return strconv.Quote(s)
	}
	return s
}
