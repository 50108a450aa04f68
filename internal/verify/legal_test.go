package verify_test

import (
	"testing"
)

// What stands next to what is refused, and is not: a verification that refuses too
// much keeps people from their work.
func TestLegalPatches(t *testing.T) {
	for reason, entry := range map[string]string{
		"one label in a variable": toEnv("fieldRef: {fieldPath: \"metadata.labels['jobId']\"}"),
		"one annotation in a variable": toEnv(
			"fieldRef: {fieldPath: \"metadata.annotations['Example.com/a']\"}",
		),
		"addresses in a variable": toEnv("fieldRef: {fieldPath: status.podIPs}"),
		"all labels as a file":    toFile("path: labels, fieldRef: {fieldPath: metadata.labels}"),
		"all annotations as a file in a folder": toFile(
			"path: a/b, mode: 0400, fieldRef: {apiVersion: v1, fieldPath: metadata.annotations}",
		),
		"one annotation as a file": toFile(
			"path: a, fieldRef: {fieldPath: \"metadata.annotations['example.com/A']\"}",
		),
		"a limit as a file": toFile(
			"path: a, resourceFieldRef: {containerName: flink-jobmanager, resource: limits.cpu, divisor: 1m}",
		),
		"labels among other files": toVolume(
			"projected: {sources: [{downwardAPI: {items: [{path: l, fieldRef: {fieldPath: metadata.labels}}]}}]}",
		),
		"to resize without a restart": toContainer(
			"resizePolicy: [{resourceName: cpu, restartPolicy: NotRequired}, {resourceName: memory, " +
				"restartPolicy: NotRequired}]",
		),
		"a restart of a container of a Deployment": toDeployment(
			"template: {spec: {containers: [{name: flink-taskmanager, resizePolicy: [{resourceName: cpu, " +
				"restartPolicy: RestartContainer}]}]}}",
		),
		"pods that are replaced when they have ended":     toJob("podReplacementPolicy: Failed"),
		"pods that are replaced before, without a policy": toJob("podReplacementPolicy: TerminatingOrFailed, podFailurePolicy: null"),
		"a volume of no size":                             toVolume("emptyDir: {sizeLimit: 0}"),
		"all of the pods":                                 toBudget("maxUnavailable: 100%"),
		"a part of the pods":                              toBudget("maxUnavailable: 99%"),
		"more pods than all at a time": toDeployment(
			"strategy: {rollingUpdate: {maxSurge: 1000%, maxUnavailable: 0}}",
		),
		"a number that YAML writes with a point":   toDeployment("minReadySeconds: 3.0"),
		"the port itself":                          operate("Service", "replace", "/spec/ports/2/targetPort", "0"),
		"a port with the name of another's number": operate("Service", "replace", "/spec/ports/2/targetPort", "8081"),
		"an affinity with values":                  nodeTerm("key: a, operator: In, values: [b]"),
		"a key that is not there":                  nodeTerm("key: a, operator: DoesNotExist"),
		"a domain before a label": toObject(
			"Service", "{metadata: {labels: {a.b-c.example.com/x_Y.z: A_b-c.D}, annotations: {example.com/a: b}}}",
		),
		"a label of one character":       toObject("Service", "{metadata: {labels: {a: b, Z: ''}}}"),
		"a file in a folder of a volume": toMount("subPath: a/b"),
		"one number of two protocols": operate(
			"Service", "add", "/spec/ports/-", "{port: 8081, name: again, protocol: UDP}",
		),
		"a taint of more than a number is tolerated": toPod("tolerations: [{key: a, operator: Gt, value: '5'}]"),
		"a tenth of the pods, and none more": toDeployment(
			"strategy: {rollingUpdate: {maxUnavailable: 10%, maxSurge: 00%}}",
		),
		"one port without a name": operate(
			"Service", "replace", "/spec/ports", "[{port: 8081, targetPort: 8081}]",
		),
		"a cluster's role is not of this set": toObject(
			"RoleBinding", "{roleRef: {kind: ClusterRole, name: job-"+jobID+"-x}}",
		),
		"nor is a user": toObject(
			"RoleBinding", "{subjects: [{kind: User, name: job-"+jobID+"-x, namespace: staging}]}",
		),
		"nor an account of another namespace": toObject(
			"RoleBinding", "{subjects: [{kind: ServiceAccount, name: job-"+jobID+"-x, namespace: other}]}",
		),
		"pods of a Deployment that say so": toDeployment("template: {spec: {restartPolicy: Always}}"),
		"two ports without a name":         toContainer("ports: [{containerPort: 1}, {containerPort: 2}]"),
		"a configuration of one's own": toContainer(
			"env: [{name: FLINK_CONF_DIR, value: /conf}], volumeMounts: [{mountPath: /opt/flink/conf, " +
				"$patch: delete}]",
		),
		"the file of the configuration alone": toContainer(
			"volumeMounts: [{mountPath: /opt/flink/conf, $patch: delete}, {name: flink-config, " +
				"mountPath: /opt/flink/conf/flink-conf.yaml, subPath: flink-conf.yaml}]",
		),
		"the configuration and a Secret in one folder": toPod(
			"volumes: [{name: flink-config, configMap: null, projected: {sources: [{configMap: {name: job-" + jobID +
				"-flink-config}}, {secret: {name: s}}]}}]",
		),
		"a configuration that an init container completes": toPod(
			"volumes: [{name: full, emptyDir: {}}], containers: [{name: flink-jobmanager, volumeMounts: [{name: full, " +
				"mountPath: /opt/flink/conf}]}], initContainers: [{name: i, image: i, volumeMounts: [{name: full, " +
				"mountPath: /full}, {name: flink-config, mountPath: /conf}]}]",
		),
		"another volume with a configuration": toPod(
			"volumes: [{name: c, configMap: {name: c}}], containers: [{name: flink-jobmanager, volumeMounts: [{name: c, " +
				"mountPath: /opt/flink/conf}]}]",
		),
		"Flink as a whole": toContainer(
			"volumeMounts: [{mountPath: /opt/flink/conf, $patch: delete}, {name: flink-tmp, mountPath: /opt/flink}]",
		),
		"the file of the configuration among others": toPod(
			"volumes: [{name: flink-config, configMap: {items: [{key: log4j-console.properties, " +
				"path: log4j-console.properties}, {key: flink-conf.yaml, path: flink-conf.yaml}]}}]",
		),
		"someone else's ConfigMap": toEnv("configMapKeyRef: {name: mine, key: a}"),
		"an entry that may be missing": toEnv(
			"configMapKeyRef: {name: job-" + jobID + "-none, key: a, optional: true}",
		),
		"a ConfigMap that may be missing": toContainer(
			"envFrom: [{configMapRef: {name: job-" + jobID + "-none, optional: true}}]",
		),
		"a sidecar that is probed": toPod(
			"initContainers: [{name: i, image: i, restartPolicy: Always, livenessProbe: {exec: {command: [a]}}}]",
		),
		"storage that may grow": toContainer(
			"resources: {limits: {ephemeral-storage: 2Gi}, requests: {ephemeral-storage: 1Gi}}",
		),
		"large pages": toContainer(
			"resources: {limits: {hugepages-2Mi: 4Mi}, requests: {hugepages-2Mi: 4Mi}}",
		),
		"memory without a limit":           toContainer("resources: {limits: {memory: null}}"),
		"an empty text is as good as none": toPod("dnsPolicy: ''"),
		"a plugin more": toContainer(
			"env: [{name: ENABLE_BUILT_IN_PLUGINS, value: other.jar;flink-s3-fs-presto-1.20.5.jar}]",
		),
		"a plugin less": toContainer("env: [{name: ENABLE_BUILT_IN_PLUGINS, $patch: delete}], volumeMounts: " +
			"[{mountPath: /opt/flink/plugins/flink-s3-fs-presto-1.20.5, $patch: delete}]"),
		"what fills the folder of a plugin cannot be known": toContainer(
			"env: [{name: ENABLE_BUILT_IN_PLUGINS, value: null, valueFrom: {secretKeyRef: {name: a, key: b}}}]",
		),
		"an init container fills the folder of a plugin": "{target: {kind: Job}, patch: {spec: {template: {spec: {" +
			"initContainers: [{name: fill, image: i, volumeMounts: [{name: flink-s3-fs-presto-1-20-5, mountPath: /p}]}], " +
			"containers: [{name: flink-jobmanager, env: [{name: ENABLE_BUILT_IN_PLUGINS, $patch: delete}]}]}}}}}",
		"another volume is the folder of a plugin": toPod("volumes: [{name: mine, persistentVolumeClaim: {claimName: c}}], " +
			"containers: [{name: flink-jobmanager, env: [{name: ENABLE_BUILT_IN_PLUGINS, $patch: delete}], volumeMounts: " +
			"[{mountPath: /opt/flink/plugins/flink-s3-fs-presto-1.20.5, name: mine}]}]"),
		"null is as good as nothing": operate("Job", "add", jobPod+"/hostname", "null"),
		"and is an empty element": operate(
			"Job", "add", jobPod+"/containers/0/command", "[a, null]",
		),
		"a source of a volume that is null": operate(
			"Job", "add", jobPod+"/volumes/-", "{name: v, emptyDir: {}, hostPath: null}",
		),
		"the largest number of 32 bits":   toPod("priority: 2147483647"),
		"and the smallest":                toPod("priority: -2147483648"),
		"a path of a mount that is empty": toMount("subPath: '', subPathExpr: b"),
		"conditions that are none": toRules(
			"{action: Ignore, onPodConditions: [], onExitCodes: {operator: In, values: [1]}}",
		),
		"a bound of one value": nodeTerm("key: a, operator: Gt, values: ['1']"),
		"privileged, and allowed to be": toContainer(
			"securityContext: {allowPrivilegeEscalation: true, privileged: true}",
		),
		"a probe that says the default": toContainer("livenessProbe: {successThreshold: 1}"),
		"a toleration for a time": toPod(
			"tolerations: [{key: a, operator: Exists, effect: NoExecute, tolerationSeconds: 1}]",
		),
		"one after the other": toDeployment(
			"strategy: {rollingUpdate: {maxUnavailable: 1, maxSurge: 0}}",
		),
		"one more before one less": toDeployment(
			"strategy: {rollingUpdate: {maxUnavailable: 0, maxSurge: 1}}",
		),
		"a Service without an address needs no port": operate(
			"Service", "replace", "/spec", "{clusterIP: None, selector: {jobId: "+jobID+", component: jobmanager}}",
		),
		"as many replicas at least as at most": toScaler("minReplicas: 4, maxReplicas: 4"),
		"completions are not needed":           toJob("completions: null"),
		"a volume that may be empty": toVolume(
			"configMap: {name: job-" + jobID + "-none, optional: true}",
		),
		"files of someone else's": toVolume("configMap: {name: mine, items: [{key: k, path: p}]}"),
		"a resource of its own kind": toContainer(
			"resources: {limits: {example.com/gpu: 0}, requests: {example.com/gpu: 0}}",
		),
	} {
		if problems := problemsOf(t, entry); len(problems) > 0 {
			t.Errorf("%s: %v", reason, problems)
		}
	}
	for reason, entry := range map[string]string{
		"a part of a second":               toDeployment("minReadySeconds: 3.5"),
		"an entry that is not there":       toEnv("configMapKeyRef: {name: job-" + jobID + "-none, key: a}"),
		"a label with an end of the wrong": toObject("Service", "{metadata: {labels: {a: b-}}}"),
		"a domain with capitals":           toObject("Service", "{metadata: {labels: {A.b/c: d}}}"),
		"an empty domain":                  toObject("Service", "{metadata: {labels: {/c: d}}}"),
	} {
		if len(problemsOf(t, entry)) == 0 {
			t.Errorf("%s: nothing is wrong with %s", reason, entry)
		}
	}
}
