package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/examples/internal/cli"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/internal/yaml"
	"github.com/flinktarget/flinktarget/labels"
	"github.com/flinktarget/flinktarget/patch"
	"github.com/flinktarget/flinktarget/patch/kustomize"
	"github.com/flinktarget/flinktarget/render"
	"github.com/flinktarget/flinktarget/target"
)

// engineFlag defines --engine. Both is for validate.
func engineFlag(fs *flag.FlagSet, o *cli.Flags) {
	usage := "what applies patches of Kubernetes objects: `flinktarget` or kustomize"
	if fs.Name() == "validate" {
		usage += ", or both,\nwhich renders with each, and reports what is not the same"
	}
	fs.Func("engine", usage, func(name string) error {
		o.Both = name == "both" && fs.Name() == "validate"
		switch {
		case name == "kustomize":
			o.Engine = kustomize.Engine()
		case name == "flinktarget":
			o.Engine = nil
		case !o.Both:
			return errors.New("not supported: must be flinktarget or kustomize")
		}
		return nil
	})
}

// sameWithKustomize fails if kustomize renders something else.
func sameWithKustomize(b deployment.Bundle, ours render.Manifests, o *cli.Flags) error {
	o.Engine = kustomize.Engine()
	r, err := o.Renderer()
	if err != nil {
		return err
	}
	theirs, err := r.Bundle(b, nil)
	if err != nil {
		return fmt.Errorf("with kustomize: %w", err)
	}
	return same(ours, theirs)
}

// same fails if kustomize makes something else.
func same(ours, theirs render.Manifests) error {
	var errs []error
	for _, c := range render.Compare(ours, theirs) {
		p := flinktarget.Problem{Severity: flinktarget.SeverityError, Rule: "engines", Object: c.Object().String(),
			Message: "kustomize gives something else: see go doc patch/kustomize"}
		if len(c.Fields) == 0 {
			errs = append(errs, p)
		}
		for _, f := range c.Fields {
			p.Field = f.Path
			errs = append(errs, p)
		}
	}
	return errors.Join(errs...)
}

func (t tool) importTarget(fs *flag.FlagSet) func([]string) error {
	out := fs.String("o", "", "the `file` to write; the standard output if not given")
	name := fs.String("name", "", "the `name` of the DeploymentTarget; that of DIR if not given")
	namespace := fs.String("kubernetes-namespace", "", "the Kubernetes `namespace` of the DeploymentTarget")
	return func(args []string) error {
		dir, err := filepath.Abs(args[0])
		if err != nil {
			return err
		}
		// Overlays name folders beside them, so that all folders are seen, from the root.
		root := filepath.VolumeName(dir) + string(filepath.Separator)
		within := filepath.ToSlash(strings.TrimPrefix(dir, root))
		set, warnings, err := kustomize.Patches(os.DirFS(root), cmp.Or(within, "."))
		problems := append(warnings, cli.ProblemsOf(err)...)
		for i := range problems {
			problems[i].File = root + filepath.FromSlash(problems[i].File)
		}
		if t.lines(problems...); err != nil {
			return errSaid
		}
		config := target.Config{Kind: target.Kind, APIVersion: "v1",
			Metadata: target.Metadata{Name: cmp.Or(*name, filepath.Base(dir))},
			Spec:     target.Spec{Kubernetes: &target.Kubernetes{Namespace: *namespace}}}
		for _, p := range set.All() {
			config.Spec.DeploymentPatchSet = append(config.Spec.DeploymentPatchSet, p)
		}
		dt, err := target.New(config)
		if err != nil {
			return err
		}
		content, err := tree.FromGo(dt)
		if err != nil {
			return err
		}
		text, err := yaml.Append(nil, content)
		if err != nil {
			return err
		}
		if *out == "" {
			_, err = t.stdout.Write(text)
			return err
		}
		return os.WriteFile(*out, text, 0o644)
	}
}

func (t tool) exportTarget(fs *flag.FlagSet) func([]string) error {
	o, j := t.renderFlags(fs), cli.JobFlags(fs)
	return func(args []string) error {
		b, full, err := t.manifests(args[:1], o, j)
		switch {
		case err != nil:
			return err
		case len(b.Targets) != 1:
			return fmt.Errorf("%s: must have one DeploymentTarget, but has %d: the patches of each are another "+
				"kustomization", args[0], len(b.Targets))
		}
		bare, err := unpatched(b, full, o, j)
		if err != nil {
			return err
		}
		set := b.Targets[0].Patches()
		kustomization, warnings, err := kustomize.Kustomization(set, resourcesFile)
		if err != nil {
			return err
		}
		if err := gives(set, bare, full); err != nil {
			return err
		}
		var resources []byte
		for _, object := range bare {
			if resources, err = yaml.Append(append(resources, yaml.Separator...), object); err != nil {
				return err
			}
		}
		t.lines(append(cli.Flagged(full.Warnings()), warnings...)...)
		return errors.Join(os.MkdirAll(args[1], 0o755), create(args[1], resourcesFile, resources),
			create(args[1], "kustomization.yaml", kustomization))
	}
}

const resourcesFile = "resources.yaml"

// create writes a file that is not there: a kustomization may be somebody's work.
func create(dir, name string, text []byte) error {
	f, err := os.OpenFile(filepath.Join(dir, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Close())
}

// unpatched renders without the patches of Kubernetes objects, but with the job ids and
// checksums of what was rendered with them.
func unpatched(b deployment.Bundle, full render.Manifests, o *cli.Flags, j *cli.Jobs) ([]map[string]any, error) {
	ids, sums := map[string]string{}, map[string]any{}
	at := []string{"spec", "template", "metadata", "annotations"}
	for object := range full.All() {
		ids[object.Labels()[labels.KeyDeploymentID]] = object.Labels()[labels.KeyJobID]
		sums[object.String()] = tree.Child(object.Map(), at...)[render.AnnotationConfigChecksum]
	}
	c := b.Targets[0].Config()
	c.Spec.DeploymentPatchSet = slices.DeleteFunc(c.Spec.DeploymentPatchSet, func(p patch.Patch) bool {
		return !p.SelectsKind(target.APIVersion, deployment.KindDeployment) &&
			!p.SelectsKind(target.APIVersion, deployment.KindSessionCluster)
	})
	bare, err := target.New(c)
	r, err2 := o.Renderer()
	if err := errors.Join(err, err2); err != nil {
		return nil, err
	}
	b.Targets = []target.Target{bare}
	m, err := r.Bundle(b, func(d deployment.Deployment) render.Job {
		return render.Job{ID: ids[d.ID()], SavepointLocation: j.Of(d).SavepointLocation}
	})
	var out []map[string]any
	for object := range m.All() {
		content := object.Map()
		if annotations := tree.Child(content, at...); annotations != nil {
			annotations[render.AnnotationConfigChecksum] = sums[object.String()]
		}
		out = append(out, content)
	}
	return out, err
}

// gives fails if kustomize does not make of the objects what was rendered.
func gives(set patch.Set, objects []map[string]any, want render.Manifests) error {
	patched, _, err := set.ApplyWith(kustomize.Engine(), objects, nil)
	if err != nil {
		return err
	}
	got := make([]render.Object, len(patched))
	for i, content := range patched {
		if got[i], err = render.NewObject(content); err != nil {
			return err
		}
	}
	return same(want, render.NewManifests(got...))
}
