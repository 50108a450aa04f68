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
	Jars                  []string
	FromSavepoint         string
	AllowNonRestoredState bool
	Args                  []string // handed to the job's main method
}

// A Property is a configuration entry set on the command line; it wins over the
// configuration file.
type Property struct{ Key, Value string }

// Flags lists the long options that standalone-job accepts in v
// (StandaloneApplicationClusterConfigurationParserFactory), sorted. Anything
// else on the command line goes to the job.
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

// Strings builds the argument list for v, without the command itself. Options
// come first, because Flink stops reading its own at the first argument that it
// does not know.
func (a JobArgs) Strings(v Version) (args []string, problems []Problem) {
	for _, p := range a.Properties {
		args = append(args, "-D", p.Key+"="+p.Value)
	}
	option := func(flag, value string) {
		if value != "" {
			args = append(args, "--"+flag, value)
		}
	}
	option("job-classname", a.JobClass)
	if a.JobID != "" && !isJobID(a.JobID) {
		problems = append(problems, Problem{Key: "--job-id", Reason: fmt.Sprintf("%q is not a Flink job id", a.JobID), Cure: "use 32 hexadecimal digits"})
	}
	option("job-id", a.JobID)
	option("fromSavepoint", a.FromSavepoint)
	if a.AllowNonRestoredState {
		args = append(args, "--allowNonRestoredState")
	}
	if len(a.Jars) > 0 && !v.Jars {
		problems = append(problems, Problem{Key: "--jars", Reason: "Flink " + v.Minor + " cannot fetch jars", Cure: "use Flink 1.19 or later"})
	}
	option("jars", strings.Join(a.Jars, ","))
	if len(problems) > 0 {
		return nil, problems
	}
	return append(args, a.Args...), nil
}

func isJobID(s string) bool {
	return len(s) == 32 && strings.Trim(s, "0123456789abcdefABCDEF") == ""
}
