package flink

import (
	"fmt"
	"strings"
)

// SplitArgs splits s into words as a POSIX shell does (XCU 2.2 Quoting), and
// expands nothing: no variables, no globs, no comments. Blanks and newlines
// separate words. In single quotes everything is literal; in double quotes a
// backslash escapes only ", \, $, ` and a newline; outside quotes it escapes
// any byte. A backslash before a newline joins the lines. The error names the
// byte where the unfinished part begins.
func SplitArgs(s string) ([]string, error) {
	if i := strings.IndexByte(s, 0); i >= 0 {
		return nil, fmt.Errorf("no argument can hold a NUL byte at byte %d", i)
	}
	var words []string
	var word []byte
	inWord := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case ' ', '\t', '\n':
			if inWord {
				words, word, inWord = append(words, string(word)), word[:0], false
			}
		case '\\':
			if i+1 == len(s) {
				return nil, fmt.Errorf("nothing follows the backslash at byte %d", i)
			}
			if i++; s[i] != '\n' {
				word, inWord = append(word, s[i]), true
			}
		case '\'', '"':
			inWord = true
			text, end := quoted(s, i)
			if end < 0 {
				return nil, fmt.Errorf("unclosed quote at byte %d", i)
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
		if c == '\\' && quote == '"' && i+1 < len(s) && strings.IndexByte("\"\\$`\n", s[i+1]) >= 0 {
			i++
			if c = s[i]; c == '\n' {
				continue
			}
		}
		text = append(text, c)
	}
	return nil, -1
}
