package build

import (
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/internal/flink"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/labels"
)

// Autoscaling says how the number of TaskManagers follows their load.
type Autoscaling struct {
	Reactive                 bool // in application mode
	MinReplicas, MaxReplicas int32
	CPUUtilization           int32 // percent
}

// autoscaling makes Flink run jobs with the TaskManagers that there are.
func (d *decider) autoscaling(c *Plan, at *field.Path) {
	if c.Job == nil && strings.EqualFold(strings.TrimSpace(c.Config[flink.SchedulerModeKey]), "reactive") {
		d.fail(field.Forbidden(at.Key(flink.SchedulerModeKey), "Flink has it in application mode only: write "+
			flink.SchedulerKey+": adaptive"), "flink-configuration")
	}
	a := d.opts.Autoscaling
	if a == nil {
		return
	}
	key, value := flink.SchedulerKey, "adaptive"
	if a.Reactive && c.Job != nil {
		key, value = flink.SchedulerModeKey, "reactive"
	}
	if own, ok := c.Config[flink.SchedulerKey]; ok && !strings.EqualFold(strings.TrimSpace(own), "adaptive") {
		d.fail(field.Forbidden(at.Key(flink.SchedulerKey), "the adaptive scheduler alone follows the number of "+
			"TaskManagers: remove the option"), "flink-configuration WithAutoscaling")
	}
	c.Config[key] = value
	if n := c.TaskManagers; n != nil && (*n > a.MaxReplicas || c.Job != nil && *n < a.MinReplicas) {
		d.warn("no-effect WithAutoscaling", c.Settings.Child("numberOfTaskManagers"), "not used: there are %d to %d",
			a.MinReplicas, a.MaxReplicas)
	}
}

// autoscaler goes by the load of Flink's container alone, whatever else is in the pods.
func (c *Plan) autoscaler() tree.Map {
	a, name := c.opts.Autoscaling, c.workloadName(labels.TaskManager)
	return c.object("autoscaling/v2", "HorizontalPodAutoscaler", name, labels.TaskManager, c.Kubernetes.Labels,
		tree.Map{"spec": tree.Map{
			"scaleTargetRef": tree.Map{"apiVersion": "apps/v1", "kind": "Deployment", "name": name},
			"minReplicas":    int64(a.MinReplicas),
			"maxReplicas":    int64(a.MaxReplicas),
			"metrics": []any{tree.Map{"type": "ContainerResource", "containerResource": tree.Map{
				"name": "cpu", "container": flink.ContainerPrefix + labels.TaskManager.String(),
				"target": tree.Map{"type": "Utilization", "averageUtilization": int64(a.CPUUtilization)},
			}}},
		}})
}
