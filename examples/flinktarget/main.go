// Command flinktarget renders Ververica Platform resources as Kubernetes
// manifests, without a platform and without a cluster.
//
//	flinktarget render FILE|DIR|- …
//	flinktarget validate FILE|DIR|- …
//	flinktarget schema KIND
//	flinktarget target FILE|DIR|- …
//
// Manifests go to the standard output. Problems and warnings go to the standard
// error, one a line, as file:line:column: field: message. The exit code is 0 if
// all is well, 1 if the input is not, and 2 if the command line is not; where it
// is not 0, nothing is written to the standard output.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
)

// The exit codes.
const (
	exitOK    = 0
	exitInput = 1
	exitUsage = 2
)

const usage = `flinktarget renders Ververica Platform resources as Kubernetes manifests.

Usage:

  flinktarget COMMAND [flags] [arguments]

Commands:

  render    write the manifests of Deployments and SessionClusters
  validate  check resources without rendering them
  schema    write the JSON Schema of a kind, for editors
  target    write what lets the platform run Flink in the targets' namespaces

Run "flinktarget COMMAND --help" for the flags of a command.
`

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// tool is what a command works with.
type tool struct {
	stdin          io.Reader
	stdout, stderr io.Writer
}

func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	t := tool{stdin, stdout, stderr}
	if len(args) == 0 {
		fmt.Fprint(stderr, usage)
		return exitUsage
	}
	switch args[0] {
	case "render":
		return t.render(args[1:])
	case "validate":
		return t.validate(args[1:])
	case "schema":
		return t.schema(args[1:])
	case "target":
		return t.target(args[1:])
	case "help", "-h", "-help", "--help":
		fmt.Fprint(stdout, usage)
		return exitOK
	default:
		return t.misused("there is no command %q; the commands are render, validate, schema and target", args[0])
	}
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
			fmt.Fprint(t.stdout, help, "\nFlags:\n\n")
			fs.SetOutput(t.stdout)
			fs.PrintDefaults()
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
