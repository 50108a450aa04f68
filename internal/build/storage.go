package build

import (
	"k8s.io/apimachinery/pkg/util/validation/field"
)

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
			d.warn("checkpoint-directory", at.Key(key), "checkpoints stay in the memory of the JobManager, and are "+
				"lost with it: set state.checkpoints.dir to the URI of a folder, such as s3://bucket/checkpoints")
			return
		}
	}
}
