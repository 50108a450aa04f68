package deployment

import (
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/flink"
	"github.com/flinktarget/flinktarget/internal/schema"
	"github.com/flinktarget/flinktarget/internal/secrets"
)

// checks collects the problems of one resource.
type checks struct {
	errs field.ErrorList
	// partial is set for defaults: nothing is required of them.
	partial bool
}

// full reports whether there are more problems than package decode reports.
func (c *checks) full() bool { return len(c.errs) > decode.MaxProblems }

// fail reports a problem of a rule, without its value if that may be a secret.
func (c *checks) fail(e *field.Error, rule string) {
	if c.full() {
		return
	}
	if text, ok := e.BadValue.(string); ok {
		e.BadValue = decode.Shown(text)
	}
	c.errs = append(c.errs, e.WithOrigin(rule))
}

func (c *checks) required(path *field.Path, hint string) {
	if !c.partial {
		c.fail(field.Required(path, hint), "required")
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
		c.fail(field.Forbidden(path.Child("startFromSavepoint"),
			"may not be set together with restoreStrategy, which has replaced it"), "exclusive")
	}
	path = path.Child("template")
	truths := []string{"true", "false"}
	for _, key := range [...]string{AnnotationQueryableState, AnnotationTLS} {
		if v, ok := s.Template.Metadata.Annotations[key]; ok && !slices.Contains(truths, v) {
			c.fail(field.NotSupported(path.Child("metadata", "annotations").Key(key), v, truths), "enum")
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
		c.fail(field.Forbidden(metadataPath.Child("displayName"), "only Deployments have a display name"), "exclusive")
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
		c.fail(field.Forbidden(path.Child(set[1]), "only one of "+strings.Join(set, ", ")+" may be set"), "exclusive")
	}
}

func (c *checks) artifact(a Artifact, path *field.Path) {
	kind := strings.ToUpper(a.Kind)
	v := reflect.ValueOf(a)
	for _, f := range schema.Fields(v.Type()) {
		set, is := f.Of != nil && v.FieldByIndex(f.Index).Len() > 0, slices.Contains(f.Of, kind)
		switch {
		case is && !set && f.Required != "":
			c.required(path.Child(f.Name), f.Required+" artifacts")
		case !is && set && slices.Contains(artifactKinds, kind):
			c.fail(field.Forbidden(path.Child(f.Name),
				"only artifacts of the kind "+strings.Join(f.Of, " or ")+" have this field, not "+kind), "exclusive")
		}
	}
	if _, err := flink.SplitArgs(a.MainArgs); err != nil {
		c.fail(field.Invalid(path.Child("mainArgs"), field.OmitValueType{}, err.Error()), "arguments")
	}
}

// version checks that a Deployment with a cluster of its own says once which Flink it runs.
func (c *checks) version(a Artifact, path *field.Path) {
	of, err := flink.Lookup(flink.OfEngine(a.EngineVersionName))
	switch own, e := flink.Lookup(a.FlinkVersion); {
	case a.FlinkVersion+a.EngineVersionName == "":
		c.required(path.Child("flinkVersion"), "such as 1.20")
	case err == nil && e == nil && own.Minor != of.Minor:
		c.fail(field.Invalid(path.Child("engineVersionName"), a.EngineVersionName,
			"must be of the version in flinkVersion; remove one of them"), "exclusive")
	}
}

var artifactKinds = []string{ArtifactJar, ArtifactSQLScript, ArtifactPython}

// checkURI checks what VVP would fetch. ${NAME} may stand for anything: it is a
// secret value of VVP.
func checkURI(uri string) []string {
	scheme, rest, _ := strings.Cut(uri, ":")
	switch {
	case strings.HasPrefix(uri, "${"):
		return nil
	case rest == "" || strings.ContainsAny(scheme, "/?#$ "):
		return []string{"must be a URI with a scheme, " +
			"such as https://host/path/job.jar or local:///opt/flink/usrlib/job.jar"}
	case !slices.Contains(flink.ArtifactSchemes(), scheme):
		// It may be a file system that the image has a plugin for, or a typo.
		if meant := decode.DidYouMean(scheme, flink.ArtifactSchemes()); meant != "" {
			return []string{fmt.Sprintf("unknown scheme %q%s", scheme, meant)}
		}
		return nil
	case strings.Contains(uri, "${"):
		return nil
	}
	u, err := url.Parse(uri)
	switch {
	case err != nil:
		return []string{"must be a URI: " + reasonOf(uri, err)}
	case strings.Trim(u.Path, "/") == "": // nor is there one in an opaque URI
		return []string{"must have the path of a file"}
	case u.Host == "" && slices.Contains([]string{"http", "https", "s3", "s3a", "s3p", "oss", "gs"}, u.Scheme):
		return []string{"must have a host or bucket"}
	}
	return nil
}

// reasonOf is what went wrong with a URI, without the URI. Parts of it may be in
// the reason, a password that is taken for a port among them.
func reasonOf(uri string, err error) string {
	if e, ok := err.(*url.Error); ok {
		err = e.Err
	}
	if !secrets.Quotable(uri) {
		return "it cannot be parsed; in user and password, write / as %2F, @ as %40 and % as %25"
	}
	text, _ := decode.Shown(err.Error()).(string)
	return text
}
