package cli

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// A Progress tells a person at a terminal what is being done, of how many things, and how
// fast. It is the standard error: what else is written takes the line away. Elsewhere, and
// if it is Quiet, it tells nothing.
type Progress struct {
	io.Writer
	Quiet bool

	mu           sync.Mutex
	what         string
	done         int
	begun, shown time.Time
	line         bool // is there
}

// NewProgress is quiet unless w is a terminal.
func NewProgress(w io.Writer) *Progress {
	return &Progress{Writer: w, Quiet: !Terminal(w), shown: time.Now()}
}

// Terminal reports whether w is a terminal.
func Terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	null, _ := os.Stat(os.DevNull) // a character device, too
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && !os.SameFile(info, null)
}

// Did counts n things that were done, or are now. What is done in an instant is not shown.
func (p *Progress) Did(what string, n int) {
	const instant = 200 * time.Millisecond
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if what != p.what {
		p.what, p.done, p.begun = what, 0, now
	}
	p.done += n
	if p.Quiet || now.Sub(p.shown) < instant {
		return
	}
	text := fmt.Sprintf("%s: %d", what, p.done)
	if took := now.Sub(p.begun); took > 0 {
		text += fmt.Sprintf(" (%.0f/s)", float64(p.done)/took.Seconds())
	}
	_, err := io.WriteString(p.Writer, clearLine+text)
	p.shown, p.line = now, err == nil
}

const clearLine = "\r\x1b[K"

// Write writes text in place of the line.
func (p *Progress) Write(text []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.line {
		p.line = false
		_, _ = io.WriteString(p.Writer, clearLine)
	}
	return p.Writer.Write(text)
}
