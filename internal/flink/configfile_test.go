package flink_test

import (
	"bufio"
	"maps"
	"strings"
	"testing"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/flink"
)

// readLegacy is what GlobalConfiguration makes of flink-conf.yaml.
func readLegacy(text string) map[string]string {
	conf := map[string]string{}
	trim := func(s string) string { return strings.TrimFunc(s, func(r rune) bool { return r <= ' ' }) }
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	for line := range strings.SplitSeq(text, "\n") {
		line, _, _ = strings.Cut(line, "#")
		key, value, found := strings.Cut(trim(line), ": ")
		if key, value = trim(key), trim(value); found && key != "" && value != "" {
			conf[key] = value
		}
	}
	return conf
}

// readYAML is what GlobalConfiguration makes of a config.yaml: nested keys are
// joined with dots, and what is not a string would not come back as written.
func readYAML(t *testing.T, text string) map[string]string {
	t.Helper()
	var tree map[string]any
	assert.NilError(t, yaml.Unmarshal([]byte(text), &tree))
	conf := map[string]string{}
	var flatten func(prefix string, tree map[string]any)
	flatten = func(prefix string, tree map[string]any) {
		for key, value := range tree {
			switch value := value.(type) {
			case map[string]any:
				flatten(prefix+key+".", value)
			case string:
				conf[prefix+key] = value
			default:
				t.Fatalf("%s: read as %T", key, value)
			}
		}
	}
	flatten("", tree)
	return conf
}

func read(t *testing.T, v flink.Version, text string) map[string]string {
	if v.Major > 1 {
		return readYAML(t, text)
	}
	return readLegacy(text)
}

func TestConfigFileText(t *testing.T) {
	conf := map[string]string{
		"jobmanager.rpc.address": "flink-jobmanager", "b": "x: y", "a": "true", "env.java.home": "/opt/java",
		"metrics.reporter.q.tags": "é\\",
	}
	name, text, problems := flink.ConfigFile(lookup(t, "1.18"), conf)
	assert.Equal(t, len(problems), 0)
	assert.Equal(t, name, "flink-conf.yaml")
	assert.Equal(t, text,
		"a: true\nb: x: y\nenv.java.home: /opt/java\njobmanager.rpc.address: "+
			"flink-jobmanager\nmetrics.reporter.q.tags: é\\\n")

	conf["empty"], conf["lines"], conf["null"], conf["odd key"] = "", "a\n#b\t\u2028", "~", "\x00😀"
	name, text, problems = flink.ConfigFile(lookup(t, "2.0"), conf)
	assert.Equal(t, len(problems), 0)
	assert.Equal(t, name, "config.yaml")
	assert.Equal(t, text, `a: "true"
b: "x: y"
empty: ""
env.java.home: /opt/java
jobmanager.rpc.address: "flink-jobmanager"
lines: "a\n#b\t\u2028"
metrics.reporter.q.tags: "é\\"
"null": "~"
"odd key": "\x00😀"
`)
	_, text, problems = flink.ConfigFile(lookup(t, "2.0"), nil)
	assert.Equal(t, text+flink.Problem{}.String(), "", "no entries make an empty file, which Flink reads as no entries")
	assert.Equal(t, len(problems), 0)
}

func TestConfigFileProblems(t *testing.T) {
	for _, c := range []struct {
		version, key, value string
		bad                 bool
		reason              string
	}{
		{"1.15", "k", "a#b", true, "'#' starts a comment, and quotes do not help"},
		{"1.20", "k", `"a#b"`, true, "the legacy parser also reads flink-conf.yaml in 1.19 and 1.20"},
		{"2.0", "k", "a#b", false, "YAML quotes it"},
		{"1.20", "k", "", true, "the line would be skipped"},
		{"2.0", "k", "", false, "YAML has an empty string"},
		{"1.18", "k", " a", true, "trimmed"},
		{"1.18", "k", "a\u3000", false, "Java's trim removes only up to U+0020"},
		{"1.18", "k", "a\x01", true, "a control character at the end is trimmed, too"},
		{"1.18", "k", "a\x01b", true, "and within, it confuses the start scripts"},
		{"1.18", "k", "a\tb", false, "a tab within is kept"},
		{"1.18", "k", "a\nb: c", true, "a second entry could be smuggled in"},
		{"1.18", "k", "a\rb: c", true, "Java takes CR for a line break as well"},
		{"2.2", "k", "a\nb: c", false, "escaped"},
		{"1.18", "k: x", "v", true, "would be split there"},
		{"1.18", "k:", "v", false, "the first \": \" is still the separator"},
		{"1.18", "k:x", "v", false, "a colon without a blank"},
		{"1.18", "", "v", true, "no key"},
		{"2.0", "", "v", true, "no key"},
		{"2.0", "k: x", "v", false, "quoted"},
		{"1.18", "k", "\xff", true, "not UTF-8"},
		{"2.0", "k", "\xff", true, "not UTF-8"},
		{"2.0", "\xff", "v", true, "not UTF-8"},
		{"2.0", strings.Repeat("k", 1025), "v", true, "an implicit key of YAML has at most 1024 characters"},
		{"1.20", strings.Repeat("k", 1025), "v", false, "no such limit"},
	} {
		v := lookup(t, c.version)
		name, text, problems := flink.ConfigFile(v, map[string]string{c.key: c.value, "other": "fine"})
		assert.Equal(t, name, v.ConfigFile)
		if !c.bad {
			assert.Equal(t, len(problems), 0, c.reason)
			continue
		}
		assert.Equal(t, len(problems), 1, "%q: %s", c.key, c.reason)
		assert.Equal(t, problems[0].Key, c.key, c.reason)
		assert.Assert(t, problems[0].Reason != "" && problems[0].Cure != "", c.reason)
		assert.Equal(t, text, "", "nothing is written that is not whole")
	}
}

func TestConfigFileReportsEveryProblem(t *testing.T) {
	_, _, problems := flink.ConfigFile(lookup(t, "1.19"), map[string]string{"c": "#", "a": "", "b": "fine", "": "x"})
	var keys []string
	for _, p := range problems {
		keys = append(keys, p.Key)
	}
	assert.DeepEqual(t, keys, []string{"", "a", "c"})
}

func TestConfigFileOverlappingKeys(t *testing.T) {
	for _, c := range []struct{ short, long, cure, reason string }{
		{"high-availability", "high-availability.storageDir", `"high-availability.type"`, "VVP users have the old key"},
		{"restart-strategy", "restart-strategy.fixed-delay.attempts", `"restart-strategy.type"`,
			"the commonest overlap"},
		{"state.backend", "state.backend.incremental", `"state.backend.type"`, "likewise"},
		{"metrics.scope.jm", "metrics.scope.jm.job", `"metrics.scope.jm-job"`,
			"here the longer key has a new spelling"},
		{"a.b", "a.b.c", "remove", "unknown keys"},
	} {
		conf := map[string]string{c.short: "x", c.long: "y", c.short + "-z": "sorts between them"}
		_, _, problems := flink.ConfigFile(lookup(t, "2.1"), conf)
		assert.Equal(t, len(problems), 1, c.reason)
		assert.Equal(t, problems[0].Key, c.short)
		assert.Assert(t, strings.Contains(problems[0].Reason, c.long), problems[0].Reason)
		assert.Assert(t, strings.Contains(problems[0].Cure, c.cure), problems[0].Cure)
		_, _, problems = flink.ConfigFile(lookup(t, "1.20"), conf)
		assert.Equal(t, len(problems), 0, "flink-conf.yaml is flat")
	}
	_, _, problems := flink.ConfigFile(lookup(t, "2.1"),
		map[string]string{"a": "", "a.b": "", "a.b.c": "", "a.bc": "", "ab": ""})
	assert.Equal(t, len(problems), 2, "a and a.b overlap; a.bc and ab do not")
}

// Either Flink reads the very same strings back, or there is a problem for
// exactly the keys with which it would not.
func TestConfigFileRoundTrip(t *testing.T) {
	r := seeded(t)
	for _, minor := range []string{"1.18", "1.20", "2.0", "2.2"} {
		v := lookup(t, minor)
		written := 0
		for range 4000 {
			conf := map[string]string{}
			for range 1 + r.IntN(4) {
				conf[randomText(r, 4)] = randomText(r, 6)
			}
			_, text, problems := flink.ConfigFile(v, conf)
			for _, p := range problems {
				delete(conf, p.Key)
			}
			if len(problems) > 0 {
				_, text, problems = flink.ConfigFile(v, conf)
				assert.Equal(t, len(problems), 0, "the rest is fine")
			}
			assert.DeepEqual(t, read(t, v, text), conf)
			written += len(conf)
		}
		assert.Assert(t, written > 1000, "too few entries to mean anything: %d", written)
	}
}

// What legacyFlaw refuses is refused for a reason: written all the same, it
// would come back changed, or hold a control character or bytes that no
// ConfigMap carries.
func TestLegacyRefusalsAreNeeded(t *testing.T) {
	r := seeded(t)
	for range 5000 {
		key, value := randomText(r, 3), randomText(r, 4)
		conf := map[string]string{key: value}
		if _, _, problems := flink.ConfigFile(lookup(t, "1.20"), conf); len(problems) == 0 {
			continue
		}
		control := func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f }
		if strings.ContainsFunc(key+value, control) || !utf8.ValidString(key) || !utf8.ValidString(value) {
			continue
		}
		assert.Assert(t, !maps.Equal(readLegacy(key+": "+value+"\n"), conf), "%q: %q", key, value)
	}
}

func FuzzConfigFile(f *testing.F) {
	f.Add("a.b", "c", "a", "d")
	f.Add("k", "x # y", "l", "\"\\\n\u2028")
	f.Add("null", "null", "1.5", "0x1F")
	f.Fuzz(func(t *testing.T, k1, v1, k2, v2 string) {
		conf := map[string]string{k1: v1, k2: v2}
		for _, minor := range []string{"1.20", "2.2"} {
			v := lookup(t, minor)
			_, text, problems := flink.ConfigFile(v, conf)
			if len(problems) > 0 {
				assert.Equal(t, text, "")
				continue
			}
			assert.DeepEqual(t, read(t, v, text), conf)
			lines := bufio.NewScanner(strings.NewReader(text))
			count := 0
			for lines.Scan() {
				count++
			}
			assert.Assert(t, count == len(conf), "one line an entry")
			_, again, _ := flink.ConfigFile(v, maps.Clone(conf))
			assert.Equal(t, again, text, "same input, same bytes")
		}
	})
}

// Options without effect are written if they can be, and left out if not, whatever is
// wrong with them.
func TestConfigFileWithoutEffect(t *testing.T) {
	const template = "kubernetes.pod-template-file.jobmanager"
	for _, c := range []struct {
		reason, version, key, value, other string
		written, problems                  int
	}{
		{"it can be written", "1.20", template, "a", "", 1, 0},
		{"it cannot", "1.20", template, "a: b\nc: d\n", "", 0, 0},
		{"config.yaml can", "2.0", template, "a: b\nc: d\n", "", 1, 0},
		{"it is a prefix of another", "2.0", "kubernetes.container.image", "a", "kubernetes.container.image.ref", 0, 0},
		{"the version does not read it", "1.20", "pipeline.operator-chaining.enabled", "true", "", 1, 0},
		{"an option with effect", "1.20", "env.java.opts.all", "-Da=#b", "", 0, 1},
		{"both", "1.20", "env.java.opts.all", "-Da=#b", template, 0, 1},
	} {
		conf := map[string]string{c.key: c.value}
		if c.other != "" {
			conf[c.other] = "a\nb"
		}
		_, text, problems := flink.ConfigFile(lookup(t, c.version), conf)
		assert.Equal(t, len(problems), c.problems, c.reason)
		assert.Equal(t, len(read(t, lookup(t, c.version), text)), c.written, c.reason)
	}
}
