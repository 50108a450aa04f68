// Package secrets recognises what must not be printed. It rather recognises too
// much: what it finds is hidden in messages, not refused.
package secrets

import (
	"regexp"
	"slices"
	"strings"
	"sync"
)

// words are what names of secrets contain, with any separators or without.
const words = "passwd|password|passphrase|secret|token|credential|private-key|api-key|access-key|account-key|" +
	"jaas-config|basic-auth"

var (
	separators = strings.NewReplacer("-", "", "_", "", ".", "")
	bare       = strings.Split(separators.Replace(words), "|")
	word       = "(?i)(?:" + strings.ReplaceAll(words, "-", "[-_.]?") + ")"
	// text gives a secret a value, as options, properties, command lines and URIs do.
	text = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(word + `[\w.-]*["']?[=:\s]+\S|://[^/\s@]*:[^/\s@]+@|` +
			`[?&](?i:sig|signature|x-amz-\w+|x-goog-\w+)=`)
	})
	// about are the ends of keys that say something about a secret, and hold none.
	about = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)[-_.](?:enabled|interval|backoff|ratio|timeout|path|file|dir|location|class|` +
			`factory|type|name|provider|providers|algorithm|length|ttl)s?$`)
	})
)

// Key reports whether values of this key should not be printed: the name of an
// option, an environment variable, or a field.
func Key(name string) bool {
	name = separators.Replace(strings.ToLower(name))
	return slices.ContainsFunc(bare, func(w string) bool { return strings.Contains(name, w) })
}

// Text reports whether a text seems to hold a secret, whatever its key.
func Text(s string) bool {
	return (Key(s) || strings.ContainsAny(s, "@?&")) && text().MatchString(s) // the first is much faster
}

// Flag reports whether a command-line argument is one whose value, a secret, is
// the next argument.
func Flag(argument string) bool { return strings.HasPrefix(argument, "-") && Key(argument) }

// Quotable reports whether a message may quote a text. It is stricter than Text: a
// URI with an @ may have a token in front of it.
func Quotable(s string) bool {
	return !Text(s) && !(strings.Contains(s, "://") && strings.Contains(s, "@"))
}

// Clip returns the beginning of a text, up to so many bytes, so that messages stay short
// whatever the input.
func Clip(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

// assigned is a secret's key and, after the first group, its value, or what stands
// in front of a host. A bracket ends it, as keys stand in brackets in the paths of
// fields.
var assigned = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(` + word + `[\w.-]*["']?[=:\s]\s*|://)(?:[^\]]+)`)
})

// Mask replaces the value of a secret in the path of a field. It is there if a
// line such as password=x was taken for a key.
func Mask(path string) string {
	if Quotable(path) {
		return path
	}
	return assigned().ReplaceAllString(path, "${1}(hidden)")
}

// Plain reports whether an entry seems to hold a secret in plain text. It is
// stricter than Key: settings about secrets, switches, and references such as
// ${NAME} do not count.
func Plain(name, value string) bool {
	if slices.Contains([]string{"", "true", "false"}, strings.ToLower(value)) ||
		strings.Contains(value, "${") || strings.Contains(value, "$(") {
		return false
	}
	return Key(name) && !about().MatchString(name) || userInfo().MatchString(value)
}

var userInfo = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`://[^/\s@:]*:[^/\s@]+@`) })
