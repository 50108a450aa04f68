package main

import (
	"flag"
	"fmt"

	"github.com/flinktarget/flinktarget/examples/internal/cli"
	"github.com/flinktarget/flinktarget/labels"
)

func (t tool) ids(fs *flag.FlagSet) func([]string) error {
	o, j, output := t.renderFlags(fs), cli.JobFlags(fs), formatFlag(fs, "text")
	return func(files []string) error {
		bundle, m, err := t.manifests(files, o, j)
		if err != nil {
			return err
		}
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
			if *output != "json" {
				fmt.Fprintf(t.stdout, "%s=%s\n", name, id)
			}
		}
		if *output == "json" {
			cli.WriteJSON(t.stdout, byName)
		}
		return nil
	}
}
