package yamldoc

import (
	"bytes"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Room returns how many bytes may be allocated for reading a document of n bytes: 50
// times its size and 1 MiB. The YAML library takes 7 bytes for a byte of text and
// hundreds for each value, so that a text that is made of nothing but tiny values
// must be refused before it is parsed.
func Room(n int) int { return 50*n + 1<<20 }

// What the YAML library and convert allocate, measured, rounded up.
const (
	costDocument = 48 << 10
	costByte     = 10
	costPair     = 660 // key and value
	costItem     = 520 // what a comma or a dash separates
	costOpen     = 100 // a map or list, without its first element
	costNested   = 1000
	costComment  = 1200 // behind a value
	costQueued   = 1300 // a sign on a line of which the YAML library may keep all tokens
	costSign     = 250  // anchor, alias, tag
)

// Estimate is an upper bound of what parsing a text inside of another one allocates,
// and of the number of its values. It never takes for text what the YAML library may
// take for structure, though it may be the other way around. Only in quoted scalars
// on one line, comments and block scalars it passes over what looks like structure,
// and only while there is no doubt that it is in one.
func Estimate(text []byte) (allocated, values int) {
	if usual(text) {
		c := &counter{}
		if (&simple{text: text, out: c}).run() {
			const costInner = 800
			return c.cost + costInner, c.cost / costSimpleNode
		}
	}
	const costInner = 16 << 10
	m := measure(text)
	structure := m.sum - costDocument - costByte*len(text)
	return m.sum - costDocument + costInner + costQueued*m.queue, structure / costPair
}

// taken is what the YAML library has allocated for a text, now that its nodes are
// there, and what convert will. It is less than what was estimated, and still an upper bound.
func taken(doc *yaml.Node, text int, queue int) int {
	const costLine = 8 // for a byte
	return costDocument + costLine*text + costQueued*queue + takenBy(doc)
}

func takenBy(n *yaml.Node) int {
	const (
		node, child, own = 210, 18, 100
		field, index     = 48, 120 // in a map that has many fields
	)
	sum := node + own + len(n.Value) + child*len(n.Content)
	if n.Kind == yaml.MappingNode {
		fields := len(n.Content) / 2
		sum += (field - own) * fields // keys have no node of their own
		if fields > fewFields {
			sum += index * fields
		}
	}
	if n.HeadComment+n.LineComment+n.FootComment != "" {
		sum += costComment
	}
	for _, c := range n.Content {
		sum += takenBy(c)
	}
	return sum
}

func measure(text []byte) *estimate {
	s := &estimate{sum: costDocument + costByte*len(text)}
	// Other line ends than these would be seen by the YAML library alone.
	s.doubt = bytes.Contains(text, []byte("\u0085")) || bytes.Contains(text, []byte("\u2028")) || bytes.Contains(text, []byte("\u2029"))
	for rest := text; len(rest) > 0; {
		var row []byte
		row, rest, _ = bytes.Cut(rest, []byte("\n"))
		s.line++
		s.row(row)
	}
	return s
}

// simpleKey is how long a key can be: up to there the YAML library keeps the tokens
// of what may turn out to be one, a flow map or list among them.
const simpleKey = 1024

type estimate struct {
	sum   int
	queue int    // the most signs at the beginning of a line
	open  []byte // the flow maps and lists that are open
	colon bool   // what is between commas in a flow map has a colon
	line  int
	deep  [2]int // line and column of the flow map or list that is nested too deep
	doubt bool   // whether something is text or structure; for the rest of the document
	block *blockScalar
}

// blockScalar is what | or > began.
type blockScalar struct {
	parent int // a column that the text is to the right of
	column int // of the text, 0 before its first line
	blanks int // the longest blank line before that
}

// in reports whether a line belongs to the block scalar.
func (b *blockScalar) in(row []byte, indent int) bool {
	switch {
	case len(row) == 0:
		b.blanks = max(b.blanks, indent)
		return true
	case b.column == 0 && indent > b.parent && indent >= b.blanks:
		b.column = indent
		return true
	default:
		return b.column > 0 && indent >= b.column
	}
}

func (s *estimate) row(row []byte) {
	indent := len(row) - len(bytes.TrimLeft(row, " "))
	row = bytes.TrimRight(row, " \t\r")
	if s.block != nil {
		if s.block.in(row, indent) {
			return
		}
		s.block = nil
	}
	at := s.dashes(row, min(indent, len(row)))
	if at < len(row) && row[at] == '#' && len(s.open) == 0 && !s.doubt {
		return
	}
	signs := 0
	for i := at; i < len(row); {
		before := s.sum
		if i = s.token(row, at, i); s.sum > before && i <= simpleKey {
			signs++
		}
	}
	s.queue = max(s.queue, signs)
	if len(s.open) == 0 && !s.doubt && startsBlock(row) {
		s.block = &blockScalar{parent: at}
	}
}

// dashes counts the list elements that a line begins with.
func (s *estimate) dashes(row []byte, at int) int {
	for first := true; at < len(row) && row[at] == '-' && (at+1 == len(row) || blank(row[at+1])); first = false {
		if s.sum += costItem; !first {
			s.sum += costNested - costItem
		}
		for at++; at < len(row) && blank(row[at]); at++ {
		}
	}
	return at
}

// token counts what is at i, and returns where to go on.
func (s *estimate) token(row []byte, start, i int) int {
	flow := len(s.open) > 0 || s.doubt
	begins := i == start || blank(row[i-1]) || strings.IndexByte("[{,:", row[i-1]) >= 0
	switch row[i] {
	case '"', '\'':
		if begins {
			return s.quoted(row, start, i)
		}
	case '#':
		if i == 0 || blank(row[i-1]) {
			if s.sum += costComment; !s.doubt {
				return len(row)
			}
		}
	case ',':
		switch {
		case s.doubt || s.inMap():
			s.sum += costPair
		case flow:
			s.sum += costItem
		}
		s.colon = false
	case ':':
		if i+1 == len(row) || blank(row[i+1]) || flow && (!word(row, i-1) || !word(row, i+1)) {
			// In a flow map, the comma or bracket before it has counted the pair. It is a
			// sign in any case.
			if s.sum++; s.doubt || s.colon || !s.inMap() {
				s.sum += costPair
			}
			s.colon = true
		}
	case '?':
		if flow || i+1 == len(row) || blank(row[i+1]) {
			s.sum += costPair
		}
	case '-':
		if s.doubt && (i+1 == len(row) || !word(row, i+1)) {
			s.sum += costNested
		}
	case '[', '{':
		s.sum += costOpen + costItem
		if row[i] == '{' {
			s.sum += costPair - costItem
		}
		s.colon = false
		if s.open = append(s.open, row[i]); len(s.open) == DefaultLimits.Nesting+2 {
			s.deep = [2]int{s.line, i + 1}
		}
	case ']', '}':
		if len(s.open) > 0 && !s.doubt {
			s.open = s.open[:len(s.open)-1]
			s.colon = true // that which the map or list is the value of
		}
	case '&', '*', '!':
		if begins {
			s.sum += costSign
		}
	}
	return i + 1
}

func (s *estimate) inMap() bool { return len(s.open) > 0 && s.open[len(s.open)-1] == '{' }

// quoted passes over a scalar that is quoted beyond doubt.
func (s *estimate) quoted(row []byte, start, i int) int {
	end := closing(row, i)
	before := bytes.TrimRight(row[:i], " \t")
	sure := i == start && len(s.open) == 0
	if len(before) > 0 && i > start {
		last := before[len(before)-1]
		separate := len(before) < i
		switch {
		case len(s.open) == 0:
			sure = separate && strings.IndexByte(":-?", last) >= 0
		case last == ':':
			sure = separate || len(before) > 1 && (before[len(before)-2] == '"' || before[len(before)-2] == '\'')
		default:
			sure = strings.IndexByte("[{,", last) >= 0
		}
	}
	if end < 0 || !sure && len(s.open) > 0 {
		s.doubt = true // it may go on in the next line, or be part of a text that does
	}
	if s.doubt || !sure {
		return i + 1
	}
	return end + 1
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

// startsBlock reports whether a block scalar follows a line.
func startsBlock(row []byte) bool {
	row = bytes.TrimRight(row, "+-")
	head := bytes.TrimRight(row, "|>")
	if len(row)-len(head) != 1 {
		return false
	}
	before := bytes.TrimRight(head, " ")
	return len(before) < len(head) && len(before) > 0 && (before[len(before)-1] == ':' || before[len(before)-1] == '-')
}

func blank(c byte) bool { return c == ' ' || c == '\t' }

// word reports whether a character is one that a plain scalar goes on with.
func word(row []byte, i int) bool {
	if i < 0 || i >= len(row) {
		return false
	}
	c := row[i]
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= 0x80 || strings.IndexByte("_-./$%@+=~^", c) >= 0
}
