// Package tree works on JSON-shaped trees: the form in which resources, patches
// and Kubernetes objects travel through the library.
//
// A tree is nil, a bool, an int64, a finite float64, a string, a []any of trees
// or a map[string]any of trees. It never holds any other type, and it has no
// cycles. Functions of this package do not change their arguments.
package tree

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	kjson "sigs.k8s.io/json"
)

// Map is the tree form of an object.
type Map = map[string]any

// Shared are objects that may share maps and lists with others: whoever has them
// reads them only. As the type of a parameter it keeps a method for this module.
type Shared struct{ Maps []Map }

// Copy returns a tree that shares no map and no slice with v.
func Copy(v any) any {
	switch t := v.(type) {
	case map[string]any:
		return CopyMap(t)
	case []any:
		if t == nil {
			return t
		}
		out := make([]any, len(t))
		for i, e := range t {
			out[i] = Copy(e)
		}
		return out
	default:
		return v
	}
}

// CopyMap is Copy for an object.
func CopyMap(m map[string]any) map[string]any {
	if m == nil {
		return nil
	}
	out := make(map[string]any, len(m))
	for k, e := range m {
		out[k] = Copy(e)
	}
	return out
}

// Equal reports whether a and b are the same JSON value. Numbers are compared by
// value, so int64(1) equals float64(1).
func Equal(a, b any) bool {
	switch x := a.(type) {
	case map[string]any:
		y, ok := b.(map[string]any)
		if !ok || len(x) != len(y) {
			return false
		}
		for k, v := range x {
			w, ok := y[k]
			if !ok || !Equal(v, w) {
				return false
			}
		}
		return true
	case []any:
		y, ok := b.([]any)
		if !ok || len(x) != len(y) {
			return false
		}
		for i := range x {
			if !Equal(x[i], y[i]) {
				return false
			}
		}
		return true
	case int64:
		if f, ok := b.(float64); ok {
			return equalIntFloat(x, f)
		}
		return a == b
	case float64:
		if i, ok := b.(int64); ok {
			return equalIntFloat(i, x)
		}
		return a == b
	default:
		switch b.(type) {
		case map[string]any, []any:
			return false
		}
		return a == b
	}
}

// equalIntFloat does not convert the integer: above 2^53 that would round it.
func equalIntFloat(i int64, f float64) bool {
	if f != math.Trunc(f) || f < math.MinInt64 || f >= math.MaxInt64 {
		return false
	}
	return int64(f) == i
}

// JSON returns the canonical JSON text of v: keys sorted, no white space, no HTML
// escaping. Whole floats are written without a fraction, so that trees that are
// Equal have the same text.
func JSON(v any) []byte {
	return AppendJSON(nil, v)
}

// AppendJSON appends what JSON returns to dst.
func AppendJSON(dst []byte, v any) []byte {
	switch t := v.(type) {
	case nil:
		return append(dst, "null"...)
	case bool:
		return strconv.AppendBool(dst, t)
	case int64:
		return strconv.AppendInt(dst, t, 10)
	case float64:
		return appendFloat(dst, t)
	case string:
		return appendString(dst, t)
	case []any:
		dst = append(dst, '[')
		for i, e := range t {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = AppendJSON(dst, e)
		}
		return append(dst, ']')
	case map[string]any:
		var few [16]string // maps are small
		dst = append(dst, '{')
		for i, k := range AppendKeys(few[:0], t) {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendString(dst, k)
			dst = append(dst, ':')
			dst = AppendJSON(dst, t[k])
		}
		return append(dst, '}')
	default:
		// Not a tree. The text says so instead of losing the value in silence.
		return appendString(dst, fmt.Sprintf("%T is not part of a tree", v))
	}
}

func appendFloat(dst []byte, f float64) []byte {
	if whole(f) {
		return strconv.AppendInt(dst, int64(f), 10)
	}
	return strconv.AppendFloat(dst, f, 'g', -1, 64)
}

// whole reports whether a float is written as an integer.
func whole(f float64) bool { return f == math.Trunc(f) && math.Abs(f) < 1<<53 }

// appendString writes what encoding/json does without its HTML escaping.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	written := 0
	for i := 0; i < len(s); {
		if asItIs[s[i]] {
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r < utf8.RuneSelf || r == utf8.RuneError && size == 1 || r == '\u2028' || r == '\u2029' {
			dst = appendEscape(append(dst, s[written:i]...), r)
			written = i + size
		}
		i += size
	}
	return append(append(dst, s[written:]...), '"')
}

// asItIs are the bytes that stand for themselves in a JSON string.
var asItIs = func() (is [256]bool) {
	for c := ' '; c < utf8.RuneSelf; c++ {
		is[c] = c != '"' && c != '\\'
	}
	return is
}()

func appendEscape(dst []byte, r rune) []byte {
	const short, hex = "\b\f\n\r\t\"\\", "0123456789abcdef"
	if i := strings.IndexRune(short, r); i >= 0 {
		return append(dst, '\\', "bfnrt\"\\"[i])
	}
	return append(dst, '\\', 'u', hex[r>>12&15], hex[r>>8&15], hex[r>>4&15], hex[r&15])
}

// Canonical returns what FromJSON reads of JSON(v): whole floats become integers. It
// does so in v itself.
func Canonical(v any) any {
	switch t := v.(type) {
	case float64:
		if whole(t) {
			return int64(t)
		}
	case []any:
		for i, e := range t {
			t[i] = Canonical(e)
		}
	case map[string]any:
		for k, e := range t {
			switch e.(type) { // most values stay, and writing them would take time
			case float64, []any, map[string]any:
				t[k] = Canonical(e)
			}
		}
	}
	return v
}

// FromJSON reads one JSON text. Integers become int64, other numbers float64. What
// would be read as something else is an error: integers that do not fit an int64,
// texts that are not UTF-8, and halves of surrogate pairs.
func FromJSON(data []byte) (any, error) {
	if !utf8.Valid(data) {
		return nil, errNotUTF8
	}
	var v any
	if err := kjson.UnmarshalCaseSensitivePreserveInts(data, &v); err != nil {
		return nil, err
	}
	if err := checkLossless(data); err != nil {
		return nil, err
	}
	return v, nil
}

var errNotUTF8 = errors.New("the text is not UTF-8")

// FromGo returns what v marshals to as JSON. A string that is not UTF-8 is an
// error: encoding/json would replace what is not.
func FromGo(v any) (any, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' {
			continue
		}
		if bytes.HasPrefix(text[i:], []byte(`\ufffd`)) { // a real U+FFFD is not escaped
			return nil, errNotUTF8
		}
		i++
	}
	return FromJSON(text)
}

// checkLossless finds integers that were turned into rounded floats, and halves of
// surrogate pairs that were replaced. The text is legal JSON.
func checkLossless(data []byte) error {
	for i := 0; i < len(data); {
		switch c := data[i]; {
		case c == '"':
			end := endOfString(data, i)
			if halfPair(data[i:end]) {
				return errors.New("half of a surrogate pair is no character")
			}
			i = end
		case c == '-' || c >= '0' && c <= '9':
			end := i + 1
			for end < len(data) && strings.IndexByte("+-.0123456789eE", data[end]) >= 0 {
				end++
			}
			number := data[i:end]
			if len(number) > 18 && !bytes.ContainsAny(number, ".eE") {
				if _, err := strconv.ParseInt(string(number), 10, 64); err != nil {
					return errors.New("an integer does not fit into 64 bits")
				}
			}
			i = end
		default:
			i++
		}
	}
	return nil
}

// halfPair reports whether a string has a surrogate that is not part of a pair.
func halfPair(s []byte) bool {
	for i := bytes.IndexByte(s, '\\'); i >= 0 && i < len(s); i++ {
		if s[i] != '\\' {
			continue
		}
		first := surrogate(s[i:])
		if i++; first == 0 {
			continue
		}
		if utf16.DecodeRune(first, surrogate(s[i+5:])) == utf8.RuneError {
			return true
		}
		i += 10
	}
	return false
}

// surrogate returns the surrogate that s begins with, 0 if there is none.
func surrogate(s []byte) rune {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return 0
	}
	r, _ := strconv.ParseUint(string(s[2:6]), 16, 16)
	if !utf16.IsSurrogate(rune(r)) {
		return 0
	}
	return rune(r)
}

// endOfString returns the index after the string that starts at i.
func endOfString(data []byte, i int) int {
	for i++; i < len(data); i++ {
		switch data[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return i
}
