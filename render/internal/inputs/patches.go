package inputs

import (
	"strconv"

	"github.com/flinktarget/flinktarget/internal/tree"
)

// patches is a legal patch set for the resource: what an operator of a platform
// writes, in all forms.
func (g *generator) patches() []any {
	g.headless = g.oneIn(4)
	var out []any
	for range g.IntN(5) + 1 {
		if p := g.patch(); p != nil {
			out = append(out, p)
		}
	}
	return out
}

func (g *generator) patch() tree.Map {
	if g.oneIn(4) {
		return g.resourcePatch()
	}
	kind := pick(g, "ConfigMap", "Service", "Workload", "Workload", "Workload", "Workload", "All",
		"PodDisruptionBudget")
	switch kind {
	case "PodDisruptionBudget":
		return g.to(tree.Map{"kind": kind}, "policy/v1", pick[any](g,
			tree.Map{"spec": tree.Map{"maxUnavailable": "50%"}},
			tree.Map{"spec": tree.Map{"unhealthyPodEvictionPolicy": nil}},
			tree.Map{"$patch": "delete"},
		))
	case "ConfigMap":
		return g.to(tree.Map{"kind": "ConfigMap"}, "v1", pick[any](g,
			tree.Map{"data": tree.Map{"hive-site.xml": "<configuration/>\n"}},
			tree.Map{"binaryData": tree.Map{"keystore": "AAEC"}},
			[]any{operation("add", "/data/extra.txt", g.text())},
			tree.Map{"metadata": tree.Map{"labels": g.labels()}, "immutable": true},
		))
	case "Service":
		if g.headless {
			return g.to(tree.Map{"kind": "Service"}, "v1", tree.Map{"spec": tree.Map{"clusterIP": "None"}})
		}
		return g.to(tree.Map{"kind": "Service"}, "v1", pick[any](g,
			tree.Map{"spec": tree.Map{"sessionAffinity": "ClientIP"}},
			tree.Map{"metadata": tree.Map{"annotations": tree.Map{"prometheus.io/scrape": "true"}}},
			// kustomize drops a port without its protocol.
			tree.Map{"spec": tree.Map{"ports": []any{
				tree.Map{"port": int64(8081), "protocol": "TCP", "nodePort": int64(30081)}},
				"type": "LoadBalancer", "externalTrafficPolicy": "Local"}},
			[]any{operation("replace", "/spec/ports/2/targetPort", int64(8081))},
			[]any{operation("add", "/spec/ports/-",
				tree.Map{"name": g.fresh("extra"), "port": int64(100 + g.added), "targetPort": int64(9)})},
		))
	case "All":
		return tree.Map{"target": pick(g, tree.Map{"labelSelector": "system=ververica-platform"},
			tree.Map{"name": ".*"}, tree.Map{"kind": ".*"}),
			"patch": tree.Map{"metadata": tree.Map{"annotations": tree.Map{"platform.example.com/owner": g.text()},
				"labels": g.labels()}}}
	default:
		return g.workloadPatch()
	}
}

// to addresses a patch to a kind, inline where that can be.
func (g *generator) to(target tree.Map, apiVersion string, body any) tree.Map {
	if m, ok := body.(tree.Map); ok && g.oneIn(2) {
		p := tree.Map{"apiVersion": apiVersion, "kind": target["kind"]}
		for k, v := range m {
			p[k] = v
		}
		return p
	}
	return tree.Map{"target": target, "patch": body}
}

// fresh is a name that no other operation adds.
func (g *generator) fresh(name string) string {
	g.added++
	return name + "-" + strconv.Itoa(g.added)
}

func operation(op, path string, value any) tree.Map {
	o := tree.Map{"op": op, "path": path}
	if op != "remove" {
		o["value"] = value
	}
	return o
}

// resourcePatch changes the VVP resource.
func (g *generator) resourcePatch() tree.Map {
	if g.session {
		return tree.Map{"apiVersion": "v1", "kind": "SessionCluster", "spec": pick(g,
			tree.Map{"numberOfTaskManagers": int64(g.IntN(4) + 1)},
			tree.Map{"flinkConfiguration": tree.Map{"web.submit.enable": "false"}},
			tree.Map{"resources": tree.Map{"taskmanager": tree.Map{"memory": "8g"}}},
		)}
	}
	return pick(g,
		operation("add", "/spec/template/spec/flinkConfiguration/state.savepoints.dir", "s3://b/s"),
		operation("add", "/spec/template/spec/parallelism", int64(g.IntN(4)+1)),
		operation("replace", "/spec/template/spec/resources/taskmanager/memory", "8g"),
		tree.Map{"apiVersion": "v1", "kind": "Deployment",
			"spec": tree.Map{"template": tree.Map{"spec": tree.Map{"flinkConfiguration": tree.Map{"pipeline.name": "x",
				"user.key": nil}}}}},
		tree.Map{"apiVersion": "v1", "kind": "Deployment",
			"spec": tree.Map{"template": tree.Map{"spec": tree.Map{
				"kubernetes": tree.Map{"labels": tree.Map{"team": "platform"}}}}}},
		tree.Map{"apiVersion": "v1", "kind": "SessionCluster",
			"spec": tree.Map{"numberOfTaskManagers": int64(3)}}, // of no Deployment's business
	)
}

// workloadPatch changes one of the workloads, or both.
func (g *generator) workloadPatch() tree.Map {
	component := pick(g, "jobmanager", "taskmanager")
	kind, apiVersion := "Deployment", "apps/v1"
	if component == "jobmanager" && !g.session {
		kind, apiVersion = "Job", "batch/v1"
	}
	name := "flink-" + component
	if g.oneIn(5) {
		return tree.Map{"target": tree.Map{"labelSelector": "component=" + component, "kind": "Deployment|Job"},
			"patch": g.workloadOperations()}
	}
	body := g.podPatch(name)
	if kind == "Deployment" && g.oneIn(3) {
		body = pick(g,
			tree.Map{"replicas": g.replicas(component)},
			tree.Map{"minReadySeconds": int64(5), "progressDeadlineSeconds": int64(60)},
			tree.Map{"revisionHistoryLimit": int64(0), "strategy": tree.Map{"type": "Recreate", "rollingUpdate": nil}},
			tree.Map{"strategy": tree.Map{"type": "RollingUpdate",
				"rollingUpdate": tree.Map{"maxSurge": "25%", "maxUnavailable": int64(1)}}},
		)
	}
	if kind == "Job" && g.oneIn(4) {
		body = pick(g,
			tree.Map{"backoffLimit": int64(6), "ttlSecondsAfterFinished": int64(100)},
			tree.Map{"podFailurePolicy": nil, "activeDeadlineSeconds": int64(1000)},
			tree.Map{"suspend": true},
			tree.Map{"podFailurePolicy": nil, "template": tree.Map{"spec": tree.Map{"restartPolicy": "OnFailure"}}},
		)
	}
	target := tree.Map{"kind": kind}
	if kind == "Deployment" {
		target["labelSelector"] = "component=" + component
		return tree.Map{"target": target, "patch": tree.Map{"spec": body}}
	}
	return g.to(target, apiVersion, tree.Map{"spec": body})
}

// replicas: several JobManagers need high availability.
func (g *generator) replicas(component string) int64 {
	if component == "jobmanager" && !g.ha {
		return int64(g.IntN(2))
	}
	return int64(g.IntN(4))
}

// podPatch is a part of a workload's spec with something for its pods.
func (g *generator) podPatch(name string) tree.Map {
	container := func(m tree.Map) tree.Map {
		m["name"] = name
		return tree.Map{"containers": []any{m}}
	}
	legal := tree.Map{"allowPrivilegeEscalation": false, "capabilities": tree.Map{"drop": []any{"ALL"}}}
	spec := pick(g,
		tree.Map{"priorityClassName": "batch", "runtimeClassName": "gvisor"},
		tree.Map{"nodeSelector": tree.Map{"pool": "flink"}, "tolerations": g.tolerations(), "schedulerName": "volcano"},
		tree.Map{"terminationGracePeriodSeconds": int64(g.IntN(600) + 6)},
		tree.Map{"dnsPolicy": "None", "dnsConfig": tree.Map{"nameservers": []any{"10.0.0.10"}}},
		tree.Map{"topologySpreadConstraints": []any{tree.Map{"topologyKey": "topology.kubernetes.io/zone",
			"maxSkew": int64(1), "whenUnsatisfiable": "DoNotSchedule",
			"labelSelector": tree.Map{"matchLabels": tree.Map{"team": "a"}}}}},
		tree.Map{"imagePullSecrets": []any{tree.Map{"name": "pull"}}, "automountServiceAccountToken": false,
			"enableServiceLinks": true},
		tree.Map{"securityContext": tree.Map{"fsGroupChangePolicy": "OnRootMismatch", "runAsUser": int64(1234)}},
		tree.Map{"volumes": []any{tree.Map{"name": "flink-tmp", "emptyDir": nil,
			"ephemeral": tree.Map{"volumeClaimTemplate": tree.Map{"spec": tree.Map{
				"accessModes": []any{"ReadWriteOnce"},
				"resources":   tree.Map{"requests": tree.Map{"storage": "10Gi"}}}}}}}},
		container(tree.Map{"env": []any{tree.Map{"name": "PATCHED", "value": g.text()}},
			"envFrom": []any{tree.Map{"secretRef": tree.Map{"name": "s"}}}}),
		container(tree.Map{"imagePullPolicy": "Always",
			"image": "registry.example.com/" +
				"flink@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"}),
		container(tree.Map{"resources": tree.Map{"limits": tree.Map{"memory": "128Gi", "ephemeral-storage": "10Gi"},
			"requests": tree.Map{"cpu": "10m"}}}),
		container(tree.Map{"livenessProbe": nil, "startupProbe": tree.Map{"failureThreshold": int64(120)}}),
		container(tree.Map{"readinessProbe": tree.Map{"httpGet": nil, "tcpSocket": nil,
			"exec": tree.Map{"command": []any{"true"}}}}),
		container(tree.Map{"ports": []any{tree.Map{"containerPort": int64(9249), "name": "prom", "protocol": "TCP"}}}),
		container(tree.Map{"securityContext": tree.Map{"readOnlyRootFilesystem": true},
			"lifecycle": tree.Map{"preStop": tree.Map{"exec": nil, "sleep": tree.Map{"seconds": int64(5)}}}}),
	)
	if g.oneIn(6) {
		spec["volumes"] = []any{tree.Map{"name": "patched",
			"configMap": tree.Map{"name": "theirs", "optional": true,
				"items": []any{tree.Map{"key": "a", "path": "b"}}}}}
		spec["containers"] = []any{tree.Map{"name": "patched", "image": "p", "securityContext": legal,
			"volumeMounts": []any{tree.Map{"name": "patched", "mountPath": "/patched"}}}}
	}
	t := tree.Map{"spec": spec}
	g.set(4, t, g.labels(), "metadata", "labels")
	g.set(4, t, g.annotations(), "metadata", "annotations")
	return tree.Map{"template": t}
}

// workloadOperations are JSON patches that fit every workload.
func (g *generator) workloadOperations() []any {
	const spec = "/spec/template/spec"
	cache := g.fresh("cache")
	return pick(g,
		[]any{operation("add", spec+"/priorityClassName", "high")},
		[]any{operation("add", spec+"/volumes/-", tree.Map{"name": cache, "emptyDir": tree.Map{}}),
			operation("add", spec+"/containers/0/volumeMounts/-", tree.Map{"name": cache, "mountPath": "/" + cache})},
		[]any{operation("add", spec+"/dnsPolicy", "Default"),
			operation("test", spec+"/securityContext/runAsNonRoot", true), operation("remove", spec+"/dnsPolicy", nil)},
		[]any{operation("replace", spec+"/enableServiceLinks", true)},
		[]any{operation("add", "/metadata/annotations", tree.Map{"a": "b"})},
	)
}
