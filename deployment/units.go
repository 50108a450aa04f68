package deployment

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"

	"github.com/flinktarget/flinktarget/internal/lazyregexp"
)

// units are powers of ten in VVP ("Resources (CPU, Memory)"), while Flink's are
// powers of two.
var units = map[string]int64{"": 1, "k": 1e3, "m": 1e6, "g": 1e9}

// Bytes returns a memory size in VVP's notation, such as "1.5g", "500M" or
// "1073741824", in bytes. Units are powers of ten, in any case. A fraction of a
// byte is dropped. Kubernetes' notation (1Gi) is an error.
func Bytes(memory string) (int64, error) {
	number := strings.TrimRight(memory, "kKmMgG")
	unit := strings.ToLower(memory[len(number):])
	if last := len(number) - 1; last >= 0 && strings.IndexByte(" \t\n\f\r", number[last]) >= 0 {
		number = number[:last]
	}
	whole, fraction, dot := strings.Cut(number, ".")
	factor, ok := units[unit]
	if !ok || !(areDigits(whole) || dot && whole == "") || dot && !areDigits(fraction) {
		hint := "must be a number with an optional unit k, m or g, such as 2g"
		if strings.HasSuffix(memory, "i") || strings.HasSuffix(memory, "iB") {
			hint = "VVP has no binary units; write the bytes, or k, m or g for powers of ten"
		}
		return 0, fmt.Errorf("not a memory size: %s", hint)
	}
	if n, err := strconv.ParseInt(number, 10, 64); err == nil && n <= math.MaxInt64/factor {
		return n * factor, nil // most sizes
	}
	bytes, _ := new(big.Rat).SetString(number)
	bytes.Mul(bytes, new(big.Rat).SetInt64(factor))
	n := new(big.Int).Quo(bytes.Num(), bytes.Denom())
	if !n.IsInt64() {
		return 0, fmt.Errorf("not a memory size: more than 64 bits can count")
	}
	return n.Int64(), nil
}

// areDigits bounds them too, and what is made of them.
func areDigits(s string) bool { return s != "" && len(s) <= 18 && strings.Trim(s, "0123456789") == "" }

// cores are numbers as JSON has them, within bounds.
var cores = lazyregexp.New(`^-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,18})?(?:[eE][-+]?[0-9]{1,2})?$`)

// Millicores returns a number of CPU cores in thousandths of a core, which is as
// fine as Kubernetes counts. Finer fractions are an error.
func Millicores(cpu string) (int64, error) {
	if areDigits(cpu) && (cpu[0] != '0' || cpu == "0") {
		if n, _ := strconv.ParseInt(cpu, 10, 64); n <= math.MaxInt64/1000 {
			return 1000 * n, nil // most numbers
		}
	}
	if !cores().MatchString(cpu) {
		hint := "must be a decimal number, such as 0.5"
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
