package flink

import (
	"fmt"
	"slices"
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
