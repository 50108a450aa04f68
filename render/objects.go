package render

import (
	"maps"
	"math"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/internal/flink"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/labels"
)

// objects builds everything that the cluster consists of, or what the id is derived
// from, with nil in the place of the others. path is that of kubernetes in the
// resource.
func (g *rendering) objects(c *cluster, config string, path *field.Path) []tree.Map {
	if g.partial {
		job := g.mergeTemplate(c, labels.JobManager, c.jobManager(), path)
		return []tree.Map{c.configMap(config), nil, job, nil}
	}
	out := []tree.Map{c.configMap(config), c.service(), c.jobManager(), c.taskManager()}
	if c.haKubernetes && (c.ownAccount(labels.JobManager) == "" || c.ownAccount(labels.TaskManager) == "") {
		out = append(out, c.serviceAccount()...)
	}
	if g.budgets {
		out = append(out, c.disruptionBudgets()...)
	}
	g.trace.built(c, out...)
	out[2] = g.mergeTemplate(c, labels.JobManager, out[2], path)
	out[3] = g.mergeTemplate(c, labels.TaskManager, out[3], path)
	return out
}

func (c *cluster) configMapName() string { return c.name + "-flink-config" }

func (c *cluster) workloadName(component labels.Component) string {
	return c.name + "-" + component.String()
}

// meta is the metadata of an object of a component, or of none (0).
func (c *cluster) meta(name string, component labels.Component, user map[string]string) tree.Map {
	m := tree.Map{"name": name, "namespace": c.namespace, "labels": c.labelled(component, user)}
	if len(c.kubernetes.Annotations) > 0 {
		m["annotations"] = tree.FromStrings(c.kubernetes.Annotations)
	}
	return m
}

// labelled are labels of the user with the system's, which win.
func (c *cluster) labelled(component labels.Component, user map[string]string) tree.Map {
	made := &c.labelTrees[component]
	if *made == nil {
		*made = labelTree(c.labels.WithComponent(component))
	}
	if len(user) == 0 {
		return *made // objects share what is the same
	}
	out := tree.FromStrings(user)
	maps.Copy(out, *made)
	return out
}

func (c *cluster) selector(component labels.Component) tree.Map {
	made := &c.selectorTrees[component]
	if *made == nil {
		*made = labelTree(c.labels.WithComponent(component).Selector())
	}
	return *made
}

func labelTree(set labels.Set) tree.Map {
	out := make(tree.Map, set.Len())
	for k, v := range set.All() {
		out[k] = v
	}
	return out
}

func (c *cluster) podLabels(component labels.Component) tree.Map {
	if c.kubernetes.Pods == nil {
		return c.labelled(component, nil)
	}
	return c.labelled(component, c.kubernetes.Pods.Labels)
}

func (c *cluster) configMap(config string) tree.Map {
	return tree.Map{
		"apiVersion": "v1",
		"kind":       "ConfigMap",
		"metadata":   c.meta(c.configMapName(), 0, nil),
		"data": tree.Map{
			c.version.ConfigFile: config,
			flink.Log4jFile:      c.log4j,
		},
	}
}

// service is how TaskManagers find the JobManager, and people its REST API.
func (c *cluster) service() tree.Map {
	return tree.Map{
		"apiVersion": "v1",
		"kind":       "Service",
		"metadata":   c.meta(c.workloadName(labels.JobManager), labels.JobManager, c.kubernetes.Labels),
		"spec": tree.Map{
			"selector": c.selector(labels.JobManager),
			"ports":    servicePorts,
		},
	}
}

func (c *cluster) jobManager() tree.Map {
	if !c.application {
		return c.deployment(labels.JobManager, c.jobManagers)
	}
	template := c.podTemplate(labels.JobManager)
	// A failed pod stays, so that its log can be read; a new one takes its place.
	template["spec"].(tree.Map)["restartPolicy"] = "Never"
	return tree.Map{
		"apiVersion": "batch/v1",
		"kind":       "Job",
		"metadata":   c.meta(c.workloadName(labels.JobManager), labels.JobManager, c.kubernetes.Labels),
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
func (c *cluster) backoffLimit() int64 {
	if c.ha {
		return math.MaxInt32
	}
	return int64(c.attempts - 1)
}

func (c *cluster) failureRules() []any {
	if c.ha {
		return failureRulesHA
	}
	return failureRules
}

func (c *cluster) taskManager() tree.Map { return c.deployment(labels.TaskManager, c.managers) }

func (c *cluster) deployment(component labels.Component, replicas int32) tree.Map {
	spec := tree.Map{
		"replicas": int64(replicas),
		"selector": tree.Map{"matchLabels": c.selector(component)},
		"template": c.podTemplate(component),
	}
	if component == labels.JobManager && !c.ha {
		// Two JobManagers at a time would split the cluster.
		spec["strategy"] = tree.Map{"type": "Recreate"}
	}
	return tree.Map{
		"apiVersion": "apps/v1",
		"kind":       "Deployment",
		"metadata":   c.meta(c.workloadName(component), component, c.kubernetes.Labels),
		"spec":       spec,
	}
}
