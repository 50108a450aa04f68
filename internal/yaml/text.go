package yaml

import (
	"strings"
	"unicode/utf8"
)

// text writes a string value and ends the line. The lines of a block start at
// column col, which is 0 at the root of a document.
func (w *writer) text(s string, col int) error {
	seen, err := survey(s)
	if err != nil {
		return err
	}
	if seen&(newline|escaped) == newline && col > 0 && fitsBlock(s) {
		w.block(s, col)
		return nil
	}
	w.line(s, seen)
	w.dst = append(w.dst, '\n')
	return nil
}

// key writes a string as a key, without the colon.
func (w *writer) key(s string) error {
	seen, err := survey(s)
	if err != nil {
		return err
	}
	w.line(s, seen)
	return nil
}

// line writes a string into one line.
func (w *writer) line(s string, seen class) {
	switch {
	case seen&(escaped|newline|tab) != 0:
		w.doubleQuoted(s)
	case isPlain(s, seen):
		w.dst = append(w.dst, s...)
	case seen&quoting != 0:
		w.dst = append(w.dst, '\'')
		w.dst = appendDoubled(w.dst, s)
		w.dst = append(w.dst, '\'')
	default:
		w.dst = append(w.dst, '"')
		w.dst = append(w.dst, s...)
		w.dst = append(w.dst, '"')
	}
}

// appendDoubled appends s with each single quote doubled.
func appendDoubled(dst []byte, s string) []byte {
	for {
		i := strings.IndexByte(s, '\'')
		if i < 0 {
			return append(dst, s...)
		}
		dst = append(append(dst, s[:i+1]...), '\'')
		s = s[i+1:]
	}
}

func (w *writer) doubleQuoted(s string) {
	w.dst = append(w.dst, '"')
	done := 0
	for i, r := range s {
		if r >= ' ' && r != '"' && r != '\\' && !mustEscape(r) {
			continue
		}
		w.dst = append(w.dst, s[done:i]...)
		w.dst = appendEscape(w.dst, r)
		done = i + utf8.RuneLen(r)
	}
	w.dst = append(w.dst, s[done:]...)
	w.dst = append(w.dst, '"')
}

const hexDigits = "0123456789abcdef"

// appendEscape uses the escapes that JSON has too, as far as these go.
func appendEscape(dst []byte, r rune) []byte {
	switch r {
	case '"', '\\':
		return append(dst, '\\', byte(r))
	case '\n':
		return append(dst, `\n`...)
	case '\t':
		return append(dst, `\t`...)
	case '\r':
		return append(dst, `\r`...)
	}
	digits := 4
	if r > 0xffff {
		dst = append(dst, `\U`...)
		digits = 8
	} else {
		dst = append(dst, `\u`...)
	}
	for shift := 4 * (digits - 1); shift >= 0; shift -= 4 {
		dst = append(dst, hexDigits[r>>shift&0xf])
	}
	return dst
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
	ends := len(s) - len(body)
	switch {
	case ends == 0:
		w.dst = append(w.dst, '-')
	case ends > 1:
		w.dst = append(w.dst, '+')
	}
	w.dst = append(w.dst, '\n')
	for more := true; more; {
		var line string
		line, body, more = strings.Cut(body, "\n")
		if line != "" {
			w.indent(col)
			w.dst = append(w.dst, line...)
		}
		w.dst = append(w.dst, '\n')
	}
	for ; ends > 1; ends-- {
		w.dst = append(w.dst, '\n')
	}
}
