package jsonpatch

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/flinktarget/flinktarget/internal/secrets"
	"github.com/flinktarget/flinktarget/internal/tree"
)

// Error reports an operation that could not be applied. Nothing was changed.
type Error struct {
	Index  int    // of the operation
	Op     string // its name
	Path   string // its path
	Reason string
}

func (e *Error) Error() string {
	return fmt.Sprintf("operation %d, %s %q: %s", e.Index, e.Op, shown(e.Path), e.Reason)
}

// shown is what a message may show of a pointer or of a part of one.
func shown(pointer string) string {
	const longest = 200
	if pointer = secrets.Mask(pointer); len(pointer) > longest {
		return strings.ToValidUTF8(pointer[:longest], "") + "…"
	}
	return pointer
}

// maxSize bounds what a document may become by copies: a few of them, each copying
// what the one before it made, would fill any memory. A value counts one, and one more
// for each textOfOne bytes of its text or key. It is four times what an API server stores.
const maxSize = 1 << 18

// Apply returns doc with the operations applied, in their order. Neither doc nor
// the operations are changed. The result shares with doc what no operation leads
// into, and nothing with the operations.
//
// If an operation fails, the error is an [*Error] and there is no result.
func Apply(doc any, ops []Op) (any, error) {
	budget := -1
	for i, op := range ops {
		next, err := op.apply(doc, &budget)
		if err != nil {
			return nil, &Error{Index: i, Op: op.name, Path: op.path.text, Reason: err.Error()}
		}
		doc = next
	}
	return doc, nil
}

func (op Op) apply(doc any, budget *int) (any, error) {
	switch op.name {
	case "add":
		return edit(doc, op.path, add(tree.Copy(op.value)))
	case "remove":
		return edit(doc, op.path, removal)
	case "replace":
		return edit(doc, op.path, replace(tree.Copy(op.value)))
	case "test":
		got, err := get(doc, op.path)
		if err == nil && !tree.Equal(got, op.value) {
			// The value may be a secret: it is not shown.
			err = fmt.Errorf("the value is not the one that is tested for")
		}
		return doc, err
	case "copy":
		v, err := get(doc, op.from)
		if err != nil {
			return nil, fmt.Errorf("from %q: %w", shown(op.from.text), err)
		}
		if *budget < 0 { // the first copy
			*budget = max(0, maxSize-size(doc, maxSize))
		}
		n := size(v, *budget)
		if n > *budget {
			return nil, fmt.Errorf("the object becomes too large by copies: at most %d values or %d bytes are possible",
				maxSize, maxSize*textOfOne)
		}
		*budget -= n
		return edit(doc, op.path, add(tree.Copy(v)))
	case "move":
		return op.move(doc)
	default:
		return nil, fmt.Errorf("not an operation that Parse returned")
	}
}

func (op Op) move(doc any) (any, error) {
	v, err := get(doc, op.from)
	if err != nil {
		return nil, fmt.Errorf("from %q: %w", shown(op.from.text), err)
	}
	if doc, err = edit(doc, op.from, removal); err != nil {
		return nil, err
	}
	return edit(doc, op.path, add(v))
}

// textOfOne is how many bytes of text count as a value.
const textOfOne = 16

// size counts the values of v and their text, and stops above limit.
func size(v any, limit int) int {
	n := 1
	switch v := v.(type) {
	case string:
		n += len(v) / textOfOne
	case map[string]any:
		for k, e := range v {
			if n > limit {
				break
			}
			n += len(k)/textOfOne + size(e, limit-n)
		}
	case []any:
		for _, e := range v {
			if n > limit {
				break
			}
			n += size(e, limit-n)
		}
	}
	return n
}

func get(doc any, p pointer) (any, error) {
	for i, token := range p.tokens {
		switch c := doc.(type) {
		case map[string]any:
			v, ok := c[token]
			if !ok {
				return nil, missing(p, i)
			}
			doc = v
		case []any:
			j, err := index(token, len(c)-1)
			if err != nil {
				return nil, err
			}
			doc = c[j]
		default:
			return nil, missing(p, i)
		}
	}
	return doc, nil
}

func missing(p pointer, i int) error {
	return fmt.Errorf("there is no %q in %q", shown(p.tokens[i]), shown(p.prefix(i)))
}

// prefix returns the pointer to the parent of token i as text.
func (p pointer) prefix(i int) string {
	at := 0
	for range i {
		at++
		for p.text[at] != '/' {
			at++
		}
	}
	return p.text[:at]
}

// index reads an array index up to last.
func index(token string, last int) (int, error) {
	if token == "-" {
		return 0, fmt.Errorf(`"-" is the place after the end of the array, where only add can put something`)
	}
	j, err := strconv.Atoi(token)
	if err != nil || strconv.Itoa(j) != token || j < 0 {
		return 0, fmt.Errorf("%q is not an array index", shown(token))
	}
	if j > last {
		return 0, fmt.Errorf("index %d is beyond the end of the array", j)
	}
	return j, nil
}

// change makes another container of one; token is the place in it. A nil parent
// stands for the document itself.
type change struct {
	object func(m map[string]any, token string) error
	array  func(a []any, token string) ([]any, error)
	whole  any
}

// edit returns doc with the container that p leads to changed, and copies of the
// containers on the way.
func edit(doc any, p pointer, c change) (any, error) {
	if len(p.tokens) == 0 {
		return c.whole, nil
	}
	return descend(doc, p, 0, c)
}

func descend(doc any, p pointer, i int, c change) (any, error) {
	token := p.tokens[i]
	last := i == len(p.tokens)-1
	switch d := doc.(type) {
	case map[string]any:
		out := maps.Clone(d)
		if out == nil {
			out = map[string]any{}
		}
		if last {
			return out, c.object(out, token)
		}
		v, ok := d[token]
		if !ok {
			return nil, missing(p, i)
		}
		v, err := descend(v, p, i+1, c)
		out[token] = v
		return out, err
	case []any:
		out := slices.Clone(d)
		if last {
			return c.array(out, token)
		}
		j, err := index(token, len(d)-1)
		if err != nil {
			return nil, err
		}
		out[j], err = descend(d[j], p, i+1, c)
		return out, err
	default:
		return nil, fmt.Errorf("%q is neither an object nor an array", shown(p.prefix(i)))
	}
}

func add(v any) change {
	return change{
		whole: v,
		object: func(m map[string]any, token string) error {
			m[token] = v
			return nil
		},
		array: func(a []any, token string) ([]any, error) {
			j := len(a)
			if token != "-" {
				var err error
				if j, err = index(token, len(a)); err != nil {
					return nil, err
				}
			}
			return slices.Insert(a, j, v), nil
		},
	}
}

func replace(v any) change {
	return change{
		whole: v,
		object: func(m map[string]any, token string) error {
			if _, ok := m[token]; !ok {
				return fmt.Errorf("there is no %q to replace", shown(token))
			}
			m[token] = v
			return nil
		},
		array: func(a []any, token string) ([]any, error) {
			j, err := index(token, len(a)-1)
			if err == nil {
				a[j] = v
			}
			return a, err
		},
	}
}

var removal = change{
	object: func(m map[string]any, token string) error {
		if _, ok := m[token]; !ok {
			return fmt.Errorf("there is no %q to remove", shown(token))
		}
		delete(m, token)
		return nil
	},
	array: func(a []any, token string) ([]any, error) {
		j, err := index(token, len(a)-1)
		if err != nil {
			return nil, err
		}
		return slices.Delete(a, j, j+1), nil
	},
}

// Pointers returns where the operation leads to, as the tokens of each pointer, in
// fresh slices.
func (op Op) Pointers() [][]string {
	return [][]string{slices.Clone(op.path.tokens), slices.Clone(op.from.tokens)}
}

// Mapped returns the operation for a document of the same shape that has other
// scalars: leaf tells what stands for each scalar of the operation's value. It
// returns false for an operation that changes nothing.
func (op Op) Mapped(leaf func(any) any) (Op, bool) {
	op.value = mapped(op.value, leaf)
	return op, op.name != "test"
}

func mapped(v any, leaf func(any) any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			out[k] = mapped(e, leaf)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = mapped(e, leaf)
		}
		return out
	default:
		return leaf(v)
	}
}
