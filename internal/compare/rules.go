package compare

import (
	"slices"
	"strings"

	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/tree"
)

// versions are the two versions of an object, as Kubernetes reads them.
type versions struct {
	old, new tree.Map
	written  tree.Map // the new one as it is written, with its null
}

// rule says what a difference in fields, or below them, means.
type rule struct {
	effect func(versions) Effect
	at     []string
}

// covers reports whether a path leads to a field of the rule, or below it.
func (r rule) covers(path string) bool {
	return slices.ContainsFunc(r.at, func(at string) bool {
		rest, ok := strings.CutPrefix(path, at)
		return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
	})
}

// rulesOf returns the rules of an object's kind, and those of its immutable fields
// after them: what depends on more is about fields of their own, or about parts.
func rulesOf(obj tree.Map) []rule {
	kind, _ := kinds.Lookup(kinds.TypeOf(obj))
	return append(slices.Clone(rules[kind.TypeMeta]), rule{always(Refused), kind.Immutable})
}

// rules are what Kubernetes does with an update where that depends on more than the
// field, by kind: those of its API documentation, and of the validation in Kubernetes
// 1.37, whose functions are named. The first rule that covers a field counts. What no
// rule covers is updated in place; so are metadata, except for name and namespace,
// which are what an object is known by.
var rules = map[kinds.TypeMeta][]rule{
	// ValidateJobSpecUpdate. A suspended Job can be given other nodes
	// (validatePodTemplateUpdate).
	{APIVersion: "batch/v1", Kind: "Job"}: {
		{unlessSuspended, []string{
			"spec.template.metadata.labels", "spec.template.metadata.annotations",
			"spec.template.spec.affinity.nodeAffinity", "spec.template.spec.nodeSelector",
			"spec.template.spec.schedulingGates", "spec.template.spec.tolerations",
		}},
	},
	// ValidateDeploymentUpdate. A difference in the template is a new ReplicaSet; in
	// no other field it is, and a paused Deployment makes none.
	{APIVersion: "apps/v1", Kind: "Deployment"}: {
		{unlessPaused, []string{"spec.template"}},
		{recreate, []string{"spec.strategy.type"}},
	},
	// ValidateServiceUpdate. What else is refused of a Service, the API server says.
	{APIVersion: "v1", Kind: "Service"}: {{address, []string{"spec.clusterIP", "spec.clusterIPs"}}},
	// ValidateConfigMapUpdate.
	{APIVersion: "v1", Kind: "ConfigMap"}: {{ifImmutable, []string{"data", "binaryData", "immutable"}}},
}

func always(e Effect) func(versions) Effect {
	return func(versions) Effect { return e }
}

// flag reports whether a switch is on.
func flag(obj tree.Map, path ...string) bool {
	v, _ := tree.Get(obj, path...)
	on, _ := v.(bool)
	return on
}

func when(ok bool, e Effect) Effect {
	if ok {
		return InPlace
	}
	return e
}

func unlessSuspended(v versions) Effect { return when(flag(v.old, "spec", "suspend"), Refused) }
func unlessPaused(v versions) Effect    { return when(flag(v.new, "spec", "paused"), RollsPods) }
func ifImmutable(v versions) Effect     { return when(!flag(v.old, "immutable"), Refused) }

// recreate: whoever applies the manifest does not own the rollingUpdate that the API server has
// filled in, so that it stays, and is refused next to type Recreate (ValidateDeploymentStrategy).
func recreate(v versions) Effect {
	_, cleared := tree.Get(v.written, "spec", "strategy", "rollingUpdate")
	was := tree.Child(v.old, "spec", "strategy")
	own := tree.Child(was, "rollingUpdate")
	filled := was["type"] != "Recreate" && (own["maxSurge"] == nil || own["maxUnavailable"] == nil)
	return when(tree.String(v.new, "spec", "strategy", "type") != "Recreate" || cleared || !filled, Refused)
}

// CureOf says how to make a change that is refused, "" where the object has to be deleted, and
// how to hand the replicas over to an autoscaler: without, there is one until it acts.
func CureOf(d Difference) string {
	if d.Path.String() == "spec.replicas" && d.New == nil {
		return "first: kubectl get deployment NAME -o go-template='{apiVersion: apps/v1, kind: Deployment, metadata: " +
			"{name: {{.metadata.name}}, namespace: {{.metadata.namespace}}}, spec: {replicas: {{.spec.replicas}}}}' " +
			"| kubectl apply --server-side --field-manager=autoscaler --validate=false -f -"
	}
	if at := d.Path.String(); d.New != nil && (at == "spec.strategy" || at == "spec.strategy.type") {
		return `first: kubectl patch deployment NAME --type=merge -p '{"spec":{"strategy":{"type":"Recreate",` +
			`"rollingUpdate":null}}}'`
	}
	return ""
}

// An address that a cluster has assigned stays if it is not asked for any more
// (patchAllocatedValues).
func address(v versions) Effect {
	asked := addresses(v.new)
	if asked == nil {
		return None
	}
	return when(tree.Equal(asked, addresses(v.old)), Refused)
}

// addresses are those that a Service asks for, as one or as a list.
func addresses(service tree.Map) any {
	spec := tree.Child(service, "spec")
	if one := spec["clusterIP"]; spec["clusterIPs"] == nil && one != nil {
		return []any{one}
	}
	return spec["clusterIPs"]
}
