package main

import (
	"flag"
	"fmt"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/patch"
	"github.com/flinktarget/flinktarget/target"
)

const validateHelp = `Checks the resources that are found in the arguments, each on its own: whether they
are legal, not whether their target is there.

Usage:

  flinktarget validate FILE|DIR|- …
`

func (t tool) validate(args []string) int {
	fs := flag.NewFlagSet("validate", flag.ContinueOnError)
	files, code, done := t.parse(fs, validateHelp, args)
	switch {
	case done:
		return code
	case len(files) == 0:
		return t.misused("validate: name the files to read, or - for the standard input")
	}
	bundle, err := t.read(files)
	if err != nil {
		return t.problems(err)
	}
	for _, d := range bundle.Deployments {
		t.warnOf(d, d.Warnings())
	}
	for _, s := range bundle.SessionClusters {
		t.warnOf(s, s.Warnings())
	}
	return exitOK
}

// checked is a Deployment or a SessionCluster.
type checked interface {
	fmt.Stringer
	Position(field string) patch.Position
}

func (t tool) warnOf(r checked, warnings []deployment.Warning) {
	for _, w := range warnings {
		place := r.Position(w.Field).String()
		if place == "" {
			place = r.String()
		}
		fmt.Fprintf(t.stderr, "%s: %s: warning: %s\n", place, w.Field, w.Message)
	}
}

const schemaHelp = `Writes the JSON Schema of a kind: DeploymentTarget, Deployment or SessionCluster.
Editors complete and check YAML with it.

Usage:

  flinktarget schema KIND
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
