// Package yamldoc reads streams of YAML documents (JSON is YAML) strictly and
// keeps, for every value, where it stands and how it was written.
//
// The general rule for scalars is YAML 1.2's core schema, with the extensions
// that Kubernetes users know from kubectl: 0644 is octal and << merges maps.
// What YAML 1.1 and 1.2 read differently is marked Ambiguous, so that decoders
// can refuse it where it matters.
package yaml

import (
	"fmt"
	"math"
	"strconv"

	"github.com/flinktarget/flinktarget/internal/tree"
)

// Position is a place in a text. Line and Column count from 1; 0 means unknown.
// Columns count bytes, as compilers do.
type Position struct {
	File         string
	Line, Column int
}

// IsZero reports whether nothing is known of the place.
func (p Position) IsZero() bool { return p == Position{} }

// String returns file:line:column without the parts that are unknown.
func (p Position) String() string {
	switch {
	case p.Line == 0:
		return p.File
	case p.File == "":
		return fmt.Sprintf("%d:%d", p.Line, p.Column)
	default:
		return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
	}
}

// Place is a Position in the memory of two words: documents have many.
type Place struct {
	file         *string
	line, column int32
}

func placeIn(file *string, line, column int) Place {
	return Place{file, int32(min(line, math.MaxInt32)), int32(min(column, math.MaxInt32))}
}

// Position returns the place as a Position.
func (p Place) Position() Position {
	if p.file == nil {
		return Position{Line: int(p.line), Column: int(p.column)}
	}
	return Position{*p.file, int(p.line), int(p.column)}
}

// String returns what that of Position does.
func (p Place) String() string { return p.Position().String() }

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
	// number.
	Ambiguous bool
	Pos       Place
	// Text is the text of a scalar: as written if plain, its content if quoted.
	Text   string
	Fields []Field // of a Map, as written
	Items  []*Node // of a List

	bits uint64 // of a Bool, Int or Float: what it says
}

// Field is an entry of a Map.
type Field struct {
	Key   string
	Pos   Place // of the key
	Value *Node
}

// Get returns the value of a key, or nil.
func (n *Node) Get(key string) *Node {
	for i := range n.Fields {
		if n.Fields[i].Key == key {
			return n.Fields[i].Value
		}
	}
	return nil
}

// At returns the value at a path of keys, or nil.
func (n *Node) At(path ...string) *Node {
	for _, key := range path {
		if n == nil {
			return nil
		}
		n = n.Get(key)
	}
	return n
}

// Value returns the node as a fresh tree.
func (n *Node) Value() any {
	switch n.Kind {
	case Bool:
		return n.bits != 0
	case Int:
		return int64(n.bits)
	case Float:
		return math.Float64frombits(n.bits)
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
		return nil
	}
}

// AppendJSON appends the node as JSON to dst, the keys of maps as they are written.
func (n *Node) AppendJSON(dst []byte) []byte {
	switch n.Kind {
	case List:
		dst = append(dst, '[')
		for i, item := range n.Items {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = item.AppendJSON(dst)
		}
		return append(dst, ']')
	case Map:
		dst = append(dst, '{')
		for i := range n.Fields {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(tree.AppendJSON(dst, n.Fields[i].Key), ':')
			dst = n.Fields[i].Value.AppendJSON(dst)
		}
		return append(dst, '}')
	case String:
		return tree.AppendJSON(dst, n.Text)
	default:
		return tree.AppendJSON(dst, n.Value())
	}
}

func (n *Node) setBool(b bool) {
	if n.Kind, n.bits = Bool, 0; b {
		n.bits = 1
	}
}

func (n *Node) setInt(i int64) { n.Kind, n.bits = Int, uint64(i) }

func (n *Node) setFloat(f float64) { n.Kind, n.bits = Float, math.Float64bits(f) }

// FromTree returns v as nodes without positions.
func FromTree(v any) *Node {
	switch t := v.(type) {
	case bool:
		n := &Node{Text: strconv.FormatBool(t)}
		n.setBool(t)
		return n
	case int64:
		n := &Node{Text: strconv.FormatInt(t, 10)}
		n.setInt(t)
		return n
	case float64:
		n := &Node{Text: string(tree.JSON(t))}
		n.setFloat(t)
		return n
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
