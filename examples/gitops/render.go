package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/examples/internal/cli"
	"github.com/flinktarget/flinktarget/labels"
	"github.com/flinktarget/flinktarget/patch"
	"github.com/flinktarget/flinktarget/render"
	"github.com/flinktarget/flinktarget/target"
)

// read reads all resources. That there are none is an error: everything would be removed.
func (p program) read(inputs []string) (deployment.Bundle, []cli.Problem, error) {
	if slices.Contains(inputs, "-") {
		return deployment.Bundle{}, nil, usageError{errors.New("-: the standard input is not read")}
	}
	b, warnings, err := p.Read(inputs)
	if err != nil {
		return b, warnings, err
	}
	if nothing, ok := cli.Nothing(b); ok && !p.allowEmpty {
		err = fmt.Errorf("%s: everything that runs would be removed; if that is meant, give -allow-empty", nothing.Message)
	}
	return b, warnings, err
}

const (
	jobID     = "gitops.example.com/job-id"
	savepoint = "gitops.example.com/savepoint"
)

// job returns what starts a Deployment. Where nobody names an id it is derived, so that a
// change of the job is a new object, whose name Kubernetes has not seen.
func (p program) job(d deployment.Deployment) render.Job {
	j, annotations := p.jobs.Of(d), d.Config().Metadata.Annotations
	j.ID = cmp.Or(j.ID, annotations[jobID])
	j.SavepointLocation = cmp.Or(j.SavepointLocation, annotations[savepoint])
	return j
}

// checkJobs reports what is wrong with flags and annotations.
func (p program) checkJobs(all []deployment.Deployment) error {
	if err := p.jobs.Check(all); err != nil {
		return usageError{err}
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
		if id := p.job(d).ID; id != "" {
			if err := p.jobs.Claim(d, id); err != nil {
				errs = append(errs, refused(d, jobID, id, err))
			}
		}
	}
	return errors.Join(errs...)
}

func refused(d deployment.Deployment, annotation, value string, err error) error {
	path := field.NewPath("metadata", "annotations").Key(annotation)
	return &deployment.InvalidError{
		Subject:   d.String(),
		Fields:    field.ErrorList{field.Invalid(path, value, err.Error())},
		Positions: []patch.Position{d.Position(path.String())},
	}
}

// manifests returns the files of the output folder by their paths, with slashes.
func (p program) manifests(b deployment.Bundle) (map[string][]byte, []cli.Problem, error) {
	if err := p.checkJobs(b.Deployments); err != nil {
		return nil, nil, err
	}
	// All at once, for everything that is wrong, also between resources.
	all, err := p.all.Bundle(b, p.job)
	if err != nil {
		return nil, nil, err
	}
	o := &output{targets: b.Targets, files: map[string][]byte{}, lists: map[string][]string{}, folded: map[string]string{}}
	for _, t := range b.Targets {
		o.folder(t)
	}
	for _, d := range b.Deployments {
		m, err := p.one.Deployment(o.target(d.Target()), d, p.job(d))
		o.add(d.Target(), fileName("deployment", d.Name(), d.ID()), m, err)
	}
	for _, s := range b.SessionClusters {
		m, err := p.one.SessionCluster(o.target(s.Target()), s)
		o.add(s.Target(), fileName("sessioncluster", s.Name(), s.ID()), m, err)
	}
	for dir, list := range o.lists {
		o.files[path.Join(dir, "kustomization.yaml")] = kustomization(list)
	}
	return o.files, cli.WarningsOf(all), errors.Join(o.errs...)
}

type output struct {
	targets []target.Target
	files   map[string][]byte
	lists   map[string][]string // the files of a folder
	folded  map[string]string   // paths, by what they are where case does not count
	errs    []error
}

func (o *output) folder(t target.Target) {
	dir := path.Join(t.Namespace(), t.Name())
	o.once(t.Namespace())
	o.once(dir)
	o.lists[dir] = nil
}

// once reports paths that are one where case does not count, as on macOS and Windows.
func (o *output) once(p string) {
	key := strings.ToLower(p)
	if first, ok := o.folded[key]; ok && first != p {
		o.errs = append(o.errs, fmt.Errorf("the folders %s and %s differ only in case: rename one", first, p))
	}
	o.folded[key] = p
}

// target returns what a reference means; that it means something, Bundle has checked.
func (o *output) target(ref target.Ref) target.Target {
	i := slices.IndexFunc(o.targets, ref.Matches)
	return o.targets[i]
}

func (o *output) add(ref target.Ref, file string, m render.Manifests, err error) {
	t := o.target(ref)
	dir := path.Join(t.Namespace(), t.Name())
	if err != nil || m.Len() == 0 { // not to run
		o.errs = append(o.errs, err)
		return
	}
	var text bytes.Buffer
	if _, err := m.WriteTo(&text); err != nil {
		o.errs = append(o.errs, err)
	}
	if slices.Contains(o.lists[dir], file) {
		o.errs = append(o.errs, fmt.Errorf("two resources would be the file %s/%s: rename one", dir, file))
	}
	o.lists[dir] = append(o.lists[dir], file)
	o.files[path.Join(dir, file)] = text.Bytes()
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
