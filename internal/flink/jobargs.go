package flink

import (
	"fmt"
	"strings"
)

// JobArgs are the arguments of a standalone application cluster: what follows
// the command standalone-job.
type JobArgs struct {
	Properties            []Property // dynamic properties, kept in order
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

// Strings builds the argument list for v, without the command itself, or says
// what Flink would misread; with problems the list is nil.
//
// A "--" stands between Flink's options and the job's arguments. Without it
// Flink takes job arguments that look like its own options, even abbreviated
// ones (--from for --fromSavepoint), and --jars swallows every argument up to
// the next option.
func (a JobArgs) Strings(v Version) ([]string, []Problem) {
	w := argWriter{}
	for _, p := range a.Properties {
		if p.Key == "" || strings.Contains(p.Key, "=") {
			w.fail(p.Key, "the key is empty or contains '=', which -D cannot carry", "correct the key")
		}
		w.args = append(w.args, "-D", p.Key+"="+p.Value)
	}
	w.option("--job-classname", a.JobClass)
	if a.JobID != "" && !isJobID(a.JobID) {
		w.fail("--job-id", fmt.Sprintf("%q is not a Flink job id", a.JobID), "use 32 hexadecimal digits")
	}
	w.option("--job-id", a.JobID)
	w.option("--fromSavepoint", a.FromSavepoint)
	if a.AllowNonRestoredState {
		w.args = append(w.args, "--allowNonRestoredState")
	}
	if a.Jar != "" && !v.Jars {
		w.fail("--jars", "Flink "+v.Minor+" cannot fetch jars", "use Flink 1.19 or later")
	}
	if strings.Contains(a.Jar, ",") { // the URI may have a password in it, and is not quoted
		w.fail("--jars", "the URI contains a comma, which separates jars", "rename the jar")
	}
	w.option("--jars", a.Jar)
	if len(a.Args) > 0 {
		w.args = append(append(w.args, "--"), a.Args...)
	}
	w.checkScript()
	if len(w.problems) > 0 {
		return nil, w.problems
	}
	return w.args, nil
}

// An argWriter collects arguments, and what is wrong with them.
type argWriter struct {
	args     []string
	problems []Problem
}

func (w *argWriter) fail(key, reason, cure string) {
	w.problems = append(w.problems, Problem{Key: key, Reason: reason, Cure: cure})
}

func (w *argWriter) option(flag, value string) {
	if value == "" {
		return
	}
	w.args = append(w.args, flag, value)
	if value[0] == '-' {
		w.fail(flag, "the value begins with '-', and Flink would take it for an option", "correct the value")
	}
	if len(value) > 1 && value[0] == '"' && value[len(value)-1] == '"' {
		w.fail(flag, "the value is in double quotes, which Flink strips", "remove the quotes")
	}
}

// checkScript finds what the start script trips over. To compute the memory it
// splits all arguments again at white space and reads every -D among them, the
// job's own included (config.sh: runBashJavaUtilsCmd; FlinkConfigLoader.
// filterCmdArgs): a -D without key=value stops the container, and memory options
// change the JVM.
func (w *argWriter) checkScript() {
	w.checkWords(strings.Fields(strings.Join(w.args, " ")))
}

func (w *argWriter) checkWords(words []string) {
	for i, word := range words {
		property, isProperty := strings.CutPrefix(word, "-D")
		if !isProperty {
			continue
		}
		if property == "" && i+1 < len(words) {
			property = words[i+1]
		}
		if word == "-D" && !strings.Contains(property, "=") {
			w.fail("-D", "an argument contains -D without key=value, which Flink's start script fails on",
				"pass it to the job in another form")
		}
		if strings.HasPrefix(property, "jobmanager.memory.") || strings.HasPrefix(property, "jobmanager.heap.") {
			w.fail("-D", fmt.Sprintf("the start script reads %q even from the job's arguments and changes the "+
				"JVM's memory", property), "set it in the Flink configuration")
		}
	}
}

// CheckProperty finds what the start script trips over in a property that is passed as -D.
func CheckProperty(p Property) []Problem {
	w := argWriter{}
	w.checkWords(strings.Fields(p.Key + "=" + p.Value))
	return w.problems
}

func isJobID(s string) bool {
	return len(s) == 32 && strings.Trim(s, "0123456789abcdefABCDEF") == ""
}
