package compare_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/compare"
)

// The lines are those of both texts, in their order, and as few as possible are not
// lines of both.
func TestLines(t *testing.T) {
	r := rand.New(rand.NewPCG(10, 3))
	text := func() []string {
		out := make([]string, r.IntN(9))
		for i := range out {
			out[i] = string(rune('a' + r.IntN(4)))
		}
		return out
	}
	for range 2000 {
		old, new := text(), text()
		var was, is []string
		same := 0
		for _, l := range compare.Lines(old, new) {
			if l.Sign != '+' {
				was = append(was, l.Text)
			}
			if l.Sign != '-' {
				is = append(is, l.Text)
			}
			if l.Sign == ' ' {
				same++
			}
		}
		assert.Assert(t, slices.Equal(was, old) && slices.Equal(is, new), "%v %v", old, new)
		assert.Equal(t, same, longest(old, new), "%v %v", old, new)
	}
	large := make([]string, 3000)
	assert.Equal(t, len(compare.Lines(append([]string{"a"}, large...), append([]string{"b"}, append(large, "c")...))), 6003)
}

// longest is the length of a longest common subsequence, by its definition.
func longest(a, b []string) int {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	if a[0] == b[0] {
		return 1 + longest(a[1:], b[1:])
	}
	return max(longest(a[1:], b), longest(a, b[1:]))
}
