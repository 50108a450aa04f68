package merge

import (
	"bytes"
	"fmt"
	"go/format"
	"os"
	"slices"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
	"gotest.tools/v3/golden"
	"k8s.io/kube-openapi/pkg/validation/spec"
	"sigs.k8s.io/kustomize/kyaml/openapi"

	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/tree"
)

// The table is kustomize's own schema, reduced to the kinds that are emitted and their
// merged lists, and those that package kinds has for VVP's. When one of them changes,
// this test fails and -update writes the new table.
func TestTableIsKustomizesSchema(t *testing.T) {
	text := generate(t)
	if golden.FlagUpdate() {
		assert.NilError(t, os.WriteFile("table.go", text, 0o644))
	}
	got, err := os.ReadFile("table.go")
	assert.NilError(t, err)
	assert.Assert(t, bytes.Equal(got, text),
		"table.go is not what kustomize's schema says; run go test -run %s -update", t.Name())
}

// reducer turns the definitions of an OpenAPI document into lines of table.go.
type reducer struct {
	defs  spec.Definitions
	names map[string]string // definition to variable, "" while it is worked on
	texts map[string]string // text of a schema to variable: equal schemas are one
	used  map[string]bool   // variables
	lines []string
}

const (
	definitions = "#/definitions/"
	core        = "io.k8s.api.core.v1."
)

// schemaOf returns the variable for a definition; "nil" if no list below it is merged.
func (r *reducer) schemaOf(def string) string {
	if v, ok := r.names[def]; ok {
		if v == "" {
			// A recursive type: JSONSchemaProps. It has no merged lists.
			return "nil"
		}
		return v
	}
	r.names[def] = ""
	d := r.defs[def]
	fields := map[string]string{}
	for _, name := range tree.Keys(d.Properties) {
		p := d.Properties[name]
		if f := r.fieldOf(&p); f != "" {
			fields[name] = f
		}
	}
	r.names[def] = r.variable(fields, variableNames(def))
	return r.names[def]
}

// variable returns the variable that has these fields. A new one gets the first of the
// names that is not taken.
func (r *reducer) variable(fields map[string]string, names []string) string {
	if len(fields) == 0 {
		return "nil"
	}
	var b strings.Builder
	for _, name := range tree.Keys(fields) {
		fmt.Fprintf(&b, "%q: %s,\n", name, fields[name])
	}
	text := b.String()
	if variable := r.texts[text]; variable != "" {
		return variable
	}
	i := slices.IndexFunc(names, func(name string) bool { return !r.used[name] })
	r.texts[text], r.used[names[i]] = names[i], true
	if len(fields) == 1 {
		text = strings.TrimSuffix(text, ",\n")
	} else {
		text = "\n" + text
	}
	r.lines = append(r.lines, fmt.Sprintf("%s = Schema{%s}\n", names[i], text))
	return names[i]
}

func (r *reducer) fieldOf(p *spec.Schema) string {
	strategy, _ := p.Extensions.GetString("x-kubernetes-patch-strategy")
	merged := slices.Contains(strings.Split(strategy, ","), "merge")
	if merged && p.Type.Contains("array") {
		_, keys := (&openapi.ResourceSchema{Schema: p}).PatchStrategyAndKeyList()
		if len(keys) == 0 {
			return "{Set: true}"
		}
		return keyed(keys, r.schemaOf(strings.TrimPrefix(p.Items.Schema.Ref.String(), definitions)))
	}
	if p.AdditionalProperties != nil && p.AdditionalProperties.Schema != nil {
		if f := r.fieldOf(p.AdditionalProperties.Schema); f != "" {
			panic("a map of types with merged lists: the table has no form for it")
		}
	}
	if ref := p.Ref.String(); ref != "" {
		if of := r.schemaOf(strings.TrimPrefix(ref, definitions)); of != "nil" {
			return fmt.Sprintf("{Of: %s}", of)
		}
	}
	return ""
}

func keyed(keys []string, of string) string {
	if of == "nil" {
		return fmt.Sprintf("{Keys: %#v}", keys)
	}
	return fmt.Sprintf("{Keys: %#v, Of: %s}", keys, of)
}

// variableNames turns io.k8s.api.core.v1.PodSpec into coreV1PodSpec.
func variableNames(def string) []string {
	parts := strings.Split(def, ".")
	parts = parts[len(parts)-3:]
	for i, p := range parts[1:] {
		parts[i+1] = title(p)
	}
	return []string{strings.Join(parts, "")}
}

func title(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// withoutSchema are kinds that kustomize has no schema of: custom resources, and versions that are
// newer than it. Their lists are replaced but for those of metadata, as in a ConfigMap.
var withoutSchema = []string{"PodMonitor", "HorizontalPodAutoscaler"}

// kind returns the variable for a kind of Kubernetes.
func (r *reducer) kind(t *testing.T, of kinds.TypeMeta) string {
	group, version, ok := strings.Cut(of.APIVersion, "/")
	if !ok {
		group, version = "", of.APIVersion
	}
	want := map[string]any{"group": group, "version": version, "kind": of.Kind}
	for _, def := range tree.Keys(r.defs) {
		gvks, _ := r.defs[def].Extensions["x-kubernetes-group-version-kind"].([]any)
		for _, gvk := range gvks {
			if tree.Equal(gvk, want) {
				return r.schemaOf(def)
			}
		}
	}
	if slices.Contains(withoutSchema, of.Kind) {
		return r.kind(t, kinds.TypeMeta{APIVersion: "v1", Kind: "ConfigMap"})
	}
	t.Fatalf("kustomize has no %s", of)
	return ""
}

// place is what the merge lists of a VVP kind say of a field.
type place struct {
	list  kinds.MergeList
	below map[string]*place
}

// resource returns the variable for a kind of VVP.
func (r *reducer) resource(t *testing.T, k kinds.Resource) string {
	root := &place{below: map[string]*place{}}
	for _, l := range k.Lists {
		at := root
		names := strings.Split(l.Path, ".")
		for i, name := range names {
			name, isElements := strings.CutSuffix(name, "[]")
			if at.below[name] == nil {
				assert.Assert(t, !isElements, "%s: the list must be in the table before it", l.Path)
				at.below[name] = &place{below: map[string]*place{}}
			}
			at = at.below[name]
			assert.Equal(t, isElements, len(at.list.Keys) > 0 && i < len(names)-1, l.Path)
		}
		assert.Assert(t, at.list.Path == "" && len(at.below) == 0, "%s stands twice, or after what is below it", l.Path)
		at.list = l
	}
	return r.places(t, root, k.Kind)
}

func (r *reducer) places(t *testing.T, at *place, path ...string) string {
	if of := at.list.Type; of != "" {
		_, known := r.defs[core+of]
		assert.Assert(t, known && len(at.below) == 0, "%s: the type %s is not known, or has its own lists",
			at.list.Path, of)
		return r.schemaOf(core + of)
	}
	fields := map[string]string{}
	for _, name := range tree.Keys(at.below) {
		below := at.below[name]
		of := r.places(t, below, append(path[:len(path):len(path)], name)...)
		if len(below.list.Keys) > 0 {
			fields[name] = keyed(below.list.Keys, of)
		} else if of != "nil" {
			fields[name] = fmt.Sprintf("{Of: %s}", of)
		}
	}
	var names []string
	for i := range path {
		name := "vvp"
		for _, part := range path[len(path)-1-i:] {
			name += title(part)
		}
		names = append(names, name)
	}
	return r.variable(fields, names)
}

func generate(t *testing.T) []byte {
	r := &reducer{defs: openapi.Schema().Definitions, names: map[string]string{}, texts: map[string]string{},
		used: map[string]bool{}}
	var rows []string
	row := func(of kinds.TypeMeta, variable string) {
		rows = append(rows, fmt.Sprintf("%q: %s,\n", of.String(), variable))
	}
	for _, k := range kinds.All() {
		row(k.TypeMeta, r.kind(t, k.TypeMeta))
	}
	for _, k := range kinds.Resources() {
		row(k.TypeMeta, r.resource(t, k))
	}
	var b bytes.Buffer
	b.WriteString("// Code generated by go test -run TestTableIsKustomizesSchema -update; DO NOT EDIT.\n\n")
	b.WriteString("package merge\n\n// Merged lists of kustomize's OpenAPI schema (Kubernetes 1.21.2), and of VVP's " +
		"kinds.\nvar (\n")
	b.WriteString(strings.Join(r.lines, ""))
	b.WriteString(")\n\n// schemas has those of package kinds, by apiVersion and kind.\nvar schemas = " +
		"map[string]Schema{\n")
	b.WriteString(strings.Join(rows, "") + "}\n")
	text, err := format.Source(b.Bytes())
	assert.NilError(t, err)
	return text
}
