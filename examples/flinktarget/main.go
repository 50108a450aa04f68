// Command flinktarget renders Ververica Platform resources as Kubernetes
// manifests, without a platform and without a cluster.
//
//	flinktarget render FILE|DIR|- …
//	flinktarget ids FILE|DIR|- …
//	flinktarget explain FILE|DIR|- …
//	flinktarget diff OLD NEW
//	flinktarget validate FILE|DIR|- …
//	flinktarget schema KIND
//	flinktarget target FILE|DIR|- …
//	flinktarget version
//
// A DIR stands for its YAML and JSON files, at any depth and sorted; - is the standard
// input. Manifests go to the standard output, as YAML or with -o json as a List.
// Problems and warnings go to the standard error, one a line, as
//
//	file:line:column: field: message
//
// The exit code is 0 if all is well, 1 if the input is not or something cannot be read or
// written, and 2 if the command line is not. Where it is not 0, nothing is written to
// the standard output, but for reports of validate -o json, and for what render --stream
// could render. Those of diff are 0 without differences, 1 with differences, and 2 if
// something is wrong.
package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"

	"github.com/flinktarget/flinktarget/examples/internal/cli"
)

// The exit codes.
const (
	exitOK    = 0
	exitInput = 1
	exitUsage = 2
)

// command is one thing that the tool does. Its run function parses its own flags,
// with tool.parse, and returns the exit code.
type command struct {
	name, summary string
	run           func(t tool, args []string) int
}

// commands are all commands, in the order in which the usage text lists them.
func commands() []command {
	return []command{
		{"render", "write the manifests of Deployments and SessionClusters", tool.render},
		{"ids", "write the job ids that Deployments are rendered with", tool.ids},
		{"explain", "say what set each field of the manifests", tool.explain},
		{"diff", "say what is different between two inputs, and what that means on a cluster", tool.diff},
		{"validate", "check resources without rendering them", tool.validate},
		{"schema", "write the JSON Schema of a kind, for editors", tool.schema},
		{"target", "write what lets the platform run Flink in the targets' namespaces", tool.target},
		{"version", "write the version of this tool", tool.version},
	}
}

// usage is the text of flinktarget --help.
func usage() string {
	var b strings.Builder
	b.WriteString(`flinktarget renders Ververica Platform resources as Kubernetes manifests.

Usage:

  flinktarget COMMAND [flags] [arguments]

Commands:

`)
	for _, c := range commands() {
		fmt.Fprintf(&b, "  %-9s %s\n", c.name, c.summary)
	}
	b.WriteString(`
Run "flinktarget COMMAND --help" for the flags and examples of a command.

Exit codes: 0 if all is well, 1 if the input is not or something cannot be read or
written, 2 if the command line is not.
Those of diff: 0 without differences, 1 with, 2 if something is wrong.
`)
	return b.String()
}

func main() {
	// The process ends soon, so that memory is cheaper than looking for what of it can
	// be used again: a fifth of the time for a hundred Deployments.
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(800)
	}
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// tool is what a command works with.
type tool struct {
	stdin          io.Reader
	stdout, stderr io.Writer
}

func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	out := &cli.Output{Writer: stdout}
	code := tool{stdin, out, stderr}.run(args)
	if out.Err == nil || code != exitOK {
		return code
	}
	fmt.Fprintf(stderr, "flinktarget: standard output: %v\n", out.Err)
	if args[0] == "diff" { // for which exitInput means something else
		return exitTrouble
	}
	return exitInput
}

func (t tool) run(args []string) int {
	if len(args) == 0 {
		fmt.Fprint(t.stderr, usage())
		return exitUsage
	}
	switch name, rest := args[0], args[1:]; name {
	case "-h", "-help", "--help":
		fmt.Fprint(t.stdout, usage())
		return exitOK
	case "--version":
		return t.version(rest)
	case "help":
		if len(rest) == 0 {
			fmt.Fprint(t.stdout, usage())
			return exitOK
		}
		return t.command(rest[0], []string{"--help"})
	default:
		return t.command(name, rest)
	}
}

func (t tool) command(name string, args []string) int {
	var names []string
	for _, c := range commands() {
		if c.name == name {
			return c.run(t, args)
		}
		names = append(names, c.name)
	}
	return t.misused("there is no command %q; the commands are %s", name, strings.Join(names, ", "))
}

// misused reports a command line that makes no sense.
func (t tool) misused(format string, args ...any) int {
	fmt.Fprintf(t.stderr, "flinktarget: "+format+"\n", args...)
	return exitUsage
}

// parse reads flags wherever they stand and returns the other arguments. If done
// is true, the command has been answered, with this exit code.
func (t tool) parse(fs *flag.FlagSet, help string, args []string) (rest []string, code int, done bool) {
	fs.SetOutput(io.Discard)
	fs.Usage = func() {}
	for {
		err := fs.Parse(args)
		if errors.Is(err, flag.ErrHelp) {
			fmt.Fprint(t.stdout, help)
			flags := 0
			fs.VisitAll(func(*flag.Flag) { flags++ })
			if flags > 0 {
				fmt.Fprint(t.stdout, "\nFlags:\n\n")
				fs.SetOutput(t.stdout)
				fs.PrintDefaults()
			}
			return nil, exitOK, true
		}
		if err != nil {
			return nil, t.misused("%s: %v", fs.Name(), err), true
		}
		if fs.NArg() == 0 {
			return rest, exitOK, false
		}
		rest, args = append(rest, fs.Arg(0)), fs.Args()[1:]
	}
}

const versionHelp = `Writes the version of this tool, and what it was built from and with.

Usage:

  flinktarget version
`

func (t tool) version(args []string) int {
	rest, code, done := t.parse(flag.NewFlagSet("version", flag.ContinueOnError), versionHelp, args)
	switch {
	case done:
		return code
	case len(rest) > 0:
		return t.misused("version: there is nothing to name")
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		fmt.Fprintln(t.stdout, "flinktarget (unknown version)")
		return exitOK
	}
	fmt.Fprintf(t.stdout, "flinktarget %s, %s\n", cmp.Or(info.Main.Version, "(devel)"), info.GoVersion)
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" || s.Key == "vcs.time" || s.Key == "vcs.modified" {
			fmt.Fprintf(t.stdout, "%s: %s\n", s.Key, s.Value)
		}
	}
	return exitOK
}
