package build

import (
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/internal/flink"
)

// preset sets the folders of checkpoints, savepoints and high availability in the blob
// storage of the platform, where the resource does not. VVP's folders are
// flink-jobs/namespaces/NAMESPACE/jobs/ID; those of session clusters are ours.
func (c *Plan) preset() {
	if c.opts.BlobStorage == "" {
		return
	}
	kind, id := "sessionclusters", strings.TrimPrefix(c.Name, "session-")
	if c.Job != nil {
		kind, id = "jobs", c.Job.ID
	}
	base := strings.Join([]string{strings.TrimSuffix(c.opts.BlobStorage, "/"), "flink-jobs/namespaces",
		c.Placeholders["namespace"], kind, id, ""}, "/")
	set := func(folder, key string, others ...string) {
		for _, k := range append(others, key) {
			if c.Config[k] != "" {
				return
			}
		}
		c.Config[key] = base + folder
	}
	set("checkpoints", "state.checkpoints.dir", "execution.checkpointing.dir", "state.backend.fs.checkpointdir")
	set("savepoints", "state.savepoints.dir", "execution.checkpointing.savepoint-dir",
		"savepoints.state.backend.fs.dir")
	if flink.HighAvailability(c.Version, c.Config).Kind != flink.HANone {
		set("high-availability", haStorage)
	}
}

// checkpoints warns of checkpoints that have no place.
func (d *decider) checkpoints(c *Plan, at *field.Path) {
	for _, key := range [...]string{
		"state.checkpoints.dir", "execution.checkpointing.dir", "state.backend.fs.checkpointdir",
		"state.checkpoint-storage", "execution.checkpointing.storage", // which may be meant to be the JobManager
	} {
		if c.Config[key] != "" {
			return
		}
	}
	for _, key := range [...]string{
		"execution.checkpointing.interval", "execution.checkpointing.externalized-checkpoint-retention",
	} {
		if value := c.Config[key]; value != "" && value != "0" && value != "NO_EXTERNALIZED_CHECKPOINTS" {
			d.warn("checkpoint-directory BlobStorage", at.Key(key),
				"checkpoints stay in the memory of the JobManager, and are lost with it: set state.checkpoints.dir to "+
					"the URI of a folder, such as s3://bucket/checkpoints")
			return
		}
	}
}
