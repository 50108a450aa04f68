package flink

import (
	_ "embed"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/flinktarget/flinktarget/internal/lazyregexp"
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
var effective = []string{
	"kubernetes.cluster-id", "kubernetes.namespace", "kubernetes.context", "kubernetes.config.file",
	"kubernetes.jobmanager.replicas", "kubernetes.client.io-pool.size", "kubernetes.client.user-agent",
	"kubernetes.transactional-operation.max-retries", "kubernetes.transactional-operation.initial-retry-delay",
	"kubernetes.transactional-operation.max-retry-delay",
}

// Inert returns why key has no effect in a standalone cluster, "" if it has one.
func Inert(key string) (reason string) {
	if slices.Contains(effective, key) {
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

// Reference is VVP's ${NAME} in a configuration value; its group is the name.
var Reference = lazyregexp.New(`\$\{([A-Za-z_][A-Za-z0-9_]*)\}`)

// Placeholder is VVP's {{ name }} in a configuration value; its group is the name.
var Placeholder = lazyregexp.New(`\{\{\s*(\w+)\s*\}\}`)

// SlotsKey is the option for the number of task slots of a TaskManager.
const SlotsKey = "taskmanager.numberOfTaskSlots"

// Options that decide on how the cluster follows its load, and on a port.
const (
	SchedulerKey     = "jobmanager.scheduler"
	SchedulerModeKey = "scheduler-mode"
	QueryServiceKey  = "metrics.internal.query-service.port"
)

// Slots returns what a configuration says of SlotsKey, 1 if it says nothing, and
// whether that is a number of slots.
func Slots(conf map[string]string) (int64, bool) {
	text, ok := conf[SlotsKey]
	if !ok {
		return 1, true
	}
	n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 32)
	return n, err == nil && n > 0
}

// Elastic reports whether Flink runs a job with the slots that there are, however many its
// parallelism asks for: its adaptive scheduler does, which reactive mode uses.
func Elastic(conf map[string]string) bool {
	return strings.EqualFold(strings.TrimSpace(conf[SchedulerKey]), "adaptive") ||
		strings.EqualFold(strings.TrimSpace(conf[SchedulerModeKey]), "reactive")
}

// jobOptions are what Flink reads where a job is made, and not on the cluster that runs it:
// by prefix. That of restarts, state backends and their folders, the cluster has for jobs
// that do not say otherwise (CheckpointingOptions, RestartStrategyOptions).
var jobOptions = []string{"execution.", "pipeline.", "table.", "python.", "rest.", "security.ssl."}

// clusterOptions are read by the processes of a cluster alone, by prefix.
var clusterOptions = []string{
	"akka.", "blob.", "cluster.", "env.java.opts.jobmanager", "env.java.opts.taskmanager", "heartbeat.",
	"high-availability", "historyserver.", "job-result-store.", "jobmanager.", "jobstore.", "kubernetes.", "metrics.",
	"pekko.", "queryable-state.", "recovery.", "resourcemanager.", "scheduler-mode", "slot.", "slotmanager.",
	"taskmanager.", "web.",
}

// OfCluster reports whether only the processes of a cluster read key, so that a job that is
// handed to one does not change it.
func OfCluster(key string) bool {
	return slices.ContainsFunc(clusterOptions, func(prefix string) bool { return strings.HasPrefix(key, prefix) })
}

// ClientConfig returns the options of who hands a job to a cluster: those of the job, and of
// the cluster's what would not reach it otherwise.
func ClientConfig(cluster, job map[string]string) map[string]string {
	out := map[string]string{}
	for key, value := range cluster {
		if slices.ContainsFunc(jobOptions, func(prefix string) bool { return strings.HasPrefix(key, prefix) }) {
			out[key] = value
		}
	}
	for key, value := range job {
		if !OfCluster(key) {
			out[key] = value
		}
	}
	return out
}

// ClientProperties reports whether both of Flink's clients take options as arguments.
func (v Version) ClientProperties() bool { return !v.before("1.17") }

// removedKeys are keys that 1.20 reads under some spelling and 2.0 to 2.3 do not, each with
// what replaces it, if anything does. They are the difference of all ConfigOptions,
// deprecated spellings included, of the released distributions.
//
//go:embed keys_removed.txt
var removedKeys string

// renamedKeys are the release that introduced a spelling, that spelling, and the older one,
// which alone earlier releases read. They are computed from the deprecated keys of all
// ConfigOptions of the released distributions.
//
//go:embed keys_renamed.txt
var renamedKeys string

// removedIn20 are the replacements by their keys.
var removedIn20 = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	for line := range strings.Lines(removedKeys) {
		key, replacement, _ := strings.Cut(line, ":")
		out[key] = strings.TrimSpace(replacement)
	}
	return out
})

// A spelling is one of two for a key.
type spelling struct{ since, other string }

// newerSpellings and olderSpellings have the spellings by the other one of the two.
var newerSpellings, olderSpellings = sync.OnceValue(func() map[string]spelling { return bySpelling(true) }),
	sync.OnceValue(func() map[string]spelling { return bySpelling(false) })

func bySpelling(older bool) map[string]spelling {
	out := map[string]spelling{}
	for line := range strings.Lines(renamedKeys) {
		words := strings.Fields(line)
		from, to := words[1], words[2]
		if older {
			from, to = to, from
		}
		out[from] = spelling{words[0], to}
	}
	return out
}

// Ignored reports whether v does not read key although another release does, and
// what to write instead; the replacement is empty when there is none.
func Ignored(v Version, key string) (replacement string, ok bool) {
	if v.Major > 1 {
		if replacement, ok = removedIn20()[key]; ok {
			return replacement, true
		}
	}
	name, found := strings.CutPrefix(key, "metrics.reporter.")
	if name, class := strings.CutSuffix(name, ".class"); found && class && !strings.Contains(name, ".") &&
		!v.before("1.17") { // ReporterSetup; FLINK-27206 deprecated it
		return "metrics.reporter." + name + ".factory.class, and takes the name of the factory", true
	}
	if rest, found := strings.CutPrefix(key, "pekko."); found && v.before("1.18") {
		return "akka." + rest, true // FLINK-32468
	}
	if older, found := olderSpellings()[key]; found && v.before(older.since) {
		return older.other, true
	}
	return "", false
}
