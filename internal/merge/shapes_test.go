package merge_test

// The shapes of the kinds that random cases are made of.

func ids(v ...any) []any { return v }

var (
	labels   = free{[]string{"app", "a.b/c", "tier", "x y"}, word}
	metadata = fields{
		"labels":      labels,
		"annotations": labels,
		"finalizers":  values{"a/x", "b/y", "c/z"},
		"ownerReferences": keyed{keys: []string{"uid"}, ids: ids("u1", "u2"), of: fields{
			"apiVersion": scalar{"v1", "apps/v1"}, "kind": scalar{"ConfigMap", "Deployment"}, "name": word,
			"controller": flag,
		}},
		"generateName": word,
	}
	selector = fields{"matchLabels": labels,
		"matchExpressions": atomic{fields{"key": word, "operator": word, "values": atomic{word}}}}
	resources = fields{
		"limits":   free{[]string{"cpu", "memory"}, quantity},
		"requests": free{[]string{"cpu", "memory"}, quantity},
	}
	probe = fields{
		"httpGet": fields{"path": word, "port": number,
			"httpHeaders": atomic{fields{"name": word, "value": word}}},
		"exec":          fields{"command": atomic{word}},
		"periodSeconds": number,
	}
	security = fields{"runAsUser": number, "privileged": flag,
		"capabilities": fields{"add": atomic{word}, "drop": atomic{word}}}
	env = keyed{keys: []string{"name"}, ids: ids("A", "B", "C"), of: fields{
		"value": word,
		"valueFrom": fields{
			"fieldRef":     fields{"apiVersion": scalar{"v1"}, "fieldPath": word},
			"secretKeyRef": fields{"name": word, "key": word, "optional": flag},
		},
	}}
	container = fields{
		"image": image, "imagePullPolicy": word, "tty": flag,
		"command": atomic{word}, "args": atomic{word},
		"env":     often{env},
		"envFrom": atomic{fields{"prefix": word, "configMapRef": fields{"name": word}}},
		"ports": often{keyed{keys: []string{"containerPort", "protocol"}, ids: ids(int64(53), int64(8081), int64(6123)),
			second: ids("TCP", "UDP"),
			of:     fields{"name": word, "hostPort": number}}},
		"volumeMounts": often{keyed{keys: []string{"mountPath"}, ids: ids("/a", "/b", "/c"),
			of: fields{"name": word, "readOnly": flag, "subPath": word}}},
		"volumeDevices": keyed{keys: []string{"devicePath"}, ids: ids("/dev/a", "/dev/b"), of: fields{"name": word}},
		"resources":     resources, "livenessProbe": probe, "securityContext": security,
		"lifecycle": fields{"preStop": fields{"exec": fields{"command": atomic{word}}}},
	}
	containers = keyed{keys: []string{"name"}, ids: ids("main", "side", "init", "x"), of: container}
	pod        = fields{
		"containers": often{containers}, "initContainers": containers,
		"ephemeralContainers": keyed{keys: []string{"name"}, ids: ids("debug"), of: fields{"env": env, "image": image}},
		"volumes": often{keyed{keys: []string{"name"}, ids: ids("v", "w", "tmp"), of: fields{
			"emptyDir":  fields{"medium": word, "sizeLimit": quantity},
			"configMap": fields{"name": word, "items": atomic{fields{"key": word, "path": word}}},
			"projected": fields{"sources": atomic{fields{"secret": fields{"name": word}}}},
			"ephemeral": fields{"volumeClaimTemplate": fields{"metadata": metadata,
				"spec": fields{"accessModes": atomic{word}}}},
		}}},
		"imagePullSecrets": keyed{keys: []string{"name"}, ids: ids("reg", "reg2"), of: fields{}},
		"hostAliases": keyed{keys: []string{"ip"}, ids: ids("10.0.0.1", "10.0.0.2"),
			of: fields{"hostnames": atomic{word}}},
		"topologySpreadConstraints": keyed{keys: []string{"topologyKey", "whenUnsatisfiable"}, ids: ids("zone", "host"),
			second: ids("DoNotSchedule", "ScheduleAnyway"),
			of:     fields{"maxSkew": number, "labelSelector": selector}},
		"tolerations":     atomic{fields{"key": word, "operator": word, "tolerationSeconds": number}},
		"readinessGates":  atomic{fields{"conditionType": word}},
		"schedulingGates": atomic{fields{"name": word}},
		"nodeSelector":    labels, "securityContext": security,
		"affinity": fields{"nodeAffinity": fields{"preferredDuringSchedulingIgnoredDuringExecution": atomic{
			fields{"weight": number, "preference": fields{"matchFields": atomic{word}}}}}},
		"hostNetwork": flag, "restartPolicy": word, "terminationGracePeriodSeconds": number,
		"dnsConfig": fields{"nameservers": atomic{word}, "options": atomic{fields{"name": word}}},
		"overhead":  free{[]string{"cpu"}, quantity},
	}
	template   = fields{"metadata": metadata, "spec": often{pod}}
	conditions = keyed{keys: []string{"type"}, ids: ids("Available", "Progressing"),
		of: fields{"status": word, "reason": word}}
	workload = fields{
		"metadata": metadata,
		"spec": often{fields{
			"replicas": number, "selector": selector, "template": often{template}, "minReadySeconds": number,
			"strategy": fields{"type": word,
				"rollingUpdate": fields{"maxSurge": number, "maxUnavailable": number}},
			"volumeClaimTemplates": atomic{fields{"metadata": metadata, "spec": fields{"accessModes": atomic{word}}}},
			"parallelism":          number, "backoffLimit": number,
		}},
		"status": fields{"replicas": number, "conditions": conditions},
	}
	// A custom resource has no merged lists.
	custom = fields{
		"metadata": fields{"labels": labels, "finalizers": atomic{word}},
		"spec": often{fields{
			"flinkConfiguration": free{[]string{"a.b", "c"}, other},
			"jobs":               atomic{fields{"name": word, "list": atomic{number}}},
			"nested":             fields{"deep": fields{"er": free{[]string{"a", "b"}, number}, "list": atomic{other}}},
		}},
	}
)

type kindShape struct {
	apiVersion, kind string
	shape            shape
}

var kindShapes = []kindShape{
	{"apps/v1", "Deployment", workload},
	{"batch/v1", "Job", workload},
	{"v1", "Service", fields{"metadata": metadata, "spec": often{fields{
		"ports": often{keyed{keys: []string{"port", "protocol"}, ids: ids(int64(53), int64(8081)),
			second: ids("TCP", "UDP"), of: fields{"name": word, "targetPort": number}}},
		"selector": labels, "type": word, "externalIPs": atomic{word}, "publishNotReadyAddresses": flag,
	}}}},
	{"v1", "ConfigMap", fields{"metadata": metadata, "data": labels, "binaryData": labels, "immutable": flag}},
	{"v1", "ServiceAccount",
		fields{"metadata": metadata,
			"secrets":          keyed{keys: []string{"name"}, ids: ids("s1", "s2"), of: fields{"namespace": word}},
			"imagePullSecrets": atomic{fields{"name": word}}, "automountServiceAccountToken": flag}},
	{"v1", "Namespace", fields{"metadata": metadata, "spec": fields{"finalizers": atomic{word}}}},
	{"policy/v1", "PodDisruptionBudget",
		fields{"metadata": metadata, "spec": fields{"minAvailable": number, "selector": selector}}},
	{"rbac.authorization.k8s.io/v1", "Role",
		fields{"metadata": metadata, "rules": atomic{fields{"verbs": atomic{word}, "resources": atomic{word}}}}},
	{"rbac.authorization.k8s.io/v1", "RoleBinding",
		fields{"metadata": metadata, "roleRef": fields{"kind": word, "name": word},
			"subjects": atomic{scalar{map[string]any{"kind": "User", "name": "u"},
				map[string]any{"kind": "ServiceAccount", "name": "s"}}}}},
	{"autoscaling/v2", "HorizontalPodAutoscaler",
		fields{"metadata": fields{"labels": labels, "annotations": labels}, // kustomize has no schema of the lists
			"spec": fields{"maxReplicas": number, "metrics": atomic{fields{"type": word}}}}},
	{"flink.apache.org/v1beta1", "FlinkDeployment", custom},
	{"example.com/v1", "Custom", custom},
}
