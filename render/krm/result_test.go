package krm_test

import (
	"strings"
	"testing"

	"gotest.tools/v3/assert"
	"sigs.k8s.io/kustomize/kyaml/fn/framework"

	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/render"
	"github.com/flinktarget/flinktarget/render/krm"
)

const config = "apiVersion: flinktarget.github.io/v1alpha1\nkind: RenderFlink\nmetadata: {name: f}\nspec:\n"

var (
	ofOrders    = ref{APIVersion: "v1", Kind: "Deployment", Name: "orders"}
	ofStaging   = ref{APIVersion: "v1", Kind: "DeploymentTarget", Name: "staging"}
	ofConfigMap = ref{APIVersion: "v1", Kind: "ConfigMap", Name: "f"}
	ofConfig    = ref{APIVersion: "flinktarget.github.io/v1alpha1", Kind: "RenderFlink", Name: "f"}
)

// result is what a framework.Result says besides its severity and message.
type result struct {
	Resource    ref
	Field, File string
	Index       int
	Rule        string
}

type ref struct{ APIVersion, Kind, Namespace, Name string }

func flat(r *framework.Result) (out result) {
	if r.ResourceRef != nil {
		out.Resource = ref{r.ResourceRef.APIVersion, r.ResourceRef.Kind, r.ResourceRef.Namespace, r.ResourceRef.Name}
	}
	if r.Field != nil {
		out.Field = r.Field.Path
	}
	if r.File != nil {
		out.File, out.Index = r.File.Path, r.File.Index
	}
	out.Rule = r.Tags["rule"]
	return out
}

// failed returns the results as an error if one of them is one.
func failed(results framework.Results) error {
	if results.ExitCode() == 0 {
		return nil
	}
	return results
}

func patched(entry string) string {
	return staging + "  deploymentPatchSet:\n  - " + strings.ReplaceAll(entry, "\n", "\n    ") + "\n"
}

func TestErrorsSayWhere(t *testing.T) {
	file := "config.kubernetes.io/path: streams/orders.yaml, config.kubernetes.io/index: '3'"
	cases := []struct {
		name, reason string
		in           string
		want         result // without message
		message      string
	}{
		{"unknown field", "what reading reports",
			wrap("", staging, strings.Replace(orders, "spec:", "spec:\n  stat: RUNNING", 1)),
			result{Resource: ofOrders, Field: "spec.stat", Rule: "unknown-field"}, "did you mean state?"},
		{"file", "the tool said where the item comes from",
			wrap("", staging, at(strings.Replace(orders, "JAR", "JARR", 1), "orders", file)),
			result{Resource: ofOrders, Field: "spec.template.spec.artifact.kind", File: "streams/orders.yaml",
				Index: 3, Rule: "enum"}, "JARR"},
		{"no such target", "what rendering reports", wrap("", orders),
			result{Resource: ofOrders, Field: "spec.deploymentTargetName", Rule: "target"}, "staging"},
		{"twice", "an item and functionConfig have it",
			wrap(config+"  resources:\n  - "+strings.ReplaceAll(orders, "\n", "\n    "), staging, orders),
			result{Resource: ofConfig, Field: "spec.resources[0].metadata.name", Rule: "duplicate"}, "Duplicate"},
		{"a patch that fails", "the target is to be mended, not the Deployment",
			wrap("", patched("op: remove\npath: /spec/nothing"), orders),
			result{Resource: ofStaging, Field: "spec.deploymentPatchSet[0]", Rule: "patch-apply"},
			"Deployment default/orders"},
		{"a patch that fails on an object", "the target is to be mended",
			wrap("", patched("target: {kind: Deployment}\npatch: [{op: remove, path: /spec/nothing}]"), orders),
			result{Resource: ofStaging, Field: "spec.deploymentPatchSet[0]", Rule: "patch-apply"},
			"Deployment default/orders"},
		{"a patch that makes a bad Deployment", "the message names both",
			wrap("", patched("op: add\npath: /spec/template/spec/parallelism\nvalue: -1"), orders),
			result{Resource: ofStaging, Field: "spec.deploymentPatchSet[0]", Rule: "minimum"},
			"Deployment default/orders: spec.template.spec.parallelism: "},
		{"objects that do not fit together", "the patch is to blame",
			wrap("", patched("target: {kind: Deployment}\npatch: {spec: {template: {spec: {containers: [{name: "+
				"sidecar}]}}}}"), orders),
			result{Resource: ofStaging, Field: "spec.deploymentPatchSet[0]", Rule: "verify"}, "image"},
		{"a field that does not fit", "the Deployment is to blame",
			wrap("", staging,
				strings.Replace(orders, "spec:\n      a",
					"spec:\n      kubernetes: {taskManagerPodTemplate: {spec: {containers: [{name: "+
						"sidecar}]}}}\n      a", 1)),
			result{Resource: ofOrders, Field: "spec.template.spec.kubernetes.taskManagerPodTemplate",
				Rule: "verify"}, "image"},
		{"a kind that is not VVP's in functionConfig", "nothing would come of it",
			wrap(config + "  resources:\n  - {apiVersion: apps/v1, kind: Deployment}\n"),
			result{Resource: ofConfig, Field: "spec.resources[0]", Rule: "kind"}, "VVP"},
		{"unknown option", "functionConfig is strict", wrap(config + "  strictPatch: true\n"),
			result{Resource: ofConfig, Field: "spec.strictPatch", Rule: "unknown-field"},
			"did you mean strictPatches?"},
		{"an option that is not legal", "options are checked", wrap(config + "  platformNamespace: V V P\n"),
			result{Resource: ofConfig, Field: "spec.platformNamespace", Rule: "option"}, "V V P"},
		{"a folder that is none", "options are checked", wrap(config + "  flinkHome: flink\n"),
			result{Resource: ofConfig, Field: "spec.flinkHome", Rule: "option"}, "absolute path"},
		{"a storage that is none", "options are checked", wrap(config + "  blobStorage: bucket\n"),
			result{Resource: ofConfig, Field: "spec.blobStorage", Rule: "option"}, "s3://bucket/vvp"},
		{"a host that is not legal", "options are checked", wrap(config + "  ingress: {host: '{x}'}\n"),
			result{Resource: ofConfig, Field: "spec.ingress.host", Rule: "option"}, "{name}"},
		{"a field of an option that is not legal", "options are checked", wrap(config + "  metrics: {port: 8081}\n"),
			result{Resource: ofConfig, Field: "spec.metrics.port", Rule: "option"}, "8081"},
		{"two options that ask for each other", "they are checked together",
			wrap(config + "  metrics: {}\n  networkPolicies: {}\n"),
			result{Resource: ofConfig, Field: "spec.networkPolicies.metricsFrom", Rule: "option"}, "required with"},
		{"what is newer, without allowUnknown", "it may be a typo", wrap("", staging, strings.Replace(orders,
			"    spec:\n      a", "    spec:\n      kubernetes: {pods: {affinity: {hyper: 1}}}\n      a", 1)),
			result{Resource: ofOrders, Field: "spec.template.spec.kubernetes.pods.affinity.hyper", Rule: "unknown-field"},
			"AllowUnknown"},
		{"another kind of functionConfig", "the wrong function runs",
			wrap("apiVersion: v1\nkind: Secret\nmetadata: {name: f}\n"),
			result{Resource: ref{APIVersion: "v1", Kind: "Secret", Name: "f"}, Field: "kind", Rule: "config"},
			"RenderFlink"},
		{"a job for nothing", "a misspelt name would derive an id in silence",
			wrap(config+"  jobs: [{deployment: order, id: 2da2f867-5899-4bef-8ad0-9771bbac38b4}]\n", staging, orders),
			result{Resource: ofConfig, Field: "spec.jobs[0].deployment", Rule: "job"}, "did you mean orders?"},
		{"a job with a bad id", "objects are named after it",
			wrap(config+"  jobs: [{deployment: orders, id: 2DA2F867}]\n", staging, orders),
			result{Resource: ofConfig, Field: "spec.jobs[0].id", Rule: "uuid"}, "2DA2F867"},
		{"two jobs for one", "which one is meant?",
			wrap(config+"  jobs: [{deployment: orders}, {deployment: orders, namespace: default}]\n", staging, orders),
			result{Resource: ofConfig, Field: "spec.jobs[1]", Rule: "duplicate"}, "orders"},
		{"strict patches", "the option is passed on",
			wrap(config+"  strictPatches: true\n",
				patched("target: {kind: Service, name: typo}\npatch: {metadata: {annotations: {a: b}}}"), orders),
			result{Resource: ofStaging, Field: "spec.deploymentPatchSet[0]", Rule: "unmatched-patch"}, "matches no object"},
		{"broken YAML in a ConfigMap", "its data is text",
			wrap("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: f}\ndata: {jobs: \"[\"}\n"),
			result{Resource: ofConfigMap, Field: "data.jobs", Rule: "syntax"}, "line 1"},
		{"a map in a ConfigMap", "it would be lost",
			wrap("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: f}\ndata: {images: {'1.20': a/b:c}}\n"),
			result{Resource: ofConfigMap, Field: "data.images", Rule: "config"}, "images: |"},
		{"a list in a ConfigMap", "it would be lost",
			wrap("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: f}\ndata: {jobs: [{deployment: orders}]}\n"),
			result{Resource: ofConfigMap, Field: "data.jobs", Rule: "config"}, "jobs: |"},
		{"data that is a list", "it would be lost",
			wrap("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: f}\ndata: [strictPatches]\n"),
			result{Resource: ofConfigMap, Field: "data", Rule: "config"}, "a map"},
		{"a spec in a ConfigMap", "it would be lost",
			wrap("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: f}\nspec: {strictPatches: true}\n"),
			result{Resource: ofConfigMap, Field: "spec", Rule: "unknown-field"}, "data"},
		{"binaryData", "it would be lost",
			wrap("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: f}\nbinaryData: {jobs: W10=}\n"),
			result{Resource: ofConfigMap, Field: "binaryData", Rule: "unknown-field"}, "data"},
		{"no namespace", "the platform's is not known",
			wrap("", strings.Replace(staging, "{namespace: staging}", "{}", 1), orders),
			result{Resource: ofOrders, Field: "spec.deploymentTargetName", Rule: "platform-namespace"},
			"namespace"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			out, results := krm.Process([]byte(c.in))
			assert.Equal(t, len(results), 1, "%s: %v", c.reason, results)
			assert.Assert(t, strings.Contains(results[0].Message, c.message), "%s: %s", c.reason, results[0].Message)
			assert.Equal(t, results[0].Severity, framework.Error)
			assert.DeepEqual(t, flat(results[0]), c.want)
			assert.DeepEqual(t, items(t, out), items(t, []byte(c.in))) // nothing is rendered by half
		})
	}
}

func TestEveryProblemIsAResult(t *testing.T) {
	bad := strings.NewReplacer("orders}", "a}", "1.20", "9.9", "JAR", "JUR").Replace(orders)
	_, results := krm.Process([]byte(wrap(config+"  x: 1\n  jobs: [{deployment: z}]\n", bad,
		strings.Replace(staging, "spec:", "spek:", 1), cluster)))
	var fields []string
	for _, r := range results {
		fields = append(fields, r.ResourceRef.Kind+" "+r.Field.Path)
	}
	for _, want := range []string{
		"RenderFlink spec.x", "RenderFlink spec.jobs[0].deployment",
		"Deployment spec.template.spec.artifact.kind", "DeploymentTarget spek",
	} {
		assert.Assert(t, strings.Contains(strings.Join(fields, "\n")+"\n", want+"\n"), "%s is missing in %q", want,
			fields)
	}
}

// kustomize hands on numbers by value.
func TestVersionThatKustomizeCutIsExplained(t *testing.T) {
	_, results := krm.Process([]byte(wrap("", staging, strings.Replace(orders, "1.20", "1.2", 1))))
	assert.ErrorContains(t, failed(results), `write flinkVersion: "1.20"`)
	_, results = krm.Process([]byte(wrap("", staging, strings.Replace(orders, "1.20", `"1.2"`, 1))))
	assert.Assert(t, !strings.Contains(failed(results).Error(), "kustomize"), "who quotes means it: %v", failed(results))
}

func TestWarningsAreResults(t *testing.T) {
	out, results := krm.Process([]byte(wrap("", staging,
		strings.Replace(orders, "spec:", "spec:\n  state: SUSPENDED", 1))))
	assert.NilError(t, failed(results))
	assert.Equal(t, len(results), 1)
	assert.Equal(t, results[0].Severity, framework.Warning)
	assert.DeepEqual(t, flat(results[0]), result{Resource: ofOrders, Field: "spec.state", Rule: "not-running"})
	assert.Assert(t, strings.Contains(string(out), "severity: warning"), "%s", out)
}

func TestEarlierResultsStay(t *testing.T) {
	in := wrap("", staging,
		strings.Replace(orders, "spec:", "spec:\n  state: SUSPENDED", 1)) +
		"results:\n- {message: earlier, severity: info}\n"
	out := process(t, in)
	assert.Assert(t, strings.Index(string(out), "earlier") < strings.Index(string(out), "SUSPENDED"), "%s", out)
}

// Several problems of one option have their places.
func TestFieldsOfAnOption(t *testing.T) {
	_, results := krm.Process([]byte(wrap(config + "  autoscaling: {minReplicas: -1, maxReplicas: -1}\n")))
	assert.Equal(t, len(results), 2, "%v", results)
	assert.Equal(t, results[0].Field.Path+" "+results[1].Field.Path,
		"spec.autoscaling.minReplicas spec.autoscaling.maxReplicas")
}

// The data of a ConfigMap means what the spec of the function's own kind means.
func TestConfigMap(t *testing.T) {
	const id = "2da2f867-5899-4bef-8ad0-9771bbac38b4"
	own := config + `  platformNamespace: vvp
  images: {"1.20": registry.example.com/flink:1.20}
  loggingProfiles: {default: "rootLogger.level = WARN\n"}
  strictPatches: true
  allowUnresolved: true
  fetcherImage: registry.example.com/fetch:1
  sqlRunner: {jarUri: 'https://h/r.jar', class: a.B}
  flinkHome: /home/flink
  blobStorage: s3://b/vvp
  allowUnknown: true
  tlsSecret: certificates
  podDisruptionBudgets: true
  metrics: {podMonitor: true, labels: {release: prometheus}}
  autoscaling: {maxReplicas: 4}
  networkPolicies: {metricsFrom: [{namespaceSelector: {}}]}
  jobs: [{deployment: orders, id: ` + id + `, savepointLocation: s3://b/s}]
`
	data := `apiVersion: v1
kind: ConfigMap
metadata: {name: f}
data:
  platformNamespace: vvp
  images: |
    "1.20": registry.example.com/flink:1.20
  loggingProfiles: |
    default: "rootLogger.level = WARN\n"
  strictPatches: "true"
  allowUnresolved: "true"
  fetcherImage: registry.example.com/fetch:1
  sqlRunner: |
    {jarUri: 'https://h/r.jar', class: a.B}
  flinkHome: /home/flink
  blobStorage: s3://b/vvp
  allowUnknown: "true"
  tlsSecret: certificates
  podDisruptionBudgets: "true"
  metrics: "{podMonitor: true, labels: {release: prometheus}}"
  autoscaling: "{maxReplicas: 4}"
  networkPolicies: "{metricsFrom: [{namespaceSelector: {}}]}"
  jobs: |
    - {deployment: orders, id: ` + id + `, savepointLocation: s3://b/s}
`
	nowhere := strings.Replace(staging, "{namespace: staging}", "{}", 1)
	resources := []string{nowhere,
		strings.Replace(orders, "    spec:\n      a",
			"    metadata: {annotations: {flink.security.ssl.enabled: \"true\"}}\n    spec:\n      parallelism: "+
				"2\n      flinkConfiguration: {x: \"${NO}\"}\n      "+
				"kubernetes: {pods: {affinity: {hyper: 1}}}\n      a", 1)}
	want := items(t, process(t, wrap(own, resources...)))
	assert.DeepEqual(t, items(t, process(t, wrap(data, resources...))), want)
	assert.Equal(t, tree.String(want[0], "metadata", "namespace"), "vvp")
	assert.Equal(t, tree.String(want[0], "metadata", "name"), "job-"+id+"-flink-config")
	text := string(tree.JSON(want))
	for _, option := range []string{"registry.example.com/flink:1.20", "s3://b/s", "rootLogger.level = WARN", "${NO}",
		`"secretName":"certificates"`, "PodDisruptionBudget", `"mountPath":"/home/flink/conf"`,
		"s3://b/vvp/flink-jobs/", `"release":"prometheus"`, `"maxReplicas":4`, `"namespaceSelector":{}`, `{"hyper":1}`} {
		assert.Assert(t, strings.Contains(text, option), option)
	}

	many := "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: f}\ndata:\n  resources: |\n    " +
		strings.ReplaceAll(staging+"---\n"+orders, "\n", "\n    ") + "\n"
	assert.DeepEqual(t, items(t, process(t, wrap(many))), objects(t, staging+"---\n"+orders))
}

func TestFunctionConfigWinsOverTheProgram(t *testing.T) {
	nowhere := strings.Replace(staging, "{namespace: staging}", "{}", 1)
	out, results := krm.Process([]byte(wrap(config+"  platformNamespace: theirs\n", nowhere, orders)),
		render.ForPlatform(render.Platform{Namespace: "ours"}))
	assert.NilError(t, failed(results))
	assert.Equal(t, tree.String(items(t, out)[0], "metadata", "namespace"), "theirs")
}
