package inputs

import (
	"github.com/flinktarget/flinktarget/internal/tree"
)

// variable is what configuration refers to.
func (g *generator) variable() tree.Map {
	if g.oneIn(2) {
		return tree.Map{"name": "VARIABLE", "value": pick(g, "", "x", "$(POD)")}
	}
	return tree.Map{"name": "VARIABLE",
		"valueFrom": tree.Map{"secretKeyRef": tree.Map{"name": "s", "key": "k", "optional": g.oneIn(2)}}}
}

func (g *generator) env() []any {
	env := some(g,
		tree.Map{"name": "A", "value": ""},
		tree.Map{"name": "B", "valueFrom": tree.Map{"fieldRef": tree.Map{"fieldPath": "metadata.name"}}},
		tree.Map{"name": "LIMIT", "valueFrom": tree.Map{"resourceFieldRef": tree.Map{"resource": "limits.memory"}}},
		tree.Map{"name": "D.e-f", "value": "$(A) $$"},
	)
	if g.variables {
		env = append(env, g.variable())
	}
	return env
}

func (g *generator) tolerations() []any {
	return some(g,
		tree.Map{"key": "k", "operator": "Exists"},
		tree.Map{"operator": "Exists", "effect": "NoExecute", "tolerationSeconds": int64(0)},
		tree.Map{"key": "pool", "value": "flink", "effect": "NoSchedule"},
	)
}

func (g *generator) affinity() tree.Map {
	term := tree.Map{"topologyKey": "topology.kubernetes.io/zone",
		"labelSelector": tree.Map{"matchLabels": tree.Map{"team": "a"}}}
	return pick(g, tree.Map{},
		tree.Map{"podAntiAffinity": tree.Map{"preferredDuringSchedulingIgnoredDuringExecution": []any{
			tree.Map{"weight": int64(100), "podAffinityTerm": term}}}},
		tree.Map{"nodeAffinity": tree.Map{
			"requiredDuringSchedulingIgnoredDuringExecution": tree.Map{"nodeSelectorTerms": []any{
				tree.Map{"matchExpressions": []any{tree.Map{"key": "arch", "operator": "In",
					"values": []any{"amd64"}}}}}}}})
}

// pods are VVP's simplified options.
func (g *generator) pods() tree.Map {
	p := tree.Map{}
	g.set(2, p, g.annotations(), "annotations")
	g.set(2, p, g.labels(), "labels")
	g.set(2, p, g.labels(), "nodeSelector")
	g.set(3, p, g.affinity(), "affinity")
	g.set(2, p, g.tolerations(), "tolerations")
	g.set(3, p, []any{tree.Map{"name": "pull"}}, "imagePullSecrets")
	g.set(3, p, pick(g, tree.Map{"fsGroup": int64(1)},
		tree.Map{"runAsUser": int64(1000), "supplementalGroups": []any{int64(5)}},
		tree.Map{"runAsNonRoot": true, "fsGroup": nil}), "securityContext")
	if env := g.env(); len(env) > 0 {
		p["envVars"] = env
	}
	g.set(2, p, g.volumeMounts(), "volumeMounts")
	return p
}

// podinfo shows a container the labels and annotations of its pod.
var podinfo = tree.Map{"downwardAPI": tree.Map{"items": []any{
	tree.Map{"path": "labels", "fieldRef": tree.Map{"fieldPath": "metadata.labels"}},
	tree.Map{"path": "annotations", "fieldRef": tree.Map{"fieldPath": "metadata.annotations"}},
	tree.Map{"path": "cpu",
		"resourceFieldRef": tree.Map{"containerName": "flink-taskmanager", "resource": "limits.cpu"}},
}}}

func (g *generator) volumeMounts() []any {
	var out []any
	for _, e := range some(g,
		[2]any{tree.Map{"name": "data", "persistentVolumeClaim": tree.Map{"claimName": "c"}},
			tree.Map{"name": "data", "mountPath": "/data", "subPath": "x"}},
		[2]any{tree.Map{"name": "secret", "secret": tree.Map{"secretName": "s", "defaultMode": int64(256)}},
			tree.Map{"name": "secret", "mountPath": "/secret", "readOnly": true}},
		[2]any{tree.Map{"name": "big", "emptyDir": tree.Map{"medium": "Memory", "sizeLimit": "1.5Gi"}},
			tree.Map{"name": "big", "mountPath": pick(g, "/tmp", "/opt/flink/log", "/big")}},
		[2]any{tree.Map{"name": "all",
			"projected": tree.Map{"sources": []any{tree.Map{"configMap": tree.Map{"name": "m"}}, podinfo}}},
			tree.Map{"name": "all", "mountPath": "/all"}},
	) {
		pair := e.([2]any)
		out = append(out, tree.Map{"name": pair[0].(tree.Map)["name"], "volume": pair[0], "volumeMount": pair[1]})
	}
	return out
}

// podTemplate is partial: the rest comes from the generated pod.
func (g *generator) podTemplate(container string) tree.Map {
	flink := tree.Map{"name": container}
	if env := g.env(); len(env) > 0 {
		flink["env"] = env
	}
	g.set(3, flink, nil, "livenessProbe")
	g.set(4, flink, tree.Map{"periodSeconds": int64(7)}, "readinessProbe")
	g.set(4, flink, tree.Map{"preStop": tree.Map{"exec": tree.Map{"command": []any{"sleep", "5"}}}}, "lifecycle")
	g.set(4, flink, "128Gi", "resources", "limits", "memory")
	g.set(4, flink, pick(g, "Always", "IfNotPresent"), "imagePullPolicy")
	spec := tree.Map{}
	containers := []any{flink}
	if g.oneIn(3) {
		containers = append(containers,
			tree.Map{"name": "sidecar", "image": "sidecar:1",
				"ports":        []any{tree.Map{"containerPort": int64(9249), "name": "metrics"}},
				"volumeMounts": []any{tree.Map{"name": "flink-log", "mountPath": "/logs", "readOnly": true}}})
	}
	if g.oneIn(4) {
		spec["initContainers"] = []any{tree.Map{"name": "init", "image": "init", "command": []any{"true"},
			"restartPolicy": pick[any](g, "Always", nil)}}
	}
	spec["containers"] = containers
	g.set(4, spec, int64(g.IntN(600)+6), "terminationGracePeriodSeconds")
	g.set(4, spec, "high", "priorityClassName")
	g.set(5, spec, []any{tree.Map{"ip": "10.0.0.1", "hostnames": []any{"a.example.com"}}}, "hostAliases")
	g.set(5, spec, tree.Map{"options": []any{tree.Map{"name": "ndots", "value": "1"}}}, "dnsConfig")
	g.set(5, spec, g.tolerations(), "tolerations")
	g.set(5, spec, g.affinity(), "affinity")
	g.set(5, spec, nil, "topologySpreadConstraints")
	g.set(5, spec, "mine", "serviceAccountName")
	g.set(5, spec, []any{tree.Map{"name": "flink-tmp", "emptyDir": tree.Map{"sizeLimit": "10Gi"}}}, "volumes")
	t := tree.Map{"spec": spec}
	g.set(3, t, g.labels(), "metadata", "labels")
	g.set(3, t, g.annotations(), "metadata", "annotations")
	return t
}
