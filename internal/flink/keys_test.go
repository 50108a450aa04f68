package flink_test

import (
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/flink"
)

func TestOwned(t *testing.T) {
	for _, c := range []struct {
		key    string
		owned  bool
		reason string
	}{
		{"jobmanager.rpc.address", true, "the Service or the pod"},
		{"rest.port", true, "the Service"},
		{"web.port", true, "a deprecated spelling of rest.port"},
		{"rest.bind-address", true, "localhost would cut the pod off"},
		{"kubernetes.cluster-id", true, "derived"},
		{"recovery.zookeeper.path.namespace", true, "a deprecated spelling of high-availability.cluster-id"},
		{"taskmanager.memory.process.size", true, "resources"},
		{"parallelism.default", true, "spec.parallelism"},
		{"$internal.pipeline.job-id", true, "Flink's own"},
		{"taskmanager.numberOfTaskSlots", false, "users set it here"},
		{"taskmanager.memory.managed.fraction", false, "a component"},
		{"kubernetes.jobmanager.replicas", false, "standby JobManagers"},
		{"high-availability.type", false, "users switch it on"},
		{"state.checkpoints.dir", false, "users set it here"},
		{"", false, "no key"},
	} {
		assert.Equal(t, flink.Owned(c.key) != "", c.owned, "%s: %s", c.key, c.reason)
	}
}

func TestInert(t *testing.T) {
	for _, c := range []struct {
		key    string
		inert  bool
		reason string
	}{
		{"kubernetes.container.image", true, "the pods come from elsewhere"},
		{"kubernetes.container.image.ref", true, "its newer spelling"},
		{"kubernetes.taskmanager.cpu", true, "standalone Flink ignores it"},
		{"kubernetes.pod-template-file.jobmanager", true, "likewise"},
		{"kubernetes.operator.savepoint.format.type", true, "another system"},
		{"yarn.application.name", true, "another system"},
		{"slotmanager.number-of-slots.max", true, "Flink's documentation says so"},
		{"external-resource.gpu.kubernetes.config-key", true, "an option of native Kubernetes in another group"},
		{"external-resource.gpu.amount", false, "works everywhere"},
		{"kubernetes.cluster-id", false, "high availability reads it"},
		{"kubernetes.transactional-operation.max-retries", false, "high availability reads it"},
		{"kubernetes.jobmanager.replicas", false, "the number of JobManagers"},
		{"high-availability.kubernetes.leader-election.lease-duration", false, "not in the group"},
		{"state.backend.type", false, "works everywhere"},
		{"", false, "no key"},
	} {
		assert.Equal(t, flink.Inert(c.key) != "", c.inert, "%s: %s", c.key, c.reason)
	}
}

func TestInertInApplication(t *testing.T) {
	for _, c := range []struct {
		key    string
		inert  bool
		reason string
	}{
		{"execution.savepoint-restore-mode", true, "the entry point sets it to NO_CLAIM"},
		{"execution.state-recovery.claim-mode", true, "its newer spelling"},
		{"execution.savepoint.ignore-unclaimed-state", true, "the flag decides"},
		{"execution.state-recovery.ignore-unclaimed-state", true, "its newer spelling"},
		{"execution.savepoint.path", false, "kept unless --fromSavepoint is given"},
		{"execution.checkpointing.interval", false, "works"},
	} {
		assert.Equal(t, flink.InertInApplication(c.key) != "", c.inert, "%s: %s", c.key, c.reason)
		assert.Equal(t, flink.Inert(c.key), "", c.key)
	}
}

func TestIgnored(t *testing.T) {
	for _, c := range []struct {
		version, key, replacement string
		ignored                   bool
		reason                    string
	}{
		{"2.0", "jobmanager.heap.size", "jobmanager.memory.heap.size", true, "removed in 2.0"},
		{"1.20", "jobmanager.heap.size", "", false, "still read"},
		{"2.2", "akka.watch.threshold", "", true, "removed without a successor"},
		{"2.2", "akka.ask.timeout", "", false, "2.x still reads most akka keys as deprecated spellings"},
		{"2.2", "high-availability", "", false, "deprecated, but read"},
		{"1.16", "high-availability.type", "high-availability", true, "came with 1.17"},
		{"1.17", "high-availability.type", "", false, "came with 1.17"},
		{"1.15", "execution.checkpointing.dir", "state.checkpoints.dir", true, "came with 1.20"},
		{"1.19", "execution.checkpointing.dir", "state.checkpoints.dir", true, "came with 1.20"},
		{"1.20", "execution.checkpointing.dir", "", false, "came with 1.20"},
		{"1.17", "pekko.ask.timeout", "akka.ask.timeout", true, "Pekko came with 1.18"},
		{"1.18", "pekko.ask.timeout", "", false, "Pekko came with 1.18"},
		{"1.17", "metrics.reporter.prom.class", "metrics.reporter.prom.factory.class, and takes the name of the factory",
			true, "a name in the middle"},
		{"1.16", "metrics.reporter.prom.class", "", false, "deprecated, but read"},
		{"1.20", "metrics.reporter.prom.factory.class", "", false, "what is read"},
		{"1.20", "metrics.reporter.class", "", false, "no reporter"},
		{"1.20", "my.own.key", "", false, "nothing is known about it"},
	} {
		replacement, ignored := flink.Ignored(lookup(t, c.version), c.key)
		assert.Equal(t, ignored, c.ignored, "%s %s: %s", c.version, c.key, c.reason)
		assert.Equal(t, replacement, c.replacement, c.key)
	}
}

func TestReadByStartScript(t *testing.T) {
	assert.Assert(t, flink.ReadByStartScript("env.java.opts.all"))
	assert.Assert(t, flink.ReadByStartScript("env.log.dir"))
	assert.Assert(t, !flink.ReadByStartScript("environment"))
	assert.Assert(t, !flink.ReadByStartScript("containerized.master.env.X"))
}
