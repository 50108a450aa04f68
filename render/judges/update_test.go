package judges

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/compare"
	"github.com/flinktarget/flinktarget/internal/jsonpatch"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/render/internal/inputs"
)

// telling are operations that matter for an update: fields that are immutable, or
// nearly so, switches that make others immutable, and fields like them that are not.
var telling = map[string][]string{
	"Job": {
		`{"path": "/spec/suspend", "value": true}`,
		`{"path": "/spec/suspend", "value": false}`,
		`{"path": "/spec/completions", "value": 1}`,
		`{"path": "/spec/parallelism", "value": 2}`,
		`{"path": "/spec/parallelism", "value": 0}`,
		`{"path": "/spec/completionMode", "value": "NonIndexed"}`,
		`{"path": "/spec/backoffLimit", "value": 3}`,
		`{"path": "/spec/backoffLimitPerIndex", "value": 2}`,
		`{"path": "/spec/podFailurePolicy", "value":
			{"rules": [{"action": "Ignore", "onPodConditions": [{"type": "X", "status": "True"}]}]}}`,
		`{"path": "/spec/successPolicy", "value": {"rules": [{"succeededCount": 1}]}}`,
		`{"path": "/spec/managedBy", "value": "example.com/x"}`,
		`{"path": "/spec/ttlSecondsAfterFinished", "value": 9}`,
		`{"path": "/spec/template/metadata/annotations", "value": {"a": "b"}}`,
		`{"path": "/spec/template/metadata/labels/extra", "value": "x"}`,
		`{"path": "/spec/template/spec/nodeSelector", "value": {"a": "b"}}`,
		`{"path": "/spec/template/spec/nodeSelector", "value": {}}`,
		`{"path": "/spec/template/spec/tolerations", "value": [{"operator": "Exists"}]}`,
		`{"path": "/spec/template/spec/tolerations", "value": []}`,
		`{"path": "/spec/template/spec/schedulingGates", "value": [{"name": "a/b"}]}`,
		`{"path": "/spec/template/spec/affinity", "value":
			{"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution":
			[{"weight": 1, "preference": {"matchExpressions": [{"key": "a", "operator": "Exists"}]}}]}}}`,
		`{"path": "/spec/template/spec/affinity", "value":
			{"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution":
			[{"weight": 1, "podAffinityTerm": {"topologyKey": "a"}}]}}}`,
		`{"path": "/spec/template/spec/affinity", "value": null}`,
		`{"path": "/spec/template/spec/containers/0/image", "value": "other"}`,
		`{"path": "/spec/template/spec/hostNetwork", "value": false}`,
	},
	"Deployment": {
		`{"path": "/spec/selector/matchLabels/component", "value": "x"}`,
		`{"path": "/spec/selector/matchLabels", "value": {"component": "taskmanager"}}`,
		`{"path": "/spec/template/metadata/labels/extra", "value": "x"}`,
		`{"path": "/spec/template/metadata/annotations", "value": {"a": "b"}}`,
		`{"path": "/spec/paused", "value": true}`,
		`{"path": "/spec/paused", "value": false}`,
		`{"path": "/spec/replicas", "value": 4}`,
		`{"path": "/spec/strategy", "value": {"type": "Recreate"}}`,
		`{"path": "/spec/minReadySeconds", "value": 4}`,
		`{"path": "/spec/template/spec/nodeSelector", "value": {}}`,
		`{"path": "/spec/template/spec/dnsPolicy", "value": "ClusterFirst"}`,
		`{"path": "/spec/template/spec/containers/0/resources", "value": {"limits": {"cpu": "2", "memory": "4Gi"}}}`,
		`{"path": "/spec/template/spec/containers/0/resources", "value":
			{"limits": {"cpu": "2000m", "memory": "4096Mi"}, "requests": {}}}`,
	},
	"Service": {
		`{"path": "/spec/clusterIP", "value": "None"}`,
		`{"path": "/spec/clusterIP", "value": "10.96.0.44"}`,
		`{"path": "/spec/clusterIP", "value": null}`,
		`{"path": "/spec/clusterIPs", "value": ["10.96.0.44"]}`,
		`{"path": "/spec/clusterIPs", "value": null}`,
		`{"path": "/spec/selector", "value": {"a": "b"}}`,
		`{"path": "/spec/sessionAffinity", "value": "ClientIP"}`,
	},
	"ConfigMap": {
		`{"path": "/immutable", "value": true}`,
		`{"path": "/immutable", "value": false}`,
		`{"path": "/immutable", "value": null}`,
		`{"path": "/data/extra", "value": "x"}`,
		`{"path": "/binaryData", "value": {"b": "AAEC"}}`,
	},
	"RoleBinding": {
		`{"path": "/roleRef/name", "value": "other"}`,
		`{"path": "/roleRef/kind", "value": "ClusterRole"}`,
		`{"path": "/subjects", "value": []}`,
	},
	"Role":           {`{"path": "/rules", "value": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]}`},
	"ServiceAccount": {`{"path": "/automountServiceAccountToken", "value": true}`},
	"PodDisruptionBudget": {
		`{"path": "/spec/maxUnavailable", "value": 2}`,
		`{"path": "/spec/selector", "value": {"matchLabels": {"a": "b"}}}`,
	},
}

var anyKind = []string{
	`{"path": "/metadata/labels/extra", "value": "x"}`,
	`{"path": "/metadata/annotations", "value": {"a": "b"}}`,
	`{"path": "/metadata/finalizers", "value": ["a/b"]}`,
}

// version is a legal version of an object, some operations away from it.
func (m mutator) version(object map[string]any) map[string]any {
	kind := object["kind"].(string)
	for range m.IntN(4) {
		var op map[string]any
		if m.IntN(4) == 0 && goTypes[kind] != nil {
			op = m.operation(object)
		} else {
			_ = json.Unmarshal([]byte(choose(m, append(anyKind, telling[kind]...)...)), &op)
			op["op"] = "add"
		}
		ops, problems := jsonpatch.Parse([]any{op})
		if len(problems) > 0 {
			continue
		}
		if changed, err := jsonpatch.Apply(object, ops); err == nil && valid(changed.(tree.Map)) {
			object = changed.(tree.Map)
		}
	}
	return object
}

// valid reports whether the API server takes the object, and an update to itself.
// Empty maps of data are left out: only an immutable ConfigMap tells them from
// nothing, and the library does not; only a suspended Job takes an empty affinity for none.
func valid(object map[string]any) bool {
	for _, path := range [][]string{{"data"}, {"binaryData"}, {"spec", "template", "spec", "affinity"}} {
		if v, _ := tree.Get(object, path...); tree.Equal(v, tree.Map{}) {
			return false
		}
	}
	for _, r := range judge(object) {
		if r.judge == byValidation {
			return false
		}
	}
	refusals, err := update(object, object)
	return err == nil && len(refusals) == 0
}

func verdict(old, new map[string]any) compare.Effect {
	out := compare.None
	for _, e := range compare.Effects(old, new, compare.Diff(old, new, nil)) {
		out = max(out, e)
	}
	return out
}

// An update is refused if and only if Kubernetes refuses it, and rolls pods if and
// only if Kubernetes makes new ones. Where defaults are not filled in, nothing that
// Kubernetes refuses or rolls is missed.
func TestUpdates(t *testing.T) {
	count := map[string]int{}
	for seed := range howMany(t) / 10 {
		in := inputs.New(seed)
		in.Budgets = true
		b, err := deployment.ParseAll("input.yaml", in.Text())
		assert.NilError(t, err)
		m, err := renderer(t, in).Bundle(b, oneJob)
		assert.NilError(t, err, "seed %d", seed)
		random := mutator{rand.New(rand.NewPCG(seed, 3))}
		for o := range m.All() {
			for range 4 {
				old := random.version(o.Map())
				new := random.version(old)
				if random.IntN(3) == 0 {
					new = random.version(o.Map())
				}
				refusals, err := update(old, new)
				assert.NilError(t, err)
				rolls, err := rollsPods(old, new)
				assert.NilError(t, err)
				shown := func(got compare.Effect) string {
					return fmt.Sprintf("seed %d, %s: effect %d, Kubernetes %v, rolls %v\n%v\n%s",
						seed, o, got, refusals, rolls, compare.Diff(old, new, nil), tree.JSON(new["spec"]))
				}
				was, err := defaulted(old)
				assert.NilError(t, err)
				is, err := defaulted(new)
				assert.NilError(t, err)
				exact := verdict(was, is)
				if (exact == compare.Refused) != (len(refusals) > 0) ||
					exact < compare.Refused && (exact == compare.RollsPods) != rolls {
					t.Fatal(shown(exact))
				}
				raw := verdict(old, new)
				if raw < exact {
					t.Fatal(shown(raw))
				}
				count[fmt.Sprint(o.Kind(), " ", exact)]++
				if raw > exact {
					count["raw"]++
				}
			}
		}
	}
	t.Log(count)
	for _, want := range []string{
		"Job 0", "Job 1", "Job 3", "Deployment 1", "Deployment 2", "Deployment 3", "Service 1", "Service 3",
		"ConfigMap 1", "ConfigMap 3", "RoleBinding 1", "RoleBinding 3", "PodDisruptionBudget 1", "PodMonitor 1",
	} {
		assert.Assert(t, count[want] >= 3, "%s: %d", want, count[want])
	}
}
