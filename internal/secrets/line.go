package secrets

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// OneLine returns a text so that it can be printed as a part of one line: see
// flinktarget.Problem.
func OneLine(s string) string {
	special := func(r rune) bool { return r == utf8.RuneError || !strconv.IsPrint(r) }
	if !strings.ContainsFunc(s, special) && !strings.Contains(s, "##") &&
		!strings.HasPrefix(strings.TrimSpace(s), "::") {
		return s
	}
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], string(r)):
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case !strconv.IsPrint(r):
			quoted := strconv.QuoteRune(r)
			b.WriteString(quoted[1 : len(quoted)-1])
		case r == '#' && strings.HasPrefix(s[i+1:], "#"), r == ':' && strings.HasPrefix(s[i+1:], ":") &&
			strings.TrimSpace(s[:i]) == "":
			fmt.Fprintf(&b, `\x%02x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
