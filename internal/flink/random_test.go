package flink_test

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// seeded returns a random source that is the same in every run, and prints its
// seed for whoever changes it.
func seeded(t testing.TB) *rand.Rand {
	const seed = 20260513
	t.Logf("seed %d", seed)
	return rand.New(rand.NewPCG(seed, 1))
}

func pick[T any](r *rand.Rand, values ...T) T { return values[r.IntN(len(values))] }

// awkward are the pieces that configuration formats, shells and property files
// stumble over.
var awkward = []string{
	"a", "b", "1", "x.y", ".", "-", "_", "/", ":", ": ", "=", "#", " #", " ", "\t", "\n", "\r", "\f", "'", `"`, `\`,
	"{", "}", "[", "]",
	",", "&", "*", "!", "|", ">", "%", "@", "`", "?", "~", "<<", "---", "...", "null", "true", "no", "0x1F", "1e3",
	"1_000", "12:30",
	"é", "日本", "😀", "\x00", "\x07", "\x1b", "\x7f", "\u0085", "\u00a0", "\u00ad", "\u2028", "\ufeff", "\ufffd",
	"\ufffe", "\U000e0001",
	"${X}", "$(X)", `\u0041`, "\xff", "\xed\xa0\x80",
}

func randomText(r *rand.Rand, most int) string {
	var b strings.Builder
	for range r.IntN(most + 1) {
		b.WriteString(pick(r, awkward...))
	}
	return b.String()
}
