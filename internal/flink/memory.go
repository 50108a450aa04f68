package flink

import (
	"fmt"
	"math"
	"math/big"
	"sort"
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

// maxMemory bounds every size that is added up, far above any machine, so that
// no sum overflows.
const maxMemory = 1 << 50

// A size is one memory option as configured or by default.
type size struct {
	key   string // the spelling in use
	bytes int64
	set   bool
}

func (s size) amount() string { return FormatMiB(s.bytes) }

// String returns the amount with its option.
func (s size) String() string { return s.amount() + " (" + s.key + ")" }

// A span is a component that is a fraction of another one, within limits
// (RangeFraction).
type span struct {
	min, max    size
	fraction    float64
	fractionKey string
}

// clamp is ProcessMemoryUtils.capToMinMax.
func (s span) clamp(bytes int64) int64 { return min(max(bytes, s.min.bytes), s.max.bytes) }

// of is ProcessMemoryUtils.deriveWithFraction.
func (s span) of(base int64) int64 {
	bytes, _ := share(base, s.fraction) // a fraction below 1 cannot overflow
	return s.clamp(bytes)
}

// ofRest is ProcessMemoryUtils.deriveWithInverseFraction: what to add to rest,
// so that it is the fraction of the sum.
func (s span) ofRest(rest int64) int64 {
	bytes, ok := share(rest, s.fraction/(1-s.fraction))
	if !ok {
		return s.max.bytes
	}
	return s.clamp(bytes)
}

// An optionReader reads memory options and collects what is wrong with them.
type optionReader struct {
	conf     map[string]string
	problems []Problem
}

func (r *optionReader) fail(key, cure, format string, args ...any) {
	r.problems = append(r.problems, Problem{Key: key, Reason: fmt.Sprintf(format, args...), Cure: cure})
}

// lookup returns the first of the spellings that is configured: the current one
// first, then the deprecated ones (ConfigOption.withDeprecatedKeys).
func (r *optionReader) lookup(keys []string) (key, value string, ok bool) {
	for _, key := range keys {
		if value, ok := r.conf[key]; ok {
			return key, value, true
		}
	}
	return keys[0], "", false
}

func (r *optionReader) size(def int64, keys ...string) size {
	key, value, ok := r.lookup(keys)
	if !ok {
		return size{key: key, bytes: def}
	}
	bytes, err := ParseMemory(value)
	if err != nil {
		r.fail(key, `write it like "512m"`, "%v", err)
		bytes = def
	}
	return size{key: key, bytes: bytes, set: true}
}

// part reads a size that is added up.
func (r *optionReader) part(def int64, keys ...string) size {
	s := r.size(def, keys...)
	if s.bytes > maxMemory {
		r.fail(s.key, "write less", "it is more memory than any machine has")
		s.bytes = maxMemory
	}
	return s
}

func (r *optionReader) fraction(def float32, keys ...string) (f float64, key string) {
	key, value, ok := r.lookup(keys)
	if !ok {
		return float64(def), key
	}
	f, ok = parseFraction(value)
	if !ok || f < 0 || f >= 1 {
		r.fail(key, "write a number from 0 to below 1", "%q is not a fraction", value)
		return float64(def), key
	}
	return f, key
}

func (r *optionReader) span(min, max size, def float32, fractionKeys ...string) span {
	if min.bytes > max.bytes {
		r.fail(min.key, "correct one of them", "the minimum of %s is more than the maximum of %s", min.amount(), max)
	}
	f, key := r.fraction(def, fractionKeys...)
	return span{min: min, max: max, fraction: f, fractionKey: key}
}

// legacyHeap is MemoryBackwardsCompatibilityUtils: option, unless it is set, is
// taken from component.heap.size or, a number of MiB, component.heap.mb. 2.0
// removed both.
func (r *optionReader) legacyHeap(v Version, option size, component string) size {
	if option.set || v.Major > 1 {
		return option
	}
	if s := r.part(0, component+".heap.size"); s.set {
		return s
	}
	key := component + ".heap.mb"
	if _, ok := r.conf[key]; !ok {
		return option
	}
	return r.count(key, mib, "write a whole number", "number of MiB")
}

// count reads a number of units, which are so many bytes.
func (r *optionReader) count(key string, unit int64, cure, what string) size {
	n, err := strconv.ParseInt(r.conf[key], 10, 32)
	if err != nil || n < 0 || n*unit > maxMemory {
		r.fail(key, cure, "%q is not a %s", r.conf[key], what)
		n = 0
	}
	return size{key: key, bytes: n * unit, set: true}
}

// A jvm is what the JVM takes beside Flink: metaspace and overhead
// (JvmMetaspaceAndOverheadOptions); the options are alike for both processes.
type jvm struct {
	process   string // key of the process size
	metaspace size
	overhead  span
}

func (r *optionReader) jvm(component string) jvm {
	prefix := component + ".memory."
	return jvm{
		process:   prefix + "process.size",
		metaspace: r.part(256*mib, prefix+"jvm-metaspace.size"),
		overhead: r.span(
			r.part(192*mib, prefix+"jvm-overhead.min"),
			r.size(1024*mib, prefix+"jvm-overhead.max"),
			0.1, prefix+"jvm-overhead.fraction"),
	}
}

// A budget is memory to be divided within Flink, and where it comes from.
type budget struct {
	bytes   int64
	key     string
	process int64 // what it is left of; zero when it was configured itself
}

func (b budget) String() string {
	if b.process == 0 {
		return FormatMiB(b.bytes) + " of Flink memory"
	}
	return fmt.Sprintf("%s of process memory, %s of them for Flink,", FormatMiB(b.process), FormatMiB(b.bytes))
}

// short makes the misfit that more process memory cures, if b is left of it.
func (b budget) short(format string, args ...any) misfit {
	return misfit{key: b.key, small: b.process != 0, reason: b.String() + " " + fmt.Sprintf(format, args...)}
}

// A misfit says why a process size does not work. The zero value means it does.
type misfit struct {
	key    string
	reason string
	small  bool // a larger process would help
}

func (m misfit) ok() bool { return m.reason == "" }

// divide returns the JVM overhead of a process whose memory of Flink parts divides, and
// returns the sum of. It is what process leaves, unless it is configured, or all parts
// are.
func (j jvm) divide(process int64, flink size, explicit bool, parts func(budget) (int64, misfit)) (int64, misfit) {
	if explicit || flink.set {
		sum, bad := parts(budget{bytes: flink.bytes, key: flink.key})
		if bad.ok() {
			return j.rest(process, sum)
		}
		return 0, bad
	}
	// deriveProcessSpecWithTotalProcessMemory
	overhead := j.overhead.of(process)
	left := budget{bytes: process - j.metaspace.bytes - overhead, key: j.process, process: process}
	if left.bytes < 0 {
		return 0, misfit{key: j.process, small: true,
			reason: fmt.Sprintf("%s of process memory do not hold JVM metaspace (%s) and JVM overhead (%s)",
				FormatMiB(process), j.metaspace.amount(), FormatMiB(overhead))}
	}
	_, bad := parts(left)
	return overhead, bad
}

// rest is the JVM overhead that process leaves when Flink's memory is fixed
// (deriveJvmOverheadFromTotalFlinkMemoryAndOtherComponents).
func (j jvm) rest(process, flink int64) (overhead int64, m misfit) {
	overhead = process - flink - j.metaspace.bytes
	if overhead >= j.overhead.min.bytes && overhead <= j.overhead.max.bytes {
		return overhead, misfit{}
	}
	if overhead < j.overhead.min.bytes {
		return 0, misfit{key: j.process, small: true,
			reason: fmt.Sprintf("%s of process memory do not hold Flink's memory (%s), JVM metaspace (%s) and at "+
				"least %s of JVM overhead (%s)", FormatMiB(process), FormatMiB(flink), j.metaspace.amount(),
				j.overhead.min.amount(), j.overhead.min.key)}
	}
	return 0, misfit{key: j.process,
		reason: fmt.Sprintf("%s of process memory are %s more than Flink's memory and JVM metaspace take (%s), but "+
			"JVM overhead may be at most %s", FormatMiB(process), FormatMiB(overhead), FormatMiB(process-overhead),
			j.overhead.max)}
}

// A Process is a JobManager or TaskManager under a configuration. M is how it divides its
// memory.
type Process[M any] struct {
	problems []Problem // of the configuration
	divide   func(process int64) (M, misfit)
}

// Memory divides so many bytes as Flink's start script does. Problems name what does not
// fit and the least size that would. Being too small is monotone in the size; being too
// large is not asked.
func (p Process[M]) Memory(process int64) (M, []Problem) {
	if len(p.problems) > 0 {
		return *new(M), p.problems
	}
	m, bad := p.divide(max(process, 0))
	if bad.ok() {
		return m, nil
	}
	problem := Problem{Key: bad.key, Reason: bad.reason, Cure: "correct the memory options; no process size fits them"}
	if least, ok := p.Least(); ok {
		problem.Cure = fmt.Sprintf("with these options the process needs at least %s (%d bytes)",
			FormatMiB(least), least)
	}
	return *new(M), []Problem{problem}
}

// Least returns the least size in whole MiB, as bytes, with which the process starts; false
// if there is none.
func (p Process[M]) Least() (bytes int64, ok bool) {
	fit := func(process int64) misfit {
		_, bad := p.divide(process * mib)
		return bad
	}
	const most = maxMemory / mib
	if len(p.problems) > 0 || fit(most).small {
		return 0, false
	}
	least := 1 + int64(sort.Search(most-1, func(i int) bool { return !fit(1 + int64(i)).small }))
	return least * mib, fit(least).ok()
}
