package deployment

import (
	"fmt"
	"reflect"
	"strings"

	apivalidation "k8s.io/apimachinery/pkg/api/validation"
	metavalidation "k8s.io/apimachinery/pkg/apis/meta/v1/validation"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/internal/tree"
)

// podTemplates are the templates that are set, and their names.
func (k Kubernetes) podTemplates(yield func(string, map[string]any) bool) {
	if !k.JobManagerPodTemplate.IsZero() && !yield("jobManagerPodTemplate", k.JobManagerPodTemplate.shared()) {
		return
	}
	if !k.TaskManagerPodTemplate.IsZero() {
		yield("taskManagerPodTemplate", k.TaskManagerPodTemplate.shared())
	}
}

func (c *checks) kubernetes(k Kubernetes, path *field.Path) {
	c.labels(k.Labels, path.Child("labels"))
	c.annotations(k.Annotations, path.Child("annotations"))
	if k.Pods != nil {
		c.pods(*k.Pods, path.Child("pods"))
	}
	for name, template := range k.podTemplates {
		if k.Pods != nil && !reflect.ValueOf(*k.Pods).IsZero() {
			c.fail(field.Forbidden(path.Child(name), "may not be set together with pods"), "exclusive")
		}
		c.podTemplate(template, path.Child(name))
	}
}

// labels checks what becomes labels in Kubernetes, by Kubernetes' own rules.
func (c *checks) labels(m map[string]string, path *field.Path) {
	for _, key := range tree.Keys(m) {
		for _, e := range metavalidation.ValidateLabelName(key, path.Key(key)) {
			c.fail(e, "label")
		}
		for _, msg := range validation.IsValidLabelValue(m[key]) {
			c.fail(field.Invalid(path.Key(key), m[key], msg), "label")
		}
	}
}

// annotations checks keys and total size by Kubernetes' own rules.
func (c *checks) annotations(m map[string]string, path *field.Path) {
	for _, key := range tree.Keys(m) {
		for _, msg := range validation.IsQualifiedName(strings.ToLower(key)) {
			c.fail(field.Invalid(path.Key(key), field.OmitValueType{}, msg), "label")
		}
	}
	if err := apivalidation.ValidateAnnotationsSize(m); err != nil {
		c.fail(field.Invalid(path, field.OmitValueType{}, err.Error()), "label")
	}
}

func (c *checks) pods(p Pods, path *field.Path) {
	c.annotations(p.Annotations, path.Child("annotations"))
	c.labels(p.Labels, path.Child("labels"))
	c.labels(p.NodeSelector, path.Child("nodeSelector"))
	for i, e := range p.Tolerations {
		c.entry(e.IsZero(), path.Child("tolerations").Index(i))
	}
	for i, e := range p.ImagePullSecrets {
		at := path.Child("imagePullSecrets").Index(i)
		if c.entry(e.IsZero(), at); !e.IsZero() && tree.String(e.shared(), "name") == "" {
			c.fail(field.Required(at.Child("name"), "the name of a Secret"), "required")
		}
	}
	vars := make([]any, len(p.EnvVars))
	for i, e := range p.EnvVars {
		vars[i] = e.shared()
	}
	c.envVars(vars, path.Child("envVars"))
	c.volumeMounts(p.VolumeMounts, path.Child("volumeMounts"))
}

// entry reports an element of a list that is null.
func (c *checks) entry(zero bool, path *field.Path) {
	if zero {
		c.fail(field.Required(path, "must not be null"), "required")
	}
}

// once checks the key by which Kubernetes tells the elements of a list apart.
func (c *checks) once(
	e any, key string, seen map[string]bool, path *field.Path, rule string, legal func(string) []string,
) {
	value := tree.String(e, key)
	switch at := path.Child(key); {
	case value == "":
		c.fail(field.Required(at, "must not be empty"), rule)
	case seen[value]:
		c.fail(field.Duplicate(at, value), rule)
	default:
		for _, msg := range legal(value) {
			c.fail(field.Invalid(at, value, msg), rule)
		}
	}
	seen[value] = true
}

func anyText(string) []string { return nil }

// envVars checks a list of Kubernetes' EnvVar.
func (c *checks) envVars(vars []any, path *field.Path) {
	seen := map[string]bool{}
	for i, v := range vars {
		env, _ := v.(map[string]any)
		c.once(env, "name", seen, path.Index(i), "env", validation.IsEnvVarName)
		if env["value"] != nil && env["valueFrom"] != nil {
			c.fail(field.Forbidden(path.Index(i).Child("valueFrom"), "may not be set together with value"), "env")
		}
	}
}

func (c *checks) volumeMounts(mounts []VolumeMount, path *field.Path) {
	volumes, points := map[string]string{}, map[string]bool{}
	for i, m := range mounts {
		at := path.Index(i)
		// One volume may be mounted at several places: then it stands here again, the same.
		volume := m.Volume.shared()
		c.once(volume, "name", map[string]bool{}, at.Child("volume"), "volume", validation.IsDNS1123Label)
		name := tree.String(volume, "name")
		if name == "" {
			continue
		}
		if first, ok := volumes[name]; ok && first != m.Volume.String() {
			c.fail(field.Duplicate(at.Child("volume", "name"), name), "volume")
		}
		volumes[name] = m.Volume.String()
		want := fmt.Sprintf("must be the name of the volume, %q", name)
		if m.Name != "" && m.Name != name {
			c.fail(field.Invalid(at.Child("name"), m.Name, want), "volume")
		}
		mount := m.VolumeMount.shared()
		if mounted := tree.String(mount, "name"); mounted != name {
			c.fail(field.Invalid(at.Child("volumeMount", "name"), mounted, want), "volume")
		}
		c.once(mount, "mountPath", points, at.Child("volumeMount"), "volume", anyText)
	}
}

// podTemplate checks a pod template beyond its types. It may be partial: what it
// does not say comes from the generated pod.
func (c *checks) podTemplate(t map[string]any, path *field.Path) {
	c.labels(tree.Strings(t, "metadata", "labels"), path.Child("metadata", "labels"))
	c.annotations(tree.Strings(t, "metadata", "annotations"), path.Child("metadata", "annotations"))
	for _, key := range [...]string{"name", "namespace", "generateName"} {
		if tree.String(t, "metadata", key) != "" {
			c.fail(field.Forbidden(path.Child("metadata", key), "Kubernetes names pods"), "pod-template")
		}
	}
	spec, at := tree.Child(t, "spec"), path.Child("spec")
	c.labels(tree.Strings(spec, "nodeSelector"), at.Child("nodeSelector"))
	if spec["serviceAccountName"] == "" { // VVP 2.10
		c.fail(field.Invalid(at.Child("serviceAccountName"), "", "must not be empty"), "pod-template")
	}
	volumes, containers := map[string]bool{}, map[string]bool{}
	for i, e := range tree.Items(spec, "volumes") {
		c.once(e, "name", volumes, at.Child("volumes").Index(i), "volume", validation.IsDNS1123Label)
	}
	for _, list := range [...]string{"initContainers", "containers"} {
		for i, e := range tree.Items(spec, list) {
			at := at.Child(list).Index(i)
			c.once(e, "name", containers, at, "pod-template", validation.IsDNS1123Label)
			c.envVars(tree.Items(e, "env"), at.Child("env"))
			points := map[string]bool{}
			for j, mount := range tree.Items(e, "volumeMounts") {
				c.once(mount, "mountPath", points, at.Child("volumeMounts").Index(j), "volume", anyText)
			}
		}
	}
}
