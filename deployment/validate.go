package deployment

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/lazyregexp"
	"github.com/flinktarget/flinktarget/internal/secrets"
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

const (
	maxTargetName  = 250 // VVP, DeploymentTargets
	maxFreeName    = 250 // VVP before 2.4 allows any text
	maxClusterName = 63  // VVP, REST API, resource names
)

var (
	clusterName = lazyregexp.New(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`)
	targetName  = lazyregexp.New(`^[0-9a-zA-Z_-]+$`)
	duration    = lazyregexp.New(`^(?:[0-9]{1,18}\s?[a-zA-Zµ]{0,16}|PT?[0-9A-Z.]{1,40})$`)
)

// checks collects the problems of one resource.
type checks struct {
	errs field.ErrorList
	// partial is set for defaults: nothing is required of them.
	partial bool
}

func (c *checks) full() bool { return len(c.errs) > decode.MaxProblems }

// add reports a problem, without its value if that may be a secret.
func (c *checks) add(e *field.Error, origin string) {
	if c.full() {
		return
	}
	if len(c.errs) == decode.MaxProblems {
		c.errs = append(c.errs, decode.TooMany())
		return
	}
	if text, _ := e.BadValue.(string); secrets.Key(lastOf(e.Field)) || !secrets.Quotable(text) {
		e.BadValue = field.OmitValueType{}
	}
	c.errs = append(c.errs, e.WithOrigin(origin))
}

// lastOf returns the last name or key of a printed path.
func lastOf(path string) string {
	if key, ok := strings.CutSuffix(path, "]"); ok {
		return key[strings.LastIndexByte(key, '[')+1:]
	}
	return path[strings.LastIndexByte(path, '.')+1:]
}

func (c *checks) invalid(path *field.Path, value any, origin, format string, args ...any) {
	if c.full() {
		return
	}
	c.add(field.Invalid(path, value, fmt.Sprintf(format, args...)), origin)
}

func (c *checks) required(path *field.Path, format string, args ...any) {
	if !c.partial {
		c.add(field.Required(path, fmt.Sprintf(format, args...)), originRequired)
	}
}

func validateDeployment(d Config) field.ErrorList {
	c := &checks{}
	c.texts(&d)
	c.envelope(d.Kind, d.APIVersion, KindDeployment)
	c.metadata(d.Metadata)
	if n := d.Metadata.Name; len(n) > maxFreeName || strings.ContainsFunc(n, unicode.IsControl) {
		c.invalid(field.NewPath("metadata", "name"), clip(n), originName, "a name has at most %d bytes and no control characters", maxFreeName)
	}
	c.spec(d.Spec, field.NewPath("spec"))
	return c.errs
}

func (c *checks) spec(s Spec, path *field.Path) {
	c.enum(path.Child("state"), string(s.State), false, string(Running), string(Suspended), string(Cancelled))
	c.references(s, path)
	if u := s.UpgradeStrategy; u != nil {
		c.enum(path.Child("upgradeStrategy", "kind"), u.Kind, true, "STATEFUL", "STATELESS", "NONE")
	}
	if r := s.RestoreStrategy; r != nil {
		c.enum(path.Child("restoreStrategy", "kind"), r.Kind, true, "LATEST_STATE", "LATEST_SAVEPOINT", "NONE")
	}
	if f := s.StartFromSavepoint; f != nil {
		c.enum(path.Child("startFromSavepoint", "kind"), f.Kind, true, "NONE", "LATEST")
		if s.RestoreStrategy != nil {
			c.add(field.Forbidden(path.Child("startFromSavepoint"), "restoreStrategy has taken its place; only one of them can be set"), originExclusive)
		}
	}
	c.atLeast(path.Child("maxJobCreationAttempts"), s.MaxJobCreationAttempts, 1)
	c.atLeast(path.Child("maxSavepointCreationAttempts"), s.MaxSavepointCreationAttempts, 1)
	if t := s.JobFailureExpirationTime; t != "" && !duration().MatchString(t) {
		c.invalid(path.Child("jobFailureExpirationTime"), clip(t), originDuration, "a number or a duration is wanted, such as 0 or 10m")
	}
	c.template(s.Template, path.Child("template"))
}

func validateSessionCluster(s SessionClusterConfig) field.ErrorList {
	c := &checks{}
	c.texts(&s)
	c.envelope(s.Kind, s.APIVersion, KindSessionCluster)
	c.metadata(s.Metadata)
	c.clusterName(field.NewPath("metadata", "name"), s.Metadata.Name)
	if s.Metadata.DisplayName != "" {
		c.add(field.Forbidden(field.NewPath("metadata", "displayName"), "only Deployments have a display name"), originExclusive)
	}
	spec := field.NewPath("spec")
	c.enum(spec.Child("state"), string(s.Spec.State), false, string(Running), string(Stopped))
	c.targetName(spec.Child("deploymentTargetName"), s.Spec.DeploymentTargetName)
	if s.Spec.FlinkVersion == "" {
		c.required(spec.Child("flinkVersion"), "write the Flink version, such as 1.20")
	}
	c.image(s.Spec.FlinkImageRegistry, s.Spec.FlinkImageRepository, s.Spec.FlinkImageTag, spec)
	c.atLeast(spec.Child("numberOfTaskManagers"), s.Spec.NumberOfTaskManagers, 1)
	c.flink(flinkSettings{
		version: s.Spec.FlinkVersion, versionAt: spec.Child("flinkVersion"),
		resources: s.Spec.Resources, config: s.Spec.FlinkConfiguration, path: spec,
	})
	c.logging(s.Spec.Logging, spec.Child("logging"))
	c.kubernetes(s.Spec.Kubernetes, spec.Child("kubernetes"))
	c.notRendered(s.Spec.Logging, spec)
	return c.errs
}

func (c *checks) envelope(kind, apiVersion, want string) {
	if kind != "" && kind != want {
		c.add(field.NotSupported(field.NewPath("kind"), clip(kind), []string{want}), originKind)
	}
	if apiVersion != "" && apiVersion != APIVersion {
		e := field.NotSupported(field.NewPath("apiVersion"), clip(apiVersion), []string{APIVersion})
		if apiVersion == "apps/v1" {
			e.Detail += "; a Kubernetes Deployment is not a VVP Deployment"
		}
		c.add(e, originKind)
	}
}

func (c *checks) metadata(m Metadata) {
	path := field.NewPath("metadata")
	if m.Name == "" {
		c.required(path.Child("name"), "a resource needs a name")
	}
	if m.ID != "" && !kinds.ValidID(m.ID) {
		c.invalid(path.Child("id"), clip(m.ID), originUUID, "a UUID in lower case is wanted, such as 5dea5d9d-8f2c-4f4e-9f1e-3a8b4a4a4b58")
	}
	for _, msg := range validation.IsValidLabelValue(m.Namespace) {
		c.invalid(path.Child("namespace"), clip(m.Namespace), originName, "%s (it becomes the label vvpNamespace)", msg)
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
		c.required(path.Child("deploymentTargetName"), "a Deployment names a target (deploymentTargetName or deploymentTargetId) or a session cluster (sessionClusterName)")
	case len(set) > 1:
		c.add(field.Forbidden(path.Child(set[1]), "only one of "+strings.Join(set, ", ")+" can be set"), originExclusive)
	}
	if id := s.DeploymentTargetID; id != "" && !kinds.ValidID(id) {
		c.invalid(path.Child("deploymentTargetId"), clip(id), originUUID, "a UUID in lower case is wanted; a target's name goes into deploymentTargetName")
	}
	if s.DeploymentTargetName != "" {
		c.targetName(path.Child("deploymentTargetName"), s.DeploymentTargetName)
	}
	c.clusterName(path.Child("sessionClusterName"), s.SessionClusterName)
}

func (c *checks) clusterName(path *field.Path, name string) {
	if name != "" && (len(name) > maxClusterName || !clusterName().MatchString(name)) {
		c.invalid(path, clip(name), originName, "the name of a session cluster has at most %d characters of a-z, 0-9 and -, and does not start or end with -", maxClusterName)
	}
}

func (c *checks) targetName(path *field.Path, name string) {
	switch {
	case name == "":
		c.required(path, "write the name of a DeploymentTarget")
	case len(name) > maxTargetName || !targetName().MatchString(name):
		c.invalid(path, clip(name), originName, "the name of a target has 1 to 250 characters of 0-9, a-z, A-Z, - and _")
	}
}

func (c *checks) enum(path *field.Path, value string, anyCase bool, allowed ...string) {
	upper := strings.ToUpper(value)
	switch {
	case value == "" || slices.Contains(allowed, value):
	case anyCase && slices.Contains(allowed, upper):
	case value == string(canceled) && slices.Contains(allowed, string(Cancelled)): // a warning
	default:
		e := field.NotSupported(path, clip(value), allowed)
		if best := decode.Nearest(value, allowed); best != "" {
			e.Detail += "; did you mean " + best + "?"
		}
		c.add(e, originEnum)
	}
}

func (c *checks) atLeast(path *field.Path, value *int32, least int32) {
	if value != nil && *value < least {
		c.invalid(path, *value, originMinimum, "at least %d is needed", least)
	}
}

func (c *checks) template(t Template, path *field.Path) {
	for _, key := range [...]string{AnnotationQueryableState, AnnotationTLS} {
		if v, ok := t.Metadata.Annotations[key]; ok && v != "true" && v != "false" {
			c.add(field.NotSupported(path.Child("metadata", "annotations").Key(key), clip(v), []string{"true", "false"}), originEnum)
		}
	}
	spec := path.Child("spec")
	c.artifact(t.Spec.Artifact, spec.Child("artifact"))
	c.atLeast(spec.Child("parallelism"), t.Spec.Parallelism, 1)
	c.atLeast(spec.Child("numberOfTaskManagers"), t.Spec.NumberOfTaskManagers, 1)
	c.atLeast(spec.Child("latestCheckpointFetchInterval"), t.Spec.LatestCheckpointFetchInterval, 0)
	c.flink(flinkSettings{
		version: t.Spec.Artifact.FlinkVersion, versionAt: spec.Child("artifact", "flinkVersion"),
		resources: t.Spec.Resources, config: t.Spec.FlinkConfiguration, path: spec,
	})
	c.slots(t.Spec, spec)
	c.logging(t.Spec.Logging, spec.Child("logging"))
	c.kubernetes(t.Spec.Kubernetes, spec.Child("kubernetes"))
	c.notRendered(t.Spec.Logging, spec)
}

// clip keeps messages short whatever the input.
func clip(s string) string {
	const longest = 80
	if len(s) <= longest {
		return s
	}
	return strings.ToValidUTF8(s[:longest], "") + "…"
}
