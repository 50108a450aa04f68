package verify_test

import (
	"fmt"
	"strings"
)

// Entries of a patch set, for the objects of withEverything.
func toObject(kind, patch string) string {
	return "{target: {kind: " + kind + "}, patch: " + patch + "}"
}
func toService(spec string) string    { return toObject("Service", "{spec: {"+spec+"}}") }
func toJob(spec string) string        { return toObject("Job", "{spec: {"+spec+"}}") }
func toDeployment(spec string) string { return toObject("Deployment", "{spec: {"+spec+"}}") }
func toBudget(spec string) string     { return toObject("PodDisruptionBudget", "{spec: {"+spec+"}}") }
func toIngress(spec string) string    { return toObject("Ingress", "{spec: {"+spec+"}}") }
func toBackend(backend string) string {
	return toIngress("rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {" + backend + "}}]}}]")
}
func toScaler(spec string) string { return toObject("HorizontalPodAutoscaler", "{spec: {"+spec+"}}") }
func toMetric(metric string) string {
	return toScaler("metrics: [{" + metric + "}]")
}

func toTarget(target string) string {
	return toFlinkMetric("name: cpu, container: flink-taskmanager, target: {" + target + "}")
}

func toPolicy(rule string) string {
	return toObject("NetworkPolicy", "[{op: add, path: /spec/ingress/-, value: {"+rule+"}}]")
}

func toFile(file string) string { return toVolume("downwardAPI: {items: [{" + file + "}]}") }

func toFlinkMetric(metric string) string {
	return toMetric("type: ContainerResource, containerResource: {" + metric + "}")
}
func toPod(spec string) string    { return toJob("template: {spec: {" + spec + "}}") }
func toContainer(s string) string { return toPod("containers: [{name: flink-jobmanager, " + s + "}]") }
func toEnv(valueFrom string) string {
	return toContainer("env: [{name: V, valueFrom: {" + valueFrom + "}}]")
}
func toVolume(source string) string { return toPod("volumes: [{name: v, " + source + "}]") }
func toMount(mount string) string {
	return toContainer("volumeMounts: [{name: flink-tmp, mountPath: /m, " + mount + "}]")
}

// operate is a JSON patch of one operation, for what a merge cannot say.
func operate(kind, op, path, value string) string {
	if op != "remove" {
		value = ", value: " + value
	}
	return toObject(kind, "[{op: "+op+", path: "+path+value+"}]")
}

const jobPod = "/spec/template/spec"

func toRules(rule string) string {
	return operate("Job", "replace", "/spec/podFailurePolicy/rules", "["+rule+"]")
}

func affinity(kind, text string) string { return toPod("affinity: {" + kind + ": {" + text + "}}") }
func required(text string) string {
	return "requiredDuringSchedulingIgnoredDuringExecution: " + text
}
func preferred(text string) string {
	return "preferredDuringSchedulingIgnoredDuringExecution: " + text
}
func nodeTerm(expression string) string {
	return affinity("nodeAffinity", required("{nodeSelectorTerms: [{matchExpressions: [{"+expression+"}]}]}"))
}
func podTerm(term string) string { return affinity("podAffinity", required("[{"+term+"}]")) }
func spreadBy(constraint string) string {
	return toPod("topologySpreadConstraints: [{" + constraint + "}]")
}

// podRules have a patch for each rule about pods that it breaks.
var podRules = map[string]string{
	"ObjectMeta.labels":                     toObject("Service", "{metadata: {labels: {a b: c}}}"),
	"ObjectMeta.annotations":                toObject("Service", "{metadata: {annotations: {a b: c}}}"),
	"PodSpec needs containers":              operate("Job", "replace", jobPod+"/containers", "[]"),
	"PodSpec.activeDeadlineSeconds":         toPod("activeDeadlineSeconds: 0"),
	"PodSpec.hostname":                      toPod("hostname: a_b"),
	"PodSpec.nodeSelector":                  toPod("nodeSelector: {a b: c}"),
	"PodSpec.priorityClassName":             toPod("priorityClassName: High"),
	"PodSpec.runtimeClassName":              toPod("runtimeClassName: g_visor"),
	"PodSpec.serviceAccountName":            toPod("serviceAccountName: Flink"),
	"PodSpec.subdomain":                     toPod("subdomain: a.b"),
	"PodSpec.terminationGracePeriodSeconds": toPod("terminationGracePeriodSeconds: -1"),

	"PodSecurityContext.fsGroup":    toPod("securityContext: {fsGroup: -1}"),
	"PodSecurityContext.runAsGroup": toPod("securityContext: {runAsGroup: -1}"),
	"PodSecurityContext.runAsUser":  toPod("securityContext: {runAsUser: 2147483648}"),
	"SeccompProfile needs type":     toContainer("securityContext: {seccompProfile: {}}"),
	"AppArmorProfile needs type":    toContainer("securityContext: {appArmorProfile: {}}"),
	"SecurityContext.runAsGroup":    toContainer("securityContext: {runAsGroup: -1}"),
	"SecurityContext.runAsUser":     toContainer("securityContext: {runAsUser: -1}"),

	"Toleration.key":   toPod("tolerations: [{operator: Exists, key: a b}]"),
	"Toleration.value": toPod("tolerations: [{key: a, value: b c}]"),

	"NodeSelector needs nodeSelectorTerms":     affinity("nodeAffinity", required("{nodeSelectorTerms: []}")),
	"NodeSelectorRequirement needs key":        nodeTerm("operator: Exists"),
	"NodeSelectorRequirement needs operator":   nodeTerm("key: a"),
	"NodeSelectorRequirement.key":              nodeTerm("key: a b, operator: Exists"),
	"PreferredSchedulingTerm needs preference": affinity("nodeAffinity", preferred("[{weight: 1}]")),
	"PreferredSchedulingTerm needs weight": affinity(
		"nodeAffinity", preferred("[{preference: {matchExpressions: [{key: a, operator: Exists}]}}]"),
	),
	"PreferredSchedulingTerm.weight": affinity(
		"nodeAffinity", preferred("[{weight: 101, preference: {matchExpressions: [{key: a, operator: Exists}]}}]"),
	),
	"PodAffinityTerm needs topologyKey": podTerm("labelSelector: {matchLabels: {a: b}}"),
	"PodAffinityTerm.topologyKey": podTerm(
		"topologyKey: a b, labelSelector: {matchLabels: {a: b}}",
	),
	"WeightedPodAffinityTerm needs podAffinityTerm": affinity("podAffinity", preferred("[{weight: 1}]")),
	"WeightedPodAffinityTerm needs weight": affinity(
		"podAffinity", preferred("[{podAffinityTerm: {topologyKey: a}}]"),
	),
	"WeightedPodAffinityTerm.weight": affinity(
		"podAffinity", preferred("[{weight: 0, podAffinityTerm: {topologyKey: a}}]"),
	),
	"LabelSelector.matchLabels": podTerm(
		"topologyKey: a, labelSelector: {matchLabels: {a: b c}}",
	),
	"LabelSelectorRequirement needs key": podTerm(
		"topologyKey: a, labelSelector: {matchExpressions: [{operator: Exists}]}",
	),
	"LabelSelectorRequirement needs operator": podTerm(
		"topologyKey: a, labelSelector: {matchExpressions: [{key: a}]}",
	),
	"TopologySpreadConstraint needs maxSkew": spreadBy("topologyKey: a, whenUnsatisfiable: DoNotSchedule"),
	"TopologySpreadConstraint needs topologyKey": operate(
		"Job", "add", jobPod+"/topologySpreadConstraints", "[{maxSkew: 1, whenUnsatisfiable: DoNotSchedule}]",
	),
	"TopologySpreadConstraint.maxSkew": spreadBy(
		"topologyKey: a, whenUnsatisfiable: DoNotSchedule, maxSkew: 0",
	),
	"TopologySpreadConstraint needs whenUnsatisfiable": operate(
		"Job", "add", jobPod+"/topologySpreadConstraints", "[{maxSkew: 1, topologyKey: a}]",
	),
}

// volumeRules are about volumes and where they are mounted.
var volumeRules = map[string]string{
	"Volume needs name": operate("Job", "add", jobPod+"/volumes/-", "{emptyDir: {}}"),
	"Volume.name":       toPod("volumes: [{name: a.b, emptyDir: {}}]"),
	"VolumeMount needs mountPath": operate(
		"Job", "add", jobPod+"/containers/0/volumeMounts/-", "{name: flink-tmp}",
	),
	"VolumeMount needs name": operate(
		"Job", "add", jobPod+"/containers/0/volumeMounts/-", "{mountPath: /m}",
	),
	"VolumeMount has at most one of several":            toMount("subPath: a, subPathExpr: b"),
	"VolumeMount.subPath":                               toMount("subPath: ../a"),
	"VolumeMount.subPathExpr":                           toMount("subPathExpr: /a"),
	"EmptyDirVolumeSource.sizeLimit":                    toVolume("emptyDir: {sizeLimit: '-1'}"),
	"EphemeralVolumeSource needs volumeClaimTemplate":   toVolume("ephemeral: {}"),
	"CSIVolumeSource needs driver":                      toVolume("csi: {readOnly: true}"),
	"NFSVolumeSource needs path":                        toVolume("nfs: {server: s}"),
	"NFSVolumeSource needs server":                      toVolume("nfs: {path: /p}"),
	"HostPathVolumeSource needs path":                   toVolume("hostPath: {type: Directory}"),
	"PersistentVolumeClaimVolumeSource needs claimName": toVolume("persistentVolumeClaim: {readOnly: true}"),
	"ConfigMapVolumeSource needs name":                  toVolume("configMap: {optional: true}"),
	"ConfigMapVolumeSource.defaultMode":                 toVolume("configMap: {name: c, defaultMode: 512}"),
	"SecretVolumeSource needs secretName":               toVolume("secret: {optional: true}"),
	"SecretVolumeSource.defaultMode":                    toVolume("secret: {secretName: s, defaultMode: -1}"),
	"ProjectedVolumeSource.defaultMode":                 toVolume("projected: {sources: [], defaultMode: -1}"),
	"VolumeProjection has at most one of several": toVolume(
		"projected: {sources: [{secret: {name: s}, configMap: {name: c}}]}",
	),
	"SecretProjection needs name": toVolume("projected: {sources: [{secret: {optional: true}}]}"),
	"ConfigMapProjection needs name": toVolume(
		"projected: {sources: [{configMap: {optional: true}}]}",
	),
	"KeyToPath needs key":  toVolume("secret: {secretName: s, items: [{path: p}]}"),
	"KeyToPath needs path": toVolume("secret: {secretName: s, items: [{key: k}]}"),
	"KeyToPath.mode": toVolume(
		"secret: {secretName: s, items: [{key: k, path: p, mode: 512}]}",
	),
	"KeyToPath.path": toVolume(
		"secret: {secretName: s, items: [{key: k, path: ../p}]}",
	),
}

// enumRules are about fields whose values are those of the API.
var enumRules = map[string]string{
	"PodSpec.dnsPolicy":                      toPod("dnsPolicy: Mine"),
	"PodSecurityContext.fsGroupChangePolicy": toPod("securityContext: {fsGroupChangePolicy: Never}"),
	"SeccompProfile.type":                    toPod("securityContext: {seccompProfile: {type: Default}}"),
	"AppArmorProfile.type":                   toPod("securityContext: {appArmorProfile: {type: Default}}"),
	"Toleration.effect":                      toPod("tolerations: [{operator: Exists, effect: Never}]"),
	"Toleration.operator":                    toPod("tolerations: [{operator: In, key: a}]"),
	"NodeSelectorRequirement.operator":       nodeTerm("key: a, operator: Equal"),
	"LabelSelectorRequirement.operator": podTerm(
		"topologyKey: a, labelSelector: {matchExpressions: [{key: a, operator: Gt}]}",
	),
	"TopologySpreadConstraint.whenUnsatisfiable": spreadBy(
		"topologyKey: a, whenUnsatisfiable: Never, maxSkew: 1",
	),
	"Container.imagePullPolicy":          toContainer("imagePullPolicy: Sometimes"),
	"Container.restartPolicy":            toContainer("restartPolicy: Sometimes"),
	"Container.terminationMessagePolicy": toContainer("terminationMessagePolicy: Log"),
	"ContainerPort.protocol":             toContainer("ports: [{containerPort: 1, protocol: HTTP}]"),
	"ContainerResizePolicy.restartPolicy": toContainer(
		"resizePolicy: [{resourceName: cpu, restartPolicy: Never}]",
	),
	"HTTPGetAction.scheme":    toContainer("readinessProbe: {httpGet: {scheme: https}}"),
	"DeploymentStrategy.type": toDeployment("strategy: {type: Rolling}"),
	"PodFailurePolicyRule.action": toRules(
		"{action: Fail, onPodConditions: [{type: A, status: 'True'}]}",
	),
	"PodDisruptionBudgetSpec.unhealthyPodEvictionPolicy": toBudget("unhealthyPodEvictionPolicy: Never"),
	"ServicePort.protocol":                               operate("Service", "replace", "/spec/ports/0/protocol", "HTTP"),
	"PodDisruptionBudgetSpec.unhealthyPodEvictionPolicy, which is a pointer": toBudget(
		"unhealthyPodEvictionPolicy: ''",
	),
	"VolumeMount.mountPropagation": toMount("mountPropagation: Sometimes"),
}

// containerRules are about containers.
var containerRules = map[string]string{
	"SecretEnvSource needs name":    toContainer("envFrom: [{secretRef: {optional: true}}]"),
	"ConfigMapEnvSource needs name": toContainer("envFrom: [{configMapRef: {optional: true}}]"),
	"Container needs name":          operate("Job", "add", jobPod+"/containers/-", "{image: i}"),
	"Container.name":                toPod("containers: [{name: a.b, image: i}]"),
	"Container.image":               toContainer("image: ' i'"),
	"ContainerPort needs containerPort": operate(
		"Job", "add", jobPod+"/containers/0/ports/-", "{name: p}",
	),
	"ContainerPort.containerPort": toContainer("ports: [{containerPort: 65536}]"),
	"ContainerPort.hostPort":      toContainer("ports: [{containerPort: 1, hostPort: 65536}]"),
	"ContainerPort.name": toContainer(
		"ports: [{containerPort: 1, name: more-than-15-chars}]",
	),
	"EnvVar needs name": operate(
		"Job", "add", jobPod+"/containers/0/env/-", "{value: v}",
	),
	"EnvVar.name": toContainer("env: [{name: a=b}]"),
	"EnvVarSource has at least one of several": toContainer("env: [{name: V, valueFrom: {}}]"),
	"EnvVarSource has at most one of several": toEnv(
		"fieldRef: {fieldPath: metadata.name}, secretKeyRef: {name: s, key: k}",
	),
	"EnvFromSource has at least one of several": toContainer("envFrom: [{prefix: P_}]"),
	"EnvFromSource has at most one of several": toContainer(
		"envFrom: [{secretRef: {name: s}, configMapRef: {name: c}}]",
	),
	"ContainerResizePolicy.resourceName": toContainer(
		"resizePolicy: [{resourceName: disk, restartPolicy: NotRequired}]",
	),
	"DownwardAPIVolumeFile needs path":                  toFile("fieldRef: {fieldPath: metadata.uid}"),
	"DownwardAPIVolumeFile has at least one of several": toFile("path: a"),
	"DownwardAPIVolumeFile has at most one of several": toFile(
		"path: a, fieldRef: {fieldPath: metadata.uid}, resourceFieldRef: {resource: limits.cpu, " +
			"containerName: flink-jobmanager}",
	),
	"DownwardAPIVolumeFile.path": toFile("path: ../a, fieldRef: {fieldPath: metadata.uid}"),
	"ContainerResizePolicy needs resourceName": operate(
		"Job", "add", jobPod+"/containers/0/resizePolicy", "[{restartPolicy: NotRequired}]",
	),
	"ContainerResizePolicy needs restartPolicy": operate(
		"Job", "add", jobPod+"/containers/0/resizePolicy", "[{resourceName: cpu}]",
	),
	"EnvFromSource.prefix":                 toContainer("envFrom: [{prefix: a=, secretRef: {name: s}}]"),
	"ObjectFieldSelector needs fieldPath":  toEnv("fieldRef: {apiVersion: v1}"),
	"ResourceFieldSelector needs resource": toEnv("resourceFieldRef: {divisor: 1}"),
	"SecretKeySelector needs key":          toEnv("secretKeyRef: {name: s}"),
	"SecretKeySelector needs name":         toEnv("secretKeyRef: {key: k}"),
	"SecretKeySelector.key":                toEnv("secretKeyRef: {name: s, key: k k}"),
	"SecretKeySelector.name":               toEnv("secretKeyRef: {name: S, key: k}"),
	"ConfigMapKeySelector needs key":       toEnv("configMapKeyRef: {name: c}"),
	"ConfigMapKeySelector needs name":      toEnv("configMapKeyRef: {key: k}"),
	"ConfigMapKeySelector.key":             toEnv("configMapKeyRef: {name: c, key: k k}"),
	"ConfigMapKeySelector.name":            toEnv("configMapKeyRef: {name: C, key: k}"),
	"Probe has at least one of several":    toContainer("livenessProbe: {tcpSocket: null}"),
	"Probe has at most one of several":     toContainer("livenessProbe: {exec: {command: [a]}}"),
	"Probe.failureThreshold":               toContainer("livenessProbe: {failureThreshold: -1}"),
	"Probe.initialDelaySeconds":            toContainer("livenessProbe: {initialDelaySeconds: -1}"),
	"Probe.periodSeconds":                  toContainer("livenessProbe: {periodSeconds: -1}"),
	"Probe.successThreshold":               toContainer("readinessProbe: {successThreshold: -1}"),
	"Probe.terminationGracePeriodSeconds": toContainer(
		"livenessProbe: {terminationGracePeriodSeconds: 0}",
	),
	"Probe.timeoutSeconds":     toContainer("livenessProbe: {timeoutSeconds: -1}"),
	"HTTPGetAction needs port": toContainer("readinessProbe: {httpGet: {port: null}}"),
	"HTTPGetAction.port":       toContainer("readinessProbe: {httpGet: {port: 0}}"),
	"HTTPHeader needs name": toContainer(
		"readinessProbe: {httpGet: {httpHeaders: [{value: v}]}}",
	),
	"HTTPHeader.name": toContainer(
		"readinessProbe: {httpGet: {httpHeaders: [{name: a/b, value: v}]}}",
	),
	"TCPSocketAction needs port": toContainer("livenessProbe: {tcpSocket: {port: null}}"),
	"TCPSocketAction.port":       toContainer("livenessProbe: {tcpSocket: {port: 65536}}"),
	"GRPCAction needs port": toContainer(
		"livenessProbe: {tcpSocket: null, grpc: {service: s}}",
	),
	"GRPCAction.port": toContainer(
		"livenessProbe: {tcpSocket: null, grpc: {port: 0}}",
	),
	"ExecAction needs command": toContainer(
		"livenessProbe: {tcpSocket: null, exec: {command: []}}",
	),
	"LifecycleHandler has at least one of several": toContainer("lifecycle: {preStop: {}}"),
	"LifecycleHandler has at most one of several": toContainer(
		"lifecycle: {preStop: {sleep: {seconds: 1}, exec: {command: [a]}}}",
	),
	"SleepAction needs seconds": toContainer("lifecycle: {preStop: {sleep: {}}}"),
	"SleepAction.seconds":       toContainer("lifecycle: {preStop: {sleep: {seconds: -1}}}"),
}

// objectRules are about everything else.
var objectRules = map[string]string{
	"DeploymentSpec.minReadySeconds":         toDeployment("minReadySeconds: -1"),
	"DeploymentSpec.progressDeadlineSeconds": toDeployment("progressDeadlineSeconds: 0"),
	"DeploymentSpec.replicas":                toDeployment("replicas: -1"),
	"DeploymentSpec.revisionHistoryLimit":    toDeployment("revisionHistoryLimit: -1"),
	"RollingUpdateDeployment.maxSurge":       toDeployment("strategy: {rollingUpdate: {maxSurge: some}}"),
	"RollingUpdateDeployment.maxUnavailable": toDeployment("strategy: {rollingUpdate: {maxUnavailable: -1}}"),

	"PodFailurePolicyRule needs action":                toRules("{onPodConditions: [{type: A, status: 'True'}]}"),
	"PodFailurePolicyRule has at least one of several": toRules("{action: Ignore}"),
	"PodFailurePolicyRule has at most one of several": toRules(
		"{action: Ignore, onPodConditions: [{type: A, status: 'True'}], onExitCodes: {operator: In, values: [1]}}",
	),
	"JobSpec.activeDeadlineSeconds":   toJob("activeDeadlineSeconds: 0"),
	"JobSpec.backoffLimit":            toJob("backoffLimit: -1"),
	"JobSpec.completions":             toJob("completions: 2"),
	"JobSpec.parallelism":             toJob("parallelism: 2"),
	"JobSpec.ttlSecondsAfterFinished": toJob("ttlSecondsAfterFinished: -1"),

	"HTTPIngressRuleValue needs paths": toIngress("rules: [{http: {paths: []}}]"),
	"HTTPIngressPath.pathType": toIngress(
		"rules: [{http: {paths: [{path: /, pathType: Regex, backend: {service: {name: a, port: {number: 1}}}}]}}]"),
	"HTTPIngressPath needs pathType":                     toIngress("rules: [{http: {paths: [{path: /, backend: {service: {name: a, port: {number: 1}}}}]}}]"),
	"HTTPIngressPath needs backend":                      toIngress("rules: [{http: {paths: [{path: /, pathType: Prefix}]}}]"),
	"IngressBackend has at least one of several":         toBackend(""),
	"IngressBackend has at most one of several":          toBackend("service: {name: a, port: {number: 1}}, resource: {kind: A, name: a}"),
	"IngressServiceBackend needs name":                   toBackend("service: {port: {number: 1}}"),
	"IngressServiceBackend needs port":                   toBackend("service: {name: a}"),
	"ServiceBackendPort has at least one of several":     toBackend("service: {name: a, port: {number: null, name: ''}}"),
	"ServiceBackendPort has at most one of several":      toBackend("service: {name: a, port: {number: 1, name: a}}"),
	"MetricSpec needs type":                              toMetric("resource: {name: cpu, target: {type: Utilization, averageUtilization: 1}}"),
	"MetricSpec has at least one of several":             toMetric("type: Resource"),
	"MetricSpec has at most one of several":              toMetric("type: Resource, resource: {name: cpu, target: {type: Value}}, pods: {metric: {name: a}, target: {type: Value}}"),
	"ContainerResourceMetricSource needs name":           toFlinkMetric("container: flink-taskmanager, target: {type: Utilization}"),
	"ContainerResourceMetricSource needs container":      toFlinkMetric("name: cpu, target: {type: Utilization}"),
	"MetricTarget needs type":                            toTarget("averageUtilization: 1"),
	"MetricTarget has at least one of several":           toTarget("type: Utilization"),
	"MetricTarget has at most one of several":            toTarget("type: Utilization, averageUtilization: 1, averageValue: 1"),
	"NetworkPolicyPort.port":                             toPolicy("ports: [{port: 0}, {port: N O}]"),
	"NetworkPolicyPeer has at most one of several":       toPolicy("from: [{podSelector: {}, ipBlock: {cidr: 10.0.0.0/8}}]"),
	"IPBlock needs cidr":                                 toPolicy("from: [{ipBlock: {except: [10.0.0.0/16]}}]"),
	"HorizontalPodAutoscalerSpec needs maxReplicas":      toScaler("maxReplicas: null"),
	"HorizontalPodAutoscalerSpec.maxReplicas":            toScaler("maxReplicas: 0"),
	"HorizontalPodAutoscalerSpec.minReplicas":            toScaler("minReplicas: 0"),
	"PodDisruptionBudgetSpec has at most one of several": toBudget("minAvailable: 1"),
	"PodDisruptionBudgetSpec.maxUnavailable":             toBudget("maxUnavailable: -1"),
	"PodDisruptionBudgetSpec.minAvailable":               toBudget("maxUnavailable: null, minAvailable: most"),

	"ServicePort needs port": operate("Service", "add", "/spec/ports/-", "{name: p}"),
	"ServicePort.name":       toService("ports: [{port: 8081, name: a.b}]"),
	"ServicePort.port":       toService("ports: [{port: 65536, name: p, targetPort: 1}]"),
	"ServicePort.targetPort": toService("ports: [{port: 8081, targetPort: 65536}]"),
}

// verifications are about what fields and objects say of each other.
func verifications() map[string]string {
	const config = "job-" + jobID + "-flink-config"
	return map[string]string{
		"a Service of one port more than it can tell apart": operate(
			"Service", "add", "/spec/ports/-", "{port: 9, targetPort: 9}",
		),
		"one of two ports without a name": operate(
			"Service", "replace", "/spec/ports", "[{port: 8081, name: rest, targetPort: 8081}, {port: 9, "+
				"targetPort: 9}]",
		),
		"two ports of one name": toService("ports: [{port: 9, name: rest, targetPort: 9}]"),
		"two ports of one number": operate(
			"Service", "add", "/spec/ports/-", "{port: 8081, name: again, protocol: TCP}",
		),
		"two ports of one number, of which one does not say that it is of TCP": operate(
			"Service", "add", "/spec/ports/-", "{port: 8081, name: again}",
		),
		"a port that the pods do not have": toService(
			"ports: [{port: 9, name: profiler, targetPort: profiler}]",
		),
		"an Ingress to no Service of this set":     toBackend("service: {name: job-" + jobID + "-x, port: {name: rest}}"),
		"an Ingress to a port that is not there":   toBackend("service: {name: job-" + jobID + "-jobmanager, port: {number: 80}}"),
		"a default backend with another port":      toIngress("defaultBackend: {service: {name: job-" + jobID + "-jobmanager, port: {name: a}}}"),
		"fewer TaskManagers at most than at least": toScaler("minReplicas: 5"),
		"a metric of no container":                 toFlinkMetric("name: cpu, container: flink, target: {type: Utilization}"),
		"a metric of what is not requested":        toFlinkMetric("name: ephemeral-storage, container: flink-taskmanager, target: {type: Utilization}"),
		"a policy that closes Flink's ports":       toObject("NetworkPolicy", "{spec: {ingress: [{ports: [{port: 8081}]}]}}"),
		"a PodMonitor's port that the pods do not have": toObject("PodMonitor",
			"{spec: {podMetricsEndpoints: [{port: metrics}, {port: prometheus}, {targetPort: 9}]}}"),
		"no ports": toService(
			"ports: [{$patch: delete, port: 6123}, {$patch: delete, port: 6124}, {$patch: delete, port: 8081}]",
		),
		"two containers of one name": operate(
			"Job", "add", jobPod+"/containers/-", "{name: flink-jobmanager, image: i}",
		),
		"an init container of a container's name": toPod(
			"initContainers: [{name: flink-jobmanager, image: i}]",
		),
		"a container of another component": toObject(
			"Job", "{spec: {template: {spec: {containers: [{name: flink-taskmanager, tty: true}]}}}}",
		),
		"an image that has Flink elsewhere": toPod(
			"containers: [{name: flink-jobmanager, image: registry.ververica.com/v2.15/flink:1.20.1-stream1}]",
		),
		"another tool's name of Flink's container": toObject(
			"Job", "{spec: {template: {spec: {containers: [{name: flink-main-container, tty: true}]}}}}",
		),
		"a field of a pod that no variable has": toEnv("fieldRef: {fieldPath: spec.image}"),
		"letters before a field of a pod":       toEnv("fieldRef: {fieldPath: xmetadata.uid}"),
		"and behind it":                         toEnv("fieldRef: {fieldPath: metadata.uidx}"),
		"a label without a name":                toEnv("fieldRef: {fieldPath: \"metadata.labels['']\"}"),
		"all labels in a variable":              toEnv("fieldRef: {fieldPath: metadata.labels}"),
		"all annotations in a variable":         toEnv("fieldRef: {fieldPath: metadata.annotations}"),
		"a label of a name that is none": toEnv(
			"fieldRef: {fieldPath: \"metadata.labels['a b']\"}",
		),
		"an address of the pod in a file": toFile("path: a, fieldRef: {fieldPath: status.podIP}"),
		"an address of the pod in a projected file": toVolume(
			"projected: {sources: [{downwardAPI: {items: [{path: a, fieldRef: {fieldPath: spec.nodeName}}]}}]}",
		),
		"two projected files of one path": toVolume(
			"projected: {sources: [{secret: {name: s, items: [{key: k, path: a}]}}, " +
				"{downwardAPI: {items: [{path: a, fieldRef: {fieldPath: metadata.uid}}]}}]}",
		),
		"a limit in a file, of no container": toFile(
			"path: a, resourceFieldRef: {resource: limits.cpu}",
		),
		"a restart to resize what is not started again": toContainer(
			"resizePolicy: [{resourceName: memory, restartPolicy: RestartContainer}]",
		),
		"a restart of a sidecar of the Job": toPod(
			"initContainers: [{name: i, image: i, restartPolicy: Always, resizePolicy: [{resourceName: cpu, " +
				"restartPolicy: RestartContainer}]}]",
		),
		"two ways to resize one resource": operate(
			"Job", "add", jobPod+"/containers/0/resizePolicy", "[{resourceName: cpu, restartPolicy: NotRequired}, "+
				"{resourceName: cpu, restartPolicy: NotRequired}]",
		),
		"a part of what has no parts": toEnv("fieldRef: {fieldPath: \"metadata.name['a']\"}"),
		"a probe for an init container": toPod(
			"initContainers: [{name: i, image: i, livenessProbe: {exec: {command: [a]}}}]",
		),
		"no Flink": toPod(
			"containers: [{name: flink-jobmanager, $patch: delete}, {name: other, image: i}]",
		),
		"a container whose name is empty": operate(
			"Job", "add", jobPod+"/containers/-", "{name: '', image: i}",
		),
		"two volumes of one name": operate(
			"Job", "add", jobPod+"/volumes/-", "{name: flink-tmp, emptyDir: {}}",
		),
		"two sources of one volume": toPod(
			"volumes: [{name: flink-tmp, hostPath: {path: /tmp}}]",
		),
		"a mount of no volume": toContainer(
			"volumeMounts: [{name: theirs, mountPath: /m}]",
		),
		"a volume that is still mounted": toPod("volumes: [{name: flink-tmp, $patch: delete}]"),
		"two mounts at one place": operate(
			"Job", "add", jobPod+"/containers/0/volumeMounts/-", "{name: flink-log, mountPath: /tmp}",
		),
		"two variables of one name": operate(
			"Job", "add", jobPod+"/containers/0/env/-", "{name: POD_IP, value: a}",
		),
		"a variable of two sources":       toContainer("env: [{name: POD_IP, value: a}]"),
		"two container ports of one name": toContainer("ports: [{containerPort: 9, name: rest}]"),
		"a probe of no port": toContainer(
			"ports: [{containerPort: 6123, name: akka}]",
		),
		"the service account is gone": toObject("ServiceAccount", "{$patch: delete}"),
		"the role is gone":            toObject("Role", "{$patch: delete}"),
		"the configuration is gone":   toObject("ConfigMap", "{data: {flink-conf.yaml: null}}"),
		"the configuration is not mounted": toContainer(
			"volumeMounts: [{mountPath: /opt/flink/conf, $patch: delete}]",
		),
		"another volume is mounted over the configuration": toContainer(
			"volumeMounts: [{name: flink-tmp, mountPath: //opt/flink/conf/}]",
		),
		"an empty volume is mounted instead of the configuration": toContainer(
			"volumeMounts: [{name: flink-tmp, mountPath: /opt/flink/conf}]",
		),
		"the volume of the configuration is another": toPod(
			"volumes: [{name: flink-config, configMap: null, persistentVolumeClaim: {claimName: c}}]",
		),
		"the volume of the configuration is another ConfigMap": toPod(
			"volumes: [{name: flink-config, configMap: {name: c}}]",
		),
		"a folder of a plugin stays empty": toContainer(
			"env: [{name: ENABLE_BUILT_IN_PLUGINS, value: flink-s3-fs-hadoop-1.20.5.jar}]",
		),
		"a folder of a plugin stays empty without the variable": toContainer(
			"env: [{name: ENABLE_BUILT_IN_PLUGINS, $patch: delete}]",
		),
		"jars are fetched to where Flink does not look": toPod(
			"volumes: [{name: flink-usrlib, emptyDir: {}}], initContainers: [{name: fetch, image: i, volumeMounts: " +
				"[{name: flink-usrlib, mountPath: /opt/flink/usrlib}]}]",
		),
		"another file is mounted where it would be": toContainer(
			"volumeMounts: [{mountPath: /opt/flink/conf, $patch: delete}, {name: flink-config, " +
				"mountPath: /opt/flink/conf/other, subPath: log4j-console.properties}]",
		),
		"the configuration is mounted elsewhere": toContainer(
			"volumeMounts: [{mountPath: /opt/flink/conf, $patch: delete}, {name: flink-config, " +
				"mountPath: /flink-conf.yaml, subPath: flink-conf.yaml}]",
		),
		"the configuration is called otherwise": toPod(
			"volumes: [{name: first, emptyDir: {}}, {name: flink-config, configMap: {items: [{key: flink-conf.yaml, " +
				"path: flink.yaml}]}}]",
		),
		"a file that is not in the ConfigMap": toVolume(
			"configMap: {name: " + config + ", items: [{key: k, path: p}]}",
		),
		"a projected file that is not in the ConfigMap": toVolume(
			"projected: {sources: [{configMap: {name: " + config + ", items: [{key: k, path: p}]}}]}",
		),
		"two of these": toContainer(
			"env: [{name: V, valueFrom: {configMapKeyRef: {name: " + config + ", key: k}}}, {name: W, " +
				"valueFrom: {configMapKeyRef: {name: " + config + ", key: l}}}]",
		),
		"a hook of no port": toContainer(
			"lifecycle: {preStop: {httpGet: {port: web}}, postStart: {tcpSocket: {port: rest}}}",
		),
		"the name of Flink's container, misspelt": operate(
			"Job", "add", jobPod+"/containers/-", "{name: flink-jobmanger}",
		),
		"a label with a tilde, which is behind z": toObject("Service", "{metadata: {labels: {A: B~C}}}"),
		"a label with a blank behind its domain":  toObject("Service", "{metadata: {labels: {example.com/a b: c}}}"),
		"a label without a key":                   toObject("Service", "{metadata: {labels: {'': c}}}"),
		"neither image nor name": toObject(
			"Job", "[{op: add, path: "+jobPod+"/containers/-, value: {image: i}}, {op: add, "+
				"path: "+jobPod+"/containers/-, value: {name: x}}]",
		),
		"a variable that is not in the ConfigMap": toEnv("configMapKeyRef: {name: " + config + ", key: k}"),
		"variables of a ConfigMap that is not there": toContainer(
			"envFrom: [{configMapRef: {name: job-" + jobID + "-config}}]",
		),
		"a ConfigMap of more than 1 MiB": toObject(
			"ConfigMap", "[{op: add, path: /data/a, value: "+strings.Repeat("x", 1<<19)+"}, {op: copy, "+
				"from: /data/a, path: /data/b}]",
		),
		"a file name that is none": toObject("ConfigMap", "{data: {a/b: c}}"),
		"annotations of more than 256 KiB": toObject(
			"Service", "{metadata: {annotations: {a: "+strings.Repeat("x", 256<<10)+"}}}",
		),
		"bytes that are not base64": toObject("ConfigMap", "{binaryData: {a: '?'}}"),
		"a request above its limit": toContainer("resources: {requests: {cpu: 2}}"),
		"a limit below what Flink takes": toContainer(
			"resources: {limits: {memory: 900M}, requests: {memory: 900M}}",
		),
		"a negative quantity": toContainer(
			"resources: {limits: {cpu: '-1'}, requests: {cpu: '-1'}}",
		),
		"an unknown resource":               toContainer("resources: {limits: {disk: 1}}"),
		"a resource of a name that is none": toContainer("resources: {limits: {example.com/a b: 1}}"),
		"a device that is shared": toContainer(
			"resources: {limits: {example.com/gpu: 2}, requests: {example.com/gpu: 1}}",
		),
		"a device that only requests have": toContainer(
			"resources: {requests: {example.com/gpu: 0}}",
		),
		"a request that is no quantity": toContainer(
			"resources: {limits: {example.com/gpu: 1}, requests: {example.com/gpu: many}}",
		),
		"a quantity that is none":                   toContainer("resources: {limits: {cpu: many}}"),
		"an unknown field":                          toContainer("imagePullPolice: Always"),
		"a text where a count of seconds is wanted": toPod("terminationGracePeriodSeconds: many"),
		"a number where a time is wanted": toObject(
			"Service", "{metadata: {creationTimestamp: 3}}",
		),
		"a mistake beside what is null": toObject(
			"Job", "[{op: add, path: "+jobPod+"/hostname, value: null}, {op: add, path: "+jobPod+"/subdomain, "+
				"value: null}, {op: add, path: "+jobPod+"/dnsPolicy, value: Mine}]",
		),
		"a field that is like none": toContainer("zzzzzzzzzz: 1"),
		"a list where a probe is wanted": operate(
			"Job", "replace", jobPod+"/containers/0/livenessProbe", "[]",
		),
		"a number among addresses": toService("externalIPs: [3, 10.0.0.1]"),
		"a number where bytes are wanted": toObject(
			"ConfigMap", "[{op: add, path: /binaryData, value: {a: 3}}]",
		),
		"a number of more than 32 bits":      toPod("priority: 2147483648"),
		"or of less":                         toPod("priority: -2147483649"),
		"a number that is out of all bounds": toDeployment("minReadySeconds: 1e300"),
		"a text where a number is wanted":    toJob("backoffLimit: many"),
		"a number where a text is wanted": operate(
			"Job", "replace", jobPod+"/containers/0/image", "1",
		),
		"a text where true or false is wanted": toPod("hostNetwork: maybe"),
		"a list where a map is wanted": operate(
			"Job", "replace", jobPod+"/securityContext", "[]",
		),
		"a map where a list is wanted": operate("Job", "replace", jobPod+"/volumes", "{}"),
		"true where a count is wanted": toBudget("maxUnavailable: true"),
		"nothing that could be replaced": toDeployment(
			"strategy: {rollingUpdate: {maxUnavailable: 0, maxSurge: 0%}}",
		),
		"a strategy with the settings of another": toDeployment(
			"strategy: {type: Recreate, rollingUpdate: {maxSurge: 1}}",
		),
		"pods of a Deployment that end": toDeployment("template: {spec: {restartPolicy: Never}}"),
		"pods of a Job that do not end": toJob(
			"podFailurePolicy: null, template: {spec: {restartPolicy: Always}}",
		),
		"pods that are replaced before they ended":            toJob("podReplacementPolicy: TerminatingOrFailed"),
		"a failure policy for pods that are restarted":        toPod("restartPolicy: OnFailure"),
		"an Ingress without a backend":                        toIngress("rules: null"),
		"a metric that is not there":                          toMetric("type: Resource, pods: {metric: {name: a}, target: {type: Value}}"),
		"a peer that is nobody":                               toPolicy("from: [{}]"),
		"an address in namespaces":                            toPolicy("from: [{namespaceSelector: {}, ipBlock: {cidr: 10.0.0.0/8}}]"),
		"or are always restarted":                             toPod("restartPolicy: Always"),
		"a toleration of everything that says so by accident": toPod("tolerations: [{effect: NoSchedule}]"),
		"a toleration with a value too many": toPod(
			"tolerations: [{key: a, operator: Exists, value: b}]",
		),
		"a toleration for a time without an end": toPod(
			"tolerations: [{key: a, operator: Exists, tolerationSeconds: 1}]",
		),
		"In without values":        nodeTerm("key: a, operator: In"),
		"Exists with values":       nodeTerm("key: a, operator: Exists, values: [b]"),
		"DoesNotExist with values": nodeTerm("key: a, operator: DoesNotExist, values: [b]"),
		"Lt of two values":         nodeTerm("key: a, operator: Lt, values: ['1', '2']"),
		"NotIn without values":     nodeTerm("key: a, operator: NotIn"),
		"Gt of two values":         nodeTerm("key: a, operator: Gt, values: ['1', '2']"),
		"a profile of the node without a name": toPod(
			"securityContext: {seccompProfile: {type: Localhost}}",
		),
		"privileged, but not allowed to be": toContainer("securityContext: {privileged: true}"),
		"an administrator, but not allowed to be": toContainer(
			"securityContext: {capabilities: {add: [SYS_ADMIN]}}",
		),
		"an administrator by the name of Linux": toContainer(
			"securityContext: {capabilities: {add: [CAP_SYS_ADMIN]}}",
		),
		"a liveness probe that has to succeed twice": toContainer("livenessProbe: {successThreshold: 2}"),
		"a readiness probe that is to end something": toContainer(
			"readinessProbe: {terminationGracePeriodSeconds: 1}",
		),
		"an account that is not there": toObject(
			"RoleBinding", fmt.Sprintf("{subjects: [{kind: ServiceAccount, name: job-%s-x, "+
				"namespace: staging}]}", jobID),
		),
		"a port of no name": toContainer("readinessProbe: {httpGet: {port: ''}}"),
		"two JobManagers that both lead": "{target: {kind: Deployment, labelSelector: component=jobmanager}, " +
			"patch: {spec: {replicas: 2}}}",
	}
}
