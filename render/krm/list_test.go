package krm_test

import (
	"fmt"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/internal/yaml"
	"github.com/flinktarget/flinktarget/render/krm"
)

// wrap returns a ResourceList, as a tool would write it. A functionConfig may be "".
func wrap(functionConfig string, items ...string) string {
	var b strings.Builder
	b.WriteString("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:")
	if len(items) == 0 {
		b.WriteString(" []")
	}
	b.WriteString("\n")
	for _, item := range items {
		b.WriteString("- " + strings.ReplaceAll(strings.TrimSuffix(item, "\n"), "\n", "\n  ") + "\n")
	}
	if functionConfig != "" {
		b.WriteString("functionConfig:\n  " + strings.ReplaceAll(strings.TrimSuffix(functionConfig, "\n"), "\n",
			"\n  ") + "\n")
	}
	return b.String()
}

// items returns the items of a ResourceList.
func items(t *testing.T, list []byte) []any {
	t.Helper()
	docs, bad := yaml.Parse("", list)
	assert.Assert(t, len(bad) == 0 && len(docs) == 1, "%v\n%s", bad, list)
	root := docs[0].Value().(map[string]any)
	assert.Equal(t, root["kind"], "ResourceList")
	got, ok := root["items"].([]any)
	assert.Assert(t, ok, "items is always a list: %s", list)
	return got
}

// kindsOf returns what the items are, for short comparisons.
func kindsOf(t *testing.T, list []byte) []string {
	t.Helper()
	var out []string
	for _, item := range items(t, list) {
		out = append(out, tree.String(item, "apiVersion")+" "+tree.String(item, "kind"))
	}
	return out
}

const (
	staging = `apiVersion: v1
kind: DeploymentTarget
metadata: {name: staging}
spec:
  kubernetes: {namespace: staging}
`
	orders = `apiVersion: v1
kind: Deployment
metadata: {name: orders}
spec:
  deploymentTargetName: staging
  template:
    spec:
      artifact: {kind: JAR, flinkVersion: 1.20, jarUri: local:///opt/flink/usrlib/orders.jar}
`
	cluster = `apiVersion: v1
kind: SessionCluster
metadata: {name: sql}
spec: {deploymentTargetName: staging, flinkVersion: 1.20}
`
	configMap = `apiVersion: v1
kind: ConfigMap
metadata: {name: mine}
`
)

// at gives a resource the annotations of a file.
func at(resource, name, annotations string) string {
	return strings.Replace(resource, "{name: "+name+"}", "{name: "+name+", annotations: {"+annotations+"}}", 1)
}

func process(t *testing.T, in string) []byte {
	t.Helper()
	out, results := krm.Process([]byte(in))
	assert.NilError(t, failed(results))
	return out
}

func TestOtherItemsKeepTheirText(t *testing.T) {
	cases := []struct{ name, reason, item string }{
		{"comments", "tools write items back into files that people wrote",
			"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  # why\n  name: a # is it called so\n"},
		{"comment first", "kpt puts the comment above a file behind the dash",
			"# Who owns this\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"},
		{"numbers", "1.20 is not 1.2 to whoever reads it as text",
			"apiVersion: example.com/v1\nkind: X\nmetadata: {name: a}\nspec: {version: 1.20, mode: 0644, big: 1e3, " +
				"hex: 0x1F}\n"},
		{"words", "yes is a boolean to some readers",
			"apiVersion: example.com/v1\nkind: X\nmetadata: {name: a}\nspec: {a: yes, b: \"yes\", c: " +
				"'12:30:00', d: ~}\n"},
		{"a large integer", "nothing reads it", "apiVersion: example.com/v1\nkind: X\nn: 999999999999999999999\n"},
		{"literal block", "blank lines and indentation are content",
			"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  text: |+\n    one\n\n    # two\n      " +
				"three\n\n  more: x\n"},
		{"order of keys", "a diff of the file shows nothing",
			"kind: ConfigMap\ndata: {b: x, a: y}\nmetadata: {name: a}\napiVersion: v1\n"},
		{"alias", "anchors within an item stay",
			"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: &x one, b: *x}\n"},
		{"a Deployment of Kubernetes", "only v1 is VVP's",
			"apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: orders}\n"},
		{"another group's target", "the kind alone says nothing",
			"apiVersion: example.com/v1\nkind: DeploymentTarget\nmetadata: {name: a}\n"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			text := strings.TrimPrefix(wrap("", c.item), wrap("")[:strings.Index(wrap(""), " []")]+"\n")
			for _, in := range []string{
				wrap("", c.item),
				wrap("", staging, c.item, orders),
				wrap("", c.item, orders, staging),
				wrap("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n", orders, staging, c.item),
				wrap("", staging, c.item) + "results:\n- message: earlier\n",
			} {
				out := process(t, in)
				text := strings.ReplaceAll(text, "\n  \n", "\n\n") // blank lines are blank
				assert.Assert(t, strings.Contains(string(out), text), "%s:\n%s\nin\n%s", c.reason, text, out)
			}
		})
	}
}

func TestOtherItemsKeepTheirMeaning(t *testing.T) {
	cases := []struct{ name, reason, in, want string }{
		{"JSON", "a ResourceList may be JSON",
			`{"apiVersion": "config.kubernetes.io/v1", "kind": "ResourceList", "items": [{"apiVersion": "v1", ` +
				`"kind": "X", "a": [1.50, {"b": []}, {}]}]}`,
			`- {"apiVersion": "v1", "kind": "X", "a": [1.50, {"b": []}, {}]}`},
		{"indented list", "some writers indent the dashes",
			"apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n    - apiVersion: v1\n      kind: " +
				"ConfigMap # mine\n",
			"- apiVersion: v1\n  kind: ConfigMap # mine\n"},
		{"flow items", "some write them on one line",
			"apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: [{apiVersion: v1, kind: ConfigMap, " +
				"data: {a: \"x\\ny\\n\", yes: no, \"k\\u0085\": 1.20}}]\n",
			"1.20"},
		{"no line feed at the end", "the last line is a line",
			"apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n- kind: ConfigMap",
			"- kind: ConfigMap\n"},
		{"behind items", "the order of the fields is free",
			"kind: ResourceList\nitems:\n- kind: ConfigMap\n  data: {a: 1.20}\n# the version\napiVersion: " +
				"config.kubernetes.io/v1\n", "1.20"},
		{"a document marker", "some writers start with it",
			"---\n# written by hand\napiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n- kind: " +
				"ConfigMap\n", "- kind: ConfigMap\n"},
		{"text that looks like a list", "a literal block holds anything",
			"apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n- kind: ConfigMap\n  data:\n    a: " +
				"|\n     - kind: X\n     items:\n", "     - kind: X\n"},
		{"a bracket at the margin", "kyaml writes it so",
			"apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n- {kind: ConfigMap, data: {a: 1.20} # " +
				"why\n}\n- {kind: ConfigMap, data: {b: 1.30}}\n", "{kind: ConfigMap, data: {a: 1.20} # why\n}\n"},
		{"quotes over several lines", "what looks like an item is text",
			"apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n- kind: ConfigMap\n  data: {a: " +
				"\"x\n\n- y: 1.20\"}\n", "- kind: ConfigMap"},
		{"Windows line ends", "they are white space",
			"apiVersion: config.kubernetes.io/v1\r\nkind: ResourceList\r\nitems:\r\n- kind: ConfigMap\r\n  data: {a: " +
				"1.20}\r\n", "1.20"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			before := items(t, []byte(c.in))
			out := process(t, c.in)
			assert.Assert(t, strings.Contains(string(out), c.want), "%s: %s", c.reason, out)
			after := items(t, out)
			assert.Assert(t, tree.Equal(before[len(before)-1], after[len(after)-1]), "%s: %s", c.reason, out)
			assert.Equal(t, string(process(t, string(out))), string(out), "what was written is read and written alike")
		})
	}
}

func TestCommentsGoWithTheItemBelow(t *testing.T) {
	in := "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n# of the ConfigMap\n- kind: ConfigMap\n# " +
		"of the target\n- " +
		strings.ReplaceAll(strings.TrimSuffix(staging, "\n"), "\n", "\n  ") + "\n# of the Secret\n- kind: Secret\n"
	assert.Equal(t, string(process(t, in)),
		"apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n# of the ConfigMap\n- kind: ConfigMap\n# "+
			"of the Secret\n- kind: Secret\n")
}

// A package of any size is read item by item.
func TestManyItems(t *testing.T) {
	const n = 2000
	all := []string{staging}
	for i := range n {
		all = append(all,
			fmt.Sprintf("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c%d\ndata:\n  a: b\n  c: d\n", i))
	}
	out, results := krm.Process([]byte(wrap("", all...)))
	assert.NilError(t, failed(results))
	assert.Equal(t, strings.Count(string(out), "\n- apiVersion"), n)
}

func TestRefusesWhatIsNoResourceList(t *testing.T) {
	cases := []struct{ name, reason, in string }{
		{"empty", "run by hand without input", ""},
		{"a resource", "run by hand on a file", orders},
		{"two documents", "a stream is no list", wrap("") + "---\n" + wrap("")},
		{"another version", "its rules are not known", strings.Replace(wrap(""), "/v1", "/v2", 1)},
		{"items that are no list", "nothing is guessed", strings.Replace(wrap(""), "[]", "{a: b}", 1)},
		{"an anchor of another item", "the item with the anchor goes, the one with the alias stays",
			wrap("", strings.Replace(staging, "{name: staging}", "{name: a, labels: &l {team: x}}", 1),
				"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b, labels: *l}\n")},
		{"not YAML", "the place is told", "kind: [\n"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			out, results := krm.Process([]byte(c.in))
			assert.ErrorContains(t, failed(results), "[error]", c.reason)
			assert.Assert(t, strings.Contains(string(out), "results:\n- message: "), "results are written, too: %s",
				out)
		})
	}
}
