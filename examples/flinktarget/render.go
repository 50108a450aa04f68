package main

import (
	"flag"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/render"
)

const renderHelp = `Writes the Kubernetes manifests of all Deployments and SessionClusters that are
found in the arguments, each for the DeploymentTarget that it refers to, which
must be among them too.

Usage:

  flinktarget render [flags] FILE|DIR|- …

A FILE may hold many YAML documents, or JSON. Of a DIR all files are read whose
names end in .yaml, .yml or .json, at any depth. A lone - is the standard input.

Nothing is written if anything is wrong. With --stream, manifests are written as
their resources come, what is wrong is reported, and the rest goes on.
`

func (t tool) render(args []string) int {
	fs := flag.NewFlagSet("render", flag.ContinueOnError)
	platform := fs.String("platform-namespace", "", "the Kubernetes `namespace` that the platform runs in, for targets that name none")
	jobID := fs.String("job-id", "", "the `UUID` of the job, if there is one Deployment; derived if not given")
	strict := fs.Bool("strict-patches", false, "fail if a patch of a target changes nothing")
	stream := fs.Bool("stream", false, "render inputs of any length as they come: targets first, problems on the way")
	output := outputFlag(fs)
	files, code, done := t.parse(fs, renderHelp, args)
	switch {
	case done:
		return code
	case len(files) == 0:
		return t.misused("render: name the files to read, or - for the standard input")
	case *stream && (*jobID != "" || *output != "yaml"):
		return t.misused("render: --stream writes YAML, and derives job ids")
	}
	var opts []render.Option
	if *platform != "" {
		opts = append(opts, render.Platform{Namespace: *platform})
	}
	if *strict {
		opts = append(opts, render.StrictPatches())
	}
	r, err := render.New(opts...)
	if err != nil {
		return t.misused("render: %v", err)
	}
	if *stream {
		return t.stream(r, files)
	}
	bundle, err := t.read(files)
	if err != nil {
		return t.problems(err)
	}
	if *jobID != "" && len(bundle.Deployments) != 1 {
		return t.misused("render: --job-id is for one Deployment; there are %d", len(bundle.Deployments))
	}
	m, err := r.Bundle(bundle, func(deployment.Deployment) render.Job { return render.Job{ID: *jobID} })
	if err != nil {
		return t.problems(err)
	}
	return t.write(m, *output)
}
