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

func (c *checks) kubernetes(k Kubernetes, path *field.Path) {
	c.labels(k.Labels, path.Child("labels"))
	c.annotations(k.Annotations, path.Child("annotations"))
	if k.Pods != nil {
		c.pods(*k.Pods, path.Child("pods"))
	}
	for _, t := range [...]struct {
		name     string
		template PodTemplate
	}{
		{"jobManagerPodTemplate", k.JobManagerPodTemplate},
		{"taskManagerPodTemplate", k.TaskManagerPodTemplate},
	} {
		if t.template.IsZero() {
			continue
		}
		if k.Pods != nil && !reflect.ValueOf(*k.Pods).IsZero() {
			c.add(field.Forbidden(path.Child(t.name), "either pods or pod templates can be set, not both"), originExclusive)
		}
		c.podTemplate(t.template.shared(), path.Child(t.name))
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
			c.add(field.Required(at.Child("name"), "write the name of a Secret"), originRequired)
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
		c.add(field.Required(path, "remove the entry, or write it"), originRequired)
	}
}

// envVars checks a list of Kubernetes' EnvVar.
func (c *checks) envVars(vars []any, path *field.Path) {
	seen := map[string]bool{}
	for i, v := range vars {
		env, _ := v.(map[string]any)
		at := path.Index(i)
		name := tree.String(env, "name")
		switch {
		case name == "":
			c.add(field.Required(at.Child("name"), "a variable needs a name"), originEnv)
		case seen[name]:
			c.add(field.Duplicate(at.Child("name"), name), originEnv)
		default:
			for _, msg := range validation.IsEnvVarName(name) {
				c.invalid(at.Child("name"), name, originEnv, msg)
			}
		}
		seen[name] = true
		if env["value"] != nil && env["valueFrom"] != nil && env["value"] != "" {
			c.add(field.Forbidden(at.Child("valueFrom"), "only one of value and valueFrom can be set"), originEnv)
		}
	}
}

func (c *checks) volumeMounts(mounts []VolumeMount, path *field.Path) {
	volumes, points := map[string]string{}, map[string]bool{}
	for i, m := range mounts {
		at := path.Index(i)
		name := tree.String(m.Volume.shared(), "name")
		if name == "" {
			c.add(field.Required(at.Child("volume", "name"), "a volume needs a name"), originVolume)
			continue
		}
		c.volumeName(name, at.Child("volume", "name"))
		if m.Name != "" && m.Name != name {
			c.invalid(at.Child("name"), m.Name, originVolume, fmt.Sprintf("must be the name of the volume, %q", name))
		}
		// One volume may be mounted at several places: then it stands here again, the same.
		if first, ok := volumes[name]; ok && first != m.Volume.String() {
			c.add(field.Duplicate(at.Child("volume", "name"), name), originVolume)
		}
		volumes[name] = m.Volume.String()
		mount := m.VolumeMount.shared()
		if mounted := tree.String(mount, "name"); mounted != name {
			c.invalid(at.Child("volumeMount", "name"), mounted, originVolume, fmt.Sprintf("must be the name of the volume, %q", name))
		}
		c.mountPoint(mount, points, at.Child("volumeMount"))
	}
}

func (c *checks) volumeName(name string, path *field.Path) {
	for _, msg := range validation.IsDNS1123Label(name) {
		c.invalid(path, name, originVolume, msg)
	}
}

func (c *checks) mountPoint(mount map[string]any, seen map[string]bool, path *field.Path) {
	point := tree.String(mount, "mountPath")
	switch {
	case point == "":
		c.add(field.Required(path.Child("mountPath"), "a mount needs a path"), originVolume)
	case seen[point]:
		c.add(field.Duplicate(path.Child("mountPath"), point), originVolume)
	}
	seen[point] = true
}
