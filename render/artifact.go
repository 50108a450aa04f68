package render

import (
	"net/url"
	"path"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/internal/flink"
)

// artifact says how the jar gets to where Flink looks for it.
type artifact struct {
	jars      []string // --jars, from Flink 1.19
	fetch     string   // a URI that an init container fetches into usrlib, before
	file      string   // the name of the file there
	downloads bool     // the JobManager itself downloads, and needs a writable folder
}

// artifact decides by scheme and version. The rules are Flink's: standalone-job
// takes --jars since 1.19 (FLINK-28915), and every version finds jars in usrlib.
func (g *rendering) artifact(uri string, v flink.Version, conf map[string]string, at *field.Path) artifact {
	u, err := url.Parse(uri)
	if err != nil {
		g.fail(field.Invalid(at, uri, "not a URI"), "uri")
		return artifact{}
	}
	if reference.MatchString(uri) {
		g.fail(field.Invalid(at, uri, "secret values of VVP are not known here; write the URI out"), "reference")
		return artifact{}
	}
	switch u.Scheme {
	case "local", "file":
		return g.inImage(u, v, at)
	case "http", "https":
		return remote(u, v, conf)
	default:
		g.fail(field.Invalid(at, uri, "jars of the scheme "+u.Scheme+
			" are not fetched yet: use https, or put the jar into the image and write local://"+flink.UserLibDir+"/NAME.jar"), "uri-scheme")
		return artifact{}
	}
}

// inImage is a jar that is there already, in the image or on a mounted volume.
func (g *rendering) inImage(u *url.URL, v flink.Version, at *field.Path) artifact {
	if u.Host != "" || !path.IsAbs(u.Path) || path.Clean(u.Path) != u.Path {
		g.fail(field.Invalid(at, u.String(), "write the absolute path of the jar, with three slashes: local:///opt/flink/usrlib/NAME.jar"), "uri")
		return artifact{}
	}
	if v.Jars {
		return artifact{jars: []string{(&url.URL{Scheme: "local", Path: u.Path}).String()}}
	}
	// Before, Flink takes what it finds in usrlib, and cannot be told of one file.
	if !strings.HasPrefix(u.Path, flink.UserLibDir+"/") {
		g.fail(field.Invalid(at, u.String(), "Flink "+v.Minor+" finds jars in "+flink.UserLibDir+" only; put it there, or use Flink 1.19 or newer"), "uri")
	}
	return artifact{}
}

func remote(u *url.URL, v flink.Version, conf map[string]string) artifact {
	if v.Jars {
		if _, set := conf["user.artifacts.raw-http-enabled"]; u.Scheme == "http" && !set {
			conf["user.artifacts.raw-http-enabled"] = "true"
		}
		return artifact{jars: []string{u.String()}, downloads: true}
	}
	name := path.Base(u.Path)
	if !strings.HasSuffix(name, ".jar") || strings.ContainsAny(name, "$\x00") {
		name = "job.jar" // Flink takes only files that are called so for jars
	}
	return artifact{fetch: u.String(), file: name}
}
