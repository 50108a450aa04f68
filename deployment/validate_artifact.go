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

func (c *checks) artifact(a Artifact, path *field.Path) {
	kind := strings.ToUpper(a.Kind)
	v := reflect.ValueOf(a)
	for _, f := range schema.Fields(v.Type()) {
		set, is := f.Of != nil && v.FieldByIndex(f.Index).Len() > 0, slices.Contains(f.Of, kind)
		switch {
		case is && !set && f.Required != "":
			c.required(path.Child(f.Name), f.Required+" artifacts")
		case !is && set && slices.Contains(artifactKinds, kind):
			c.forbidden(path.Child(f.Name), originExclusive,
				"only artifacts of the kind "+strings.Join(f.Of, " or ")+" have this field, not "+kind)
		}
	}
	if _, err := flink.SplitArgs(a.MainArgs); err != nil {
		c.invalid(path.Child("mainArgs"), field.OmitValueType{}, originArguments, err.Error())
	}
}

// version checks that a Deployment with a cluster of its own says once which Flink it runs.
func (c *checks) version(a Artifact, path *field.Path) {
	of, err := flink.Lookup(flink.OfEngine(a.EngineVersionName))
	switch own, e := flink.Lookup(a.FlinkVersion); {
	case a.FlinkVersion+a.EngineVersionName == "":
		c.required(path.Child("flinkVersion"), "such as 1.20")
	case err == nil && e == nil && own.Minor != of.Minor:
		c.invalid(path.Child("engineVersionName"), a.EngineVersionName, originExclusive,
			"must be of the version in flinkVersion; remove one of them")
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
