package compare

import (
	"cmp"
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

// rule says what a difference in a field, or below it, means. Elements of lists are
// written as name[].
type rule struct {
	at     string
	effect func(versions) Effect
}

// covers reports whether a path leads to the field of the rule, or below it.
func (r rule) covers(at tree.Path) bool {
	i := 0
	for name := range strings.SplitSeq(r.at, ".") {
		name, isList := strings.CutSuffix(name, "[]")
		if i >= len(at) || at[i].Element || at[i].Name != name {
			return false
		}
		i++
		if isList {
			if i >= len(at) || !at[i].Element {
				return false
			}
			i++
		}
	}
	return true
}

// rulesOf returns the rules of an object's kind, and those of its immutable fields
// after them: what depends on more is about fields of their own, or about parts.
func rulesOf(obj tree.Map) []rule {
	kind, _ := kinds.Lookup(kinds.TypeOf(obj))
	out := slices.Clone(rules[kind.TypeMeta])
	for _, at := range kind.Immutable {
		out = append(out, rule{at, always(Refused)})
	}
	return out
}

// rules are what Kubernetes does with an update where that depends on more than the
// field, by kind: those of its API documentation, and of the validation in Kubernetes
// 1.37, whose functions are named. The first rule that covers a field counts. What no
// rule covers is updated in place; so are metadata, except for name and namespace,
// which are what an object is known by.
var rules = map[kinds.TypeMeta][]rule{
	// ValidateJobSpecUpdate. A suspended Job can be given other nodes and, since
	// Kubernetes 1.36, other resources (validatePodTemplateUpdate).
	{APIVersion: "batch/v1", Kind: "Job"}: {
		{"spec.template.metadata.labels", unlessSuspended},
		{"spec.template.metadata.annotations", unlessSuspended},
		{"spec.template.spec.affinity.nodeAffinity", unlessSuspended},
		{"spec.template.spec.nodeSelector", unlessSuspended},
		{"spec.template.spec.schedulingGates", unlessSuspended},
		{"spec.template.spec.tolerations", unlessSuspended},
		{"spec.template.spec.containers[].resources", unlessSuspended},
		{"spec.template.spec.initContainers[].resources", unlessSuspended},
		{"spec.completions", unlessIndexed},
		{"spec.scheduling.schedulingPolicy.gang.minCount", betweenGangs},
	},
	// ValidateDeploymentUpdate. A difference in the template is a new ReplicaSet; in
	// no other field it is, and a paused Deployment makes none.
	{APIVersion: "apps/v1", Kind: "Deployment"}: {
		{"spec.template", unlessPaused},
		{"spec.strategy.type", recreate},
	},
	// ValidateServiceUpdate; an address or a port that a cluster has assigned stays
	// if it is not asked for (patchAllocatedValues).
	{APIVersion: "v1", Kind: "Service"}: {
		{"spec.type", serviceType},
		{"spec.clusterIP", addresses},
		{"spec.clusterIPs", addresses},
		{"spec.ipFamilies", families},
		{"spec.loadBalancerClass", loadBalancerClass},
		{"spec.healthCheckNodePort", healthCheckPort},
	},
	// ValidateConfigMapUpdate.
	{APIVersion: "v1", Kind: "ConfigMap"}: {
		{"data", ifImmutable},
		{"binaryData", ifImmutable},
		{"immutable", ifImmutable},
	},
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

// The completions of an Indexed Job may change with its parallelism.
func unlessIndexed(v versions) Effect {
	spec := tree.Child(v.new, "spec")
	elastic := spec["completionMode"] == "Indexed" && spec["completions"] != nil && tree.Equal(spec["completions"],
		spec["parallelism"])
	return when(elastic, Refused)
}

func betweenGangs(v versions) Effect {
	path := []string{"spec", "scheduling", "schedulingPolicy", "gang"}
	return when(tree.Child(v.old, path...) != nil && tree.Child(v.new, path...) != nil, Refused)
}

// external reports whether a version of a Service is but a name.
func (v versions) external() bool {
	return tree.String(v.old, "spec", "type") == "ExternalName" || tree.String(v.new, "spec", "type") == "ExternalName"
}

// What was assigned stays, and cannot be known here where it was not
// asked for.
func addresses(v versions) Effect {
	if v.external() {
		return InPlace
	}
	is := addressesOf(v.new)
	if len(is) == 0 {
		return None
	}
	return when(v.extends(addressesOf(v.old), is), Refused)
}

// A headless Service stays one, and cannot get a port on nodes.
func serviceType(v versions) Effect {
	kind := tree.String(v.new, "spec", "type")
	return when(!headless(v.old) || kind != "NodePort" && kind != "LoadBalancer", Refused)
}

func addressesOf(service tree.Map) []any {
	if list := tree.Items(service, "spec", "clusterIPs"); len(list) > 0 {
		return list
	}
	if one := tree.String(service, "spec", "clusterIP"); one != "" {
		return []any{one}
	}
	return nil
}

// extends reports whether the first of the addresses, or families, is the same,
// and so is the second, unless it comes, or goes as it must.
func (v versions) extends(was, is []any) bool {
	policy := cmp.Or(tree.String(v.new, "spec", "ipFamilyPolicy"), tree.String(v.old, "spec", "ipFamilyPolicy"),
		"SingleStack")
	for i := range min(len(was), len(is)) {
		if was[i] != is[i] {
			return false
		}
	}
	return len(was) > 0 && (len(was) <= len(is) || policy == "SingleStack")
}

// families: those that the cluster has chosen are known by the addresses only.
func families(v versions) Effect {
	was, is := familiesOf(v.old), tree.Items(v.new, "spec", "ipFamilies")
	if v.external() || headless(v.old) || headless(v.new) || len(was) == 0 || len(is) == 0 {
		return InPlace
	}
	return when(v.extends(was, is), Refused)
}

func familiesOf(service tree.Map) []any {
	if list := tree.Items(service, "spec", "ipFamilies"); len(list) > 0 {
		return list
	}
	var out []any
	for _, address := range addressesOf(service) {
		family := "IPv4"
		if text, _ := address.(string); strings.Contains(text, ":") {
			family = "IPv6"
		}
		out = append(out, family)
	}
	return out
}

func headless(service tree.Map) bool {
	list := addressesOf(service)
	return len(list) == 1 && list[0] == "None"
}

func loadBalancerClass(v versions) Effect {
	both := tree.String(v.old, "spec", "type") == "LoadBalancer" && tree.String(v.new, "spec", "type") == "LoadBalancer"
	return when(!both, Refused)
}

func healthCheckPort(v versions) Effect {
	switch {
	case !checked(v.old) || !checked(v.new):
		return InPlace
	case tree.Child(v.new, "spec")["healthCheckNodePort"] == nil:
		return None
	default:
		return Refused
	}
}

func checked(service tree.Map) bool {
	return tree.String(service, "spec", "type") == "LoadBalancer" && tree.String(service, "spec",
		"externalTrafficPolicy") == "Local"
}
