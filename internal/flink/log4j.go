package flink

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/flinktarget/flinktarget/internal/tree"
)

// Log4jFile is the file that Flink's console scripts hand to Log4j 2
// (flink-console.sh); it is read from the configuration directory.
const Log4jFile = "log4j-console.properties"

// quietLoggers are the loggers that the distribution's own
// log4j-console.properties keeps quiet whatever the root level. akka became
// pekko in 1.18 (FLINK-32468); both are listed, because naming a logger that
// does not exist has no effect.
var quietLoggers = map[string]string{
	"akka":                               "INFO",
	"org.apache.pekko":                   "INFO",
	"org.apache.kafka":                   "INFO",
	"org.apache.hadoop":                  "INFO",
	"org.apache.zookeeper":               "INFO",
	"org.apache.flink.shaded.zookeeper3": "INFO",
	"org.jboss.netty.channel.DefaultChannelPipeline":                              "OFF",
	"org.apache.flink.shaded.akka.org.jboss.netty.channel.DefaultChannelPipeline": "OFF",
}

const defaultLevel = "INFO"

var levels = []string{"OFF", "FATAL", "ERROR", "WARN", "INFO", "DEBUG", "TRACE", "ALL"}

// log4jFile is what surrounds the loggers. The appenders are those of the distribution: the
// console, and a rolling file that Flink's web interface shows (flink-console.sh sets log.file).
//
//go:embed log4j.properties
var log4jFile string

// Log4jProperties writes log4j-console.properties, in the properties syntax of
// Log4j 2, with the level of each given logger; the logger "" is the root.
// Loggers that Flink's distribution quiets are added unless they are given.
// CheckLoggers has checked the loggers; levels are accepted in any case.
func Log4jProperties(loggers map[string]string) string {
	merged := maps.Clone(quietLoggers)
	merged[""] = defaultLevel
	maps.Copy(merged, loggers)
	const appenders = "rootLogger.appenderRef.console.ref = ConsoleAppender\n" +
		"rootLogger.appenderRef.rolling.ref = RollingFileAppender\n\n"
	head, tail, _ := strings.Cut(log4jFile, "{loggers}\n")
	return loggerLines(head, merged, appenders, "l", tail)
}

// Log4jProfile is Log4jProperties with a text of somebody's own in place of the
// distribution's: appenders and loggers are the profile's, and the given levels
// are set after it. In a properties file the last of two lines with one key counts.
func Log4jProfile(profile string, loggers map[string]string) string {
	head := strings.TrimRight(profile, "\n") + "\n\n# Levels of this resource.\n"
	return loggerLines(head, loggers, "", "resource", "")
}

// loggerLines writes the levels of loggers between head and tail, each with an id of
// this prefix; the root, which sorts first, has more lines.
func loggerLines(head string, loggers map[string]string, root, id, tail string) string {
	var b strings.Builder
	b.Grow(len(head) + 128*len(loggers) + len(tail)) // more than most have
	b.WriteString(head)
	for i, name := range tree.Keys(loggers) {
		level, logger := strings.ToUpper(loggers[name]), "logger."+id+strconv.Itoa(i)
		lines := []string{logger, ".name = ", escapeProperty(name), "\n", logger, ".level = ", level, "\n"}
		if name == "" {
			lines = []string{"rootLogger.level = ", level, "\n", root}
		}
		for _, part := range lines {
			b.WriteString(part)
		}
	}
	b.WriteString(tail)
	return b.String()
}

// CheckLoggers returns what Log4jProperties cannot write, sorted by logger name.
func CheckLoggers(loggers map[string]string) (problems []Problem) {
	for _, name := range tree.Keys(loggers) {
		if p := checkLogger(name, loggers[name]); p.Reason != "" {
			problems = append(problems, p)
		}
	}
	return problems
}

func checkLogger(name, level string) Problem {
	if !slices.ContainsFunc(levels, func(l string) bool { return strings.EqualFold(l, level) }) {
		return Problem{Key: name, Reason: fmt.Sprintf("%q is not a log level", level),
			Cure: "use one of " + strings.Join(levels, ", ")}
	}
	flaw := ""
	switch {
	case !utf8.ValidString(name):
		flaw = "is not valid UTF-8"
	case strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r == 0x7f }):
		flaw = "contains white space or a control character"
	case strings.Contains(name, "${"):
		flaw = "contains ${, which Log4j would expand"
	default:
		return Problem{}
	}
	return Problem{Key: name, Reason: "the logger name " + flaw, Cure: "correct the name"}
}

// escapeProperty writes s as the value of a Java properties file
// (java.util.Properties.load, which reads Log4j's file as ISO 8859-1).
func escapeProperty(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return r == '\\' || r <= ' ' || r >= 0x7f }) {
		return s
	}
	var b strings.Builder
	for _, r := range utf16.Encode([]rune(s)) {
		if r > ' ' && r < 0x7f && r != '\\' {
			b.WriteByte(byte(r))
		} else {
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}
