package deployment

import (
	"reflect"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/internal/decode"
)

// Origins of this package's errors, as field.Error.Origin: which rule fired.
const (
	originKind        = "kind"
	originName        = "name"
	originUUID        = "uuid"
	originEnum        = "enum"
	originRequired    = "required"
	originExclusive   = "exclusive"
	originMinimum     = "minimum"
	originText        = "text"
	originDuration    = "duration"
	originURI         = "uri"
	originClass       = "class"
	originImage       = "image"
	originArguments   = "arguments"
	originQuantity    = "quantity"
	originVersion     = "flink-version"
	originMemory      = "flink-memory"
	originSlots       = "flink-slots"
	originConfig      = "flink-configuration"
	originLogging     = "logging"
	originLabel       = "label"
	originEnv         = "env"
	originVolume      = "volume"
	originPodTemplate = "pod-template"
	originNotRendered = "not-rendered"
)

// checks collects the problems of one resource.
type checks struct {
	errs field.ErrorList
	// partial is set for defaults: nothing is required of them.
	partial bool
}

// full reports whether there are more problems than package decode reports.
func (c *checks) full() bool { return len(c.errs) > decode.MaxProblems }

// add reports a problem, without its value if that may be a secret.
func (c *checks) add(e *field.Error, origin string) {
	if c.full() {
		return
	}
	if text, ok := e.BadValue.(string); ok {
		e.BadValue = decode.Shown(text)
	}
	c.errs = append(c.errs, e.WithOrigin(origin))
}

func (c *checks) invalid(path *field.Path, value any, origin, message string) {
	c.add(field.Invalid(path, value, message), origin)
}

func (c *checks) forbidden(path *field.Path, origin, message string) {
	c.add(field.Forbidden(path, message), origin)
}

func (c *checks) required(path *field.Path, hint string) {
	if !c.partial {
		c.add(field.Required(path, hint), originRequired)
	}
}

var metadataPath = field.NewPath("metadata")

func validateDeployment(d Config) field.ErrorList {
	c := &checks{}
	c.format(d.Metadata.Name, "free-name", metadataPath.Child("name"))
	c.spec(d.Spec, field.NewPath("spec"))
	c.fields(reflect.ValueOf(&d).Elem(), nil)
	return c.errs
}

func (c *checks) spec(s Spec, path *field.Path) {
	c.references(s, path)
	if s.StartFromSavepoint != nil && s.RestoreStrategy != nil {
		c.forbidden(path.Child("startFromSavepoint"), originExclusive,
			"may not be set together with restoreStrategy, which has replaced it")
	}
	path = path.Child("template")
	truths := []string{"true", "false"}
	for _, key := range [...]string{AnnotationQueryableState, AnnotationTLS} {
		if v, ok := s.Template.Metadata.Annotations[key]; ok && !slices.Contains(truths, v) {
			c.add(field.NotSupported(path.Child("metadata", "annotations").Key(key), v, truths), originEnum)
		}
	}
	path = path.Child("spec")
	t := s.Template.Spec
	c.artifact(t.Artifact, path.Child("artifact"))
	cluster := t.cluster(path)
	if cluster.elsewhere = s.SessionClusterName != ""; !cluster.elsewhere {
		c.version(t.Artifact, path.Child("artifact"))
		c.slots(t, path)
	}
	c.cluster(cluster)
}

func validateSessionCluster(s SessionClusterConfig) field.ErrorList {
	c, spec := &checks{}, field.NewPath("spec")
	c.format(s.Metadata.Name, clusterName, metadataPath.Child("name"))
	if s.Metadata.DisplayName != "" {
		c.forbidden(metadataPath.Child("displayName"), originExclusive, "only Deployments have a display name")
	}
	c.cluster(s.Spec.cluster(spec))
	c.fields(reflect.ValueOf(&s).Elem(), nil)
	return c.errs
}

// references checks that a Deployment says once where it runs.
func (c *checks) references(s Spec, path *field.Path) {
	var set []string
	for _, f := range [...]struct{ name, value string }{
		{"deploymentTargetId", s.DeploymentTargetID},
		{"deploymentTargetName", s.DeploymentTargetName},
		{"sessionClusterName", s.SessionClusterName},
	} {
		if f.value != "" {
			set = append(set, f.name)
		}
	}
	switch {
	case len(set) == 0:
		c.required(path.Child("deploymentTargetName"), "or deploymentTargetId, or sessionClusterName")
	case len(set) > 1:
		c.forbidden(path.Child(set[1]), originExclusive, "only one of "+strings.Join(set, ", ")+" may be set")
	}
}
