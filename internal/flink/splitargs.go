package flink

import (
	"fmt"
	"strings"
)

// A SplitError reports an argument string that cannot be split.
type SplitError struct {
	Offset int    // of the byte at fault: the open quote, the backslash, the NUL
	Reason string // what is wrong there
}

func (e *SplitError) Error() string { return fmt.Sprintf("%s at byte %d", e.Reason, e.Offset) }

// SplitArgs splits s into words as a POSIX shell does (XCU 2.2 Quoting), and
// expands nothing: no variables, no globs, no comments. Blanks and newlines
// separate words. In single quotes everything is literal; in double quotes a
// backslash escapes only ", \, $, ` and a newline; outside quotes it escapes
// any byte. A backslash before a newline joins the lines. The error is a
// *SplitError; it names the byte where the unfinished part begins.
func SplitArgs(s string) ([]string, error) {
	var (
		words  []string
		word   []byte
		inWord bool
	)
	if i := strings.IndexByte(s, 0); i >= 0 {
		return nil, &SplitError{Offset: i, Reason: "no argument can hold a NUL byte"}
	}
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case ' ', '\t', '\n':
			if inWord {
				words, word, inWord = append(words, string(word)), word[:0], false
			}
		case '\\':
			if i+1 == len(s) {
				return nil, &SplitError{Offset: i, Reason: "nothing follows the backslash"}
			}
			if i++; s[i] != '\n' {
				word, inWord = append(word, s[i]), true
			}
		case '\'', '"':
			inWord = true
			text, end := quoted(s, i)
			if end < 0 {
				return nil, &SplitError{Offset: i, Reason: "unclosed quote"}
			}
			word, i = append(word, text...), end
		default:
			word, inWord = append(word, c), true
		}
	}
	if inWord {
		words = append(words, string(word))
	}
	return words, nil
}

// quoted reads the quoted text that begins at s[start] and returns it with the
// index of its closing quote, or -1.
func quoted(s string, start int) (text []byte, end int) {
	quote := s[start]
	for i := start + 1; i < len(s); i++ {
		c := s[i]
		if c == quote {
			return text, i
		}
		if c == '\\' && quote == '"' && i+1 < len(s) {
			switch s[i+1] {
			case '"', '\\', '$', '`':
				i++
				c = s[i]
			case '\n':
				i++
				continue
			}
		}
		text = append(text, c)
	}
	return nil, -1
}
