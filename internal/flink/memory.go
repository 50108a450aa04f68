package flink

import (
	"fmt"
	"math"
	"math/big"
	"math/bits"
	"strconv"
	"strings"
)

const mib = 1 << 20

// A MemorySyntaxError reports text that is not a Flink memory size.
type MemorySyntaxError struct {
	Text   string
	Reason string
}

func (e *MemorySyntaxError) Error() string {
	return fmt.Sprintf("%q is not a Flink memory size: %s", e.Text, e.Reason)
}

// ParseMemory reads a memory size in Flink's own syntax, in bytes: digits, then
// an optional unit in any case, white space around both. Units are powers of
// two: b, k, m, g, t and their long forms (org.apache.flink.configuration.
// MemorySize). No unit means bytes. The error is a *MemorySyntaxError.
func ParseMemory(s string) (int64, error) {
	fail := func(reason string) (int64, error) { return 0, &MemorySyntaxError{Text: s, Reason: reason} }
	text := strings.TrimFunc(s, javaBlank)
	end := 0
	for end < len(text) && text[end] >= '0' && text[end] <= '9' {
		end++
	}
	if end == 0 {
		return fail("it does not start with a digit")
	}
	shift, ok := memoryShift(strings.ToLower(strings.TrimFunc(text[end:], javaBlank)))
	if !ok {
		return fail("the unit is none of b, k, m, g, t, kb, mb, gb, tb, bytes, kibibytes, mebibytes, gibibytes, " +
			"tebibytes")
	}
	n, err := strconv.ParseInt(text[:end], 10, 64)
	if err != nil || n > math.MaxInt64>>shift {
		return fail("it is larger than 64 bits can hold")
	}
	return n << shift, nil
}

func memoryShift(unit string) (shift uint, ok bool) {
	switch unit {
	case "", "b", "bytes":
		return 0, true
	case "k", "kb", "kibibytes":
		return 10, true
	case "m", "mb", "mebibytes":
		return 20, true
	case "g", "gb", "gibibytes":
		return 30, true
	case "t", "tb", "tebibytes":
		return 40, true
	}
	return 0, false
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
	if product, ok = shareInWords(bytes, factor); ok {
		return product, true
	}
	return shareInBig(bytes, factor)
}

// shareInWords is share where all digits of the factor fit into a word, as nearly
// always.
func shareInWords(bytes int64, factor float64) (product int64, ok bool) {
	var buffer [32]byte
	text := strconv.AppendFloat(buffer[:0], factor, 'f', -1, 64)
	const digitsOfWord = 19
	var digits, power uint64 = 0, 1 // the factor is digits / power
	point := false
	for i, c := range text {
		switch {
		case c == '.':
			point = true
			continue
		case c < '0' || c > '9' || i >= digitsOfWord:
			return 0, false
		}
		digits = 10*digits + uint64(c-'0')
		if point {
			power *= 10
		}
	}
	if bytes < 0 {
		return 0, false
	}
	high, low := bits.Mul64(uint64(bytes), digits)
	if high >= power {
		return 0, false
	}
	quotient, _ := bits.Div64(high, low, power)
	return int64(quotient), quotient <= math.MaxInt64
}

func shareInBig(bytes int64, factor float64) (product int64, ok bool) {
	f, ok := new(big.Rat).SetString(strconv.FormatFloat(factor, 'g', -1, 64))
	if !ok {
		return 0, false
	}
	f.Mul(f, new(big.Rat).SetInt64(bytes))
	q := new(big.Int).Quo(f.Num(), f.Denom())
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
