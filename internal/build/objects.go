package build

import (
	"maps"
	"math"

	"github.com/flinktarget/flinktarget/internal/flink"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/labels"
)

// Objects makes everything that the cluster consists of, without the pod templates of
// the resource.
func (c *Plan) Objects() []tree.Map {
	out := []tree.Map{c.configMap(), c.service(), c.jobManager(), c.taskManager()}
	if c.HAKubernetes && (c.ownAccount(labels.JobManager) == "" || c.ownAccount(labels.TaskManager) == "") {
		out = append(out, c.serviceAccount()...)
	}
	if c.opts.Budgets && c.managers > 1 {
		out = append(out, c.disruptionBudget())
	}
	return out
}

func (c *Plan) configMapName() string { return c.Name + "-" + flink.ConfigVolume }

func (c *Plan) workloadName(component labels.Component) string {
	return c.Name + "-" + component.String()
}

// meta is the metadata of an object of a component, or of none (0).
func (c *Plan) meta(name string, component labels.Component, user map[string]string) tree.Map {
	m := tree.Map{"name": name, "namespace": c.Namespace, "labels": c.labelled(component, user)}
	if len(c.Kubernetes.Annotations) > 0 {
		m["annotations"] = tree.FromStrings(c.Kubernetes.Annotations)
	}
	return m
}

// labelled are labels of the user with the system's, which win.
func (c *Plan) labelled(component labels.Component, user map[string]string) tree.Map {
	made := &c.labelTrees[component]
	if *made == nil {
		*made = labelTree(c.Labels, component)
	}
	if len(user) == 0 {
		return *made // objects share what is the same
	}
	out := tree.FromStrings(user)
	maps.Copy(out, *made)
	return out
}

func (c *Plan) selector(component labels.Component) tree.Map {
	made := &c.selectorTrees[component]
	if *made == nil {
		*made = labelTree(c.Labels.Selector(), component)
	}
	return *made
}

func labelTree(set labels.Set, component labels.Component) tree.Map {
	out := make(tree.Map, set.Len()+1)
	for k, v := range set.All() {
		out[k] = v
	}
	if component != 0 {
		out[labels.KeyComponent] = component.String()
	}
	return out
}

func (c *Plan) podLabels(component labels.Component) tree.Map {
	if c.Kubernetes.Pods == nil {
		return c.labelled(component, nil)
	}
	return c.labelled(component, c.Kubernetes.Pods.Labels)
}

func (c *Plan) configMap() tree.Map {
	return tree.Map{
		"apiVersion": "v1",
		"kind":       "ConfigMap",
		"metadata":   c.meta(c.configMapName(), 0, nil),
		"data": tree.Map{
			c.Version.ConfigFile: c.configFile,
			flink.Log4jFile:      c.log4j,
		},
	}
}

// service is how TaskManagers find the JobManager, and people its REST API.
func (c *Plan) service() tree.Map {
	return tree.Map{
		"apiVersion": "v1",
		"kind":       "Service",
		"metadata":   c.meta(c.workloadName(labels.JobManager), labels.JobManager, c.Kubernetes.Labels),
		"spec": tree.Map{
			"selector": c.selector(labels.JobManager),
			"ports":    servicePorts,
		},
	}
}

func (c *Plan) jobManager() tree.Map {
	if c.Job == nil {
		return c.deployment(labels.JobManager, 1)
	}
	template := c.podTemplate(labels.JobManager)
	// A failed pod stays, so that its log can be read; a new one takes its place.
	template["spec"].(tree.Map)["restartPolicy"] = "Never"
	return tree.Map{
		"apiVersion": "batch/v1",
		"kind":       "Job",
		"metadata":   c.meta(c.workloadName(labels.JobManager), labels.JobManager, c.Kubernetes.Labels),
		"spec": tree.Map{
			"completions":      int64(1),
			"parallelism":      int64(1),
			"backoffLimit":     c.backoffLimit(),
			"podFailurePolicy": tree.Map{"rules": c.failureRules()},
			"template":         template,
		},
	}
}

// backoffLimit says how many pods may fail. Without high availability each of them
// starts the job anew: VVP's maxJobCreationAttempts counts the first, too. With it,
// the job goes on from its last checkpoint, however often its JobManager dies.
func (c *Plan) backoffLimit() int64 {
	if c.HA {
		return math.MaxInt32
	}
	return int64(c.Job.Attempts - 1)
}

func (c *Plan) failureRules() []any {
	if c.HA {
		return failureRulesHA
	}
	return failureRules
}

func (c *Plan) taskManager() tree.Map { return c.deployment(labels.TaskManager, c.managers) }

func (c *Plan) deployment(component labels.Component, replicas int32) tree.Map {
	spec := tree.Map{
		"replicas": int64(replicas),
		"selector": tree.Map{"matchLabels": c.selector(component)},
		"template": c.podTemplate(component),
	}
	if component == labels.JobManager && !c.HA {
		// Two JobManagers at a time would split the cluster.
		spec["strategy"] = tree.Map{"type": "Recreate"}
	}
	return tree.Map{
		"apiVersion": "apps/v1",
		"kind":       "Deployment",
		"metadata":   c.meta(c.workloadName(component), component, c.Kubernetes.Labels),
		"spec":       spec,
	}
}
