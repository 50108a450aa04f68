package yaml_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/yaml"
)

// described makes documents comparable.
func described(docs []yaml.Document, problems []yaml.Problem) []string {
	var out []string
	for _, d := range docs {
		line := d.Start.String()
		if d.Root != nil {
			line += fmt.Sprint(" ", d.Root.Pos, d.Root.Value())
		}
		out = append(out, line)
	}
	for _, p := range problems {
		out = append(out, p.Pos.String())
	}
	return out
}

// Read finds in a stream what Parse finds in a text.
func TestReadIsParse(t *testing.T) {
	pieces := []string{"---\n", "--- ", "...\n", "a: b\n", "# c\n", "c: |\n", "  ---\n", "\n", "\r\n", "d: [\n", "- e\n", "\ufeff", "---x: y\n", strings.Repeat("z", 70_000) + ": w\n", "---"}
	r := rand.New(rand.NewPCG(7, 7))
	for i := range 2000 {
		var b strings.Builder
		for range r.IntN(12) {
			b.WriteString(pieces[r.IntN(len(pieces))])
		}
		text := b.String()
		docs, problems := yaml.Parse("f", []byte(text), yaml.DefaultLimits)
		var readDocs []yaml.Document
		var readProblems []yaml.Problem
		err := yaml.Read("f", iotest.HalfReader(strings.NewReader(text)), yaml.DefaultLimits, func(d yaml.Document, p []yaml.Problem) bool {
			readDocs, readProblems = append(readDocs, d), append(readProblems, p...)
			return true
		})
		assert.NilError(t, err)
		assert.DeepEqual(t, described(readDocs, readProblems), described(docs, problems))
		_ = i
	}
}

func TestReadStops(t *testing.T) {
	n := 0
	err := yaml.Read("f", strings.NewReader("a: 1\n---\nb: 2\n---\nc: 3\n"), yaml.DefaultLimits, func(yaml.Document, []yaml.Problem) bool {
		n++
		return n < 2
	})
	assert.NilError(t, err)
	assert.Equal(t, n, 2)
}

func TestReadReportsErrors(t *testing.T) {
	broken := errors.New("broken")
	err := yaml.Read("f", iotest.ErrReader(broken), yaml.DefaultLimits, func(yaml.Document, []yaml.Problem) bool { return true })
	assert.Assert(t, errors.Is(err, broken))
}

// A document that is too long costs no more memory than one that is not, and the
// next one is read.
func TestReadSkipsWhatIsTooLong(t *testing.T) {
	text := "a: " + strings.Repeat("x", 500) + "\n" + strings.Repeat("- y\n", 100) + "---\nb: c\n"
	var lines []string
	err := yaml.Read("f", strings.NewReader(text), yaml.Limits{Bytes: 100, Nesting: 10, Values: 10, Signs: 10}, func(d yaml.Document, p []yaml.Problem) bool {
		lines = append(lines, fmt.Sprint(d.Start.Line, d.Root != nil, len(p)))
		return true
	})
	assert.NilError(t, err)
	assert.DeepEqual(t, lines, []string{"1 false 1", "102 true 0"})
}
