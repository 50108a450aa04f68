package main

import (
	"flag"
	"fmt"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/deployment/schemas"
	"github.com/flinktarget/flinktarget/examples/internal/cli"
	"github.com/flinktarget/flinktarget/render"
)

func (t tool) validate(fs *flag.FlagSet) func([]string) error {
	o, output := t.renderFlags(fs), formatFlag(fs, "text")
	alsoRender := fs.Bool("render", false, "render the resources, too, with the other flags of the command render")
	return func(files []string) error {
		*alsoRender = *alsoRender || o.Both
		if name := useless(fs); name != "" && !*alsoRender {
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
		warnings := warningsIn(bundle)
		if err == nil && *alsoRender {
			var m render.Manifests
			m, err = r.Bundle(bundle, nil)
			if err == nil && o.Both {
				err = sameWithKustomize(bundle, m, o)
			}
			warnings = cli.Warnings(m.Warnings())
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

// useless returns a flag that was given and does nothing without --render.
func useless(fs *flag.FlagSet) (name string) {
	fs.Visit(func(f *flag.Flag) {
		switch f.Name {
		case "render", "o", "defaults", "kind", "skip-unknown-kinds":
		default:
			name = f.Name
		}
	})
	return name
}

// warningsIn returns the warnings about each resource on its own.
func warningsIn(b deployment.Bundle) (out []flinktarget.Problem) {
	for _, d := range b.Deployments {
		out = append(out, cli.Warnings(d.Warnings())...)
	}
	for _, s := range b.SessionClusters {
		out = append(out, cli.Warnings(s.Warnings())...)
	}
	return out
}

func (t tool) schema(*flag.FlagSet) func([]string) error {
	return func(kind []string) error {
		text, err := schemas.JSON(kind[0])
		if err != nil {
			return cli.Misused("%w", err)
		}
		fmt.Fprintf(t.stdout, "%s\n", text)
		return nil
	}
}
