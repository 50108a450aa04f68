package flink

import (
	_ "embed"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/flinktarget/flinktarget/internal/lazyregexp"
)

// said is a key, or the beginning of some, and what a table says of it.
type said struct{ key, what string }

// table reads lines of keys, a colon, and what is said of all of them.
func table(text string) (out []said) {
	for line := range strings.Lines(text) {
		keys, what, _ := strings.Cut(line, ":")
		for key := range strings.FieldsSeq(keys) {
			if line[0] != '#' {
				out = append(out, said{key, strings.TrimSpace(what)})
			}
		}
	}
	return out
}

// byKey returns what a table says of each key.
func byKey(text string) map[string]string {
	out := map[string]string{}
	for _, s := range table(text) {
		out[s.key] = s.what
	}
	return out
}

var (
	//go:embed keys_owned.txt
	ownedKeys string
	owned     = sync.OnceValue(func() map[string]string { return byKey(ownedKeys) })

	//go:embed keys_inert.txt
	inertKeys string
	inert     = sync.OnceValue(func() []said { return table(inertKeys) })
)

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

// Inert returns why key has no effect in a standalone cluster, "" if it has one.
func Inert(key string) (reason string) {
	if strings.HasPrefix(key, "external-resource.") &&
		(strings.HasSuffix(key, ".kubernetes.config-key") || strings.HasSuffix(key, ".yarn.config-key")) {
		return "it is for clusters in which Flink starts the TaskManagers itself"
	}
	for _, s := range inert() {
		if strings.HasPrefix(key, s.key) {
			return s.what
		}
	}
	return ""
}

// inertInApplication are options that the entry point of an application sets from its command
// line (SavepointRestoreSettings.toConfiguration), and what decides on them.
var inertInApplication = map[string]string{
	"execution.savepoint.ignore-unclaimed-state":      "--allowNonRestoredState decides",
	"execution.state-recovery.ignore-unclaimed-state": "--allowNonRestoredState decides",
	"execution.savepoint-restore-mode":                "Flink resets it to NO_CLAIM",
	"execution.state-recovery.claim-mode":             "Flink resets it to NO_CLAIM",
}

// InertInApplication returns why key has no effect in a standalone application cluster,
// though it may have in a session cluster, "" if it has.
func InertInApplication(key string) (reason string) { return inertInApplication[key] }

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
var removedIn20 = sync.OnceValue(func() map[string]string { return byKey(removedKeys) })

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
