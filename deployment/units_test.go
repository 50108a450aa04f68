package deployment

import (
	"fmt"
	"math/big"
	"testing"

	"gotest.tools/v3/assert"
)

// Whole numbers are read without big.Rat, and have to give what that gives.
func TestWholeNumbers(t *testing.T) {
	numbers := []string{
		"0",
		"1",
		"7",
		"10",
		"999",
		"1024",
		"9223372036",
		"9223372037",
		"9223372036854775",
		"999999999999999999",
	}
	exact := func(number string, factor int64) (int64, bool) {
		r, _ := new(big.Rat).SetString(number)
		r.Mul(r, new(big.Rat).SetInt64(factor))
		return r.Num().Int64(), r.Num().IsInt64()
	}
	for _, n := range numbers {
		for unit, factor := range map[string]int64{"": 1, "k": 1e3, "K": 1e3, "m": 1e6, "g": 1e9, "G": 1e9, " g": 1e9} {
			got, err := Bytes(n + unit)
			want, ok := exact(n, factor)
			assert.Equal(t, err == nil, ok, "%s%s: %v", n, unit, err)
			assert.Assert(t, err != nil || got == want, "%s%s: %d", n, unit, got)
		}
		got, err := Millicores(n)
		want, ok := exact(n, 1000)
		assert.Equal(t, err == nil, ok, "%s: %v", n, err)
		assert.Assert(t, err != nil || got == want, "%s: %d", n, got)
	}
	for reason, text := range map[string]string{
		"no digits": "g", "empty": "", "19 digits": "1000000000000000000", "another unit": "1t",
		"two units": "1kK", "binary unit": "1Gi", "two blanks": "1  g", "a sign": "-1",
		"hexadecimal": "0x1", "a blank at the end": "1 g ", "the Kelvin sign": "1\u212a",
	} {
		_, err := Bytes(text)
		assert.Assert(t, err != nil, fmt.Sprint(reason))
	}
	for reason, text := range map[string]string{
		"leading zeros are octal to some": "01", "millicores": "500m", "a sign": "+1",
		"a blank": "1 ", "empty": "", "another exponent": "1d2",
	} {
		_, err := Millicores(text)
		assert.Assert(t, err != nil, reason)
	}
}
