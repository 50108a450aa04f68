package krm

import (
	"bytes"
	"errors"
	"strings"

	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/internal/yamldoc"
	"github.com/flinktarget/flinktarget/internal/yamlout"
)

// entry is an item of the output: an object, or an item of the input by its index.
type entry struct {
	object tree.Map
	index  int
}

// write returns the list with these items, and with more results.
//
// Tools write items back into people's files. So those that stay keep their text,
// comments and numbers as they were written, wherever the text can be cut into items.
func (l list) write(items []entry, results Results) ([]byte, error) {
	if l.root == nil {
		return yamlout.Append(nil, tree.Map{"apiVersion": versions[0], "kind": "ResourceList", "items": []any{}, "results": resultTrees(nil, results)})
	}
	if texts, indent, ok := l.cut(); ok {
		out, err := l.compose(items, results, indent, func(i int) []byte { return texts[i] })
		if err != nil || l.written(out, items) {
			return out, err
		}
	}
	out, err := l.compose(items, results, "", func(i int) []byte {
		return appendNode(nil, &yamldoc.Node{Kind: yamldoc.List, Items: l.items[i : i+1]}, "")
	})
	if err == nil && !l.written(out, items) {
		err = errors.New("the items cannot be written as they were read")
	}
	return out, err
}

// compose writes the list: its own fields, then the items.
func (l list) compose(items []entry, results Results, indent string, text func(index int) []byte) ([]byte, error) {
	var earlier []any
	head := &yamldoc.Node{Kind: yamldoc.Map}
	for _, f := range l.root.Fields {
		switch f.Key {
		case "items":
		case "results":
			earlier, _ = f.Value.Value().([]any)
		default:
			head.Fields = append(head.Fields, f)
		}
	}
	out := appendNode(nil, head, "")
	var err error
	if all := resultTrees(earlier, results); len(all) > 0 {
		if out, err = yamlout.Append(out, tree.Map{"results": all}); err != nil {
			return nil, err
		}
	}
	if len(items) == 0 {
		return append(out, "items: []\n"...), nil
	}
	out = append(out, "items:\n"...)
	for _, e := range items {
		if e.object == nil {
			out = append(out, text(e.index)...)
		} else if out, err = appendItem(out, e.object, indent); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func resultTrees(all []any, results Results) []any {
	for _, r := range results {
		all = append(all, r.tree())
	}
	return all
}

// appendItem writes an object as an item of a list.
func appendItem(dst []byte, object tree.Map, indent string) ([]byte, error) {
	text, err := yamlout.Append(nil, []any{object})
	return appendIndented(dst, text, indent), err
}

// appendIndented appends lines with more indentation.
func appendIndented(dst, text []byte, indent string) []byte {
	for line := range bytes.Lines(text) {
		if line[0] != '\n' { // a blank line of a literal block stays blank
			dst = append(dst, indent...)
		}
		dst = append(dst, line...)
	}
	return dst
}

// appendNode writes a node. Unlike the text of a tree, its text has the keys in their
// order, and numbers as they were written: 1.20, and not 1.2.
func appendNode(dst []byte, n *yamldoc.Node, indent string) []byte {
	for _, f := range n.Fields {
		dst = appendValue(dst, tree.Map{f.Key: leaf(f.Value)}, f.Value, indent)
	}
	for _, item := range n.Items {
		dst = appendValue(dst, []any{leaf(item)}, item, indent)
	}
	return dst
}

// leaf returns what yamlout writes of a node: text, and null in place of the rest.
func leaf(n *yamldoc.Node) any {
	switch {
	case n.Kind == yamldoc.String && !n.Ambiguous:
		return n.Text
	case n.Kind == yamldoc.List && len(n.Items) == 0:
		return []any{}
	case n.Kind == yamldoc.Map && len(n.Fields) == 0:
		return tree.Map{}
	default:
		return nil
	}
}

// appendValue writes an entry of a map or list, held by a map or list of one.
func appendValue(dst []byte, holder any, value *yamldoc.Node, indent string) []byte {
	text, err := yamlout.Append(nil, holder)
	if err != nil {
		return dst // it is missed when the text is read again
	}
	start, isNull := bytes.CutSuffix(text, []byte(" null\n"))
	switch {
	case !isNull || leaf(value) != nil || value.Kind == yamldoc.Null:
		return appendIndented(dst, text, indent)
	case value.Kind == yamldoc.Map || value.Kind == yamldoc.List:
		inner := appendNode(nil, value, indent+"  ")
		dst = appendIndented(dst, start, indent)
		if rest, ok := bytes.CutPrefix(inner, []byte(indent+"  ")); ok && string(start) == "-" {
			return append(append(dst, ' '), rest...)
		}
		return append(append(dst, '\n'), inner...)
	default: // a number, true, or yes
		dst = append(appendIndented(dst, start, indent), ' ')
		return append(append(dst, value.Text...), '\n')
	}
}

// cut returns the text of each item, and what stands before its dash. It fails where
// items are not in block style, each on lines of its own.
func (l list) cut() (texts [][]byte, indent string, ok bool) {
	if len(l.items) == 0 {
		return nil, "", true
	}
	lines := bytes.SplitAfter(l.text, []byte("\n"))
	if last := lines[len(lines)-1]; len(last) > 0 {
		lines[len(lines)-1] = append(bytes.Clone(last), '\n')
	}
	column := l.root.Get("items").Pos.Column
	indent = strings.Repeat(" ", column-1)
	starts := make([]int, len(l.items))
	for i, n := range l.items {
		first := 0
		if i > 0 {
			first = starts[i-1] + 1
		}
		if starts[i], ok = dash(lines, first, n.Pos.Line-1, indent); !ok {
			return nil, "", false
		}
	}
	end := len(lines)
	for _, f := range l.root.Fields {
		if at := f.Pos.Line - 1; at > starts[len(starts)-1] && at < end {
			end = at
		}
	}
	for i, start := range starts {
		stop := end
		if i+1 < len(starts) {
			stop = starts[i+1]
		}
		texts = append(texts, bytes.Join(lines[withComment(lines, start, indent):withComment(lines, stop, indent)], nil))
	}
	return texts, indent, true
}

// dash returns the line with the dash of an item whose content starts at a line.
// Between them there may be comments.
func dash(lines [][]byte, first, content int, indent string) (int, bool) {
	for at := min(content, len(lines)-1); at >= first; at-- {
		if rest, ok := bytes.CutPrefix(lines[at], []byte(indent+"-")); ok && (rest[0] == ' ' || rest[0] == '\n') {
			return at, true
		}
		if line := bytes.TrimSpace(lines[at]); at < content && len(line) > 0 && line[0] != '#' {
			break
		}
	}
	return 0, false
}

// withComment returns where the comment above a line starts.
func withComment(lines [][]byte, at int, indent string) int {
	for at > 0 && at < len(lines) && bytes.HasPrefix(lines[at-1], []byte(indent+"#")) {
		at--
	}
	return at
}

// written reports whether a text says what was to be written.
func (l list) written(text []byte, items []entry) bool {
	docs, bad := yamldoc.Parse("", text, limits)
	if len(bad) > 0 || len(docs) != 1 || docs[0].Root.Kind != yamldoc.Map {
		return false
	}
	got := docs[0].Root.Get("items")
	if got == nil || got.Kind != yamldoc.List || len(got.Items) != len(items) {
		return false
	}
	for i, e := range items {
		switch {
		case e.object != nil && !tree.Equal(got.Items[i].Value(), e.object):
			return false
		case e.object == nil && !same(got.Items[i], l.items[e.index]):
			return false
		}
	}
	return true
}

// same reports whether two nodes are written alike, styles and comments apart.
func same(a, b *yamldoc.Node) bool {
	if a.Kind != b.Kind || a.Text != b.Text || len(a.Items) != len(b.Items) || len(a.Fields) != len(b.Fields) {
		return false
	}
	for i := range a.Items {
		if !same(a.Items[i], b.Items[i]) {
			return false
		}
	}
	for i := range a.Fields {
		if a.Fields[i].Key != b.Fields[i].Key || !same(a.Fields[i].Value, b.Fields[i].Value) {
			return false
		}
	}
	return true
}
