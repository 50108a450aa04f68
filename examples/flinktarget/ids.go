package main

import (
	"flag"
	"fmt"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/examples/internal/cli"
	"github.com/flinktarget/flinktarget/labels"
	"github.com/flinktarget/flinktarget/render"
)

func (t tool) ids(fs *flag.FlagSet) func([]string) error {
	return t.of(fs, "text", func(bundle deployment.Bundle, m render.Manifests, format string) error {
		ids := map[string]string{} // by the id of the Deployment
		for object := range m.All() {
			set := object.Labels()
			ids[set[labels.KeyDeploymentID]] = set[labels.KeyJobID]
		}
		byName := map[string]string{}
		for _, d := range bundle.Deployments {
			id, ok := ids[d.ID()]
			if !ok {
				continue
			}
			name := d.Namespace() + "/" + d.Name()
			byName[name] = id
			if format != "json" {
				fmt.Fprintf(t.stdout, "%s=%s\n", name, id)
			}
		}
		if format == "json" {
			cli.WriteJSON(t.stdout, byName)
		}
		return nil
	})
}
