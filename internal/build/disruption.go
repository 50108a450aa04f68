package build

import (
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/labels"
)

// gracePeriod is in seconds. A JobManager that is told to end gives its services
// 30 seconds (cluster.services.shutdown-timeout), which is all that Kubernetes
// gives by default: it would be killed while it cleans up.
const gracePeriod = 60

// disruptionBudget keeps one TaskManager at a time from being evicted. A JobManager is
// alone, and a budget of one pod keeps its node from being drained.
func (c *Plan) disruptionBudget() tree.Map {
	spec := tree.Map{
		"maxUnavailable": int64(1),
		"selector":       tree.Map{"matchLabels": c.selector(labels.TaskManager)},
		// Pods that fail for good would keep nodes from being drained.
		"unhealthyPodEvictionPolicy": "AlwaysAllow",
	}
	return c.object("policy/v1", "PodDisruptionBudget", c.workloadName(labels.TaskManager), labels.TaskManager, nil,
		tree.Map{"spec": spec})
}

// spread keeps the TaskManagers on several nodes, as far as there are some. Their number is
// not asked for, because it may be changed at any time without a new template, and so
// without new pods.
func (c *Plan) spread() []any {
	return []any{tree.Map{
		"maxSkew":           int64(1),
		"topologyKey":       "kubernetes.io/hostname",
		"whenUnsatisfiable": "ScheduleAnyway",
		"labelSelector":     tree.Map{"matchLabels": c.selector(labels.TaskManager)},
	}}
}
