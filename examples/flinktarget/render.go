package main

import (
	"errors"
	"flag"
	"fmt"
	"os"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/examples/internal/cli"
	"github.com/flinktarget/flinktarget/render"
)

const renderHelp = `Writes the Kubernetes manifests of all Deployments and SessionClusters that are
found in the arguments, each for the DeploymentTarget that it refers to, which
must be among them too.

Usage:

  flinktarget render [flags] FILE|DIR|- …

` + cli.ReadingHelp + `A lone - is the standard input.

Nothing is written if anything is wrong. With --stream, manifests are written as
their resources come, what is wrong is reported, and the rest goes on; targets have
to come first, and a resource that stands twice is not noticed. An input without a
Deployment or SessionCluster is a warning, and the exit code is 0: it is what is left
when the last one is taken away.

Examples:

  flinktarget render resources/
  flinktarget render --job-id "$(uuidgen | tr A-Z a-z)" targets.yaml orders.yaml
  flinktarget render --job-id default/orders="$JOB_ID" \
    --savepoint default/orders=s3://flink/savepoints/1 resources/
  cat targets.yaml deployments.yaml | flinktarget render --stream -
`

func (t tool) render(args []string) int {
	fs := flag.NewFlagSet("render", flag.ContinueOnError)
	o, j, output := cli.RenderFlags(fs), cli.JobFlags(fs), outputFlag(fs)
	stream := fs.Bool("stream", false, "render inputs of any length as they come; -o json is one object a line")
	files, code, done := t.parse(fs, renderHelp, args)
	switch {
	case done:
		return code
	case len(files) == 0:
		return t.misused("render: name the files to read, or - for the standard input")
	}
	if err := j.Anonymous(); *stream && err != nil {
		return t.misused("render: --stream does not know how many Deployments come: %v", err)
	}
	if *stream {
		r, code := t.renderer("render", o)
		if r == nil {
			return code
		}
		return t.stream(r, files, &o.Input, j, *output)
	}
	m, code := t.manifests("render", files, o, j)
	if code != exitOK {
		return code
	}
	return t.write(m, *output)
}

// manifests renders all files for a command. If the exit code is not 0, the command
// has been answered with it.
func (t tool) manifests(command string, files []string, o *cli.Flags, j *cli.Jobs, opts ...render.Option) (render.Manifests, int) {
	r, code := t.renderer(command, o, opts...)
	if r == nil {
		return render.Manifests{}, code
	}
	_, m, code := t.rendered(command, r, files, o, j)
	return m, code
}

// rendered is manifests with a renderer, and returns what was read, too.
func (t tool) rendered(command string, r *render.Renderer, files []string, o *cli.Flags, j *cli.Jobs) (deployment.Bundle, render.Manifests, int) {
	bundle, err := t.read(&o.Input, files)
	if err != nil {
		return bundle, render.Manifests{}, t.problems(err)
	}
	if nothing, ok := cli.Nothing(bundle); ok {
		t.lines([]cli.Problem{nothing})
	}
	if err := j.Check(bundle.Deployments); err != nil {
		return bundle, render.Manifests{}, t.misused("%s: %v", command, err)
	}
	m, err := r.Bundle(bundle, j.Of)
	if err != nil {
		return bundle, render.Manifests{}, t.problems(err)
	}
	return bundle, m, exitOK
}

// renderer returns what the flags ask for. If there is none, the command has been
// answered, with this exit code.
func (t tool) renderer(command string, o *cli.Flags, opts ...render.Option) (*render.Renderer, int) {
	r, err := o.Renderer(opts...)
	if _, unreadable := errors.AsType[*os.PathError](err); unreadable {
		return nil, t.problems(err)
	}
	if err != nil {
		return nil, t.misused("%s: %s", command, cli.InFlags(err.Error()))
	}
	return r, exitOK
}

// read parses all files, and warns of what is left out.
func (t tool) read(in *cli.Input, files []string) (deployment.Bundle, error) {
	in.Stdin = t.stdin
	bundle, warnings, err := in.Read(files)
	t.lines(warnings)
	return bundle, err
}

// problems writes an error, each problem on a line of its own.
func (t tool) problems(err error) int {
	t.lines(cli.ProblemsOf(err))
	return exitInput
}

func (t tool) lines(list []cli.Problem) {
	for _, p := range list {
		fmt.Fprintln(t.stderr, p)
	}
}

// warn writes what a person should look at.
func (t tool) warn(m render.Manifests) { t.lines(cli.WarningsOf(m)) }

// outputFlag is -o of all commands that write manifests.
func outputFlag(fs *flag.FlagSet) *format { return formatFlag(fs, "yaml") }

// reportFlag is -o of all commands that write something for people.
func reportFlag(fs *flag.FlagSet) *format { return formatFlag(fs, "text") }

// formatFlag is -o, of which json is one value and what is written otherwise another.
func formatFlag(fs *flag.FlagSet, otherwise string) *format {
	f := format(otherwise)
	fs.Var(&formatValue{&f, otherwise}, "o", "the output `format`: "+otherwise+" or json")
	return &f
}

type format string

// formatValue is the flag.Value of a format.
type formatValue struct {
	*format
	otherwise string
}

// String returns the format, which the help shows as the default.
func (v *formatValue) String() string {
	if v.format == nil { // package flag asks a zero value, too
		return ""
	}
	return string(*v.format)
}

func (v *formatValue) Set(s string) error {
	if s != v.otherwise && s != "json" {
		return errors.New(v.otherwise + " or json is wanted")
	}
	*v.format = format(s)
	return nil
}

// write writes manifests, and what a person should look at.
func (t tool) write(m render.Manifests, f format) int {
	t.warn(m)
	var err error
	if f == "json" {
		_, err = fmt.Fprintf(t.stdout, "%s\n", m.JSON())
	} else {
		_, err = m.WriteTo(t.stdout)
	}
	if err != nil {
		return t.problems(err)
	}
	return exitOK
}
