package build

import (
	"fmt"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/flink"
	"github.com/flinktarget/flinktarget/internal/tree"
)

// artifact is the program, and how its files get to where Flink looks for them.
type artifact struct {
	program   program
	jar       string // --jars, from Flink 1.19
	files     []file // for usrlib of both components, by init containers
	fetcher   string // the image of the init containers that download; empty for Flink's, with wget
	downloads bool   // the JobManager itself downloads, and needs a writable folder
}

// file is what an init container puts into usrlib.
type file struct {
	uri  string // to download
	from string // or the path in the image to copy from; usrlib itself for all that is in it
	name string // below usrlib
	at   *field.Path
}

// jar is a URI of an artifact.
type jar struct {
	uri *url.URL
	at  *field.Path
	job bool // the job's own jar, not a dependency
}

// artifact is the job's jar with its dependencies.
//
// From 1.19 Flink takes jars as --jars (FLINK-28915). It hands one to the TaskManagers;
// of several, it makes a class path of relative files, which exist on the JobManager
// alone. So --jars gets the job's jar at most. What is in usrlib is on the class path
// of all components in all versions.
func (d *decider) artifact(c *Plan, at *field.Path) {
	a, out := c.Job.Artifact, &c.artifact
	out.program = d.program(c, at)
	jars := 0 // that Flink puts on the class path
	add := func(uri string, at *field.Path, job bool) {
		u, from := d.locate(uri, at)
		before := len(out.files)
		d.jar(c, jar{u, at, job}, from, len(a.AdditionalDependencies) == 0)
		for _, f := range out.files[before:] {
			if strings.HasSuffix(f.name, ".jar") {
				jars++
			} else {
				d.warn("class-path", at,
					"Flink puts only files that are called NAME.jar on the class path: %s will be in %s, but "+
						"classes in it are not found", decode.Shown(f.name), c.Home.UserLib())
			}
		}
	}
	if out.program.jarAt != nil {
		add(out.program.jar, out.program.jarAt, true)
	}
	for i, uri := range a.AdditionalDependencies {
		add(uri, at.Child("additionalDependencies").Index(i), false)
	}
	if out.program.class == "" && out.jar == "" && jars > 1 {
		d.warn("entry-class", at.Child("entryClass"), "required if more than one jar has a Main-Class in its "+
			"manifest: Flink looks for it in all of %s, and does not start the job if there are several",
			c.Home.UserLib())
	}
	d.completeArtifact(c)
}

// completeArtifact refuses files of one name, leaves out what is in place already, and keeps
// what the volume would hide.
func (d *decider) completeArtifact(c *Plan) {
	out := &c.artifact
	for i, f := range out.files {
		if j := slices.IndexFunc(out.files[:i], func(e file) bool { return e.name == f.name }); j >= 0 {
			e := field.Duplicate(f.at, f.name)
			e.Detail = fmt.Sprintf("%s gets this name in %s, too: the URI of one of them must end in another NAME.jar",
				out.files[j].at, c.Home.UserLib())
			d.fail(e, "uri")
		}
	}
	inUserLib := slices.ContainsFunc(out.files, c.inPlace)
	out.files = slices.DeleteFunc(out.files, c.inPlace)
	official, own := flink.OfficialImage(c.Image) != "", func(at string) bool { return at == c.Home.UserLib() }
	if len(out.files) > 0 && (inUserLib || !official) && !c.mounts(own) {
		// The volume for files hides what the image has in usrlib; the official images have none.
		out.files = slices.Insert(out.files, 0, file{from: c.Home.UserLib()})
	}
	if slices.ContainsFunc(out.files, func(f file) bool { return f.uri != "" }) {
		out.fetcher = c.opts.FetcherImage
	}
}

// Fetcher returns the image that downloads jars, "" if that is Flink's or nothing is
// downloaded.
func (c *Plan) Fetcher() string { return c.artifact.fetcher }

// inPlace reports whether the file is in usrlib already.
func (c *Plan) inPlace(f file) bool { return strings.HasPrefix(f.from, c.Home.UserLib()+"/") }

// mounts reports whether pods of the resource mount a volume at such a path.
func (c *Plan) mounts(is func(at string) bool) bool {
	return slices.ContainsFunc(c.pods.VolumeMounts,
		func(m deployment.VolumeMount) bool {
			return is(path.Clean(tree.String(decode.Shared(m.VolumeMount), "mountPath")))
		})
}

// A place is where a file of an artifact is.
type place uint8

const (
	nowhere place = iota // which was said
	inImage              // or on a mounted volume
	inStore
	onWeb
)

// locate reads the URI of a file.
func (d *decider) locate(uri string, at *field.Path) (*url.URL, place) {
	if strings.Contains(uri, "${") && flink.Reference().MatchString(uri) {
		d.fail(field.Invalid(at, decode.Shown(uri), "secret values of VVP are not known here; write the URI out"),
			"reference")
		return nil, nowhere
	}
	u, err := url.Parse(uri)
	switch {
	case err != nil:
		d.fail(field.Invalid(at, decode.Shown(uri), "not a URI"), "uri")
	case u.Scheme == "local" || u.Scheme == "file":
		if u.Host == "" && path.Clean(u.Path) == u.Path {
			return u, inImage
		}
		d.fail(field.Invalid(at, decode.Shown(u.String()),
			"write the absolute path of the file, with three slashes: local:///opt/flink/usrlib/NAME.jar"), "uri")
	case flink.IsStore(u.Scheme):
		return u, inStore
	case u.Scheme == "http" || u.Scheme == "https":
		return u, onWeb
	default:
		d.fail(field.NotSupported(at, u.Scheme, flink.ArtifactSchemes()), "uri-scheme")
	}
	return u, nowhere
}

// jar decides by place and version what is done with a jar, alone or one of several.
func (d *decider) jar(c *Plan, j jar, from place, alone bool) {
	switch {
	case from == nowhere:
	case from == inImage:
		d.inImage(c, j)
	case from == inStore:
		d.inStore(c, j)
	case !c.Version.Jars || !alone:
		c.download(j)
	default:
		if _, set := c.Config["user.artifacts.raw-http-enabled"]; j.uri.Scheme == "http" && !set {
			c.Config["user.artifacts.raw-http-enabled"] = "true"
		}
		c.artifact.jar, c.artifact.downloads = j.uri.String(), true
	}
}

// download puts a file into usrlib, and returns where it is then: by the last part of its path if that may be the name
// of a file, and of a jar if it is the job's. Other URIs, such as https://repo/download?id=1,
// get names by their place.
func (c *Plan) download(j jar) string {
	name := path.Base(j.uri.Path)
	legal := !strings.ContainsAny(name, "$\x00/") && utf8.ValidString(name)
	switch ext := path.Ext(name); {
	case legal && (ext == ".jar" || ext != "" && ext != name && !j.job):
	case j.job:
		name = "job.jar"
	default:
		name = "dependency-" + strconv.Itoa(len(c.artifact.files)+1) + ".jar"
	}
	c.artifact.files = append(c.artifact.files, file{uri: j.uri.String(), name: name, at: j.at})
	return c.Home.UserLib() + "/" + name
}

// inStore is a jar in an object store, which Flink itself fetches from 1.19, but only if
// it is the job's.
func (d *decider) inStore(c *Plan, j jar) {
	out, shown := &c.artifact, decode.Shown(j.uri.String())
	switch {
	case c.Version.Jars && j.job:
		out.jar, out.downloads = j.uri.String(), true
		c.Stores = slices.Insert(c.Stores, 0, ObjectStore{scheme: j.uri.Scheme, at: j.at, uri: out.jar, Jar: true})
	case d.opts.FetcherImage != "":
		c.download(j)
	case c.Version.Jars:
		d.fail(field.Invalid(j.at, shown, "Flink hands only the job's jar to TaskManagers: use https, "+
			"put the dependency into the image, or give an image that can fetch it"), "uri-scheme FetcherImage")
	default:
		d.fail(field.Invalid(j.at, shown, "Flink "+c.Version.Minor+" fetches no jars: use Flink 1.19 or newer, "+
			"or https, or give an image that can"), "uri-scheme FetcherImage")
	}
}

// inImage is a jar that is there already, in the image or on a mounted volume.
func (d *decider) inImage(c *Plan, j jar) {
	u, out := j.uri, &c.artifact
	f := file{from: u.Path, name: path.Base(u.Path), at: j.at}
	if c.inPlace(f) {
		f.name = strings.TrimPrefix(u.Path, c.Home.UserLib()+"/")
	}
	mounted := func(at string) bool { return overlap(u.Path, at) }
	if other := c.Home.Elsewhere(u.Path); other != "" && !c.mounts(mounted) {
		d.warn("flink-home", j.at, "%s has Flink in %s, and may have nothing in %s: write the path in this image, or "+
			"name the image that has the jar", c.Image, c.Home, other)
	}
	if c.Version.Jars && j.job {
		out.jar = (&url.URL{Scheme: "local", Path: u.Path}).String()
		if !c.inPlace(f) {
			return
		}
	}
	out.files = append(out.files, f) // before 1.19, Flink takes what is in usrlib, as VVP puts it there
}
