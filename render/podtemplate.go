package render

import (
	"maps"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/flink"
	"github.com/flinktarget/flinktarget/internal/merge"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/labels"
)

// userTemplate returns what the resource says of a component's pods, and where.
func (c *cluster) userTemplate(component labels.Component) (tree.Map, string) {
	if component == labels.JobManager {
		return decode.Shared(c.kubernetes.JobManagerPodTemplate), templateOf(component)
	}
	return decode.Shared(c.kubernetes.TaskManagerPodTemplate), templateOf(component)
}

// mergeTemplate merges the user's pod template of a component into its generated
// workload, by the rules of strategic merges: containers by name, null deletes, an
// explicit false or 0 counts. The labels of the system win.
func (g *rendering) mergeTemplate(c *cluster, component labels.Component, workload tree.Map, at *field.Path) tree.Map {
	template, name := c.userTemplate(component)
	if len(template) == 0 {
		return workload
	}
	path := at.Child(name)
	plan, err := merge.CompileShared(tree.Map{"spec": tree.Map{"template": template}}, merge.Of(tree.String(workload, "apiVersion"), tree.String(workload, "kind")))
	if err == nil {
		var merged tree.Map
		if merged, _, err = plan.Apply(workload); err == nil {
			g.trace.template(merged, template, path)
			merged = c.relabel(component, merged)
			secure(merged, workload)
			g.trace.restored(c, path, merged)
			return merged
		}
	}
	g.refuse(err, path)
	return workload
}

// refuse reports why a template cannot be merged, at its own fields.
func (g *rendering) refuse(err error, path *field.Path) {
	for _, r := range merge.Refusals(err) {
		e := field.Invalid(path, field.OmitValueType{}, r.Message())
		if inner := strings.TrimPrefix(r.Path, "spec.template"); inner != r.Path {
			e.Field = path.String() + inner
		}
		g.fail(e, "pod-template")
	}
}

// relabel puts the labels of the system back, wherever a template has its own.
func (c *cluster) relabel(component labels.Component, workload tree.Map) tree.Map {
	workload = tree.CopyMap(workload)
	template := tree.Child(workload, "spec", "template")
	metadata, ok := template["metadata"].(tree.Map)
	if !ok {
		metadata = tree.Map{}
		template["metadata"] = metadata
	}
	metadata["labels"] = c.labelled(component, tree.Strings(metadata, "labels"))
	return workload
}

// secure restricts the containers that a template adds and says nothing about, as
// the generated ones are: a single one that is not would keep the pod out of a
// namespace that enforces "restricted". An empty securityContext says something.
func secure(workload, generated tree.Map) {
	for _, list := range [...]string{"initContainers", "containers"} {
		path := []string{"spec", "template", "spec", list}
		known := map[string]bool{}
		for _, e := range tree.Items(generated, path...) {
			known[tree.String(e, "name")] = true
		}
		for _, e := range tree.Items(workload, path...) {
			container, _ := e.(tree.Map)
			if _, said := container["securityContext"]; container != nil && !said && !known[tree.String(e, "name")] {
				container["securityContext"] = restricted
			}
		}
	}
}

// hidesConfig refuses volumes of the resource that are mounted over Flink's
// configuration, which would be lost.
func (g *rendering) hidesConfig(c *cluster, path *field.Path) {
	check := func(mount any, at *field.Path) {
		if tree.String(mount, "mountPath") == flink.ConfDir {
			g.fail(field.Forbidden(at.Child("mountPath"), "Flink's configuration is mounted there; mount single files elsewhere, or set options in flinkConfiguration"), "volume")
		}
	}
	if p := c.kubernetes.Pods; p != nil {
		for i, m := range p.VolumeMounts {
			check(decode.Shared(m.VolumeMount), path.Child("pods", "volumeMounts").Index(i).Child("volumeMount"))
		}
	}
	for _, component := range [...]labels.Component{labels.JobManager, labels.TaskManager} {
		template, name := c.userTemplate(component)
		for i, container := range tree.Items(template, "spec", "containers") {
			if tree.String(container, "name") != flink.ContainerPrefix+component.String() {
				continue
			}
			for j, m := range tree.Items(container, "volumeMounts") {
				check(m, path.Child(name, "spec", "containers").Index(i).Child("volumeMounts").Index(j))
			}
		}
	}
}

// ownAccount returns the service account that the user's template names for the
// pods of a component, "" if it names none.
func (c *cluster) ownAccount(component labels.Component) string {
	template, _ := c.userTemplate(component)
	return tree.String(template, "spec", "serviceAccountName")
}

// environment returns the names of the variables that the resource sets in the
// Flink containers of both components.
func (c *cluster) environment() map[string]bool {
	both := c.variables(labels.JobManager)
	other := c.variables(labels.TaskManager)
	maps.DeleteFunc(both, func(name string, _ bool) bool { return !other[name] })
	return both
}

// variables returns the names of the variables that the resource sets in the Flink
// container of a component.
func (c *cluster) variables(component labels.Component) map[string]bool {
	names := map[string]bool{}
	add := func(v any) { names[tree.String(v, "name")] = true }
	template, _ := c.userTemplate(component)
	for _, container := range tree.Items(template, "spec", "containers") {
		if tree.String(container, "name") == flink.ContainerPrefix+component.String() {
			for _, v := range tree.Items(container, "env") {
				add(v)
			}
		}
	}
	if c.kubernetes.Pods != nil {
		for _, v := range c.kubernetes.Pods.EnvVars {
			add(decode.Shared(v))
		}
	}
	return names
}
