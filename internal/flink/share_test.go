package flink

import (
	"math"
	"testing"

	"gotest.tools/v3/assert"
)

func TestShare(t *testing.T) {
	for _, c := range []struct {
		bytes  int64
		factor float64
		want   int64
		ok     bool
		why    string
	}{
		{1 << 30, 0.1, 107374182, true, "a double"},
		{1 << 30, float64(float32(0.1)), 107374184, true, "a float that Flink widens"},
		{1000, 0.29, 290, true, "exact, where floats give 289.99"},
		{math.MaxInt64, 1, math.MaxInt64, true, "everything"},
		{1 << 30, 0, 0, true, "nothing"},
		{1 << 30, 1e-300, 0, true, "hundreds of digits"},
		{1, math.NaN(), 0, false, "no number"},
		{1, math.Inf(1), 0, false, "no number"},
	} {
		got, ok := share(c.bytes, c.factor)
		assert.Assert(t, ok == c.ok && got == c.want, "%s: %d", c.why, got)
	}
	_, ok := share(math.MaxInt64, 1.5)
	assert.Assert(t, !ok, "more than 64 bits")
}
