package yaml

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	yamlv3 "go.yaml.in/yaml/v3"
)

// Limits bounds what one document may be.
type Limits struct {
	Bytes   int // length of one document
	Nesting int // depth of maps and lists
	Values  int // values after aliases are expanded
	Signs   int // that separate values
}

// DefaultLimits are wide enough for any resource that a Kubernetes API server
// would store.
var DefaultLimits = Limits{Bytes: 1 << 20, Nesting: 100, Values: 100_000, Signs: 140_000}

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
	var docs []Document
	var problems []Problem
	for _, chunk := range Split(data) {
		d, p := chunk.Parse(file, lim)
		docs, problems = append(docs, d...), append(problems, p...)
	}
	return docs, problems
}

// One reads the only document of a text. Others are a problem, and are not read.
func One(file string, data []byte, lim Limits) (Document, []Problem) {
	var one *Chunk
	for _, c := range Split(data) {
		switch {
		case isBlank(c.text):
		case one == nil:
			one = &c
		default:
			pos := Position{File: file, Line: c.line, Column: 1}
			return Document{Start: pos}, []Problem{{pos, "one document is wanted; here begins another"}}
		}
	}
	if one != nil {
		if docs, problems := one.Parse(file, lim); len(docs) == 1 {
			return docs[0], problems
		}
	}
	pos := Position{File: file, Line: 1, Column: 1}
	return Document{Start: pos}, []Problem{{pos, "the text has no document"}}
}

type parser struct {
	file     string
	offset   int // lines before this document
	limits   Limits
	problems []Problem
	values   int
	bytes    int // of the scalars, as often as aliases repeat them
	signs    int // in the scalars, likewise
	full     bool
}

// maxProblems of one document are reported.
const maxProblems = 1000

func (p *parser) fail(pos Place, format string, args ...any) {
	if len(p.problems) < maxProblems {
		p.problems = append(p.problems, Problem{pos.Position(), fmt.Sprintf(format, args...)})
		return
	}
	if !p.full {
		p.problems = append(p.problems, Problem{p.pos(1, 1).Position(), fmt.Sprintf("there are more than %d problems; the others are not listed", maxProblems)})
	}
	p.full = true
}

func (p *parser) pos(line, column int) Place {
	return placeIn(&p.file, line+p.offset, column)
}

// parse returns the root, and whether the text has any content.
func (p *parser) parse(text []byte) (root *Node, found bool) {
	if len(text) > p.limits.Bytes {
		p.fail(p.pos(1, 1), "the document has %d bytes; at most %d are read", len(text), p.limits.Bytes)
		return nil, true
	}
	text, ok := p.fromJSON(text)
	if !ok || !p.legalText(text) || !p.fewSigns(text) {
		return nil, true
	}
	if isBlank(text) {
		return nil, false
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
	if n.Kind == yamlv3.ScalarNode && n.ShortTag() == "!!null" && n.Value == "" {
		return nil, false
	}
	return p.convert(n, below{}, nil), true
}

// fewSigns refuses a text of so many tiny values that reading it takes too much memory:
// the YAML library allocates up to 1.5 kB for each.
func (p *parser) fewSigns(text []byte) bool {
	n := signs(text)
	if n > p.limits.Signs {
		p.fail(p.pos(1, 1), "the document has %d of the signs , : ? [ { * & - #, which separate values; at most %d are read: split it", n, p.limits.Signs)
	}
	return n <= p.limits.Signs
}

// signs counts what may begin or separate values or comments. A dash does so in front
// of a blank or a line end, # behind one.
func signs[T string | []byte](text T) int {
	n, before := 0, byte('\n')
	for i := range len(text) {
		c := text[i]
		switch c {
		case ',', ':', '?', '[', '{', '*', '&':
			n++
		case '#':
			if before <= ' ' {
				n++
			}
		case '-':
			if i+1 == len(text) || text[i+1] <= ' ' {
				n++
			}
		}
		before = c
	}
	return n
}

// isBlank reports whether a text has nothing but blank lines and comments.
func isBlank(text []byte) bool {
	for len(text) > 0 {
		var row []byte
		row, text, _ = bytes.Cut(text, []byte("\n"))
		if row = bytes.TrimLeft(row, " \t\r"); len(row) > 0 && row[0] != '#' {
			return false
		}
	}
	return true
}

// decode turns panics of the YAML library into errors: its input is hostile.
func decode(text []byte) (doc *yamlv3.Node, err error) {
	defer func() {
		if r := recover(); r != nil {
			doc, err = nil, fmt.Errorf("yaml: %v", r)
		}
	}()
	doc = new(yamlv3.Node)
	in := yamlv3.NewDecoder(bytes.NewReader(text))
	if err := in.Decode(doc); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	// What comes after the document would be passed over, such as a second line of JSON.
	var more yamlv3.Node
	switch err := in.Decode(&more); {
	case err == nil:
		return nil, fmt.Errorf("yaml: line %d: %s", more.Line-1, afterTheEnd)
	case !errors.Is(err, io.EOF):
		return nil, err
	}
	return doc, nil
}

// afterTheEnd is what the YAML library says of text behind a document, and counts
// lines from 0.
const afterTheEnd = "did not find expected <document start>"

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
			case r == '\r' && col+1 < len(row):
				p.fail(p.pos(line, col+1), "a carriage return is a line end only in front of a line feed")
				return false
			case r == 0:
				p.fail(p.pos(line, col+1), "a NUL character is not legal in YAML")
				return false
			case lineEnds[r] != "":
				p.fail(p.pos(line, col+1), "U+%04X is a line end for some YAML readers only; write \\u%04x in double quotes", r, r)
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

var (
	yamlLine = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^line (\d+): `) })
	// The name in it may be a password that begins with *, and there is no line.
	unknownAnchor = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^unknown anchor '(.*)' referenced$`)
	})
)

// find returns where s stands first in a text.
func find(text []byte, s string) (line, column int) {
	before, _, _ := bytes.Cut(text, []byte(s))
	return bytes.Count(before, []byte("\n")) + 1, len(before) - bytes.LastIndexByte(before, '\n')
}

// syntax reports an error of the YAML library, which knows a line but no column.
func (p *parser) syntax(text []byte, err error) {
	var typeErr *yamlv3.TypeError
	msg := err.Error()
	if errors.As(err, &typeErr) && len(typeErr.Errors) > 0 {
		msg = typeErr.Errors[0]
	}
	msg = strings.TrimPrefix(msg, "yaml: ")
	if m := unknownAnchor().FindStringSubmatch(msg); m != nil {
		line, column := find(text, "*"+m[1])
		p.fail(p.pos(line, column), "an alias of an anchor that is not defined before it; write a text that begins with * in quotes")
		return
	}
	line := 1
	if m := yamlLine().FindStringSubmatch(msg); m != nil {
		line, _ = strconv.Atoi(m[1])
		msg = msg[len(m[0]):]
		if msg == afterTheEnd {
			line++
		}
	}
	if msg == afterTheEnd {
		msg = "the document ends before or in this line, and more follows; write a line of --- between documents"
	}
	if msg == "found invalid Unicode character escape code" {
		msg += "; surrogates such as \\ud83d\\ude80 are read in JSON only: write the character itself"
	}
	line, row := rowAt(text, line)
	column := len(row) - len(bytes.TrimLeft(row, " \t")) + 1
	p.fail(p.pos(line, column), "not legal YAML: %s", msg)
}

// rowAt returns a line of a text, counted from 1, and its number: the last line's
// if there are not so many.
func rowAt(text []byte, line int) (int, []byte) {
	for i := 1; ; i++ {
		row, rest, more := bytes.Cut(text, []byte("\n"))
		if i >= line || !more {
			return i, row
		}
		text = rest
	}
}
