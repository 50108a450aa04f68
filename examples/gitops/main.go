// Command gitops renders a folder of Ververica Platform resources into a folder of
// manifests that Argo CD or Flux applies: one folder per DeploymentTarget.
//
//	go run ./examples/gitops -out examples/gitops/manifests examples/gitops/resources
//
// In the folder VVPNAMESPACE/TARGET there is one file per resource, deployment-NAME.yaml
// or sessioncluster-NAME.yaml, and a kustomization.yaml that lists them. It is there even
// where nothing runs any more, so that the last objects are pruned. Names of files are
// in lower case and change for no reason but the resource's own name.
//
// The output folder is this program's: what is no longer rendered is removed, and a file
// whose bytes are right is not touched. A file is this program's if its first line says
// so and names the file's own path. No other file is ever changed or removed; one that is
// in the way is an error, as are symbolic links on the way and names that only differ in
// case. (The name .gitops.tmp is reserved for what is half written.) The files that
// kustomization.yaml lists are this program's only: others are not applied. Each output
// folder belongs to one set of resources.
//
// With -check nothing is written. The exit code is then 1 if anything would be: for a CI
// that refuses manifests which nobody renewed. It is 1 as well if the input has problems,
// with which nothing is written at all, and 2 if the command line has.
//
// A new job starts from the savepoint in the annotation gitops.example.com/savepoint of
// its Deployment, which this program reads by itself. The files argocd.yaml and flux.yaml
// beside it hand the manifests on to a cluster.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/flinktarget/flinktarget/render"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) int {
	fs := flag.NewFlagSet("gitops", flag.ContinueOnError)
	fs.SetOutput(stderr)
	fs.Usage = func() {
		fmt.Fprintf(stderr, "Usage: gitops [flags] DIR …\n\nRenders the VVP resources in the folders into a folder per DeploymentTarget.\n\n")
		fs.PrintDefaults()
	}
	out := fs.String("out", "manifests", "the output `folder`")
	check := fs.Bool("check", false, "write nothing, and fail if anything would be written")
	platform := fs.String("platform-namespace", "", "the Kubernetes `namespace` that the platform runs in, for targets that name none")
	if err := fs.Parse(args); err != nil {
		return 2
	}
	if fs.NArg() == 0 {
		fs.Usage()
		return 2
	}
	var opts []render.Option
	if *platform != "" {
		opts = append(opts, render.Platform{Namespace: *platform})
	}
	r, err := render.New(opts...)
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 2
	}
	changes, warnings, err := renew(r, fs.Args(), filepath.Clean(*out), *check)
	for _, w := range warnings {
		fmt.Fprintf(stderr, "warning: %s\n", w)
	}
	for _, c := range changes {
		fmt.Fprintln(stdout, c)
	}
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	if *check && len(changes) > 0 {
		fmt.Fprintf(stderr, "%s is not what its resources render to: run gitops without -check\n", *out)
		return 1
	}
	return 0
}

// renew makes the output folder what the resources render to.
func renew(r *render.Renderer, dirs []string, out string, check bool) ([]change, []render.Warning, error) {
	if err := apart(out, dirs); err != nil {
		return nil, nil, err
	}
	bundle, err := read(dirs)
	if err != nil {
		return nil, nil, err
	}
	files, warnings, err := manifests(r, bundle)
	if err != nil {
		return nil, nil, err
	}
	changes, err := sync(out, files, check)
	return changes, warnings, err
}
