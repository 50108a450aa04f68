package main

import (
	"cmp"
	"flag"
	"fmt"
	"slices"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/examples/internal/cli"
	"github.com/flinktarget/flinktarget/render"
)

func (t tool) render(fs *flag.FlagSet) func([]string) error {
	o, j, output := t.renderFlags(fs), cli.JobFlags(fs), formatFlag(fs, "yaml")
	stream := fs.Bool("stream", false, "render inputs of any length as they come; -o json is one object a line")
	keepGoing := fs.Bool("keep-going", false, "render what can be rendered, report the rest, and exit with 1")
	return func(files []string) error {
		if *keepGoing {
			return t.keepGoing(files, o, j, *output)
		}
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

// keepGoing renders the resources for which nothing is wrong, and reports the others.
func (t tool) keepGoing(files []string, o *cli.Flags, j *cli.Jobs, format string) error {
	r, err := o.Renderer()
	if err != nil {
		return err
	}
	o.KeepGoing = true
	b, err := o.Read(files)
	if e := j.Check(b.Deployments); e != nil && err == nil {
		return e
	}
	problems := cli.ProblemsOf(err)
	for {
		m, err := r.Bundle(b, j.Of)
		if err == nil {
			t.write(m, format)
			break
		}
		found := cli.ProblemsOf(err)
		problems = append(problems, found...)
		before := len(b.Targets) + len(b.Deployments) + len(b.SessionClusters)
		b.Targets = without(b.Targets, found)
		b.Deployments = without(b.Deployments, found)
		b.SessionClusters = without(b.SessionClusters, found)
		if len(b.Targets)+len(b.Deployments)+len(b.SessionClusters) == before {
			break // it is about none of them
		}
	}
	t.lines(problems...)
	if len(problems) > 0 {
		return errSaid
	}
	return nil
}

// without leaves out the resources of problems.
func without[T fmt.Stringer](list []T, problems []flinktarget.Problem) []T {
	return slices.DeleteFunc(list, func(r T) bool {
		return slices.ContainsFunc(problems, func(p flinktarget.Problem) bool { return p.Resource == r.String() })
	})
}

// renderFlags are the flags of all commands that render.
func (t tool) renderFlags(fs *flag.FlagSet) *cli.Flags {
	o := cli.RenderFlags(fs, t.stderr)
	engineFlag(fs, o)
	o.Stdin, o.Warn = t.stdin, func(p flinktarget.Problem) { t.lines(p) }
	return o
}

// of defines the flags of a command that does something with what is rendered.
func (t tool) of(
	fs *flag.FlagSet, format string, do func(b deployment.Bundle, m render.Manifests, format string) error,
	opts ...render.Option,
) func([]string) error {
	o, j, output := t.renderFlags(fs), cli.JobFlags(fs), formatFlag(fs, format)
	return func(files []string) error {
		b, m, err := t.manifests(files, o, j, opts...)
		if err != nil {
			return err
		}
		return do(b, m, *output)
	}
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
	t.stderr.Did("rendering", len(b.Deployments)+len(b.SessionClusters))
	m, err = r.Bundle(b, j.Of)
	return b, m, err
}

// formatFlag is -o, with the format that is meant otherwise; checkFormat refuses what is
// neither that nor its other.
func formatFlag(fs *flag.FlagSet, otherwise string) *string {
	return fs.String("o", otherwise, "the output `format`: "+otherwise+" or "+otherFormat(otherwise))
}

func otherFormat(format string) string {
	return cmp.Or(map[string]string{"mermaid": "dot"}[format], "json")
}

func checkFormat(fs *flag.FlagSet) error {
	f := fs.Lookup("o")
	if f == nil || f.DefValue == "" || f.Value.String() == f.DefValue {
		return nil
	}
	if other := otherFormat(f.DefValue); f.Value.String() != other {
		return cli.Misused("-o %s: must be %s or %s", f.Value, f.DefValue, other)
	}
	return nil
}

// write writes manifests, and what a person should look at.
func (t tool) write(m render.Manifests, format string) {
	t.lines(cli.Flagged(m.Warnings())...)
	if format == "json" {
		fmt.Fprintf(t.stdout, "%s\n", m.JSON())
	} else {
		_, _ = m.WriteTo(t.stdout)
	}
}
