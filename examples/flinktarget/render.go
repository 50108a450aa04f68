package main

import (
	"errors"
	"flag"
	"fmt"

	"github.com/flinktarget/flinktarget/render"
)

// readingHelp says what the arguments of most commands are.
const readingHelp = `A FILE may hold many YAML documents, or JSON. Of a DIR all files are read whose
names end in .yaml, .yml or .json, at any depth and sorted, except hidden ones. A
lone - is the standard input.
`

const renderHelp = `Writes the Kubernetes manifests of all Deployments and SessionClusters that are
found in the arguments, each for the DeploymentTarget that it refers to, which
must be among them too.

Usage:

  flinktarget render [flags] FILE|DIR|- …

` + readingHelp + `
Nothing is written if anything is wrong. With --stream, manifests are written as
their resources come, what is wrong is reported, and the rest goes on; targets have
to come first, and a resource that stands twice is not noticed.

Examples:

  flinktarget render resources/
  flinktarget render --job-id 2da2f867-5899-4bef-8ad0-9771bbac38b4 targets.yaml orders.yaml
  flinktarget render --savepoint orders=s3://flink/savepoints/1 resources/
  cat targets.yaml deployments.yaml | flinktarget render --stream -
`

func (t tool) render(args []string) int {
	fs := flag.NewFlagSet("render", flag.ContinueOnError)
	o, j, output := renderFlags(fs), jobFlags(fs), outputFlag(fs)
	stream := fs.Bool("stream", false, "render inputs of any length as they come: targets first, problems on the way; -o json is one object a line")
	files, code, done := t.parse(fs, renderHelp, args)
	switch {
	case done:
		return code
	case len(files) == 0:
		return t.misused("render: name the files to read, or - for the standard input")
	case *stream && j.anonymous():
		return t.misused("render: with --stream, name the Deployment: --job-id DEPLOYMENT=UUID, --savepoint DEPLOYMENT=URI")
	}
	if *stream {
		r, code := t.renderer("render", o)
		if r == nil {
			return code
		}
		return t.stream(r, files, o.defaults, j, *output)
	}
	m, code := t.manifests("render", files, o, j)
	if code != exitOK {
		return code
	}
	return t.write(m, *output)
}

// manifests renders all files for a command. If the exit code is not 0, the command
// has been answered with it.
func (t tool) manifests(command string, files []string, o *options, j *jobs, opts ...render.Option) (render.Manifests, int) {
	r, code := t.renderer(command, o, opts...)
	if r == nil {
		return render.Manifests{}, code
	}
	bundle, err := t.read(files, o.defaults)
	if err != nil {
		return render.Manifests{}, t.problems(err)
	}
	if err := j.check(bundle.Deployments); err != nil {
		return render.Manifests{}, t.misused("%s: %v", command, err)
	}
	m, err := r.Bundle(bundle, j.of)
	if err != nil {
		return render.Manifests{}, t.problems(err)
	}
	return m, exitOK
}

// outputFlag is -o of all commands that write manifests.
func outputFlag(fs *flag.FlagSet) *format { return formatFlag(fs, "yaml") }

// reportFlag is -o of all commands that write something for people.
func reportFlag(fs *flag.FlagSet) *format { return formatFlag(fs, "text") }

// formatFlag is -o, of which json is one value and what is written otherwise another.
func formatFlag(fs *flag.FlagSet, otherwise string) *format {
	f := format(otherwise)
	fs.Func("o", "the output `format`: "+otherwise+" or json", func(s string) error {
		if s != otherwise && s != "json" {
			return errors.New(otherwise + " or json is wanted")
		}
		f = format(s)
		return nil
	})
	return &f
}

type format string

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
