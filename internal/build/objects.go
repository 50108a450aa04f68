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
	if c.Session != nil {
		return []tree.Map{c.configMap(), c.jobManager()}
	}
	out := []tree.Map{c.configMap(), c.service(), c.jobManager(), c.deployment(labels.TaskManager, c.managers)}
	if c.HAKubernetes && (c.ownAccount(labels.JobManager) == "" || c.ownAccount(labels.TaskManager) == "") {
		out = append(out, c.serviceAccount()...)
	}
	if c.opts.Budgets && c.managers > 1 {
		out = append(out, c.disruptionBudget())
	}
	if m := c.Metrics; m != nil && m.PodMonitor {
		out = append(out, c.podMonitor())
	}
	if c.opts.Ingress != nil {
		out = append(out, c.ingress())
	}
	if c.opts.Autoscaling != nil {
		out = append(out, c.autoscaler())
	}
	if c.opts.Policies != nil {
		out = append(out, c.networkPolicy(labels.JobManager), c.networkPolicy(labels.TaskManager))
	}
	return out
}

func (c *Plan) configMapName() string { return c.Name + "-" + flink.ConfigVolume }

func (c *Plan) workloadName(component labels.Component) string {
	return c.Name + "-" + component.String()
}

// object makes what says spec an object of a component, or of none (0).
func (c *Plan) object(
	apiVersion, kind, name string, component labels.Component, user map[string]string, spec tree.Map,
) tree.Map {
	metadata := tree.Map{"name": name, "namespace": c.Namespace, "labels": c.labelled(component, user)}
	put(metadata, "annotations", tree.FromStrings(c.Kubernetes.Annotations))
	spec["apiVersion"], spec["kind"], spec["metadata"] = apiVersion, kind, metadata
	return spec
}

// put sets a field that says something.
func put[V tree.Map | []any](m tree.Map, field string, value V) {
	if len(value) > 0 {
		m[field] = value
	}
}

// labelled are labels of the user with the system's, which win.
func (c *Plan) labelled(component labels.Component, user map[string]string) tree.Map {
	made := &c.labelTrees[component]
	if *made == nil && component == 0 {
		*made = labelTree(c.Labels)
	} else if *made == nil {
		*made = maps.Clone(c.labelled(0, nil))
		(*made)[labels.KeyComponent] = component.String()
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
		*made = labelTree(c.Labels.Selector().WithComponent(component))
	}
	return *made
}

func labelTree(set labels.Set) tree.Map {
	out := make(tree.Map, 8)
	for k, v := range set.All() {
		out[k] = v
	}
	return out
}

func (c *Plan) configMap() tree.Map {
	data := tree.Map{c.Version.ConfigFile: c.configFile}
	if c.Session != nil {
		data[flink.SubmitFile] = submitScript
		data[flink.SubmitLog4jFile] = flink.Log4jProperties(nil)
	} else {
		data[flink.Log4jFile] = c.log4j
	}
	if c.Script != "" {
		data[flink.ScriptFile] = c.Script
	}
	return c.object("v1", "ConfigMap", c.configMapName(), 0, nil, tree.Map{"data": data})
}

// service is how TaskManagers find the JobManager, and people its REST API.
func (c *Plan) service() tree.Map {
	return c.object("v1", "Service", c.workloadName(labels.JobManager), labels.JobManager, c.Kubernetes.Labels,
		tree.Map{"spec": tree.Map{"selector": c.selector(labels.JobManager), "ports": servicePorts}})
}

func (c *Plan) jobManager() tree.Map {
	if c.Job == nil {
		return c.deployment(labels.JobManager, 1)
	}
	template := c.podTemplate(labels.JobManager)
	// A failed pod stays, so that its log can be read; a new one takes its place.
	template["spec"].(tree.Map)["restartPolicy"] = "Never"
	// Without high availability each failed pod starts the job anew: VVP's
	// maxJobCreationAttempts counts the first, too. With it, the job goes on from its last
	// checkpoint, however often its JobManager dies.
	name, failures, rules := c.workloadName(labels.JobManager), c.Job.Attempts-1, []any{evicted}
	switch {
	case c.Session != nil:
		// Another pod would find a job of this id, and take it for the whole.
		name, rules = c.Name+"-submit", append(rules, failsJob(exitSubmitted))
	case c.HA:
		// Another pod would find the job ended, in the high-availability data.
		failures, rules = math.MaxInt32, append(rules, failsJob(exitFailed))
	}
	spec := tree.Map{
		"completions":      int64(1),
		"parallelism":      int64(1),
		"backoffLimit":     int64(failures),
		"podFailurePolicy": tree.Map{"rules": rules},
		"template":         template,
	}
	return c.object("batch/v1", "Job", name, labels.JobManager, c.Kubernetes.Labels, tree.Map{"spec": spec})
}

func (c *Plan) deployment(component labels.Component, replicas int32) tree.Map {
	spec := tree.Map{
		"replicas": int64(replicas),
		"selector": tree.Map{"matchLabels": c.selector(component)},
		"template": c.podTemplate(component),
	}
	if component == labels.TaskManager && c.opts.Autoscaling != nil {
		delete(spec, "replicas") // which the autoscaler sets
	}
	if component == labels.JobManager && !c.HA {
		// Two JobManagers at a time would split the cluster.
		spec["strategy"] = tree.Map{"type": "Recreate"}
	}
	return c.object("apps/v1", "Deployment", c.workloadName(component), component, c.Kubernetes.Labels,
		tree.Map{"spec": spec})
}

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
