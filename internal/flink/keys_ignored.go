package flink

import "strings"

// removedIn20 are keys that 1.20 reads under some spelling and 2.0 to 2.2 do
// not, with what replaces them; empty when nothing does. It is the difference of
// all ConfigOptions, deprecated spellings included, of the released
// distributions.
var removedIn20 = map[string]string{
	"akka.watch.heartbeat.interval":                            "",
	"akka.watch.heartbeat.pause":                               "",
	"akka.watch.threshold":                                     "",
	"cluster.evenly-spread-out-slots":                          "taskmanager.load-balance.mode",
	"execution.async-state.buffer-size":                        "execution.async-state.active-buffer-size",
	"execution.async-state.buffer-timeout":                     "execution.async-state.active-buffer-timeout",
	"execution.async-state.in-flight-records-limit":            "execution.async-state.total-buffer-size",
	"execution.checkpointing.force":                            "",
	"fine-grained.shuffle-mode.all-blocking":                   "",
	"high-availability.job.delay":                              "",
	"high-availability.zookeeper.path.running-registry":        "",
	"jobmanager.heap.mb":                                       "jobmanager.memory.heap.size",
	"jobmanager.heap.size":                                     "jobmanager.memory.heap.size",
	"jobmanager.web.backpressure.cleanup-interval":             "",
	"jobmanager.web.backpressure.delay-between-samples":        "",
	"jobmanager.web.backpressure.num-samples":                  "",
	"jobmanager.web.backpressure.refresh-interval":             "",
	"jobmanager.web.ssl.enabled":                               "security.ssl.rest.enabled",
	"pipeline.auto-type-registration":                          "",
	"pipeline.default-kryo-serializers":                        "pipeline.serialization-config",
	"pipeline.registered-kryo-types":                           "pipeline.serialization-config",
	"pipeline.registered-pojo-types":                           "pipeline.serialization-config",
	"pipeline.time-characteristic":                             "",
	"recovery.job.delay":                                       "",
	"resourcemanager.taskmanager-release.wait.result.consumed": "",
	"security.ssl.enabled": "security.ssl.internal.enabled and " +
		"security.ssl.rest.enabled",
	"state.backend.async":                                                   "",
	"state.backend.rocksdb.checkpointdir":                                   "state.backend.rocksdb.localdir",
	"taskmanager.exit-on-fatal-akka-error":                                  "",
	"taskmanager.heap.mb":                                                   "taskmanager.memory.flink.size",
	"taskmanager.heap.size":                                                 "taskmanager.memory.flink.size",
	"taskmanager.initial-registration-pause":                                "cluster.registration.initial-timeout",
	"taskmanager.max-registration-pause":                                    "cluster.registration.max-timeout",
	"taskmanager.net.client.numThreads":                                     "",
	"taskmanager.net.num-arenas":                                            "",
	"taskmanager.net.sendReceiveBufferSize":                                 "",
	"taskmanager.net.server.backlog":                                        "",
	"taskmanager.net.server.numThreads":                                     "",
	"taskmanager.net.transport":                                             "",
	"taskmanager.network.batch-shuffle.compression.enabled":                 "taskmanager.network.compression.codec",
	"taskmanager.network.blocking-shuffle.compression.enabled":              "taskmanager.network.compression.codec",
	"taskmanager.network.blocking-shuffle.type":                             "",
	"taskmanager.network.hybrid-shuffle.enable-new-mode":                    "",
	"taskmanager.network.hybrid-shuffle.num-retained-in-memory-regions-max": "",
	"taskmanager.network.hybrid-shuffle.spill-index-region-group-size":      "",
	"taskmanager.network.hybrid-shuffle.spill-index-segment-size":           "",
	"taskmanager.network.max-num-tcp-connections":                           "",
	"taskmanager.network.memory.buffers-per-channel":                        "",
	"taskmanager.network.memory.floating-buffers-per-gate":                  "",
	"taskmanager.network.memory.max-buffers-per-channel":                    "",
	"taskmanager.network.memory.max-overdraft-buffers-per-gate":             "",
	"taskmanager.network.netty.client.numThreads":                           "",
	"taskmanager.network.netty.num-arenas":                                  "",
	"taskmanager.network.netty.sendReceiveBufferSize":                       "",
	"taskmanager.network.netty.server.backlog":                              "",
	"taskmanager.network.netty.server.numThreads":                           "",
	"taskmanager.network.netty.transport":                                   "",
	"taskmanager.network.numberOfBuffers": "taskmanager.memory.network.min and " +
		"taskmanager.memory.network.max",
	"taskmanager.network.sort-shuffle.min-parallelism": "",
	"taskmanager.refused-registration-pause":           "cluster.registration.refused-registration-delay",
	"taskmanager.registration.initial-backoff":         "cluster.registration.initial-timeout",
	"taskmanager.registration.max-backoff":             "cluster.registration.max-timeout",
	"taskmanager.registration.refused-backoff":         "cluster.registration.refused-registration-delay",
	"web.backpressure.cleanup-interval":                "",
	"web.backpressure.delay-between-samples":           "",
	"web.backpressure.num-samples":                     "",
	"web.backpressure.refresh-interval":                "",
	"web.ssl.enabled":                                  "security.ssl.rest.enabled",
}

// newerSpellings lists, by the release that introduced them, spellings that
// earlier releases do not read, with the one that they do. It is computed from
// the deprecated keys of all ConfigOptions of the released distributions.
var newerSpellings = []struct {
	since string
	older map[string]string
}{
	{since: "1.16", older: map[string]string{
		"execution.buffer-timeout.interval":                     "execution.buffer-timeout",
		"execution.program-config.enabled":                      "execution.allow-client-job-configurations",
		"security.kerberos.access.hadoopFileSystems":            "yarn.security.kerberos.additionalFileSystems",
		"taskmanager.network.batch-shuffle.compression.enabled": "taskmanager.network.blocking-shuffle.compression.enabled",
	}},
	{since: "1.17", older: map[string]string{
		"cleanup-strategy.type": "cleanup-strategy",
		"env.java.opts.all":     "env.java.opts",
		"execution.batch.adaptive.auto-parallelism.avg-data-volume-per-task":   "jobmanager.adaptive-batch-scheduler.avg-data-volume-per-task",
		"execution.batch.adaptive.auto-parallelism.default-source-parallelism": "jobmanager.adaptive-batch-scheduler.default-source-parallelism",
		"execution.batch.adaptive.auto-parallelism.max-parallelism":            "jobmanager.adaptive-batch-scheduler.max-parallelism",
		"execution.batch.adaptive.auto-parallelism.min-parallelism":            "jobmanager.adaptive-batch-scheduler.min-parallelism",
		"execution.batch.speculative.block-slow-node-duration":                 "jobmanager.adaptive-batch-scheduler.speculative.block-slow-node-duration",
		"execution.batch.speculative.enabled":                                  "jobmanager.adaptive-batch-scheduler.speculative.enabled",
		"execution.batch.speculative.max-concurrent-executions":                "jobmanager.adaptive-batch-scheduler.speculative.max-concurrent-executions",
		"execution.checkpointing.unaligned.enabled":                            "execution.checkpointing.unaligned",
		"high-availability.type":                                               "high-availability",
		"kubernetes.container.image.ref":                                       "kubernetes.container.image",
		"kubernetes.jobmanager.cpu.amount":                                     "kubernetes.jobmanager.cpu",
		"kubernetes.pod-template-file.default":                                 "kubernetes.pod-template-file",
		"kubernetes.taskmanager.cpu.amount":                                    "kubernetes.taskmanager.cpu",
		"metrics.scope.jm-job":                                                 "metrics.scope.jm.job",
		"metrics.scope.tm-job":                                                 "metrics.scope.tm.job",
		"restart-strategy.type":                                                "restart-strategy",
		"security.delegation.tokens.enabled":                                   "security.kerberos.fetch.delegation-token",
		"security.delegation.tokens.renewal.retry.backoff":                     "security.kerberos.tokens.renewal.retry.backoff",
		"security.delegation.tokens.renewal.time-ratio":                        "security.kerberos.tokens.renewal.time-ratio",
		"state.backend.type":                                                   "state.backend",
	}},
	{since: "1.18", older: map[string]string{
		"pipeline.operator-chaining.enabled":                               "pipeline.operator-chaining",
		"rest.cache.checkpoint-statistics.timeout":                         "web.refresh-interval",
		"taskmanager.network.hybrid-shuffle.spill-index-region-group-size": "taskmanager.network.hybrid-shuffle.spill-index-segment-size",
	}},
	{since: "1.20", older: map[string]string{
		"execution.checkpointing.checkpoints-after-tasks-finish":        "execution.checkpointing.checkpoints-after-tasks-finish.enabled",
		"execution.checkpointing.cleaner.parallel-mode":                 "state.checkpoint.cleaner.parallel-mode",
		"execution.checkpointing.create-subdir":                         "state.checkpoints.create-subdir",
		"execution.checkpointing.data-inline-threshold":                 "state.storage.fs.memory-threshold",
		"execution.checkpointing.dir":                                   "state.checkpoints.dir",
		"execution.checkpointing.incremental":                           "state.backend.incremental",
		"execution.checkpointing.local-backup.dirs":                     "taskmanager.state.local.root-dirs",
		"execution.checkpointing.local-backup.enabled":                  "state.backend.local-recovery",
		"execution.checkpointing.num-retained":                          "state.checkpoints.num-retained",
		"execution.checkpointing.savepoint-dir":                         "state.savepoints.dir",
		"execution.checkpointing.storage":                               "state.checkpoint-storage",
		"execution.checkpointing.write-buffer-size":                     "state.storage.fs.write-buffer-size",
		"execution.state-recovery.approximate-local-recovery":           "execution.checkpointing.approximate-local-recovery",
		"execution.state-recovery.claim-mode":                           "execution.savepoint-restore-mode",
		"execution.state-recovery.from-local":                           "state.backend.local-recovery",
		"execution.state-recovery.ignore-unclaimed-state":               "execution.savepoint.ignore-unclaimed-state",
		"execution.state-recovery.path":                                 "execution.savepoint.path",
		"execution.state-recovery.without-channel-state.checkpoint-id":  "execution.checkpointing.recover-without-channel-state.checkpoint-id",
		"state.changelog.dstl.dfs.base-path":                            "dstl.dfs.base-path",
		"state.changelog.dstl.dfs.batch.persist-delay":                  "dstl.dfs.batch.persist-delay",
		"state.changelog.dstl.dfs.batch.persist-size-threshold":         "dstl.dfs.batch.persist-size-threshold",
		"state.changelog.dstl.dfs.compression.enabled":                  "dstl.dfs.compression.enabled",
		"state.changelog.dstl.dfs.discard.num-threads":                  "dstl.dfs.discard.num-threads",
		"state.changelog.dstl.dfs.download.local-cache.idle-timeout-ms": "dstl.dfs.download.local-cache.idle-timeout-ms",
		"state.changelog.dstl.dfs.preemptive-persist-threshold":         "dstl.dfs.preemptive-persist-threshold",
		"state.changelog.dstl.dfs.upload.buffer-size":                   "dstl.dfs.upload.buffer-size",
		"state.changelog.dstl.dfs.upload.max-attempts":                  "dstl.dfs.upload.max-attempts",
		"state.changelog.dstl.dfs.upload.max-in-flight":                 "dstl.dfs.upload.max-in-flight",
		"state.changelog.dstl.dfs.upload.next-attempt-delay":            "dstl.dfs.upload.next-attempt-delay",
		"state.changelog.dstl.dfs.upload.num-threads":                   "dstl.dfs.upload.num-threads",
		"state.changelog.dstl.dfs.upload.retry-policy":                  "dstl.dfs.upload.retry-policy",
		"state.changelog.dstl.dfs.upload.timeout":                       "dstl.dfs.upload.timeout",
		"state.changelog.enabled":                                       "state.backend.changelog.enabled",
		"state.changelog.max-failures-allowed":                          "state.backend.changelog.max-failures-allowed",
		"state.changelog.periodic-materialize.enabled":                  "state.backend.changelog.periodic-materialize.enabled",
		"state.changelog.periodic-materialize.interval":                 "state.backend.changelog.periodic-materialize.interval",
		"state.changelog.storage":                                       "state.backend.changelog.storage",
		"state.latency-track.history-size":                              "state.backend.latency-track.history-size",
		"state.latency-track.keyed-state-enabled":                       "state.backend.latency-track.keyed-state-enabled",
		"state.latency-track.sample-interval":                           "state.backend.latency-track.sample-interval",
		"state.latency-track.state-name-as-variable":                    "state.backend.latency-track.state-name-as-variable",
		"taskmanager.network.memory.buffers-request-timeout":            "taskmanager.network.memory.exclusive-buffers-request-timeout-ms",
	}},
	{since: "2.0", older: map[string]string{
		"high-availability.zookeeper.path.execution-plans":                        "recovery.zookeeper.path.jobgraphs",
		"jobmanager.adaptive-scheduler.executing.cooldown-after-rescaling":        "jobmanager.adaptive-scheduler.scaling-interval.min",
		"jobmanager.adaptive-scheduler.submission.resource-stabilization-timeout": "jobmanager.adaptive-scheduler.resource-stabilization-timeout",
		"jobmanager.adaptive-scheduler.submission.resource-wait-timeout":          "jobmanager.adaptive-scheduler.resource-wait-timeout",
	}},
}

// Ignored reports whether v does not read key although another release does, and
// what to write instead; the replacement is empty when there is none.
func Ignored(v Version, key string) (replacement string, ok bool) {
	if v.Major > 1 {
		if replacement, ok = removedIn20[key]; ok {
			return replacement, true
		}
	}
	if rest, found := strings.CutPrefix(key, "pekko."); found && v.before("1.18") {
		return "akka." + rest, true // FLINK-32468
	}
	for _, release := range newerSpellings {
		if v.before(release.since) {
			if replacement, ok = release.older[key]; ok {
				return replacement, true
			}
		}
	}
	return "", false
}
