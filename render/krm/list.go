package krm

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/flinktarget/flinktarget/internal/yaml"
)

// versions are those of the specification, the current one first.
var versions = [...]string{"config.kubernetes.io/v1", "config.kubernetes.io/v1beta1", "config.kubernetes.io/v1alpha1"}

// list is a ResourceList that was read.
type list struct {
	fields []yaml.Field // all but items
	items  []item
	config *yaml.Node // nil if there is none
	// indent stands before the dashes of the items' texts.
	indent string
}

// item is an item of the input. Its text is the lines that it was read from, nil where
// they cannot be told from those of others.
type item struct {
	node *yaml.Node
	text []byte
}

func readList(in []byte) (list, Results) {
	l, ok := cut(in)
	if !ok {
		var bad []yaml.Problem
		if l, bad = whole(in); len(bad) > 0 {
			var results Results
			for _, p := range bad {
				results = append(results,
					Result{Severity: Error, Message: fmt.Sprintf("the input at %s: %s", p.Pos, p.Message),
						Rule: "syntax"})
			}
			return list{}, results
		}
	}
	fail := func(format string, args ...any) (list, Results) {
		return list{}, Results{{Severity: Error, Message: fmt.Sprintf(format, args...), Rule: "resource-list"}}
	}
	root := &yaml.Node{Kind: yaml.Map, Fields: l.fields}
	if text(root, "kind") != "ResourceList" {
		return fail("one ResourceList is wanted; a KRM function is run by kustomize or kpt")
	}
	if version := text(root, "apiVersion"); !slices.Contains(versions[:], version) {
		return fail("apiVersion %q of the ResourceList is not one of %s", version, strings.Join(versions[:], ", "))
	}
	if items := root.Get("items"); items != nil {
		return fail("items is a list, not a %s", items.Kind)
	}
	if config := root.Get("functionConfig"); config != nil && config.Kind != yaml.Null {
		l.config = config
	}
	return l, nil
}

// whole reads a list as one document, which is limited in size like any.
func whole(in []byte) (list, []yaml.Problem) {
	docs, bad := yaml.Parse("", in)
	if len(bad) > 0 || len(docs) != 1 {
		return list{}, bad
	}
	var l list
	for _, f := range docs[0].Fields {
		switch {
		case f.Key != "items":
			l.fields = append(l.fields, f)
		case f.Value.Kind == yaml.List:
			for _, n := range f.Value.Items {
				l.items = append(l.items, item{node: n})
			}
		case f.Value.Kind != yaml.Null:
			l.fields = append(l.fields, f) // to be refused
		}
	}
	return l, nil
}

// cut reads a list in block style, as tools write it, item by item. Tools write items
// back into people's files, so those that stay are to keep their lines: comments,
// styles, and numbers as they were written. It fails where the lines of fields and
// items cannot be told apart; what is cut in the wrong place is not legal by itself.
func cut(in []byte) (list, bool) {
	if !bytes.HasSuffix(in, []byte("\n")) {
		return list{}, false // a line feed more could change a literal block at the end
	}
	lines := bytes.SplitAfter(in, []byte("\n"))
	var starts []int
	for i, line := range lines {
		switch {
		case isField(line):
			starts = append(starts, i)
		case len(starts) == 0 && string(bytes.TrimSpace(line)) == "---", isComment(line):
		case len(starts) == 0 || !isPart(line):
			return list{}, false
		}
	}
	var l list
	seen := map[string]bool{}
	for i, start := range starts {
		end := len(lines)
		if i+1 < len(starts) {
			end = starts[i+1]
		}
		key, rest, _ := bytes.Cut(lines[start], []byte(":"))
		ok := !seen[string(key)]
		seen[string(key)] = true
		if ok && string(key) == "items" && isComment(rest) {
			ok = l.cutItems(lines[start+1 : end])
		} else if ok {
			ok = l.field(bytes.Join(lines[start:end], nil))
		}
		if !ok {
			return list{}, false
		}
	}
	return l, len(starts) > 0
}

// isField tells a line that starts a field of the list.
func isField(line []byte) bool {
	key, rest, ok := bytes.Cut(line, []byte(":"))
	if !ok || len(key) == 0 || len(rest) > 0 && rest[0] != ' ' && rest[0] != '\n' && rest[0] != '\r' {
		return false
	}
	return bytes.IndexFunc(key, func(r rune) bool { return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') }) < 0
}

// isPart tells a line that can belong to the field above it. Brackets that close stand
// at the margin where kyaml writes a comment before them.
func isPart(line []byte) bool {
	return line[0] == ' ' || line[0] == '}' || line[0] == ']' || isDash(line, "")
}

// isComment tells a line without content.
func isComment(line []byte) bool {
	line = bytes.TrimSpace(line)
	return len(line) == 0 || line[0] == '#'
}

func (l *list) field(text []byte) bool {
	docs, bad := yaml.Parse("", text)
	if len(bad) > 0 || len(docs) != 1 || docs[0].Kind != yaml.Map || len(docs[0].Fields) != 1 {
		return false
	}
	f := docs[0].Fields[0]
	if f.Key == "items" && f.Value.Kind == yaml.List {
		for _, n := range f.Value.Items { // in flow style
			l.items = append(l.items, item{node: n})
		}
	} else if f.Key != "items" || f.Value.Kind != yaml.Null {
		l.fields = append(l.fields, f)
	}
	return true
}

// cutItems reads the lines below items.
func (l *list) cutItems(lines [][]byte) bool {
	first := slices.IndexFunc(lines, func(line []byte) bool { return !isComment(line) })
	if first < 0 {
		return true
	}
	l.indent = string(lines[first][:len(lines[first])-len(bytes.TrimLeft(lines[first], " "))])
	start := 0 // of an item, or of the comment above it
	for i := first + 1; i <= len(lines); i++ {
		if i < len(lines) && !isDash(lines[i], l.indent) {
			continue
		}
		end := i
		for end > first+1 && end < len(lines) && bytes.HasPrefix(lines[end-1], []byte(l.indent+"#")) {
			end--
		}
		text := bytes.Join(lines[start:end], nil)
		docs, bad := yaml.Parse("", text)
		if len(bad) > 0 || len(docs) != 1 || docs[0].Kind != yaml.List || len(docs[0].Items) != 1 {
			return false
		}
		l.items = append(l.items, item{docs[0].Items[0], text})
		start, first = end, i
	}
	return true
}

// isDash tells a line that starts an item.
func isDash(line []byte, indent string) bool {
	rest, ok := bytes.CutPrefix(line, []byte(indent+"-"))
	return ok && (len(rest) == 0 || rest[0] == ' ' || rest[0] == '\n' || rest[0] == '\r')
}

// at returns the node at a path of keys, nil if there is none.
func at(n *yaml.Node, path ...string) *yaml.Node {
	for _, key := range path {
		if n == nil {
			return nil
		}
		n = n.Get(key)
	}
	return n
}

// text returns the string at a path of keys, "" if there is none.
func text(n *yaml.Node, path ...string) string {
	if n = at(n, path...); n == nil || n.Kind != yaml.String {
		return ""
	}
	return n.Text
}
