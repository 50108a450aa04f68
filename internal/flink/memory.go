package flink

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
)

const mib = 1 << 20

// memoryUnits are the units of sizes (org.apache.flink.configuration.MemorySize), as
// powers of two.
var memoryUnits = map[string]uint{
	"": 0, "b": 0, "bytes": 0,
	"k": 10, "kb": 10, "kibibytes": 10,
	"m": 20, "mb": 20, "mebibytes": 20,
	"g": 30, "gb": 30, "gibibytes": 30,
	"t": 40, "tb": 40, "tebibytes": 40,
}

// ParseMemory reads a memory size in Flink's own syntax, in bytes: digits, then
// an optional unit in any case, white space around both. No unit means bytes.
func ParseMemory(s string) (int64, error) {
	text := strings.TrimFunc(s, javaBlank)
	unit := strings.TrimLeft(text, "0123456789")
	digits := strings.TrimSuffix(text, unit)
	shift, known := memoryUnits[strings.ToLower(strings.TrimFunc(unit, javaBlank))]
	n, err := strconv.ParseInt(digits, 10, 64)
	reason := ""
	switch {
	case digits == "":
		reason = "it does not start with a digit"
	case !known:
		reason = "the unit is none of b, k, m, g, t, kb, mb, gb, tb, bytes, kibibytes, mebibytes, gibibytes, tebibytes"
	case err != nil || n > math.MaxInt64>>shift:
		reason = "it is larger than 64 bits can hold"
	default:
		return n << shift, nil
	}
	return 0, fmt.Errorf("%q is not a Flink memory size: %s", s, reason)
}

// javaBlank is what Java's String.trim removes.
func javaBlank(r rune) bool { return r <= ' ' }

// MemoryValue writes bytes as a Flink memory size, rounded down to MiB: "953m".
func MemoryValue(bytes int64) string { return strconv.FormatInt(bytes/mib, 10) + "m" }

// FormatMiB writes bytes for people: "982 MiB", "953.7 MiB" (rounded down, so
// that a size just below a limit does not look like the limit).
func FormatMiB(bytes int64) string {
	whole, tenth := bytes/mib, bytes%mib*10/mib
	if bytes%mib == 0 {
		return fmt.Sprintf("%d MiB", whole)
	}
	return fmt.Sprintf("%d.%d MiB", whole, tenth)
}

// share is MemorySize.multiply: the exact product of bytes and the shortest
// decimal form of factor (BigDecimal.valueOf), rounded down. ok is false when
// the product does not fit.
func share(bytes int64, factor float64) (product int64, ok bool) {
	whole, fraction, _ := strings.Cut(strconv.FormatFloat(factor, 'f', -1, 64), ".")
	digits, ok := new(big.Int).SetString(whole+fraction, 10)
	if !ok {
		return 0, false
	}
	power := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(len(fraction))), nil)
	q := digits.Quo(digits.Mul(digits, big.NewInt(bytes)), power)
	return q.Int64(), q.IsInt64()
}

// parseFraction reads a fraction as Flink does: as a 32-bit float, then widened.
func parseFraction(s string) (float64, bool) {
	text := strings.TrimFunc(s, javaBlank)
	if text == "" || strings.Trim(text, "0123456789.eE+-") != "" {
		return 0, false
	}
	f, err := strconv.ParseFloat(text, 32)
	return float64(float32(f)), err == nil
}
