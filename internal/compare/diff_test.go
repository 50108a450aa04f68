package compare_test

import (
	"strings"
	"testing"

	"gotest.tools/v3/assert"
	"sigs.k8s.io/yaml"

	"github.com/flinktarget/flinktarget/internal/compare"
	"github.com/flinktarget/flinktarget/internal/tree"
)

func object(t *testing.T, text string) tree.Map {
	t.Helper()
	j, err := yaml.YAMLToJSON([]byte(text))
	assert.NilError(t, err)
	v, err := tree.FromJSON(j)
	assert.NilError(t, err)
	return v.(tree.Map)
}

var ops = map[compare.Op]string{compare.Added: "+", compare.Removed: "-", compare.Changed: "~", compare.Reordered: "%"}

func diff(old, new tree.Map, renamed func(string) string) []string {
	var out []string
	for _, d := range compare.Diff(old, new, renamed) {
		text := ops[d.Op] + " " + d.Path.String()
		if d.Old != nil {
			text += " " + string(tree.JSON(d.Old))
		}
		if d.New != nil {
			text += " > " + string(tree.JSON(d.New))
		}
		out = append(out, text)
	}
	return out
}

// deployment is put before the fields of an object.
const deployment = "{apiVersion: apps/v1, kind: Deployment, "

func pod(text string) string { return deployment + "spec: {template: {spec: {" + text + "}}}}" }

func TestDiff(t *testing.T) {
	for _, tc := range []struct {
		reason, old, new string
		want             []string
	}{
		{"nothing", pod(`containers: [{name: a}]`), pod(`containers: [{name: a}]`), nil},
		{"numbers are compared by value", deployment + `spec: {replicas: 1}}`, deployment + `spec: {replicas: 1.0}}`,
			nil},
		{"a scalar", deployment + `spec: {replicas: 1}}`, deployment + `spec: {replicas: 2}}`,
			[]string{`~ spec.replicas 1 > 2`}},
		{"what is in one of them only is one difference", pod(`a: {b: {c: 1, d: 2}}`),
			pod(`nodeSelector: {x: "y", z: "w"}`),
			[]string{`- spec.template.spec.a {"b":{"c":1,"d":2}}`,
				`+ spec.template.spec.nodeSelector > {"x":"y","z":"w"}`}},
		{"null is not nothing", deployment + `spec: {paused: null}}`, deployment + `spec: {}}`,
			[]string{`- spec.paused`}},
		{"null becomes false", deployment + `spec: {paused: null}}`, deployment + `spec: {paused: false}}`,
			[]string{`~ spec.paused > false`}},
		{"a map becomes a list", deployment + `spec: {a: {b: 1}}}`, deployment + `spec: {a: [1]}}`,
			[]string{`~ spec.a {"b":1} > [1]`}},
		{"an empty map is filled", pod(`nodeSelector: {}`), pod(`nodeSelector: {a: b}`),
			[]string{`+ spec.template.spec.nodeSelector.a > "b"`}},
		{"elements are found by their key, wherever they stand",
			pod(`containers: [{name: a, env: [{name: A, value: "1"}, {name: B}, {name: D}]}]`),
			pod(`containers: [{name: x}, {name: a, env: [{name: C}, {name: A, value: "2"}, {name: D}]}]`),
			[]string{`~ spec.template.spec.containers[a].env[A].value "1" > "2"`,
				`- spec.template.spec.containers[a].env[B] {"name":"B"}`,
				`+ spec.template.spec.containers[a].env[C] > {"name":"C"}`,
				`+ spec.template.spec.containers[x] > {"name":"x"}`}},
		{"elements that both have stand in another order", pod(`initContainers: [{name: a}, {name: b}, {name: c}]`),
			pod(`initContainers: [{name: c}, {name: d}, {name: a}]`),
			[]string{`- spec.template.spec.initContainers[b] {"name":"b"}`,
				`+ spec.template.spec.initContainers[d] > {"name":"d"}`,
				`% spec.template.spec.initContainers ["a","b","c"] > ["c","d","a"]`}},
		{"a set has no order", deployment + `metadata: {finalizers: [a, b, c]}}`,
			deployment + `metadata: {finalizers: [c, d, a]}}`,
			[]string{`- metadata.finalizers[b] "b"`, `+ metadata.finalizers[d] > "d"`}},
		{"other lists by their index", pod(`containers: [{name: a, args: [x, "y", z]}]`),
			pod(`containers: [{name: a, args: ["y", "y"]}]`),
			[]string{`~ spec.template.spec.containers[a].args[0] "x" > "y"`,
				`- spec.template.spec.containers[a].args[2] "z"`}},
		{"what is below an index", pod(`tolerations: [{key: a}]`),
			pod(`tolerations: [{key: a, operator: Exists}, {key: b}]`),
			[]string{`+ spec.template.spec.tolerations[0].operator > "Exists"`,
				`+ spec.template.spec.tolerations[1] > {"key":"b"}`}},
		{"a port with TCP and one without are the same port",
			pod(`containers: [{name: a, ports: [{containerPort: 1, protocol: TCP}]}]`),
			pod(`containers: [{name: a, ports: [{containerPort: 1}]}]`),
			[]string{`- spec.template.spec.containers[a].ports[1].protocol "TCP"`}},
		{"the second of a name", pod(`volumes: [{name: a, x: 1}, {name: a, x: 2}]`),
			pod(`volumes: [{name: a, x: 1}, {name: a, x: 3}]`),
			[]string{`~ spec.template.spec.volumes[a#2].x 2 > 3`}},
		{"a kind that is not known has lists by index",
			`{apiVersion: a/v1, kind: X, containers: [{name: a}, {name: b}]}`,
			`{apiVersion: a/v1, kind: X, containers: [{name: b}]}`,
			[]string{`~ containers[0].name "a" > "b"`, `- containers[1] {"name":"b"}`}},
		{"keys in order, wherever they come from", `{a: 1, c: 1, e: 1}`, `{b: 1, c: 2, d: 1}`,
			[]string{`- a 1`, `+ b > 1`, `~ c 1 > 2`, `+ d > 1`, `- e 1`}},
	} {
		t.Run(tc.reason, func(t *testing.T) {
			assert.DeepEqual(t, diff(object(t, tc.old), object(t, tc.new), nil), tc.want)
		})
	}
}

func TestDiffWithRenaming(t *testing.T) {
	renamed := strings.NewReplacer("old", "new").Replace
	old := object(t, pod(`containers: [{name: old, image: old, args: [-old, old=1]}, {name: b}], volumes: [{name: x, `+
		`k: old}, {name: z, k: stay-old}]`))
	new := object(t, pod(`containers: [{name: new, image: new, args: [-new, new=2]}, {name: b}], volumes: [{name: x, `+
		`k: other}, {name: z, k: stay-old}]`))
	assert.DeepEqual(t, diff(old, new, renamed), []string{
		`~ spec.template.spec.containers[new].args[1] "old=1" > "new=2"`,
		`~ spec.template.spec.volumes[x].k "old" > "other"`,
	})
}
