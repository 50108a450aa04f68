package flink

import (
	_ "embed"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// optionTypes has a line for each option of Flink that has one type in all releases, older
// spellings included, with the type that its class gives it. TestOracleTypes writes it.
//
//go:embed option_types.txt
var optionTypes string

var typeOf = sync.OnceValue(func() map[string]string { return byKey(optionTypes) })

// durationUnits are those of org.apache.flink.util.TimeUtils. Without one, it is milliseconds.
const durationUnits = "  d day days h hour hours min m minute minutes s sec secs second seconds " +
	"ms milli millis millisecond milliseconds µs micro micros microsecond microseconds " +
	"ns nano nanos nanosecond nanoseconds "

type valueType struct {
	must  string
	reads func(string) bool
}

var valueTypes = map[string]valueType{
	"Boolean":    {"true or false", func(s string) bool { return oneOf(s, "true:false") }},
	"Integer":    {"a whole number of 32 bits", func(s string) bool { return isInteger(s, 32) }},
	"Long":       {"a whole number of 64 bits", func(s string) bool { return isInteger(s, 64) }},
	"Float":      {"a number", isReal},
	"Double":     {"a number", isReal},
	"Duration":   {"a duration, such as 10 s or 5 min", isDuration},
	"MemorySize": {"a size, such as 64 mb", func(s string) bool { _, err := ParseMemory(s); return err == nil }},
}

// Unreadable returns what the value of an option must be if Flink cannot read it as it is, and
// "" if it can, or if the option is not known.
func Unreadable(key, value string) (must string) {
	value = strings.TrimFunc(value, javaBlank)
	kind, names, enumeration := strings.Cut(typeOf()[key], ":")
	t := valueTypes[kind]
	if enumeration {
		t = valueType{"one of " + strings.ReplaceAll(names, ":", ", "), func(s string) bool { return oneOf(s, names) }}
	}
	if t.reads == nil || t.reads(value) {
		return ""
	}
	return t.must
}

func oneOf(s, names string) bool {
	return slices.ContainsFunc(strings.Split(names, ":"), func(name string) bool { return strings.EqualFold(name, s) })
}

func isInteger(s string, bits int) bool {
	_, err := strconv.ParseInt(s, 10, bits)
	return err == nil
}

// isReal accepts what Java reads: a larger one is infinity.
func isReal(s string) bool {
	_, err := strconv.ParseFloat(strings.TrimRight(s, "fFdD"), 64)
	return (err == nil || errors.Is(err, strconv.ErrRange)) && !strings.Contains(s, "_")
}

// isDuration accepts ISO 8601 as newer releases do.
func isDuration(s string) bool {
	unit := strings.TrimLeft(s, "0123456789")
	name := strings.ToLower(strings.TrimFunc(unit, javaBlank))
	return unit != s && strings.Contains(durationUnits, " "+name+" ") || strings.HasPrefix(name, "p")
}
