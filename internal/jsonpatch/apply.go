package jsonpatch

import (
	"errors"
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
	// Merge is a strategic merge that does what an operation cannot that adds below what is not
	// there, in flow style and without its braces; "" for other errors.
	Merge string
}

func (e *Error) Error() string {
	return fmt.Sprintf("operation %d, %s %q: %s", e.Index, e.Op, shown(e.Path), e.Reason)
}

// shown is what a message may show of a pointer or of a part of one.
func shown(pointer string) string { return secrets.Clip(secrets.Mask(pointer), 200) }

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
			e := &Error{Index: i, Op: op.name, Path: op.path.text, Reason: err.Error()}
			if _, missing := errors.AsType[missing](err); missing && op.name == "add" {
				e.Merge = op.path.merge()
			}
			return nil, e
		}
		doc = next
	}
	return doc, nil
}

// apply applies one operation. The budget is what copies may add to doc, -1 before the
// first of them.
func (op Op) apply(doc any, budget *int) (any, error) {
	switch op.name {
	case "test":
		got, err := get(doc, op.path)
		if err == nil && !tree.Equal(got, op.value) {
			err = errors.New("the value is not the one that is tested for") // either may be a secret
		}
		return doc, err
	case "move", "copy":
		v, err := get(doc, op.from)
		if err != nil {
			return nil, fmt.Errorf("from %q: %w", shown(op.from.text), err)
		}
		if op.name == "move" {
			doc, err = edit(doc, op.from, 0, "remove", nil)
		} else {
			err = spend(budget, doc, v)
			v = tree.Copy(v)
		}
		if err != nil {
			return nil, err
		}
		return edit(doc, op.path, 0, "add", v)
	default:
		return edit(doc, op.path, 0, op.name, tree.Copy(op.value))
	}
}

// Bounds of what a document may become by copies: a few of them, each copying what the
// one before it made, would fill any memory. A value counts one, and one more for each
// textOfOne bytes of its text or key. It is four times what an API server stores.
const (
	maxSize   = 1 << 18
	textOfOne = 16
)

// spend takes the size of a copy of v in doc from the budget.
func spend(budget *int, doc, v any) error {
	if *budget < 0 { // the first copy
		*budget = max(0, maxSize-size(doc))
	}
	if *budget -= size(v); *budget < 0 {
		return fmt.Errorf("copies make the object too large; the limit is %d values or %d bytes",
			maxSize, maxSize*textOfOne)
	}
	return nil
}

// size counts the values of v and their text.
func size(v any) int {
	n := 1
	switch v := v.(type) {
	case string:
		n += len(v) / textOfOne
	case map[string]any:
		for k, e := range v {
			n += len(k)/textOfOne + size(e)
		}
	case []any:
		for _, e := range v {
			n += size(e)
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
				return nil, p.missing(i)
			}
			doc = v
		case []any:
			j, err := index(token, len(c), false)
			if err != nil {
				return nil, err
			}
			doc = c[j]
		default:
			return nil, p.missing(i)
		}
	}
	return doc, nil
}

// edit adds, removes or replaces what the tokens of p from i on lead to, in copies of the
// containers on the way.
func edit(doc any, p pointer, i int, op string, v any) (any, error) {
	if i == len(p.tokens) {
		return v, nil
	}
	token, here := p.tokens[i], "" // what is done to doc itself
	if i == len(p.tokens)-1 {
		here = op
	}
	switch d := doc.(type) {
	case map[string]any:
		old, ok := d[token]
		if !ok && here != "add" {
			return nil, p.missing(i)
		}
		out := maps.Clone(d)
		if here == "remove" {
			delete(out, token)
			return out, nil
		}
		if out == nil {
			out = map[string]any{}
		}
		var err error
		out[token], err = edit(old, p, i+1, op, v)
		return out, err
	case []any:
		if here == "add" && token == "-" {
			token = strconv.Itoa(len(d))
		}
		j, err := index(token, len(d), here == "add")
		if err != nil {
			return nil, err
		}
		out := slices.Clone(d)
		switch here {
		case "add":
			return slices.Insert(out, j, v), nil
		case "remove":
			return slices.Delete(out, j, j+1), nil
		}
		out[j], err = edit(d[j], p, i+1, op, v)
		return out, err
	default:
		return nil, fmt.Errorf("%q is neither an object nor an array", shown(p.prefix(i)))
	}
}

// index reads the index of one of n elements, or of the place after them.
func index(token string, n int, after bool) (int, error) {
	if token == "-" {
		return 0, errors.New(`"-" is the place after the end of the array, which only add supports`)
	}
	j, err := strconv.Atoi(token)
	if err != nil || strconv.Itoa(j) != token || j < 0 {
		return 0, fmt.Errorf("%q is not an array index", shown(token))
	}
	if j > n || j == n && !after {
		return 0, fmt.Errorf("index %d is beyond the end of the array", j)
	}
	return j, nil
}

// Path returns where the operation leads to, as the tokens of the pointer.
func (op Op) Path() []string { return op.path.tokens }

// From returns where the operation takes a value from, and whether it takes one.
func (op Op) From() ([]string, bool) { return op.from.tokens, needs[op.name] == "from" }

// Inserts reports whether an index at the end of the path is where a new element goes.
func (op Op) Inserts() bool {
	_, err := strconv.Atoi(op.path.text[strings.LastIndexByte(op.path.text, '/')+1:])
	return err == nil && (op.name == "add" || needs[op.name] == "from")
}

// Changes reports whether the operation is to change a document.
func (op Op) Changes() bool { return op.name != "test" }
