package deployment

import (
	apivalidation "k8s.io/apimachinery/pkg/api/validation"
	metavalidation "k8s.io/apimachinery/pkg/apis/meta/v1/validation"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/internal/tree"
)

func (c *checks) kubernetes(k Kubernetes, path *field.Path) {
	c.labels(k.Labels, path.Child("labels"))
	if k.Pods != nil {
		c.pods(*k.Pods, path.Child("pods"))
	}
}

// labels checks what becomes labels in Kubernetes, by Kubernetes' own rules.
func (c *checks) labels(m map[string]string, path *field.Path) {
	for _, key := range tree.Keys(m) {
		for _, e := range metavalidation.ValidateLabelName(key, path.Key(key)) {
			c.add(e, originLabel)
		}
		for _, msg := range validation.IsValidLabelValue(m[key]) {
			c.invalid(path.Key(key), m[key], originLabel, "%s", msg)
		}
	}
}

func (c *checks) annotations(m map[string]string, path *field.Path) {
	for _, e := range apivalidation.ValidateAnnotations(m, path) {
		c.add(e, originLabel)
	}
}

func (c *checks) pods(p Pods, path *field.Path) {
	c.annotations(p.Annotations, path.Child("annotations"))
	c.labels(p.Labels, path.Child("labels"))
	c.labels(p.NodeSelector, path.Child("nodeSelector"))
	c.required(p.Tolerations, path.Child("tolerations"))
	c.required(p.ImagePullSecrets, path.Child("imagePullSecrets"))
	c.envVars(p.EnvVars, path.Child("envVars"))
	c.volumeMounts(p.VolumeMounts, path.Child("volumeMounts"))
}

// required reports list elements that are null.
func (c *checks) required(list any, path *field.Path) {
	missing := func(i int, zero bool) {
		if zero {
			c.add(field.Required(path.Index(i), "remove the entry, or write it"), originRequired)
		}
	}
	switch l := list.(type) {
	case []Toleration:
		for i, e := range l {
			missing(i, e.IsZero())
		}
	case []LocalObjectReference:
		for i, e := range l {
			missing(i, e.IsZero())
		}
	}
}

func (c *checks) envVars(vars []EnvVar, path *field.Path) {
	seen := map[string]bool{}
	for i, v := range vars {
		env, at := v.Map(), path.Index(i)
		name := tree.String(env, "name")
		switch {
		case name == "":
			c.add(field.Required(at.Child("name"), "a variable needs a name"), originEnv)
		case seen[name]:
			c.add(field.Duplicate(at.Child("name"), name), originEnv)
		default:
			for _, msg := range validation.IsEnvVarName(name) {
				c.invalid(at.Child("name"), name, originEnv, "%s", msg)
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
		name := tree.String(m.Volume.Map(), "name")
		if name == "" {
			c.add(field.Required(at.Child("volume", "name"), "a volume needs a name"), originVolume)
			continue
		}
		for _, msg := range validation.IsDNS1123Label(name) {
			c.invalid(at.Child("volume", "name"), name, originVolume, "%s", msg)
		}
		if m.Name != "" && m.Name != name {
			c.invalid(at.Child("name"), m.Name, originVolume, "the volume is called %q", name)
		}
		// One volume may be mounted at several places: then it stands here again, the same.
		if first, ok := volumes[name]; ok && first != m.Volume.String() {
			c.add(field.Duplicate(at.Child("volume", "name"), name), originVolume)
		}
		volumes[name] = m.Volume.String()
		c.mountPoint(m.VolumeMount.Map(), name, points, at.Child("volumeMount"))
	}
}

func (c *checks) mountPoint(mount map[string]any, volume string, seen map[string]bool, path *field.Path) {
	if mounted := tree.String(mount, "name"); mounted != volume {
		c.invalid(path.Child("name"), mounted, originVolume, "the volume is called %q", volume)
	}
	point := tree.String(mount, "mountPath")
	switch {
	case point == "":
		c.add(field.Required(path.Child("mountPath"), "a mount needs a path"), originVolume)
	case seen[point]:
		c.add(field.Duplicate(path.Child("mountPath"), point), originVolume)
	}
	seen[point] = true
}
