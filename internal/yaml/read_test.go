package yaml_test

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/yaml"
)

// documents describes the documents of a stream: where they begin, and what they hold.
func documents(t *testing.T, r io.Reader) []string {
	t.Helper()
	out := []string{}
	for doc, err := range yaml.Documents("f", r) {
		assert.NilError(t, err)
		line := doc.Position().String()
		root, problems := doc.Read()
		if root != nil {
			line += fmt.Sprint(" ", root.Pos.Line, ":", root.Pos.Column, " ", root.Value())
		}
		for _, p := range problems {
			line += fmt.Sprint(" ", p.Pos, "!")
		}
		out = append(out, line)
	}
	return out
}

func TestDocuments(t *testing.T) {
	long := strings.Repeat("z", 70_000)
	for _, c := range []struct {
		reason, text string
		want         []string
	}{
		{"nothing", "", []string{}},
		{"blanks and comments", "---\n# a\n\n--- # b\n...\n \t\r\n", []string{}},
		{"a comment that is not legal", "# \xff\n---\na\n", []string{"f:1:1 f:1:3!", "f:2:1 3:1 a"}},
		{"markers", "a\n---\nb\n...\nc\n", []string{"f:1:1 1:1 a", "f:2:1 3:1 b", "f:5:1 5:1 c"}},
		{"what stands behind one", "--- a\n---  b\n... # c\nd\n... e",
			[]string{"f:1:1 1:5 a", "f:2:1 2:6 b", "f:4:1 4:1 d", "f:5:1 5:5 e"}},
		{"Windows line ends", "a\r\n---\r\nb\r\n...\r\n", []string{"f:1:1 1:1 a", "f:2:1 3:1 b"}},
		{"no line end", "a\n---", []string{"f:1:1 1:1 a"}},
		{"no markers", "---a: b\n --- c", []string{"f:1:1 1:1 map[---a:b --- c]"}},
		{"in scalars", "a: |\n  ---\n  ...\n---\nb", []string{"f:1:1 1:1 map[a:---\n...\n]", "f:4:1 5:1 b"}},
		{"a byte order mark at the start", "\ufeffa\n---\n\ufeffb\n", []string{"f:1:1 1:1 a", "f:2:1 f:3:1!"}},
		{"a broken one hides no other", "a: [\n---\nb\n", []string{"f:1:1 f:1:1!", "f:2:1 3:1 b"}},
		{"a line that is longer than a buffer", long + "\n--- " + long + "\n...\nc",
			[]string{"f:1:1 1:1 " + long, "f:2:1 2:5 " + long, "f:4:1 4:1 c"}},
		{"one that is too long", "a: " + strings.Repeat("x", 1<<20) + "\n- y\n---\nb: c\n",
			[]string{"f:1:1 f:1:1!", "f:3:1 4:1 map[b:c]"}},
		{"blanks that are too many", strings.Repeat("\n", 1<<20+1), []string{"f:1:1 f:1:1!"}},
	} {
		assert.DeepEqual(t, documents(t, strings.NewReader(c.text)), c.want)
		assert.Equal(t, len(yaml.Split("f", []byte(c.text))), len(c.want), c.reason)
	}
}

// It makes no difference in which pieces a stream arrives.
func TestPieces(t *testing.T) {
	pieces := []string{"---\n", "--- ", "...\n", "a: b\n", "# c\n", "c: |\n", "  ---\n", "\n", "\r\n", "d: [\n", "- e\n",
		"\ufeff", "---x: y\n", strings.Repeat("z", 70_000) + ": w\n", "---"}
	r := rand.New(rand.NewPCG(7, 7))
	for range 1000 {
		var b strings.Builder
		for range r.IntN(12) {
			b.WriteString(pieces[r.IntN(len(pieces))])
		}
		whole := documents(t, strings.NewReader(b.String()))
		assert.DeepEqual(t, documents(t, iotest.HalfReader(strings.NewReader(b.String()))), whole)
		assert.DeepEqual(t, documents(t, iotest.DataErrReader(strings.NewReader(b.String()))), whole)
	}
}

func TestDocumentsStop(t *testing.T) {
	n := 0
	for range yaml.Documents("f", strings.NewReader("a: 1\n---\nb: 2\n---\nc: 3\n")) {
		if n++; n == 2 {
			break
		}
	}
	assert.Equal(t, n, 2)
	broken := errors.New("broken")
	var last error
	for _, err := range yaml.Documents("f", iotest.ErrReader(broken)) {
		last = err
	}
	assert.Assert(t, errors.Is(last, broken))
}
