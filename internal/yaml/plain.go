package yaml

import (
	"strings"
	"unicode/utf8"
)

// class says what a byte means for the style of the string that has it.
type class uint8

const (
	escaped class = 1 << iota // only \-escapes can carry it
	newline
	tab
	quoting // needs a \ between double quotes: " and \
	colon
	hash
	indicator // means something to YAML at the start of a scalar
	beyond    // part of a character beyond ASCII
)

// classes is never written after initialisation.
var classes = func() (t [256]class) {
	for c := range t {
		switch {
		case c < ' ' || c == 0x7f:
			t[c] = escaped
		case c >= 0x80:
			t[c] = beyond
		}
	}
	t['\n'] = newline
	t['\t'] = tab
	for _, c := range " -?:,[]{}#&*!|>'\"%@`" {
		t[c] |= indicator
	}
	t[':'] |= colon
	t['#'] |= hash
	t['"'] |= quoting
	t['\\'] |= quoting
	return t
}()

// survey returns the classes of all bytes of s, or ErrUTF8.
func survey(s string) (class, error) {
	var seen class
	for i := range len(s) {
		seen |= classes[s[i]]
	}
	if seen&beyond == 0 {
		return seen, nil
	}
	if !utf8.ValidString(s) {
		return 0, ErrUTF8
	}
	for _, r := range s {
		if mustEscape(r) {
			return seen | escaped, nil
		}
	}
	return seen, nil
}

// mustEscape reports whether r, which is no ASCII control character but DEL, must
// not appear as itself: YAML forbids it, some reader takes it for a line break or
// drops it, or nobody could see it. The list is fixed, since the output must not
// change with the Unicode version of the Go release.
func mustEscape(r rune) bool {
	switch {
	case r < 0x7f:
		return false
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

// isPlain reports whether s, which has no line feed, no tab and nothing to escape,
// reads as the same string without quotes, as a value and as a key.
func isPlain(s string, seen class) bool {
	if s == "" || s[len(s)-1] == ' ' || s[len(s)-1] == ':' {
		return false
	}
	if classes[s[0]]&indicator != 0 && !isFlag(s) {
		return false
	}
	if seen&beyond != 0 && strings.TrimSpace(s) != s {
		return false // blanks beyond ASCII at an end, which a reader might trim
	}
	if seen&colon != 0 && strings.Contains(s, ": ") || seen&hash != 0 && strings.Contains(s, " #") {
		return false
	}
	switch c := s[0]; {
	case isDigit(c):
		return !likeNumber(s)
	case c == '+', c == '-', c == '.':
		return !likeNumber(s) && !isReserved(s)
	default:
		return !isReserved(s)
	}
}

// isFlag reports whether s starts like an option of a command, -x or --x. No
// reader takes that for a list item or a document marker, and it is common.
func isFlag(s string) bool {
	switch {
	case len(s) >= 2 && s[0] == '-' && isLetter(s[1]):
		return true
	case len(s) >= 3 && s[:2] == "--" && isLetter(s[2]):
		return true
	default:
		return false
	}
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
	if strings.HasPrefix(s, "...") || isDate(s) {
		return true
	}
	for i := range len(s) {
		if !isDigit(s[i]) && strings.IndexByte("+-._:,eE", s[i]) < 0 {
			return false
		}
	}
	return true
}

// isDate reports whether s starts with year, month and day in digits.
func isDate(s string) bool {
	const shape = "0000-0-0"
	rest, ok := digits(s, 4, 4)
	if !ok || len(s) < len(shape) || rest[0] != '-' {
		return false
	}
	rest, ok = digits(rest[1:], 1, 2)
	if !ok || rest == "" || rest[0] != '-' {
		return false
	}
	_, ok = digits(rest[1:], 1, 2)
	return ok
}

// digits returns s without the digits at its start, most of them at most, and
// whether there were at least least.
func digits(s string, least, most int) (rest string, ok bool) {
	n := 0
	for n < len(s) && n < most && isDigit(s[n]) {
		n++
	}
	return s[n:], n >= least
}

// isReserved reports whether s is a word that some reader turns into null, a
// boolean, a float, a merge key or a default value, in any case of letters.
func isReserved(s string) bool {
	const longest = "+.infinity"
	if len(s) > len(longest) {
		return false
	}
	var lower [len(longest)]byte
	n := 0
	for i := range len(s) {
		c := s[i]
		if i < 2 && n == 0 && (c == '+' || c == '-' || c == '.') {
			continue
		}
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		lower[n] = c
		n++
	}
	switch string(lower[:n]) {
	case "", "~", "null", "=", "<<",
		"y", "n", "yes", "no", "on", "off", "true", "false",
		"nan", "inf", "infinity":
		return true
	default:
		return false
	}
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
