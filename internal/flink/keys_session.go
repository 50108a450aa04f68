package flink

import (
	"slices"
	"strings"
)

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
