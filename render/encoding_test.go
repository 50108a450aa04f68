package render_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	yamlv3 "go.yaml.in/yaml/v3"
	"gotest.tools/v3/assert"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
	yamlv2 "sigs.k8s.io/yaml/goyaml.v2"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/labels"
	"github.com/flinktarget/flinktarget/patch"
	"github.com/flinktarget/flinktarget/render"
	"github.com/flinktarget/flinktarget/render/internal/inputs"
	"github.com/flinktarget/flinktarget/target"
)

// encoders are the libraries that programs write and read values with.
var encoders = map[string]struct {
	marshal   func(any) ([]byte, error)
	unmarshal func([]byte, any) error
}{
	"encoding/json":       {json.Marshal, json.Unmarshal},
	"sigs.k8s.io/yaml":    {yaml.Marshal, func(text []byte, v any) error { return yaml.UnmarshalStrict(text, v) }},
	"go.yaml.in/yaml/v3":  {yamlv3.Marshal, yamlv3.Unmarshal},
	"the same, in a list": {marshalList, unmarshalList},
}

func marshalList(v any) ([]byte, error) { return yamlv3.Marshal(map[string]any{"list": []any{v}}) }

func unmarshalList(text []byte, v any) error {
	list := reflect.New(reflect.MapOf(reflect.TypeFor[string](), reflect.SliceOf(reflect.TypeOf(v).Elem())))
	if err := yamlv3.Unmarshal(text, list.Interface()); err != nil {
		return err
	}
	if items := list.Elem().MapIndex(reflect.ValueOf("list")); items.Len() > 0 { // nothing is left of one null
		reflect.ValueOf(v).Elem().Set(items.Index(0))
	}
	return nil
}

// encoded are the types of which a value has made the round trip.
var encoded = map[string]bool{}

// JSON has characters as they are that YAML has only escaped. sigs.k8s.io/yaml refuses them in
// strings of any type, because it reads JSON as YAML.
func TestEncodersOfCharacters(t *testing.T) {
	for _, text := range []string{"\x00", "\t", "\x1b", "\x7f", "\u0080", "\u0085", "\u009f", "\u00a0", "\u2028", "\u2029",
		"\ufeff", "\ufffd", "\ufffe", "\uffff", "\U0001fffe", "\U0001f680", `"`, `\`, "<&>"} {
		c := target.Config{Metadata: target.Metadata{Name: "a", Annotations: map[string]string{"a": "x" + text + "y"}},
			Spec: target.Spec{Kubernetes: &target.Kubernetes{Namespace: "b"}}}
		dt, err := target.New(c)
		assert.NilError(t, err, "%q", text)
		for _, name := range []string{"encoding/json", "go.yaml.in/yaml/v3"} {
			out, err := encoders[name].marshal(dt)
			assert.NilError(t, err, "%s: %q", name, text)
			var again target.Target
			assert.NilError(t, encoders[name].unmarshal(out, &again), "%s: %q", name, text)
			assert.Assert(t, again.Equal(dt), "%s: %q", name, text)
		}
	}
}

// roundTrip writes a value with every encoder, reads it and wants the same JSON; and so
// with the first of each type that it consists of, which programs may hold alone.
func roundTrip(t *testing.T, v any) {
	t.Helper()
	roundTripWith(t, v, false)
}

// roundTripWith leaves out, for a part of a Config alone, what does not read tags of JSON:
// the documentation of package deployment says so.
func roundTripWith(t *testing.T, v any, part bool) {
	t.Helper()
	encoded[typeName(reflect.TypeOf(v))] = true
	consistsOf(reflect.ValueOf(v), func(part reflect.Value) {
		if name := typeName(part.Type()); !encoded[name] && strings.HasPrefix(name, "flinktarget") {
			_, whole := reflect.New(part.Type()).Interface().(interface {
				UnmarshalYAML(func(any) error) error
			})
			roundTripWith(t, part.Interface(), !whole)
		}
	})
	want, err := json.Marshal(v)
	assert.NilError(t, err)
	for name, e := range encoders {
		if part && name != "encoding/json" && name != "sigs.k8s.io/yaml" {
			continue
		}
		text, err := e.marshal(v)
		assert.NilError(t, err, "%s: %T", name, v)
		back := reflect.New(reflect.TypeOf(v))
		assert.NilError(t, e.unmarshal(text, back.Interface()), "%s: %T\n%s", name, v, text)
		got, err := json.Marshal(back.Interface())
		assert.NilError(t, err)
		if !sameJSON(t, got, want) {
			t.Fatalf("%s: %T: read\n%s\nwant\n%s\nfrom\n%s", name, v, got, want, text)
		}
	}
}

// typeName is the name of a type of this module, with its package.
func typeName(t reflect.Type) string {
	name, _, _ := strings.Cut(t.Name(), "[")
	return strings.TrimPrefix(t.PkgPath(), "github.com/flinktarget/") + "." + name
}

// consistsOf hands over what the exported fields and the elements of a value hold.
func consistsOf(v reflect.Value, each func(reflect.Value)) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			consistsOf(v.Elem(), each)
		}
		return
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				consistsOf(v.Field(i), each)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			consistsOf(v.Index(i), each)
		}
	}
	each(v)
}

// notData are exported types that hold no data to be written.
var notData = map[string]string{
	"flinktarget/patch.Engine":      "an interface",
	"flinktarget/target.Registry":   "Snapshot writes it",
	"flinktarget/target.Store":      "an interface",
	"flinktarget/deployment.Reader": "what to read with",
	"flinktarget/render.Option":     "a function",
	"flinktarget/render.Renderer":   "what to render with",
	"flinktarget/render.Result":     "has an error",

	"flinktarget/render.NetworkPolicies": "has Peers",
	"flinktarget/render.Peer":            "nil and empty maps are not the same, which some libraries write as one",
}

// exportedTypes are those of the packages that programs use, from their source.
func exportedTypes(t *testing.T) []string {
	var out []string
	for _, dir := range []string{"", "labels", "patch", "target", "deployment", "render"} {
		files, err := filepath.Glob(filepath.Join("..", dir, "*.go"))
		assert.NilError(t, err)
		for _, name := range files {
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
			assert.NilError(t, err)
			ast.Inspect(file, func(n ast.Node) bool {
				if spec, ok := n.(*ast.TypeSpec); ok && spec.Name.IsExported() && !strings.HasSuffix(name, "_test.go") {
					out = append(out, path.Join("flinktarget", dir)+"."+spec.Name.Name)
				}
				return true
			})
		}
	}
	return out
}

// sameJSON compares as Equal does: 0.50 and 0.5 are one number.
func sameJSON(t *testing.T, a, b []byte) bool {
	var v, w any
	assert.NilError(t, json.Unmarshal(a, &v))
	assert.NilError(t, json.Unmarshal(b, &w))
	return bytes.Equal(a, b) || reflect.DeepEqual(v, w)
}

const everything = `kind: DeploymentTarget
apiVersion: v1
metadata: {name: staging, id: 6f2f1d9c-4c80-4fd6-9d6c-0e2b0b3e1a11, labels: {a.b/c: "1.20"}}
spec:
  kubernetes: {namespace: staging}
  deploymentPatchSet:
  - {op: add, path: /spec/template/spec/flinkConfiguration/a, value: "yes"}
  - {apiVersion: apps/v1, kind: Deployment, metadata: {annotations: {"on": "0644"}}}
  - target: {kind: Job}
    patch: [{op: add, path: /spec/ttlSecondsAfterFinished, value: 100}]
---
kind: Deployment
apiVersion: v1
metadata: {name: "Größe: 1", displayName: "2024-01-01"}
spec:
  deploymentTargetName: staging
  maxJobCreationAttempts: 7
  template:
    spec:
      artifact: {kind: JAR, flinkVersion: 1.20, jarUri: "local:///a.jar", mainArgs: "--x '1 2'\n"}
      numberOfTaskManagers: 3
      resources: {taskmanager: {cpu: 1.50, memory: 2.0g}}
      flinkConfiguration: {a: 1.20, b: 0x10, c: yes, d: true, e: 1e3}
      kubernetes:
        pods:
          envVars: [{name: X, value: "1.20"}, {name: yy, value: null}]
          tolerations: [{key: a, operator: Exists, tolerationSeconds: null}]
---
kind: SessionCluster
apiVersion: v1
metadata: {name: sql}
spec:
  deploymentTargetName: staging
  flinkVersion: 1.20
  flinkConfiguration: {a: 1.10}
  kubernetes:
    taskManagerPodTemplate: {spec: {hostNetwork: false, enableServiceLinks: null, terminationGracePeriodSeconds: 5}}
`

// Whatever is written with one of the encoders is read again, and nothing is lost.
func TestEncoders(t *testing.T) {
	t.Parallel()
	check := func(b deployment.Bundle) {
		t.Helper()
		for _, dt := range b.Targets {
			roundTrip(t, dt)
			roundTrip(t, dt.Config())
			roundTrip(t, dt.Patches())
			roundTrip(t, dt.Ref())
			for _, p := range dt.Patches().All() {
				roundTrip(t, p)
			}
		}
		for _, d := range b.Deployments {
			roundTrip(t, d)
			roundTrip(t, d.Config())
			roundTrip(t, d.Owner())
		}
		for _, s := range b.SessionClusters {
			roundTrip(t, s)
			roundTrip(t, s.Config())
		}
	}
	b := parse(t, []byte(everything))
	check(b)
	roundTrip(t, b)
	m, err := renderer(t).Bundle(b, nil)
	assert.NilError(t, err)
	roundTrip(t, m)
	for o := range m.All() {
		roundTrip(t, o)
	}
	for _, p := range m.Warnings() {
		roundTrip(t, p)
	}
	for seed := range uint64(60) {
		check(parse(t, inputs.New(seed).Text()))
	}
	layers, err := deployment.NewDefaults(deployment.DefaultsConfig{Spec: b.Deployments[0].Config().Spec})
	assert.NilError(t, err)
	roundTrip(t, layers)
	roundTrip(t, layers.Layers()[0])
	set, err := labels.ForDeployment(labels.Deployment{Namespace: "default", ID: jobID, Name: "a", JobID: jobID})
	assert.NilError(t, err)
	roundTrip(t, set)
	for _, text := range []string{`"a"`, `"=b"`, `"a=b,a=c"`, `"a=b=c"`, `"a=b,"`} {
		assert.Assert(t, json.Unmarshal([]byte(text), &set) != nil, text)
	}
	raw, err := deployment.FromYAML[corev1.Volume]([]byte(`{name: "1.20", emptyDir: {medium: null}}`))
	assert.NilError(t, err)
	roundTrip(t, raw)
	for _, zero := range []any{target.Target{}, deployment.Deployment{}, deployment.SessionCluster{}, render.Object{},
		render.Manifests{}, patch.Set{}, labels.Set{}, deployment.Defaults{}, deployment.Raw[corev1.Volume]{},
		flinktarget.Problem{}} {
		roundTrip(t, zero)
	}
	for _, v := range valuesWithoutResource(t, b) {
		roundTrip(t, v)
	}
	for _, name := range exportedTypes(t) {
		_, is := notData[name]
		is = is || strings.HasSuffix(name, "Error")
		assert.Check(t, encoded[name] != is, "a value of %s is written and read: %t; notData says otherwise", name, is)
	}
}

// valuesWithoutResource are values that no resource consists of.
func valuesWithoutResource(t *testing.T, b deployment.Bundle) []any {
	job := render.Job{ID: jobID, SavepointLocation: "s3://b/s"}
	r := renderer(t, render.WithTrace())
	old, err := r.Deployment(b.Targets[0], b.Deployments[0], job)
	assert.NilError(t, err)
	c := b.Deployments[0].Config()
	c.Spec.Template.Spec.FlinkConfiguration["a"] = "1.30"
	c.Spec.StartFromSavepoint = &deployment.StartFromSavepoint{Kind: "NONE"}
	c.Spec.Template.Spec.Logging = deployment.Logging{Log4jLoggers: map[string]string{"a": "INFO"}}
	c.Metadata.Annotations = map[string]string{"on": "1.20"}
	d, err := deployment.New(c)
	assert.NilError(t, err)
	changed, err := r.Deployment(b.Targets[0], d, job)
	assert.NilError(t, err)
	out := []any{d.Config(), job, render.Item{Deployment: d, Job: job}, render.Platform{Namespace: "1.20", Name: "yes"},
		render.Metrics{Port: 1, Labels: map[string]string{"a": "1.20"}}, render.Ingress{Host: "no", ClassName: "1.20"},
		render.Autoscaling{MaxReplicas: 4},
		labels.Deployment{Namespace: "default", ID: "1e3", Name: "no", JobID: jobID}, labels.JobManager,
		labels.SessionCluster{Namespace: "default", ID: "0x1", Name: "on"}, deployment.Document{Deployment: d},
		patch.Match{Patch: 1, Object: 2, Same: true}, patch.Selector{Kind: "Job", LabelSelector: "a=1.20"},
		target.FieldChange{Field: "a", From: json.RawMessage(`"1.20"`), To: json.RawMessage(`1.20`)},
		flinktarget.Problem{Severity: flinktarget.SeverityError, Message: "1.20", Position: flinktarget.Position{Line: 1},
			Cause: &flinktarget.Cause{Field: "no"}}}
	for _, c := range render.Compare(old, changed) {
		out = append(out, c)
	}
	for e := range old.Explain() {
		out = append(out, e)
	}
	return out
}

// What users write is read by each library as Parse reads it, or refused.
func TestEncodersReadWhatIsWritten(t *testing.T) {
	want := parse(t, []byte(everything))
	docs := strings.Split(everything, "---\n")
	var dt target.Target
	var d deployment.Deployment
	var s deployment.SessionCluster
	assert.NilError(t, yamlv3.Unmarshal([]byte(docs[0]), &dt))
	assert.NilError(t, yamlv3.Unmarshal([]byte(docs[1]), &d))
	assert.NilError(t, yamlv3.Unmarshal([]byte(docs[2]), &s))
	assert.Assert(t, dt.Equal(want.Targets[0]), "%s", dt)
	assert.Assert(t, d.Equal(want.Deployments[0]), "%v", d.Config())
	assert.Assert(t, s.Equal(want.SessionClusters[0]), "%v", s.Config())
	d = deployment.Deployment{}
	assert.NilError(t, yamlv2.Unmarshal([]byte(docs[1]), &d), "whose maps are map[any]any")
	assert.Assert(t, d.Equal(want.Deployments[0]), "%v", d.Config())
	var c deployment.Config
	assert.NilError(t, yamlv3.Unmarshal([]byte(docs[1]), &c))
	made, err := deployment.New(c)
	assert.NilError(t, err)
	assert.Assert(t, made.Equal(d))

	err = yaml.Unmarshal([]byte(docs[1]), &d) // which makes 1.20 a number, 1.2
	assert.ErrorContains(t, err, "use Parse")
	assert.Assert(t, errors.Is(err, flinktarget.ErrInvalid))
	for name, dst := range map[string]any{"values": &d, "configurations": &c} {
		for _, text := range []string{"spec: {sate: RUNNING}", "spec: []", "metadata: {name: {}}"} {
			assert.Assert(t, yamlv3.Unmarshal([]byte(text), dst) != nil, "%s: %s", name, text)
		}
	}
	assert.Assert(t, d.Equal(want.Deployments[0]), "a failed read changes nothing")
	var set patch.Set
	assert.NilError(t, yamlv3.Unmarshal([]byte("&a\n- &b {op: remove, path: /a}\n- *b\n"), &set))
	assert.Equal(t, set.Len(), 2)
	for _, text := range []string{"{1: 2}", "- {op: add, path: /a, value: {1: 2}}", "- 18446744073709551615", "- .inf"} {
		assert.Assert(t, yamlv3.Unmarshal([]byte(text), &set) != nil, text)
	}
	assert.Equal(t, set.Len(), 2, fmt.Sprint(set))
}
