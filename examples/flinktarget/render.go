package main

import (
	"flag"
	"fmt"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/examples/internal/cli"
	"github.com/flinktarget/flinktarget/render"
)

const renderHelp = `Writes the Kubernetes manifests of all Deployments and SessionClusters that are
found in the arguments, each for the DeploymentTarget that it refers to, which
must be among them too.

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

func (t tool) render(fs *flag.FlagSet) func([]string) error {
	o, j, output := t.renderFlags(fs), cli.JobFlags(fs), formatFlag(fs, "yaml")
	stream := fs.Bool("stream", false, "render inputs of any length as they come; -o json is one object a line")
	return func(files []string) error {
		if *stream {
			return t.stream(files, o, j, *output)
		}
		_, m, err := t.manifests(files, o, j)
		if err == nil {
			t.write(m, *output)
		}
		return err
	}
}

// renderFlags are the flags of all commands that render.
func (t tool) renderFlags(fs *flag.FlagSet) *cli.Flags {
	o := cli.RenderFlags(fs)
	o.Stdin, o.Warn = t.stdin, func(p cli.Problem) { t.lines(p) }
	return o
}

// manifests reads and renders all files.
func (t tool) manifests(files []string, o *cli.Flags, j *cli.Jobs, opts ...render.Option) (
	b deployment.Bundle, m render.Manifests, err error,
) {
	r, err := o.Renderer(opts...)
	if err != nil {
		return b, m, err
	}
	if b, err = o.Read(files); err != nil {
		return b, m, err
	}
	if cli.Empty(b) {
		t.lines(cli.Nothing)
	}
	if err := j.Check(b.Deployments); err != nil {
		return b, m, err
	}
	m, err = r.Bundle(b, j.Of)
	return b, m, err
}

// formatFlag is -o, of which json is one value and what is written otherwise another;
// checkFormat refuses others.
func formatFlag(fs *flag.FlagSet, otherwise string) *string {
	return fs.String("o", otherwise, "the output `format`: "+otherwise+" or json")
}

func checkFormat(fs *flag.FlagSet) error {
	if f := fs.Lookup("o"); f != nil && f.Value.String() != f.DefValue && f.Value.String() != "json" {
		return cli.Misused("-o %s: must be %s or json", f.Value, f.DefValue)
	}
	return nil
}

// write writes manifests, and what a person should look at.
func (t tool) write(m render.Manifests, format string) {
	t.lines(cli.WarningsOf(m)...)
	if format == "json" {
		fmt.Fprintf(t.stdout, "%s\n", m.JSON())
	} else {
		_, _ = m.WriteTo(t.stdout)
	}
}
