package deployment

import (
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/internal/tree"
)

// podTemplate checks a pod template beyond its types. It may be partial: what it
// does not say comes from the generated pod.
func (c *checks) podTemplate(t map[string]any, path *field.Path) {
	c.labels(tree.Strings(t, "metadata", "labels"), path.Child("metadata", "labels"))
	c.annotations(tree.Strings(t, "metadata", "annotations"), path.Child("metadata", "annotations"))
	for _, key := range [...]string{"name", "namespace", "generateName"} {
		if tree.String(t, "metadata", key) != "" {
			c.add(field.Forbidden(path.Child("metadata", key), "pods get their names and namespace from Kubernetes"), originPodTemplate)
		}
	}
	spec, at := tree.Child(t, "spec"), path.Child("spec")
	c.labels(tree.Strings(spec, "nodeSelector"), at.Child("nodeSelector"))
	if spec["serviceAccountName"] == "" { // VVP 2.10
		c.invalid(at.Child("serviceAccountName"), "", originPodTemplate, "an empty name is no account; remove the field")
	}
	c.unique(tree.Items(spec, "volumes"), at.Child("volumes"), originVolume)
	c.containers(spec, at)
}

func (c *checks) containers(spec map[string]any, path *field.Path) {
	seen := map[string]bool{}
	for _, list := range [...]string{"initContainers", "containers"} {
		for i, e := range tree.Items(spec, list) {
			container, _ := e.(map[string]any)
			at := path.Child(list).Index(i)
			name := tree.String(container, "name")
			switch {
			case name == "":
				c.add(field.Required(at.Child("name"), "containers are merged by their names"), originPodTemplate)
			case seen[name]:
				c.add(field.Duplicate(at.Child("name"), name), originPodTemplate)
			default:
				for _, msg := range validation.IsDNS1123Label(name) {
					c.invalid(at.Child("name"), name, originPodTemplate, msg)
				}
			}
			seen[name] = true
			c.container(container, at)
		}
	}
}

func (c *checks) container(container map[string]any, path *field.Path) {
	c.envVars(tree.Items(container, "env"), path.Child("env"))
	points := map[string]bool{}
	for i, e := range tree.Items(container, "volumeMounts") {
		mount, _ := e.(map[string]any)
		c.mountPoint(mount, points, path.Child("volumeMounts").Index(i))
	}
}

// unique checks a list whose elements have names.
func (c *checks) unique(list []any, path *field.Path, origin string) {
	seen := map[string]bool{}
	for i, e := range list {
		name := tree.String(e, "name")
		at := path.Index(i).Child("name")
		switch {
		case name == "":
			c.add(field.Required(at, "it is found by its name"), origin)
		case seen[name]:
			c.add(field.Duplicate(at, name), origin)
		default:
			c.volumeName(name, at)
		}
		seen[name] = true
	}
}
