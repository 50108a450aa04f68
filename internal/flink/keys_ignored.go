package flink

import (
	"strings"
	"sync"
)

// removedIn20 are keys that 1.20 reads under some spelling and 2.0 to 2.2 do not, by
// what replaces them; empty when nothing does. It is the difference of all
// ConfigOptions, deprecated spellings included, of the released distributions.
var removedIn20 = sync.OnceValue(func() map[string]string {
	return byKey([]keys{
		{"", "akka.watch.", "heartbeat.interval heartbeat.pause threshold"},
		{"", "", "execution.checkpointing.force fine-grained.shuffle-mode.all-blocking state.backend.async"},
		{"", "", "pipeline.auto-type-registration pipeline.time-characteristic recovery.job.delay"},
		{"", "", "resourcemanager.taskmanager-release.wait.result.consumed"},
		{"", "high-availability.", "job.delay zookeeper.path.running-registry"},
		{"", "jobmanager.web.backpressure.", "cleanup-interval delay-between-samples num-samples refresh-interval"},
		{"", "web.backpressure.", "cleanup-interval delay-between-samples num-samples refresh-interval"},
		{"", "taskmanager.", "exit-on-fatal-akka-error"},
		{"", "taskmanager.net.", "client.numThreads num-arenas sendReceiveBufferSize server.backlog " +
			"server.numThreads transport"},
		{"", "taskmanager.network.", "blocking-shuffle.type max-num-tcp-connections sort-shuffle.min-parallelism"},
		{"", "taskmanager.network.hybrid-shuffle.", "enable-new-mode num-retained-in-memory-regions-max " +
			"spill-index-region-group-size spill-index-segment-size"},
		{"", "taskmanager.network.memory.", "buffers-per-channel floating-buffers-per-gate " +
			"max-buffers-per-channel max-overdraft-buffers-per-gate"},
		{"", "taskmanager.network.netty.", "client.numThreads num-arenas sendReceiveBufferSize server.backlog " +
			"server.numThreads transport"},
		{"taskmanager.load-balance.mode", "", "cluster.evenly-spread-out-slots"},
		{"execution.async-state.active-buffer-size", "execution.async-state.", "buffer-size"},
		{"execution.async-state.active-buffer-timeout", "execution.async-state.", "buffer-timeout"},
		{"execution.async-state.total-buffer-size", "execution.async-state.", "in-flight-records-limit"},
		{"jobmanager.memory.heap.size", "jobmanager.heap.", "mb size"},
		{"security.ssl.rest.enabled", "", "jobmanager.web.ssl.enabled web.ssl.enabled"},
		{"security.ssl.internal.enabled and security.ssl.rest.enabled", "", "security.ssl.enabled"},
		{"pipeline.serialization-config", "pipeline.", "default-kryo-serializers registered-kryo-types " +
			"registered-pojo-types"},
		{"state.backend.rocksdb.localdir", "", "state.backend.rocksdb.checkpointdir"},
		{"taskmanager.memory.flink.size", "taskmanager.heap.", "mb size"},
		{"cluster.registration.initial-timeout", "taskmanager.", "initial-registration-pause " +
			"registration.initial-backoff"},
		{"cluster.registration.max-timeout", "taskmanager.", "max-registration-pause registration.max-backoff"},
		{"cluster.registration.refused-registration-delay", "taskmanager.", "refused-registration-pause " +
			"registration.refused-backoff"},
		{"taskmanager.network.compression.codec", "taskmanager.network.", "batch-shuffle.compression.enabled " +
			"blocking-shuffle.compression.enabled"},
		{"taskmanager.memory.network.min and taskmanager.memory.network.max", "taskmanager.network.",
			"numberOfBuffers"},
	})
})

// spellings are keys that got another spelling, with the release that introduced it;
// earlier ones read the older spelling only. It is computed from the deprecated keys of
// all ConfigOptions of the released distributions. Where there are names, they follow
// both spellings.
var spellings = []struct{ since, newer, older, names string }{
	{"1.15", "classloader.parent-first-patterns.default", "classloader.parent-first-patterns", ""},
	{"1.16", "execution.buffer-timeout.interval", "execution.buffer-timeout", ""},
	{"1.16", "execution.program-config.enabled", "execution.allow-client-job-configurations", ""},
	{"1.16", "security.kerberos.access.hadoopFileSystems", "yarn.security.kerberos.additionalFileSystems", ""},
	{"1.16", "taskmanager.network.batch-shuffle", "taskmanager.network.blocking-shuffle", "compression.enabled"},
	{"1.17", "cleanup-strategy.type", "cleanup-strategy", ""},
	{"1.17", "env.java.opts.all", "env.java.opts", ""},
	{"1.17", "execution.batch.adaptive.auto-parallelism", "jobmanager.adaptive-batch-scheduler",
		"avg-data-volume-per-task default-source-parallelism max-parallelism min-parallelism"},
	{"1.17", "execution.batch.speculative", "jobmanager.adaptive-batch-scheduler.speculative",
		"block-slow-node-duration enabled max-concurrent-executions"},
	{"1.17", "execution.checkpointing.unaligned.enabled", "execution.checkpointing.unaligned", ""},
	{"1.17", "high-availability.type", "high-availability", ""},
	{"1.17", "kubernetes.container.image.ref", "kubernetes.container.image", ""},
	{"1.17", "kubernetes.jobmanager.cpu.amount", "kubernetes.jobmanager.cpu", ""},
	{"1.17", "kubernetes.pod-template-file.default", "kubernetes.pod-template-file", ""},
	{"1.17", "kubernetes.taskmanager.cpu.amount", "kubernetes.taskmanager.cpu", ""},
	{"1.17", "metrics.scope.jm-job", "metrics.scope.jm.job", ""},
	{"1.17", "metrics.scope.tm-job", "metrics.scope.tm.job", ""},
	{"1.17", "restart-strategy.type", "restart-strategy", ""},
	{"1.17", "security.delegation.tokens.enabled", "security.kerberos.fetch.delegation-token", ""},
	{"1.17", "security.delegation.tokens.renewal", "security.kerberos.tokens.renewal", "retry.backoff time-ratio"},
	{"1.17", "state.backend.type", "state.backend", ""},
	{"1.18", "pipeline.operator-chaining.enabled", "pipeline.operator-chaining", ""},
	{"1.18", "rest.cache.checkpoint-statistics.timeout", "web.refresh-interval", ""},
	{"1.18", "taskmanager.network.hybrid-shuffle.spill-index-region-group-size",
		"taskmanager.network.hybrid-shuffle.spill-index-segment-size", ""},
	{"1.20", "execution.checkpointing", "state.checkpoints", "create-subdir dir num-retained"},
	{"1.20", "execution.checkpointing.checkpoints-after-tasks-finish",
		"execution.checkpointing.checkpoints-after-tasks-finish.enabled", ""},
	{"1.20", "execution.checkpointing.cleaner", "state.checkpoint.cleaner", "parallel-mode"},
	{"1.20", "execution.checkpointing.data-inline-threshold", "state.storage.fs.memory-threshold", ""},
	{"1.20", "execution.checkpointing.incremental", "state.backend.incremental", ""},
	{"1.20", "execution.checkpointing.local-backup.dirs", "taskmanager.state.local.root-dirs", ""},
	{"1.20", "execution.checkpointing.local-backup.enabled", "state.backend.local-recovery", ""},
	{"1.20", "execution.checkpointing.savepoint-dir", "state.savepoints.dir", ""},
	{"1.20", "execution.checkpointing.storage", "state.checkpoint-storage", ""},
	{"1.20", "execution.checkpointing.write-buffer-size", "state.storage.fs.write-buffer-size", ""},
	{"1.20", "execution.state-recovery", "execution.checkpointing", "approximate-local-recovery"},
	{"1.20", "execution.state-recovery", "execution.savepoint", "ignore-unclaimed-state path"},
	{"1.20", "execution.state-recovery.claim-mode", "execution.savepoint-restore-mode", ""},
	{"1.20", "execution.state-recovery.from-local", "state.backend.local-recovery", ""},
	{"1.20", "execution.state-recovery.without-channel-state",
		"execution.checkpointing.recover-without-channel-state", "checkpoint-id"},
	{"1.20", "state.changelog", "state.backend.changelog", "enabled max-failures-allowed " +
		"periodic-materialize.enabled periodic-materialize.interval storage"},
	{"1.20", "state.changelog.dstl.dfs", "dstl.dfs", "base-path batch.persist-delay batch.persist-size-threshold " +
		"compression.enabled discard.num-threads download.local-cache.idle-timeout-ms " +
		"preemptive-persist-threshold upload.buffer-size upload.max-attempts upload.max-in-flight " +
		"upload.next-attempt-delay upload.num-threads upload.retry-policy upload.timeout"},
	{"1.20", "state.latency-track", "state.backend.latency-track", "history-size keyed-state-enabled " +
		"sample-interval state-name-as-variable"},
	{"1.20", "taskmanager.network.memory.buffers-request-timeout",
		"taskmanager.network.memory.exclusive-buffers-request-timeout-ms", ""},
	{"2.0", "high-availability.zookeeper.path.execution-plans", "recovery.zookeeper.path.jobgraphs", ""},
	{"2.0", "jobmanager.adaptive-scheduler.executing.cooldown-after-rescaling",
		"jobmanager.adaptive-scheduler.scaling-interval.min", ""},
	{"2.0", "jobmanager.adaptive-scheduler.submission", "jobmanager.adaptive-scheduler",
		"resource-stabilization-timeout resource-wait-timeout"},
}

// A spelling is one of two for a key.
type spelling struct{ since, other string }

// newerSpellings and olderSpellings have the spellings by the other one of the two.
var newerSpellings, olderSpellings = sync.OnceValue(func() map[string]spelling { return bySpelling(true) }),
	sync.OnceValue(func() map[string]spelling { return bySpelling(false) })

func bySpelling(older bool) map[string]spelling {
	out := map[string]spelling{}
	for _, s := range spellings {
		from, to := s.newer, s.older
		if older {
			from, to = to, from
		}
		if s.names == "" {
			out[from] = spelling{s.since, to}
		}
		for name := range strings.FieldsSeq(s.names) {
			out[from+"."+name] = spelling{s.since, to + "." + name}
		}
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
	if rest, found := strings.CutPrefix(key, "pekko."); found && v.before("1.18") {
		return "akka." + rest, true // FLINK-32468
	}
	if older, found := olderSpellings()[key]; found && v.before(older.since) {
		return older.other, true
	}
	return "", false
}
