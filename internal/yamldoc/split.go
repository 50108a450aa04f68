package yamldoc

import (
	"bytes"
	"iter"
)

// chunk is the text of one document and the line of the stream it starts at.
type chunk struct {
	text []byte
	line int
}

// split cuts a stream at its document markers. A line that begins with "---" and
// then white space or its end is a marker wherever it stands: YAML forbids it in
// scalars. What follows on the marker's own line belongs to the document, so the
// three dashes are blanked rather than cut, and columns stay right.
func split(data []byte) iter.Seq[chunk] {
	return func(yield func(chunk) bool) {
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

func document(text []byte, line int, blanked bool) chunk {
	if blanked {
		text = append([]byte("   "), text[3:]...)
	}
	return chunk{text: text, line: line}
}

func isMarker(row []byte, marker string) bool {
	rest, ok := bytes.CutPrefix(row, []byte(marker))
	return ok && (len(rest) == 0 || bytes.IndexByte([]byte(" \t\r\n"), rest[0]) >= 0)
}
