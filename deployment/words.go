package deployment

import (
	"strings"
	"unicode"
)

// What expressions would take long to be compiled for is read by hand here: a
// process that renders once pays for each. The expressions are in the tests.

// isClassName reports whether s is the full name of a Java class, nested ones with $.
func isClassName(s string) bool { return dotted(s, "_$") }

func isModuleName(s string) bool { return dotted(s, "_") }

// dotted reports whether s is made of names with dots between them: letters, signs,
// and numbers that do not come first.
func dotted(s, signs string) bool {
	for name := range strings.SplitSeq(s, ".") {
		if name == "" {
			return false
		}
		for i, r := range name {
			if !unicode.IsLetter(r) && !strings.ContainsRune(signs, r) && (i == 0 || !unicode.IsNumber(r)) {
				return false
			}
		}
	}
	return true
}

// isImageTag reports whether container runtimes read s as a tag, with a digest or not.
func isImageTag(s string) bool {
	const most = 128
	tag, digest, pinned := strings.Cut(s, "@")
	if pinned {
		hex, ok := strings.CutPrefix(digest, "sha256:")
		if !ok || len(hex) != 64 || strings.Trim(hex, "0123456789abcdef") != "" {
			return false
		}
	}
	const first = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"
	return tag != "" && len(tag) <= most && strings.Trim(tag, first+".-") == "" && strings.IndexByte(first, tag[0]) >= 0
}

// maxDigits before a decimal point, and behind it.
const maxDigits = 18

// cutDigits cuts digits off the beginning of s. There is at least one of them, and
// not too many.
func cutDigits(s string) (rest string, ok bool) {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return s[n:], n > 0 && n <= maxDigits
}

// cutSize takes a memory size apart: a decimal number and VVP's unit.
func cutSize(s string) (number, unit string, ok bool) {
	rest, whole := cutDigits(s)
	if fraction, dot := strings.CutPrefix(rest, "."); dot && (whole || s[0] == '.') {
		rest, whole = cutDigits(fraction)
	}
	number, unit = s[:len(s)-len(rest)], rest
	if len(unit) > 0 && strings.IndexByte(" \t\n\f\r", unit[0]) >= 0 {
		unit = unit[1:]
	}
	return number, strings.ToLower(unit), whole && (unit == "" || len(unit) == 1 && strings.Contains("kKmMgG", unit))
}

// isCores reports whether s is a number as JSON has it, within bounds.
func isCores(s string) bool {
	s = strings.TrimPrefix(s, "-")
	rest, ok := cutDigits(s)
	if !ok || s[0] == '0' && len(rest) < len(s)-1 {
		return false
	}
	if fraction, dot := strings.CutPrefix(rest, "."); dot {
		if rest, ok = cutDigits(fraction); !ok {
			return false
		}
	}
	if rest == "" {
		return true
	}
	if rest[0]|0x20 != 'e' {
		return false
	}
	if rest = rest[1:]; len(rest) > 0 && (rest[0] == '+' || rest[0] == '-') {
		rest = rest[1:]
	}
	end, ok := cutDigits(rest)
	return ok && end == "" && len(rest) <= 2
}
