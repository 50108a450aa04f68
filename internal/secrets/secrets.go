// Package secrets decides what may be shown: in messages, differences and
// explanations. It judges a value by its name, by the whole of it, and by what stands
// beside it, and rather hides too much: what it finds is not refused.
//
// names.go says which names are those of secrets, text.go finds secrets in texts.
package secrets

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/flinktarget/flinktarget/internal/lazyregexp"
)

// Hidden stands for what is not shown.
const Hidden = "(hidden)"

// Hide returns a JSON-shaped value of this name without secrets: those of a secret's
// name, whether that is its key, stands beside it, or is the option before it, and those
// in texts. What is not hidden may be shared with v.
func Hide(name string, v any) any {
	switch v := v.(type) {
	case nil, bool: // which tell nothing
		return v
	case string:
		return HideText(name, v)
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			before, _ := v[max(i-1, 0)].(string)
			out[i] = Hide(Item(name, i, before), e)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, e := range v {
			out[key] = Hide(Called(name, key, func(k string) string { s, _ := v[k].(string); return s }), e)
		}
		return out
	}
	if Key(name) {
		return Hidden
	}
	return v
}

// Called returns what says what a field of a map is: the name of the map, if that is one of
// secrets; the key of the field; or for a value what the map calls it, as an environment
// variable and an operation of a JSON patch do. text returns the text of another field.
func Called(name, key string, text func(key string) string) string {
	switch {
	case Key(name) && !refers(name):
		return name
	case key == "value":
		return cmp.Or(text("name"), text("key"), text("path"), key)
	}
	return key
}

// Item returns what says what an item of a list is: the name of the list, or the option
// before it.
func Item(name string, i int, before string) string {
	if i == 0 || Key(name) && !refers(name) {
		return name
	}
	return cmp.Or(option(before), name)
}

// HideText returns a text of this name without secrets. It has as many lines.
func HideText(name, text string) string {
	if isSecret(name, text) {
		return covered(text, [][2]int{{0, len(text)}})
	}
	return covered(text, found(text))
}

// InMessage returns a message without what is a secret wherever it stands, such as a
// password in a URI, and without values that it quotes and must not. It may name secrets.
func InMessage(message string) string {
	if strings.Contains(message, `"`) {
		message = quoted().ReplaceAllStringFunc(message, func(q string) string {
			if s, err := strconv.Unquote(q); err == nil && !Quotable(s) {
				return Hidden
			}
			return q
		})
	}
	return covered(message, shaped(message))
}

var quoted = lazyregexp.New(`"(?:[^"\\]|\\.)*"`)

// Text reports whether a text seems to hold a secret, whatever its key.
func Text(s string) bool { return len(found(s)) > 0 }

// Quotable reports whether a message may quote a text. It is stricter than Text: what
// follows a secret's name may be one, and all that is before the @ of a URI.
func Quotable(s string) bool {
	return !Text(s) && !(strings.Contains(s, "://") && strings.Contains(s, "@")) && !(Key(s) && spaced().MatchString(s))
}

var spaced = lazyregexp.New(word + `[\w.-]*["']?\s+\S`)

// Name returns a name as a message shows it: what is no name may be a secret.
func Name(s string) string {
	if !Quotable(s) {
		return Hidden
	}
	return Clip(s, 253)
}

// Plain reports whether an entry surely holds a secret in plain text, of which its
// author is warned: references such as ${NAME} do not count.
func Plain(name, value string) bool {
	if value == "" || strings.Contains(value, "${") || strings.Contains(value, "$(") {
		return false
	}
	return sure(name) && !harmless(name, value) || userInfo().MatchString(value)
}

// Clip returns the beginning of a text, up to so many bytes, so that messages stay short
// whatever the input.
func Clip(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

// Mask replaces the value of a secret in the path of a field. It is there if a
// line such as password=x was taken for a key.
func Mask(path string) string {
	if Quotable(path) {
		return path
	}
	path = assigned().ReplaceAllString(path, "${1}"+Hidden)
	return covered(path, found(path))
}

// assigned is a secret's key and, after the first group, its value, or what stands
// in front of a host. A bracket ends it, as keys stand in brackets in the paths of
// fields.
var assigned = lazyregexp.New(`(` + word + `[\w.-]*["']?[=:\s]\s*|://)(?:[^\]]+)`)

// OneLine returns a text so that it can be printed as a part of one line: see
// flinktarget.Problem.
func OneLine(s string) string {
	special := func(r rune) bool { return r == utf8.RuneError || !strconv.IsPrint(r) }
	if !strings.ContainsFunc(s, special) && !strings.Contains(s, "##") &&
		!strings.HasPrefix(strings.TrimSpace(s), "::") {
		return s
	}
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], string(r)):
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case !strconv.IsPrint(r):
			quoted := strconv.QuoteRune(r)
			b.WriteString(quoted[1 : len(quoted)-1])
		case r == '#' && strings.HasPrefix(s[i+1:], "#"), r == ':' && strings.HasPrefix(s[i+1:], ":") &&
			strings.TrimSpace(s[:i]) == "":
			fmt.Fprintf(&b, `\x%02x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
