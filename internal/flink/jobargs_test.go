package flink_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/flink"
)

// flagsOf are the long options of standalone-job
// (StandaloneApplicationClusterConfigurationParserFactory).
func flagsOf(v flink.Version) []string {
	always := []string{"allowNonRestoredState", "configDir", "fromSavepoint", "job-classname", "job-id"}
	extra := map[string][]string{"1.15": {"host", "webui-port"}, "1.19": {"host", "jars", "webui-port"},
		"2.0": {"jars"}}
	var current []string
	for _, minor := range flink.Supported() {
		if changed, ok := extra[minor]; ok {
			current = changed
		}
		if minor == v.Minor {
			break
		}
	}
	return slices.Concat(always, current)
}

func TestJars(t *testing.T) {
	for _, minor := range flink.Supported() {
		v := lookup(t, minor)
		assert.Equal(t, v.Jars, slices.Contains(flagsOf(v), "jars"), minor)
	}
}

func TestJobArgs(t *testing.T) {
	const id = "0123456789abcdef0123456789abcdef"
	all := flink.JobArgs{
		JobClass:              "org.example.Main",
		JobID:                 id,
		Jar:                   "https://host/job.jar",
		FromSavepoint:         "s3://bucket/savepoint-1",
		AllowNonRestoredState: true,
		Args:                  []string{"--input", "", "x y"},
	}
	args, problems := all.Strings()
	assert.Equal(t, len(problems), 0)
	assert.DeepEqual(t, args, []string{
		"--job-classname", "org.example.Main", "--job-id", id,
		"--fromSavepoint", "s3://bucket/savepoint-1", "--allowNonRestoredState",
		"--jars", "https://host/job.jar",
		"--", "--input", "", "x y",
	})
	args, problems = flink.JobArgs{}.Strings()
	assert.Equal(t, len(args)+len(problems), 0, "nothing asked, nothing said: Flink finds the main class itself")
}

func TestJobArgsProblems(t *testing.T) {
	for _, c := range []struct {
		args   flink.JobArgs
		key    string // of the one problem; empty for none
		reason string
	}{
		{flink.JobArgs{Jar: "a.jar"}, "", "one jar"},
		{flink.JobArgs{Jar: "a,b.jar"}, "--jars", "the comma separates jars"},
		{flink.JobArgs{Args: []string{"-D"}}, "-D", "the start script fails on it"},
		{flink.JobArgs{Args: []string{"-D", "x"}}, "-D", "likewise"},
		{flink.JobArgs{Args: []string{"select -D from t"}}, "-D", "the script splits arguments again"},
		{flink.JobArgs{Args: []string{"-D", "x=y"}}, "", "a property that the script ignores"},
		{flink.JobArgs{Args: []string{"-Dx"}}, "", "Hadoop style; harmless"},
		{flink.JobArgs{Args: []string{"-Djobmanager.memory.heap.size=1g"}}, "-D",
			"would change the JVM's heap"},
		{flink.JobArgs{Args: []string{"-D", "jobmanager.heap.size=1g"}}, "-D", "would change the JVM's heap"},
		{flink.JobArgs{Args: []string{"--host", "h", "-c", "x", "--", "--jars"}}, "",
			"behind -- everything is the job's"},
	} {
		_, problems := c.args.Strings()
		if c.key == "" {
			assert.Equal(t, len(problems), 0, "%s: %v", c.reason, problems)
			continue
		}
		assert.Equal(t, len(problems), 1, "%s: %v", c.reason, problems)
		assert.Equal(t, problems[0].Key, c.key, c.reason)
		assert.Assert(t, problems[0].Cure != "", c.reason)
	}
}

// parsed is what Flink makes of a command line.
type parsed struct {
	options map[string]string
	jars    []string
	rest    []string
}

// parse is a small model of commons-cli's DefaultParser as Flink uses it: long
// options may be abbreviated, the first argument that is no option ends the
// options, "--" ends them silently, and --jars takes arguments up to the next
// option.
func parse(v flink.Version, args []string) parsed {
	p := parsed{options: map[string]string{}}
	match := func(arg string) (name string, ok bool) {
		if arg == "-D" {
			return "D", true
		}
		name, long := strings.CutPrefix(arg, "--")
		if !long || name == "" {
			return "", false
		}
		flags := slices.DeleteFunc(flagsOf(v), func(flag string) bool { return !strings.HasPrefix(flag, name) })
		return strings.Join(flags, "|"), len(flags) > 0
	}
	for i := 0; i < len(args); i++ {
		name, ok := match(args[i])
		switch {
		case args[i] == "--":
			p.rest = args[i+1:]
			return p
		case !ok:
			p.rest = args[i:]
			return p
		case name == "allowNonRestoredState":
			p.options[name] = "true"
		case name == "jars":
			for i+1 < len(args) {
				if _, option := match(args[i+1]); option || args[i+1] == "--" {
					break
				}
				i++
				p.jars = append(p.jars, strings.Split(args[i], ",")...)
			}
		case i+1 == len(args):
			p.options["missing argument"] = name
			return p
		case name == "D":
			i++
			key, value, _ := strings.Cut(args[i], "=")
			p.options["-D"+key] = value
		default:
			i++
			p.options[name] = args[i]
		}
	}
	return p
}

// What goes in comes out of Flink's parser, whatever the job's arguments look
// like. The flags in use are all in the table of the version.
func TestJobArgsReadBack(t *testing.T) {
	r := seeded(t)
	for _, minor := range flink.Supported() {
		v := lookup(t, minor)
		checked := 0
		for range 1500 {
			a := randomJobArgs(r, v)
			args, problems := a.Strings()
			if len(problems) > 0 {
				continue
			}
			checked++
			want := parsed{options: map[string]string{}, rest: a.Args}
			if a.Jar != "" {
				want.jars = []string{a.Jar}
			}
			for name, value := range map[string]string{"job-classname": a.JobClass, "job-id": a.JobID,
				"fromSavepoint": a.FromSavepoint} {
				if value != "" {
					want.options[name] = value
				}
			}
			if a.AllowNonRestoredState {
				want.options["allowNonRestoredState"] = "true"
			}
			got := parse(v, args)
			assert.DeepEqual(t, got.options, want.options)
			assert.Assert(t, slices.Equal(got.jars, want.jars) && slices.Equal(got.rest, want.rest), "%q", args)
		}
		assert.Assert(t, checked > 200, "%s: too few to mean anything: %d", minor, checked)
	}
}

func randomJobArgs(r *rand.Rand, v flink.Version) flink.JobArgs {
	word := func() string {
		return pick(r, "a", "", "-x", "--from", "--job", "--host", "--allow", "--jars", "--jars=x", "-D", "-Dq=r",
			"k=v", "--", "-n", "-s", `"q"`, "a,b", "x y", "--configDir")
	}
	a := flink.JobArgs{
		JobClass:              pick(r, "", "C", "org.example.A$B"),
		JobID:                 pick(r, "", strings.Repeat("0", 31)+"1"),
		FromSavepoint:         pick(r, "", "s3://b/p", "/a/b"),
		AllowNonRestoredState: r.IntN(2) == 0,
	}
	if v.Jars {
		a.Jar = pick(r, "", "local:///opt/a.jar", "https://host/a.jar", "a.jar")
	}
	for range r.IntN(5) {
		a.Args = append(a.Args, word())
	}
	return a
}
