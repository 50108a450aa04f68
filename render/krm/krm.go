package krm

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/internal/yaml"
	"github.com/flinktarget/flinktarget/labels"
	"github.com/flinktarget/flinktarget/render"
)

// Process runs the function on a ResourceList, YAML or JSON, and returns the one to
// write, YAML, and what it says in its results. The options are those of the program;
// functionConfig adds to them, and wins.
//
// There is always something to write. If results.Err is not nil, it has the items of
// the input and the results; if the input is no ResourceList, the results alone. in
// is not changed and not kept. Process is safe for concurrent use.
func Process(in []byte, opts ...render.Option) (out []byte, results Results) {
	l, results := readList(in)
	f := &function{list: l, setup: readConfig(l.config), results: results}
	var items []entry
	if len(results) == 0 {
		items = f.run(opts)
	}
	out, err := l.write(items, f.results)
	if err != nil {
		f.results = Results{{Severity: Error, Message: fmt.Sprintf("the result cannot be written: %v", err),
			Rule: "resource-list"}}
		out, _ = list{}.write(nil, f.results)
	}
	return out, f.results
}

// function is one run.
type function struct {
	list
	*setup
	sources []source
	bundle  deployment.Bundle
	// of has the source of a resource by its String.
	of      map[string]*source
	results Results
}

// run returns the items of the output.
func (f *function) run(opts []render.Option) []entry {
	opts = f.setup.options(opts)
	f.collect()
	f.parse()
	jobs := f.setup.jobs(f.bundle.Deployments)
	f.results = slices.Concat(f.setup.results, f.results)
	if f.results.Err() != nil {
		return f.untouched()
	}
	r, err := render.New(opts...)
	if err != nil {
		f.results = append(f.results, Result{Severity: Error, Message: err.Error(), Rule: "option"})
		return f.untouched()
	}
	m, err := r.Bundle(f.bundle, func(d deployment.Deployment) render.Job { return jobs[d.ID()] })
	if err != nil {
		f.explain(err)
		return f.untouched()
	}
	for _, w := range m.Warnings() {
		f.report(f.of[w.Resource], Result{Severity: Warning, Field: w.Field, Message: w.Message})
	}
	return f.output(m)
}

// untouched returns the items of the input.
func (f *function) untouched() []entry {
	var items []entry
	for _, i := range f.items {
		items = append(items, entry{item: i})
	}
	return items
}

// collect finds the VVP resources.
func (f *function) collect() {
	for _, i := range f.items {
		if isResource(i.node) {
			f.sources = append(f.sources, newSource(i.node))
		}
	}
	for i, n := range f.resources {
		s := newSource(n)
		s.ref, s.field = f.setup.ref, fmt.Sprintf("%s.resources[%d]", f.at, i)
		s.file, s.keys = "", nil // it is not written to a file of its own
		if !isResource(n) {
			f.report(&s, Result{Severity: Error, Rule: "kind",
				Message: fmt.Sprintf("a VVP resource is wanted, of kind %s; this is a %s",
					strings.Join(resourceKinds[:], ", "), text(n, "kind"))})
			continue
		}
		f.sources = append(f.sources, s)
	}
}

// parse fills the bundle, defaults first, because they change what Deployments are.
func (f *function) parse() {
	f.of = map[string]*source{}
	var layers []deployment.DefaultsConfig
	var others []*source
	for i := range f.sources {
		s := &f.sources[i]
		if s.kind() != deployment.KindDefaults {
			others = append(others, s)
			continue
		}
		document, err := s.document()
		f.invalid(s, err)
		d, err := deployment.ParseDefaults("", document)
		f.invalid(s, err)
		layers = append(layers, d.Layers()...)
	}
	defaults, err := deployment.NewDefaults(layers...)
	f.invalid(nil, err)
	for _, s := range others {
		document, err := s.document()
		f.invalid(s, err)
		b, err := defaults.ParseAll("", document)
		f.invalid(s, err)
		for _, name := range names(b) {
			f.of[name] = s
		}
		f.bundle.Add(b)
	}
}

func (s *source) kind() string { return text(s.node, "kind") }

// names returns the resources of a bundle as messages name them.
func names(b deployment.Bundle) []string {
	var all []string
	for _, t := range b.Targets {
		all = append(all, t.String())
	}
	for _, d := range b.Deployments {
		all = append(all, d.String())
	}
	for _, s := range b.SessionClusters {
		all = append(all, s.String())
	}
	return all
}

// output returns the items that stay, and the rendered objects.
func (f *function) output(m render.Manifests) []entry {
	owners := f.owners()
	var items []entry
	for _, i := range f.items {
		switch {
		case isResource(i.node):
			if !newSource(i.node).stays {
				continue
			}
		case madeOf(owners, func(path ...string) string { return text(i.node, path...) }) != nil, f.isConfig(i.node):
			continue
		}
		items = append(items, entry{item: i})
	}
	next := map[string]int64{} // index by file
	for o := range m.All() {
		object := o.Map()
		s := madeOf(owners, func(path ...string) string { return tree.String(object, path...) })
		if s != nil && s.file != "" {
			place(object, s, next)
		}
		items = append(items, entry{object: object})
	}
	return items
}

// isConfig tells the copy of functionConfig that kustomize hands to generators, only
// because its pipeline stops where there is no item. Handed back it does harm: a map
// with the key "", as that of the root logger, makes kyaml fail when it copies comments.
func (f *function) isConfig(n *yaml.Node) bool {
	return f.config != nil && newSource(n).file == "" && same(withoutTools(n), withoutTools(f.config))
}

// place says which file an object belongs to.
func place(object tree.Map, s *source, next map[string]int64) {
	set := tree.Strings(object, "metadata", "labels")
	name := set[labels.KeyDeploymentName] + set[labels.KeySessionClusterName]
	file := s.beside(name)
	metadata := tree.Child(object, "metadata") // object is ours to change
	annotations := tree.Child(metadata, "annotations")
	if annotations == nil {
		annotations = tree.Map{}
		metadata["annotations"] = annotations
	}
	for i, key := range pathKeys {
		if slices.Contains(s.keys, key) {
			annotations[key] = file
			annotations[indexKeys[i]] = strconv.FormatInt(next[file], 10)
		}
	}
	next[file]++
}

// owners returns the sources of Deployments and SessionClusters by id.
func (f *function) owners() map[string]*source {
	out := map[string]*source{}
	for _, d := range f.bundle.Deployments {
		out[d.ID()] = f.of[d.String()]
	}
	for _, s := range f.bundle.SessionClusters {
		out[s.ID()] = f.of[s.String()]
	}
	return out
}

// madeOf returns the source that an object was rendered from, in this run or in an
// earlier one; nil if there is none. text gives the object's strings.
func madeOf(owners map[string]*source, text func(path ...string) string) *source {
	label := func(key string) string { return text("metadata", "labels", key) }
	if _, emitted := kinds.Lookup(kinds.TypeMeta{APIVersion: text("apiVersion"), Kind: text("kind")}); !emitted ||
		label(labels.KeySystem) != labels.System {
		return nil
	}
	switch label(labels.KeyApp) {
	case labels.AppJob:
		return owners[label(labels.KeyDeploymentID)]
	case labels.AppSessionCluster:
		return owners[label(labels.KeySessionClusterID)]
	default:
		return nil
	}
}
