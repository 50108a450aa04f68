package flink

import (
	"strings"
	"sync"
)

// keys are those of a prefix and their names, with what is said of all of them.
type keys struct{ what, prefix, names string }

// byKey returns what is said of each key.
func byKey(groups []keys) map[string]string {
	out := map[string]string{}
	for _, group := range groups {
		for name := range strings.FieldsSeq(group.names) {
			out[group.prefix+name] = group.what
		}
	}
	return out
}

// owned are the keys that a standalone cluster on Kubernetes fixes itself,
// deprecated spellings included, with the reason that users are told.
var owned = sync.OnceValue(func() map[string]string {
	const (
		listens   = "Flink must listen on all interfaces of the pod"
		rpcPort   = "the Service and the probes use port 6123"
		restPort  = "the Service and the probes use port 8081"
		queryPort = "the containers open port 6125"
		advertise = "it is the JobManager's Service, or the pod's address with high availability"
		clusterID = "it is derived from the job or session cluster, so that no two share high-availability data"
	)
	return byKey([]keys{
		{advertise, "", "jobmanager.rpc.address rest.address"},
		{rpcPort, "jobmanager.rpc.", "port bind-port"},
		{rpcPort, "", "high-availability.jobmanager.port recovery.jobmanager.port"},
		{listens, "", "jobmanager.bind-host taskmanager.bind-host"},
		{listens, "", "rest.bind-address web.address jobmanager.web.address"},
		{"the Service uses port 6124", "blob.server.", "port"},
		{"the probes use port 6122", "taskmanager.rpc.", "port bind-port"},
		{"the containers open port 6121", "taskmanager.data.", "port bind-port"},
		{"it differs from pod to pod", "", "taskmanager.host taskmanager.resource-id jobmanager.resource-id"},
		{queryPort, "", "queryable-state.proxy.ports query.proxy.ports"},
		{restPort, "", "rest.port rest.bind-port web.port jobmanager.web.port"},
		{clusterID, "", "kubernetes.cluster-id high-availability.cluster-id cluster.id"},
		{clusterID, "", "high-availability.zookeeper.path.namespace recovery.zookeeper.path.namespace"},
		{"it is the deployment target's namespace", "kubernetes.", "namespace"},
		{"it comes from resources.jobmanager.memory", "jobmanager.memory.process.", "size"},
		{"it comes from resources.taskmanager.memory", "taskmanager.memory.process.", "size"},
		{"it comes from spec.parallelism", "parallelism.", "default"},
	})
})

// Owned returns why the renderer of a standalone cluster sets key itself, so that a user
// may not; "" if it does not.
func Owned(key string) (reason string) {
	if strings.HasPrefix(key, "$internal.") {
		return "it is Flink's own"
	}
	return owned()[key]
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

const activeOnly = "it is for clusters in which Flink starts the TaskManagers itself"

// inertGroups are options without effect in a standalone cluster, by prefix.
var inertGroups = []struct{ prefix, reason string }{
	{"kubernetes.operator.", "it is for the Flink Kubernetes operator, which takes no part"},
	{"kubernetes.pod-template-file", "pods come from the deployment: write the template in " +
		"kubernetes.jobManagerPodTemplate and kubernetes.taskManagerPodTemplate"},
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

// effective are options inside those groups that the Kubernetes client of high
// availability reads, and the number of JobManagers.
var effective = sync.OnceValue(func() map[string]string {
	return byKey([]keys{
		{"", "kubernetes.", "cluster-id namespace context config.file jobmanager.replicas"},
		{"", "kubernetes.client.", "io-pool.size user-agent"},
		{"", "kubernetes.transactional-operation.", "max-retries initial-retry-delay max-retry-delay"},
	})
})

// Inert returns why key has no effect in a standalone cluster, "" if it has one.
func Inert(key string) (reason string) {
	if _, ok := effective()[key]; ok {
		return ""
	}
	if strings.HasPrefix(key, "external-resource.") &&
		(strings.HasSuffix(key, ".kubernetes.config-key") || strings.HasSuffix(key, ".yarn.config-key")) {
		return activeOnly
	}
	for _, group := range inertGroups {
		if strings.HasPrefix(key, group.prefix) {
			return group.reason
		}
	}
	return ""
}

// InertInApplication returns why key has no effect in a standalone application cluster,
// though it may have in a session cluster, "" if it has: the entry point sets it from its
// command line (SavepointRestoreSettings.toConfiguration).
func InertInApplication(key string) (reason string) {
	switch key {
	case "execution.savepoint.ignore-unclaimed-state", "execution.state-recovery.ignore-unclaimed-state":
		return "--allowNonRestoredState decides"
	case "execution.savepoint-restore-mode", "execution.state-recovery.claim-mode":
		return "Flink resets it to NO_CLAIM"
	}
	return ""
}

// ReadByStartScript reports whether key is read by the start scripts (config.sh)
// and only from the configuration file: as a dynamic property (-D) it has no
// effect. In env.java.opts.* and env.java.default-opts.* the scripts expand
// $VAR and ${VAR} from the container's environment (flink-console.sh).
func ReadByStartScript(key string) bool { return strings.HasPrefix(key, "env.") }
