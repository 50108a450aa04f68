package yaml

import (
	"bytes"
	"iter"
)

// Chunk is the text of one document and the line of the stream it starts at.
type Chunk struct {
	text []byte
	line int
}

// Split cuts a stream into its documents, each of which can be parsed by itself.
// Those of nothing but blanks are left out.
func Split(data []byte) []Chunk {
	var out []Chunk
	for c := range split(bytes.TrimPrefix(data, []byte("\ufeff"))) {
		if len(bytes.Trim(c.text, " \n")) > 0 {
			out = append(out, c)
		}
	}
	return out
}

// Parse parses the document; see [Parse]. There is none if the text has no content.
func (c Chunk) Parse(file string, lim Limits) ([]Document, []Problem) {
	return parseAt(file, c.text, c.line, lim)
}

// split cuts a stream at its document markers. A line that begins with "---" and
// then white space or its end is a marker wherever it stands: YAML forbids it in
// scalars. What follows on the marker's own line belongs to the document, so the
// three dashes are blanked rather than cut, and columns stay right.
func split(data []byte) iter.Seq[Chunk] {
	return func(yield func(Chunk) bool) {
		start, startLine, line := 0, 1, 1
		var blanked bool
		for pos := 0; pos < len(data); line++ {
			end := pos + bytes.IndexByte(data[pos:], '\n') + 1
			if end == pos {
				end = len(data)
			}
			row := data[pos:end]
			switch {
			case isMarker(row, "---"):
				if !yield(document(data[start:pos], startLine, blanked)) {
					return
				}
				start, startLine, blanked = pos, line, true
			case isMarker(row, "..."):
				if !yield(document(data[start:pos], startLine, blanked)) {
					return
				}
				start, startLine, blanked = end, line+1, false
			}
			pos = end
		}
		yield(document(data[start:], startLine, blanked))
	}
}

func document(text []byte, line int, blanked bool) Chunk {
	if blanked {
		text = append([]byte("   "), text[3:]...)
	}
	return Chunk{text: text, line: line}
}

func isMarker(row []byte, marker string) bool {
	rest, ok := bytes.CutPrefix(row, []byte(marker))
	return ok && (len(rest) == 0 || bytes.IndexByte([]byte(" \t\r\n"), rest[0]) >= 0)
}
