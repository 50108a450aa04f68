package build

import (
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/labels"
)

// gracePeriod is in seconds. A JobManager that is told to end gives its services
// 30 seconds (cluster.services.shutdown-timeout), which is all that Kubernetes
// gives by default: it would be killed while it cleans up.
const gracePeriod = 60

func (c *Plan) disruptionBudgets() []tree.Map {
	var out []tree.Map
	for _, component := range [...]labels.Component{labels.JobManager, labels.TaskManager} {
		if c.pods(component) < 2 {
			continue
		}
		out = append(out, tree.Map{
			"apiVersion": "policy/v1",
			"kind":       "PodDisruptionBudget",
			"metadata":   c.meta(c.workloadName(component), component, nil),
			"spec": tree.Map{
				"maxUnavailable": int64(1),
				"selector":       tree.Map{"matchLabels": c.selector(component)},
				// Pods that fail for good would keep nodes from being drained.
				"unhealthyPodEvictionPolicy": "AlwaysAllow",
			},
		})
	}
	return out
}

// pods is how many pods of a component there are to be.
func (c *Plan) pods(component labels.Component) int32 {
	if component == labels.JobManager {
		return c.jobManagers
	}
	return c.managers
}

// spread keeps the pods of a component on several nodes, as far as there are some.
// The number of TaskManagers is not asked for, because it may be changed at any
// time without a new template, and so without new pods.
func (c *Plan) spread(component labels.Component) []any {
	if component == labels.JobManager && c.jobManagers < 2 {
		return nil
	}
	return []any{tree.Map{
		"maxSkew":           int64(1),
		"topologyKey":       "kubernetes.io/hostname",
		"whenUnsatisfiable": "ScheduleAnyway",
		"labelSelector":     tree.Map{"matchLabels": c.selector(component)},
	}}
}
