package deployment

import (
	"net/url"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/flink"
	"github.com/flinktarget/flinktarget/internal/lazyregexp"
	"github.com/flinktarget/flinktarget/internal/secrets"
)

var (
	// The parts of an image's name, as container runtimes read it.
	imageRegistry   = lazyregexp.New(`^[a-zA-Z0-9][a-zA-Z0-9.-]*(?::[0-9]{1,5})?(?:/[a-z0-9._/-]*)?$`)
	imageRepository = lazyregexp.New(`^[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*$`)
)

func (c *checks) artifact(a Artifact, path *field.Path) {
	kind := strings.ToUpper(a.Kind)
	if a.Kind == "" {
		c.required(path.Child("kind"), "write the kind of the artifact: JAR, SQLSCRIPT or PYTHON")
	}
	c.enum(path.Child("kind"), a.Kind, true, ArtifactJar, ArtifactSQLScript, ArtifactPython)
	for _, f := range artifactFields(a) {
		switch {
		case !f.set && f.required && kind == f.kinds[0]:
			c.required(path.Child(f.name), "a %s artifact needs it", kind)
		case f.set && !slices.Contains(f.kinds, kind) && slices.Contains(artifactKinds, kind):
			c.add(field.Forbidden(path.Child(f.name), "it is for artifacts of the kind "+strings.Join(f.kinds, " or ")+", not for "+kind), originExclusive)
		}
	}
	c.uri(a.JarURI, path.Child("jarUri"))
	c.uri(a.PythonArtifactURI, path.Child("pythonArtifactUri"))
	c.uris(a.AdditionalPythonLibraries, path.Child("additionalPythonLibraries"))
	c.uris(a.AdditionalPythonArchives, path.Child("additionalPythonArchives"))
	c.uris(a.AdditionalDependencies, path.Child("additionalDependencies"))
	if a.EntryClass != "" && !isClassName(a.EntryClass) {
		c.invalid(path.Child("entryClass"), clip(a.EntryClass), originClass, "the full name of a class is wanted, such as com.example.Main")
	}
	if a.EntryModule != "" && !isModuleName(a.EntryModule) {
		c.invalid(path.Child("entryModule"), clip(a.EntryModule), originClass, "the name of a Python module is wanted, such as package.main")
	}
	if _, err := flink.SplitArgs(a.MainArgs); err != nil {
		c.invalid(path.Child("mainArgs"), field.OmitValueType{}, originArguments, "%v", err)
	}
	if a.FlinkVersion == "" {
		c.required(path.Child("flinkVersion"), "write the Flink version, such as 1.20: there is no platform here that knows a default")
	}
	c.image(a.FlinkImageRegistry, a.FlinkImageRepository, a.FlinkImageTag, path)
}

var artifactKinds = []string{ArtifactJar, ArtifactSQLScript, ArtifactPython}

// artifactField says for which kinds of artifacts a field is; the first of them
// may require it.
type artifactField struct {
	name     string
	set      bool
	required bool
	kinds    []string
}

func artifactFields(a Artifact) []artifactField {
	return []artifactField{
		{"jarUri", a.JarURI != "", true, []string{ArtifactJar}},
		{"entryClass", a.EntryClass != "", false, []string{ArtifactJar}},
		{"mainArgs", a.MainArgs != "", false, []string{ArtifactJar, ArtifactPython}},
		{"sqlScript", a.SQLScript != "", true, []string{ArtifactSQLScript}},
		{"pythonArtifactUri", a.PythonArtifactURI != "", true, []string{ArtifactPython}},
		{"entryModule", a.EntryModule != "", false, []string{ArtifactPython}},
		{"additionalPythonLibraries", len(a.AdditionalPythonLibraries) > 0, false, []string{ArtifactPython}},
		{"additionalPythonArchives", len(a.AdditionalPythonArchives) > 0, false, []string{ArtifactPython}},
	}
}

// schemes are where VVP and Flink get files from: VVP's page "Artifacts", and the
// file systems that Flink's distribution has plugins for.
var schemes = []string{
	"https", "http", "local", "file", "s3", "s3a", "s3p", "oss", "gs", "abfs", "abfss", "wasb", "wasbs", "hdfs", "viewfs",
}

func (c *checks) uris(list []string, path *field.Path) {
	for i, uri := range list {
		if uri == "" {
			c.invalid(path.Index(i), uri, originURI, "remove the entry, or write a URI")
		}
		c.uri(uri, path.Index(i))
	}
}

// uri checks what VVP would fetch. ${NAME} may stand for anything: it is a secret
// value of VVP.
func (c *checks) uri(uri string, path *field.Path) {
	if uri == "" || strings.HasPrefix(uri, "${") {
		return
	}
	var value any = clip(uri)
	if !secrets.Quotable(uri) {
		value = field.OmitValueType{}
	}
	scheme, rest, _ := strings.Cut(uri, ":")
	switch {
	case rest == "" || strings.ContainsAny(scheme, "/?#$ "):
		c.invalid(path, value, originURI, "a URI with a scheme is wanted, such as https://host/path/job.jar or local:///opt/flink/usrlib/job.jar")
		return
	case !slices.Contains(schemes, scheme):
		// It may be a file system that the image has a plugin for, or a typo.
		if best := decode.Nearest(scheme, schemes); best != "" {
			c.invalid(path, value, originURI, "there is no scheme %q; did you mean %s?", clip(scheme), best)
		}
		return
	}
	if strings.Contains(uri, "${") {
		return
	}
	u, err := url.Parse(uri)
	switch {
	case err != nil:
		c.invalid(path, value, originURI, "not a URI: %s", reasonOf(uri, err))
	case strings.Trim(u.Path, "/") == "": // nor is there one in an opaque URI
		c.invalid(path, value, originURI, "the path of a file is missing")
	case u.Host == "" && slices.Contains([]string{"http", "https", "s3", "s3a", "s3p", "oss", "gs"}, u.Scheme):
		c.invalid(path, value, originURI, "the host or bucket is missing")
	}
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
	return clip(err.Error())
}

func (c *checks) image(registry, repository, tag string, path *field.Path) {
	for _, part := range [...]struct {
		name, value string
		legal       func(string) bool
		want        string
	}{
		{"flinkImageRegistry", registry, func(s string) bool { return imageRegistry().MatchString(s) }, "a host with an optional port and path is wanted, such as registry.example.com:5000/v2.12"},
		{"flinkImageRepository", repository, func(s string) bool { return imageRepository().MatchString(s) }, "a repository is written in lower case, such as team/flink"},
		{"flinkImageTag", tag, isImageTag, "a tag has at most 128 letters, digits, -, _ and ., such as 1.20.0-java11"},
	} {
		if part.value != "" && !part.legal(part.value) {
			c.invalid(path.Child(part.name), clip(part.value), originImage, "%s", part.want)
		}
	}
}
