package compare_test

import (
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/compare"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/tree"
)

// Sources of the rules. Names of functions are those of Kubernetes 1.37.
const (
	docJob        = "kubernetes.io/docs/concepts/workloads/controllers/job"
	docSuspended  = docJob + "#mutable-scheduling-directives"
	apiJob        = "batch/v1 JobSpec; ValidateJobSpecUpdate"
	docDeployment = "kubernetes.io/docs/concepts/workloads/controllers/deployment"
	docRollout    = docDeployment + "#updating-a-deployment"
	docSelector   = docDeployment + "#label-selector-updates; ValidateDeploymentUpdate"
	docPaused     = docDeployment + "#pausing-and-resuming-a-deployment"
	docScaling    = docDeployment + "#scaling-a-deployment"
	apiService    = "core/v1 ServiceSpec; ValidateServiceUpdate"
	storeService  = "patchAllocatedValues of the Service's storage"
	docConfigMap  = "kubernetes.io/docs/concepts/configuration/configmap#configmap-immutable; ValidateConfigMapUpdate"
	docMounted    = "kubernetes.io/docs/concepts/configuration/configmap#mounted-configmaps-are-updated-automatically"
	docRBAC       = "kubernetes.io/docs/reference/access-authn-authz/rbac#clusterrolebinding-example; " +
		"ValidateRoleBindingUpdate"
	docStrategy = docDeployment + "#strategy; ValidateDeploymentStrategy, kubernetes/kubernetes#24198"
	setDefaults = "SetDefaults_… of pkg/apis/core/v1 and batch/v1"
	apiPDB      = "podDisruptionBudgetStrategy.ValidateUpdate"
	apiMeta     = "kubernetes.io/docs/concepts/overview/working-with-objects; ValidateObjectMetaUpdate"
	apiDecoding = "the Go types in k8s.io/api, and Semantic.DeepEqual of k8s.io/apimachinery"
)

var apiVersions = func() map[string]string {
	out := map[string]string{}
	for _, k := range kinds.All() {
		out[k.Kind] = k.APIVersion
	}
	return out
}()

func TestEffects(t *testing.T) {
	const (
		none, inPlace, rolls, refused = compare.None, compare.InPlace, compare.RollsPods, compare.Refused
		base                          = `template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: ` +
			`i, resources: {limits: {cpu: "1"}}}, {name: d}]}}, `
		changed = `template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: ` +
			`j, resources: {limits: {cpu: "1"}}}, {name: d}]}}, `
		resized = `template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: ` +
			`i, resources: {limits: {cpu: "2"}}}, {name: d}]}}, `
		respelled = `template: {metadata: {labels: {a: b}}, spec: {hostNetwork: false, hostPID: ` +
			`null, nodeSelector: {}, tolerations: [], containers: [{name: c, image: i, resources: {limits: {cpu: ` +
			`1000m}, requests: {}}}, {name: d}]}}, `
		reordered = `template: {metadata: {labels: {a: b}}, spec: {containers: [{name: d}, ` +
			`{name: c, image: i, resources: {limits: {cpu: "1"}}}]}}, `
		full = `volumes: [{name: v, configMap: {name: m}}, {name: s, secret: {secretName: s}}], containers: [{name: c, ` +
			`ports: [{containerPort: 1}], startupProbe: {httpGet: {port: 1}}, env: [{name: E, valueFrom: {fieldRef: ` +
			`{fieldPath: status.podIP}}}]}]`
		written = `dnsPolicy: ClusterFirst, schedulerName: default-scheduler, terminationGracePeriodSeconds: 30, ` +
			`volumes: [{name: v, configMap: {name: m, defaultMode: 420}}, {name: s, secret: {secretName: s, defaultMode: ` +
			`420}}], containers: [{name: c, ports: [{containerPort: 1, protocol: TCP}], terminationMessagePolicy: File, ` +
			`terminationMessagePath: /dev/termination-log, env: [{name: E, valueFrom: {fieldRef: {fieldPath: ` +
			`status.podIP, apiVersion: v1}}}], startupProbe: {httpGet: {port: 1, path: /, scheme: HTTP}, ` +
			`timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3}}]`
		balanced = `type: LoadBalancer, externalTrafficPolicy: Local, `
	)
	spec := func(text string) string { return "spec: {" + text + "}" }
	pods := func(text string) string { return "spec: {template: {spec: {" + text + "}}}" }
	suspended := func(text string) string { return "spec: {suspend: true, template: {spec: {" + text + "}}}" }
	for _, tc := range []struct {
		reason, kind, old, new string
		want                   compare.Effect
		source                 string
	}{
		{"the template of a Job", "Job", spec(base), spec(changed), refused, docJob + "; " + apiJob},
		{"the resources of a Job", "Job", spec(base), spec(resized), refused, apiJob},
		{"an order in a Job", "Job", spec(base), spec(reordered), refused, apiJob},
		{"the checksum of a Job", "Job", `spec: {template: {metadata: {annotations: {a: b}}}}`,
			`spec: {template: {metadata: {annotations: {a: c}}}}`, refused, apiJob},
		{"the selector of a Job", "Job", spec(`selector: {matchLabels: {a: b}}`),
			spec(`selector: {matchLabels: {a: c}}`), refused, apiJob},
		{"completions", "Job", spec(`completions: 1, parallelism: 1`), spec(`completions: 2, parallelism: 2`), refused,
			apiJob},
		{"completion mode", "Job", spec(`completionMode: NonIndexed`), spec(`completionMode: Indexed`), refused,
			apiJob},
		{"the completion mode that is the default", "Job", spec(``), spec(`completionMode: NonIndexed`), none, apiJob},
		{"defaults of pods in a Job", "Job", pods(full), pods(written), none, setDefaults},
		{"and away from them", "Job", pods(written), pods(full), none, setDefaults},
		{"defaults of pods in a Deployment", "Deployment", pods(full), pods(written), none, setDefaults},
		{"next to a default", "Job", pods(``), pods(`dnsPolicy: Default`), refused, setDefaults},
		{"a default that depends on more", "Job", pods(`containers: [{name: c, image: "i:1"}]`),
			pods(`containers: [{name: c, image: "i:1", imagePullPolicy: IfNotPresent}]`), refused, setDefaults},
		{"away from the default strategy", "Deployment", spec(``), spec(`strategy: {type: Recreate}`), refused,
			docStrategy},
		{"away from a strategy that is partly said", "Deployment", spec(`strategy: {rollingUpdate: {maxSurge: 1}}`),
			spec(`strategy: {type: Recreate}`), refused, docStrategy},
		{"away from one that is said", "Deployment", spec(`strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}`),
			spec(`strategy: {type: Recreate}`), inPlace, docStrategy},
		{"away from a strategy with null", "Deployment", spec(``),
			spec(`strategy: {type: Recreate, rollingUpdate: null}`), inPlace, docStrategy},
		{"the strategy that is the default", "Deployment", spec(``), spec(`strategy: {type: RollingUpdate}`), inPlace,
			docStrategy},
		{"pod failure policy", "Job", spec(`podFailurePolicy: {rules: [{action: Ignore}]}`),
			spec(`podFailurePolicy: {rules: [{action: Ignore}, {action: Count}]}`), refused, apiJob},
		{"no pod failure policy any more", "Job", spec(`podFailurePolicy: {rules: [{action: Ignore}]}`), spec(``),
			refused, apiJob},
		{"success policy", "Job", spec(``), spec(`successPolicy: {rules: [{succeededCount: 1}]}`), refused, apiJob},
		{"backoff limit of an index", "Job", spec(`backoffLimitPerIndex: 1`), spec(`backoffLimitPerIndex: 2`), refused,
			apiJob},
		{"managedBy", "Job", spec(``), spec(`managedBy: example.com/x`), refused, apiJob},
		{"scheduling", "Job", spec(``), spec(`scheduling: {schedulingPolicy: {gang: {minCount: 1}}}`), refused,
			"batch/v1 JobSpec"},
		{"the mode of scheduling", "Job", spec(`scheduling: {disruptionMode: {single: {}}}`),
			spec(`scheduling: {disruptionMode: {all: {}}}`), refused, "batch/v1 JobSchedulingConfiguration"},
		{"parallelism", "Job", spec(`parallelism: 1`), spec(`parallelism: 0`), inPlace,
			docJob + "#controlling-parallelism"},
		{"backoff limit", "Job", spec(`backoffLimit: 1`), spec(`backoffLimit: 2`), inPlace, "ValidateJobSpecUpdate"},
		{"deadline", "Job", spec(``), spec(`activeDeadlineSeconds: 2`), inPlace, "ValidateJobSpecUpdate"},
		{"time to live", "Job", spec(``), spec(`ttlSecondsAfterFinished: 2`), inPlace, "ValidateJobSpecUpdate"},
		{"suspending", "Job", spec(base), spec(base + `suspend: true`), inPlace, docJob + "#suspending-a-job"},
		{"suspending and changing", "Job", spec(base), spec(resized + `suspend: true`), refused,
			docJob + "#suspending-a-job"},
		{"resuming", "Job", spec(base + `suspend: true`), spec(base), inPlace, docJob + "#suspending-a-job"},
		{"a suspended Job", "Job", spec(base + `suspend: true`), spec(changed + `suspend: true`), refused,
			docSuspended},
		{"node selector of a suspended Job", "Job", suspended(``), suspended(`nodeSelector: {a: b}`), inPlace,
			docSuspended},
		{"node affinity of a suspended Job", "Job", suspended(``),
			suspended(`affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1}]}}`),
			inPlace, docSuspended},
		{"pod affinity of a suspended Job", "Job", suspended(``),
			suspended(`affinity: {podAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1}]}}`),
			refused, docSuspended},
		{"tolerations of a suspended Job", "Job", suspended(`tolerations: [{key: a}]`), suspended(``), inPlace,
			docSuspended},
		{"scheduling gates of a suspended Job", "Job", suspended(``), suspended(`schedulingGates: [{name: a}]`),
			inPlace, docSuspended},
		{"labels of a suspended Job's pods", "Job", `spec: {suspend: true, template: {metadata: {labels: {a: b}}}}`,
			`spec: {suspend: true, template: {metadata: {labels: {a: c}, annotations: {a: b}}}}`, inPlace,
			docSuspended},
		{"a container of a suspended Job", "Job", suspended(``),
			suspended(`containers: [{name: a, resources: {limits: {cpu: 1}}}]`), refused, docSuspended},

		{"the template of a Deployment", "Deployment", spec(base), spec(changed), rolls, docRollout},
		{"the resources of a Deployment", "Deployment", spec(base), spec(resized), rolls, docRollout},
		{"an order in a Deployment", "Deployment", spec(base), spec(reordered), rolls,
			"EqualIgnoreHash of the Deployment's controller"},
		{"the checksum of a Deployment", "Deployment", `spec: {template: {metadata: {annotations: {a: b}}}}`,
			`spec: {template: {metadata: {annotations: {a: c}}}}`, rolls, docRollout},
		{"the same in other words", "Deployment", spec(base), spec(respelled), none, apiDecoding},
		{"empty, but not the same as nothing", "Deployment", pods(`volumes: [{name: a}]`),
			pods(`volumes: [{name: a, emptyDir: {}}]`), rolls, apiDecoding},
		{"false, but not the same as nothing", "Deployment", pods(``), pods(`automountServiceAccountToken: false`),
			rolls, apiDecoding},
		{"a paused Deployment", "Deployment", spec(base + `paused: true`), spec(changed + `paused: true`), inPlace,
			docPaused},
		{"a Deployment that goes on", "Deployment", spec(base + `paused: true`), spec(changed), rolls, docPaused},
		{"the selector of a Deployment", "Deployment", spec(`selector: {matchLabels: {a: b}}`),
			spec(`selector: {matchLabels: {a: b, c: d}}`), refused, docSelector},
		{"replicas", "Deployment", spec(`replicas: 1`), spec(`replicas: 2`), inPlace, docScaling},
		{"no replicas any more", "Deployment", spec(`replicas: 2`), spec(``), inPlace, docScaling},
		{"strategy", "Deployment", spec(`strategy: {type: Recreate}`), spec(``), inPlace, docDeployment},
		{"history", "Deployment", spec(``),
			spec(`revisionHistoryLimit: 2, minReadySeconds: 3, progressDeadlineSeconds: 4`), inPlace, docDeployment},

		{"an address becomes another", "Service", spec(`clusterIP: 10.0.0.1`), spec(`clusterIP: 10.0.0.2`), refused,
			apiService},
		{"an address where the cluster has given one", "Service", spec(``), spec(`clusterIP: 10.0.0.2`), refused,
			apiService},
		{"no address any more", "Service", spec(``), spec(`clusterIP: None`), refused, apiService},
		{"an address that is not asked for any more", "Service", spec(`clusterIP: None`), spec(``), none, storeService},
		{"an address that is listed, too", "Service", spec(`clusterIP: 10.0.0.1`),
			spec(`clusterIP: 10.0.0.1, clusterIPs: [10.0.0.1]`), inPlace, apiService},
		{"an external name", "Service", spec(`clusterIP: 10.0.0.1`), spec(`type: ExternalName`), inPlace, apiService},
		{"type", "Service", spec(`type: ClusterIP`), spec(`type: NodePort`), inPlace, apiService},
		{"selector of a Service", "Service", spec(`selector: {a: b}`), spec(`selector: {a: c}`), inPlace, apiService},
		{"ports of a Service", "Service", spec(`ports: [{port: 1}, {port: 2}]`),
			spec(`ports: [{port: 3}, {port: 1, targetPort: 4}]`), inPlace, apiService},

		{"a ConfigMap", "ConfigMap", `data: {a: b}`, `data: {a: c, d: e}`, inPlace, docMounted},
		{"an immutable ConfigMap", "ConfigMap", `data: {a: b}, immutable: true`, `data: {a: c}, immutable: true`,
			refused, docConfigMap},
		{"binary data of an immutable ConfigMap", "ConfigMap", `binaryData: {a: YQ==}, immutable: true`,
			`immutable: true`, refused, docConfigMap},
		{"a ConfigMap becomes immutable", "ConfigMap", `data: {a: b}`, `data: {a: c}, immutable: true`, inPlace,
			docConfigMap},
		{"a ConfigMap becomes mutable", "ConfigMap", `data: {a: b}, immutable: true`, `data: {a: b}`, refused,
			docConfigMap},
		{"labels of an immutable ConfigMap", "ConfigMap", `immutable: true`,
			`immutable: true, metadata: {labels: {a: b}}`, inPlace, docConfigMap},

		{"what a RoleBinding binds", "RoleBinding", `roleRef: {kind: Role, name: a}`, `roleRef: {kind: Role, name: b}`,
			refused, docRBAC},
		{"whom a RoleBinding binds", "RoleBinding", `subjects: [{name: a}]`, `subjects: [{name: b}]`, inPlace, docRBAC},
		{"rules of a Role", "Role", `rules: [{verbs: [get]}]`, `rules: [{verbs: [get, list]}]`, inPlace,
			"ValidateRoleUpdate"},
		{"a ServiceAccount", "ServiceAccount", `automountServiceAccountToken: true`, `imagePullSecrets: [{name: a}]`,
			inPlace, "ValidateServiceAccountUpdate"},
		{"a Namespace", "Namespace", `metadata: {labels: {a: b}}`, `metadata: {labels: {a: c}}`, inPlace,
			"ValidateNamespaceUpdate"},
		{"a PodDisruptionBudget", "PodDisruptionBudget", spec(`maxUnavailable: 1, selector: {matchLabels: {a: b}}`),
			spec(`minAvailable: 1, selector: {matchLabels: {a: c}}`), inPlace, apiPDB},

		{"labels, annotations, finalizers", "Deployment", `metadata: {labels: {a: b}, finalizers: [a/b]}`,
			`metadata: {labels: {a: c}, annotations: {d: e}}`, inPlace, apiMeta},
		{"an owner", "Job", `metadata: {name: a}`, `metadata: {name: a, ownerReferences: [{uid: x}]}`, inPlace,
			apiMeta},
	} {
		t.Run(tc.kind+"/"+tc.reason, func(t *testing.T) {
			assert.Assert(t, tc.source != "")
			head := "{apiVersion: " + apiVersions[tc.kind] + ", kind: " + tc.kind + ", "
			old, new := object(t, head+tc.old+"}"), object(t, head+tc.new+"}")
			differences := compare.Diff(old, new, nil)
			assert.Assert(t, len(differences) > 0)
			effects := compare.Effects(old, new, differences)
			got := compare.None
			for _, e := range effects {
				got = max(got, e)
			}
			assert.Equal(t, got, tc.want, "%v: %s", diff(old, new, nil), tc.source)
		})
	}
}

// Each difference has its own effect.
func TestEffectsOfFields(t *testing.T) {
	old := object(t, deployment+
		`metadata: {labels: {a: b}}, spec: {replicas: 1, selector: {matchLabels: {a: b}}, template: {metadata: `+
		`{labels: {a: b}}, spec: {containers: [{name: c, resources: {limits: {cpu: 1, memory: 1Gi}}}], `+
		`nodeSelector: {}}}}}`)
	new := object(t, deployment+
		`metadata: {labels: {a: c}}, spec: {replicas: 2, selector: {matchLabels: {a: c}}, template: {metadata: `+
		`{labels: {a: c}}, spec: {containers: [{name: c, resources: {limits: {cpu: 1.0, memory: 1024Mi}}}], `+
		`nodeSelector: {a: b}, tolerations: null}}}}`+"}")
	var got []string
	differences := compare.Diff(old, new, nil)
	for i, e := range compare.Effects(old, new, differences) {
		got = append(got, differences[i].Path.String()+" "+[]string{"none", "in place", "rolls", "refused"}[e])
	}
	assert.DeepEqual(t, got, []string{
		"metadata.labels.a in place",
		"spec.replicas in place",
		"spec.selector.matchLabels.a refused",
		"spec.template.metadata.labels.a rolls",
		"spec.template.spec.containers[c].resources.limits.memory none",
		"spec.template.spec.nodeSelector.a rolls",
		"spec.template.spec.tolerations none",
	})
}

// Every kind of the table is known, down to its fields, and its immutable fields are
// those that an update cannot change.
func TestEveryKind(t *testing.T) {
	for _, k := range kinds.All() {
		t.Log(k)
		object := func(path, value string) tree.Map {
			o := tree.Map{"apiVersion": k.APIVersion, "kind": k.Kind}
			at := o
			names := strings.Split(path, ".")
			for _, name := range names[:len(names)-1] {
				below := tree.Map{}
				at[name], at = below, below
			}
			at[names[len(names)-1]] = value
			return o
		}
		known := compare.Decoded(object("none", "x"))
		assert.Assert(t, known["none"] == nil, "%s: a field that the type does not have is left", k)
		for _, path := range k.Immutable {
			old, new := object(path, "x"), object(path, "y")
			assert.DeepEqual(t, compare.Effects(old, new, compare.Diff(old, new, nil)),
				[]compare.Effect{compare.Refused})
		}
	}
	other := tree.Map{"apiVersion": "v1", "kind": "Deployment", "none": "x"}
	assert.DeepEqual(t, compare.Decoded(other), other)
}

func TestEffectsOfUnknownKinds(t *testing.T) {
	old, new := tree.Map{"apiVersion": "a/v1", "kind": "X", "x": nil, "y": "z"}, tree.Map{"apiVersion": "a/v1",
		"kind": "X", "y": tree.Map{}}
	assert.DeepEqual(t, compare.Effects(old, new, compare.Diff(old, new, nil)),
		[]compare.Effect{compare.None, compare.InPlace})
}
