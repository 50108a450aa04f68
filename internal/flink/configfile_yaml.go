package flink

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxYAMLKey is how long a key may be before its colon on one line: YAML 1.2
// limits implicit keys to 1024 characters, and snakeyaml-engine enforces it.
const maxYAMLKey = 1024

// The letters, and all characters of which keys are made that need no quotes.
const (
	letters  = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	yamlWord = letters + "0123456789._-"
)

func checkYAML(key, value string) Problem {
	p := Problem{Key: key, Cure: "correct the key"}
	switch {
	case key == "":
		p.Reason, p.Cure = "a configuration key is empty", "remove it"
	case !utf8.ValidString(key):
		p.Reason = "the key is not valid UTF-8"
	case !utf8.ValidString(value):
		p.Reason, p.Cure = "the value is not valid UTF-8", "correct the value"
	case len(yamlKey(key)) > maxYAMLKey:
		p.Reason = fmt.Sprintf("the key is longer than the %d characters that YAML allows", maxYAMLKey)
	}
	return p
}

func yamlEntry(key, value string) (string, string) {
	if key != "env.java.home" || !plainPath(value) {
		value = yamlQuote(value)
	}
	return yamlKey(key), value
}

// plainPath reports whether s needs no quotes in YAML or a shell. env.java.home
// is written so, because the start scripts cut it out of the file with sed
// before any YAML parser runs, quotes and all (bash-java-utils.sh).
func plainPath(s string) bool {
	return strings.HasPrefix(s, "/") && strings.Trim(s, yamlWord+"/") == ""
}

// yamlKey leaves a key plain when no YAML reader, 1.1 or 1.2, could take it for
// anything but that string, and quotes it otherwise.
func yamlKey(key string) string {
	switch strings.ToLower(key) {
	case "", "true", "false", "null", "yes", "no", "on", "off", "y", "n":
		return yamlQuote(key)
	}
	if strings.IndexByte(letters, key[0]) < 0 || strings.Trim(key, yamlWord) != "" {
		return yamlQuote(key)
	}
	return key
}

// yamlQuote writes s as a double-quoted YAML scalar on one line: YAML has all escapes of Go.
// Every YAML reader gives back s as a string.
func yamlQuote(s string) string { return strconv.Quote(s) }
