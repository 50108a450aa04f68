package yaml

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// traits are what decides how a string is written.
type traits struct {
	word    bool // is plain for what it consists of
	escaped bool // has a character that only \-escapes can carry
	newline bool
	tab     bool
}

func (w *writer) traitsOf(s string) (t traits) {
	if isWord(s) {
		return traits{word: true}
	}
	t.newline = strings.Contains(s, "\n")
	i := 0
	for i < len(s) && (s[i]-' ' < 0x7f-' ' || s[i] == '\n') { // mostly to the end
		i++
	}
	if !utf8.ValidString(s[i:]) {
		w.err = errors.New("not UTF-8")
	}
	for _, r := range s[i:] {
		t.tab = t.tab || r == '\t'
		t.escaped = t.escaped || r < ' ' && r != '\t' && r != '\n' || r >= 0x7f && mustEscape(r)
	}
	return t
}

// mustEscape reports whether a character beyond ASCII is one that readers treat in their
// own way, or people do not see. The ranges are fixed, since the output must not change
// with the Unicode version of the Go release.
func mustEscape(r rune) bool {
	switch {
	case r <= 0xa0: // DEL, C1, no-break space
		return true
	case r >= 0x2000 && r <= 0x206f: // General Punctuation
		return r <= 0x200f || r >= 0x2028 && r <= 0x202f || r >= 0x205f
	case r >= 0xfff9 && r <= 0xfffb, r == 0xfeff: // annotation marks, byte order mark
		return true
	default:
		return r&0xfffe == 0xfffe // noncharacters at the end of each plane
	}
}

// text writes a string value and ends the line. The lines of a block start at
// column col, which is 0 at the root of a document.
func (w *writer) text(s string, col int) {
	if t := w.traitsOf(s); t.newline && !t.escaped && col > 0 && fitsBlock(s) {
		w.block(s, col)
	} else {
		w.line(s, t)
		w.dst = append(w.dst, '\n')
	}
}

// line writes a string into one line.
func (w *writer) line(s string, t traits) {
	switch {
	case t.escaped || t.newline || t.tab:
		w.doubleQuoted(s)
	case t.word || isPlain(s):
		w.dst = append(w.dst, s...)
	case strings.ContainsAny(s, `"\`):
		w.dst = append(append(append(w.dst, '\''), strings.ReplaceAll(s, "'", "''")...), '\'')
	default:
		w.dst = append(append(append(w.dst, '"'), s...), '"')
	}
}

// doubleQuoted uses the escapes that JSON has too, as far as these go.
func (w *writer) doubleQuoted(s string) {
	w.dst = append(w.dst, '"')
	for _, r := range s {
		switch i := strings.IndexRune("\"\\\n\t\r", r); {
		case i >= 0:
			w.dst = append(w.dst, '\\', `"\ntr`[i])
		case r >= ' ' && (r < 0x7f || !mustEscape(r)):
			w.dst = utf8.AppendRune(w.dst, r)
		case r > 0xffff:
			w.dst = fmt.Appendf(w.dst, `\U%08x`, r)
		default:
			w.dst = fmt.Appendf(w.dst, `\u%04x`, r)
		}
	}
	w.dst = append(w.dst, '"')
}

// fitsBlock reports whether s, which has a line feed, can be a literal block that
// every reader takes the same way.
func fitsBlock(s string) bool {
	body := strings.TrimRight(s, "\n")
	if body == "" || body[0] == '\t' || strings.Contains(body, "\n\t") {
		return false
	}
	lastLine := body[strings.LastIndexByte(body, '\n')+1:]
	return strings.Trim(lastLine, " \t") != ""
}

func (w *writer) block(s string, col int) {
	w.dst = append(w.dst, '|')
	if strings.TrimLeft(s, "\n")[0] == ' ' {
		// Readers take the indent from the first line with text, unless told.
		w.dst = append(w.dst, '2')
	}
	body := strings.TrimRight(s, "\n")
	ends := s[len(body):]
	switch {
	case ends == "":
		w.dst = append(w.dst, '-')
	case len(ends) > 1:
		w.dst = append(w.dst, '+')
	}
	w.dst = append(w.dst, '\n')
	for line := range strings.SplitSeq(body, "\n") {
		if line != "" {
			w.indent(col)
			w.dst = append(w.dst, line...)
		}
		w.dst = append(w.dst, '\n')
	}
	if ends != "" {
		w.dst = append(w.dst, ends[1:]...)
	}
}

// isWord reports whether s is plain for what it consists of, as nearly all keys and most
// values: it starts with a letter, and has only letters, digits and - _ . / behind it.
func isWord(s string) bool {
	for i := range len(s) {
		if c := s[i]; c|0x20-'a' > 'z'-'a' && (i == 0 || c != '_' && c-'-' > '9'-'-') {
			return false
		}
	}
	return !isReserved(s)
}

// isPlain reports whether s, which has no line feed, no tab and nothing to escape,
// reads as the same string without quotes, as a value and as a key.
func isPlain(s string) bool {
	switch {
	case s == "", strings.TrimSpace(s) != s, s[len(s)-1] == ':':
		return false
	case strings.Contains(s, " ") && (strings.Contains(s, ": ") || strings.Contains(s, " #")):
		return false
	case strings.IndexByte("-?:,[]{}#&*!|>'\"%@`", s[0]) >= 0 && !isFlag(s):
		return false
	case strings.IndexByte("+-.0123456789", s[0]) >= 0 && likeNumber(s):
		return false
	default:
		return isDigit(s[0]) || !isReserved(s)
	}
}

// isFlag reports whether s starts like an option of a command, -x or --x. No
// reader takes that for a list item or a document marker, and it is common.
func isFlag(s string) bool {
	rest, ok := strings.CutPrefix(s, "-")
	rest = strings.TrimPrefix(rest, "-")
	return ok && rest != "" && 'a' <= rest[0]|0x20 && rest[0]|0x20 <= 'z'
}

// likeNumber reports whether s, which starts with a digit, a sign or a point, looks
// like a number or a date. It covers decimal, octal, hexadecimal, binary and base 60
// with '_' and ',' between digits, floats, YAML 1.1 timestamps, and the marker "...".
// Quantities such as 500m and 1Gi, versions with letters and most UUIDs remain plain.
func likeNumber(s string) bool {
	unsigned := strings.TrimLeft(s, "+-")
	if len(unsigned) >= 2 && unsigned[0] == '0' && strings.IndexByte("xXoObB", unsigned[1]) >= 0 {
		return true
	}
	return strings.HasPrefix(s, "...") || isDate(s) || strings.Trim(s, "0123456789+-._:,eE") == ""
}

// isDate reports whether s starts with year, month and day in digits.
func isDate(s string) bool {
	year, rest, _ := strings.Cut(s, "-")
	month, day, _ := strings.Cut(rest, "-")
	return len(year) == 4 && isDigits(year) && month != "" && len(month) <= 2 && isDigits(month) &&
		day != "" && isDigit(day[0])
}

func isDigits(s string) bool { return strings.Trim(s, "0123456789") == "" }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// isReserved reports whether s is a word that some reader turns into null, a boolean, a float,
// a merge key or a default value, in any case of letters and behind up to two signs or points.
func isReserved(s string) bool {
	var lower [len("+.infinity")]byte
	if len(s) > len(lower) {
		return false // most are
	}
	for i := 0; i < 2 && s != "" && strings.IndexByte("+-.", s[0]) >= 0; i++ {
		s = s[1:]
	}
	for i := range len(s) {
		if lower[i] = s[i]; s[i] >= 'A' && s[i] <= 'Z' {
			lower[i] |= 0x20
		}
	}
	switch string(lower[:len(s)]) {
	case "", "~", "null", "=", "<<", "y", "n", "yes", "no", "on", "off", "true", "false", "nan", "inf", "infinity":
		return true
	}
	return false
}
