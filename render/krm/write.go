package krm

import (
	"bytes"

	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/internal/yaml"
)

// entry is an item of the output: an object, or an item of the input.
type entry struct {
	object tree.Map
	item   item
}

// write returns the list with these items, and with more results.
func (l list) write(entries []entry, results Results) ([]byte, error) {
	w := &writer{}
	head := &yaml.Node{Kind: yaml.Map}
	var all []any
	for _, f := range l.fields {
		if f.Key == "results" {
			all, _ = f.Value.Value().([]any)
		} else {
			head.Fields = append(head.Fields, f)
		}
	}
	if len(head.Fields) == 0 {
		w.tree(tree.Map{"apiVersion": versions[0], "kind": "ResourceList"}, "")
	}
	w.node(head, "")
	for _, r := range results {
		all = append(all, r.tree())
	}
	if len(all) > 0 {
		w.tree(tree.Map{"results": all}, "")
	}
	if len(entries) == 0 {
		w.out = append(w.out, "items: []\n"...)
		return w.out, w.err
	}
	w.out = append(w.out, "items:\n"...)
	for _, e := range entries {
		switch {
		case e.object != nil:
			w.tree([]any{e.object}, l.indent)
		case e.item.text != nil:
			w.out = append(w.out, e.item.text...)
		default:
			w.node(&yaml.Node{Kind: yaml.List, Items: []*yaml.Node{e.item.node}}, l.indent)
		}
	}
	return w.out, w.err
}

// writer writes YAML. The first error stays.
type writer struct {
	out []byte
	err error
}

// text returns the YAML of a tree.
func (w *writer) text(v any) []byte {
	text, err := yaml.Append(nil, v)
	if w.err == nil {
		w.err = err
	}
	return text
}

func (w *writer) tree(v any, indent string) { w.lines(w.text(v), indent) }

// lines adds lines with more indentation.
func (w *writer) lines(text []byte, indent string) {
	for line := range bytes.Lines(text) {
		if line[0] != '\n' { // a blank line of a literal block stays blank
			w.out = append(w.out, indent...)
		}
		w.out = append(w.out, line...)
	}
}

// node writes a map or a list. Unlike the text of a tree, its text has the keys in
// their order, and numbers as they were written: 1.20, and not 1.2.
func (w *writer) node(n *yaml.Node, indent string) {
	for _, f := range n.Fields {
		w.value(tree.Map{f.Key: leaf(f.Value)}, f.Value, indent)
	}
	for _, item := range n.Items {
		w.value([]any{leaf(item)}, item, indent)
	}
}

// leaf returns what package yaml writes of a node: text, and null in place of the rest.
func leaf(n *yaml.Node) any {
	switch {
	case n.Kind == yaml.String && !n.Ambiguous:
		return n.Text
	case n.Kind == yaml.List && len(n.Items) == 0:
		return []any{}
	case n.Kind == yaml.Map && len(n.Fields) == 0:
		return tree.Map{}
	default:
		return nil
	}
}

// value writes an entry of a map or list, held by a map or list of one.
func (w *writer) value(holder any, n *yaml.Node, indent string) {
	text := w.text(holder)
	start, isNull := bytes.CutSuffix(text, []byte(" null\n"))
	switch {
	case !isNull || leaf(n) != nil || n.Kind == yaml.Null:
		w.lines(text, indent)
	case string(start) == "-" && (n.Kind == yaml.Map || n.Kind == yaml.List):
		before := len(w.out)
		w.node(n, indent+"  ")
		if len(w.out) > before {
			w.out[before+len(indent)] = '-' // instead of the first line's indentation
		}
	case n.Kind == yaml.Map || n.Kind == yaml.List:
		w.lines(append(start, '\n'), indent)
		w.node(n, indent+"  ")
	default: // a number, true, or yes
		w.lines(start, indent)
		w.out = append(append(append(w.out, ' '), n.Text...), '\n')
	}
}

// same reports whether two nodes are written alike, styles and comments apart.
func same(a, b *yaml.Node) bool {
	if a.Kind != b.Kind || a.Text != b.Text && a.Kind != yaml.Null || len(a.Items) != len(b.Items) ||
		len(a.Fields) != len(b.Fields) {
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
