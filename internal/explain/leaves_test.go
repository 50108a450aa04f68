package explain_test

import (
	"math/rand/v2"
	"testing"

	"gotest.tools/v3/assert"
	"sigs.k8s.io/yaml"

	"github.com/flinktarget/flinktarget/internal/explain"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/merge"
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

func leavesOf(obj tree.Map) []string {
	var out []string
	for p, v := range explain.Leaves(obj, merge.Of(kinds.TypeOf(obj))) {
		out = append(out, p.String()+" = "+string(tree.JSON(v)))
	}
	return out
}

// head is put before the fields of an object.
const head = "{apiVersion: apps/v1, kind: Deployment, "

func TestLeaves(t *testing.T) {
	for _, tc := range []struct {
		reason, text string
		want         []string // without apiVersion and kind
	}{
		{"scalars and null, keys in order", `{spec: {replicas: 1, paused: null}}`,
			[]string{`spec.paused = null`, `spec.replicas = 1`}},
		{"what is empty is a leaf", `{metadata: {labels: {}}, spec: {template: {spec: {containers: []}}}}`,
			[]string{`metadata.labels = {}`, `spec.template.spec.containers = []`}},
		{"keys that are not plain names",
			`{metadata: {labels: {a-b_c: x, a.b/c: x, "": x, "a]b": x, "ä": x, "1": x, " b": x}}}`,
			[]string{`metadata.labels[""] = "x"`, `metadata.labels[" b"] = "x"`, `metadata.labels[1] = "x"`,
				`metadata.labels.a-b_c = "x"`, `metadata.labels[a.b/c] = "x"`, `metadata.labels["a]b"] = "x"`,
				`metadata.labels[ä] = "x"`}},
		{"by the merge key",
			`{spec: {template: {spec: {containers: [{name: b, env: [{name: TZ, value: UTC}]}, {name: a, ` +
				`volumeMounts: [{mountPath: /a, name: v}]}]}}}}`,
			[]string{`spec.template.spec.containers[b].env[TZ].name = "TZ"`,
				`spec.template.spec.containers[b].env[TZ].value = "UTC"`,
				`spec.template.spec.containers[b].name = "b"`, `spec.template.spec.containers[a].name = "a"`,
				`spec.template.spec.containers[a].volumeMounts[/a].mountPath = "/a"`,
				`spec.template.spec.containers[a].volumeMounts[/a].name = "v"`}},
		{"two keys, of which TCP goes without saying",
			`{spec: {template: {spec: {containers: [{name: a, ports: [{containerPort: 1, protocol: TCP}, ` +
				`{containerPort: 2}, {containerPort: 2, protocol: UDP}]}]}}}}`,
			[]string{`spec.template.spec.containers[a].name = "a"`,
				`spec.template.spec.containers[a].ports[1].containerPort = 1`,
				`spec.template.spec.containers[a].ports[1].protocol = "TCP"`,
				`spec.template.spec.containers[a].ports[2].containerPort = 2`,
				`spec.template.spec.containers[a].ports[2,UDP].containerPort = 2`,
				`spec.template.spec.containers[a].ports[2,UDP].protocol = "UDP"`}},
		{"the same key twice",
			`{spec: {template: {spec: {volumes: [{name: a}, {name: a}, {name: "a#2"}, {name: a}]}}}}`,
			[]string{`spec.template.spec.volumes[a].name = "a"`, `spec.template.spec.volumes[a#2].name = "a"`,
				`spec.template.spec.volumes["a#2"].name = "a#2"`, `spec.template.spec.volumes[a#3].name = "a"`}},
		{"without a key", `{spec: {template: {spec: {volumes: [{x: 1}, null, {name: {}}, 7, {name: "#1"}]}}}}`,
			[]string{`spec.template.spec.volumes[#1].x = 1`, `spec.template.spec.volumes[#2] = null`,
				`spec.template.spec.volumes[#3].name = {}`,
				`spec.template.spec.volumes[#4] = 7`, `spec.template.spec.volumes["#1"].name = "#1"`}},
		{"a key that looks like two",
			`{spec: {template: {spec: {topologySpreadConstraints: [{topologyKey: a, whenUnsatisfiable: b}, ` +
				`{topologyKey: "a,b", whenUnsatisfiable: c}]}}}}`,
			[]string{`spec.template.spec.topologySpreadConstraints[a,b].topologyKey = "a"`,
				`spec.template.spec.topologySpreadConstraints[a,b].whenUnsatisfiable = "b"`,
				`spec.template.spec.topologySpreadConstraints["a,b",c].topologyKey = "a,b"`,
				`spec.template.spec.topologySpreadConstraints["a,b",c].whenUnsatisfiable = "c"`}},
		{"a set", `{metadata: {finalizers: [b/c, a, a]}}`,
			[]string{`metadata.finalizers[b/c] = "b/c"`, `metadata.finalizers[a] = "a"`,
				`metadata.finalizers[a#2] = "a"`}},
		{"by the index, with what is below", `{spec: {template: {spec: {tolerations: [{key: a}, {}]}}}}`,
			[]string{`spec.template.spec.tolerations[0].key = "a"`, `spec.template.spec.tolerations[1] = {}`}},
		{"a list in a list", `{spec: {template: {spec: {volumes: [[1, [2]]]}}}}`,
			[]string{`spec.template.spec.volumes[#1][0] = 1`, `spec.template.spec.volumes[#1][1][0] = 2`}},
		{"a map where the list should be", `{spec: {template: {spec: {containers: {a: {env: [{name: A}]}}}}}}`,
			[]string{`spec.template.spec.containers.a.env[0].name = "A"`}},
	} {
		t.Run(tc.reason, func(t *testing.T) {
			want := append([]string{`apiVersion = "apps/v1"`, `kind = "Deployment"`}, tc.want...)
			assert.DeepEqual(t, leavesOf(object(t, head+tc.text[1:])), want)
		})
	}
}

func TestLeavesOfAnUnknownKind(t *testing.T) {
	obj := object(t, `{apiVersion: example.com/v1, kind: X, metadata: {finalizers: [a]}, spec: {containers: `+
		`[{name: a}]}}`)
	assert.DeepEqual(t, leavesOf(obj)[2:], []string{`metadata.finalizers[0] = "a"`, `spec.containers[0].name = "a"`})
}

func TestNoLeaves(t *testing.T) {
	assert.Equal(t, len(leavesOf(nil)), 0)
	assert.Equal(t, len(leavesOf(tree.Map{})), 0)
}

func TestLeavesCanStop(t *testing.T) {
	obj := object(t, head+`spec: {template: {spec: {containers: [{name: a, env: [{name: A, value: b}]}]}}}}`)
	for stop := range len(leavesOf(obj)) {
		n := 0
		for range explain.Leaves(obj, merge.Of(kinds.TypeOf(obj))) {
			if n++; n > stop {
				break
			}
		}
		assert.Equal(t, n, stop+1)
	}
}

// A path means one leaf, and the leaves are all of the object: whatever is in it.
func TestPathsAreUnique(t *testing.T) {
	r := rand.New(rand.NewPCG(10, 1))
	words := []string{"a", "a#2", "#1", "#2", "", "a,b", "b", "TCP", "a]", "[a", `"a"`, "a.b", "1", "2", " ", "a\n",
		"é"}
	word := func() string { return words[r.IntN(len(words))] }
	var value func(depth int) any
	value = func(depth int) any {
		switch n := r.IntN(8); {
		case depth == 0 || n < 2:
			return []any{word(), int64(r.IntN(3)), nil, true, 1.5}[r.IntN(5)]
		case n < 5:
			m := tree.Map{}
			for range r.IntN(4) {
				m[word()] = value(depth - 1)
			}
			return m
		default:
			m := make([]any, r.IntN(4))
			for i := range m {
				m[i] = value(depth - 1)
			}
			return m
		}
	}
	keyed := func(keys ...string) []any {
		list := make([]any, r.IntN(6))
		for i := range list {
			m := tree.Map{}
			for _, key := range keys {
				if r.IntN(4) > 0 {
					m[key] = word()
				}
			}
			m["x"] = value(2)
			if list[i] = m; r.IntN(6) == 0 {
				list[i] = value(2)
			}
		}
		return list
	}
	for range 3000 {
		containers := keyed("name")
		for _, c := range containers {
			if m, ok := c.(tree.Map); ok {
				m["ports"], m["env"] = keyed("containerPort", "protocol"), keyed("name")
			}
		}
		obj := tree.Map{"apiVersion": "apps/v1", "kind": "Deployment",
			"metadata": tree.Map{"finalizers": value(2), "labels": value(2)},
			"spec": tree.Map{"template": tree.Map{"spec": tree.Map{"containers": containers,
				"topologySpreadConstraints": keyed("topologyKey", "whenUnsatisfiable"), "y": value(4)}}}}
		seen := map[string]bool{}
		for p := range explain.Leaves(obj, merge.Of(kinds.TypeOf(obj))) {
			text := p.String()
			assert.Assert(t, !seen[text], "%s twice in %v", text, obj)
			seen[text] = true
		}
		assert.Equal(t, len(seen), count(obj))
	}
}

func count(v any) int {
	n := 0
	switch v := v.(type) {
	case tree.Map:
		for _, e := range v {
			n += count(e)
		}
	case []any:
		for _, e := range v {
			n += count(e)
		}
	}
	return max(n, 1)
}
