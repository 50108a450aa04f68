package main

import (
	"errors"
	"flag"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/examples/internal/cli"
	"github.com/flinktarget/flinktarget/render"
)

func (t tool) target(fs *flag.FlagSet) func([]string) error {
	in := cli.Input{Stdin: t.stdin, Progress: t.stderr, Warn: func(p flinktarget.Problem) { t.lines(p) }}
	in.Flags(fs)
	var p render.Platform
	fs.StringVar(&p.Namespace, "platform-namespace", "",
		"the Kubernetes `namespace` that the platform runs in (required)")
	fs.StringVar(&p.Name, "platform-name", "vvp", "the `name` of the platform's Helm release")
	fs.StringVar(&p.ServiceAccount, "service-account", "",
		"the platform's service `account`, if it is not the Helm chart's")
	withNamespace := fs.Bool("with-namespace", false, "write the Namespace, too")
	output := formatFlag(fs, "yaml")
	return func(files []string) error {
		if p.Namespace == "" {
			return cli.Misused("--platform-namespace is required: it says whom to grant access")
		}
		opts := []render.Option{render.ForPlatform(p)}
		if *withNamespace {
			opts = append(opts, render.WithNamespace())
		}
		r, err := cli.Renderer(opts...)
		if err != nil {
			return err
		}
		bundle, err := in.Read(files)
		if err != nil {
			return err
		}
		if len(bundle.Targets) == 0 {
			t.lines(cli.Warning("there is no DeploymentTarget in the input"))
		}
		var all []render.Manifests
		var errs []error
		for _, dt := range bundle.Targets {
			m, err := r.Target(dt)
			all, errs = append(all, m), append(errs, err)
		}
		if err := errors.Join(errs...); err != nil {
			return err
		}
		t.write(render.Join(all...), *output)
		return nil
	}
}
