package deployment

import (
	"fmt"
	"math"
	"math/big"
	"regexp"
	"strings"
)

// memoryPattern is VVP's rule: a decimal number with an optional unit.
var memoryPattern = regexp.MustCompile(`^([0-9]{1,18}(?:\.[0-9]{1,18})?|\.[0-9]{1,18})\s?([kKmMgG]?)$`)

// coresPattern is JSON's rule for numbers, bounded.
var coresPattern = regexp.MustCompile(`^-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,18})?(?:[eE][-+]?[0-9]{1,2})?$`)

// units are powers of ten in VVP ("Resources (CPU, Memory)"), while Flink's are
// powers of two.
var units = map[string]int64{"": 1, "k": 1e3, "m": 1e6, "g": 1e9}

// Bytes returns a memory size in VVP's notation, such as "1.5g", "500M" or
// "1073741824", in bytes. Units are powers of ten, in any case. A fraction of a
// byte is dropped. Kubernetes' notation (1Gi) is an error.
func Bytes(memory string) (int64, error) {
	if whole, unit, ok := wholeNumber(memory); ok {
		if size, ok := units[strings.ToLower(unit)]; ok && whole <= math.MaxInt64/size {
			return whole * size, nil
		}
	}
	m := memoryPattern.FindStringSubmatch(memory)
	if m == nil {
		hint := "a number with an optional unit k, m or g is wanted, such as 2g"
		if strings.HasSuffix(memory, "i") || strings.HasSuffix(memory, "iB") {
			hint = "VVP has no binary units; write the bytes, or k, m or g for powers of ten"
		}
		return 0, fmt.Errorf("not a memory size: %s", hint)
	}
	bytes, _ := new(big.Rat).SetString(m[1])
	bytes.Mul(bytes, new(big.Rat).SetInt64(units[strings.ToLower(m[2])]))
	whole := new(big.Int).Quo(bytes.Num(), bytes.Denom())
	if !whole.IsInt64() {
		return 0, fmt.Errorf("not a memory size: more than 64 bits can count")
	}
	return whole.Int64(), nil
}

// wholeNumber cuts a number of at most 18 digits off the beginning of a text. Most
// sizes are one with a unit, and need no more arithmetic than that.
func wholeNumber(s string) (n int64, rest string, ok bool) {
	i := 0
	for ; i < len(s) && i < 18 && s[i] >= '0' && s[i] <= '9'; i++ {
		n = 10*n + int64(s[i]-'0')
	}
	return n, s[i:], i > 0
}

// Millicores returns a number of CPU cores in thousandths of a core, which is as
// fine as Kubernetes counts. Finer fractions are an error.
func Millicores(cpu string) (int64, error) {
	if whole, rest, ok := wholeNumber(cpu); ok && rest == "" && whole < 1e12 && (cpu[0] != '0' || len(cpu) == 1) {
		return 1000 * whole, nil
	}
	if !coresPattern.MatchString(cpu) {
		hint := "a decimal number is wanted, such as 0.5"
		if strings.HasSuffix(cpu, "m") {
			hint = "VVP has no millicores; write 0.5 for 500m"
		}
		return 0, fmt.Errorf("not a number of cores: %s", hint)
	}
	cores, _ := new(big.Rat).SetString(cpu)
	cores.Mul(cores, big.NewRat(1000, 1))
	if !cores.IsInt() {
		return 0, fmt.Errorf("Kubernetes counts CPU in thousandths of a core; write at most three decimals")
	}
	if cores.Sign() < 0 || !cores.Num().IsInt64() {
		return 0, fmt.Errorf("not a number of cores: it is negative or too large")
	}
	return cores.Num().Int64(), nil
}
