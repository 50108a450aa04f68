package main

import (
	"flag"
	"fmt"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/examples/internal/cli"
	"github.com/flinktarget/flinktarget/patch"
	"github.com/flinktarget/flinktarget/render"
	"github.com/flinktarget/flinktarget/target"
)

const validateHelp = `Checks the resources that are found in the arguments, each on its own: whether they
are legal, not whether their target is there. With --render they are rendered, too,
which finds what is wrong between them.

Usage:

  flinktarget validate [flags] FILE|DIR|- …

` + cli.ReadingHelp + `
Problems are lines on the standard error. With -o json they are a report on the
standard output instead, whatever the exit code:

  {"problems": [{"severity": "error", "file": "orders.yaml", "line": 12,
    "column": 7, "resource": …, "field": "spec.template.…", "rule": …, "message": …}]}

What is not known of a problem is left out. severity is error or warning. Warnings
do not change the exit code.
`

func (t tool) validate(args []string) int {
	fs := flag.NewFlagSet("validate", flag.ContinueOnError)
	o, output := cli.RenderFlags(fs), reportFlag(fs)
	alsoRender := fs.Bool("render", false, "render the resources, too, with the other flags of the command render")
	files, code, done := t.parse(fs, validateHelp, args)
	switch {
	case done:
		return code
	case len(files) == 0:
		return t.misused("validate: name the files to read, or - for the standard input")
	}
	if name := useless(fs); name != "" && !*alsoRender {
		return t.misused("validate: --%s is for rendering: give --render, too", name)
	}
	r, code := t.renderer("validate", o)
	if r == nil {
		return code
	}
	o.Stdin = t.stdin
	bundle, left, err := o.Read(files)
	found := append(left, cli.ProblemsOf(err)...)
	if nothing, ok := cli.Nothing(bundle); ok && err == nil && (*alsoRender || len(bundle.Targets) == 0) {
		found = append(found, nothing)
	}
	switch {
	case err != nil:
	case *alsoRender:
		var m render.Manifests
		m, err = r.Bundle(bundle, nil)
		found = append(append(found, cli.ProblemsOf(err)...), cli.WarningsOf(m)...)
	default:
		found = append(found, warningsIn(bundle)...)
	}
	code = exitOK
	if err != nil {
		code = exitInput
	}
	if *output == "text" {
		t.lines(found)
	} else if err := cli.Report(t.stdout, found); err != nil {
		return t.problems(err)
	}
	return code
}

// useless returns a flag that was given and does nothing without --render.
func useless(fs *flag.FlagSet) (name string) {
	fs.Visit(func(f *flag.Flag) {
		switch f.Name {
		case "render", "o", "defaults", "skip-unknown-kinds":
		default:
			name = f.Name
		}
	})
	return name
}

// warningsIn returns the warnings about each resource on its own.
func warningsIn(b deployment.Bundle) []cli.Problem {
	var out []cli.Problem
	for _, d := range b.Deployments {
		out = append(out, warningsAbout(d, d.Warnings())...)
	}
	for _, s := range b.SessionClusters {
		out = append(out, warningsAbout(s, s.Warnings())...)
	}
	return out
}

// checked is a Deployment or a SessionCluster.
type checked interface {
	fmt.Stringer
	Position(field string) patch.Position
}

func warningsAbout(r checked, warnings []deployment.Warning) []cli.Problem {
	var out []cli.Problem
	for _, w := range warnings {
		p := cli.Problem{Severity: cli.Warning, Resource: r.String(), Field: w.Field, Message: cli.InFlags(w.Message)}
		p.At(r.Position(w.Field))
		out = append(out, p)
	}
	return out
}

const schemaHelp = `Writes the JSON Schema of a kind: DeploymentTarget, Deployment or SessionCluster.
Editors complete and check YAML with it.

Usage:

  flinktarget schema KIND

For example, for an editor that reads a comment with the name of a schema:

  flinktarget schema Deployment >deployment.schema.json
  sed -i '1i # yaml-language-server: $schema=deployment.schema.json' orders.yaml
`

func (t tool) schema(args []string) int {
	fs := flag.NewFlagSet("schema", flag.ContinueOnError)
	kinds, code, done := t.parse(fs, schemaHelp, args)
	switch {
	case done:
		return code
	case len(kinds) != 1:
		return t.misused("schema: name one kind")
	}
	if kinds[0] == target.Kind {
		fmt.Fprintf(t.stdout, "%s\n", target.JSONSchema())
		return exitOK
	}
	text, err := deployment.JSONSchema(kinds[0])
	if err != nil {
		return t.misused("schema: %v", err)
	}
	fmt.Fprintf(t.stdout, "%s\n", text)
	return exitOK
}
