package flink

import "strings"

// owned are the keys that a standalone Kubernetes cluster fixes itself, with
// the reason that users are told.
var owned = map[string]string{
	"jobmanager.rpc.address":            "it is the JobManager's Service, or its pod with high availability",
	"jobmanager.rpc.port":               "the Service and the probes use 6123",
	"jobmanager.rpc.bind-port":          "the Service and the probes use jobmanager.rpc.port",
	"jobmanager.bind-host":              "Flink must listen on all interfaces of the pod",
	"blob.server.port":                  "the Service uses 6124",
	"taskmanager.rpc.port":              "the probes use 6122",
	"taskmanager.rpc.bind-port":         "the probes use taskmanager.rpc.port",
	"taskmanager.data.port":             "TaskManagers reach each other on 6121",
	"taskmanager.data.bind-port":        "TaskManagers reach each other on taskmanager.data.port",
	"taskmanager.bind-host":             "Flink must listen on all interfaces of the pod",
	"taskmanager.host":                  "it differs from pod to pod",
	"queryable-state.proxy.ports":       "the container's port is 6125",
	"query.server.port":                 "the container's port is 6125",
	"rest.address":                      "it is the JobManager's Service",
	"rest.port":                         "the Service and the probes use 8081",
	"rest.bind-port":                    "the Service and the probes use rest.port",
	"rest.bind-address":                 "Flink must listen on all interfaces of the pod",
	"kubernetes.cluster-id":             "it is derived from the job or session cluster, so that clusters do not share high-availability data",
	"kubernetes.namespace":              "it is the namespace of the deployment target",
	"high-availability.cluster-id":      "it is derived from the job or session cluster, so that clusters do not share high-availability data",
	"high-availability.jobmanager.port": "the Service and the probes use jobmanager.rpc.port",
	"jobmanager.memory.process.size":    "it comes from resources.jobmanager.memory",
	"taskmanager.memory.process.size":   "it comes from resources.taskmanager.memory",
	"parallelism.default":               "it comes from spec.parallelism",
	"taskmanager.resource-id":           "it must differ from pod to pod",
	"$internal.pipeline.job-id":         "it is Flink's own; the job id comes from the deployment",
}

// Owned reports whether the renderer of a standalone cluster sets key itself, so
// that a user may not, and why.
func Owned(key string) (reason string, ok bool) {
	reason, ok = owned[key]
	return reason, ok
}

// inertPrefixes are groups of options without effect in a standalone cluster,
// and inertExcept what in them does have one.
var inertPrefixes = []struct{ prefix, reason string }{
	{"kubernetes.operator.", "it configures Flink's own Kubernetes operator, which takes no part"},
	{"kubernetes.", "it configures pods that Flink creates itself; these pods come from the deployment"},
	{"yarn.", "it configures a cluster on YARN"},
	{"mesos.", "it configures a cluster on Mesos"},
	{"containerized.", "it configures containers that Flink creates itself"},
	{"resourcemanager.taskmanager", "it is about TaskManagers that Flink starts itself"},
}

var inertExcept = map[string]bool{
	"kubernetes.cluster-id":                                  true,
	"kubernetes.namespace":                                   true,
	"kubernetes.context":                                     true,
	"kubernetes.config.file":                                 true,
	"kubernetes.jobmanager.replicas":                         true,
	"kubernetes.client.io-pool.size":                         true,
	"kubernetes.client.user-agent":                           true,
	"kubernetes.transactional-operation.max-retries":         true,
	"kubernetes.transactional-operation.initial-retry-delay": true,
	"kubernetes.transactional-operation.max-retry-delay":     true,
}

// Inert reports whether key has no effect in a standalone cluster, and why.
func Inert(key string) (reason string, ok bool) {
	if inertExcept[key] {
		return "", false
	}
	for _, group := range inertPrefixes {
		if strings.HasPrefix(key, group.prefix) {
			return group.reason, true
		}
	}
	return "", false
}
