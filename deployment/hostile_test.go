package deployment_test

import (
	"runtime"
	"testing"
	"time"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/hostile"
)

// allocated returns how many bytes f allocates. Nothing else may run.
func allocated(f func()) int {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int(after.TotalAlloc - before.TotalAlloc)
}

// worth is what a parser may allocate for a text.
func worth(text []byte) int { return 50*len(text) + 1<<20 }

func TestMemoryIsBounded(t *testing.T) {
	if hostile.RaceDetector() {
		t.Skip("it is the memory of the plain build that is bounded")
	}
	parsers := map[string]func([]byte){
		"Deployment":     func(text []byte) { _, _ = deployment.Parse("f", text) },
		"SessionCluster": func(text []byte) { _, _ = deployment.ParseSessionCluster("f", text) },
	}
	check := func(name string, text []byte) {
		for kind, parse := range parsers {
			start := time.Now()
			used := allocated(func() { parse(text) })
			if used > worth(text) {
				t.Errorf("%s: %d bytes read as a %s allocate %d, more than %d", name, len(text), kind, used, worth(text))
			}
			if d := time.Since(start); d > 300*time.Millisecond {
				t.Logf("%s: %d bytes took %v", name, len(text), d)
			}
		}
	}
	check("nothing", nil) // what is allocated once is no text's fault
	check("10 MiB", make([]byte, 10<<20))
	check("10 MiB in quotes", hostile.Long())
	for name, text := range hostile.Texts() {
		check(name, text)
	}
	for _, g := range hostile.Growings() {
		for _, n := range []int{30, 300, 1000, 3000, 10_000, 100_000, 250_000} {
			if text := g.Text(n); len(text) <= 1<<20 {
				check(g.Name, text)
			}
		}
	}
}
