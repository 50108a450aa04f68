package krm

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/fn/framework"
	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/labels"
	"github.com/flinktarget/flinktarget/render"
	"github.com/flinktarget/flinktarget/target"
)

// Processor returns the function for programs that are made with kyaml's framework, as
// with [framework.Execute]. The options are those of the program; functionConfig adds to
// them, and wins. It returns an error, [framework.Results], if one of its results is one:
// then the items are what they were. It is safe for concurrent use.
func Processor(opts ...render.Option) framework.ResourceListProcessor {
	return framework.ResourceListProcessorFunc(func(list *framework.ResourceList) error {
		f := &function{items: list.Items, config: list.FunctionConfig, placed: map[string]int{}}
		if items := f.run(opts); f.results.ExitCode() == 0 {
			list.Items = items
		}
		list.Results = append(list.Results, f.results...)
		if f.results.ExitCode() != 0 {
			return f.results
		}
		return nil
	})
}

// versions are those of the specification, the current one first.
var versions = []string{kio.ResourceListAPIVersion, "config.kubernetes.io/v1beta1", "config.kubernetes.io/v1alpha1"}

// Process runs [Processor] on a ResourceList, YAML or JSON, and returns the one to write,
// YAML, and what it says in its results. The function failed if results.ExitCode() is not 0.
//
// There is always something to write. If the function failed, it has the items of the input
// and the results; if the input is no ResourceList, the results alone. in is not changed
// and not kept. Process is safe for concurrent use.
func Process(in []byte, opts ...render.Option) (out []byte, results framework.Results) {
	var w bytes.Buffer
	list := &kio.ByteReadWriter{Reader: bytes.NewReader(in), Writer: &w, KeepReaderAnnotations: true}
	err := execute(list, func(rl *framework.ResourceList) error {
		if list.WrappingKind != kio.ResourceListKind || !slices.Contains(versions, list.WrappingAPIVersion) {
			return fmt.Errorf("must be one ResourceList with an apiVersion of %s: kustomize and kpt write it",
				strings.Join(versions, ", "))
		}
		err := Processor(opts...).Process(rl)
		results = rl.Results
		if list.Results != nil && len(results) > 0 { // of functions before this one
			var earlier framework.Results
			if err := list.Results.YNode().Decode(&earlier); err != nil {
				return err
			}
			rl.Results = append(earlier, results...)
		}
		return err
	})
	if _, failed := errors.AsType[framework.Results](err); err == nil || failed {
		return w.Bytes(), results
	}
	results = framework.Results{{Severity: framework.Error, Message: err.Error(), Tags: rule("resource-list")}}
	w.Reset()
	empty := strings.NewReader("{apiVersion: " + versions[0] + ", kind: ResourceList, items: []}")
	_ = execute(&kio.ByteReadWriter{Reader: empty, Writer: &w}, func(rl *framework.ResourceList) error {
		rl.Results = results
		return nil
	})
	return w.Bytes(), results
}

// execute runs a function as the framework does. What no tool writes makes kyaml panic.
func execute(list *kio.ByteReadWriter, f framework.ResourceListProcessorFunc) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the ResourceList cannot be read: %v", p)
		}
	}()
	return framework.Execute(f, list)
}

// function is one run.
type function struct {
	items   []*yaml.RNode
	config  *yaml.RNode
	setup   setup
	sources []*source
	bundle  deployment.Bundle
	of      map[string]*source // the source of a resource by its String
	owners  map[string]*source // that of objects, by the app and id of their labels
	placed  map[string]int     // how many objects belong to a file
	results framework.Results
}

// run returns the items of the output. It reports what is wrong.
func (f *function) run(opts []render.Option) []*yaml.RNode {
	f.readConfig()
	r, opts := f.renderer(opts)
	f.collect()
	f.parse(slices.ContainsFunc(opts, func(o render.Option) bool {
		return o.String() == render.AllowUnknown().String()
	}))
	jobs := f.jobs()
	if f.results.ExitCode() != 0 {
		return nil
	}
	m, err := r.Bundle(f.bundle, func(d deployment.Deployment) render.Job { return jobs[d.ID()] })
	if err != nil {
		f.problems(nil, err)
		return nil
	}
	for _, w := range m.Warnings() {
		f.problem(nil, w)
	}
	items := f.others()
	f.checkReferences(items)
	for o := range m.All() {
		items = append(items, f.rendered(o))
	}
	return items
}

// resourceKinds are VVP's, in the group that Kubernetes calls the core.
var resourceKinds = []string{target.Kind, deployment.KindDeployment, deployment.KindSessionCluster,
	deployment.KindDefaults}

// isResource tells VVP's resources from all others. One without an apiVersion is
// VVP's too: no object of Kubernetes is without.
func isResource(n *yaml.RNode) bool {
	group, _, grouped := strings.Cut(n.GetApiVersion(), "/")
	if grouped {
		return group == "ververica.platform" && n.GetKind() == "VvpDeployment"
	}
	return slices.Contains(resourceKinds, n.GetKind())
}

// source is a VVP resource and where it comes from.
type source struct {
	node  *yaml.RNode // without the annotations of tools
	ref   *yaml.ResourceIdentifier
	file  *framework.File // nil if the tool did not say
	field string          // of functionConfig, empty for an item
}

func refOf(n *yaml.RNode) *yaml.ResourceIdentifier {
	return &yaml.ResourceIdentifier{
		TypeMeta: yaml.TypeMeta{APIVersion: n.GetApiVersion(), Kind: n.GetKind()},
		NameMeta: yaml.NameMeta{Name: n.GetName(), Namespace: n.GetNamespace()},
	}
}

func fileOf(n *yaml.RNode) *framework.File {
	file, index, _ := kioutil.GetFileAnnotations(n)
	if file == "" {
		return nil
	}
	i, _ := strconv.Atoi(index)
	return &framework.File{Path: file, Index: i}
}

// toolDomains are the domains of annotations that are a tool's own.
var toolDomains = []string{"config.kubernetes.io", "internal.config.kubernetes.io", "config.k8s.io",
	"kustomize.config.k8s.io", "internal.kpt.dev", "config.kpt.dev"}

// withoutTools returns a copy of a resource without the annotations of tools.
func withoutTools(n *yaml.RNode) *yaml.RNode {
	n = n.Copy()
	for key := range n.GetAnnotations() {
		if domain, _, _ := strings.Cut(key, "/"); slices.Contains(toolDomains, domain) {
			_ = n.PipeE(yaml.ClearAnnotation(key)) // it is there
		}
	}
	_ = yaml.ClearEmptyAnnotations(n)
	return n
}

const localConfig = "config.kubernetes.io/local-config"

func stays(n *yaml.RNode) bool { return n.GetAnnotations()[localConfig] == "true" }

// collect finds the VVP resources.
func (f *function) collect() {
	for _, n := range f.items {
		if aliasOut(n.YNode(), map[*yaml.Node]bool{}) {
			f.report(&source{ref: refOf(n), file: fileOf(n)}, "resource-list", "",
				"an alias refers to an anchor of another item, which may go: write the value, as kustomize and kpt do")
		}
		if isResource(n) {
			f.sources = append(f.sources, &source{node: withoutTools(n), ref: refOf(n), file: fileOf(n)})
		}
	}
	for i, n := range f.setup.resources {
		s := &source{node: withoutTools(n), ref: refOf(f.config),
			field: fmt.Sprintf("%s.resources[%d]", f.setup.at, i)}
		if !isResource(n) {
			f.report(s, "kind", "", fmt.Sprintf("must be a VVP resource, of kind %s; this is a %s",
				strings.Join(resourceKinds, ", "), n.GetKind()))
			continue
		}
		f.sources = append(f.sources, s)
	}
}

// aliasOut reports whether an alias refers to what does not stand before it in the item.
func aliasOut(n *yaml.Node, before map[*yaml.Node]bool) bool {
	before[n] = true
	if n.Kind == yaml.AliasNode {
		return !before[n.Alias]
	}
	return slices.ContainsFunc(n.Content, func(c *yaml.Node) bool { return aliasOut(c, before) })
}

// parse fills the bundle, defaults first, because they change what Deployments are.
func (f *function) parse(allowUnknown bool) {
	reader := deployment.Reader{AllowUnknown: allowUnknown}
	f.of, f.owners = map[string]*source{}, map[string]*source{}
	var layers []deployment.DefaultsConfig
	for _, s := range f.sources {
		if s.node.GetKind() == deployment.KindDefaults {
			d, err := reader.ParseDefaults("", []byte(s.node.MustString()))
			f.problems(s, err)
			layers = append(layers, d.Layers()...)
		}
	}
	var err error
	reader.Defaults, err = deployment.NewDefaults(layers...)
	f.problems(nil, err)
	for _, s := range f.sources {
		if s.node.GetKind() == deployment.KindDefaults {
			continue
		}
		b, err := reader.ParseAll("", []byte(s.node.MustString()))
		f.problems(s, err)
		for _, t := range b.Targets {
			f.of[t.String()] = s
		}
		for _, d := range b.Deployments {
			f.of[d.String()], f.owners[labels.AppJob+d.ID()] = s, s
		}
		for _, c := range b.SessionClusters {
			f.of[c.String()], f.owners[labels.AppSessionCluster+c.ID()] = s, s
		}
		f.bundle.Add(b)
	}
}

// others returns the items that stay.
func (f *function) others() []*yaml.RNode {
	var items []*yaml.RNode
	for _, n := range f.items {
		switch {
		case isResource(n) && !stays(n), f.ownerOf(n) != nil, f.isConfig(n):
		default:
			items = append(items, n)
		}
	}
	return items
}

// isConfig tells the copy of functionConfig that kustomize hands to generators, only
// because its pipeline stops where there is no item. Handed back it does harm: a map
// with the key "", as that of the root logger, makes kyaml fail when it copies comments.
func (f *function) isConfig(n *yaml.RNode) bool {
	return !f.config.IsNilOrEmpty() && fileOf(n) == nil &&
		withoutTools(n).MustString() == withoutTools(f.config).MustString()
}

// rendered returns an object as an item, in a file beside that of its resource if that
// has one.
func (f *function) rendered(o render.Object) *yaml.RNode {
	n := yaml.MustParse(string(o.YAML()))
	if s := f.ownerOf(n); s != nil && s.file != nil {
		set := n.GetLabels()
		name := set[labels.KeyDeploymentName] + set[labels.KeySessionClusterName]
		file := path.Join(path.Dir(s.file.Path), name+".manifests.yaml")
		index := strconv.Itoa(f.placed[file])
		f.placed[file]++
		// The framework writes the older form of these, too, where the input has it.
		for key, value := range map[string]string{kioutil.PathAnnotation: file, kioutil.IndexAnnotation: index} {
			if err := n.PipeE(yaml.SetAnnotation(key, value)); err != nil {
				panic(err)
			}
		}
	}
	return n
}

// ownerOf returns the source that an object was rendered from, in this run or in an
// earlier one; nil if there is none.
func (f *function) ownerOf(n *yaml.RNode) *source {
	if !isRendered(n) {
		return nil
	}
	set := n.GetLabels()
	return f.owners[set[labels.KeyApp]+set[labels.KeyDeploymentID]+set[labels.KeySessionClusterID]]
}

// isRendered tells an object that was rendered, now or earlier.
func isRendered(n *yaml.RNode) bool {
	_, emitted := kinds.Lookup(kinds.TypeMeta{APIVersion: n.GetApiVersion(), Kind: n.GetKind()})
	return emitted && n.GetLabels()[labels.KeySystem] == labels.System
}
