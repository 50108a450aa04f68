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
	inWord, quote, open := false, byte(0), 0 // the open quote, if any, and its offset
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case quote == 0 && strings.IndexByte(`'"`, c) >= 0:
			quote, open, inWord = c, i, true
		case c == quote:
			quote = 0
		case quote == 0 && strings.IndexByte(" \t\n", c) >= 0:
			if inWord {
				words, word, inWord = append(words, string(word)), word[:0], false
			}
		case c == '\\' && escapes(quote, s[i+1:]):
			if i++; i == len(s) {
				return nil, fmt.Errorf("nothing follows the backslash at byte %d", i-1)
			}
			if s[i] != '\n' {
				word, inWord = append(word, s[i]), true
			}
		default:
			word, inWord = append(word, c), true
		}
	}
	if quote != 0 {
		return nil, fmt.Errorf("unclosed quote at byte %d", open)
	}
	if inWord {
		words = append(words, string(word))
	}
	return words, nil
}

// escapes reports whether a backslash within a quote, if any, escapes what follows it.
func escapes(quote byte, rest string) bool {
	return quote == 0 || quote == '"' && rest != "" && strings.IndexByte("\"\\$`\n", rest[0]) >= 0
}
