// Package yaml reads streams of YAML documents (JSON is YAML) strictly, and writes trees.
//
// # Reading
//
// For every value is kept where it stands and how it was written. The rule for scalars
// is YAML 1.2's core schema, with the extensions that Kubernetes users know from kubectl:
// 0644 is octal and << merges maps. What YAML 1.1 and 1.2 read differently is marked
// Ambiguous, so that decoders can refuse it where it matters.
//
// # Writing
//
// [Append] takes JSON-shaped trees: nil, bool, int64, finite float64, string, []any and
// map[string]any of these. The text is block style with LF line ends, two spaces of
// indent, and keys in byte order; a sequence in a mapping starts in the column of its
// key, as kubectl prints it. There are no anchors, tags, comments or folded lines. The
// same tree gives the same bytes, and every YAML 1.1 and YAML 1.2 reader gets the same
// tree back. Empty collections, nil ones included, are {} and []; nil is null.
//
// An int64 is written in decimal. A whole float64 below 2^53 is written like the
// integer that it equals: JSON does not tell 1.0 from 1, and trees that are equal
// have one text. Other floats have the fewest digits that read back as the same
// float64, and always a point, without which YAML 1.1 takes 1e+21 for a string.
// Minus zero is -0.0.
//
// Strings are written in the first of these ways that fits:
//
//  1. Text with a control character other than tab and line feed, or with one that
//     is invisible (directional marks, no-break space, U+0085, U+2028, U+2029,
//     U+FEFF), is double-quoted, with these escaped.
//  2. Text of several lines is a literal block: |, or |- without a line feed at the
//     end, or |+ with several; with the digit 2 if the first line starts with a
//     space. It is double-quoted where a block would be fragile: at the root of a
//     document, as a key, with a tab at the start of a line, with a last line of
//     blanks, or with line feeds only.
//  3. Other text is plain, if no reader could take it for something else. What looks
//     like a number, a time, a boolean, null, an indicator, in YAML 1.1, YAML 1.2 or
//     their common implementations, is quoted, rather too often than too seldom.
//  4. What is not plain is double-quoted; single-quoted, if it has a '"' or '\', so
//     that JSON and regular expressions stay readable.
//
// A key of more than 1024 bytes, quotes and escapes counted, takes the explicit form
// (? key, : value), since YAML limits implicit keys to 1024 characters.
package yaml

import (
	"slices"
	"strconv"
	"strings"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/internal/tree"
)

// Position is a place in a text.
type Position = flinktarget.Position

// Kind says what a Node is.
type Kind uint8

// The kinds of nodes.
const (
	Null Kind = iota
	Bool
	Int
	Float
	String
	List
	Map
)

func (k Kind) String() string {
	return [...]string{"null", "boolean", "number", "number", "string", "list", "map"}[k]
}

// Node is one value of a document. Nodes are not changed after parsing.
type Node struct {
	Kind Kind
	// Quoted tells a quoted or block scalar from a plain one.
	Quoted bool
	// Ambiguous marks plain strings that a YAML 1.1 reader takes for a boolean or a
	// number, and fractions whose text may have been another; see Inexact.
	Ambiguous bool
	Pos       Position
	// Text is the text of a scalar: as written if plain, its content if quoted.
	Text   string
	Fields []Field // of a Map, as written
	Items  []*Node // of a List

	scalar any // what a Bool, Int or Float says: bool, int64 or float64
}

// Field is an entry of a Map.
type Field struct {
	Key   string
	Pos   Position // of the key
	Value *Node
}

// Get returns the value at a path of keys, or nil.
func (n *Node) Get(path ...string) *Node {
	for _, key := range path {
		i := slices.IndexFunc(n.Fields, func(f Field) bool { return f.Key == key })
		if i < 0 {
			return nil
		}
		n = n.Fields[i].Value
	}
	return n
}

// Value returns the node as a fresh tree.
func (n *Node) Value() any {
	switch n.Kind {
	case String:
		return n.Text
	case List:
		out := make([]any, len(n.Items))
		for i, item := range n.Items {
			out[i] = item.Value()
		}
		return out
	case Map:
		out := make(map[string]any, len(n.Fields))
		for _, f := range n.Fields {
			out[f.Key] = f.Value.Value()
		}
		return out
	default:
		return n.scalar
	}
}

// FromTree returns v as nodes without positions.
func FromTree(v any) *Node {
	switch t := v.(type) {
	case bool:
		return &Node{Kind: Bool, Text: strconv.FormatBool(t), scalar: t}
	case int64:
		return &Node{Kind: Int, Text: strconv.FormatInt(t, 10), scalar: t}
	case float64:
		return &Node{Kind: Float, Text: string(tree.JSON(t)), scalar: t}
	case string:
		return &Node{Kind: String, Text: t, Quoted: true}
	case []any:
		n := &Node{Kind: List, Items: make([]*Node, len(t))}
		for i, e := range t {
			n.Items[i] = FromTree(e)
		}
		return n
	case map[string]any:
		n := &Node{Kind: Map, Fields: make([]Field, 0, len(t))}
		for _, k := range tree.Keys(t) {
			n.Fields = append(n.Fields, Field{Key: k, Value: FromTree(t[k])})
		}
		return n
	default:
		return &Node{Kind: Null}
	}
}

// Inexact marks all fractions as Ambiguous, and returns n, which must be new: whoever made
// JSON of YAML has written 1.20 as 1.2.
func (n *Node) Inexact() *Node {
	n.Ambiguous = n.Ambiguous || n.Kind == Float
	for _, item := range n.Items {
		item.Inexact()
	}
	for _, f := range n.Fields {
		f.Value.Inexact()
	}
	return n
}

// Locate finds the place of a field path as field.Path prints it, such as
// spec.pods[2].labels[a.b/c]. Where the path leaves the document, the last value
// on the way is what counts: a missing field is reported at its parent.
func (n *Node) Locate(path string) Position {
	if n == nil {
		return Position{}
	}
	pos := n.Pos
	for path != "" {
		next, rest := n.step(path)
		if next == nil {
			break
		}
		n, path, pos = next, rest, next.Pos
	}
	return pos
}

func (n *Node) step(path string) (*Node, string) {
	if n.Kind == List && path[0] == '[' {
		index, rest, ok := strings.Cut(path[1:], "]")
		i, err := strconv.Atoi(index)
		if !ok || err != nil || i < 0 || i >= len(n.Items) {
			return nil, ""
		}
		return n.Items[i], rest
	}
	// Keys may hold dots and brackets themselves, so the longest match wins.
	var best *Node
	bestLen := -1
	for i := range n.Fields {
		if l := matched(path, n.Fields[i].Key); l > bestLen {
			best, bestLen = n.Fields[i].Value, l
		}
	}
	if best == nil {
		return nil, ""
	}
	return best, path[bestLen:]
}

// matched returns how much of path names key, as key, .key or [key]; -1 if it
// does not.
func matched(path, key string) int {
	rest, dotted := strings.CutPrefix(path, ".")
	if dotted || path[0] != '[' {
		if tail, ok := strings.CutPrefix(rest, key); ok && (tail == "" || tail[0] == '.' || tail[0] == '[') {
			return len(path) - len(tail)
		}
	}
	if path[0] == '[' {
		if tail, ok := strings.CutPrefix(path[1:], key); ok && strings.HasPrefix(tail, "]") &&
			(len(tail) == 1 || tail[1] == '.' || tail[1] == '[') {
			return len(path) - len(tail) + 1
		}
	}
	return -1
}
