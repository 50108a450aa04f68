package main

import (
	"flag"
	"fmt"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/patch"
	"github.com/flinktarget/flinktarget/render"
	"github.com/flinktarget/flinktarget/target"
)

const validateHelp = `Checks the resources that are found in the arguments, each on its own: whether they
are legal, not whether their target is there. With --render they are rendered, too,
which finds what is wrong between them.

Usage:

  flinktarget validate [flags] FILE|DIR|- …

` + readingHelp + `
Problems are lines on the standard error. With -o json they are a report on the
standard output instead, whatever the exit code:

  {"problems": [{"severity": "error", "file": "orders.yaml", "line": 12, "column": 7,
    "resource": …, "field": "spec.template.…", "rule": …, "message": …}]}

What is not known of a problem is left out. severity is error or warning. Warnings do
not change the exit code.
`

func (t tool) validate(args []string) int {
	fs := flag.NewFlagSet("validate", flag.ContinueOnError)
	o, output := renderFlags(fs), reportFlag(fs)
	alsoRender := fs.Bool("render", false, "render the resources, too; the other flags are for this, as for the command render")
	files, code, done := t.parse(fs, validateHelp, args)
	switch {
	case done:
		return code
	case len(files) == 0:
		return t.misused("validate: name the files to read, or - for the standard input")
	}
	r, code := t.renderer("validate", o)
	if r == nil {
		return code
	}
	bundle, err := t.read(files, o.defaults)
	found := problemsOf(err)
	switch {
	case err != nil:
	case *alsoRender:
		var m render.Manifests
		m, err = r.Bundle(bundle, nil)
		found = append(problemsOf(err), warningsOf(m)...)
	default:
		found = warningsIn(bundle)
	}
	code = exitOK
	if err != nil {
		code = exitInput
	}
	if *output == "text" {
		t.lines(found)
	} else if err := report(t.stdout, found); err != nil {
		return t.problems(err)
	}
	return code
}

// warningsIn returns the warnings about each resource on its own.
func warningsIn(b deployment.Bundle) []problem {
	var out []problem
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

func warningsAbout(r checked, warnings []deployment.Warning) []problem {
	var out []problem
	for _, w := range warnings {
		p := problem{Severity: severityWarning, Resource: r.String(), Field: w.Field, Message: inFlags(w.Message)}
		p.at(r.Position(w.Field))
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
