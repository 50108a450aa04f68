package yaml

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
)

// Separator stands between two documents of a stream.
const Separator = "---\n"

// MaxDepth is the number of collections that may lie inside each other: the limit
// of encoding/json and of go-yaml, so that what is written can be read. As each
// line carries its indent, a tree this deep of maps has a text of 100 MB.
const MaxDepth = 10_000

const maxSimpleKey = 1024

// Append appends the YAML of one document to dst and returns the extended slice.
// The text ends with a line feed and has no document marker. If v is not a tree, it returns dst as
// it was, and an error that does not show the value. v is not changed and not kept.
func Append(dst []byte, v any) ([]byte, error) {
	w := writer{dst: slices.Grow(dst, 4<<10), keys: make([]string, 0, 64)} // room for most trees
	w.inline(v, 0, 0)
	if w.err != nil {
		return dst, fmt.Errorf("writing YAML: %w", w.err)
	}
	return w.dst, nil
}

type writer struct {
	dst  []byte
	keys []string // of the mappings being written, the innermost last
	err  error    // nothing more is written after it
}

// inline writes v into the line that has been begun, at column col.
func (w *writer) inline(v any, col, depth int) {
	switch t := v.(type) {
	case map[string]any:
		if len(t) > 0 {
			w.mapping(t, col, depth+1)
			return
		}
	case []any:
		if len(t) > 0 {
			w.sequence(t, col, depth+1)
			return
		}
	}
	w.scalar(v, col)
}

// afterKey writes v as the value of a key in column col, whose colon was the last
// character written.
func (w *writer) afterKey(v any, col, depth int) {
	switch t := v.(type) {
	case map[string]any:
		if len(t) > 0 {
			w.dst = append(w.dst, '\n')
			w.indent(col + 2)
			w.mapping(t, col+2, depth+1)
			return
		}
	case []any:
		if len(t) > 0 {
			w.dst = append(w.dst, '\n')
			w.indent(col)
			w.sequence(t, col, depth+1)
			return
		}
	}
	w.dst = append(w.dst, ' ')
	w.scalar(v, col+2)
}

// goesOn reports whether what is in a collection is to be written.
func (w *writer) goesOn(depth int) bool {
	if depth > MaxDepth {
		w.err = fmt.Errorf("nested more than %d deep", MaxDepth)
	}
	return w.err == nil
}

func (w *writer) mapping(m map[string]any, col, depth int) {
	if !w.goesOn(depth) {
		return
	}
	first := len(w.keys)
	for k := range m {
		w.keys = append(w.keys, k)
	}
	last := len(w.keys)
	slices.Sort(w.keys[first:last])
	for i := first; i < last; i++ {
		if i > first {
			w.indent(col)
		}
		key := w.keys[i]
		w.entry(key, m[key], col, depth)
	}
	w.keys = w.keys[:first]
}

func (w *writer) entry(key string, v any, col, depth int) {
	start := len(w.dst)
	w.line(key, w.traitsOf(key))
	if len(w.dst)-start <= maxSimpleKey {
		w.dst = append(w.dst, ':')
		w.afterKey(v, col, depth)
		return
	}
	w.dst = slices.Insert(w.dst, start, '?', ' ')
	w.dst = append(w.dst, '\n')
	w.indent(col)
	w.dst = append(w.dst, ": "...)
	w.inline(v, col+2, depth)
}

func (w *writer) sequence(s []any, col, depth int) {
	if !w.goesOn(depth) {
		return
	}
	for i, v := range s {
		if i > 0 {
			w.indent(col)
		}
		w.dst = append(w.dst, "- "...)
		w.inline(v, col+2, depth)
	}
}

// scalar writes v, or an empty collection, and ends the line. Further lines of text
// start at column col.
func (w *writer) scalar(v any, col int) {
	switch t := v.(type) {
	case string:
		w.text(t, col)
		return
	case int64:
		w.dst = strconv.AppendInt(w.dst, t, 10)
	case bool:
		w.dst = strconv.AppendBool(w.dst, t)
	case nil:
		w.dst = append(w.dst, "null"...)
	case float64:
		if math.IsNaN(t) || math.IsInf(t, 0) {
			w.err = errors.New("not a finite number")
		}
		w.dst = appendFloat(w.dst, t)
	case map[string]any:
		w.dst = append(w.dst, "{}"...)
	case []any:
		w.dst = append(w.dst, "[]"...)
	default:
		w.err = fmt.Errorf("%T is not part of a JSON-shaped tree", v)
	}
	w.dst = append(w.dst, '\n')
}

func appendFloat(dst []byte, f float64) []byte {
	abs := math.Abs(f)
	if f == math.Trunc(f) && abs < 1<<53 {
		if f == 0 && math.Signbit(f) {
			return append(dst, "-0.0"...)
		}
		return strconv.AppendInt(dst, int64(f), 10)
	}
	if abs >= 1e-6 && abs < 1<<53 {
		return strconv.AppendFloat(dst, f, 'f', -1, 64)
	}
	start := len(dst)
	dst = strconv.AppendFloat(dst, f, 'e', -1, 64)
	if slices.Contains(dst[start:], '.') {
		return dst
	}
	return slices.Insert(dst, start+slices.Index(dst[start:], 'e'), '.', '0')
}

func (w *writer) indent(col int) {
	for range col {
		w.dst = append(w.dst, ' ')
	}
}
