package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/internal/yaml"
)

const overlaid = `
---
apiVersion: v1
kind: Deployment
metadata: {name: orders, id: 8b1c0d9e-8f7a-4b6c-9d5e-4f3a2b1c0d9e}
spec:
  deploymentTargetName: overlay
  template:
    spec:
      parallelism: 2
      artifact: {kind: JAR, flinkVersion: 1.20, jarUri: "local:///opt/flink/usrlib/orders.jar"}
      kubernetes: {pods: {envVars: [{name: B, value: c}], nodeSelector: {a: b}}}
`

// objects returns the objects of a stream by what they are, without annotations that are
// empty, which kustomize removes.
func objects(t *testing.T, stream string) map[string]string {
	t.Helper()
	docs, bad := yaml.Parse("", []byte(stream))
	assert.Equal(t, len(bad), 0, "%v\n%s", bad, stream)
	out := map[string]string{}
	for _, doc := range docs {
		object := doc.Value().(tree.Map)
		metadata := tree.Child(object, "metadata")
		if len(tree.Child(metadata, "annotations")) == 0 {
			delete(metadata, "annotations")
		}
		text, err := yaml.Append(nil, object)
		assert.NilError(t, err)
		out[tree.String(object, "kind")+" "+tree.String(metadata, "name")] = string(text)
	}
	return out
}

func build(t *testing.T, dir string) string {
	t.Helper()
	m, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), dir)
	assert.NilError(t, err)
	text, err := m.AsYaml()
	assert.NilError(t, err)
	return string(text)
}

// An overlay becomes a DeploymentTarget and the kustomization of that: what is rendered with
// the target is what kustomize builds of either.
func TestOverlaysGoInAndOut(t *testing.T) {
	overlays, err := filepath.Glob("../../patch/kustomize/testdata/overlays/*")
	assert.NilError(t, err)
	assert.Equal(t, len(overlays), 10)
	for _, overlay := range overlays {
		t.Run(filepath.Base(overlay), func(t *testing.T) {
			dir := t.TempDir()
			assert.NilError(t, os.CopyFS(dir, os.DirFS(overlay)))
			base := filepath.Join(dir, "base/resources.yaml") // it is not read to import patches
			assert.NilError(t, os.WriteFile(base, nil, 0o644))
			file := filepath.Join(dir, "target.yaml")
			call := func(args ...string) string {
				t.Helper()
				var stdout, stderr strings.Builder
				code := run(args, strings.NewReader(""), &stdout, &stderr)
				assert.Equal(t, code, exitOK, "%s", &stderr)
				assert.Assert(t, !strings.Contains(stderr.String(), "matches no"), "%s", &stderr)
				return stdout.String()
			}
			call("target", "import", filepath.Join(dir, "overlay"), "--kubernetes-namespace", "streams", "-o", file)
			text, err := os.ReadFile(file)
			assert.NilError(t, err)
			assert.NilError(t, os.WriteFile(file, append(text, overlaid...), 0o644))

			flags := []string{"--job-id", "2da2f867-5899-4bef-8ad0-9771bbac38b4", "--pod-disruption-budgets", file}
			want := objects(t, call(append([]string{"render", "--strict-patches"}, flags...)...))
			assert.Assert(t, len(want) >= 4)
			out := filepath.Join(dir, "out")
			call(append(append([]string{"target", "export"}, flags...), out)...)
			assert.DeepEqual(t, objects(t, build(t, out)), want)

			resources, err := os.ReadFile(filepath.Join(out, "resources.yaml"))
			assert.NilError(t, err)
			bare := objects(t, string(resources))
			changed := 0
			for name, text := range bare {
				if want[name] != text {
					changed++
				}
			}
			assert.Assert(t, changed > 0, "the overlay changes nothing")
			assert.NilError(t, os.WriteFile(base, resources, 0o644))
			assert.DeepEqual(t, objects(t, build(t, filepath.Join(dir, "overlay"))), want)
		})
	}
}

func TestEngines(t *testing.T) {
	const text = `apiVersion: v1
kind: DeploymentTarget
metadata: {name: t}
spec:
  kubernetes: {namespace: streams}
  deploymentPatchSet:
  - {apiVersion: v1, kind: Service, spec: {type: LoadBalancer, ports: [{port: 8081, PROTOCOL nodePort: 30081}]}}
---
apiVersion: v1
kind: SessionCluster
metadata: {name: sql}
spec: {deploymentTargetName: t, flinkVersion: 1.20}
`
	for name, c := range map[string]struct {
		reason, protocol string
		args             []string
		code             int
		stdout, stderr   string
	}{
		"ours":      {"TCP is the default", "", []string{"render"}, exitOK, "nodePort: 30081", ""},
		"kustomize": {"kustomize drops the patch", "", []string{"render", "--engine", "kustomize"}, exitOK, "", ""},
		"both": {"they differ, and the place is told", "", []string{"validate", "--engine", "both"}, exitInput, "",
			"spec.ports[8081].nodePort: kustomize gives something else"},
		"both the same": {"they do not differ", "protocol: TCP,", []string{"validate", "--engine=both"}, exitOK, "", ""},
		"unknown":       {"a misspelt name", "", []string{"render", "--engine", "kustomise"}, exitUsage, "", "must be"},
		"both for one":  {"one is rendered", "", []string{"render", "--engine", "both"}, exitUsage, "", "must be"},
	} {
		t.Run(name, func(t *testing.T) {
			var stdout, stderr strings.Builder
			in := strings.NewReader(strings.Replace(text, "PROTOCOL", c.protocol, 1))
			assert.Equal(t, run(append(c.args, "-"), in, &stdout, &stderr), c.code, "%s: %s", c.reason, &stderr)
			assert.Assert(t, strings.Contains(stderr.String(), c.stderr), "%s: %s", c.reason, &stderr)
			assert.Assert(t, strings.Contains(stdout.String(), c.stdout), "%s: %s", c.reason, &stdout)
			assert.Equal(t, strings.Contains(stdout.String(), "nodePort"), c.stdout != "", "%s: %s", c.reason, &stdout)
		})
	}
}

// What a kustomization cannot say is said.
func TestExportSaysWhatIsNotSo(t *testing.T) {
	resources := func(entry string) string {
		return "apiVersion: v1\nkind: DeploymentTarget\nmetadata: {name: overlay}\nspec:\n  kubernetes: {namespace: s}\n" +
			"  deploymentPatchSet:\n  - " + entry + overlaid
	}
	for name, c := range map[string]struct {
		text string
		code int
		want string
	}{
		"a patch of the resource": {resources("{op: add, path: /spec/template/spec/parallelism, value: 3}"), exitOK,
			"spec.deploymentPatchSet[0]: warning: already applied"},
		"what kustomize loses": {resources("{apiVersion: v1, kind: Service, spec: {ports: [{port: 8081, name: x}]}}"),
			exitInput, "spec.ports[8081].name: kustomize gives something else"},
		"a label": {resources("{target: {kind: Job}, patch: {metadata: {labels: {x: null}}}}"), exitInput, "metadata.labels[x]"},
		"two targets": {resources("{op: add, path: /spec/template/spec/parallelism, value: 3}") +
			"---\nkind: DeploymentTarget\nmetadata: {name: o}\nspec: {kubernetes: {namespace: s}}\n", exitInput, "has 2"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			file := filepath.Join(dir, "in.yaml")
			assert.NilError(t, os.WriteFile(file, []byte(c.text), 0o644))
			for _, code := range []int{c.code, exitInput} { // the second time, the files are there
				var stdout, stderr strings.Builder
				assert.Equal(t, run([]string{"target", "export", file, filepath.Join(dir, "out")}, nil, &stdout, &stderr), code,
					"%s", &stderr)
				assert.Assert(t, strings.Contains(stderr.String(), c.want), "%s", &stderr)
			}
			_, err := os.Stat(filepath.Join(dir, "out/kustomization.yaml"))
			assert.Equal(t, err == nil, c.code == exitOK)
		})
	}
}
