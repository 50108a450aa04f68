package hostile_test

import (
	"bytes"
	"runtime/debug"
	"testing"
	"time"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/hostile"
)

// The figure that the package documentation gives. It is of all that is allocated,
// garbage included, which bounds the heap whatever the collector does. Each text is
// as long as a document may be, or has as many signs.
func TestMemoryIsBounded(t *testing.T) {
	if hostile.RaceDetector() {
		t.Skip("it is the memory of the plain build that is bounded")
	}
	defer debug.SetGCPercent(debug.SetGCPercent(800)) // which makes it quicker, and the figure no other
	check := func(name string, text []byte) {
		start := time.Now()
		used := hostile.Allocated(func() { _, _ = deployment.ParseAll("f", text) })
		if used > hostile.Worth {
			t.Errorf("%s: %d bytes allocate %d MiB", name, len(text), used>>20)
		}
		t.Logf("%s: %d bytes, %d MiB, %v", name, len(text), used>>20, time.Since(start))
	}
	check("10 MiB", make([]byte, 10<<20))
	check("10 MiB in quotes", hostile.Long())
	for _, text := range hostile.Texts() {
		check(text[0], []byte(text[1]))
	}
	for _, g := range hostile.Growings() {
		if g.Name != "documents" { // each counts by itself
			check(g.Name, longest(g))
		}
	}
}

// longest returns a text that is nearly as long as a document may be.
func longest(g hostile.Growing) []byte {
	const maxBytes, maxSigns = 1 << 20, 200_000
	for n := min(maxSigns, 110*maxBytes/len(g.Text(100))); ; { // or the first would be 20 MiB
		text := g.Text(n)
		signs := 0
		for _, s := range []string{",", ":", "?", "[", "{", "*", "&", "- ", "-\n", "#"} {
			signs += bytes.Count(text, []byte(s))
		}
		if len(text) <= maxBytes && signs <= maxSigns {
			return text
		}
		n = min(n*99/100, n*maxBytes/len(text), n*maxSigns/max(signs, 1))
	}
}
