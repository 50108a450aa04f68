package target_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
	sigsyaml "sigs.k8s.io/yaml"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/patch"
	"github.com/flinktarget/flinktarget/target"
)

const spec = "spec: {kubernetes: {namespace: staging}}\n"

var name250 = strings.Repeat("x", 250)

var parseCases = []struct {
	reason, text string
	problems     []string // field, type, origin and place
}{
	{"the least that is required", "metadata: {name: a}\nspec: {kubernetes: {}}", nil},
	{"all of it", "kind: DeploymentTarget\napiVersion: v1\n" +
		"metadata:\n  id: 2da2f867-5899-4bef-8ad0-9771bbac38b4\n  name: my_Target-1\n  namespace: team_a\n" +
		"  labels: {any key: any value}\n  annotations: {a: ''}\n" +
		"spec:\n  kubernetes: {namespace: staging}\n" +
		"  deploymentPatchSet:\n  - {op: add, path: /metadata/labels/a, value: b}", nil},
	{"JSON", `{"metadata": {"name": "a"}, "spec": {"kubernetes": {"namespace": null}}}`, nil},
	{"what a GET returns",
		"metadata: {name: a, createdAt: x, modifiedAt: x, resourceVersion: 3}\nstatus: {}\n" + spec, nil},
	{"the longest name", "metadata: {name: " + name250 + "}\n" + spec, nil},
	{"another kind", "kind: Deployment\nmetadata: {name: a}\n" + spec,
		[]string{"kind kind f.yaml:1:7"}},
	{"another version", "apiVersion: v2\nmetadata: {name: a}\n" + spec,
		[]string{"apiVersion kind f.yaml:1:13"}},
	{"a name is required", spec, []string{"metadata.name name f.yaml:1:1"}},
	{"a name has an end", "metadata: {name: x" + name250 + "}\n" + spec,
		[]string{"metadata.name name f.yaml:1:18"}},
	{"no dots in a name", "metadata: {name: a.b}\n" + spec, []string{"metadata.name name f.yaml:1:18"}},
	{"yes is no name", "metadata: {name: yes}\n" + spec, []string{"metadata.name retyped f.yaml:1:18"}},
	{"ids are in lower case", "metadata: {name: a, id: 2DA2F867-5899-4BEF-8AD0-9771BBAC38B4}\n" + spec,
		[]string{"metadata.id uuid f.yaml:1:25"}},
	{"the namespace becomes a label value", "metadata: {name: a, namespace: a b}\n" + spec,
		[]string{"metadata.namespace name f.yaml:1:32"}},
	{"a boolean is no label", "metadata: {name: a, labels: {b: on}}\n" + spec,
		[]string{"metadata.labels[b] retyped f.yaml:1:33"}},
	{"a number is no annotation", "metadata: {name: a, annotations: {b: 1e3}}\n" + spec,
		[]string{"metadata.annotations[b] retyped f.yaml:1:38"}},
	{"spec.kubernetes is required", "metadata: {name: a}\nspec: {}",
		[]string{"spec.kubernetes required f.yaml:2:7"}},
	{"a spec is required", "metadata: {name: a}", []string{"spec.kubernetes required f.yaml:1:1"}},
	{"a Kubernetes namespace has 63 characters",
		"metadata: {name: a}\nspec: {kubernetes: {namespace: " + name250[:64] + "}}",
		[]string{"spec.kubernetes.namespace name f.yaml:2:32"}},
	{"a Kubernetes namespace is in lower case", "metadata: {name: a}\nspec: {kubernetes: {namespace: Staging}}",
		[]string{"spec.kubernetes.namespace name f.yaml:2:32"}},
	{"fields of other platforms", "metadata: {name: a}\nspec: {kubernetes: {}, state: ONLINE}",
		[]string{"spec.state unknown-field f.yaml:2:24"}},
	{"a patch set is a list", "metadata: {name: a}\nspec: {kubernetes: {}, deploymentPatchSet: {op: add}}",
		[]string{"spec.deploymentPatchSet type f.yaml:2:44"}},
	{"a patch in a list has its place",
		"metadata: {name: a}\nspec:\n  kubernetes: {}\n  deploymentPatchSet:\n  - {op: add, path: /a, value: 1}\n" +
			"  - {op: ad, path: /a}",
		[]string{"spec.deploymentPatchSet[1].op patch-operation f.yaml:6:10"}},
	{"null is no patch", "metadata: {name: a}\nspec: {kubernetes: {}, deploymentPatchSet: [null]}",
		[]string{"spec.deploymentPatchSet[0] type f.yaml:2:45"}},
	{"all problems at once", "kind: DeploymentTarget\nmetadata: {name: ''}\nspec: {nope: 1}", []string{
		"metadata.name name f.yaml:2:18",
		"spec.kubernetes required f.yaml:3:7", "spec.nope unknown-field f.yaml:3:8"}},
	{"of another kind, what follows from that is left out", "kind: Deployment\nspec: {template: {}}", []string{
		"kind kind f.yaml:1:7"}},
	{"of another version of this kind, nothing is left out", "apiVersion: v2\nspec: {kubernetes: {}}", []string{
		"metadata.name name f.yaml:1:1", "apiVersion kind f.yaml:1:13"}},
	{"two documents", "metadata: {name: a}\n---\nmetadata: {name: b}", []string{" syntax f.yaml:2:1"}},
	{"no document", "# nothing\n", []string{" syntax f.yaml:1:1"}},
}

func TestParse(t *testing.T) {
	for _, c := range parseCases {
		t.Run(c.reason, func(t *testing.T) {
			v, err := target.Parse("f.yaml", []byte(c.text))
			if c.problems == nil {
				assert.NilError(t, err)
				assert.Assert(t, !v.IsZero())
				return
			}
			assert.ErrorIs(t, err, flinktarget.ErrInvalid)
			assert.Assert(t, v.IsZero(), "nothing is half-read")
			assert.DeepEqual(t, problemsOf(t, err), c.problems)
		})
	}
}

// Where a target stands is known as long as it is the value that was read.
func TestPosition(t *testing.T) {
	const text = "---\nkind: DeploymentTarget\nmetadata:\n  name: a\nspec: {kubernetes: {}}\n"
	read, err := target.Parse("f.yaml", []byte(text))
	assert.NilError(t, err)
	assert.Equal(t, read.Position(), flinktarget.Position{File: "f.yaml", Line: 4, Column: 9})
	made, err := target.New(read.Config())
	assert.NilError(t, err)
	assert.Equal(t, made.Position(), flinktarget.Position{}, "it was not read")
	assert.Equal(t, target.Target{}.Position(), flinktarget.Position{})

	r := new(target.Registry)
	assert.NilError(t, r.Register(read))
	got, err := r.Get(read.Ref())
	assert.NilError(t, err)
	assert.Equal(t, got.Position(), read.Position())
	restored, err := target.Restore(r.Snapshot())
	assert.NilError(t, err)
	got, err = restored.Get(read.Ref())
	assert.NilError(t, err)
	assert.Equal(t, got.Position(), flinktarget.Position{}, "a snapshot is not what was read")
}

func problemsOf(t *testing.T, err error) []string {
	t.Helper()
	e, ok := errors.AsType[*flinktarget.InvalidError](err)
	assert.Assert(t, ok, "%T", err)
	var out []string
	for _, p := range e.Problems {
		out = append(out, strings.TrimSuffix(p.Field+" "+p.Rule+" "+p.Position.String(), " "))
	}
	return out
}

func TestNew(t *testing.T) {
	legal := config()
	cases := []struct {
		reason   string
		change   func(*target.Config)
		problems []string
	}{
		{"as it is", func(*target.Config) {}, nil},
		{"the zero value", func(c *target.Config) { *c = target.Config{} },
			[]string{"metadata.name name", "spec.kubernetes required"}},
		{"JSON would replace what is not UTF-8", func(c *target.Config) {
			c.Metadata.Labels = map[string]string{"b": "\xff", "a\xff": "", "c": "ü"}
			c.Metadata.Annotations = map[string]string{"a": "\xfe"}
		}, []string{"metadata.labels[a\ufffd] text", "metadata.labels[b] text",
			"metadata.annotations[a] text"}},
		{"the zero value of a patch is none",
			func(c *target.Config) { c.Spec.DeploymentPatchSet = []patch.Patch{{}} },
			[]string{"spec.deploymentPatchSet[0] patch"}},
		{"too many patches", func(c *target.Config) {
			c.Metadata.Name = "x" // the subject names it
			for range patch.MaxPatches {
				c.Spec.DeploymentPatchSet = append(c.Spec.DeploymentPatchSet, c.Spec.DeploymentPatchSet[0])
			}
		}, []string{"spec.deploymentPatchSet patch"}},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			cfg := legal
			c.change(&cfg)
			v, err := target.New(cfg)
			if c.problems == nil {
				assert.NilError(t, err)
				return
			}
			assert.Assert(t, v.IsZero())
			assert.DeepEqual(t, problemsOf(t, err), c.problems)
		})
	}
}

func config() target.Config {
	return target.Config{
		Metadata: target.Metadata{ID: "2da2f867-5899-4bef-8ad0-9771bbac38b4", Name: "staging",
			Labels: map[string]string{"a": "1e3"}, Annotations: map[string]string{"": "line\nline"}},
		Spec: target.Spec{
			Kubernetes: &target.Kubernetes{Namespace: "staging"},
			DeploymentPatchSet: []patch.Patch{
				patch.MustParse("{op: add, path: /metadata/labels/a, value: b}"),
				patch.MustParse("{apiVersion: apps/v1, kind: Deployment, spec: {replicas: 2}}"),
				patch.MustParse("{target: {kind: Job}, patch: 'spec: {backoffLimit: 0}'}"),
			},
		},
	}
}

func TestRoundTrip(t *testing.T) {
	least := target.Config{
		Metadata: target.Metadata{Name: "a", Labels: map[string]string{}},
		Spec:     target.Spec{Kubernetes: &target.Kubernetes{}},
	}
	for _, cfg := range []target.Config{config(), least} {
		v, err := target.New(cfg)
		assert.NilError(t, err)
		again, err := target.New(v.Config())
		assert.NilError(t, err)
		assert.Assert(t, again.Equal(v))
		text, err := json.Marshal(v)
		assert.NilError(t, err)
		read, err := target.Parse("", text)
		assert.NilError(t, err, "%s", text)
		assert.Assert(t, read.Equal(v), "%s", text)
	}
}

// Generated values survive New(Config()) and Parse(marshal()).
func TestRoundTrips(t *testing.T) {
	reached := map[string]bool{}
	for seed := range uint64(300) {
		cfg := generate(seed)
		v, err := target.New(cfg)
		assert.NilError(t, err, "seed %d", seed)
		again, err := target.New(v.Config())
		assert.NilError(t, err, "seed %d", seed)
		assert.Assert(t, again.Equal(v), "seed %d", seed)
		text, err := json.Marshal(v)
		assert.NilError(t, err)
		yaml, err := sigsyaml.JSONToYAML(text)
		assert.NilError(t, err)
		for _, form := range [][]byte{text, yaml} {
			read, err := target.Parse("", form)
			assert.NilError(t, err, "seed %d: %s", seed, form)
			assert.Assert(t, read.Equal(v), "seed %d: %s", seed, form)
		}
		mark(reached, reflect.ValueOf(cfg), "")
	}
	for _, field := range []string{"Kind", "APIVersion", "Metadata.ID", "Metadata.Name", "Metadata.Namespace",
		"Metadata.Labels", "Metadata.Annotations", "Spec.Kubernetes.Namespace", "Spec.DeploymentPatchSet"} {
		assert.Assert(t, reached[field], "%s was never set", field)
		delete(reached, field)
	}
	assert.Equal(t, len(reached), 0, "fields that this test does not know: %v", reached)
}

// mark notes which fields of a configuration are not zero.
func mark(reached map[string]bool, v reflect.Value, path string) {
	if v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	switch {
	case v.IsZero():
	case v.Kind() == reflect.Struct:
		for f, e := range v.Fields() {
			mark(reached, e, strings.TrimPrefix(path+"."+f.Name, "."))
		}
	default:
		reached[path] = true
	}
}

func generate(seed uint64) target.Config {
	r := rand.New(rand.NewPCG(seed, 2))
	pick := func(from ...string) string { return from[r.IntN(len(from))] }
	texts := func() map[string]string {
		m := map[string]string{}
		for range r.IntN(4) {
			m[pick("", "a b", "x.y/z", "null", "ü", "on")] = pick("", "1e3", "yes", "a: b # c", "line\nline\n", "日本",
				"~", "\t")
		}
		return m
	}
	cfg := target.Config{
		Kind: pick("", "DeploymentTarget"), APIVersion: pick("", "v1"),
		Metadata: target.Metadata{ID: pick("", id1, id2), Name: pick("a", "my_Target-1", "007", "null"),
			Namespace: pick("", "default", "team_a"), Labels: texts(), Annotations: texts()},
		Spec: target.Spec{Kubernetes: &target.Kubernetes{Namespace: pick("", "flink", "n0")}},
	}
	for range r.IntN(4) {
		cfg.Spec.DeploymentPatchSet = append(cfg.Spec.DeploymentPatchSet,
			patch.MustParse(pick(pool, otherPool, setDir, setOther,
				"{op: test, path: '', value: {a: [9007199254740993, 1.5, null, '1e3', 'yes']}}",
				"{target: {kind: Job, labelSelector: 'a in (b, c)'}, patch: [{op: remove, path: /a~1b}]}",
				"target: {name: '.*'}\npatch: |\n  # text\n  metadata: {annotations: {a: '1e3'}}\n")))
	}
	return cfg
}

func TestEqual(t *testing.T) {
	base, err := target.New(config())
	assert.NilError(t, err)
	cases := []struct {
		reason          string
		change          func(*target.Config)
		equal, sameSpec bool
	}{
		{"kind is filled in", func(c *target.Config) {
			c.Kind, c.APIVersion, c.Metadata.Namespace = "DeploymentTarget", "v1", "default"
		}, true, true},
		{"labels may change", func(c *target.Config) { c.Metadata.Labels = nil }, false, true},
		{"annotations may change",
			func(c *target.Config) { c.Metadata.Annotations = map[string]string{"another": "one"} }, false, true},
		{"a name is no spec", func(c *target.Config) { c.Metadata.Name = "other" }, false, true},
		{"nor is a namespace of VVP", func(c *target.Config) { c.Metadata.Namespace = "other" }, false, true},
		{"an id is no spec", func(c *target.Config) { c.Metadata.ID = "" }, false, true},
		{"the namespace is of the spec",
			func(c *target.Config) { c.Spec.Kubernetes = &target.Kubernetes{Namespace: "x"} }, false, false},
		{"patches are",
			func(c *target.Config) { c.Spec.DeploymentPatchSet = c.Spec.DeploymentPatchSet[:1] }, false, false},
		{"the order of patches is", func(c *target.Config) {
			p := c.Spec.DeploymentPatchSet
			c.Spec.DeploymentPatchSet = []patch.Patch{p[1], p[0], p[2]}
		}, false, false},
		{"formatting is not", func(c *target.Config) {
			c.Spec.DeploymentPatchSet = append([]patch.Patch{}, c.Spec.DeploymentPatchSet...)
			c.Spec.DeploymentPatchSet[2] = patch.MustParse("target:\n  kind: Job\npatch:\n  spec:\n" +
				"    backoffLimit: 0 # none\n")
		}, true, true},
	}
	for _, c := range cases {
		cfg := config()
		c.change(&cfg)
		v, err := target.New(cfg)
		assert.NilError(t, err, c.reason)
		assert.Equal(t, v.Equal(base), c.equal, c.reason)
		assert.Equal(t, base.Equal(v), c.equal, c.reason)
		assert.Equal(t, v.SameSpec(base), c.sameSpec, c.reason)
	}
	assert.Assert(t,
		target.Target{}.Equal(target.Target{}) && !base.Equal(target.Target{}) && !target.Target{}.Equal(base))
}

func TestSubjects(t *testing.T) {
	for want, text := range map[string]string{"DeploymentTarget": "spec: {}",
		"DeploymentTarget team/a": "metadata: {name: a, namespace: team}"} {
		_, err := target.Parse("", []byte(text))
		e, ok := errors.AsType[*flinktarget.InvalidError](err)
		assert.Assert(t, ok)
		assert.Equal(t, e.Problems[0].Resource, want)
	}
}

// Values that look like secrets are in no message, and no message is endless.
func TestMessages(t *testing.T) {
	huge := strings.Repeat("x", 300_000)
	for _, value := range []string{"password=hunter2", "https://hunter2@h/", huge} {
		for _, text := range []string{"kind: %q", "apiVersion: %q", "metadata: {name: %q}",
			"metadata: {name: a, id: %q}", "metadata: {name: a, namespace: %q}",
			"spec: {kubernetes: {namespace: %q}}", "metadata: {labels: {%q: 1}}", "%q: 1"} {
			_, err := target.Parse("f", fmt.Appendf(nil, text, value))
			assert.Assert(t, err != nil && !strings.Contains(err.Error(), "hunter2"), "%s: %v", text, err)
			assert.Assert(t, len(err.Error()) < 2000, "%s: %d bytes", text, len(err.Error()))
		}
	}
	_, err := target.New(target.Config{Kind: "password=hunter2", Metadata: target.Metadata{Name: "https://hunter2@h/"}})
	assert.Assert(t, err != nil && !strings.Contains(err.Error(), "hunter2"), "%v", err)
}

func TestZeroValue(t *testing.T) {
	var v target.Target
	assert.Assert(t, v.IsZero())
	assert.Equal(t, v.Name()+v.ID()+v.Namespace()+v.KubernetesNamespace(), "")
	assert.Equal(t, v.String(), "DeploymentTarget")
	assert.Equal(t, v.Patches().Len(), 0)
	assert.DeepEqual(t, v.Config(), target.Config{})
	text, err := json.Marshal(v)
	assert.NilError(t, err)
	assert.Equal(t, string(text), "null")
}

func TestNothingIsAliased(t *testing.T) {
	given := config()
	v, err := target.New(given)
	assert.NilError(t, err)
	before, err := json.Marshal(v)
	assert.NilError(t, err)
	for name, c := range map[string]target.Config{"handed in": given, "Config": v.Config()} {
		c.Metadata.Labels["a"] = "changed"
		c.Metadata.Annotations["new"] = "changed"
		c.Spec.Kubernetes.Namespace = "changed"
		c.Spec.DeploymentPatchSet[0] = patch.Patch{}
		after, err := json.Marshal(v)
		assert.NilError(t, err)
		assert.Equal(t, string(after), string(before), name)
	}
}

func TestMethodsHandOutNoReferences(t *testing.T) {
	fresh := map[string]bool{"Config": true, "MarshalJSON": true}
	typ := reflect.TypeFor[target.Target]()
	for m := range typ.Methods() {
		for i := range m.Type.NumOut() {
			switch m.Type.Out(i).Kind() {
			case reflect.Map, reflect.Slice, reflect.Pointer:
				assert.Assert(t, fresh[m.Name], "%s returns %s", m.Name, m.Type.Out(i))
			}
		}
	}
	for f := range typ.Fields() {
		assert.Assert(t, !f.IsExported(), f.Name)
	}
}

func TestRef(t *testing.T) {
	v, err := target.New(config())
	assert.NilError(t, err)
	const id = "2da2f867-5899-4bef-8ad0-9771bbac38b4"
	for _, c := range []struct {
		reason string
		ref    target.Ref
		want   bool
	}{
		{"by name, in the default namespace", target.Ref{Name: "staging"}, true},
		{"by id", target.Ref{Namespace: "default", ID: id}, true},
		{"both are right", target.Ref{Name: "staging", ID: id}, true},
		{"one of both is wrong", target.Ref{Name: "other", ID: id}, false},
		{"the other of both is wrong", target.Ref{Name: "staging", ID: "2da2f867-5899-4bef-8ad0-000000000000"}, false},
		{"another id", target.Ref{ID: "2da2f867-5899-4bef-8ad0-000000000000"}, false},
		{"another namespace", target.Ref{Namespace: "other", Name: "staging"}, false},
		{"nothing is referred to", target.Ref{}, false},
	} {
		assert.Equal(t, c.ref.Matches(v), c.want, c.reason)
	}
	assert.Equal(t, v.Ref().String(), "default/staging")
	assert.Equal(t, target.Ref{ID: id}.String(), "default/"+id)
	assert.Assert(t, !target.Ref{}.Matches(target.Target{}) && !target.Ref{Name: "a"}.Matches(target.Target{}),
		"no target is no match")
	assert.Equal(t, target.Owner{Kind: "Deployment", Name: "a"}.String(), "Deployment default/a")
}

func TestUnmarshal(t *testing.T) {
	v, err := target.New(config())
	assert.NilError(t, err)
	read := v
	assert.ErrorIs(t, json.Unmarshal([]byte(`{"metadata": {"name": "a b"}}`), &read), flinktarget.ErrInvalid)
	assert.Assert(t, read.Equal(v), "what was there stays")
	text, err := json.Marshal(v)
	assert.NilError(t, err)
	var fresh target.Target
	assert.NilError(t, json.Unmarshal(text, &fresh))
	assert.Assert(t, fresh.Equal(v))
	assert.NilError(t, read.UnmarshalJSON([]byte(" null ")))
	assert.Assert(t, read.IsZero())
}
