package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/labels"
	"github.com/flinktarget/flinktarget/render"
	"github.com/flinktarget/flinktarget/target"
)

// read reads all YAML and JSON files of the folders, except hidden ones.
func read(dirs []string) (deployment.Bundle, error) {
	var all deployment.Bundle
	var errs []error
	for _, dir := range dirs {
		files := 0
		folder := os.DirFS(dir)
		err := fs.WalkDir(folder, ".", func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return fmt.Errorf("%s: %w", dir, err)
			}
			hidden := path != "." && strings.HasPrefix(d.Name(), ".")
			info, statErr := fs.Stat(folder, path)
			switch isDir := statErr == nil && info.IsDir(); {
			case hidden && d.IsDir():
				return fs.SkipDir
			case hidden, d.IsDir():
				return nil
			case isDir:
				return fmt.Errorf("%s: a symbolic link to a folder is not followed", filepath.Join(dir, path))
			case !slices.Contains([]string{".yaml", ".yml", ".json"}, strings.ToLower(filepath.Ext(path))):
				return nil
			}
			files++
			file := filepath.Join(dir, path)
			text, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			b, err := deployment.ParseAll(file, text)
			errs = append(errs, err)
			all.Add(b)
			return nil
		})
		if err == nil && files == 0 { // or everything would be removed
			err = fmt.Errorf("%s: no .yaml, .yml or .json files", dir)
		}
		errs = append(errs, err)
	}
	return all, errors.Join(errs...)
}

const savepoint = "gitops.example.com/savepoint"

// job returns what starts a Deployment. Its id is derived, so that a change of the
// job is a new object, whose name Kubernetes has not seen.
func job(d deployment.Deployment) render.Job {
	return render.Job{SavepointLocation: d.Config().Metadata.Annotations[savepoint]}
}

// manifests returns the files of the output folder by their paths, with slashes.
func manifests(r *render.Renderer, b deployment.Bundle) (map[string][]byte, []render.Warning, error) {
	// All at once, for everything that is wrong, also between resources.
	all, err := r.Bundle(b, job)
	if err != nil {
		return nil, nil, err
	}
	o := &output{targets: b.Targets, files: map[string][]byte{}, lists: map[string][]string{}, folded: map[string]string{}}
	for _, t := range b.Targets {
		o.folder(t)
	}
	for _, d := range b.Deployments {
		m, err := r.Deployment(o.target(d.Target()), d, job(d))
		o.add(d.Target(), fileName("deployment", d.Name(), d.ID()), m, err)
	}
	for _, s := range b.SessionClusters {
		m, err := r.SessionCluster(o.target(s.Target()), s)
		o.add(s.Target(), fileName("sessioncluster", s.Name(), s.ID()), m, err)
	}
	for dir, list := range o.lists {
		o.files[path.Join(dir, "kustomization.yaml")] = kustomization(list)
	}
	return o.files, all.Warnings(), errors.Join(o.errs...)
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
