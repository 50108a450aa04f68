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
// The output folder belongs to one set of resources, and to this program: what is no
// longer rendered is removed, and a file whose bytes are right is not touched. A file is
// this program's if its first line says so and names the file's own path. No other file
// is ever changed, removed or applied; one that is in the way is an error, as are symbolic
// links on the way and names that only differ in case. (Names like .gitops-1.tmp are
// reserved for what is half written.)
//
// Runs do not disturb each other, and may be killed at any time: one that finds the folder
// in use fails and says so, and at every moment each file is whole and each
// kustomization.yaml names only files that are there. The next run makes the rest.
//
// With -check nothing is written. The exit code is then 1 if anything would be: for a CI
// that refuses manifests which nobody renewed. It is 1 as well if the input has problems,
// with which nothing is written at all, and 2 if the command line has. An input without a
// Deployment or SessionCluster would remove everything that runs: it is an error without
// -allow-empty. A file without any resource, as one that was cut off may be, is a warning.
//
// The flags of rendering are those of examples/flinktarget. A job has the id of the
// annotation gitops.example.com/job-id of its Deployment, or a derived one, and starts
// from the savepoint in gitops.example.com/savepoint. The flags -job-id and -savepoint go
// before them, and hold for one run: use them where a pipeline gives them every time, and
// keep annotations in Git. To upgrade with state: take a savepoint, write it into the
// annotation together with the change, and run. The files argocd.yaml and flux.yaml
// beside it hand the manifests on to a cluster.
package main

import (
	"bufio"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/examples/internal/cli"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

//go:embed help.txt
var help string

// settings are what the flags say.
type settings struct {
	*cli.Flags
	jobs              *cli.Jobs
	out               string
	check, allowEmpty bool
}

func run(args []string, stdout, stderr io.Writer) int {
	fs := flag.NewFlagSet("gitops", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	progress := cli.NewProgress(stderr)
	stderr = progress
	s := settings{Flags: cli.RenderFlags(fs, progress), jobs: cli.JobFlags(fs)}
	s.Warn = func(p flinktarget.Problem) { fmt.Fprintln(stderr, p) }
	fs.StringVar(&s.out, "out", "manifests", "the output `folder`")
	fs.BoolVar(&s.check, "check", false, "write nothing, and fail if anything would be written")
	fs.BoolVar(&s.allowEmpty, "allow-empty", false,
		"accept an input without a Deployment or SessionCluster, and remove what ran")
	err := fs.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		out := bufio.NewWriter(stdout)
		fmt.Fprint(out, strings.Replace(help, "{reading}\n", cli.ReadingHelp, 1))
		fs.SetOutput(out)
		fs.PrintDefaults()
		err = out.Flush()
	case err != nil:
		err = cli.Misused("%w", err)
	default:
		err = s.run(fs.Args(), stdout)
	}
	if _, misused := errors.AsType[cli.UsageError](err); misused {
		fmt.Fprintf(stderr, "gitops: %s\n", err)
		return 2
	}
	for _, p := range cli.ProblemsOf(err) {
		s.Warn(p)
	}
	if err != nil {
		return 1
	}
	return 0
}

// run makes the output folder what the resources render to, and prints what it changes.
func (s settings) run(inputs []string, stdout io.Writer) error {
	if len(inputs) == 0 {
		return cli.Misused("name the files or folders to read")
	}
	r, err := s.Renderer()
	if err != nil {
		return err
	}
	s.out = filepath.Clean(s.out)
	if err := apart(s.out, inputs); err != nil {
		return err
	}
	bundle, err := s.read(inputs)
	if err != nil {
		return err
	}
	files, err := s.manifests(r, bundle)
	if err != nil {
		return err
	}
	s.Progress.Did("comparing and writing files", len(files))
	changes, err := sync(s.out, files, s.check)
	_, _ = s.Progress.Write(nil)
	for _, c := range changes {
		fmt.Fprintln(stdout, c)
	}
	if err == nil && s.check && len(changes) > 0 {
		err = fmt.Errorf("nothing was written, and %s is not what its resources render to: "+
			"run gitops without -check", s.out)
	}
	return err
}
