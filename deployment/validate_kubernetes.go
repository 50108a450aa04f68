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
			c.forbidden(path.Child(name), originExclusive, "may not be set together with pods")
		}
		c.podTemplate(template, path.Child(name))
	}
}

// labels checks what becomes labels in Kubernetes, by Kubernetes' own rules.
func (c *checks) labels(m map[string]string, path *field.Path) {
	for _, key := range tree.Keys(m) {
		for _, e := range metavalidation.ValidateLabelName(key, path.Key(key)) {
			c.add(e, originLabel)
		}
		for _, msg := range validation.IsValidLabelValue(m[key]) {
			c.invalid(path.Key(key), m[key], originLabel, msg)
		}
	}
}

// annotations checks keys and total size by Kubernetes' own rules.
func (c *checks) annotations(m map[string]string, path *field.Path) {
	for _, key := range tree.Keys(m) {
		for _, msg := range validation.IsQualifiedName(strings.ToLower(key)) {
			c.invalid(path.Key(key), field.OmitValueType{}, originLabel, msg)
		}
	}
	if err := apivalidation.ValidateAnnotationsSize(m); err != nil {
		c.invalid(path, field.OmitValueType{}, originLabel, err.Error())
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
			c.add(field.Required(at.Child("name"), "the name of a Secret"), originRequired)
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
		c.add(field.Required(path, "must not be null"), originRequired)
	}
}

// once checks the key by which Kubernetes tells the elements of a list apart.
func (c *checks) once(
	e any, key string, seen map[string]bool, path *field.Path, origin string, legal func(string) []string,
) {
	value := tree.String(e, key)
	switch at := path.Child(key); {
	case value == "":
		c.add(field.Required(at, "must not be empty"), origin)
	case seen[value]:
		c.add(field.Duplicate(at, value), origin)
	default:
		for _, msg := range legal(value) {
			c.invalid(at, value, origin, msg)
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
		c.once(env, "name", seen, path.Index(i), originEnv, validation.IsEnvVarName)
		if env["value"] != nil && env["valueFrom"] != nil {
			c.forbidden(path.Index(i).Child("valueFrom"), originEnv, "may not be set together with value")
		}
	}
}

func (c *checks) volumeMounts(mounts []VolumeMount, path *field.Path) {
	volumes, points := map[string]string{}, map[string]bool{}
	for i, m := range mounts {
		at := path.Index(i)
		// One volume may be mounted at several places: then it stands here again, the same.
		volume := m.Volume.shared()
		c.once(volume, "name", map[string]bool{}, at.Child("volume"), originVolume, validation.IsDNS1123Label)
		name := tree.String(volume, "name")
		if name == "" {
			continue
		}
		if first, ok := volumes[name]; ok && first != m.Volume.String() {
			c.add(field.Duplicate(at.Child("volume", "name"), name), originVolume)
		}
		volumes[name] = m.Volume.String()
		want := fmt.Sprintf("must be the name of the volume, %q", name)
		if m.Name != "" && m.Name != name {
			c.invalid(at.Child("name"), m.Name, originVolume, want)
		}
		mount := m.VolumeMount.shared()
		if mounted := tree.String(mount, "name"); mounted != name {
			c.invalid(at.Child("volumeMount", "name"), mounted, originVolume, want)
		}
		c.once(mount, "mountPath", points, at.Child("volumeMount"), originVolume, anyText)
	}
}

// podTemplate checks a pod template beyond its types. It may be partial: what it
// does not say comes from the generated pod.
func (c *checks) podTemplate(t map[string]any, path *field.Path) {
	c.labels(tree.Strings(t, "metadata", "labels"), path.Child("metadata", "labels"))
	c.annotations(tree.Strings(t, "metadata", "annotations"), path.Child("metadata", "annotations"))
	for _, key := range [...]string{"name", "namespace", "generateName"} {
		if tree.String(t, "metadata", key) != "" {
			c.forbidden(path.Child("metadata", key), originPodTemplate, "Kubernetes names pods")
		}
	}
	spec, at := tree.Child(t, "spec"), path.Child("spec")
	c.labels(tree.Strings(spec, "nodeSelector"), at.Child("nodeSelector"))
	if spec["serviceAccountName"] == "" { // VVP 2.10
		c.invalid(at.Child("serviceAccountName"), "", originPodTemplate, "must not be empty")
	}
	volumes, containers := map[string]bool{}, map[string]bool{}
	for i, e := range tree.Items(spec, "volumes") {
		c.once(e, "name", volumes, at.Child("volumes").Index(i), originVolume, validation.IsDNS1123Label)
	}
	for _, list := range [...]string{"initContainers", "containers"} {
		for i, e := range tree.Items(spec, list) {
			at := at.Child(list).Index(i)
			c.once(e, "name", containers, at, originPodTemplate, validation.IsDNS1123Label)
			c.envVars(tree.Items(e, "env"), at.Child("env"))
			points := map[string]bool{}
			for j, mount := range tree.Items(e, "volumeMounts") {
				c.once(mount, "mountPath", points, at.Child("volumeMounts").Index(j), originVolume, anyText)
			}
		}
	}
}
