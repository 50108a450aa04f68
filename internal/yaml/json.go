package yaml

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/flinktarget/flinktarget/internal/lazyregexp"
	"github.com/flinktarget/flinktarget/internal/tree"
)

// isLineEnd reports characters that YAML 1.1 takes for line ends.
func isLineEnd(r rune) bool { return r == '\u0085' || r == '\u2028' || r == '\u2029' }

// onlyEscaped reports characters that stand in strings of JSON, and in those of YAML only if they are
// escaped: line ends, DEL, C1 controls, byte order marks, and what is no character.
func onlyEscaped(r rune) bool { return r > '~' && (isLineEnd(r) || isControl(r) || r == '\ufeff') }

// special are the texts of JSON that fromJSON looks at: what is escaped, a pair of surrogates as one.
var special = lazyregexp.New(`\\u[dD][89abAB]..\\u[dD][c-fC-F]..|\\.|` +
	`["\x{7f}-\x{9f}\x{2028}\x{2029}\x{feff}\x{fffe}\x{ffff}]`)

// fromJSON writes what only JSON has as YAML does, if a text is JSON: surrogate pairs, \/, which PHP
// writes, and what is onlyEscaped. \ud83d\ude80 becomes \U0001f680. That is two bytes less, and as many
// blanks go behind the string, so that what follows keeps its place; behind what is onlyEscaped the
// column is five too high. Half a pair is a problem: the libraries that read it put another
// character in its place.
func (p *parser) fromJSON(text []byte) (out []byte, ok bool) {
	if !json.Valid(text) || !bytes.Contains(text, []byte(`\ud`)) && !bytes.Contains(text, []byte(`\uD`)) &&
		!bytes.Contains(text, []byte(`\/`)) && !bytes.ContainsFunc(text, onlyEscaped) {
		return text, true
	}
	const half = len(`\ud83d`)
	if i := tree.HalfPair(text); i >= 0 {
		p.fail(p.at(text, i), "%s is half of a surrogate pair, which is no character; "+
			"write both halves, or the character itself", text[i:i+half])
		return nil, false
	}
	blanks := 0
	return special().ReplaceAllFunc(text, func(found []byte) []byte {
		r, _ := utf8.DecodeRune(found)
		switch {
		case len(found) == 2*half:
			blanks += len("  ")
			pair := utf16.DecodeRune(tree.Unescaped(found), tree.Unescaped(found[half:]))
			return fmt.Appendf(nil, `\U%08x`, pair)
		case string(found) == `\/`:
			blanks++
			return found[1:]
		case r == '"':
			found = append([]byte(`"`), bytes.Repeat([]byte(" "), blanks)...)
			blanks = 0
		case onlyEscaped(r):
			return fmt.Appendf(nil, `\u%04x`, r)
		}
		return found
	}), true
}
