package build

import (
	"cmp"
	_ "embed"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/flink"
	"github.com/flinktarget/flinktarget/internal/lazyregexp"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/labels"
)

// Session is the cluster that a job is handed to.
type Session struct {
	Name   string            // prefix of its names
	Config map[string]string // of Flink
}

// submitScript runs one of Flink's clients, and says with its exit code whether there is a
// job: see exitSubmitted.
//
//go:embed submit.sh
var submitScript string

// exitSubmitted is what the script ends with when there is a job, but not all of what its
// program wanted: trying again finds the job submitted.
const exitSubmitted = 3

// submission decides how a job gets to a session cluster. What is wrong with the cluster
// is said where that is rendered.
func (d *decider) submission(c *Plan) {
	at := c.Settings.Child("flinkConfiguration")
	c.templates = [len(c.templates)]tree.Map{labels.JobManager: clientTemplate(c.templates[labels.JobManager])}
	c.Home = cmp.Or(d.opts.Home, flink.HomeOf(c.imageOf(labels.JobManager)))
	c.Config = c.filled()
	kept := func(key string) bool { return c.Session.Config[key] != "" }
	if d.opts.BlobStorage == "" && !slices.ContainsFunc(checkpointFolders, kept) {
		d.checkpoints(c, at)
	}
	c.Config = flink.ClientConfig(c.Session.Config, c.Config)
	d.jvmOptions(c, at)
	jvmOptions(c.Config, c.Version)
	d.take(c, at, "execution.target", "remote", "")
	maps.Copy(c.Config, map[string]string{
		"$internal.pipeline.job-id": c.flinkJobID(),
		"parallelism.default":       strconv.Itoa(int(c.Job.Parallelism)),
		"rest.address":              c.Session.Name + "-" + labels.JobManager.String(),
		"rest.port":                 strconv.Itoa(flink.PortREST),
	})
	c.Properties = d.references(c, at)
	d.client(c, c.Settings.Child("artifact"))
	d.strayFetchers(c)
	d.plugins(c)
}

// clientTemplate is the pod template of a JobManager without what is about one that runs.
func clientTemplate(template tree.Map) tree.Map {
	template, _ = tree.Copy(template).(tree.Map)
	for _, e := range tree.Items(template, "spec", "containers") {
		if container, _ := e.(tree.Map); tree.String(e, "name") == flink.ContainerPrefix+labels.JobManager.String() {
			for _, field := range [...]string{
				"args", "command", "ports", "livenessProbe", "readinessProbe", "startupProbe", "lifecycle",
			} {
				delete(container, field)
			}
		}
	}
	return template
}

// client decides what Flink's clients are called with: that of SQL, or flink run.
func (d *decider) client(c *Plan, at *field.Path) {
	a, main := c.Job.Artifact, d.mainArgs(c, at)
	c.command = []string{flink.SubmitShell, c.Home.Conf() + "/" + flink.SubmitFile, c.flinkJobID()}
	dependency := func(flag string, of func(uri string, at *field.Path) string) {
		for i, uri := range a.AdditionalDependencies {
			c.JobArgs = append(c.JobArgs, flag, of(uri, at.Child("additionalDependencies").Index(i)))
		}
	}
	if a.Kind == deployment.ArtifactSQLScript {
		d.clientScript(c, at)
		c.JobArgs = []string{"-f", c.Home.Conf() + "/" + flink.ScriptFile}
		dependency("-j", func(uri string, at *field.Path) string { return d.clientFile(c, uri, at, false) })
	} else {
		c.command = append(c.command, c.Home.String()+"/bin/flink", "run", "--detached")
		if c.Job.Savepoint != "" {
			c.JobArgs = append(c.JobArgs, "--fromSavepoint", c.Job.Savepoint)
			if c.Job.AllowNonRestoredState {
				c.JobArgs = append(c.JobArgs, "--allowNonRestoredState")
			}
		}
		dependency("--classpath", d.classPath)
		if a.Kind == deployment.ArtifactPython {
			c.JobArgs = append(append(c.JobArgs, d.python(c, at).args...), "--")
		} else {
			if c.Python = a.EntryClass == flink.PythonDriver; a.EntryClass != "" {
				c.JobArgs = append(c.JobArgs, "--class", a.EntryClass)
			}
			c.JobArgs = append(c.JobArgs, d.clientFile(c, a.JarURI, at.Child("jarUri"), true))
		}
		c.JobArgs = append(c.JobArgs, main...)
	}
	d.completeArtifact(c)
}

// statementEnd finds what ends a statement, and what only looks like it: comments, literals
// and names.
var statementEnd = lazyregexp.New("(?s)--[^\\n]*|/\\*.*?\\*/|'[^']*'|`[^`]*`|;[ \\t\\r]*\\n?")

// clientScript hands a script to the SQL client, which takes a savepoint as an option. For
// it, a statement ends where a line does.
func (d *decider) clientScript(c *Plan, at *field.Path) {
	c.command = append(c.command, c.Home.String()+"/bin/sql-client.sh")
	c.Script = statementEnd().ReplaceAllStringFunc(c.Job.Artifact.SQLScript, func(found string) string {
		if found[0] == ';' {
			return ";\n"
		}
		return found
	})
	d.catalog(c.Script, at.Child("sqlScript"))
	if c.Job.Savepoint != "" {
		c.Config["execution.savepoint.path"] = c.Job.Savepoint
		c.Config["execution.savepoint.ignore-unclaimed-state"] = strconv.FormatBool(c.Job.AllowNonRestoredState)
	}
	if len(c.Properties) > 0 && !c.Version.ClientProperties() {
		d.fail(field.Invalid(at.Child("kind"), c.Job.Artifact.Kind, "the SQL client of Flink "+c.Version.Minor+
			" takes no options from variables, as "+c.Properties[0].Key+": use Flink 1.17 or newer"), "reference")
	}
}

// clientFile is where the client finds a jar that it hands to the cluster.
func (d *decider) clientFile(c *Plan, uri string, at *field.Path, job bool) string {
	u, from := d.locate(uri, at)
	switch {
	case from == nowhere:
		return ""
	case from == inImage:
		if f := (file{from: u.Path}); c.inPlace(f) {
			c.artifact.files = append(c.artifact.files, f) // what is fetched would hide it
		}
		return u.Path
	case from == inStore && d.opts.FetcherImage == "":
		d.fail(field.Invalid(at, decode.Shown(uri), "Flink's client fetches no jars: use https, put the jar into the "+
			"image of the SessionCluster, or give an image that can fetch it"), "uri-scheme FetcherImage")
		return ""
	}
	return c.download(jar{u, at, job})
}

// classPath is the URL of a dependency, which client and TaskManagers read by themselves.
func (d *decider) classPath(uri string, at *field.Path) string {
	switch u, from := d.locate(uri, at); from {
	case inImage:
		return (&url.URL{Scheme: "file", Path: u.Path}).String()
	case inStore:
		d.fail(field.Invalid(at, decode.Shown(uri), "in session mode TaskManagers load dependencies: use https, "+
			"or put the jar into the image of the SessionCluster"), "uri-scheme")
	}
	return uri
}

func (c *Plan) flinkJobID() string { return strings.ReplaceAll(c.Job.ID, "-", "") }
