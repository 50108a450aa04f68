package yamldoc

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// readSimple reads a document without the library, if it is simple; see simple. It
// returns nil for others.
func (p *parser) readSimple(text []byte) *Node {
	if !usual(text) {
		return nil
	}
	c := &counter{}
	if r := (&simple{text: text, out: c}); !r.run() {
		return nil
	}
	b := &nodeBuilder{parser: p, sizes: c.sizes, names: map[string]string{}}
	(&simple{text: text, out: b}).run()
	return b.root
}

// usual reports whether a text has only characters that JSON and YAML read alike, and
// that end no line but the line feed.
func usual(text []byte) bool {
	for i := 0; i < len(text); {
		c := text[i]
		if c < utf8.RuneSelf {
			if c < 0x20 && c != '\n' && c != '\t' || c == 0x7f {
				return false
			}
			i++
			continue
		}
		r, size := utf8.DecodeRune(text[i:])
		if r < 0xa0 || r == '\u2028' || r == '\u2029' || r == '\ufeff' || r == '\ufffe' || r == '\uffff' || r == utf8.RuneError {
			return false
		}
		i += size
	}
	return true
}

// isText reports whether a plain scalar is a string.
func isText(raw []byte) bool { return tagOf(raw) == "!!str" }

// tagOf resolves a plain scalar as the library does.
func tagOf(raw []byte) string {
	if tag := obvious(raw); tag != "" {
		return tag
	}
	tag := (&yaml.Node{Kind: yaml.ScalarNode, Value: string(raw)}).ShortTag()
	if tag == "!!timestamp" {
		return "!!str"
	}
	return tag
}

// obvious resolves most plain scalars, and returns nothing for those for which the
// library is asked.
func obvious(raw []byte) string {
	if strings.IndexByte("+-.0123456789tTfFnN~", raw[0]) < 0 {
		return "!!str"
	}
	switch string(raw) {
	case "true", "false":
		return "!!bool"
	case "null", "~":
		return "!!null"
	case "0":
		return "!!int"
	}
	const longestWord, longestInt = 5, 18
	switch {
	case raw[0] >= 'A' && raw[0] <= 'z' && len(raw) > longestWord:
		return "!!str"
	case raw[0] >= '1' && raw[0] <= '9' && len(raw) <= longestInt && len(bytes.Trim(raw, "0123456789")) == 0:
		return "!!int"
	}
	return ""
}

// counter finds how many elements maps and lists have.
type counter struct {
	sizes []int32 // of maps and lists, in the order in which they begin
	path  []int   // those that are open
}

func (c *counter) open(kind Kind, _ Place) {
	c.element()
	c.path = append(c.path, len(c.sizes))
	c.sizes = append(c.sizes, 0)
}

func (c *counter) close() { c.path = c.path[:len(c.path)-1] }

// element counts a value. Maps count theirs by their keys.
func (c *counter) element() {
	if n := len(c.path); n > 0 {
		if size := &c.sizes[c.path[n-1]]; *size >= 0 {
			*size++
		}
	}
}

func (c *counter) key(Place, lexeme) {
	size := &c.sizes[c.path[len(c.path)-1]]
	*size-- // negative for maps, so that element passes over them
}

func (c *counter) value(Place, lexeme) {
	c.element()
}

func (c *counter) none() { c.element() }

// nodeBuilder makes nodes.
type nodeBuilder struct {
	*parser
	sizes []int32 // of the maps and lists that are still to come
	names map[string]string
	path  []level
	root  *Node
}

// level is a map or list that is not complete.
type level struct {
	node *Node
	key  Field // whose value comes next
	seen keys
}

func (b *nodeBuilder) place(at Place) Place { return b.pos(int(at.line), int(at.column)) }

func (b *nodeBuilder) open(kind Kind, at Place) {
	n := &Node{Kind: kind, Pos: b.place(at)}
	b.within(n.Pos, below{depth: len(b.path)})
	size := b.sizes[0]
	b.sizes = b.sizes[1:]
	if kind == Map {
		n.Fields = make([]Field, 0, -size)
	} else {
		n.Items = make([]*Node, 0, size)
	}
	b.path = append(b.path, level{node: n, seen: keys{in: n}})
}

func (b *nodeBuilder) close() {
	n := b.path[len(b.path)-1].node
	b.path = b.path[:len(b.path)-1]
	b.put(n)
}

// put makes a node part of what is open.
func (b *nodeBuilder) put(n *Node) {
	if len(b.path) == 0 {
		b.root = n
		return
	}
	l := &b.path[len(b.path)-1]
	if l.node.Kind == List {
		l.node.Items = append(l.node.Items, n)
		return
	}
	l.key.Value = n
	b.field(&l.seen, l.key)
}

func (b *nodeBuilder) key(at Place, s lexeme) {
	b.path[len(b.path)-1].key = Field{Key: b.name(s), Pos: b.place(at)}
}

// name returns a key. Most stand in a document many times.
func (b *nodeBuilder) name(s lexeme) string {
	const most, longest = 256, 64
	if s.style != 'p' && s.style != '"' || bytes.IndexByte(s.raw, '\\') >= 0 || len(s.raw) > longest {
		return s.text()
	}
	name, known := b.names[string(s.raw)]
	if !known {
		if name = string(s.raw); len(b.names) < most {
			b.names[name] = name
		}
	}
	return name
}

func (b *nodeBuilder) value(at Place, s lexeme) {
	n := &Node{Kind: String, Pos: b.place(at), Quoted: s.style != 'p', Text: s.text()}
	if b.within(n.Pos, below{depth: len(b.path)}) && s.style == 'p' {
		b.resolve(n, tagOf(s.raw))
	}
	b.put(n)
}

func (b *nodeBuilder) none() {
	at := b.path[len(b.path)-1].key.Pos
	b.within(at, below{depth: len(b.path)})
	b.put(&Node{Pos: at})
}

// text returns what a scalar says.
func (s lexeme) text() string {
	switch {
	case s.style == '"' && bytes.IndexByte(s.raw, '\\') >= 0:
		return unescape(s.raw)
	case s.style == '\'' && bytes.IndexByte(s.raw, '\'') >= 0:
		return strings.ReplaceAll(string(s.raw), "''", "'")
	case s.style == '|':
		return s.literal()
	default:
		return string(s.raw)
	}
}

func (s lexeme) literal() string {
	var b strings.Builder
	b.Grow(len(s.raw))
	for row := range bytes.Lines(s.raw) {
		if len(row) > s.indent {
			b.Write(row[s.indent:])
		} else {
			b.WriteByte('\n')
		}
	}
	switch text := b.String(); s.chomp {
	case '+':
		return text
	case '-':
		return strings.TrimRight(text, "\n")
	default:
		return text[:len(strings.TrimRight(text, "\n"))+1]
	}
}

func unescape(raw []byte) string {
	var b strings.Builder
	b.Grow(len(raw))
	for len(raw) > 0 {
		i := bytes.IndexByte(raw, '\\')
		if i < 0 {
			b.Write(raw)
			break
		}
		b.Write(raw[:i])
		c := raw[i+1]
		raw = raw[i+2:]
		if c == 'u' {
			code, _ := strconv.ParseUint(string(raw[:4]), 16, 32) // simple has read it
			b.WriteRune(rune(code))
			raw = raw[4:]
		} else if i := strings.IndexByte("bfnrt", c); i >= 0 {
			b.WriteByte("\b\f\n\r\t"[i])
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}
