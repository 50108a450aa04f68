// Package jsonpatch applies JSON patches (RFC 6902) to JSON-shaped trees.
//
// It does what the RFC says, and more strictly: what the RFC lets an
// implementation ignore in an operation, unknown members and members that mean
// nothing for it, is refused. Numbers are never converted, so integers beyond
// 2^53 stay what they are.
package jsonpatch

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/flinktarget/flinktarget/internal/tree"
)

// Op is one operation, checked. It is immutable.
type Op struct {
	name       string
	path, from pointer
	value      any
}

// Problem is something wrong with the list that Parse reads.
type Problem struct {
	// Index is that of the operation.
	Index int
	// Member is the member of the operation that is wrong; "" is all of it.
	Member string
	// Reason says what is wrong, as a clause.
	Reason string
}

// needs says which members an operation has besides op and path.
var needs = map[string]string{
	"add": "value", "replace": "value", "test": "value",
	"move": "from", "copy": "from",
	"remove": "",
}

// Parse reads a list of operations. The list is copied. If there are problems,
// all of them are returned, or the first thousand, and no operations.
func Parse(list []any) ([]Op, []Problem) {
	ops := make([]Op, len(list))
	var problems []Problem
	for i, e := range list {
		p := parser{index: i}
		ops[i] = p.operation(e)
		if problems = append(problems, p.problems...); len(problems) > maxProblems {
			break
		}
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return ops, nil
}

const maxProblems = 1000

type parser struct {
	index    int
	problems []Problem
}

func (p *parser) fail(member, reason string, args ...any) {
	p.problems = append(p.problems, Problem{p.index, member, fmt.Sprintf(reason, args...)})
}

func (p *parser) operation(e any) Op {
	m, ok := e.(map[string]any)
	if !ok {
		p.fail("", "an operation is an object with op and path")
		return Op{}
	}
	op := Op{name: p.text(m, "op")}
	need, known := needs[op.name]
	if !known && op.name != "" {
		p.fail("op", "unknown operation; there are add, remove, replace, move, copy and test")
	}
	op.path = p.pointer(m, "path")
	for _, name := range tree.Keys(m) {
		switch {
		case name == "op" || name == "path" || name == need:
		case name != "value" && name != "from":
			p.fail(name, "unknown member; an operation has op, path, value and from")
		case known:
			p.fail(name, "has no meaning for %s", op.name)
		}
	}
	switch need {
	case "value":
		if _, ok := m["value"]; !ok {
			p.fail("value", "%s needs a value; null is one", op.name)
		}
		op.value = p.content(m["value"])
	case "from":
		op.from = p.pointer(m, "from")
	}
	p.relation(op)
	return op
}

// text returns a member that must be a string.
func (p *parser) text(m map[string]any, name string) string {
	v, ok := m[name]
	s, isString := v.(string)
	switch {
	case !ok:
		p.fail(name, "missing")
	case !isString:
		p.fail(name, "expected a string")
	case s == "" && name == "op":
		p.fail(name, "is empty")
	}
	return s
}

func (p *parser) pointer(m map[string]any, name string) pointer {
	ptr, err := parsePointer(p.text(m, name))
	if err != "" {
		p.fail(name, "%s", err)
	}
	return ptr
}

// content copies a value and refuses what JSON cannot hold.
func (p *parser) content(v any) any {
	switch v := v.(type) {
	case nil, bool, int64, string:
		return v
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			p.fail("value", "%v is not a JSON number", v)
		}
		return v
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = p.content(e)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for _, k := range tree.Keys(v) {
			out[k] = p.content(v[k])
		}
		return out
	default:
		p.fail("value", "a %T cannot be part of a JSON document", v)
		return nil
	}
}

// relation refuses what no document can make right.
func (p *parser) relation(op Op) {
	if len(p.problems) > 0 {
		return
	}
	switch {
	case op.name == "remove" && len(op.path.tokens) == 0:
		p.fail("path", "the whole document cannot be removed")
	case op.name == "move" && len(op.from.tokens) < len(op.path.tokens) &&
		slices.Equal(op.from.tokens, op.path.tokens[:len(op.from.tokens)]):
		p.fail("path", "a value cannot be moved into itself")
	}
}

// pointer is a JSON pointer (RFC 6901).
type pointer struct {
	text   string
	tokens []string
}

var unescape = strings.NewReplacer("~1", "/", "~0", "~")

// parsePointer returns the reason why text is not a JSON pointer, "" if it is.
func parsePointer(text string) (pointer, string) {
	if text == "" {
		return pointer{}, ""
	}
	if text[0] != '/' {
		return pointer{}, "a JSON pointer is empty or starts with /"
	}
	for i := range len(text) {
		if text[i] == '~' && (i+1 == len(text) || text[i+1] != '0' && text[i+1] != '1') {
			return pointer{}, "a ~ is written ~0, a / inside a name ~1"
		}
	}
	tokens := strings.Split(text[1:], "/")
	for i, t := range tokens {
		tokens[i] = unescape.Replace(t)
	}
	return pointer{text: text, tokens: tokens}, ""
}
