package yaml

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/flinktarget/flinktarget/internal/tree"
)

// lineEnds are characters of JSON that YAML 1.1 takes for line ends, and its escapes of them.
var lineEnds = map[rune]string{'\u0085': `\N`, '\u2028': `\L`, '\u2029': `\P`}

// fromJSON writes what only JSON has as YAML does, if a text is JSON: surrogate pairs, \/ and
// lineEnds. \ud83d\ude80 becomes \U0001f680. That is two bytes less, and as many blanks go
// behind the string, so that what follows keeps its place; behind one of lineEnds the
// column is one too high. Half a pair is a problem: the libraries that read it put
// another character in its place.
func (p *parser) fromJSON(text []byte) (out []byte, ok bool) {
	if !bytes.Contains(text, []byte(`\ud`)) && !bytes.Contains(text, []byte(`\uD`)) &&
		!bytes.Contains(text, []byte(`\/`)) &&
		!bytes.ContainsAny(text, "\u0085\u2028\u2029") || !json.Valid(text) {
		return text, true
	}
	out = make([]byte, 0, len(text))
	for i, blanks := 0, 0; i < len(text); {
		const half = len(`\ud83d`)
		if high := tree.Unescaped(text[i:]); utf16.IsSurrogate(high) {
			r := utf16.DecodeRune(high, tree.Unescaped(text[i+half:]))
			if r == unicode.ReplacementChar {
				p.fail(p.at(text, i), "%s is half of a surrogate pair, which is no character; "+
					"write both halves, or the character itself", text[i:i+half])
				return nil, false
			}
			out = fmt.Appendf(out, `\U%08x`, r)
			blanks += len("  ")
			i += 2 * half
			continue
		}
		r, size := utf8.DecodeRune(text[i:])
		if r == '\\' && text[i+1] == '/' {
			i++ // PHP writes / so
			blanks++
			continue
		}
		if r == '\\' {
			size = 2 // neither a quote behind it nor a backslash means anything
		}
		if escape, ok := lineEnds[r]; ok {
			out = append(out, escape...)
		} else {
			out = append(out, text[i:i+size]...)
		}
		if r == '"' {
			out = append(out, bytes.Repeat([]byte(" "), blanks)...)
			blanks = 0
		}
		i += size
	}
	return out, true
}
