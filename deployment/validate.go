package deployment

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/internal/ids"
)

// Origins of this package's errors, as field.Error.Origin: which rule fired.
const (
	originKind      = "kind"
	originName      = "name"
	originUUID      = "uuid"
	originEnum      = "enum"
	originRequired  = "required"
	originExclusive = "exclusive"
	originMinimum   = "minimum"
	originURI       = "uri"
	originArguments = "arguments"
	originQuantity  = "quantity"
	originVersion   = "flink-version"
	originMemory    = "flink-memory"
	originSlots     = "flink-slots"
	originConfig    = "flink-configuration"
	originLogging   = "logging"
	originLabel     = "label"
	originEnv       = "env"
	originVolume    = "volume"
)

const (
	maxFreeName    = 250 // VVP before 2.4 allows any text
	maxClusterName = 63  // VVP, REST API, resource names
)

var (
	clusterName = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`)
	targetName  = regexp.MustCompile(`^[0-9a-zA-Z_-]{1,250}$`)
)

// checks collects the problems of one resource.
type checks struct {
	errs field.ErrorList
}

func (c *checks) add(e *field.Error, origin string) { c.errs = append(c.errs, e.WithOrigin(origin)) }

func (c *checks) invalid(path *field.Path, value any, origin, format string, args ...any) {
	c.add(field.Invalid(path, value, fmt.Sprintf(format, args...)), origin)
}

func validateDeployment(d Config) field.ErrorList {
	c := &checks{}
	c.envelope(d.Kind, d.APIVersion, KindDeployment)
	c.metadata(d.Metadata)
	if n := d.Metadata.Name; len(n) > maxFreeName || strings.ContainsFunc(n, unicode.IsControl) {
		c.invalid(field.NewPath("metadata", "name"), n, originName, "a name has at most %d characters and no control characters", maxFreeName)
	}
	spec := field.NewPath("spec")
	c.enum(spec.Child("state"), string(d.Spec.State), false, string(Running), string(Suspended), string(Cancelled))
	c.references(d.Spec, spec)
	if u := d.Spec.UpgradeStrategy; u != nil {
		c.enum(spec.Child("upgradeStrategy", "kind"), u.Kind, true, "STATEFUL", "STATELESS", "NONE")
	}
	if r := d.Spec.RestoreStrategy; r != nil {
		c.enum(spec.Child("restoreStrategy", "kind"), r.Kind, true, "LATEST_STATE", "LATEST_SAVEPOINT", "NONE")
	}
	c.atLeast(spec.Child("maxJobCreationAttempts"), d.Spec.MaxJobCreationAttempts, 1)
	c.atLeast(spec.Child("maxSavepointCreationAttempts"), d.Spec.MaxSavepointCreationAttempts, 1)
	c.template(d.Spec.Template, spec.Child("template"))
	return c.errs
}

func validateSessionCluster(s SessionClusterConfig) field.ErrorList {
	c := &checks{}
	c.envelope(s.Kind, s.APIVersion, KindSessionCluster)
	c.metadata(s.Metadata)
	if n := s.Metadata.Name; n != "" && (len(n) > maxClusterName || !clusterName.MatchString(n)) {
		c.invalid(field.NewPath("metadata", "name"), n, originName, "a name has at most %d characters of a-z, 0-9 and -, and does not start or end with -", maxClusterName)
	}
	if s.Metadata.DisplayName != "" {
		c.add(field.Forbidden(field.NewPath("metadata", "displayName"), "only Deployments have a display name"), originExclusive)
	}
	spec := field.NewPath("spec")
	c.enum(spec.Child("state"), string(s.Spec.State), false, string(Running), string(Stopped))
	c.targetName(spec.Child("deploymentTargetName"), s.Spec.DeploymentTargetName)
	if s.Spec.FlinkVersion == "" {
		c.add(field.Required(spec.Child("flinkVersion"), "write the Flink version, such as 1.20"), originRequired)
	}
	c.atLeast(spec.Child("numberOfTaskManagers"), s.Spec.NumberOfTaskManagers, 1)
	c.flink(flinkSettings{
		version: s.Spec.FlinkVersion, versionAt: spec.Child("flinkVersion"),
		resources: s.Spec.Resources, config: s.Spec.FlinkConfiguration, path: spec,
	})
	c.logging(s.Spec.Logging, spec.Child("logging"))
	c.kubernetes(s.Spec.Kubernetes, spec.Child("kubernetes"))
	return c.errs
}

func (c *checks) envelope(kind, apiVersion, want string) {
	if kind != "" && kind != want {
		c.add(field.NotSupported(field.NewPath("kind"), kind, []string{want}), originKind)
	}
	if apiVersion != "" && apiVersion != APIVersion {
		e := field.NotSupported(field.NewPath("apiVersion"), apiVersion, []string{APIVersion})
		if apiVersion == "apps/v1" {
			e.Detail += "; a Kubernetes Deployment is not a VVP Deployment"
		}
		c.add(e, originKind)
	}
}

func (c *checks) metadata(m Metadata) {
	path := field.NewPath("metadata")
	if m.Name == "" {
		c.add(field.Required(path.Child("name"), "a resource needs a name"), originRequired)
	}
	if m.ID != "" && !ids.Valid(m.ID) {
		c.invalid(path.Child("id"), m.ID, originUUID, "a UUID in lower case is wanted, such as 5dea5d9d-8f2c-4f4e-9f1e-3a8b4a4a4b58")
	}
	for _, msg := range validation.IsValidLabelValue(m.Namespace) {
		c.invalid(path.Child("namespace"), m.Namespace, originName, "%s (it becomes the label vvpNamespace)", msg)
	}
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
		c.add(field.Required(path.Child("deploymentTargetName"), "a Deployment names a target (deploymentTargetName or deploymentTargetId) or a session cluster (sessionClusterName)"), originRequired)
	case len(set) > 1:
		c.add(field.Forbidden(path.Child(set[1]), "only one of "+strings.Join(set, ", ")+" can be set"), originExclusive)
	}
	if id := s.DeploymentTargetID; id != "" && !ids.Valid(id) {
		c.invalid(path.Child("deploymentTargetId"), id, originUUID, "a UUID in lower case is wanted; a target's name goes into deploymentTargetName")
	}
	if s.DeploymentTargetName != "" {
		c.targetName(path.Child("deploymentTargetName"), s.DeploymentTargetName)
	}
	if n := s.SessionClusterName; n != "" && (len(n) > maxClusterName || !clusterName.MatchString(n)) {
		c.invalid(path.Child("sessionClusterName"), n, originName, "not the name of a session cluster")
	}
}

func (c *checks) targetName(path *field.Path, name string) {
	switch {
	case name == "":
		c.add(field.Required(path, "write the name of a DeploymentTarget"), originRequired)
	case !targetName.MatchString(name):
		c.invalid(path, name, originName, "the name of a target has 1 to 250 characters of 0-9, a-z, A-Z, - and _")
	}
}

func (c *checks) enum(path *field.Path, value string, anyCase bool, allowed ...string) {
	if value == "" || slices.Contains(allowed, value) || anyCase && slices.Contains(allowed, strings.ToUpper(value)) {
		return
	}
	e := field.NotSupported(path, value, allowed)
	if value == "CANCELED" {
		e.Detail += "; VVP writes it with two L"
	}
	c.add(e, originEnum)
}

func (c *checks) atLeast(path *field.Path, value *int32, least int32) {
	if value != nil && *value < least {
		c.invalid(path, *value, originMinimum, "at least %d is needed", least)
	}
}

func (c *checks) template(t Template, path *field.Path) {
	for _, key := range [...]string{AnnotationQueryableState, AnnotationTLS} {
		if v, ok := t.Metadata.Annotations[key]; ok && v != "true" && v != "false" {
			c.add(field.NotSupported(path.Child("metadata", "annotations").Key(key), v, []string{"true", "false"}), originEnum)
		}
	}
	spec := path.Child("spec")
	c.artifact(t.Spec.Artifact, spec.Child("artifact"))
	c.atLeast(spec.Child("parallelism"), t.Spec.Parallelism, 1)
	c.atLeast(spec.Child("numberOfTaskManagers"), t.Spec.NumberOfTaskManagers, 1)
	c.flink(flinkSettings{
		version: t.Spec.Artifact.FlinkVersion, versionAt: spec.Child("artifact", "flinkVersion"),
		resources: t.Spec.Resources, config: t.Spec.FlinkConfiguration, path: spec,
	})
	c.slots(t.Spec, spec)
	c.logging(t.Spec.Logging, spec.Child("logging"))
	c.kubernetes(t.Spec.Kubernetes, spec.Child("kubernetes"))
}

func (c *checks) artifact(a Artifact, path *field.Path) {
	switch strings.ToUpper(a.Kind) {
	case "":
		c.add(field.Required(path.Child("kind"), "write the kind of the artifact: JAR"), originRequired)
		return
	case ArtifactJar:
	case "SQLSCRIPT", "PYTHON":
		c.add(field.NotSupported(path.Child("kind"), a.Kind, []string{ArtifactJar}), originEnum)
		return
	default:
		c.add(field.NotSupported(path.Child("kind"), a.Kind, []string{ArtifactJar, "SQLSCRIPT", "PYTHON"}), originEnum)
		return
	}
	if a.JarURI == "" {
		c.add(field.Required(path.Child("jarUri"), "a JAR artifact needs the URI of the jar"), originRequired)
	} else if u, err := url.Parse(a.JarURI); err != nil || u.Scheme == "" || u.Host+u.Path+u.Opaque == "" {
		c.invalid(path.Child("jarUri"), a.JarURI, originURI, "a URI with a scheme is wanted, such as https://host/path/job.jar or local:///opt/flink/usrlib/job.jar")
	}
	if a.FlinkVersion == "" {
		c.add(field.Required(path.Child("flinkVersion"), "write the Flink version, such as 1.20: there is no platform here that knows a default"), originRequired)
	}
}
