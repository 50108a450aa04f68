package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"slices"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/deployment/schemas"
	"github.com/flinktarget/flinktarget/examples/internal/cli"
	"github.com/flinktarget/flinktarget/render"
	"github.com/flinktarget/flinktarget/render/krm"
	"github.com/flinktarget/flinktarget/target"
)

func (t tool) validate(fs *flag.FlagSet) func([]string) error {
	o, output := t.renderFlags(fs), formatFlag(fs, "text")
	alsoRender := fs.Bool("render", false, "render the resources, too, with the other flags of the command render")
	return func(files []string) error {
		*alsoRender = *alsoRender || o.Both
		if name := unusedFlag(fs); name != "" && !*alsoRender {
			return cli.Misused("--%s is for rendering: give --render, too", name)
		}
		r, err := o.Renderer()
		if err != nil {
			return err
		}
		found := []flinktarget.Problem{} // which is a list in JSON, too
		o.Warn = func(p flinktarget.Problem) { found = append(found, p) }
		bundle, err := o.Read(files)
		if err == nil && cli.Empty(bundle) && (*alsoRender || len(bundle.Targets) == 0) {
			found = append(found, cli.Nothing)
		}
		var warnings []flinktarget.Problem
		if err == nil {
			warnings, err = check(bundle, r, o, *alsoRender)
		}
		found = append(found, cli.ProblemsOf(err)...)
		if err == nil {
			found = append(found, warnings...)
		} else {
			err = errSaid
		}
		if *output == "json" {
			cli.WriteJSON(t.stdout, map[string]any{"problems": found})
		} else {
			t.lines(found...)
		}
		return err
	}
}

// check returns what is wrong with resources together, and the warnings.
func check(b deployment.Bundle, r *render.Renderer, o *cli.Flags, alsoRender bool) ([]flinktarget.Problem, error) {
	if !alsoRender {
		return append(warningsIn(b), refusedIn(b, r)...), errors.Join(b.Duplicates()...)
	}
	m, err := r.Bundle(b, nil)
	if err == nil && o.Both {
		err = sameWithKustomize(b, m, o)
	}
	return cli.Flagged(m.Warnings()), err
}

// unusedFlag returns a flag that was given and does nothing without --render.
func unusedFlag(fs *flag.FlagSet) (name string) {
	reading := flag.NewFlagSet("", flag.ContinueOnError)
	new(cli.Input).Flags(reading)
	fs.Visit(func(f *flag.Flag) {
		if reading.Lookup(f.Name) == nil && !slices.Contains([]string{"render", "o", "defaults"}, f.Name) {
			name = f.Name
		}
	})
	return name
}

// refusedIn returns warnings about resources that cannot be rendered as they are, each with
// its target or, if that is not there, with one that says nothing.
func refusedIn(b deployment.Bundle, r *render.Renderer) (out []flinktarget.Problem) {
	refused := func(ref target.Ref, one deployment.Bundle, job render.Job) {
		var c target.Config
		c.Metadata.Name, c.Metadata.Namespace, c.Metadata.ID = cmp.Or(ref.Name, "any"), ref.Namespace, ref.ID
		c.Spec.Kubernetes = &target.Kubernetes{Namespace: "any"}
		with, err := target.New(c)
		for _, t := range b.Targets {
			if ref.Matches(t) && t.KubernetesNamespace() != "" {
				with = t
			}
		}
		one.Targets = []target.Target{with}
		if err == nil && !ref.IsZero() {
			_, err = r.Bundle(one, func(deployment.Deployment) render.Job { return job })
		}
		for _, p := range cli.ProblemsOf(err) {
			p.Severity, p.Message = flinktarget.SeverityWarning, "cannot be rendered: "+p.Message
			out = append(out, p)
		}
	}
	for _, d := range b.Deployments {
		cluster, ref := render.Job{}, d.Target()
		if c, n := b.ClusterOf(d); n == 1 {
			cluster.SessionCluster, ref = c, c.Target()
		}
		refused(ref, deployment.Bundle{Deployments: []deployment.Deployment{d}}, cluster)
	}
	for _, s := range b.SessionClusters {
		refused(s.Target(), deployment.Bundle{SessionClusters: []deployment.SessionCluster{s}}, render.Job{})
	}
	return out
}

// warningsIn returns the warnings about each resource on its own.
func warningsIn(b deployment.Bundle) (out []flinktarget.Problem) {
	for _, d := range b.Deployments {
		out = append(out, cli.Flagged(d.Warnings())...)
	}
	for _, s := range b.SessionClusters {
		out = append(out, cli.Flagged(s.Warnings())...)
	}
	return out
}

func (t tool) schema(*flag.FlagSet) func([]string) error {
	return func(kind []string) error {
		text, err := krm.Schema(), error(nil)
		if kind[0] != krm.Kind {
			text, err = schemas.JSON(kind[0])
		}
		if err != nil {
			return cli.Misused("%w; or %s, the configuration of the KRM function", err, krm.Kind)
		}
		fmt.Fprintf(t.stdout, "%s\n", text)
		return nil
	}
}
