package flink

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/flinktarget/flinktarget/internal/tree"
)

// ConfigFile writes conf as the configuration file of v, keys sorted, and
// returns its name and text. Flink reads back exactly the given strings.
//
// What the file format cannot carry is a problem, one for each key in sorted
// order; the text is then empty. In flink-conf.yaml that is what the line-based
// parser of GlobalConfiguration would cut, trim or skip; in config.yaml it is
// keys that are a prefix of others. Where there would be problems, options
// without effect are left out: what is wrong with them does not matter.
func ConfigFile(v Version, conf map[string]string) (name, text string, problems []Problem) {
	keys := tree.Keys(conf)
	if text, problems = v.write(keys, conf); len(problems) > 0 {
		keys = slices.DeleteFunc(keys, func(key string) bool {
			_, ignored := Ignored(v, key)
			return ignored || Inert(key) != ""
		})
		text, problems = v.write(keys, conf)
	}
	return v.ConfigFile, text, problems
}

func (v Version) write(keys []string, conf map[string]string) (text string, problems []Problem) {
	entry, check := func(key, value string) (string, string) { return key, value }, checkLegacy
	if v.Major > 1 {
		entry, check = yamlEntry, checkYAML
		problems = prefixProblems(keys)
	}
	var b strings.Builder
	b.Grow(2 << 10) // more than most have
	for _, key := range keys {
		if p := check(key, conf[key]); p.Reason != "" {
			problems = append(problems, p)
			continue
		}
		key, value := entry(key, conf[key])
		for _, part := range [...]string{key, ": ", value, "\n"} {
			b.WriteString(part)
		}
	}
	if len(problems) > 0 {
		slices.SortStableFunc(problems, func(a, b Problem) int { return strings.Compare(a.Key, b.Key) })
		return "", problems
	}
	return b.String(), nil
}

// checkLegacy finds what GlobalConfiguration.loadLegacyYAMLResource (before
// 1.19: loadYAMLResource) would not read back. It reads by line, cuts at the
// first '#', trims, splits at the first ": ", trims both parts, and skips the
// line when one of them is empty. Quotes mean nothing to it.
func checkLegacy(key, value string) Problem {
	p := Problem{Key: key, Cure: "correct the key"}
	switch keyFlaw, flaw := legacyFlaw(key), legacyFlaw(value); {
	case key == "":
		p.Reason, p.Cure = "a configuration key is empty", "remove it"
	case keyFlaw != "":
		p.Reason = "the key " + keyFlaw + ", which " + legacyConfigFile + " cannot hold"
	case strings.Contains(key, ": "):
		p.Reason = `the key contains ": ", where ` + legacyConfigFile + " separates key and value"
	case value == "":
		p.Reason = "the value is empty; Flink skips such a line of " + legacyConfigFile
		p.Cure = "remove the key to get Flink's default"
	case flaw != "":
		p.Reason = "the value " + flaw + ", which " + legacyConfigFile + " cannot hold"
		p.Cure = "change the value, or use Flink 2.0 or later, whose " + yamlConfigFile + " can hold it"
	}
	return p
}

func legacyFlaw(s string) string {
	switch {
	case !utf8.ValidString(s):
		return "is not valid UTF-8"
	case strings.Contains(s, "\n"), strings.Contains(s, "\r"):
		return "contains a line break"
	case strings.Contains(s, "#"):
		return "contains '#', which starts a comment"
	case s != "" && (s[0] <= ' ' || s[len(s)-1] <= ' '):
		return "begins or ends with white space"
	case strings.ContainsFunc(s, func(r rune) bool { return (r < ' ' && r != '\t') || r == 0x7f }):
		return "contains a control character"
	}
	return ""
}

// prefixProblems finds keys that are a prefix of another one up to a dot.
// Flink's configuration loader would take them; but the image's entrypoint
// rewrites config.yaml with nested keys where it can, a key cannot be both a
// value and a parent, and one of the two is then silently dropped
// (YamlParserUtils.convertAndDumpYamlFromFlatMap). keys must be sorted.
func prefixProblems(keys []string) (problems []Problem) {
	for _, key := range keys {
		prefix := key + "."
		i, _ := slices.BinarySearch(keys, prefix)
		if i == len(keys) || !strings.HasPrefix(keys[i], prefix) {
			continue
		}
		cure := "remove one of them"
		if current := newerSpellings()[key].other; strings.HasPrefix(current, prefix) {
			cure = fmt.Sprintf("write %q instead", current)
		} else if current := newerSpellings()[keys[i]].other; current != "" {
			cure = fmt.Sprintf("write %q instead of the longer one", current)
		}
		problems = append(problems, Problem{Key: key, Cure: cure,
			Reason: fmt.Sprintf("the key is a prefix of %q; %s cannot hold both", keys[i], yamlConfigFile)})
	}
	return problems
}

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

// yamlEntry quotes values, so that every YAML reader gives them back as strings: YAML has all
// escapes of Go.
func yamlEntry(key, value string) (string, string) {
	if key != "env.java.home" || !plainPath(value) {
		value = strconv.Quote(value)
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
		return strconv.Quote(key)
	}
	if strings.IndexByte(letters, key[0]) < 0 || strings.Trim(key, yamlWord) != "" {
		return strconv.Quote(key)
	}
	return key
}
