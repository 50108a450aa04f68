package main

import (
	"flag"
	"fmt"

	"github.com/flinktarget/flinktarget/examples/internal/cli"
	"github.com/flinktarget/flinktarget/labels"
)

const idsHelp = `Writes the job ids with which the Deployments in the arguments are rendered, those
that are derived among them, one a line as NAMESPACE/NAME=UUID: what --job-id takes.
A Deployment that is not to run has none.

A derived id changes with the manifests of its job, and a job with a new id starts
without state. Before an upgrade of this tool that changes manifests, write the ids
down with the old version, and give them to the new one.

` + cli.ReadingHelp + `
Examples:

  flinktarget ids resources/ > job-ids                 # with the old version
  mapfile -t ids < job-ids
  flinktarget render "${ids[@]/#/--job-id=}" resources/  # with the new one
`

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
