package yamldoc

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// Limits bounds what one document may be.
type Limits struct {
	Bytes   int // length of one document
	Nesting int // depth of maps and lists
	Values  int // values after aliases are expanded
}

// DefaultLimits are wide enough for any resource that a Kubernetes API server
// would store.
var DefaultLimits = Limits{Bytes: 1 << 20, Nesting: 100, Values: 100_000}

// Problem is what is wrong with a text, and where.
type Problem struct {
	Pos     Position
	Message string
}

// Document is one document of a stream.
type Document struct {
	// Root is nil for an empty document and where the text could not be read.
	Root *Node
	// Start is the place of the document's first line.
	Start Position
}

// Parse reads a stream of documents. The name of the file is for positions only.
// Documents without content are left out. A document that is not legal yields
// problems and no root; the others are read all the same.
func Parse(file string, data []byte, lim Limits) ([]Document, []Problem) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	var docs []Document
	var problems []Problem
	for chunk := range split(data) {
		d, p := parseAt(file, chunk.text, chunk.line, lim)
		docs, problems = append(docs, d...), append(problems, p...)
	}
	return docs, problems
}

type parser struct {
	file     string
	offset   int // lines before this document
	limits   Limits
	problems []Problem
	values   int
	full     bool
}

func (p *parser) fail(pos Position, format string, args ...any) {
	p.problems = append(p.problems, Problem{pos, fmt.Sprintf(format, args...)})
}

func (p *parser) pos(line, column int) Position {
	return Position{File: p.file, Line: line + p.offset, Column: column}
}

// parse returns the root, and whether the text has any content.
func (p *parser) parse(text []byte) (root *Node, found bool) {
	if len(text) > p.limits.Bytes {
		p.fail(p.pos(1, 1), "the document has %d bytes; at most %d are read", len(text), p.limits.Bytes)
		return nil, true
	}
	if !p.legalText(text) {
		return nil, true
	}
	doc, err := decode(text)
	if err != nil {
		p.syntax(text, err)
		return nil, true
	}
	if doc == nil || len(doc.Content) == 0 {
		return nil, false
	}
	n := doc.Content[0]
	if n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" && n.Value == "" {
		return nil, false
	}
	return p.convert(n, 0, nil), true
}

// decode turns panics of the YAML library into errors: its input is hostile.
func decode(text []byte) (doc *yaml.Node, err error) {
	defer func() {
		if r := recover(); r != nil {
			doc, err = nil, fmt.Errorf("yaml: %v", r)
		}
	}()
	doc = new(yaml.Node)
	if err := yaml.Unmarshal(text, doc); err != nil {
		return nil, err
	}
	return doc, nil
}

// legalText finds what the YAML library would read in silence or report badly.
func (p *parser) legalText(text []byte) bool {
	for line, rest := 1, text; len(rest) > 0; line++ {
		row, tail, _ := bytes.Cut(rest, []byte("\n"))
		rest = tail
		if line == 1 && bytes.HasPrefix(row, []byte("%")) {
			p.fail(p.pos(line, 1), "YAML directives (%%) are not supported; remove this line")
			return false
		}
		for col := 0; col < len(row); {
			r, size := utf8.DecodeRune(row[col:])
			switch {
			case r == utf8.RuneError && size <= 1:
				p.fail(p.pos(line, col+1), "byte 0x%02x is not UTF-8; save the file as UTF-8", row[col])
				return false
			case r == 0:
				p.fail(p.pos(line, col+1), "a NUL character is not legal in YAML")
				return false
			case r == '\ufeff':
				p.fail(p.pos(line, col+1), "a byte order mark inside the text is not legal here")
				return false
			}
			col += size
		}
	}
	return true
}

var yamlLine = regexp.MustCompile(`^line (\d+): `)

// syntax reports an error of the YAML library, which knows a line but no column.
func (p *parser) syntax(text []byte, err error) {
	var typeErr *yaml.TypeError
	msg := err.Error()
	if errors.As(err, &typeErr) && len(typeErr.Errors) > 0 {
		msg = typeErr.Errors[0]
	}
	msg = strings.TrimPrefix(msg, "yaml: ")
	line := 1
	if m := yamlLine.FindStringSubmatch(msg); m != nil {
		line, _ = strconv.Atoi(m[1])
		msg = msg[len(m[0]):]
	}
	lines := bytes.Split(text, []byte("\n"))
	line = max(1, min(line, len(lines)))
	row := lines[line-1]
	column := len(row) - len(bytes.TrimLeft(row, " \t")) + 1
	p.fail(p.pos(line, column), "not legal YAML: %s", msg)
}
