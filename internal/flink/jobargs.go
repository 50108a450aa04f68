package flink

import (
	"fmt"
	"slices"
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

// A Property is a configuration entry set on the command line; it wins over the
// configuration file.
type Property struct{ Key, Value string }

// Flags lists the long options that standalone-job accepts in v
// (StandaloneApplicationClusterConfigurationParserFactory), sorted.
func (v Version) Flags() []string {
	flags := []string{"allowNonRestoredState", "configDir", "fromSavepoint", "job-classname", "job-id"}
	if v.Jars {
		flags = append(flags, "jars")
	}
	if v.HostFlag {
		flags = append(flags, "host", "webui-port")
	}
	slices.Sort(flags)
	return flags
}

// Strings builds the argument list for v, without the command itself, or says
// what Flink would misread; with problems the list is nil.
//
// A "--" stands between Flink's options and the job's arguments. Without it
// Flink takes job arguments that look like its own options, even abbreviated
// ones (--from for --fromSavepoint), and --jars swallows every argument up to
// the next option.
func (a JobArgs) Strings(v Version) (args []string, problems []Problem) {
	option := func(flag, value string) {
		if value == "" {
			return
		}
		args = append(args, flag, value)
		if value[0] == '-' {
			problems = append(problems,
				Problem{Key: flag, Reason: "the value begins with '-', and Flink would take it for an option",
					Cure: "correct the value"})
		}
		if len(value) > 1 && value[0] == '"' && value[len(value)-1] == '"' {
			problems = append(problems,
				Problem{Key: flag, Reason: "the value is in double quotes, which Flink strips",
					Cure: "remove the quotes"})
		}
	}
	for _, p := range a.Properties {
		if p.Key == "" || strings.Contains(p.Key, "=") {
			problems = append(problems,
				Problem{Key: p.Key, Reason: "the key is empty or contains '=', which -D cannot carry",
					Cure: "correct the key"})
		}
		args = append(args, "-D", p.Key+"="+p.Value)
	}
	option("--job-classname", a.JobClass)
	if a.JobID != "" && !isJobID(a.JobID) {
		problems = append(problems,
			Problem{Key: "--job-id", Reason: fmt.Sprintf("%q is not a Flink job id", a.JobID),
				Cure: "use 32 hexadecimal digits"})
	}
	option("--job-id", a.JobID)
	option("--fromSavepoint", a.FromSavepoint)
	if a.AllowNonRestoredState {
		args = append(args, "--allowNonRestoredState")
	}
	problems = append(problems, a.checkJar(v)...)
	option("--jars", a.Jar)
	if len(a.Args) > 0 {
		args = append(append(args, "--"), a.Args...)
	}
	problems = append(problems, scriptProblems(args)...)
	if len(problems) > 0 {
		return nil, problems
	}
	return args, nil
}

func (a JobArgs) checkJar(v Version) (problems []Problem) {
	if a.Jar != "" && !v.Jars {
		problems = append(problems,
			Problem{Key: "--jars", Reason: "Flink " + v.Minor + " cannot fetch jars", Cure: "use Flink 1.19 or later"})
	}
	if strings.Contains(a.Jar, ",") { // the URI may have a password in it, and is not quoted
		problems = append(problems,
			Problem{Key: "--jars", Reason: "the URI contains a comma, which separates jars", Cure: "rename the jar"})
	}
	return problems
}

// scriptProblems finds what the start script trips over. To compute the memory
// it splits all arguments again at white space and reads every -D among them,
// the job's own included (config.sh: runBashJavaUtilsCmd; FlinkConfigLoader.
// filterCmdArgs): a -D without key=value stops the container, and memory options
// change the JVM.
func scriptProblems(args []string) (problems []Problem) {
	words := strings.Fields(strings.Join(args, " "))
	for i, word := range words {
		property, isProperty := strings.CutPrefix(word, "-D")
		if !isProperty {
			continue
		}
		if property == "" && i+1 < len(words) {
			property = words[i+1]
		}
		if word == "-D" && !strings.Contains(property, "=") {
			problems = append(problems,
				Problem{Key: "-D",
					Reason: "an argument contains -D without key=value, which Flink's start script fails on",
					Cure:   "pass it to the job in another form"})
		}
		if strings.HasPrefix(property, "jobmanager.memory.") || strings.HasPrefix(property, "jobmanager.heap.") {
			problems = append(problems,
				Problem{Key: "-D",
					Reason: fmt.Sprintf("the start script reads %q even from the job's arguments and changes the "+
						"JVM's memory", property), Cure: "set it in the Flink configuration"})
		}
	}
	return problems
}

func isJobID(s string) bool {
	return len(s) == 32 && strings.Trim(s, "0123456789abcdefABCDEF") == ""
}
