package yaml

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// Read is Parse for streams of any length: it holds one document at a time, and
// hands each over with its problems. It stops when yield returns false, and
// returns an error of r other than its end.
func Read(file string, r io.Reader, lim Limits, yield func(Document, []Problem) bool) error {
	s := &scanner{in: bufio.NewReaderSize(r, 64<<10), file: file, limits: lim, line: 1, start: 1}
	for {
		text, start, more, err := s.next()
		if err != nil {
			return err
		}
		docs, problems := parseAt(file, text, start, lim)
		if s.tooLong {
			docs = []Document{{Start: Position{File: file, Line: start, Column: 1}}}
			problems = []Problem{{docs[0].Start, fmt.Sprintf("the document is longer than %d bytes, which is the most that is read", lim.Bytes)}}
		}
		if len(docs) > 0 && !yield(docs[0], problems) || !more {
			return nil
		}
	}
}

// parseAt parses the text of one document that starts at a line of a stream.
func parseAt(file string, text []byte, line int, lim Limits) ([]Document, []Problem) {
	p := &parser{file: file, offset: line - 1, limits: lim}
	root, found := p.parse(text)
	if root == nil && len(p.problems) == 0 && !found {
		return nil, nil
	}
	doc := Document{Start: Position{File: file, Line: line, Column: 1}}
	if len(p.problems) == 0 {
		doc.Root = root
	}
	return []Document{doc}, p.problems
}

// scanner cuts a stream as split cuts a text.
type scanner struct {
	in      *bufio.Reader
	file    string
	limits  Limits
	line    int    // of what is read next
	start   int    // of the document that is being read
	rest    []byte // of the marker's line that ended the last document
	tooLong bool
	within  bool // what is read next is not the start of a line
}

// next returns the text of a document, its first line, and whether another follows.
func (s *scanner) next() (text []byte, start int, more bool, err error) {
	text = append([]byte(nil), s.rest...)
	start, s.rest, s.tooLong = s.start, nil, false
	for first := s.line == 1; ; first = false {
		inside := s.within
		row, err := s.row()
		if first {
			row = bytes.TrimPrefix(row, []byte("\ufeff"))
		}
		switch {
		case !inside && isMarker(row, "---"):
			s.rest, s.start = append([]byte("   "), row[3:]...), s.line
			s.line += bytes.Count(row, []byte("\n"))
			return text, start, true, nil
		case !inside && isMarker(row, "..."):
			s.line += bytes.Count(row, []byte("\n"))
			s.start = s.line
			return text, start, true, nil
		}
		s.line += bytes.Count(row, []byte("\n"))
		if len(text)+len(row) > s.limits.Bytes {
			s.tooLong, row = true, nil
		}
		if !s.tooLong {
			text = append(text, row...)
		}
		switch {
		case errors.Is(err, io.EOF):
			return text, start, false, nil
		case err != nil:
			return nil, start, false, err
		}
	}
}

// row reads a line, of a very long one a part: enough to tell whether it is a
// marker, as those are short.
func (s *scanner) row() ([]byte, error) {
	row, err := s.in.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		err = nil
	}
	s.within = !bytes.HasSuffix(row, []byte("\n"))
	return row, err
}
