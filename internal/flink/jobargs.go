package flink

import (
	"fmt"
	"strings"
)

// JobArgs are the arguments of a standalone application cluster: what follows
// the command standalone-job.
type JobArgs struct {
	JobClass              string
	JobID                 string // 32 hexadecimal digits
	Jar                   string // a URI; needs Version.Jars
	FromSavepoint         string
	AllowNonRestoredState bool
	Args                  []string // handed to the job's main method as they are
}

// Drivers are main classes of Flink's own: of SQL scripts from 2.0 (FLIP-480), which loads the
// SQL gateway from opt, and of Python programs, which is in opt/flink-python-*.jar.
const (
	SQLDriver    = "org.apache.flink.table.runtime.application.SqlDriver"
	PythonDriver = "org.apache.flink.client.python.PythonDriver"
)

// ScriptFile is the name of a SQL script, beside the configuration.
const ScriptFile = "job.sql"

// SubmitFile is the name of the script that hands a job to a session cluster, beside the
// configuration; SubmitLog4jFile is what the client's scripts hand to Log4j 2, and
// SubmitShell runs the script: the entrypoint of the images runs what it does not know.
const (
	SubmitFile      = "submit.sh"
	SubmitLog4jFile = "log4j-cli.properties"
	SubmitShell     = "bash"
)

// A Property is a configuration entry set on the command line; it wins over the
// configuration file.
type Property struct{ Key, Value string }

// Strings builds the argument list, without the command itself, and says what Flink would
// misread. The fields other than Args are checked by those who have them; a version of
// Flink without Version.Jars has no Jar.
//
// A "--" stands between Flink's options and the job's arguments. Without it
// Flink takes job arguments that look like its own options, even abbreviated
// ones (--from for --fromSavepoint), and --jars swallows every argument up to
// the next option.
func (a JobArgs) Strings() (args []string, problems []Problem) {
	option := func(flag, value string) {
		if value != "" {
			args = append(args, flag, value)
		}
	}
	option("--job-classname", a.JobClass)
	option("--job-id", a.JobID)
	option("--fromSavepoint", a.FromSavepoint)
	if a.AllowNonRestoredState {
		args = append(args, "--allowNonRestoredState")
	}
	option("--jars", a.Jar)
	if strings.Contains(a.Jar, ",") { // the URI may have a password in it, and is not quoted
		problems = append(problems,
			Problem{"--jars", "the URI contains a comma, which separates jars", "rename the jar"})
	}
	if len(a.Args) > 0 {
		args = append(append(args, "--"), a.Args...)
	}
	return args, append(problems, CheckScript(strings.Join(args, " "))...)
}

// CheckScript finds what the start script trips over in arguments. To compute the memory it
// splits all of them again at white space and reads every -D among them, the
// job's own included (config.sh: runBashJavaUtilsCmd; FlinkConfigLoader.
// filterCmdArgs): a -D without key=value stops the container, and memory options
// change the JVM.
func CheckScript(arguments string) (problems []Problem) {
	words := strings.Fields(arguments)
	for i, word := range words {
		property, isProperty := strings.CutPrefix(word, "-D")
		if !isProperty {
			continue
		}
		if property == "" && i+1 < len(words) {
			property = words[i+1]
		}
		if word == "-D" && !strings.Contains(property, "=") {
			problems = append(problems, Problem{"-D",
				"an argument contains -D without key=value, which Flink's start script fails on",
				"pass it to the job in another form"})
		}
		if strings.HasPrefix(property, "jobmanager.memory.") || strings.HasPrefix(property, "jobmanager.heap.") {
			problems = append(problems, Problem{"-D", fmt.Sprintf("the start script reads %q even from the job's "+
				"arguments and changes the JVM's memory", property), "set it in the Flink configuration"})
		}
	}
	return problems
}

// SplitArgs splits s into words as a POSIX shell does (XCU 2.2 Quoting), and
// expands nothing: no variables, no globs, no comments. Blanks and newlines
// separate words. In single quotes everything is literal; in double quotes a
// backslash escapes only ", \, $, ` and a newline; outside quotes it escapes
// any byte. A backslash before a newline joins the lines. The error names the
// byte where the unfinished part begins.
func SplitArgs(s string) ([]string, error) {
	if i := strings.IndexByte(s, 0); i >= 0 {
		return nil, fmt.Errorf("no argument can hold a NUL byte at byte %d", i)
	}
	var words []string
	var word []byte
	inWord, quote, open := false, byte(0), 0 // the open quote, if any, and its offset
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case quote == 0 && strings.IndexByte(`'"`, c) >= 0:
			quote, open, inWord = c, i, true
		case c == quote:
			quote = 0
		case quote == 0 && strings.IndexByte(" \t\n", c) >= 0:
			if inWord {
				words, word, inWord = append(words, string(word)), word[:0], false
			}
		case c == '\\' && escapes(quote, s[i+1:]):
			if i++; i == len(s) {
				return nil, fmt.Errorf("nothing follows the backslash at byte %d", i-1)
			}
			if s[i] != '\n' {
				word, inWord = append(word, s[i]), true
			}
		default:
			word, inWord = append(word, c), true
		}
	}
	if quote != 0 {
		return nil, fmt.Errorf("unclosed quote at byte %d", open)
	}
	if inWord {
		words = append(words, string(word))
	}
	return words, nil
}

// escapes reports whether a backslash within a quote, if any, escapes what follows it.
func escapes(quote byte, rest string) bool {
	return quote == 0 || quote == '"' && rest != "" && strings.IndexByte("\"\\$`\n", rest[0]) >= 0
}
