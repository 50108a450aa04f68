package flink

import (
	"slices"
	"strings"
	"sync"

	"github.com/flinktarget/flinktarget/internal/lazyregexp"
	"github.com/flinktarget/flinktarget/internal/tree"
)

// fileSystems are the plugins for the schemes of file systems, as the official images
// have them in opt, without version. The one for s3 is the one that Flink recommends
// for checkpoints; s3a and s3p name theirs.
var fileSystems = map[string]string{
	"s3": "flink-s3-fs-presto", "s3p": "flink-s3-fs-presto", "s3a": "flink-s3-fs-hadoop",
	"gs":   "flink-gs-fs-hadoop",
	"oss":  "flink-oss-fs-hadoop",
	"abfs": "flink-azure-fs-hadoop", "abfss": "flink-azure-fs-hadoop",
	"wasb": "flink-azure-fs-hadoop", "wasbs": "flink-azure-fs-hadoop",
}

// FileSystem returns the plugin without which Flink does not know a scheme, "" if
// there is none.
func FileSystem(scheme string) string { return fileSystems[scheme] }

// inImages are file systems that Flink has no plugin for, by what has to be in an image.
// VVP's images have all of them (VVP's page "Flink Configuration", File Systems).
var inImages = map[string]string{"hdfs": "Hadoop", "viewfs": "Hadoop", "wiaz": "Ververica's plugin"}

// InImages returns what an image must have for a scheme for which there is no plugin, ""
// if there is one or nothing is known of it.
func InImages(scheme string) string { return inImages[scheme] }

// builtIn are the schemes that VVP's images know without a plugin of opt.
var builtIn = []string{"s3", "s3a", "s3p", "wasb", "wasbs"}

// BuiltIn reports whether an image is known to know a scheme by itself.
func BuiltIn(image, scheme string) bool {
	return VVPImage(image) && (inImages[scheme] != "" || slices.Contains(builtIn, scheme))
}

// IsStore reports whether Flink may know a scheme, of Stores, if its image does.
func IsStore(scheme string) bool { return fileSystems[scheme]+inImages[scheme] != "" }

// ArtifactSchemes returns the schemes of where VVP and Flink get files from, for reading only:
// VVP's page "Artifacts", and the file systems that an image may know.
var ArtifactSchemes = sync.OnceValue(func() []string {
	return slices.Concat([]string{"file", "http", "https", "local"}, tree.Keys(fileSystems), tree.Keys(inImages))
})

// scheme is one with what is behind it: RFC 3986, 3.1.
var scheme = lazyregexp.New(`([A-Za-z0-9+.-]+)://`)

// Schemes returns the schemes of the URIs in the value of an option, which may be a
// list, in lower case.
func Schemes(value string) (out []string) {
	if strings.Contains(value, "://") {
		for _, m := range scheme().FindAllStringSubmatch(value, -1) {
			out = append(out, strings.ToLower(m[1]))
		}
	}
	return out
}

// officialTag is how the Flink project tags a patch release.
var officialTag = lazyregexp.New(`^([0-9]+\.[0-9]+\.[0-9]+)(?:-scala_2\.[0-9]+)?(?:-java[0-9]+)?$`)

// vvpTag is how Ververica tags builds of a release for its platform.
var vvpTag = lazyregexp.New(`:[^/]*-stream[0-9]+(-|$)`)

// VVPImage reports whether an image is Ververica's, by its registry or its tag, which
// mirrors have, too.
func VVPImage(image string) bool {
	image, _, _ = strings.Cut(image, "@")
	return strings.HasPrefix(image, "registry.ververica.com/") ||
		strings.Contains(image, "-stream") && vvpTag().MatchString(image)
}

// OfficialImage returns the exact version of Flink in an image that the Flink project
// publishes, or that is called like one, as in a mirror; "" for others.
func OfficialImage(image string) (version string) {
	image, _, _ = strings.Cut(image, "@")
	name, tag, _ := strings.Cut(image[strings.LastIndexByte(image, '/')+1:], ":")
	if m := officialTag().FindStringSubmatch(tag); m != nil && name == "flink" {
		return m[1]
	}
	return ""
}
