package deployment

import (
	"cmp"
	"encoding/json"
	"maps"
	"reflect"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/schema"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/internal/yaml"
	"github.com/flinktarget/flinktarget/target"
)

// The defaults are in the tags of the fields. Sources: VVP's pages "Resources (CPU,
// Memory)", "Logging", "Deployment Upgrades"; the numbers of attempts are those of
// VVP's own samples. Maps that have a default are there, if empty, so that patches
// find them.

// withDefaults returns a copy of c with the defaults of its fields, and with words that
// may be written in any case as VVP's API writes them.
func withDefaults[C any](c C) C {
	c = clone(c)
	fill(reflect.ValueOf(&c).Elem(), schema.Defaults(reflect.TypeFor[C]()), false)
	return c
}

func (c Config) resolved() Config {
	c.Kind, c.APIVersion = KindDeployment, APIVersion
	if s := c.Spec.StartFromSavepoint; s != nil && s.Kind != "" && c.Spec.RestoreStrategy == nil {
		c.Spec.RestoreStrategy = &RestoreStrategy{Kind: "NONE"}
		if strings.EqualFold(s.Kind, "LATEST") {
			c.Spec.RestoreStrategy.Kind = "LATEST_SAVEPOINT"
		}
	}
	c.Spec.StartFromSavepoint = nil
	c = withDefaults(c)
	if c.Spec.State == canceled {
		c.Spec.State = Cancelled
	}
	return c
}

func (c SessionClusterConfig) resolved() SessionClusterConfig {
	c.Kind, c.APIVersion = KindSessionCluster, APIVersion
	return withDefaults(c)
}

// fill sets what is unset in dst to a copy of what from says. Maps are merged by key, or taken
// only where there is none; then words are written as VVP's API writes them, too.
func fill(dst, from reflect.Value, merge bool) {
	if dst.Kind() == reflect.Struct {
		fields := schema.Fields(dst.Type())
		for i := range fields {
			f := &fields[i]
			to := dst.FieldByIndex(f.Index)
			if fill(to, from.FieldByIndex(f.Index), merge); f.AnyCase && !merge {
				to.SetString(f.Word(to.String()))
			}
		}
		if len(fields) > 0 {
			return
		}
	}
	switch {
	case from.IsZero():
	case dst.IsZero():
		dst.Set(from)
		if m, ok := from.Interface().(map[string]string); ok {
			dst.Set(reflect.ValueOf(maps.Clone(m)))
			return // an empty one stays
		}
		detach(dst)
	case dst.Kind() == reflect.Pointer && dst.Type().Elem().Kind() == reflect.Struct:
		fill(dst.Elem(), from.Elem(), merge)
	case dst.Kind() == reflect.Map && merge:
		own := maps.Clone(from.Interface().(map[string]string))
		maps.Copy(own, dst.Interface().(map[string]string))
		dst.Set(reflect.ValueOf(own))
	}
}

// clone returns a copy that shares nothing with c. Empty maps and lists become nil,
// so that what says nothing is written in one way.
func clone[C any](c C) C {
	detach(reflect.ValueOf(&c).Elem())
	return c
}

func detach(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Field(i); f.CanSet() { // what cannot be set is part of an immutable value
				detach(f)
			}
		}
	case reflect.Pointer:
		if !v.IsNil() {
			old := v.Elem()
			v.Set(reflect.New(v.Type().Elem()))
			v.Elem().Set(old)
			detach(v.Elem())
		}
	case reflect.Map:
		m := v.Interface().(map[string]string)
		if v.SetZero(); len(m) > 0 {
			v.Set(reflect.ValueOf(maps.Clone(m)))
		}
	case reflect.Slice:
		old := v.Slice(0, v.Len())
		if v.SetZero(); old.Len() > 0 {
			v.Set(reflect.AppendSlice(v, old)) // its elements are immutable
		}
	}
}

// KindDefaults is the kind of the defaults of a VVP namespace.
const KindDefaults = "DeploymentDefaults"

// DefaultsConfig is one layer of VVP's Deployment Defaults ("Deployment Defaults"
// in VVP's platform operations). Without a kind it is the global layer, as in the
// Helm value vvp.globalDeploymentDefaults; with the kind DeploymentDefaults it is
// that of a VVP namespace. Nothing in Spec is required.
type DefaultsConfig struct {
	// Kind and APIVersion are empty, or "DeploymentDefaults" and "v1".
	Kind       string `json:"kind,omitempty" enum:"DeploymentDefaults"`
	APIVersion string `json:"apiVersion,omitempty" enum:"v1"`
	// Metadata has the VVP namespace, and Spec what its Deployments need not say.
	Metadata DefaultsMetadata `json:"metadata,omitzero"`
	Spec     Spec             `json:"spec"`
}

// DefaultsMetadata says which VVP namespace defaults are for.
type DefaultsMetadata struct {
	// ID and Name mean nothing here.
	ID   string `json:"id,omitempty"`
	Name string `json:"name,omitempty"`
	// Namespace is "default" if empty. The global layer has none.
	Namespace string `json:"namespace,omitempty" format:"label-value"`
}

// Defaults are the layers of Deployment Defaults that Deployments are read with:
// what a Deployment does not say is taken from the defaults of its VVP namespace,
// then from the global ones, then from those that are built in. Maps of strings
// merge by key. Lists and parts of a Kubernetes type, pod templates among them, are
// taken whole. Defaults name where to run only for Deployments that do not.
//
// Values are immutable and safe for concurrent use. The zero value has the built-in
// layer alone. VVP applies Session Cluster Defaults in its user interface only, so
// there is nothing like this for SessionClusters.
type Defaults struct {
	_      [0]func()
	layers map[string]Spec // by VVP namespace, "" for the global one; not changed after it was made
}

// NewDefaults returns Defaults with copies of these layers, at most one of them
// global, and at most one for each namespace. The error is an [*flinktarget.InvalidError].
func NewDefaults(layers ...DefaultsConfig) (Defaults, error) {
	d := Defaults{layers: map[string]Spec{}}
	var errs field.ErrorList
	for i, c := range layers {
		prefix := (*field.Path)(nil).Index(i).String()
		found := validateDefaults(c)
		if len(found) == 0 {
			found = d.put(c)
		}
		for _, e := range found {
			e.Field = prefix + "." + e.Field
			errs = append(errs, e)
		}
	}
	if len(errs) > 0 {
		return Defaults{}, decode.Invalid(KindDefaults, decode.Fields(errs)...)
	}
	return d, nil
}

// ParseDefaults reads layers in YAML or JSON, one a document. The name of the file
// is used in the positions of errors only. The error is an [*flinktarget.InvalidError].
func ParseDefaults(file string, text []byte) (Defaults, error) {
	return Reader{}.ParseDefaults(file, text)
}

// ParseDefaults is the function [ParseDefaults] with AllowUnknown; the other fields of o
// are about other kinds.
func (o Reader) ParseDefaults(file string, text []byte) (Defaults, error) {
	roots, bad := yaml.Parse(file, text)
	problems := decode.Syntax(bad)
	d := Defaults{layers: map[string]Spec{}}
	for _, root := range roots {
		if root == nil {
			continue
		}
		var c DefaultsConfig
		found := decode.Resource(root, &c, o.AllowUnknown, validateDefaults)
		if len(found) == 0 {
			for _, e := range d.put(c) {
				found = append(found, decode.Problem(root.Locate(e.Field), e))
			}
		}
		problems = append(problems, found...)
	}
	if len(problems) > 0 {
		return Defaults{}, decode.Invalid(KindDefaults, problems...)
	}
	return d, nil
}

// put adds a layer, unless there is one like it.
func (d *Defaults) put(c DefaultsConfig) field.ErrorList {
	ns := "" // of the global layer
	if c.Kind != "" {
		ns = cmp.Or(c.Metadata.Namespace, target.DefaultNamespace)
	}
	if _, ok := d.layers[ns]; ok {
		e := field.Duplicate(metadataPath.Child("namespace"), c.Metadata.Namespace)
		return field.ErrorList{e.WithOrigin("exclusive")}
	}
	d.layers[ns] = clone(c.Spec)
	return nil
}

func validateDefaults(d DefaultsConfig) field.ErrorList {
	c := &checks{partial: true}
	if d.Kind == "" && d.Metadata.Namespace != "" {
		c.fail(field.Forbidden(metadataPath.Child("namespace"), "defaults without a kind are for all namespaces; "+
			"write kind: "+KindDefaults+" for those of one"), "exclusive")
	}
	c.spec(d.Spec, field.NewPath("spec"))
	c.fields(reflect.ValueOf(&d).Elem(), nil)
	return c.errs
}

// Layers returns copies of the layers, the global one first, then those of the
// namespaces in the order of their names.
func (d Defaults) Layers() []DefaultsConfig {
	out := []DefaultsConfig{}
	for _, ns := range tree.Keys(d.layers) {
		layer := DefaultsConfig{Spec: clone(d.layers[ns])}
		if ns != "" {
			layer.Kind, layer.APIVersion, layer.Metadata.Namespace = KindDefaults, APIVersion, ns
		}
		out = append(out, layer)
	}
	return out
}

// Equal reports whether d and e have the same layers.
func (d Defaults) Equal(e Defaults) bool { return equalJSON(d.Layers(), e.Layers()) }

// MarshalJSON returns the list of the layers.
func (d Defaults) MarshalJSON() ([]byte, error) { return json.Marshal(d.Layers()) }

// New is [New] for a Deployment that gets these defaults.
func (d Defaults) New(c Config) (Deployment, error) {
	made, err := New(d.apply(c))
	if err == nil {
		d.note(made.data, c)
	}
	return made, err
}

// note keeps in a Deployment what it said itself and what it got these defaults from.
func (d Defaults) note(made *data[Config], given Config) {
	if !d.isEmpty() {
		given = clone(given)
		made.given, made.layers = &given, d
	}
}

func (d Defaults) isEmpty() bool { return len(d.layers) == 0 }

// Parse is [Parse] for a Deployment that gets these defaults.
func (d Defaults) Parse(file string, text []byte) (Deployment, error) {
	return decode.Parse("", file, text, Reader{Defaults: d}.deployment)
}

// apply returns a copy of c with what the layers fill in.
func (d Defaults) apply(c Config) Config {
	c = clone(c)
	if d.isEmpty() {
		return c
	}
	for _, from := range [...]Spec{d.layers[namespaceOf(c.Metadata)], d.layers[""]} {
		if c.Spec.DeploymentTargetID+c.Spec.DeploymentTargetName+c.Spec.SessionClusterName != "" {
			from.DeploymentTargetID, from.DeploymentTargetName, from.SessionClusterName = "", "", ""
		}
		if c.Spec.RestoreStrategy != nil || c.Spec.StartFromSavepoint != nil {
			from.StartFromSavepoint = nil
		}
		if c.Spec.StartFromSavepoint != nil {
			from.RestoreStrategy = nil
		}
		fill(reflect.ValueOf(&c.Spec).Elem(), reflect.ValueOf(from), true)
	}
	return c
}

// String names the layers, for messages.
func (d Defaults) String() string {
	names := tree.Keys(d.layers)
	if _, ok := d.layers[""]; ok {
		names[0] = "global"
	}
	return KindDefaults + " " + strings.Join(names, ", ")
}
