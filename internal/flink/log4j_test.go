package flink_test

import (
	"bufio"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/flink"
)

// readProperties is a small model of java.util.Properties.load.
func readProperties(t *testing.T, text string) map[string]string {
	t.Helper()
	properties := map[string]string{}
	lines := bufio.NewScanner(strings.NewReader(text))
	for lines.Scan() {
		line := strings.TrimLeft(lines.Text(), " \t\f")
		if line == "" || line[0] == '#' || line[0] == '!' {
			continue
		}
		end := 0
		for end < len(line) && !strings.ContainsRune(" \t\f=:", rune(line[end])) {
			if line[end] == '\\' {
				end++
			}
			end++
		}
		value := strings.TrimLeft(line[end:], " \t\f")
		value = strings.TrimLeft(strings.TrimPrefix(value, "="), " \t\f")
		key := unescape(t, line[:end])
		_, twice := properties[key]
		assert.Assert(t, !twice, "%s is set twice", key)
		properties[key] = unescape(t, value)
	}
	assert.NilError(t, lines.Err())
	return properties
}

func unescape(t *testing.T, s string) string {
	var units []uint16
	for i := 0; i < len(s); i++ {
		c := s[i]
		assert.Assert(t, c < 0x80, "the file is read as ISO 8859-1")
		if c == '\\' {
			i++
			if c = s[i]; c == 'u' {
				n, err := strconv.ParseUint(s[i+1:i+5], 16, 16)
				assert.NilError(t, err)
				units, i = append(units, uint16(n)), i+4
				continue
			}
		}
		units = append(units, uint16(c))
	}
	return string(utf16.Decode(units))
}

// readLog4j returns the levels by logger name that the text sets.
func readLog4j(t *testing.T, text string) map[string]string {
	t.Helper()
	properties := readProperties(t, text)
	loggers := map[string]string{"": properties["rootLogger.level"]}
	for key, name := range properties {
		if id, ok := strings.CutSuffix(key, ".name"); ok && strings.HasPrefix(id, "logger.") {
			_, twice := loggers[name]
			assert.Assert(t, !twice, "%s is configured twice", name)
			loggers[name] = properties[id+".level"]
		}
	}
	return loggers
}

func TestLog4jDefaults(t *testing.T) {
	text := flink.Log4jProperties(nil)
	assert.DeepEqual(t, readLog4j(t, text), map[string]string{
		"": "INFO", "akka": "INFO", "org.apache.pekko": "INFO", "org.apache.kafka": "INFO", "org.apache.hadoop": "INFO",
		"org.apache.zookeeper": "INFO", "org.apache.flink.shaded.zookeeper3": "INFO",
		"org.jboss.netty.channel.DefaultChannelPipeline":                              "OFF",
		"org.apache.flink.shaded.akka.org.jboss.netty.channel.DefaultChannelPipeline": "OFF",
	})
	p := readProperties(t, text)
	for key, want := range map[string]string{
		"rootLogger.appenderRef.console.ref": p["appender.console.name"],
		"rootLogger.appenderRef.rolling.ref": p["appender.rolling.name"],
		"appender.console.type":              "CONSOLE",
		"appender.rolling.type":              "RollingFile",
		"appender.rolling.fileName":          "${sys:log.file}", // what Flink's web interface shows
		"appender.rolling.filePattern":       "${sys:log.file}.%i",
	} {
		assert.Assert(t, want != "" && p[key] == want, key)
	}
	assert.Assert(t, !strings.Contains(text, "log4j."), "Log4j 1 syntax, which Flink has not read since 1.11")
}

func TestLog4jLoggers(t *testing.T) {
	given := map[string]string{"": "warn", "org.example": "Debug", "akka": "trace", "org.apache.kafka.clients": "OFF",
		`a\b=c:d`: "ERROR", "日本😀": "all"}
	assert.Equal(t, len(flink.CheckLoggers(given)), 0)
	text := flink.Log4jProperties(given)
	got := readLog4j(t, text)
	for name, level := range given {
		assert.Equal(t, got[name], strings.ToUpper(level), name)
	}
	assert.Equal(t, got["org.apache.kafka"], "INFO", "what the user did not set stays quiet")
	assert.Equal(t, flink.Log4jProperties(maps.Clone(given)), text, "same input, same bytes")
	assert.Equal(t, given["akka"], "trace", "the input is not changed")
}

func TestLog4jProblems(t *testing.T) {
	for _, c := range []struct {
		name, level string
		bad         bool
		reason      string
	}{
		{"", "INFO", false, "the root logger"},
		{"a", "FATAL", false, "a level of Log4j"},
		{"a", "ALL", false, "a level of Log4j"},
		{"a", "WARNING", true, "a level of other systems"},
		{"a", "ınfo", true, "ASCII letters only"},
		{"a", "", true, "no level"},
		{"a", " INFO", true, "not trimmed: that would hide a mistake"},
		{"a", "${env:LEVEL}", true, "Log4j would expand it"},
		{"a b", "INFO", true, "no logger is called so"},
		{"a\nlogger.x", "INFO", true, "would smuggle in a line"},
		{"a\x7f", "INFO", true, "a control character"},
		{"\xff", "INFO", true, "not UTF-8"},
		{"${sys:user.name}", "INFO", true, "Log4j would expand it"},
		{"a$b", "INFO", false, "a nested class"},
		{"root", "INFO", false, "a logger of that name; the root logger is the empty one"},
	} {
		problems := flink.CheckLoggers(map[string]string{c.name: c.level, "fine": "INFO"})
		assert.Equal(t, len(problems) > 0, c.bad, c.reason)
		if c.bad {
			assert.Equal(t, problems[0].Key, c.name)
			assert.Assert(t, problems[0].Reason != "" && problems[0].Cure != "", c.reason)
		}
	}
	problems := flink.CheckLoggers(map[string]string{"b": "x", "a": "y", "c": "INFO"})
	assert.Equal(t, len(problems), 2, "all at once")
	assert.Equal(t, problems[0].Key, "a", "in order")
}

func TestLog4jRoundTrip(t *testing.T) {
	r := seeded(t)
	written := 0
	for range 1000 {
		loggers := map[string]string{}
		for range r.IntN(5) {
			loggers[randomText(r, 4)] = pick(r, "INFO", "DEBUG", "OFF", "TRACE")
		}
		if len(flink.CheckLoggers(loggers)) > 0 {
			continue
		}
		got := readLog4j(t, flink.Log4jProperties(loggers))
		for name, level := range loggers {
			assert.Equal(t, got[name], level, "%q", name)
			written++
		}
		names := slices.Collect(maps.Keys(got))
		assert.Assert(t, len(names) >= 9)
	}
	assert.Assert(t, written > 200, "too few to mean anything: %d", written)
}

func FuzzLog4jProperties(f *testing.F) {
	f.Add("org.example", "debug")
	f.Add(`\u0041=:#!`, "OFF")
	f.Add("", "x")
	f.Fuzz(func(t *testing.T, name, level string) {
		loggers := map[string]string{name: level}
		if len(flink.CheckLoggers(loggers)) > 0 {
			return
		}
		assert.Equal(t, readLog4j(t, flink.Log4jProperties(loggers))[name], strings.ToUpper(level))
	})
}
