package yaml

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	yamlv3 "go.yaml.in/yaml/v3"
)

// What a document may be. Resources that a Kubernetes API server would store are far
// below. Values and bytes are counted each time that an alias repeats them.
const (
	MaxBytes   = 1 << 20
	MaxNesting = 100     // of maps and lists
	MaxValues  = 100_000 // the YAML library and decoding take up to 1 kB for each
	// MaxSigns is how many of the signs , : ? [ { * & - # may separate values. They are
	// counted before the text is parsed, since reading it may take 1.2 kB for each. A list
	// of 1 MiB as VVP's API returns it has 128,000.
	MaxSigns = 200_000
	// MaxKeys is how many bytes the keys that lead to a value have together: messages
	// quote them. YAML allows as much for a key.
	MaxKeys = 1024
)

// Problem is what is wrong with a text, and where.
type Problem struct {
	Pos     Position
	Message string
}

// maxProblems of one document are reported.
const maxProblems = 1000

// Read reads the document. The node is nil if there are problems.
func (d Document) Read() (*Node, []Problem) {
	p := &parser{start: d.pos}
	if d.tooLong {
		p.fail(p.pos(1, 1), "the document has more than %d bytes, which are the most that are read", MaxBytes)
		return nil, p.problems
	}
	root := p.parse(d.text)
	if len(p.problems) > 0 {
		return nil, p.problems
	}
	return root, nil
}

type parser struct {
	start    Position
	problems []Problem
	full     bool // the rest of the document is not looked at
	values   int
	bytes    int // of the scalars
	signs    int // in the scalars
}

func (p *parser) pos(line, column int) Position {
	return Position{File: p.start.File, Line: p.start.Line + line - 1, Column: column}
}

// at returns the place of a byte of the text.
func (p *parser) at(text []byte, i int) Position {
	start := bytes.LastIndexByte(text[:i], '\n') + 1
	return p.pos(bytes.Count(text[:i], []byte("\n"))+1, utf8.RuneCount(text[start:i])+1)
}

func (p *parser) fail(pos Position, format string, args ...any) {
	if len(p.problems) == maxProblems {
		pos, format, args = p.start, "there are more than %d problems; the others are not listed", []any{maxProblems}
		p.full = true
	}
	if len(p.problems) <= maxProblems {
		p.problems = append(p.problems, Problem{pos, fmt.Sprintf(format, args...)})
	}
}

// stop is fail for what bounds the document.
func (p *parser) stop(pos Position, format string, args ...any) {
	p.fail(pos, format, args...)
	p.full = true
}

func (p *parser) parse(text []byte) *Node {
	text, ok := p.fromJSON(text)
	if !ok || !p.isLegal(text) {
		return nil
	}
	if n := signs(text); n > MaxSigns {
		p.fail(p.pos(1, 1), "the document has %d of the signs , : ? [ { * & - #, which separate values; "+
			"at most %d are read: split it", n, MaxSigns)
		return nil
	}
	doc, err := parse(text)
	if err != nil {
		p.syntax(text, err)
		return nil
	}
	return p.convert(doc.Content[0], below{}, nil)
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

// parse turns panics of the YAML library into errors: its input is hostile.
func parse(text []byte) (doc *yamlv3.Node, err error) {
	defer func() {
		if r := recover(); r != nil {
			doc, err = nil, fmt.Errorf("yaml: %v", r)
		}
	}()
	doc = new(yamlv3.Node)
	in := yamlv3.NewDecoder(bytes.NewReader(text))
	if err := in.Decode(doc); err != nil {
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

// isLegal finds what the YAML library would read in silence or report badly.
func (p *parser) isLegal(text []byte) bool {
	if bytes.HasPrefix(text, []byte("%")) {
		p.fail(p.pos(1, 1), "YAML directives (%%) are not supported; remove this line")
		return false
	}
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		why := ""
		switch {
		case r == utf8.RuneError && size == 1:
			why = fmt.Sprintf("byte 0x%02x is not UTF-8; save the file as UTF-8", text[i])
		case r == '\r' && i+1 < len(text) && text[i+1] != '\n':
			why = "a carriage return is a line end only in front of a line feed"
		case r == 0:
			why = "a NUL character is not legal in YAML"
		case r == '\ufeff':
			why = "a byte order mark inside the text is not legal here"
		case isControl(r):
			why = fmt.Sprintf(`U+%04X is not legal in YAML; write \u%04x in double quotes`, r, r)
		case isLineEnd(r):
			why = fmt.Sprintf(`U+%04X is a line end for some YAML readers only; write \u%04x in double quotes`, r, r)
		}
		if why != "" {
			p.fail(p.at(text, i), "%s", why)
			return false
		}
		i += size
	}
	return true
}

// isControl reports characters that the YAML library refuses without their place.
func isControl(r rune) bool {
	return r < ' ' && r != '\t' && r != '\n' && r != '\r' || 0x7f <= r && r < 0xa0 && r != 0x85 || r|1 == 0xffff
}

// syntax reports an error of the YAML library, which knows a line but no column.
func (p *parser) syntax(text []byte, err error) {
	msg := strings.TrimPrefix(err.Error(), "yaml: ")
	// The name in it may be a password that begins with *, and there is no line.
	if rest, ok := strings.CutPrefix(msg, "unknown anchor '"); ok {
		name := strings.TrimSuffix(rest, "' referenced")
		i := max(0, bytes.Index(text, []byte("*"+name)))
		p.fail(p.at(text, i), "an alias of an anchor that is not defined before it; "+
			"write a text that begins with * in quotes")
		return
	}
	line := 1
	if number, rest, ok := strings.Cut(strings.TrimPrefix(msg, "line "), ": "); ok {
		if n, err := strconv.Atoi(number); err == nil {
			line, msg = n, rest
		}
		if msg == afterTheEnd {
			line++
		}
	}
	switch msg {
	case afterTheEnd:
		msg = "the document ends before or in this line, and more follows; write a line of --- between documents"
	case "found invalid Unicode character escape code":
		msg += `; surrogates such as \ud83d\ude80 are read in JSON only: write the character itself`
	}
	rows := bytes.SplitN(text, []byte("\n"), line+1)
	line = min(line, len(rows))
	row := rows[line-1]
	if bytes.HasPrefix(bytes.TrimLeft(row, " "), []byte("\t")) {
		msg += "; indent with blanks, not with tabs"
	}
	column := len(row) - len(bytes.TrimLeft(row, " \t")) + 1
	p.fail(p.pos(line, column), "not legal YAML: %s", msg)
}
