package krm_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gotest.tools/v3/assert"
	"sigs.k8s.io/kustomize/kyaml/fn/framework"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/render"
	"github.com/flinktarget/flinktarget/render/krm"
)

// objects returns what the library renders of YAML documents.
func objects(t *testing.T, text string, opts ...render.Option) []any {
	t.Helper()
	b, err := deployment.ParseAll("", []byte(text))
	assert.NilError(t, err)
	r, err := render.New(opts...)
	assert.NilError(t, err)
	m, err := r.Bundle(b, nil)
	assert.NilError(t, err)
	var out []any
	for o := range m.All() {
		out = append(out, o.Map())
	}
	return out
}

func documents(text string) []string { return strings.Split(text, "\n---\n") }

func TestTheObjectsAreThoseOfTheLibrary(t *testing.T) {
	files, err := filepath.Glob("../../internal/testdata/valid/*.yaml")
	assert.NilError(t, err)
	files = append(files, "../../examples/quickstart/resources.yaml")
	assert.Assert(t, len(files) > 3, "%v", files)
	platform := render.ForPlatform(render.Platform{Namespace: "vvp"})
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			text, err := os.ReadFile(file)
			assert.NilError(t, err)
			if strings.Contains(string(text), "kind: ResourceList") {
				t.Skip("a list of VVP's API cannot be an item: it has no name")
			}
			docs := documents(string(text))
			want := objects(t, string(text), platform)
			out, results := krm.Process([]byte(wrap("", docs...)), platform)
			assert.NilError(t, failed(results))
			assert.DeepEqual(t, items(t, out), want)

			config := "apiVersion: flinktarget.github.io/v1alpha1\nkind: RenderFlink\nmetadata: {name: f}\nspec:\n  " +
				"platformNamespace: vvp\n  resources:\n"
			for _, doc := range docs {
				config += "  - " + strings.ReplaceAll(strings.TrimSpace(doc), "\n", "\n    ") + "\n"
			}
			out = process(t, wrap(config))
			assert.DeepEqual(t, items(t, out), want)
		})
	}
}

func TestResourcesGoAndOtherItemsStay(t *testing.T) {
	vvp := "apiVersion: v1\nkind: DeploymentDefaults\nmetadata: {name: defaults}\nspec: {template: {spec: " +
		"{parallelism: 3}}}\n"
	out := process(t, wrap("", configMap, orders, vvp, staging, cluster))
	assert.DeepEqual(t, kindsOf(t, out), []string{
		"v1 ConfigMap",
		"v1 ConfigMap", "v1 Service", "batch/v1 Job", "apps/v1 Deployment",
		"v1 ConfigMap", "v1 Service", "apps/v1 Deployment", "apps/v1 Deployment",
	})
	got, _ := tree.Get(items(t, out)[4], "spec", "replicas")
	assert.Equal(t, got, any(int64(3)), "defaults are applied wherever they stand")
}

func TestAnnotationsOfToolsAreNoPartOfResources(t *testing.T) {
	plain := process(t, wrap("", staging, orders))
	for _, annotations := range []string{
		"config.kubernetes.io/index: '4', internal.config.kubernetes.io/id: '1'",
		"config.k8s.io/id: '1', kustomize.config.k8s.io/id: \"kind: Deployment\\nname: orders\\n\"",
		"internal.kpt.dev/upstream-identifier: x",
	} {
		assert.Equal(t, string(process(t,
			wrap("", at(staging, "staging", annotations), at(orders, "orders", annotations)))), string(plain))
	}
}

func TestObjectsGetFilesWhereResourcesHaveThem(t *testing.T) {
	cases := []struct {
		name, reason string
		annotations  string
		want         map[string]any
	}{
		{"new keys", "kyaml since 0.13",
			"internal.config.kubernetes.io/path: streams/a.yaml, internal.config.kubernetes.io/index: '2'",
			map[string]any{"internal.config.kubernetes.io/path": "streams/orders.manifests.yaml",
				"internal.config.kubernetes.io/index": "1"}},
		{"old keys", "the specification", "config.kubernetes.io/path: a.yaml, config.kubernetes.io/index: '2'",
			map[string]any{"config.kubernetes.io/path": "orders.manifests.yaml", "config.kubernetes.io/index": "1"}},
		{"both", "kpt and kustomize write both, and expect both to agree",
			"config.kubernetes.io/path: x/a.yaml, internal.config.kubernetes.io/path: x/a.yaml",
			map[string]any{
				"config.kubernetes.io/path": "x/orders.manifests.yaml", "config.kubernetes.io/index": "1",
				"internal.config.kubernetes.io/path":  "x/orders.manifests.yaml",
				"internal.config.kubernetes.io/index": "1",
			}},
		{"none", "kustomize says an index only, and wants nothing", "config.kubernetes.io/index: '0'", nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			out := items(t, process(t, wrap("", staging, at(orders, "orders", c.annotations))))
			got, _ := tree.Get(out[1], "metadata", "annotations")
			if diff := cmp.Diff(c.want, tree.Child(got)); diff != "" {
				t.Errorf("%s: %s", c.reason, diff)
			}
		})
	}
}

func TestRunningAgainChangesNothing(t *testing.T) {
	const local = "config.kubernetes.io/local-config: 'true', config.kubernetes.io/path: a.yaml"
	for reason, in := range map[string]string{
		"resources that are taken out leave nothing to do": wrap("", configMap, orders, staging, cluster),
		"resources that stay are rendered to the same objects": wrap("", at(orders, "orders", local), configMap,
			at(staging, "staging", local)),
		"as are session clusters": wrap("", at(cluster, "sql", local),
			at(staging, "staging", local)),
		"resources of functionConfig replace what " +
			"they made": wrap("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: f}\ndata:\n  resources: |\n    "+
			strings.ReplaceAll(staging+"---\n"+orders, "\n", "\n    ")+"\n", configMap),
		"results of others are kept, and ours are not doubled?": wrap("", configMap),
	} {
		once := process(t, in)
		twice := process(t, string(once))
		assert.DeepEqual(t, items(t, twice), items(t, once))
		assert.Assert(t, len(items(t, once)) > 0, reason)
	}
}

func TestEarlierObjectsAreReplaced(t *testing.T) {
	local := "config.kubernetes.io/local-config: 'true'"
	first := process(t, wrap("", at(orders, "orders", local), at(staging, "staging", local)))
	changed := strings.Replace(string(first), "flinkVersion: 1.20", "flinkVersion: 1.19", 1)
	got := items(t, process(t, changed))
	want := objects(t, staging+"---\n"+strings.Replace(orders, "1.20", "1.19", 1))
	assert.DeepEqual(t, got[len(got)-len(want):], want)
	assert.Equal(t, len(got), 2+len(want), "the objects of 1.20, which have another job id, are gone")

	stopped := strings.Replace(string(first), "deploymentTargetName", "state: SUSPENDED\n    deploymentTargetName", 1)
	assert.Equal(t, len(items(t, process(t, stopped))), 2, "a Deployment that is not to run has no objects")

	foreign := strings.Replace(string(first), "kind: Service", "kind: PodMonitor", 1)
	assert.Assert(t, slices.Contains(kindsOf(t, process(t, foreign)), "v1 PodMonitor"),
		"kinds that are never rendered are somebody else's")
}

// kustomize hands a generator its own configuration as the only item.
func TestCopyOfFunctionConfigGoes(t *testing.T) {
	const local = "annotations: {config.kubernetes.io/local-config: 'true'"
	copied := strings.Replace(config, "{name: f}", "{name: f, "+local+", config.kubernetes.io/index: '0'}}",
		1) + "  strictPatches: true\n"
	given := strings.Replace(config, "{name: f}", "{name: f, "+local+"}}", 1) + "  strictPatches: true\n"
	assert.Equal(t, len(items(t, process(t, wrap(given, copied)))), 0)
	filed := strings.Replace(copied, "index: '0'", "path: f.yaml", 1)
	assert.Equal(t, len(items(t, process(t, wrap(given, filed)))), 1, "one that has a file belongs to the package")
	other := strings.Replace(copied, "strict", "# strict", 1)
	assert.Equal(t, len(items(t, process(t, wrap(given, other)))), 1,
		"that of another run of the function is none of ours")
}

// The function as a validator: the rendered objects come again, and nothing else.
func TestChangedNamesThatTheConfigurationHas(t *testing.T) {
	submitted := strings.NewReplacer("name: orders", "name: submitted", "deploymentTargetName: staging",
		"sessionClusterName: sql", "flinkVersion: 1.20, ", "").Replace(orders)
	rendered := string(process(t, wrap("", staging, orders, cluster, submitted)))
	assert.DeepEqual(t, items(t, process(t, rendered)), items(t, []byte(rendered)))
	out, results := krm.Process([]byte(strings.Replace(rendered, "kind: Service\n", "kind: Service # a\n", 1)))
	assert.NilError(t, failed(results))
	assert.Assert(t, strings.Contains(string(out), "kind: Service # a\n"), "it stays as it is")

	_, results = krm.Process([]byte(regexp.MustCompile(`(?m)^    name: (job|session)-`).ReplaceAllString(rendered,
		"    name: dev-$1-")))
	assert.Equal(t, len(results), 3, "one for each cluster, and for who calls one: %v", results)
	for _, r := range results {
		assert.Equal(t, r.ResourceRef.Kind+" "+r.Field.Path, "ConfigMap data[flink-conf.yaml]")
		assert.Equal(t, r.Tags["rule"], "configuration-reference")
	}
}

func TestProcessKeepsItsInput(t *testing.T) {
	in := []byte(wrap("", staging, orders, configMap))
	before := bytes.Clone(in)
	out, _ := krm.Process(in)
	want := string(out)
	for i := range out {
		out[i] = 'x'
	}
	assert.DeepEqual(t, in, before)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			out, results := krm.Process(in)
			if string(out) != want || failed(results) != nil {
				t.Errorf("got %s, %v", out, results)
			}
		})
	}
	all.Wait()
}

func FuzzProcess(f *testing.F) {
	f.Add(wrap("", staging, orders, configMap))
	f.Add(wrap("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: f}\ndata: {jobs: \"[{deployment: orders}]\", "+
		"strictPatches: 'true'}\n", orders))
	f.Add(wrap("apiVersion: flinktarget.github.io/v1alpha1\nkind: RenderFlink\nspec: {resources: [{kind: "+
		"SessionCluster}]}\n", at(cluster, "sql", "config.kubernetes.io/local-config: 'true'"), staging))
	f.Add("{apiVersion: config.kubernetes.io/v1, kind: ResourceList, items: [1, ~, {}, []], functionConfig: x}")
	f.Add(wrap("", at(cluster, "sql", "config.kubernetes.io/local-config: 'true'"), staging))
	f.Add("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n [{}]0\n")
	f.Fuzz(func(t *testing.T, in string) {
		out, results := krm.Process([]byte(in))
		if failed(results) != nil {
			return // and what is no legal YAML is still there
		}
		got := items(t, out)
		again, results := krm.Process(out)
		// A resource that is local configuration stays. Its target goes, if that is not:
		// what refers to it is an error then, and nothing is rendered by half.
		noTarget := func(r *framework.Result) bool { return r.Severity == framework.Error && r.Tags["rule"] == "target" }
		if slices.ContainsFunc(results, noTarget) {
			return
		}
		if err := failed(results); err != nil {
			t.Fatalf("the output is not legal input: %v\n%s", err, out)
		}
		if !tree.Equal(items(t, again), got) {
			t.Fatalf("not idempotent:\n%s\nthen\n%s", out, again)
		}
	})
}
