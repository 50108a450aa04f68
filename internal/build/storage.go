package build

import (
	"slices"
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
	set := func(folder string, keys ...string) {
		if !c.sets(keys...) {
			c.Config[keys[0]] = base + folder
		}
	}
	set("checkpoints", checkpointFolders...)
	set("savepoints", "state.savepoints.dir", "execution.checkpointing.savepoint-dir",
		"savepoints.state.backend.fs.dir")
	if flink.HighAvailability(c.Version, c.Config).Kind != flink.HANone {
		set("high-availability", haStorage)
	}
}

// checkpointFolders are the options for the folder of checkpoints, today's first.
var checkpointFolders = []string{
	"state.checkpoints.dir", "execution.checkpointing.dir", "state.backend.fs.checkpointdir",
}

// sets reports whether the configuration has one of the options.
func (c *Plan) sets(keys ...string) bool {
	return slices.ContainsFunc(keys, func(key string) bool { return c.Config[key] != "" })
}

// checkpoints warns of checkpoints that have no place.
func (d *decider) checkpoints(c *Plan, at *field.Path) {
	if c.sets(checkpointFolders...) || // or the JobManager may be meant
		c.sets("state.checkpoint-storage", "execution.checkpointing.storage") {
		return
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
