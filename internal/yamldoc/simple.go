package yamldoc

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// Nearly all documents that people and programs write are read here: block and flow
// maps and lists, scalars on one line, literal blocks and comments; JSON is among it.
// The YAML library would take five times the memory and twice the time. Whatever is
// rarer is left to it, and so is all that is wrong: simple gives up rather than to
// read something in its own way, and the tests hold every node against the library's.
//
// A document is read twice: the first time to see whether it is simple and what it
// takes, the second time to make the nodes.
type simple struct {
	text  []byte
	at    int
	line  int // of at, from 1
	start int // of the line
	wide  int // bytes of the line that are no character of their own
	col   int // of the first character of the line that at is at, -1 at the end
	out   sink
}

// sink takes what simple finds, in the order of the text.
type sink interface {
	open(kind Kind, at Place)
	close()
	key(at Place, s lexeme)
	value(at Place, s lexeme)
	none() // the value of a key that has none
}

// lexeme is a scalar as it is written, without quotes.
type lexeme struct {
	raw    []byte
	style  byte // 'p' plain, '"', '\'', '|'
	indent int  // of the lines of a literal block
	chomp  byte // '-', '+' or 0 of a literal block
}

// run reads the document, and reports whether it is simple.
func (r *simple) run() (ok bool) {
	defer func() {
		if p := recover(); p != nil && p != notSimple {
			panic(p)
		}
	}()
	r.line = 1
	if r.lineStart(); r.col >= 0 {
		r.block(-1, 0)
		ok = r.col < 0
	}
	return ok
}

// notSimple is what giveUp panics with, out of whatever depth, to run.
var notSimple = new(int)

func (r *simple) giveUp() { panic(notSimple) }

func (r *simple) peek(ahead int) byte {
	if r.at+ahead < len(r.text) {
		return r.text[r.at+ahead]
	}
	return '\n'
}

// here is where the reader is. The YAML library counts characters, not bytes.
func (r *simple) here() Place { return Place{nil, int32(r.line), int32(r.at - r.start - r.wide + 1)} }

func (r *simple) newline() {
	r.at++
	r.line++
	r.start, r.wide = r.at, 0
}

// advance goes on from the end of a line to the next that has more than a comment.
func (r *simple) advance() {
	if r.at < len(r.text) {
		r.newline()
	}
	r.lineStart()
}

// lineStart goes on from the start of a line to the first that has more than a comment.
func (r *simple) lineStart() {
	for r.at < len(r.text) {
		for r.peek(0) == ' ' {
			r.at++
		}
		switch r.peek(0) {
		case '#':
			r.toEnd()
		case '\t':
			r.giveUp()
		case '\n':
		default:
			r.col = r.at - r.start
			return
		}
		if r.at < len(r.text) {
			r.newline()
		}
	}
	r.col = -1
}

func (r *simple) toEnd() {
	if i := bytes.IndexByte(r.text[r.at:], '\n'); i >= 0 {
		r.at += i
	} else {
		r.at = len(r.text)
	}
}

// endLine goes on behind a value, of which nothing but a comment may follow.
func (r *simple) endLine() {
	before := r.at
	for r.peek(0) == ' ' {
		r.at++
	}
	if r.peek(0) == '#' && r.at > before {
		r.toEnd()
	}
	if r.peek(0) != '\n' {
		r.giveUp()
	}
	r.advance()
}

func (r *simple) isDash() bool { return r.peek(0) == '-' && (r.peek(1) == ' ' || r.peek(1) == '\n') }

// block reads the value that begins at a line, or behind a dash, to the right of the
// column of what it belongs to.
func (r *simple) block(parent, depth int) {
	col := r.at - r.start
	switch {
	case depth > DefaultLimits.Nesting:
		r.giveUp()
	case r.isDash():
		r.sequence(col, depth)
	case r.isKey():
		r.mapping(col, depth)
	default:
		r.inline(parent, depth)
	}
}

// inline reads a value that ends in its line, if it is no flow and no literal block.
func (r *simple) inline(parent, depth int) {
	at := r.here()
	switch r.peek(0) {
	case '{', '[':
		r.flow(depth)
	case '|':
		r.literal(parent, at)
		return
	default:
		r.out.value(at, r.scalar(false))
	}
	if r.endLine(); r.col > parent {
		r.giveUp() // it goes on in the next line
	}
}

func (r *simple) sequence(col, depth int) {
	r.out.open(List, r.here())
	for {
		for r.at++; r.peek(0) == ' '; r.at++ {
		}
		if c := r.peek(0); c == '\n' || c == '#' {
			r.giveUp()
		}
		if r.block(col, depth+1); r.col != col || !r.isDash() {
			break
		}
	}
	if r.out.close(); r.col > col {
		r.giveUp()
	}
}

func (r *simple) mapping(col, depth int) {
	r.out.open(Map, r.here())
	for {
		at := r.here()
		r.out.key(at, r.name(false))
		for r.at++; r.peek(0) == ' '; r.at++ { // behind the colon
		}
		if c := r.peek(0); c == '\n' || c == '#' {
			r.below(col, depth)
		} else {
			r.inline(col, depth+1)
		}
		if r.col != col {
			break
		}
		if r.isDash() || !r.isKey() {
			r.giveUp()
		}
	}
	if r.out.close(); r.col > col {
		r.giveUp()
	}
}

// below reads the value of a key that is in the lines below it. Lists may be in the
// column of the key.
func (r *simple) below(col, depth int) {
	r.toEnd()
	switch r.advance(); {
	case r.col > col:
		r.block(col, depth+1)
	case r.col == col && r.isDash():
		r.sequence(col, depth+1)
	case depth >= DefaultLimits.Nesting:
		r.giveUp()
	default:
		r.out.none()
	}
}

// isKey reports whether a scalar with a colon behind it begins here.
func (r *simple) isKey() bool {
	i := 0
	if c := r.peek(0); c == '"' || c == '\'' {
		row := r.text[r.at:]
		if n := bytes.IndexByte(row, '\n'); n >= 0 {
			row = row[:n]
		}
		end := closing(row, 0)
		if end < 0 {
			return false
		}
		for i = end + 1; r.peek(i) == ' '; i++ {
		}
		return r.peek(i) == ':' && (r.peek(i+1) == ' ' || r.peek(i+1) == '\n')
	} else if c == '{' || c == '[' {
		return false
	}
	for ; r.peek(i) != '\n'; i++ {
		switch {
		case r.peek(i) == ':' && (r.peek(i+1) == ' ' || r.peek(i+1) == '\n'):
			return true
		case r.peek(i) == '#' && i > 0 && r.peek(i-1) == ' ':
			return false
		}
	}
	return false
}

// name reads a key up to its colon.
func (r *simple) name(flow bool) lexeme {
	start := r.at
	s := r.scalar(flow)
	for r.peek(0) == ' ' {
		r.at++
	}
	// Longer ones are no keys to the library.
	const longest = 1000
	if r.peek(0) != ':' || r.at-start > longest || s.style == 'p' && !isText(s.raw) {
		r.giveUp()
	}
	return s
}

// literal reads a literal block, whose lines are to the right of parent.
func (r *simple) literal(parent int, at Place) {
	s := lexeme{style: '|'}
	if r.at++; r.peek(0) == '-' || r.peek(0) == '+' {
		s.chomp = r.peek(0)
		r.at++
	}
	if r.peek(0) != '\n' || r.at == len(r.text) {
		r.giveUp()
	}
	r.newline()
	start, blanks := r.at, 0
	for r.at < len(r.text) {
		row := r.text[r.at:]
		n := bytes.IndexByte(row, '\n')
		if n < 0 {
			r.giveUp() // whether a line end is missing matters
		}
		row = bytes.TrimLeft(row[:n], " ")
		indent := n - len(row)
		switch {
		case len(row) == 0:
			if s.indent == 0 {
				blanks = max(blanks, indent)
			}
		case s.indent == 0:
			if s.indent = indent; indent <= max(parent, 0) || indent < blanks || row[0] == '\t' {
				r.giveUp()
			}
		}
		if len(row) > 0 && indent < s.indent {
			break
		}
		r.at += n
		r.newline()
	}
	if s.indent == 0 {
		r.giveUp()
	}
	s.raw = r.text[start:r.at]
	r.out.value(at, s)
	r.lineStart()
}

// scalar reads a scalar on one line.
func (r *simple) scalar(flow bool) lexeme {
	switch c := r.peek(0); c {
	case '"', '\'':
		return r.quoted(c)
	default:
		return r.plain(flow)
	}
}

func (r *simple) quoted(quote byte) lexeme {
	r.at++
	s := lexeme{style: quote}
	for start := r.at; r.at < len(r.text); r.at++ {
		switch c := r.text[r.at]; {
		case c == '\n':
			r.giveUp()
		case c == quote && quote == '\'' && r.peek(1) == '\'':
			r.at++
		case c == quote:
			s.raw = r.text[start:r.at]
			r.at++
			return s
		case c == '\\' && quote == '"':
			if r.at++; !r.escape() {
				r.giveUp()
			}
		case !utf8.RuneStart(c):
			r.wide++
		}
	}
	r.giveUp()
	return s
}

// escape reports whether JSON and the library know an escape, and passes over it.
func (r *simple) escape() bool {
	c := r.peek(0)
	if c != 'u' {
		return strings.IndexByte(`"\bfnrt`, c) >= 0
	}
	for i := 1; i <= 4; i++ {
		if strings.IndexByte("0123456789abcdefABCDEF", r.peek(i)) < 0 {
			return false
		}
	}
	surrogate := r.peek(1)|0x20 == 'd' && r.peek(2) >= '8'
	r.at += 4
	return !surrogate
}

// indicators cannot begin a plain scalar. Those that can with something behind them
// are rare.
const indicators = "?:,[]{}#&*!|>'\"%@`"

func (r *simple) plain(flow bool) lexeme {
	start, c := r.at, r.peek(0)
	if strings.IndexByte(indicators, c) >= 0 || c == '-' && (r.peek(1) == ' ' || r.peek(1) == '\n' || flow && strings.IndexByte(",?[]{}", r.peek(1)) >= 0) {
		r.giveUp()
		return lexeme{}
	}
	if row := r.text[start:min(start+len("--- "), len(r.text))]; start == r.start && (isMarker(row, "---") || isMarker(row, "...")) {
		r.giveUp() // of a text that is not split into documents
		return lexeme{}
	}
	end := start
	for ; r.peek(0) != '\n'; r.at++ {
		c, next := r.peek(0), r.peek(1)
		switch {
		case c == ':' && (next == ' ' || next == '\n'), c == '#' && r.at > start && r.text[r.at-1] == ' ':
			return r.cut(start, end)
		case flow && strings.IndexByte(",[]{}", c) >= 0:
			return r.cut(start, end)
		case c == '\t', flow && (c == '?' || c == ':' && strings.IndexByte(",?[]{}", next) >= 0):
			r.giveUp()
			return lexeme{}
		case !utf8.RuneStart(c):
			r.wide++
		}
		if c != ' ' {
			end = r.at + 1
		}
	}
	return r.cut(start, end)
}

func (r *simple) cut(start, end int) lexeme {
	s := lexeme{raw: r.text[start:end], style: 'p'}
	if len(s.raw) == 0 || string(s.raw) == "<<" {
		r.giveUp()
	}
	return s
}

// closing returns where a quoted scalar ends that begins at i, -1 if not in this line.
func closing(row []byte, i int) int {
	for j := i + 1; j < len(row); j++ {
		switch {
		case row[i] == '"' && row[j] == '\\':
			j++
		case row[j] != row[i]:
		case row[i] == '\'' && j+1 < len(row) && row[j+1] == '\'':
			j++
		default:
			return j
		}
	}
	return -1
}
