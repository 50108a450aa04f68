package flink

import (
	"math"
	"math/rand/v2"
	"testing"

	"gotest.tools/v3/assert"
)

// Both ways to a share give the same, where the quick one gives anything.
func TestShare(t *testing.T) {
	for _, c := range []struct {
		bytes  int64
		factor float64
		quick  bool // the usual fractions are
		why    string
	}{
		{1 << 30, 0.1, true, "a double"},
		{1 << 30, float64(float32(0.1)), true, "a float that Flink widens"},
		{1<<31 - 1, float64(float32(0.4)), true, "all digits of one"},
		{1 << 30, 0.1 / (1 - 0.1), true, "an inverse"},
		{math.MaxInt64, 1, true, "everything"},
		{math.MaxInt64, 1.5, false, "more than 64 bits"},
		{1 << 30, 0, true, "nothing"},
		{0, 0.5, true, "of nothing"},
		{1 << 30, 1e-300, false, "hundreds of digits"},
		{1, 1e19, false, "a factor beyond 64 bits"},
		{-1, 0.5, false, "less than nothing"},
		{1, math.NaN(), false, "no number"},
		{1, math.Inf(1), false, "no number"},
	} {
		_, quick := shareInWords(c.bytes, c.factor)
		assert.Equal(t, quick, c.quick, c.why)
	}
	rng := rand.New(rand.NewPCG(1, 1))
	quick := 0
	for range 100_000 {
		bytes, factor := rng.Int64()>>rng.IntN(63), rng.Float64()
		switch rng.IntN(4) {
		case 0:
			factor = float64(float32(factor))
		case 1:
			factor /= 1 - factor
		case 2:
			factor = float64(rng.IntN(1000)) / 1000
		}
		got, ok := shareInWords(bytes, factor)
		want, possible := shareInBig(bytes, factor)
		if ok {
			quick++
			assert.Assert(t, possible && got == want, "%d of %v: %d, not %d", bytes, factor, got, want)
		}
	}
	assert.Assert(t, quick > 50_000, "%d were quick", quick)
}
