package flink

import (
	_ "embed"
	"strings"
	"sync"
)

// removedKeys are keys that 1.20 reads under some spelling and 2.0 to 2.3 do not, each with
// what replaces it, if anything does. They are the difference of all ConfigOptions,
// deprecated spellings included, of the released distributions.
//
//go:embed keys_removed.txt
var removedKeys string

// renamedKeys are the release that introduced a spelling, that spelling, and the older one,
// which alone earlier releases read. They are computed from the deprecated keys of all
// ConfigOptions of the released distributions.
//
//go:embed keys_renamed.txt
var renamedKeys string

// removedIn20 are the replacements by their keys.
var removedIn20 = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	for line := range strings.Lines(removedKeys) {
		key, replacement, _ := strings.Cut(line, ":")
		out[key] = strings.TrimSpace(replacement)
	}
	return out
})

// A spelling is one of two for a key.
type spelling struct{ since, other string }

// newerSpellings and olderSpellings have the spellings by the other one of the two.
var newerSpellings, olderSpellings = sync.OnceValue(func() map[string]spelling { return bySpelling(true) }),
	sync.OnceValue(func() map[string]spelling { return bySpelling(false) })

func bySpelling(older bool) map[string]spelling {
	out := map[string]spelling{}
	for line := range strings.Lines(renamedKeys) {
		words := strings.Fields(line)
		from, to := words[1], words[2]
		if older {
			from, to = to, from
		}
		out[from] = spelling{words[0], to}
	}
	return out
}

// Ignored reports whether v does not read key although another release does, and
// what to write instead; the replacement is empty when there is none.
func Ignored(v Version, key string) (replacement string, ok bool) {
	if v.Major > 1 {
		if replacement, ok = removedIn20()[key]; ok {
			return replacement, true
		}
	}
	name, found := strings.CutPrefix(key, "metrics.reporter.")
	if name, class := strings.CutSuffix(name, ".class"); found && class && !strings.Contains(name, ".") &&
		!v.before("1.17") { // ReporterSetup; FLINK-27206 deprecated it
		return "metrics.reporter." + name + ".factory.class, and takes the name of the factory", true
	}
	if rest, found := strings.CutPrefix(key, "pekko."); found && v.before("1.18") {
		return "akka." + rest, true // FLINK-32468
	}
	if older, found := olderSpellings()[key]; found && v.before(older.since) {
		return older.other, true
	}
	return "", false
}
