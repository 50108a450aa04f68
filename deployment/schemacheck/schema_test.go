package schemacheck_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/deployment/schemas"
	"github.com/flinktarget/flinktarget/render/krm"
	"github.com/flinktarget/flinktarget/target"
)

// compiled compiles the schema of each kind, against the meta-schema.
func compiled(t *testing.T) map[string]*jsonschema.Schema {
	t.Helper()
	out := map[string]*jsonschema.Schema{}
	for _, kind := range []string{target.Kind, deployment.KindDeployment, deployment.KindSessionCluster, krm.Kind} {
		text, err := krm.Schema(), error(nil)
		if kind != krm.Kind {
			text, err = schemas.JSON(kind)
		}
		assert.NilError(t, err)
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		assert.NilError(t, err, kind)
		c := jsonschema.NewCompiler()
		c.DefaultDraft(jsonschema.Draft2020)
		assert.NilError(t, c.AddResource(kind+".json", doc))
		s, err := c.Compile(kind + ".json")
		assert.NilError(t, err, kind)
		out[kind] = s
	}
	return out
}

// documents reads a stream as an editor does.
func documents(t *testing.T, text string) []any {
	t.Helper()
	var out []any
	for dec := yaml.NewDecoder(bytes.NewReader([]byte(text))); ; {
		var doc any
		if dec.Decode(&doc) != nil {
			return out
		}
		if doc != nil {
			out = append(out, doc)
		}
	}
}

// What the library reads, the schemas accept.
func TestSchemasAcceptWhatIsRead(t *testing.T) {
	schemas := compiled(t)
	files, err := filepath.Glob("../../internal/testdata/valid/*.yaml")
	assert.NilError(t, err)
	more, err := filepath.Glob("../../render/testdata/*.yaml")
	assert.NilError(t, err)
	assert.Assert(t, len(files) > 0)
	seen := map[string]int{}
	for _, file := range append(files, more...) {
		text, err := os.ReadFile(file)
		assert.NilError(t, err)
		if _, err := deployment.ParseAll(file, text); err != nil {
			continue
		}
		for _, doc := range documents(t, string(text)) {
			m, _ := doc.(map[string]any)
			kind, _ := m["kind"].(string)
			if s := schemas[kind]; s != nil {
				assert.NilError(t, s.Validate(doc), file)
				seen[kind]++
			}
		}
	}
	delete(schemas, krm.Kind) // TestConfigOfTheFunction has some
	for kind := range schemas {
		assert.Assert(t, seen[kind] > 0, "no %s among the files", kind)
	}
}

const (
	noVersion = "artifact: {kind: JAR, jarUri: https://h/a.jar"
	jar       = noVersion + ", flinkVersion: 1.20}"
	session   = "metadata: {name: a}\nspec: {deploymentTargetName: t, flinkVersion: '1.20'}"
)

func app(references, template string) string {
	return "metadata: {name: a}\nspec: {" + references + ", template: {spec: {" + template + "}}}"
}

func job(template string) string { return app("deploymentTargetName: t", jar+", "+template) }

func TestSchemas(t *testing.T) {
	schemas := compiled(t)
	cases := []struct {
		reason, kind, text string
		valid              bool
	}{
		{"the least of a target", target.Kind, "metadata: {name: a}\nspec: {kubernetes: {}}", true},
		{"null is unset", target.Kind,
			"metadata: {name: a, labels: null}\nspec: {kubernetes: {namespace: null}, deploymentPatchSet: null}", true},
		{"three forms of patches", target.Kind,
			"metadata: {name: a}\nspec: {kubernetes: {}, deploymentPatchSet: [{op: add, path: /a, value: 1}, " +
				"{apiVersion: v1, kind: Service, metadata: {labels: {a: b}}}, {target: {kind: Job}, patch: '[{op: " +
				"remove, path: /a}]'}]}", true},
		{"no form of a patch", target.Kind,
			"metadata: {name: a}\nspec: {kubernetes: {}, deploymentPatchSet: [{path: /a}]}", false},
		{"two forms of a patch at once", target.Kind,
			"metadata: {name: a}\nspec: {kubernetes: {}, deploymentPatchSet: [{op: add, path: /a, value: 1, target: " +
				"{}, patch: {a: b}}]}", false},
		{"an inline patch with a target", target.Kind,
			"metadata: {name: a}\nspec: {kubernetes: {}, deploymentPatchSet: [{apiVersion: v1, kind: Service, " +
				"target: {kind: Service}, patch: {a: b}}]}", false},
		{"an inline patch with an operation", target.Kind,
			"metadata: {name: a}\nspec: {kubernetes: {}, deploymentPatchSet: [{apiVersion: v1, kind: Service, " +
				"op: add}]}", false},
		{"an inline patch with a target alone", target.Kind,
			"metadata: {name: a}\nspec: {kubernetes: {}, deploymentPatchSet: [{apiVersion: v1, kind: Service, " +
				"target: {}}]}", false},
		{"an inline patch with a patch alone", target.Kind,
			"metadata: {name: a}\nspec: {kubernetes: {}, deploymentPatchSet: [{apiVersion: v1, kind: Service, patch: " +
				"{a: b}}]}", false},
		{"an operation that does not exist", target.Kind,
			"metadata: {name: a}\nspec: {kubernetes: {}, deploymentPatchSet: [{op: ad, path: /a}]}", false},
		{"an unknown field of a target", target.Kind, "metadata: {name: a}\nspec: {kubernetes: {}, state: ONLINE}",
			false},
		{"a target needs spec.kubernetes", target.Kind, "metadata: {name: a}\nspec: {}", false},
		{"null is no name", target.Kind, "metadata: {name: null}\nspec: {kubernetes: {}}", false},
		{"a dot in a name", target.Kind, "metadata: {name: a.b}\nspec: {kubernetes: {}}", false},
		{"a number as label", target.Kind, "metadata: {name: a, labels: {a: 1}}\nspec: {kubernetes: {}}", false},

		{"the least of a Deployment", "Deployment", app("deploymentTargetName: t", jar), true},
		{"by id", "Deployment", app("deploymentTargetId: 2da2f867-5899-4bef-8ad0-9771bbac38b4", jar), true},
		{"in session mode", "Deployment", app("deploymentTargetName: null, sessionClusterName: s", jar), true},
		{"nowhere to run", "Deployment", app("state: RUNNING", jar), false},
		{"two places to run", "Deployment", app("deploymentTargetName: t, sessionClusterName: s", jar), false},
		{"another kind", "Deployment", "kind: Job\n" + app("deploymentTargetName: t", jar), false},
		{"a Kubernetes Deployment", "Deployment", "apiVersion: apps/v1\n" + app("deploymentTargetName: t", jar), false},
		{"states in any case", "Deployment", app("deploymentTargetName: t, state: running", jar), true},
		{"one L too few in lower case", "Deployment", app("deploymentTargetName: t, state: canceled", jar), true},
		{"no version", "Deployment", app("deploymentTargetName: t", noVersion+"}"), false},
		{"the version of a session cluster", "Deployment", app("sessionClusterName: s", noVersion+"}"), true},
		{"VVP 3's engine", "Deployment",
			app("deploymentTargetName: t", noVersion+", engineVersionName: vera-4.1-flink-1.20}"), true},
		{"an engine without Flink", "Deployment",
			app("deploymentTargetName: t", noVersion+", engineVersionName: vera-4.1}"), false},
		{"a template of a file for kubectl", "Deployment",
			job("kubernetes: {jobManagerPodTemplate: {apiVersion: v1, kind: Pod, spec: {}}}"), true},
		{"a template of another kind", "Deployment",
			job("kubernetes: {jobManagerPodTemplate: {apiVersion: v1, kind: Job, spec: {}}}"), false},
		{"one L too few", "Deployment", app("deploymentTargetName: t, state: CANCELED", jar), true},
		{"strategies in any case", "Deployment",
			app("deploymentTargetName: t, upgradeStrategy: {kind: Stateless}", jar), true},
		{"no strategy", "Deployment", app("deploymentTargetName: t, upgradeStrategy: {kind: LATEST_STATE}", jar),
			false},
		{"what a GET returns", "Deployment", app("deploymentTargetName: t", jar) + "\nstatus: {state: RUNNING}", true},
		{"no jar", "Deployment", app("deploymentTargetName: t", "artifact: {kind: jar, flinkVersion: 1.20}"), false},
		{"a script", "Deployment",
			app("deploymentTargetName: t", "artifact: {kind: SqlScript, sqlScript: SELECT 1, flinkVersion: 1.20}"),
			true},
		{"a script with a class", "Deployment",
			app("deploymentTargetName: t",
				"artifact: {kind: SQLSCRIPT, sqlScript: SELECT 1, entryClass: a, flinkVersion: 1.20}"), false},
		{"Flink 1.14", "Deployment",
			app("deploymentTargetName: t", "artifact: {kind: JAR, jarUri: https://h/a.jar, flinkVersion: '1.14'}"),
			false},
		{"a patch version", "Deployment",
			app("deploymentTargetName: t", "artifact: {kind: JAR, jarUri: https://h/a.jar, flinkVersion: 1.20.1}"),
			true},
		{"sizes", "Deployment",
			job("resources: {jobmanager: {cpu: 0.5, memory: 1.5G}, taskmanager: {cpu: '2', memory: 2147483648}}"),
			true},
		{"binary units", "Deployment", job("resources: {jobmanager: {memory: 1Gi}}"), false},
		{"little CPU", "Deployment", job("resources: {jobmanager: {cpu: 0.05}}"), false},
		{"another spelling", "Deployment", job("resources: {jobManager: {cpu: 1}}"), false},
		{"options are scalars", "Deployment", job("flinkConfiguration: {a: 1, b: true, c: x}"), true},
		{"options are not maps", "Deployment", job("flinkConfiguration: {a: {b: c}}"), false},
		{"no parallelism", "Deployment", job("parallelism: 0"), false},
		{"half a TaskManager", "Deployment", job("numberOfTaskManagers: 1.5"), false},
		{"pod options", "Deployment",
			job("kubernetes: {labels: {a: b}, pods: {envVars: [{name: A, value: b}], tolerations: [{key: a}], " +
				"affinity: {nodeAffinity: {}}}}"), true},
		{"a number as variable", "Deployment", job("kubernetes: {pods: {envVars: [{name: A, value: 1}]}}"), false},
		{"an unknown field of Kubernetes", "Deployment", job("kubernetes: {pods: {affinity: {nodeAfinity: {}}}}"),
			false},
		{"a template", "Deployment",
			job("kubernetes: {jobManagerPodTemplate: {spec: {containers: [{name: a, livenessProbe: {tcpSocket: " +
				"{port: rpc}}, resources: {limits: {cpu: 1.5, memory: 1Gi}}, securityContext: null}]}}}"), true},
		{"a typo in a template", "Deployment", job("kubernetes: {jobManagerPodTemplate: {spec: {contianers: []}}}"),
			false},
		{"pods and templates", "Deployment",
			job("kubernetes: {pods: {labels: {a: b}}, taskManagerPodTemplate: {spec: {}}}"), false},
		{"empty pods and templates", "Deployment", job("kubernetes: {pods: {}, taskManagerPodTemplate: {spec: {}}}"),
			true},
		{"a switch", "Deployment",
			"metadata: {name: a}\nspec: {deploymentTargetName: t, template: {metadata: {annotations: " +
				"{flink.security.ssl.enabled: 'yes'}}, spec: {" + jar + "}}}", false},

		{"the least of a SessionCluster", "SessionCluster", session, true},
		{"a name of a Deployment", "SessionCluster",
			"metadata: {name: My Name}\nspec: {deploymentTargetName: t, flinkVersion: '1.20'}", false},
		{"no version", "SessionCluster", "metadata: {name: a}\nspec: {deploymentTargetName: t}", false},
		{"the shape of a Deployment", "SessionCluster",
			"metadata: {name: a}\nspec: {deploymentTargetName: t, flinkVersion: '1.20', template: {}}", false},
		{"the state of a Deployment", "SessionCluster",
			"metadata: {name: a}\nspec: {deploymentTargetName: t, flinkVersion: '1.20', state: SUSPENDED}", false},
		{"no display name", "SessionCluster",
			"metadata: {name: a, displayName: A}\nspec: {deploymentTargetName: t, flinkVersion: '1.20'}", false},
	}
	for _, c := range cases {
		t.Run(c.kind+"/"+c.reason, func(t *testing.T) {
			err := schemas[c.kind].Validate(documents(t, c.text)[0])
			assert.Equal(t, err == nil, c.valid, "%v", err)
			// Schemas are not stricter than the library.
			_, refused := parse(c.kind, c.text)
			assert.Equal(t, refused == nil, c.valid, "%v", refused)
		})
	}
}

func parse(kind, text string) (any, error) {
	switch kind {
	case target.Kind:
		return target.Parse("f", []byte(text))
	case deployment.KindDeployment:
		return deployment.Parse("f", []byte(text))
	default:
		return deployment.ParseSessionCluster("f", []byte(text))
	}
}

// The schema of the KRM function's configuration takes what the function does.
func TestConfigOfTheFunction(t *testing.T) {
	schema := compiled(t)[krm.Kind]
	const head = "apiVersion: flinktarget.github.io/v1alpha1\nkind: RenderFlink\n"
	const target = "{apiVersion: v1, kind: DeploymentTarget, metadata: {name: a}, spec: {kubernetes: {}}}"
	cases := []struct {
		reason, text string
		valid        bool
	}{
		{"nothing set", head, true},
		{"as kustomize needs it", head + "metadata: {name: a, annotations: {config.kubernetes.io/function: x}}\n" +
			"spec: {platformNamespace: vvp, resources: [" + target + "]}", true},
		{"every option", head + `spec: {images: {"1.20": "h/flink:1.20"}, loggingProfiles: {a: b}, fetcherImage: "h/f:1",
  sqlRunner: {jarUri: "local:///opt/r.jar", class: a.B}, flinkHome: /flink, blobStorage: "s3://b/vvp", tlsSecret: s,
  podDisruptionBudgets: true, metrics: {podMonitor: true, port: 9250, labels: {a: b}},
  ingress: {host: "{name}.example.com", className: c, annotations: {a: b}, tlsSecret: s},
  autoscaling: {maxReplicas: 3, reactive: true},
  networkPolicies: {metricsFrom: [{podSelector: {}}], restFrom: [{namespaceSelector: {a: b}}], closeEgress: true,
    apiServer: [10.0.0.1/32]},
  strictPatches: true, allowUnresolved: true, allowUnknown: true}`, true},
		{"null is unset", head + "metadata: null\nspec: {ingress: null, images: null, jobs: null}", true},
		{"another kind", "apiVersion: flinktarget.github.io/v1alpha1\nkind: Render", false},
		{"another version", "apiVersion: flinktarget.github.io/v1\nkind: RenderFlink", false},
		{"a misspelt option", head + "spec: {strictPatch: true}", false},
		{"an Ingress without a host", head + "spec: {ingress: {className: a}}", false},
		{"an autoscaler without an end", head + "spec: {autoscaling: {minReplicas: 2}}", false},
		{"a job of nothing", head + "spec: {jobs: [{id: 2da2f867-5899-4bef-8ad0-9771bbac38b4}]}", false},
		{"a text for a list", head + "spec: {networkPolicies: {egressCIDRs: 10.0.0.0/8}}", false},
		{"a text for a switch", head + "spec: {podDisruptionBudgets: 'yes'}", false},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			err := schema.Validate(documents(t, c.text)[0])
			assert.Equal(t, err == nil, c.valid, "%v", err)
			list := "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\nfunctionConfig:\n  " +
				strings.ReplaceAll(c.text, "\n", "\n  ")
			_, results := krm.Process([]byte(list))
			assert.Equal(t, results.ExitCode() == 0, c.valid, "%v", results)
		})
	}
}
