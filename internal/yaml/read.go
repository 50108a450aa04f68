package yaml

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"iter"
)

// Document is the text of one document, and where in a stream it begins.
type Document struct {
	pos     Position
	text    []byte
	tooLong bool
}

// Position returns the place of the first line.
func (d Document) Position() Position { return d.pos }

// Parse reads a stream of documents. The name of the file is for positions only. A
// document that is not legal yields problems and a nil node; the others are read all the
// same.
func Parse(file string, data []byte) (roots []*Node, problems []Problem) {
	for _, d := range Split(file, data) {
		root, bad := d.Read()
		roots, problems = append(roots, root), append(problems, bad...)
	}
	return roots, problems
}

// Split returns the documents of a stream.
func Split(file string, data []byte) []Document {
	var out []Document
	for d := range Documents(file, bytes.NewReader(data)) {
		out = append(out, d)
	}
	return out
}

// Documents cuts a stream of any length at its document markers, and holds one document
// at a time. Those of nothing but blanks and comments are left out. An error of r other
// than its end comes last.
//
// A line that begins with "---" or "..." and then white space or its end is a marker
// wherever it stands: YAML forbids it in scalars. What follows on the marker's own line
// belongs to the next document, so the marker is blanked, and columns stay right.
func Documents(file string, r io.Reader) iter.Seq2[Document, error] {
	return func(yield func(Document, error) bool) {
		in := bufio.NewReader(r)
		doc := Document{pos: Position{File: file, Line: 1, Column: 1}}
		line, begins := 0, true // begins is false for all but the first part of a long line
		for {
			row, err := in.ReadSlice('\n')
			if begins {
				line++
			}
			if begins && line == 1 {
				row = bytes.TrimPrefix(row, []byte("\ufeff"))
			}
			if begins && isMarker(row) {
				if !doc.isBlank() && !yield(doc, nil) {
					return
				}
				doc = behind(row, Position{File: file, Line: line, Column: 1})
			} else {
				doc.add(row)
			}
			begins = bytes.HasSuffix(row, []byte("\n"))
			switch {
			case err == nil, errors.Is(err, bufio.ErrBufferFull):
				continue
			case !errors.Is(err, io.EOF):
				yield(Document{}, err)
			case !doc.isBlank():
				yield(doc, nil)
			}
			return
		}
	}
}

func isMarker(row []byte) bool {
	if !bytes.HasPrefix(row, []byte("---")) && !bytes.HasPrefix(row, []byte("...")) {
		return false
	}
	rest := row[len("---"):]
	return len(rest) == 0 || bytes.IndexByte([]byte(" \t\r\n"), rest[0]) >= 0
}

// behind returns the document that a marker begins. If nothing follows "...", it begins in
// the next line.
func behind(marker []byte, pos Position) Document {
	doc := Document{pos: pos, text: append([]byte("   "), marker[len("---"):]...)}
	if marker[0] == '.' && doc.isBlank() {
		pos.Line++
		return Document{pos: pos}
	}
	return doc
}

// add appends a part of the text, unless it gets too long.
func (d *Document) add(row []byte) {
	if d.tooLong = d.tooLong || len(d.text)+len(row) > MaxBytes; d.tooLong {
		d.text = nil
		return
	}
	d.text = append(d.text, row...)
}

// isBlank reports whether a document has nothing but blank lines and legal comments.
func (d Document) isBlank() bool {
	for row := range bytes.Lines(d.text) {
		if row = bytes.TrimLeft(row, " \t\r\n"); len(row) > 0 && row[0] != '#' {
			return false
		}
	}
	return !d.tooLong && (&parser{}).isLegal(d.text)
}
