// Command flinktarget renders Ververica Platform resources as Kubernetes
// manifests, without a platform and without a cluster. It has commands that also say
// what set a field, what differs between two inputs, and what is wrong:
//
//	flinktarget --help
//	flinktarget render FILE|DIR|- …
//
// A DIR stands for its YAML and JSON files, at any depth and sorted; - is the standard
// input. Manifests go to the standard output, as YAML or with -o json as a List.
// Problems and warnings go to the standard error, one a line, as
//
//	file:line:column: field: message
//
// Where the exit code is not 0, nothing is written to the standard output, but for
// differences, reports of validate -o json, and what render --stream or --keep-going could
// render.
package main

import (
	"bufio"
	"cmp"
	"embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/examples/internal/cli"
)

// The exit codes.
const (
	exitOK    = 0
	exitInput = 1
	exitUsage = 2
)

// errSaid stands for an exit code of 1 of which everything is said.
var errSaid = errors.New("")

// command is one thing that the tool does.
type command struct {
	// args are the arguments, of which files and folders may be many.
	name, args, summary string
	// define defines the flags, and returns what is done with the arguments.
	define func(t tool, fs *flag.FlagSet) func(args []string) error
}

const files = "FILE|DIR|- …"

// commands are all commands, in the order in which the usage text lists them.
func commands() []command {
	return []command{
		{"render", files, "write the manifests of Deployments and SessionClusters", tool.render},
		{"ids", files, "write the job ids that Deployments are rendered with", tool.ids},
		{"explain", files, "say what set each field of the manifests", tool.explain},
		{"graph", files, "draw targets, resources and objects, and who points at whom", tool.graph},
		{"diff", "OLD NEW", "say what is different between two inputs, and what that means on a cluster", tool.diff},
		{"validate", files, "check resources without rendering them", tool.validate},
		{"schema", "KIND", "write the JSON Schema of a kind, for editors", tool.schema},
		{"target", files, "write what lets the platform run Flink in the targets' namespaces", tool.target},
		{"target import", "DIR", "write a DeploymentTarget with the patches of an overlay", tool.importTarget},
		{"target export", "FILE DIR", "write an overlay with the patches of a DeploymentTarget", tool.exportTarget},
		{"version", "", "write the version of this tool", tool.version},
	}
}

//go:embed help
var help embed.FS

// helpText returns the text of a file of help, with {reading} and {commands} filled in.
func helpText(name string) string {
	text, _ := help.ReadFile("help/" + strings.ReplaceAll(name, " ", "-") + ".txt") // a test reads all
	var list strings.Builder
	for _, c := range commands() {
		fmt.Fprintf(&list, "  %-14s %s\n", c.name, c.summary)
	}
	return strings.NewReplacer("{reading}\n", cli.ReadingHelp, "{commands}\n", list.String()).Replace(string(text))
}

func main() {
	// The process ends soon, so that memory is cheaper than looking for what of it can
	// be used again: a fifth of the time for a hundred Deployments. A stream may be long.
	percent := 800
	if slices.Contains(os.Args, "--stream") {
		percent = 400
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(percent)
	}
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// tool is what a command works with.
type tool struct {
	stdin  io.Reader
	stdout *bufio.Writer // which keeps the error, so that nobody else need look
	stderr *cli.Progress
}

func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	out := bufio.NewWriter(stdout)
	progress := cli.NewProgress(stderr)
	progress.Quiet = progress.Quiet || cli.Terminal(stdout) // on which manifests tell it
	code := tool{stdin, out, progress}.run(args)
	_, _ = progress.Write(nil)
	err := out.Flush()
	if err == nil {
		return code
	}
	fmt.Fprintf(stderr, "flinktarget: standard output: %v\n", err)
	if args[0] == "diff" { // for which exitInput means something else
		return exitTrouble
	}
	return exitInput
}

func (t tool) run(args []string) int {
	if len(args) == 0 {
		fmt.Fprint(t.stderr, helpText("help"))
		return exitUsage
	}
	name, rest := args[0], args[1:]
	switch {
	case name == "help" && len(rest) > 0:
		name, rest = rest[0], []string{"--help"}
	case name == "help", name == "-h", name == "-help", name == "--help":
		fmt.Fprint(t.stdout, helpText("help"))
		return exitOK
	case name == "--version":
		name = "version"
	}
	var names []string
	for _, c := range commands() {
		if first, second, ok := strings.Cut(c.name, " "); ok && name == first && len(rest) > 0 && rest[0] == second {
			name, rest = c.name, rest[1:]
		}
	}
	for _, c := range commands() {
		if c.name == name {
			return t.exit(name, t.command(c, rest))
		}
		names = append(names, c.name)
	}
	fmt.Fprintf(t.stderr, "flinktarget: there is no command %q; the commands are %s\n", name, strings.Join(names, ", "))
	return exitUsage
}

// exit says what is wrong, and returns the exit code.
func (t tool) exit(name string, err error) int {
	_, misused := errors.AsType[cli.UsageError](err)
	switch {
	case err == nil:
		return exitOK
	case err == errSaid:
		return exitInput
	case misused:
		fmt.Fprintf(t.stderr, "flinktarget: %s: %s\n", name, err)
		return exitUsage
	}
	t.lines(cli.ProblemsOf(err)...)
	if name == "diff" {
		return exitTrouble
	}
	return exitInput
}

// lines writes problems, each on a line of its own, except those of derived job ids.
func (t tool) lines(list ...flinktarget.Problem) {
	var derived cli.Derived
	for _, p := range append(derived.Take(list), derived.Rest()...) {
		fmt.Fprintln(t.stderr, p)
	}
}

// command reads flags wherever they stand, and runs a command.
func (t tool) command(c command, args []string) error {
	fs := flag.NewFlagSet(c.name, flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	do := c.define(t, fs)
	var rest []string
	for {
		err := fs.Parse(args)
		if errors.Is(err, flag.ErrHelp) {
			t.help(c, fs)
			return nil
		}
		if err != nil {
			return cli.Misused("%w", err)
		}
		if fs.NArg() == 0 {
			break
		}
		rest, args = append(rest, fs.Arg(0)), fs.Args()[1:]
	}
	switch {
	case c.args == files && len(rest) == 0:
		return cli.Misused("name the files to read, or - for the standard input")
	case c.args == "" && len(rest) > 0:
		return cli.Misused("there is nothing to name")
	case c.args != files && len(rest) != len(strings.Fields(c.args)):
		return cli.Misused("name %s", c.args)
	}
	if err := checkFormat(fs); err != nil {
		return err
	}
	return do(rest)
}

// help writes the help text of a command. How to use it stands after the first paragraph.
func (t tool) help(c command, fs *flag.FlagSet) {
	var flags strings.Builder
	fs.SetOutput(&flags)
	fs.PrintDefaults()
	what, more, _ := strings.Cut(helpText(c.name), "\n\n")
	synopsis := "flinktarget " + c.name
	if flags.Len() > 0 {
		synopsis += " [flags]"
	}
	fmt.Fprintf(t.stdout, "%s\n\nUsage:\n\n  %s\n", strings.TrimSpace(what), strings.TrimSpace(synopsis+" "+c.args))
	if more != "" {
		fmt.Fprintf(t.stdout, "\n%s", more)
	}
	if flags.Len() > 0 {
		fmt.Fprintf(t.stdout, "\nFlags:\n\n%s", flags.String())
	}
}

func (t tool) version(*flag.FlagSet) func([]string) error {
	return func([]string) error {
		info, ok := debug.ReadBuildInfo()
		if !ok {
			fmt.Fprintln(t.stdout, "flinktarget (unknown version)")
			return nil
		}
		fmt.Fprintf(t.stdout, "flinktarget %s, %s\n", cmp.Or(info.Main.Version, "(devel)"), info.GoVersion)
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" || s.Key == "vcs.time" || s.Key == "vcs.modified" {
				fmt.Fprintf(t.stdout, "%s: %s\n", s.Key, s.Value)
			}
		}
		return nil
	}
}
