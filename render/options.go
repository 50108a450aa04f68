package render

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	gopath "path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/flinktarget/flinktarget/internal/build"
	"github.com/flinktarget/flinktarget/internal/flink"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/patch"
)

// An Option changes what a Renderer does. The functions that return one are all that
// there are. The zero value changes nothing.
type Option struct {
	name  string
	apply func(*Renderer) error
}

// String returns the name of the function that made the option, such as UseImages.
func (o Option) String() string { return o.name }

// on is an Option without a value.
func on(name string, set func(*Renderer)) Option {
	return Option{name, func(r *Renderer) error {
		set(r)
		return nil
	}}
}

// Platform describes the installation of Ververica Platform that targets belong to.
type Platform struct {
	// Namespace is the Kubernetes namespace that the platform runs in. Targets
	// without a namespace of their own need it.
	Namespace string
	// Name is the name of its Helm release. Only [Renderer.Target] needs it.
	Name string
	// ServiceAccount is the platform's account in Namespace. Empty means the Helm
	// chart's, Name followed by "-ververica-platform".
	ServiceAccount string
}

// ForPlatform says which installation of Ververica Platform targets belong to.
func ForPlatform(p Platform) Option {
	return Option{"ForPlatform", func(r *Renderer) error {
		r.platform = p
		var errs problems
		errs.legal("Namespace", p.Namespace, validation.IsDNS1123Label(p.Namespace))
		if p.Name != "" {
			errs.legal("Name", p.Name, validation.IsDNS1123Label(p.Name))
		}
		errs.subdomain("ServiceAccount", p.ServiceAccount)
		return errors.Join(errs...)
	}}
}

// UseImages says which image runs a Flink version where a resource names none, by
// minor version such as "1.20". Versions that are not in it keep the official
// image. The map is copied.
func UseImages(images map[string]string) Option {
	images = maps.Clone(images)
	return Option{"UseImages", func(r *Renderer) error {
		r.options.Images = images
		var errs []error
		for _, version := range slices.Sorted(maps.Keys(images)) {
			switch v, err := flink.Lookup(version); {
			case err != nil:
				errs = append(errs, err)
			case v.Minor != version:
				errs = append(errs, fmt.Errorf("%q: write the minor version, %s", version, v.Minor))
			case !isImage(images[version]):
				errs = append(errs, fmt.Errorf("%s: %q is not the name of an image", version, images[version]))
			}
		}
		return errors.Join(errs...)
	}}
}

// isImage accepts what may be the name of an image; the registry knows.
func isImage(name string) bool {
	return name != "" && utf8.ValidString(name) && !strings.ContainsFunc(name,
		func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) })
}

// UseLoggingProfiles gives the texts of logging profiles by name: a configuration of
// Log4j 2 in its properties syntax, which becomes log4j-console.properties. The
// levels of a resource's log4jLoggers are set after it. The profile "default" is
// that of Flink's distribution if it is not in the map. The map is copied. VVP's own
// profiles are Twig templates of Log4j 2 XML, which are not evaluated here.
func UseLoggingProfiles(texts map[string]string) Option {
	texts = maps.Clone(texts)
	return Option{"UseLoggingProfiles", func(r *Renderer) error {
		r.options.Profiles = texts
		var errs []error
		for _, name := range slices.Sorted(maps.Keys(texts)) {
			switch text := texts[name]; {
			case name == "" || strings.TrimSpace(text) == "":
				errs = append(errs, fmt.Errorf("%q: a profile has a name and a text", name))
			case !utf8.ValidString(text):
				errs = append(errs, fmt.Errorf("%q: the text is not UTF-8", name))
			}
		}
		return errors.Join(errs...)
	}}
}

// AllowUnresolved makes it a warning that a Flink option refers to a variable
// ${NAME} that the pods do not have. The text stays as it is written, and Flink
// sees it so.
func AllowUnresolved() Option {
	return on("AllowUnresolved", func(r *Renderer) { r.options.AllowUnresolved = true })
}

// AllowUnknown makes warnings of fields and of enumerated values that the Kubernetes API of
// this library's release does not have, and that a newer cluster may. Verification knows
// Kubernetes 1.37. Pod templates and pod options of resources are held against the same API
// when they are read, too: that needs AllowUnknown of [deployment.Reader], which
// [YAML] sets with this option.
func AllowUnknown() Option {
	return on("AllowUnknown", func(r *Renderer) { r.allowUnknown = true })
}

// AllowEmpty lets rendertest.Dir take files of which nothing is rendered, such as targets
// alone. It changes nothing of a Renderer.
func AllowEmpty() Option { return on("AllowEmpty", func(*Renderer) {}) }

// IgnoreState makes resources that are not to run be rendered as if they were: for tests
// that look at what will run one day.
func IgnoreState() Option {
	return on("IgnoreState", func(r *Renderer) { r.ignoreState = true })
}

// StrictPatches makes it an error that a target's patch changes no object, though objects of a
// kind that it selects are rendered: it matches none, mostly by a name or a label that is
// misspelt, or all have already what it sets. Where many resources are rendered together, it is one if
// the patch changes no object of any of them. Otherwise it is a warning, of the rules
// unmatched-patch and patch-without-effect; absent-kind is always one, of a patch for a kind that
// is rendered at other times only.
func StrictPatches() Option {
	return on("StrictPatches", func(r *Renderer) { r.strictPatches = true })
}

// PatchEngine makes e apply the target's patches for Kubernetes objects, in place of package
// patch, as in PatchEngine(kustomize.Engine()). What the two do differently is documented in
// patch/kustomize.
func PatchEngine(e patch.Engine) Option {
	return Option{"PatchEngine", func(r *Renderer) error {
		if e == nil {
			return errors.New("required")
		}
		r.engine = e
		return nil
	}}
}

// FetcherImage says which image fetches from object stores what Flink does not fetch
// itself: dependencies, and before Flink 1.19 the job's jar. Init containers
// artifact-fetcher run it in the pods of both components, with two arguments, the URI
// and the file to write, and with the environment of the Flink container. It replaces
// wget for http and https, too.
func FetcherImage(image string) Option {
	return Option{"FetcherImage", func(r *Renderer) error {
		if !isImage(image) {
			return fmt.Errorf("%q is not the name of an image", image)
		}
		r.options.FetcherImage = image
		return nil
	}}
}

// SQLRunner says what runs SQL scripts before Flink 2.0, which has a driver of its own: the URI of
// a jar, as in artifact.jarUri, and its main class. Its only argument is the path of the script,
// as the SqlRunner of the examples of Flink's Kubernetes operator takes it.
func SQLRunner(jarURI, class string) Option {
	return Option{"SQLRunner", func(r *Renderer) error {
		u, err := url.Parse(jarURI)
		if err != nil || u.Scheme == "" || u.Path == "" || kinds.IsReserved(jarURI) || !isImage(class) {
			return errors.New("required: the URI of a jar, such as " +
				"https://host/sql-runner.jar, and the name of its main class")
		}
		r.options.Runner = build.Runner{Jar: jarURI, Class: class}
		return nil
	}}
}

// FlinkHome says where Flink is in all images: an absolute path. Without it, it is
// /flink in VVP's images, which are those of registry.ververica.com and those whose tag
// has -streamN as VVP's do, and /opt/flink in all others. Configuration, logs, usrlib and
// plugins are mounted there.
//
// Ververica does not publish how its images start. What is rendered for them relies on
// the entrypoint of Flink's images (standalone-job, jobmanager and taskmanager as first
// arguments), on their user 9999, and on wget in them; what is not so needs a patch.
func FlinkHome(path string) Option {
	return Option{"FlinkHome", func(r *Renderer) error {
		if !strings.HasPrefix(path, "/") || len(path) < 2 || gopath.Clean(path) != path || !isImage(path) {
			return fmt.Errorf("%q: must be an absolute path, such as /opt/flink", path)
		}
		r.options.Home = flink.Home(path)
		return nil
	}}
}

// BlobStorage is VVP's universal blob storage (vvp.blobStorage.baseUri): a URI such as
// s3://bucket/vvp. Where a resource does not say otherwise, Flink keeps checkpoints in
// checkpoints, savepoints in savepoints, and data of high availability, if there is any,
// in high-availability, in the folders below the URI that VVP has for each job,
// flink-jobs/namespaces/NAMESPACE/jobs/ID/, and sessionclusters/ID/ in place of jobs/ID/
// for session clusters. VVP also hands its credentials to jobs; here they have to be in
// flinkConfiguration, or come with a service account.
func BlobStorage(uri string) Option {
	return Option{"BlobStorage", func(r *Renderer) error {
		u, err := url.Parse(uri)
		if err != nil || u.Scheme == "" || u.Host+u.Path == "" || u.Opaque+u.RawQuery+u.Fragment != "" ||
			!strings.HasPrefix(uri, u.Scheme) || u.Host == "" && flink.FileSystem(u.Scheme) != "" ||
			!isImage(uri) || strings.ContainsAny(uri, "#${}") || kinds.IsReserved(uri) {
			return errors.New("must be a URI such as s3://bucket/vvp")
		}
		if _, secret := u.User.Password(); secret {
			return errors.New("must have no password, which would stand in ConfigMaps")
		}
		r.options.BlobStorage = uri
		return nil
	}}
}

// WithNamespace makes [Renderer.Target] render the target's Namespace, too.
func WithNamespace() Option {
	return on("WithNamespace", func(r *Renderer) { r.withNamespace = true })
}

// TLSSecret names the Kubernetes Secret with the certificates of Deployments whose
// template has the annotation flink.security.ssl.enabled: "true". VVP makes such a
// Secret for each job; here it has to be in the target's namespace, with the keys
//
//	keystore.jks    the certificate and its private key
//	truststore.jks  the certificates that are trusted
//	password        of both stores and of the private key, without a line break
//
// The stores are JKS or PKCS#12, whatever the names say. Flink's internal traffic
// and its REST API then use TLS, and each side has to prove who it is, as with VVP:
// a client of the REST API needs a certificate, too. Queryable state has no TLS in
// Flink. Options of the resource that this sets are replaced, with a warning.
//
// The password stands in no manifest. It is a variable of both Flink containers,
// and from there an argument of their processes, because Flink's images cannot
// write it into a mounted configuration: who may see the processes of the pod or of
// its node sees it. Flink hides it in its logs. To take it from another Secret,
// patch the variable FLINK_TLS_PASSWORD. Probes open connections only, because the
// kubelet has no certificate. Changed certificates do not restart pods.
func TLSSecret(name string) Option {
	return Option{"TLSSecret", func(r *Renderer) error {
		if problems := validation.IsDNS1123Subdomain(name); len(problems) > 0 {
			return fmt.Errorf("%q: %s", name, strings.Join(problems, "; "))
		}
		r.options.TLSSecret = name
		return nil
	}}
}

// PodDisruptionBudgets adds a PodDisruptionBudget for TaskManagers if there are several.
// Who drains nodes then takes one working pod at a time; pods that do not work are no
// obstacle. A component with one pod, as the JobManager, gets none: one pod at a time is
// all of it.
func PodDisruptionBudgets() Option {
	return on("PodDisruptionBudgets", func(r *Renderer) { r.options.Budgets = true })
}
