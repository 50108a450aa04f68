package yamldoc_test

import (
	"runtime"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/hostile"
	"github.com/flinktarget/flinktarget/internal/yamldoc"
)

func allocated(f func()) int {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int(after.TotalAlloc - before.TotalAlloc)
}

// Whatever is read costs what was estimated, or less.
func TestCostIsAnUpperBound(t *testing.T) {
	if hostile.RaceDetector() {
		t.Skip("it is the memory of the plain build that is estimated")
	}
	read := 0
	check := func(name string, text []byte) {
		docs, problems := yamldoc.Parse("f", text, yamldoc.DefaultLimits)
		if len(docs) != 1 || len(problems) > 0 {
			return // problems, and what lies in other documents, are not in the estimate
		}
		used := allocated(func() { yamldoc.Parse("f", text, yamldoc.DefaultLimits) })
		copied := strings.Count(string(text), "*") * 60_000 // aliases are counted when they are expanded
		if estimate := yamldoc.Cost(text) + copied; used > estimate {
			t.Errorf("%s: %d bytes cost %d, more than the estimate of %d", name, len(text), used, estimate)
		}
		if left := docs[0].Root.Room(); used > yamldoc.Room(len(text))-left {
			t.Errorf("%s: %d bytes cost %d, and %d of %d are said to be left", name, len(text), used, left, yamldoc.Room(len(text)))
		}
		read++
	}
	for name, text := range hostile.Texts() {
		check(name, text)
	}
	for _, g := range hostile.Growings() {
		for _, n := range []int{1, 30, 300, 1000, 3000, 10_000} {
			check(g.Name, g.Text(n))
		}
	}
	assert.Assert(t, read > 100, "%d texts were legal", read)
}

// What only looks like structure does not count as such.
func TestCostOfText(t *testing.T) {
	list := "[a, b, {c: d}], "
	for reason, c := range map[string]struct {
		text  string
		plain bool
	}{
		"a block scalar":                       {"a: |\n" + strings.Repeat("  "+list+"\n", 100), true},
		"a block scalar in a list":             {"- >-\n" + strings.Repeat("    "+list+"\n", 100), true},
		"a block scalar with blank lines":      {"a: |+\n\n" + strings.Repeat("  "+list+"\n\n", 100), true},
		"a quoted scalar":                      {"a: \"" + strings.Repeat(list, 100) + "\"", true},
		"a quoted scalar with quotes":          {"a: 'it''s " + strings.Repeat(list, 100) + "'", true},
		"a quoted scalar in flow":              {"{\"a\":\"" + strings.Repeat(list, 100) + "\"}", true},
		"a comment line":                       {"# " + strings.Repeat(list, 100) + "\na: b", true},
		"structure":                            {"[" + strings.Repeat(list, 100) + "]", false},
		"structure behind an empty block":      {"a: |\nb: [" + strings.Repeat(list, 100) + "]", false},
		"structure behind blank lines":         {"a: |\n          \n b: [" + strings.Repeat(list, 100) + "]", false},
		"structure behind a quote in a text":   {"[a\n \"b, " + strings.Repeat(list, 100) + "\n\"]", false},
		"structure behind a quote over lines":  {"[\"x\n # \", " + strings.Repeat(list, 100) + "]", false},
		"structure behind another line end":    {"# a\u2028b: [" + strings.Repeat(list, 100) + "]", false},
		"structure behind a bracket in quotes": {"[\"x\n ]\n b: |\n   \", " + strings.Repeat(list, 100) + "]", false},
		"structure behind a comment in flow":   {"[a, # ]\n b: |\n   , " + strings.Repeat(list, 100) + "]", false},
		"structure in a list in a plain text":  {"[a\n - \"b, " + strings.Repeat(list, 100) + "\"]", false},
	} {
		values := yamldoc.Cost([]byte(c.text)) - 10*len(c.text)
		assert.Equal(t, values < 150_000, c.plain, "%s: %d", reason, values)
	}
}
