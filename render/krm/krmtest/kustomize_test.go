package krmtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/render"
)

const header = `apiVersion: flinktarget.github.io/v1alpha1
kind: RenderFlink
metadata:
  name: render
  annotations:
    config.kubernetes.io/function: |
      exec:
        path: ../krm-function
spec:
`

// inputs are the library's own valid inputs, as they have to be in a kustomization:
// with an apiVersion, and numbers whose text matters in quotes.
func inputs(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob(root + "/internal/testdata/valid/*.yaml")
	assert.NilError(t, err)
	files = append(files, root+"/examples/quickstart/resources.yaml")
	out := map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		assert.NilError(t, err)
		if strings.Contains(string(text), "kind: ResourceList") {
			continue // lists of VVP's API have no name, which kustomize wants
		}
		out[filepath.Base(file)] = quoted(t, string(text))
	}
	assert.Assert(t, len(out) > 3, "%d inputs", len(out))
	return out
}

// quoted puts every number in quotes that VVP takes for text.
func quoted(t *testing.T, stream string) string {
	t.Helper()
	var out strings.Builder
	dec, enc := yaml.NewDecoder(strings.NewReader(stream)), yaml.NewEncoder(&out)
	for {
		var doc yaml.Node
		if err := dec.Decode(&doc); err != nil {
			break // the library reads the result, so that nothing else gets lost here
		}
		quote(&doc, "")
		assert.NilError(t, enc.Encode(&doc))
	}
	assert.NilError(t, enc.Close())
	return out.String()
}

func quote(n *yaml.Node, key string) {
	text := map[string]bool{"flinkVersion": true, "memory": true, "flinkConfiguration.": true, "log4jLoggers.": true}
	if n.Kind == yaml.ScalarNode && text[key] {
		n.Style, n.Tag = yaml.DoubleQuotedStyle, "!!str"
	}
	for i, c := range n.Content {
		switch {
		case n.Kind != yaml.MappingNode:
			quote(c, "")
		case i%2 == 1 && (key == "flinkConfiguration" || key == "log4jLoggers"):
			quote(c, key+".")
		case i%2 == 1:
			quote(c, n.Content[i-1].Value)
		}
	}
}

// The function as transformer and as generator, the command-line tool and the library.
func TestSameBytesByAllWays(t *testing.T) {
	for name, resources := range inputs(t) {
		t.Run(name, func(t *testing.T) {
			var library strings.Builder
			assert.NilError(t, render.YAML(&library, strings.NewReader(resources),
				render.ForPlatform(render.Platform{Namespace: "vvp"})))
			tool, _, err := call(resources, "flinktarget", "render", "--platform-namespace", "vvp", "-")
			assert.NilError(t, err)
			assert.Equal(t, tool, library.String())

			want := normal(t, library.String())
			var joined strings.Builder
			for doc := range strings.SplitSeq(strings.TrimPrefix(library.String(), "---\n"), "---\n") {
				for _, text := range normal(t, doc) {
					joined.WriteString("---\n" + text)
				}
			}
			assert.Equal(t, joined.String(), library.String(), "the library's form is a fixed point")

			transformed, stderr, err := build(kustomization(t, map[string]string{
				"kustomization.yaml": "resources: [resources.yaml]\ntransformers: [render.yaml]\n",
				"resources.yaml":     resources,
				"render.yaml":        header + "  platformNamespace: vvp\n",
			}))
			assert.NilError(t, err, stderr)
			assert.DeepEqual(t, normal(t, transformed), want)

			list := strings.ReplaceAll("\n"+strings.TrimSuffix(resources, "\n"), "\n", "\n      ")
			list = strings.ReplaceAll(list, "\n      ---\n", "\n    -\n")
			generated, stderr, err := build(kustomization(t, map[string]string{
				"kustomization.yaml": "generators: [render.yaml]\n",
				"render.yaml":        header + "  platformNamespace: vvp\n  resources:\n    -" + list + "\n",
			}))
			assert.NilError(t, err, stderr)
			assert.DeepEqual(t, normal(t, generated), want)
		})
	}
}

const target = `apiVersion: v1
kind: DeploymentTarget
metadata: {name: streams}
spec: {kubernetes: {namespace: streams}}
`

const orders = `apiVersion: v1
kind: Deployment
metadata: {name: "Orders, by hour"}
spec:
  deploymentTargetName: streams
  template:
    spec:
      artifact: {kind: JAR, flinkVersion: "1.20", jarUri: "local:///opt/flink/usrlib/orders.jar"}
`

func TestOtherResourcesPassThrough(t *testing.T) {
	others := `apiVersion: apps/v1
kind: Deployment
metadata: {name: orders, annotations: {note: "1.20", config.example.com/x: "on"}}
spec: {replicas: 2, template: {spec: {containers: [{name: a, args: ["1.20", "yes", "0x1F", "~"]}]}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: text, namespace: elsewhere}
data:
  blank: "a\n\n  b  \n"
  number: "1e3"
---
apiVersion: example.com/v1
kind: DeploymentTarget
metadata: {name: streams}
spec: {list: [], map: {}, nothing: null, float: 0.5, big: 9007199254740993}
`
	plain, _, err := build(kustomization(t,
		map[string]string{"kustomization.yaml": "resources: [others.yaml]\n", "others.yaml": others}))
	assert.NilError(t, err)
	both, stderr, err := build(kustomization(t, map[string]string{
		"kustomization.yaml": "resources: [others.yaml, vvp.yaml]\ntransformers: [render.yaml]\n",
		"others.yaml":        others,
		"vvp.yaml":           target + "---\n" + orders,
		"render.yaml":        header + "  {}\n",
	}))
	assert.NilError(t, err, stderr)
	want, got := normal(t, plain), normal(t, both)
	assert.Equal(t, len(got), len(want)+4)
	for key, text := range want {
		assert.Equal(t, got[key], text)
	}
	for _, doc := range strings.Split(strings.TrimSpace(plain), "\n---\n") {
		assert.Assert(t, strings.Contains(both, doc), "%s\nis not as it was in\n%s", doc, both)
	}
}

// What a kustomization changes before its transformers run, and after those of the one below.
func TestOrderOfChanges(t *testing.T) {
	dir := kustomization(t, map[string]string{
		"kustomization.yaml": "resources: [base]\ncommonAnnotations: {note: above}\n",
		"base/kustomization.yaml": "resources: [vvp.yaml]\nnamespace: analytics\nlabels: [{pairs: {team: " +
			"streams}}]\ntransformers: [render.yaml]\n",
		"base/vvp.yaml":    target + "---\n" + orders,
		"base/render.yaml": strings.Replace(header, "../krm", "../../krm", 1) + "  {}\n",
	})
	out, stderr, err := build(dir)
	assert.NilError(t, err, stderr)
	objects := normal(t, out)
	assert.Equal(t, len(objects), 4)
	for key, text := range objects {
		assert.Assert(t, strings.Contains(key, " streams job-"), "the Kubernetes namespace is the target's: %s", key)
		assert.Assert(t, strings.Contains(text, "vvpNamespace: analytics"), "the namespace is VVP's: %s", text)
		assert.Assert(t, !strings.Contains(text, "team: streams"), "labels of VVP resources are VVP's own: %s", text)
		assert.Assert(t, strings.Contains(text, "note: above"), "objects are there by now: %s", text)
	}
}

func TestProblemsReachThePerson(t *testing.T) {
	cases := []struct{ name, reason, resources, config, want string }{
		{"unquoted version", "kustomize cuts 1.20", target + "---\n" + strings.Replace(orders, `"1.20"`, "1.20", 1),
			"  {}\n", `write flinkVersion: "1.20"`},
		{"unknown field", "results are dropped by kustomize, so that lines are needed",
			strings.Replace(target, "spec:", "spek: x\nspec:", 1), "  {}\n",
			"[error] v1/DeploymentTarget/streams spek: unknown field"},
		{"option", "functionConfig is strict", target, "  strictPatch: true\n", "spec.strictPatch: unknown field"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			out, stderr, err := build(kustomization(t, map[string]string{
				"kustomization.yaml": "resources: [vvp.yaml]\ntransformers: [render.yaml]\n",
				"vvp.yaml":           c.resources, "render.yaml": header + c.config,
			}))
			assert.Assert(t, err != nil, c.reason)
			assert.Equal(t, out, "")
			assert.Assert(t, strings.Contains(stderr, c.want), "%s: %s", c.reason, stderr)
		})
	}
}

// The function as a check, after everything that changes names: among the transformers, as
// the documentation advises, and among the validators.
func TestChangedNames(t *testing.T) {
	const ha = "high-availability.type: kubernetes, high-availability.storageDir: \"s3://b/ha\""
	for name, c := range map[string]struct{ reason, conf, changes, want string }{
		"as rendered":       {"nothing was changed", ha, "", ""},
		"labels":            {"no text refers to them", ha, "labels: [{pairs: {team: streams}}]\n", ""},
		"prefix":            {"the text has the name of the Service", "x: y", "namePrefix: dev-\n", "dev-job-"},
		"suffix":            {"the text has the name of the Service", ha, "nameSuffix: -dev\n", "jobmanager-dev"},
		"namespace":         {"Kubernetes high availability has it", ha, "namespace: other\n", "kubernetes.namespace"},
		"another namespace": {"without high availability no text has it", "x: y", "namespace: other\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			resources := target + "---\n" + orders + "      flinkConfiguration: {" + c.conf + "}\n"
			files := map[string]string{
				"kustomization.yaml":      "resources: [base, mine.yaml]\ntransformers: [prefix.yaml, render.yaml]\n" + c.changes,
				"mine.yaml":               "{apiVersion: v1, kind: Secret, metadata: {name: mine}}\n",
				"prefix.yaml":             prefixOfSecrets,
				"render.yaml":             header + "  {}\n",
				"base/kustomization.yaml": "resources: [vvp.yaml]\ntransformers: [render.yaml]\n",
				"base/render.yaml":        strings.Replace(header, "../krm", "../../krm", 1) + "  {}\n",
				"base/vvp.yaml":           resources,
			}
			_, stderr, err := build(kustomization(t, files))
			if c.want == "" {
				assert.NilError(t, err, "%s: %s", c.reason, stderr)
				return
			}
			assert.ErrorContains(t, err, "exit status", c.reason)
			assert.Assert(t, strings.Contains(stderr, c.want) && strings.Contains(stderr, "from the kustomization"), stderr)
			files["kustomization.yaml"] = "resources: [base]\nvalidators: [render.yaml]\n" + c.changes
			_, stderr, err = build(kustomization(t, files))
			assert.ErrorContains(t, err, "exit status", c.reason)
			assert.Assert(t, strings.Contains(stderr, c.want) && strings.Contains(stderr, "from the kustomization"), stderr)
		})
	}
}

// kustomize #5036: a build refuses the result of any function among the validators, that
// of cat too. If this fails, the documentation can advise validators.
func TestValidatorsCannotPass(t *testing.T) {
	dir := kustomization(t, map[string]string{
		"kustomization.yaml": "resources: [mine.yaml]\nvalidators: [cat.yaml]\n",
		"mine.yaml":          "{apiVersion: v1, kind: Secret, metadata: {name: mine}}\n",
		"cat.yaml":           strings.Replace(header, "../krm-function", "./cat", 1) + "  {}\n",
	})
	cat, err := exec.LookPath("cat")
	assert.NilError(t, err)
	assert.NilError(t, os.Symlink(cat, filepath.Join(dir, "cat")))
	_, stderr, err := build(dir)
	assert.ErrorContains(t, err, "exit status")
	assert.Assert(t, strings.Contains(stderr, "validator shouldn't modify the resource map"), stderr)
}

const prefixOfSecrets = `apiVersion: builtin
kind: PrefixTransformer
metadata: {name: prefix}
prefix: dev-
fieldSpecs: [{path: metadata/name, kind: Secret}]
`

// A package that a function is run on in place, with files: as kpt does it.
func TestInPlace(t *testing.T) {
	local := "annotations: {config.kubernetes.io/local-config: \"true\"}"
	const mine = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  # mine\n  name: mine\ndata:\n  version: \"1.20\" # " +
		"of what?\n"
	dir := kustomization(t, map[string]string{
		"streams/target.yaml": strings.Replace(target, "{name: streams}", "{name: streams, "+local+"}", 1),
		"streams/orders.yaml": strings.Replace(strings.Replace(orders, `hour"}`, `hour", `+local+"}", 1), `"1.20"`,
			"1.20", 1),
		"mine.yaml": mine,
	})
	inPlace := func() string {
		t.Helper()
		_, stderr, err := call("", "kustomize", "fn", "run", dir, "--enable-exec", "--exec-path",
			filepath.Join(bin, "krm-function"))
		assert.NilError(t, err, stderr)
		text, err := os.ReadFile(filepath.Join(dir, "streams/orders-by-hour.manifests.yaml"))
		if os.IsNotExist(err) {
			return ""
		}
		assert.NilError(t, err)
		return string(text)
	}
	first := inPlace()
	var library strings.Builder
	assert.NilError(t, render.YAML(&library, strings.NewReader(target+"---\n"+orders)))
	assert.DeepEqual(t, normal(t, first), normal(t, library.String()))
	assert.Equal(t, inPlace(), first, "again: nothing changes")
	text, err := os.ReadFile(filepath.Join(dir, "mine.yaml"))
	assert.NilError(t, err)
	assert.Equal(t, string(text), mine)

	file := filepath.Join(dir, "streams/orders.yaml")
	text, err = os.ReadFile(file)
	assert.NilError(t, err)
	assert.Assert(t, strings.Contains(string(text), "flinkVersion: 1.20,"),
		"numbers in people's files stay as they are: %s", text)
	assert.NilError(t, os.WriteFile(file,
		[]byte(strings.Replace(string(text), "spec:\n", "spec:\n  state: SUSPENDED\n", 1)), 0o644))
	assert.Equal(t, inPlace(), "", "what does not run has no file")
}

func TestExamples(t *testing.T) {
	for name, want := range map[string][]string{
		"transformer": {"replicas: 2", "nodeSelector:", "name: bucket"}, // parallelism 4 by a patch, on 2 slots each
		"generator":   {"team: streams", "name: job-2da2f867-5899-4bef-8ad0-9771bbac38b4-taskmanager"},
	} {
		dir := kustomization(t, nil)
		assert.NilError(t, os.CopyFS(dir, os.DirFS(filepath.Join(root, "examples/krm-function", name))))
		out, stderr, err := build(dir)
		assert.NilError(t, err, stderr)
		assert.Equal(t, stderr, "", "an example has no warnings")
		for _, text := range want {
			assert.Assert(t, strings.Contains(out, text), "%s is missing in\n%s", text, out)
		}
		assert.Assert(t, !strings.Contains(out, "kind: RenderFlink") && !strings.Contains(out,
			"kind: DeploymentTarget"), "%s", out)
	}
	dir := kustomization(t, nil)
	assert.NilError(t, os.CopyFS(dir, os.DirFS(filepath.Join(root, "examples/krm-function/package"))))
	_, stderr, err := call("", "kustomize", "fn", "run", dir, "--enable-exec", "--exec-path",
		filepath.Join(bin, "krm-function"))
	assert.NilError(t, err, stderr)
	_, err = os.Stat(filepath.Join(dir, "sql.manifests.yaml"))
	assert.NilError(t, err)
}
