package flink

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxYAMLKey is how long a key may be before its colon on one line: YAML 1.2
// limits implicit keys to 1024 characters, and snakeyaml-engine enforces it.
const maxYAMLKey = 1024

func checkYAML(key, value string) Problem {
	switch {
	case key == "":
		return Problem{Reason: "a configuration key is empty", Cure: "remove it"}
	case !utf8.ValidString(key):
		return Problem{Key: key, Reason: "the key is not valid UTF-8", Cure: "correct the key"}
	case !utf8.ValidString(value):
		return Problem{Key: key, Reason: "the value is not valid UTF-8", Cure: "correct the value"}
	case len(yamlKey(key)) > maxYAMLKey:
		return Problem{Key: key,
			Reason: fmt.Sprintf("the key is longer than the %d characters that YAML allows", maxYAMLKey),
			Cure:   "correct the key"}
	}
	return Problem{}
}

func yamlLine(b *strings.Builder, key, value string) {
	b.WriteString(yamlKey(key))
	b.WriteString(": ")
	if key == "env.java.home" && plainPath(value) {
		b.WriteString(value)
	} else {
		b.WriteString(yamlQuote(value))
	}
	b.WriteByte('\n')
}

// plainPath reports whether s needs no quotes in YAML or a shell. env.java.home
// is written so, because the start scripts cut it out of the file with sed
// before any YAML parser runs, quotes and all (bash-java-utils.sh).
func plainPath(s string) bool {
	return strings.HasPrefix(s, "/") && strings.Trim(strings.ToLower(s),
		"abcdefghijklmnopqrstuvwxyz0123456789/._-") == ""
}

// yamlKey leaves a key plain when no YAML reader, 1.1 or 1.2, could take it for
// anything but that string, and quotes it otherwise.
func yamlKey(key string) string {
	if plainKey(key) {
		return key
	}
	return yamlQuote(key)
}

func plainKey(key string) bool {
	switch strings.ToLower(key) {
	case "", "true", "false", "null", "yes", "no", "on", "off", "y", "n":
		return false
	}
	if c := key[0] | 0x20; c < 'a' || c > 'z' {
		return false
	}
	for _, c := range []byte(key) {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && !(c >= '0' && c <= '9') && c != '.' && c != '-' && c != '_' {
			return false
		}
	}
	return true
}

// yamlQuote writes s as a double-quoted YAML scalar on one line. Every YAML
// reader gives back s as a string.
func yamlQuote(s string) string {
	var b strings.Builder
	b.Grow(len(s) + 2)
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == ' ' || (r > ' ' && r < 0x7f):
			b.WriteRune(r)
		case unicode.IsPrint(r) && r != 0xfffd:
			b.WriteRune(r)
		case r < 0x100:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
