package flink

import "strings"

const (
	listens   = "Flink must listen on all interfaces of the pod"
	rpcPort   = "the Service and the probes use port 6123"
	restPort  = "the Service and the probes use port 8081"
	tmRPCPort = "the probes use port 6122"
	dataPort  = "the containers open port 6121"
	queryPort = "the containers open port 6125"
	clusterID = "it is derived from the job or session cluster, so that no two share high-availability data"
	advertise = "it is the JobManager's Service, or the pod's address with high availability"
)

// owned are the keys that a standalone cluster on Kubernetes fixes itself,
// deprecated spellings included, with the reason that users are told.
var owned = map[string]string{
	"jobmanager.rpc.address":                     advertise,
	"jobmanager.rpc.port":                        rpcPort,
	"jobmanager.rpc.bind-port":                   rpcPort,
	"jobmanager.bind-host":                       listens,
	"high-availability.jobmanager.port":          rpcPort,
	"recovery.jobmanager.port":                   rpcPort,
	"blob.server.port":                           "the Service uses port 6124",
	"taskmanager.rpc.port":                       tmRPCPort,
	"taskmanager.rpc.bind-port":                  tmRPCPort,
	"taskmanager.data.port":                      dataPort,
	"taskmanager.data.bind-port":                 dataPort,
	"taskmanager.bind-host":                      listens,
	"taskmanager.host":                           "it differs from pod to pod",
	"taskmanager.resource-id":                    "it differs from pod to pod",
	"jobmanager.resource-id":                     "it differs from pod to pod",
	"queryable-state.proxy.ports":                queryPort,
	"query.proxy.ports":                          queryPort,
	"rest.address":                               advertise,
	"rest.port":                                  restPort,
	"rest.bind-port":                             restPort,
	"web.port":                                   restPort,
	"jobmanager.web.port":                        restPort,
	"rest.bind-address":                          listens,
	"web.address":                                listens,
	"jobmanager.web.address":                     listens,
	"kubernetes.cluster-id":                      clusterID,
	"high-availability.cluster-id":               clusterID,
	"high-availability.zookeeper.path.namespace": clusterID,
	"recovery.zookeeper.path.namespace":          clusterID,
	"kubernetes.namespace":                       "it is the deployment target's namespace",
	"jobmanager.memory.process.size":             "it comes from resources.jobmanager.memory",
	"taskmanager.memory.process.size":            "it comes from resources.taskmanager.memory",
	"parallelism.default":                        "it comes from spec.parallelism",
}

// Significant returns the options that change what is rendered, so that a misspelt one
// is worth a word.
func Significant(v Version) []string {
	return []string{
		v.HAKey, "high-availability.storageDir", "high-availability.zookeeper.quorum", "kubernetes.jobmanager.replicas",
		SlotsKey, "security.ssl.rest.enabled", "security.ssl.internal.enabled",
		"jobmanager.memory.heap.size", "jobmanager.memory.off-heap.size", "taskmanager.memory.task.heap.size",
		"taskmanager.memory.managed.size", "taskmanager.memory.managed.fraction", "taskmanager.memory.network.fraction",
		"execution.checkpointing.interval", v.StateBackendKey, "env.java.opts.all", "env.java.opts.jobmanager",
		"env.java.opts.taskmanager",
	}
}

// Owned reports whether the renderer of a standalone cluster sets key itself, so
// that a user may not, and why.
func Owned(key string) (reason string, ok bool) {
	if strings.HasPrefix(key, "$internal.") {
		return "it is Flink's own", true
	}
	reason, ok = owned[key]
	return reason, ok
}

// inertGroups are options without effect in a standalone cluster, by prefix.
var inertGroups = []struct{ prefix, reason string }{
	{"kubernetes.operator.", "it is for the Flink Kubernetes operator, which takes no part"},
	{"kubernetes.", "it is about pods that Flink makes itself; these come from the deployment"},
	{"yarn.", "it is for YARN"},
	{"mesos.", "it is for Mesos"},
	{"containerized.", "it is about containers that Flink starts itself"},
	{"resourcemanager.start-worker.", activeOnly},
	{"resourcemanager.taskmanager-", activeOnly},
	{"resourcemanager.previous-worker.", activeOnly},
	{"slotmanager.number-of-slots.", activeOnly}, // ResourceManagerOptions.MIN_SLOT_NUM, MAX_SLOT_NUM
	{"slotmanager.min-total-resource.", activeOnly},
	{"slotmanager.max-total-resource.", activeOnly},
	{"slotmanager.redundant-taskmanager-num", activeOnly},
	{"execution.target", "a standalone cluster runs the job itself"},
}

const activeOnly = "it is for clusters in which Flink starts the TaskManagers itself"

// effective are options inside those groups that the Kubernetes client of high
// availability reads, and the number of JobManagers.
var effective = map[string]bool{
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
	if effective[key] {
		return "", false
	}
	if strings.HasPrefix(key, "external-resource.") &&
		(strings.HasSuffix(key, ".kubernetes.config-key") || strings.HasSuffix(key, ".yarn.config-key")) {
		return activeOnly, true
	}
	for _, group := range inertGroups {
		if strings.HasPrefix(key, group.prefix) {
			return group.reason, true
		}
	}
	return "", false
}

// overwritten are options that the entry point of an application cluster sets
// from its command line, whatever the configuration says
// (SavepointRestoreSettings.toConfiguration).
var overwritten = map[string]string{
	"execution.savepoint.ignore-unclaimed-state":      "--allowNonRestoredState decides",
	"execution.state-recovery.ignore-unclaimed-state": "--allowNonRestoredState decides",
	"execution.savepoint-restore-mode":                "Flink resets it to NO_CLAIM",
	"execution.state-recovery.claim-mode":             "Flink resets it to NO_CLAIM",
}

// InertInApplication reports whether key has no effect in a standalone
// application cluster, though it may have in a session cluster, and why.
func InertInApplication(key string) (reason string, ok bool) {
	reason, ok = overwritten[key]
	return reason, ok
}

// ReadByStartScript reports whether key is read by the start scripts (config.sh)
// and only from the configuration file: as a dynamic property (-D) it has no
// effect. In env.java.opts.* and env.java.default-opts.* the scripts expand
// $VAR and ${VAR} from the container's environment (flink-console.sh).
func ReadByStartScript(key string) bool { return strings.HasPrefix(key, "env.") }
