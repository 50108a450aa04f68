package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/examples/internal/cli"
	"github.com/flinktarget/flinktarget/labels"
	"github.com/flinktarget/flinktarget/render"
	"github.com/flinktarget/flinktarget/target"
)

// read reads all resources. That there are none is an error: everything would be removed.
func (s settings) read(inputs []string) (deployment.Bundle, error) {
	if slices.Contains(inputs, "-") {
		return deployment.Bundle{}, cli.Misused("-: the standard input is not read")
	}
	b, err := s.Read(inputs)
	if err == nil && cli.Empty(b) && !s.allowEmpty {
		err = errors.New(cli.Nothing.Message +
			": everything that runs would be removed; if that is meant, give -allow-empty")
	}
	return b, err
}

// kustomizationFile lists the files of its folder.
const kustomizationFile = "kustomization.yaml"

const (
	jobID     = "gitops.example.com/job-id"
	savepoint = "gitops.example.com/savepoint"
)

// job returns what starts a Deployment. Where nobody names an id it is derived, so that a
// change of the job is a new object, whose name Kubernetes has not seen.
func (s settings) job(d deployment.Deployment) render.Job {
	j, annotations := s.jobs.Of(d), d.Config().Metadata.Annotations
	j.ID = cmp.Or(j.ID, annotations[jobID])
	j.SavepointLocation = cmp.Or(j.SavepointLocation, annotations[savepoint])
	return j
}

// checkJobs reports what is wrong with flags and annotations.
func (s settings) checkJobs(all []deployment.Deployment) error {
	if err := s.jobs.Check(all); err != nil {
		return err
	}
	var errs []error
	for _, d := range all {
		for _, a := range []struct {
			key   string
			check func(string) error
		}{{jobID, cli.JobID}, {savepoint, cli.Savepoint}} {
			value, ok := d.Config().Metadata.Annotations[a.key]
			if err := a.check(value); ok && err != nil {
				errs = append(errs, refused(d, a.key, value, err))
			}
		}
		if id := s.job(d).ID; id != "" {
			if err := s.jobs.Claim(d, id); err != nil {
				errs = append(errs, refused(d, jobID, id, err))
			}
		}
	}
	return errors.Join(errs...)
}

func refused(d deployment.Deployment, annotation, value string, err error) error {
	path := "metadata.annotations[" + annotation + "]"
	return flinktarget.Problem{Severity: flinktarget.SeverityError, Rule: "annotation", Resource: d.String(),
		Field: path, Message: fmt.Sprintf("%q: %v", value, err), Position: d.Position(path)}
}

// manifests returns the files of the output folder by their paths, with slashes.
func (s settings) manifests(r *render.Renderer, b deployment.Bundle) (map[string][]byte, error) {
	if err := s.checkJobs(b.Deployments); err != nil {
		return nil, err
	}
	s.Progress.Did("rendering", len(b.Deployments)+len(b.SessionClusters))
	m, err := r.Bundle(b, s.job)
	if err != nil {
		return nil, err
	}
	o := &output{b.Targets, map[string][]byte{}, map[string][]string{}, map[string]string{}, nil}
	for _, t := range b.Targets {
		o.folder(t)
	}
	objects := map[string][]render.Object{} // by the app and id of their labels
	for object := range m.All() {
		set := object.Labels()
		owner := set[labels.KeyApp] + set[labels.KeyDeploymentID] + set[labels.KeySessionClusterID]
		objects[owner] = append(objects[owner], object)
	}
	for _, d := range b.Deployments {
		ref := d.Target()
		if c, n := b.ClusterOf(d); n == 1 {
			ref = c.Target()
		}
		o.add(ref, fileName("deployment", d.Name(), d.ID()), objects[labels.AppJob+d.ID()])
	}
	for _, c := range b.SessionClusters {
		o.add(c.Target(), fileName("sessioncluster", c.Name(), c.ID()), objects[labels.AppSessionCluster+c.ID()])
	}
	for dir, list := range o.lists {
		o.files[path.Join(dir, kustomizationFile)] = kustomization(list)
	}
	var derived cli.Derived
	for _, p := range append(derived.Take(cli.Flagged(m.Warnings())), derived.Rest()...) {
		s.Warn(p)
	}
	return o.files, errors.Join(o.errs...)
}

type output struct {
	targets []target.Target
	files   map[string][]byte
	lists   map[string][]string // the files of a folder
	folded  map[string]string   // paths, by what they are where case does not count
	errs    []error
}

func folderOf(t target.Target) string { return path.Join(t.Namespace(), t.Name()) }

// folder adds a target's folder. Paths that are one where case does not count, as on
// macOS and Windows, are errors.
func (o *output) folder(t target.Target) {
	for _, p := range []string{t.Namespace(), folderOf(t)} {
		key := strings.ToLower(p)
		if first, ok := o.folded[key]; ok && first != p {
			o.errs = append(o.errs, fmt.Errorf("the folders %s and %s differ only in case: rename one", first, p))
		}
		o.folded[key] = p
	}
	o.lists[folderOf(t)] = nil
}

// add adds the file of a resource. That its target is there, Bundle has checked.
func (o *output) add(ref target.Ref, name string, objects []render.Object) {
	if len(objects) == 0 { // not to run
		return
	}
	dir := folderOf(o.targets[slices.IndexFunc(o.targets, ref.Matches)])
	file := path.Join(dir, name)
	if o.files[file] != nil {
		o.errs = append(o.errs, fmt.Errorf("two resources would be the file %s: rename one", file))
	}
	var text bytes.Buffer
	_, _ = render.NewManifests(objects...).WriteTo(&text) // which does not fail
	o.lists[dir] = append(o.lists[dir], name)
	o.files[file] = text.Bytes()
}

// fileName depends on nothing but the resource. Names that are no file names, or differ
// only in case or blanks, are told apart by the resource's id.
func fileName(kind, name, id string) string {
	value := labels.Value(name)
	if value != name {
		value += "-" + id[:8]
	}
	return kind + "-" + value + ".yaml"
}

func kustomization(files []string) []byte {
	var b bytes.Buffer
	b.WriteString("apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n")
	if len(files) == 0 {
		// Some releases of kustomize refuse a kustomization of nothing; this changes nothing.
		b.WriteString("buildMetadata: [originAnnotations]\nresources: []\n")
		return b.Bytes()
	}
	b.WriteString("resources:\n")
	for _, file := range slices.Sorted(slices.Values(files)) {
		fmt.Fprintf(&b, "- %s\n", file)
	}
	return b.Bytes()
}
