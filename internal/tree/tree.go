// Package tree works on JSON-shaped trees: the form in which resources, patches
// and Kubernetes objects travel through the library.
//
// A tree is nil, a bool, an int64, a finite float64, a string, a []any of trees
// or a map[string]any of trees. It never holds any other type, and it has no
// cycles. Functions of this package do not change their arguments.
package tree

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Map is the tree form of an object.
type Map = map[string]any

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

// Replace returns v with what scalar makes of each of its scalars, and changes v itself.
func Replace(v any, scalar func(any) any) any {
	switch t := v.(type) {
	case []any:
		for i, e := range t {
			t[i] = Replace(e, scalar)
		}
	case map[string]any:
		for k, e := range t {
			t[k] = Replace(e, scalar)
		}
	default:
		return scalar(v)
	}
	return v
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
		return ok && (reflect.ValueOf(x).Pointer() == reflect.ValueOf(y).Pointer() || maps.EqualFunc(x, y, Equal))
	case []any:
		y, ok := b.([]any)
		return ok && slices.EqualFunc(x, y, Equal)
	case int64:
		if f, ok := b.(float64); ok {
			return equalIntFloat(x, f)
		}
	case float64:
		if i, ok := b.(int64); ok {
			return equalIntFloat(i, x)
		}
	}
	return a == b
}

// equalIntFloat does not convert the integer: above 2^53 that would round it.
func equalIntFloat(i int64, f float64) bool {
	return f == math.Trunc(f) && f >= math.MinInt64 && f < math.MaxInt64 && int64(f) == i
}

// JSON returns the canonical JSON text of v: keys sorted, no white space, no HTML
// escaping. Whole floats are written without a fraction, so that trees that are
// Equal have the same text.
func JSON(v any) []byte { return AppendJSON(nil, v) }

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
		if whole(t) {
			return strconv.AppendInt(dst, int64(t), 10)
		}
		return strconv.AppendFloat(dst, t, 'g', -1, 64)
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

// Sum returns the SHA-256 of a tree's canonical JSON, in hexadecimal digits.
func Sum(v any) string {
	sum := sha256.Sum256(AppendJSON(make([]byte, 0, 4<<10), v))
	return hex.EncodeToString(sum[:])
}

// Canonical returns what FromJSON reads of JSON(v): whole floats become integers. It
// does so in v itself.
func Canonical(v any) any {
	return Replace(v, func(scalar any) any {
		if f, ok := scalar.(float64); ok && whole(f) {
			return int64(f)
		}
		return scalar
	})
}

// FromJSON reads one JSON text. Integers become int64, other numbers float64. What
// would be read as something else is an error: integers that do not fit an int64,
// texts that are not UTF-8, and halves of surrogate pairs.
func FromJSON(data []byte) (any, error) {
	if !utf8.Valid(data) {
		return nil, errNotUTF8
	}
	var v any
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	err := d.Decode(&v)
	if _, end := d.Token(); err != nil || end != io.EOF {
		return nil, json.Unmarshal(data, new(any)) // which says why
	}
	if HalfPair(data) >= 0 {
		return nil, errors.New("half of a surrogate pair is no character")
	}
	v = Replace(v, func(scalar any) any {
		text, ok := scalar.(json.Number)
		if !ok {
			return scalar
		}
		n, bad := number(string(text))
		err = cmp.Or(err, bad)
		return n
	})
	if err != nil {
		return nil, err
	}
	return v, nil
}

var errNotUTF8 = errors.New("the text is not UTF-8")

func number(text string) (any, error) {
	if !strings.ContainsAny(text, ".eE") {
		i, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, errors.New("an integer does not fit into 64 bits")
		}
		return i, nil
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return nil, errors.New("a number does not fit into 64 bits")
	}
	return f, nil
}

// FromGo returns what v marshals to as JSON. A string that is not UTF-8 is an
// error: encoding/json would replace what is not.
func FromGo(v any) (any, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	// What stands for it may be a real U+FFFD; releases of Go write the two alike, or not.
	replaced := bytes.Contains(text, []byte("\ufffd")) || bytes.Contains(text, []byte(`\ufffd`))
	if replaced && !isUTF8(reflect.ValueOf(v)) {
		return nil, errNotUTF8
	}
	return FromJSON(text)
}

// isUTF8 reports whether all strings in a value are.
func isUTF8(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.String:
		return utf8.ValidString(v.String())
	case reflect.Pointer, reflect.Interface:
		return isUTF8(v.Elem())
	case reflect.Map, reflect.Slice, reflect.Array:
		for key, e := range v.Seq2() {
			if !isUTF8(key) || !isUTF8(e) {
				return false
			}
		}
	case reflect.Struct:
		for _, field := range v.Fields() {
			if !isUTF8(field) {
				return false
			}
		}
	}
	return true
}

// HalfPair returns where a JSON text has half of a surrogate pair, -1 if it has none.
func HalfPair(text []byte) int {
	for i := 0; ; {
		next := bytes.IndexByte(text[i:], '\\')
		if next < 0 {
			return -1
		}
		i += next
		switch r := Unescaped(text[i:]); {
		case !utf16.IsSurrogate(r):
			i += len(`\"`) // what is escaped means nothing any more
		case utf16.DecodeRune(r, Unescaped(text[i+len(`\ud83d`):])) == utf8.RuneError:
			return i
		default:
			i += len(`\ud83d\ude80`)
		}
	}
}

// Unescaped returns the character of an escape such as \u00e9 that a text begins with, 0 if
// there is none.
func Unescaped(text []byte) rune {
	if len(text) < len(`\u00e9`) || text[0] != '\\' || text[1] != 'u' {
		return 0
	}
	r, _ := strconv.ParseUint(string(text[2:6]), 16, 16)
	return rune(r)
}
