package render

import (
	"cmp"
	"net/url"
	"path"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/flink"
	"github.com/flinktarget/flinktarget/internal/lazyregexp"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/labels"
)

// artifact says how the jar gets to where Flink looks for it.
type artifact struct {
	jars      []string // --jars, from Flink 1.19
	fetches   []fetch  // by init containers into usrlib, before
	fetcher   string   // the image of the init containers; empty for Flink's, with wget
	downloads bool     // the JobManager itself downloads, and needs a writable folder
	plugins   []string // the jars of the file system plugins that it needs for that
}

// fetch is a URI and the name that its file gets.
type fetch struct{ uri, file string }

// add puts the jars of b behind those of a.
func (a artifact) add(b artifact) artifact {
	a.jars = append(a.jars, b.jars...)
	a.fetches = append(a.fetches, b.fetches...)
	a.fetcher = cmp.Or(a.fetcher, b.fetcher)
	a.downloads = a.downloads || b.downloads
	for _, p := range b.plugins {
		if !slices.Contains(a.plugins, p) {
			a.plugins = append(a.plugins, p)
		}
	}
	return a
}

// plugins are Flink's file systems by scheme, as the official images have them in
// opt, without version. The one for s3 is the one that Flink recommends for
// checkpoints; s3a and s3p name theirs.
var plugins = map[string]string{
	"s3": "flink-s3-fs-presto", "s3p": "flink-s3-fs-presto", "s3a": "flink-s3-fs-hadoop",
	"gs":   "flink-gs-fs-hadoop",
	"oss":  "flink-oss-fs-hadoop",
	"abfs": "flink-azure-fs-hadoop", "abfss": "flink-azure-fs-hadoop",
	"wasb": "flink-azure-fs-hadoop", "wasbs": "flink-azure-fs-hadoop",
}

// artifact is the job's jar with its dependencies.
func (g *rendering) artifact(a deployment.Artifact, c *cluster, at *field.Path) artifact {
	if !strings.EqualFold(a.Kind, deployment.ArtifactJar) {
		g.fail(field.NotSupported(at.Child("kind"), a.Kind, []string{deployment.ArtifactJar}), "artifact-kind")
		return artifact{}
	}
	out := g.jar(a, a.JarURI, c, at.Child("jarUri"))
	for i, uri := range a.AdditionalDependencies {
		at := at.Child("additionalDependencies").Index(i)
		other := g.jar(a, uri, c, at)
		for _, f := range other.fetches {
			if slices.ContainsFunc(out.fetches, func(e fetch) bool { return e.file == f.file }) {
				g.fail(field.Duplicate(at, f.file), "uri")
			}
		}
		out = out.add(other)
	}
	return out
}

// jar decides by scheme and version. The rules are Flink's: standalone-job takes
// --jars since 1.19 (FLINK-28915), and every version finds jars in usrlib.
func (g *rendering) jar(a deployment.Artifact, uri string, c *cluster, at *field.Path) artifact {
	if strings.Contains(uri, "${") && flink.Reference().MatchString(uri) {
		g.fail(field.Invalid(at, decode.Shown(uri), "secret values of VVP are not known here; write the URI out"), "reference")
		return artifact{}
	}
	u, err := url.Parse(uri)
	if err != nil {
		g.fail(field.Invalid(at, decode.Shown(uri), "not a URI"), "uri")
		return artifact{}
	}
	_, store := plugins[u.Scheme]
	switch {
	case u.Scheme == "local" || u.Scheme == "file":
		return g.inImage(u, c.version, at)
	case u.Scheme == "http" || u.Scheme == "https":
		return g.remote(u, c)
	case store && c.version.Jars:
		return g.fromStore(a, u, c, at)
	case store && g.fetcherImage != "":
		return artifact{fetches: []fetch{{u.String(), fileName(u)}}, fetcher: g.fetcherImage}
	case store:
		g.fail(field.Invalid(at, decode.Shown(uri), "Flink "+c.version.Minor+" fetches no jars: use Flink 1.19 or newer, or https, or give an image that can with render.FetcherImage"), "uri-scheme")
	default:
		g.fail(field.NotSupported(at, u.Scheme, append([]string{"file", "http", "https", "local"}, tree.Keys(plugins)...)), "uri-scheme")
	}
	return artifact{}
}

// inImage is a jar that is there already, in the image or on a mounted volume.
func (g *rendering) inImage(u *url.URL, v flink.Version, at *field.Path) artifact {
	if u.Host != "" || path.Clean(u.Path) != u.Path {
		g.fail(field.Invalid(at, decode.Shown(u.String()), "write the absolute path of the jar, with three slashes: local:///opt/flink/usrlib/NAME.jar"), "uri")
		return artifact{}
	}
	if v.Jars {
		return artifact{jars: []string{(&url.URL{Scheme: "local", Path: u.Path}).String()}}
	}
	// Before, Flink takes what it finds in usrlib, and cannot be told of one file.
	if !strings.HasPrefix(u.Path, flink.UserLibDir+"/") {
		g.fail(field.Invalid(at, decode.Shown(u.String()), "Flink "+v.Minor+" finds jars in "+flink.UserLibDir+" only; put it there, or use Flink 1.19 or newer"), "uri")
	}
	return artifact{}
}

func (g *rendering) remote(u *url.URL, c *cluster) artifact {
	if !c.version.Jars {
		return artifact{fetches: []fetch{{u.String(), fileName(u)}}, fetcher: g.fetcherImage}
	}
	if _, set := c.config["user.artifacts.raw-http-enabled"]; u.Scheme == "http" && !set {
		c.config["user.artifacts.raw-http-enabled"] = "true"
	}
	return artifact{jars: []string{u.String()}, downloads: true}
}

// patchVersion is what the name of a plugin's jar ends in.
var patchVersion = lazyregexp.New(`^[0-9]+\.[0-9]+\.[0-9]+`)

// fromStore lets Flink itself fetch from a file system. The official images have
// the plugins beside Flink, not in it; the entrypoint links those that
// ENABLE_BUILT_IN_PLUGINS names, by a file name with the exact version.
func (g *rendering) fromStore(a deployment.Artifact, u *url.URL, c *cluster, at *field.Path) artifact {
	out := artifact{jars: []string{u.String()}, downloads: true}
	if c.jobManagerSets(pluginsVariable) {
		return out // the user has chosen the plugins
	}
	exact := patchVersion().FindString(imageTag(c.image))
	if exact == "" && patchVersion().MatchString(a.FlinkVersion) {
		exact = a.FlinkVersion
	}
	if exact == "" {
		g.fail(field.Invalid(at, decode.Shown(u.String()), "Flink needs its plugin for "+u.Scheme+", and the name of that has the exact Flink version, which "+c.image+
			" does not tell: write a patch version in flinkVersion, such as "+c.version.Patch+", or set "+pluginsVariable+" in kubernetes.pods.envVars"), "uri-scheme")
		return artifact{}
	}
	out.plugins = []string{plugins[u.Scheme] + "-" + exact + ".jar"}
	return out
}

// pluginsVariable is what the entrypoint of Flink's images reads.
const pluginsVariable = "ENABLE_BUILT_IN_PLUGINS"

func imageTag(image string) string {
	_, tag, _ := strings.Cut(image[strings.LastIndexByte(image, '/')+1:], ":")
	return tag
}

// fileName is what the jar is called in usrlib. Flink takes only files for jars
// that are called so.
func fileName(u *url.URL) string {
	name := path.Base(u.Path)
	if !strings.HasSuffix(name, ".jar") || strings.ContainsAny(name, "$\x00") {
		return "job.jar"
	}
	return name
}

// jobManagerSets reports whether the resource sets a variable in the JobManager.
func (c *cluster) jobManagerSets(name string) bool {
	return c.variables(labels.JobManager)[name]
}
