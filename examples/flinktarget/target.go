package main

import (
	"errors"
	"flag"

	"github.com/flinktarget/flinktarget/examples/internal/cli"
	"github.com/flinktarget/flinktarget/render"
)

const targetHelp = `Writes what lets the platform run Flink in the namespaces of the DeploymentTargets
that are found in the arguments: a Role and a RoleBinding for each.

Usage:

  flinktarget target [flags] FILE|DIR|- …

` + cli.ReadingHelp + `
For example, for a platform that was installed as the Helm release vvp in the
namespace ververica:

  flinktarget target --platform-namespace ververica --with-namespace targets/ |
    kubectl apply -f -
`

func (t tool) target(args []string) int {
	fs := flag.NewFlagSet("target", flag.ContinueOnError)
	var p render.Platform
	var in cli.Input
	in.Flags(fs)
	fs.StringVar(&p.Namespace, "platform-namespace", "", "the Kubernetes `namespace` that the platform runs in (required)")
	fs.StringVar(&p.Name, "platform-name", "vvp", "the `name` of the platform's Helm release")
	fs.StringVar(&p.ServiceAccount, "service-account", "", "the platform's service `account`, if it is not the Helm chart's")
	withNamespace := fs.Bool("with-namespace", false, "write the Namespace, too")
	output := outputFlag(fs)
	files, code, done := t.parse(fs, targetHelp, args)
	switch {
	case done:
		return code
	case len(files) == 0:
		return t.misused("target: name the files to read, or - for the standard input")
	case p.Namespace == "":
		return t.misused("target: --platform-namespace is required: it says whom to grant access")
	}
	opts := []render.Option{p}
	if *withNamespace {
		opts = append(opts, render.WithNamespace())
	}
	r, err := render.New(opts...)
	if err != nil {
		return t.misused("target: %s", cli.InFlags(err.Error()))
	}
	bundle, err := t.read(&in, files)
	if err != nil {
		return t.problems(err)
	}
	if len(bundle.Targets) == 0 {
		t.lines([]cli.Problem{{Severity: cli.Warning, Message: "there is no DeploymentTarget in the input"}})
	}
	var all []render.Manifests
	var errs []error
	for _, dt := range bundle.Targets {
		m, err := r.Target(dt)
		errs = append(errs, err)
		all = append(all, m)
	}
	if err := errors.Join(errs...); err != nil {
		return t.problems(err)
	}
	return t.write(render.Join(all...), *output)
}
