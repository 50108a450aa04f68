package deployment

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode"

	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/flinktarget/flinktarget/internal/flink"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/lazyregexp"
	"github.com/flinktarget/flinktarget/internal/schema"
)

// A format is a rule for texts that tags of fields name.
type format struct {
	rule  string
	check func(string) []string // returns what is wrong with a text that is not empty
}

const clusterName = "cluster-name"

var formats = map[string]format{
	"uuid": {"uuid",
		unless(kinds.ValidID, "must be a UUID in lower case, such as 5dea5d9d-8f2c-4f4e-9f1e-3a8b4a4a4b58")},
	// Names: VVP, REST API, resource names. VVP before 2.4 allows any text.
	"target-name": {"name",
		unless(kinds.ValidTargetName, "must consist of 1 to 250 characters 0-9, a-z, A-Z, '-' and '_'")},
	clusterName: {"name", unless(func(s string) bool { return len(validation.IsDNS1123Label(s)) == 0 },
		"must consist of at most 63 characters a-z, 0-9 and '-', and must not start or end with '-'")},
	"free-name": {"name",
		unless(isFreeName, fmt.Sprintf("must have at most %d bytes and no control characters", maxFreeName))},
	"label-value": {"name", validation.IsValidLabelValue},
	"duration": {"duration",
		matching(schema.Patterns["duration"], "must be a number or a duration, such as 0 or 10m")},
	"cores":  {"quantity", func(s string) []string { _, err := Millicores(s); return messages(err) }},
	"memory": {"quantity", func(s string) []string { _, err := Bytes(s); return messages(err) }},
	"uri":    {"uri", checkURI},
	"class": {"class", unless(func(s string) bool { return isDotted(s, "_$") },
		"must be the full name of a class, such as com.example.Main")},
	"module": {"class", unless(func(s string) bool { return isDotted(s, "_") },
		"must be the name of a Python module, such as package.main")},
	"engine": {"flink-version", unless(func(s string) bool { return flink.OfEngine(s) != "" },
		"not known: must be vera-VERSION-flink-VERSION, such as vera-4.1-flink-1.20, with Flink "+
			strings.Join(flink.Supported(), ", "))},
	// The parts of an image's name, as container runtimes read it.
	"image-registry": {"image", matching(`^[a-zA-Z0-9][a-zA-Z0-9.-]*(?::[0-9]{1,5})?(?:/[a-z0-9._/-]*)?$`,
		"must be a host with an optional port and path, such as registry.example.com:5000/v2.12")},
	"image-repository": {"image",
		matching(`^[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*$`,
			"must be a repository in lower case, such as team/flink")},
	"image-tag": {"image", unless(isImageTag,
		"must have at most 128 letters, digits, '-', '_' and '.', such as 1.20.0-java11")},
}

const maxFreeName = 250

// Bounds of lengths, and classes of Unicode, are not in the expressions: with them it
// takes a millisecond to compile one, a tenth of a process that renders one file.
var imageTag = lazyregexp.New(`^[A-Za-z0-9_][A-Za-z0-9_.-]*(?:@sha256:[0-9a-f]{64})?$`)

func isImageTag(s string) bool {
	tag, _, _ := strings.Cut(s, "@")
	return len(tag) <= 128 && imageTag().MatchString(s)
}

// isDotted reports whether s is made of names with dots between them: letters, signs,
// and numbers that do not come first.
func isDotted(s, signs string) bool {
	for name := range strings.SplitSeq(s, ".") {
		for i, r := range name {
			if !unicode.IsLetter(r) && !strings.ContainsRune(signs, r) && (i == 0 || !unicode.IsNumber(r)) {
				return false
			}
		}
		if name == "" {
			return false
		}
	}
	return true
}

func isFreeName(s string) bool {
	return len(s) <= maxFreeName && !strings.ContainsFunc(s, unicode.IsControl)
}

func unless(legal func(string) bool, message string) func(string) []string {
	return func(s string) []string {
		if legal(s) {
			return nil
		}
		return []string{message}
	}
}

func matching(expression, message string) func(string) []string {
	re := lazyregexp.New(expression)
	return unless(func(s string) bool { return re().MatchString(s) }, message)
}

func messages(err error) []string {
	if err == nil {
		return nil
	}
	return []string{err.Error()}
}

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
