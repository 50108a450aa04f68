package flink

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Log4jProfile is Log4jProperties with a text of somebody's own in place of the
// distribution's: appenders and loggers are the profile's, and the given levels
// are set after it. In a properties file the last of two lines with one key counts.
func Log4jProfile(profile string, loggers map[string]string) (text string, problems []Problem) {
	var b strings.Builder
	b.WriteString(strings.TrimRight(profile, "\n"))
	b.WriteString("\n\n# Levels of this resource.\n")
	for i, name := range slices.Sorted(maps.Keys(loggers)) {
		if p := checkLogger(name, loggers[name]); p.Reason != "" {
			problems = append(problems, p)
			continue
		}
		level := strings.ToUpper(loggers[name])
		if name == "" {
			fmt.Fprintf(&b, "rootLogger.level = %s\n", level)
			continue
		}
		fmt.Fprintf(&b, "logger.resource%d.name = %s\n", i, escapeProperty(name))
		fmt.Fprintf(&b, "logger.resource%d.level = %s\n", i, level)
	}
	if len(problems) > 0 {
		return "", problems
	}
	return b.String(), nil
}
