package build

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/flink"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/merge"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/labels"
)

// TemplateOf returns the field of a component's pod template.
func TemplateOf(component labels.Component) string {
	if component == labels.JobManager {
		return "jobManagerPodTemplate"
	}
	return "taskManagerPodTemplate"
}

// PodsAt returns the field of what is said of pods: of the SessionCluster in session mode.
func (c *Plan) PodsAt() *field.Path {
	if c.Session != nil {
		return field.NewPath("spec", "kubernetes")
	}
	return c.Settings.Child("kubernetes")
}

// strayFetchers leaves out what templates say of the container that fetches jars, where
// there is none: VVP has it in all pods, so that its Deployment Defaults may name it.
func (d *decider) strayFetchers(c *Plan) {
	for _, component := range [...]labels.Component{labels.JobManager, labels.TaskManager} {
		template := c.templates[component]
		list := tree.Items(template, "spec", "initContainers")
		i := slices.IndexFunc(list, func(e any) bool {
			return tree.String(e, "name") == fetcherContainer && tree.String(e, "image") == ""
		})
		if i < 0 || len(c.artifact.files) > 0 {
			continue
		}
		c.templates[component] = tree.CopyMap(template)
		spec := tree.Child(c.templates[component], "spec")
		if spec["initContainers"] = slices.Delete(tree.Items(spec, "initContainers"), i, i+1); len(list) == 1 {
			delete(spec, "initContainers")
		}
		d.warn("artifact-fetcher", c.PodsAt().Child(TemplateOf(component), "spec", "initContainers").Index(i),
			"not used: these pods have no %s, because Flink itself fetches the jar or finds it in the image",
			fetcherContainer)
	}
}

// TemplatePath returns the field of the pod template that the resource has for a
// component, nil if it has none.
func (c *Plan) TemplatePath(component labels.Component) *field.Path {
	if component != 0 && len(c.templates[component]) > 0 {
		return c.PodsAt().Child(TemplateOf(component))
	}
	return nil
}

// MergeTemplate merges the user's pod template of a component into its workload, by
// the rules of strategic merges: containers by name, null deletes, an explicit false or
// 0 counts. It returns the template, too, which is empty if there is none.
func (c *Plan) MergeTemplate(component labels.Component, workload tree.Map) (
	merged, template tree.Map, problems field.ErrorList,
) {
	if template = c.templates[component]; len(template) == 0 {
		return workload, nil, nil
	}
	patch := tree.Map{"spec": tree.Map{"template": template}}
	merged, _, err := merge.Apply(workload, patch, merge.Of(kinds.TypeOf(workload)))
	return merged, template, refusals(err, c.PodsAt().Child(TemplateOf(component)))
}

// refusals says why a template cannot be merged, if it cannot, at its own fields.
func refusals(err error, path *field.Path) field.ErrorList {
	var d decider
	refused, _ := errors.AsType[merge.RefusedError](err)
	for _, r := range refused {
		e := field.Invalid(path, field.OmitValueType{}, r.Message)
		if inner := strings.TrimPrefix(r.Path, "spec.template"); inner != r.Path {
			e.Field = path.String() + inner
		}
		d.fail(e, "pod-template")
	}
	return d.problems
}

// Restore gives a workload that a template was merged into what a template does not
// decide: the labels of the system, and the security of containers that it adds.
func (c *Plan) Restore(component labels.Component, merged, generated tree.Map) tree.Map {
	merged = tree.CopyMap(merged)
	template := tree.Child(merged, "spec", "template")
	metadata, ok := template["metadata"].(tree.Map)
	if !ok {
		metadata = tree.Map{}
		template["metadata"] = metadata
	}
	metadata["labels"] = c.labelled(component, tree.Strings(metadata, "labels"))
	secure(merged, generated)
	return merged
}

// secure restricts the containers that a template adds and says nothing about, as
// the generated ones are: a single one that is not would keep the pod out of a
// namespace that enforces "restricted". An empty securityContext says something.
func secure(workload, generated tree.Map) {
	for _, list := range [...]string{"initContainers", "containers"} {
		path := []string{"spec", "template", "spec", list}
		known := tree.Items(generated, path...)
		for _, e := range tree.Items(workload, path...) {
			container, _ := e.(tree.Map)
			if _, said := container["securityContext"]; container != nil && !said &&
				!slices.ContainsFunc(known, has("name", tree.String(e, "name"))) {
				container["securityContext"] = restricted
			}
		}
	}
}

// hidesConfig refuses volumes of the resource that are mounted over Flink's
// configuration, which would be lost, or over Flink itself.
func (d *decider) hidesConfig(c *Plan, path *field.Path) {
	check := func(mount any, at *field.Path) {
		if c.Home.HidesConfig(c.Version, tree.String(mount, "mountPath")) {
			d.fail(field.Forbidden(at.Child("mountPath"),
				"Flink's configuration is mounted at "+c.Home.Conf()+"; mount other volumes elsewhere, single files "+
					"beside it, or set options in flinkConfiguration"), "volume")
		}
	}
	for i, m := range c.pods.VolumeMounts {
		check(decode.Shared(m.VolumeMount), path.Child("pods", "volumeMounts").Index(i).Child("volumeMount"))
	}
	for _, component := range [...]labels.Component{labels.JobManager, labels.TaskManager} {
		container, i := c.templateContainer(component)
		for j, m := range tree.Items(container, "volumeMounts") {
			at := path.Child(TemplateOf(component), "spec", "containers").Index(i).Child("volumeMounts")
			check(m, at.Index(j))
		}
	}
}

// templateContainer returns what the user's template says of Flink's container, and its
// index; nil and -1 if it says nothing.
func (c *Plan) templateContainer(component labels.Component) (any, int) {
	containers := tree.Items(c.templates[component], "spec", "containers")
	i := slices.IndexFunc(containers, has("name", flink.ContainerPrefix+component.String()))
	if i < 0 {
		return nil, i
	}
	return containers[i], i
}

// imageOf is the image of Flink in the pods of a component.
func (c *Plan) imageOf(component labels.Component) string {
	container, _ := c.templateContainer(component)
	return cmp.Or(tree.String(container, "image"), c.Image)
}

// ownAccount returns the service account that the user's template names for the
// pods of a component, "" if it names none.
func (c *Plan) ownAccount(component labels.Component) string {
	return tree.String(c.templates[component], "spec", "serviceAccountName")
}

// known returns the variables that the Flink containers of all components have, and whose
// values are known and the same.
func (c *Plan) known() map[string]string {
	out := variables(c.env(labels.JobManager))
	if c.Session == nil {
		other := variables(c.env(labels.TaskManager))
		maps.DeleteFunc(out, func(name, value string) bool {
			there, ok := other[name]
			return !ok || there != value
		})
	}
	return out
}

// mayHave reports whether both containers have a variable, or get some from a ConfigMap or a
// Secret, of which it may be one.
func (c *Plan) mayHave(name string) bool {
	for _, component := range c.components() {
		container, _ := c.templateContainer(component)
		if !slices.ContainsFunc(c.env(component), has("name", name)) &&
			len(tree.Items(container, "envFrom"))+len(tree.Items(c.Final[component], "envFrom")) == 0 {
			return false
		}
	}
	return true
}

// env are the variables of the Flink container of a component: in the end, or those of the
// resource.
func (c *Plan) env(component labels.Component) []any {
	if final := c.Final[component]; final != nil {
		return tree.Items(final, "env")
	}
	return c.ownEnv(component)
}

// ownEnv are those that the resource sets.
func (c *Plan) ownEnv(component labels.Component) []any {
	container, _ := c.templateContainer(component)
	return append(rawList(c.pods.EnvVars), tree.Items(container, "env")...)
}

// setsVariable reports whether the resource sets a variable.
func (c *Plan) setsVariable(component labels.Component, name string) bool {
	return slices.ContainsFunc(c.ownEnv(component), has("name", name))
}

// variables returns the values of variables that are not from elsewhere, nor for Kubernetes to
// expand. The last of a name counts.
func variables(list []any) map[string]string {
	known := map[string]string{}
	for _, v := range list {
		name, value := tree.String(v, "name"), tree.String(v, "value")
		if _, from := tree.Get(v, "valueFrom"); from || strings.Contains(value, "$") {
			delete(known, name)
		} else {
			known[name] = value
		}
	}
	return known
}
