package build

import (
	"path"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/flink"
	"github.com/flinktarget/flinktarget/internal/lazyregexp"
)

// Runner is a jar that runs SQL scripts, and its main class.
type Runner struct{ Jar, Class string }

// program is what Flink runs: a class, and arguments before those of the user.
type program struct {
	class string
	args  []string
	jar   string // its URI; "" if Flink has the class
	jarAt *field.Path
}

// program decides what runs an artifact, by its kind.
func (d *decider) program(c *Plan, at *field.Path) program {
	switch a := c.Job.Artifact; a.Kind {
	case deployment.ArtifactSQLScript:
		return d.script(c, at)
	case deployment.ArtifactPython:
		return d.python(c, at)
	default:
		c.Python = a.EntryClass == flink.PythonDriver
		return program{class: a.EntryClass, jar: a.JarURI, jarAt: at.Child("jarUri")}
	}
}

// script is run by Flink's own driver from 2.0 (FLIP-480), and by a jar of the user's
// before. It stands beside the configuration.
func (d *decider) script(c *Plan, at *field.Path) program {
	c.Script = c.Job.Artifact.SQLScript
	d.catalog(c.Script, at.Child("sqlScript"))
	file := c.Home.Conf() + "/" + flink.ScriptFile
	switch runner := d.opts.Runner; {
	case c.Version.Major > 1:
		return program{class: flink.SQLDriver, args: []string{"--scriptUri", "file://" + file}}
	case runner.Jar != "":
		return program{class: runner.Class, args: []string{file}, jar: runner.Jar, jarAt: at.Child("kind")}
	}
	e := field.NotSupported(at.Child("kind"), c.Job.Artifact.Kind,
		[]string{deployment.ArtifactJar, deployment.ArtifactPython})
	e.Detail += "; Flink " + c.Version.Minor + " cannot run a script by itself: use Flink 2.0 or newer, or " +
		"give a jar that runs scripts"
	d.fail(e, "artifact-kind SQLRunner")
	return program{}
}

// What a script says of where its tables are.
var (
	scriptText  = lazyregexp.New(`(?s)--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'`) // comments and literals, which say nothing
	makesTables = lazyregexp.New(`(?i)\b(create|use|load)\s`)
	vvpCatalog  = lazyregexp.New("(?i)\\b(?:into|from|join|table|view|use|catalog)\\s+(?:`vvp`|vvp)\\s*(?:\\.|;|$)")
	makesVVP    = lazyregexp.New("(?i)\\bcreate\\s+catalog\\s+(?:if\\s+not\\s+exists\\s+)?(?:`vvp`|vvp\\b)")
)

// catalog warns of a script that needs what VVP's own catalog has.
func (d *decider) catalog(script string, at *field.Path) {
	if flink.Reference().MatchString(script) {
		d.warn("reference", at, "${NAME} stays as it is written: secret values of VVP are not known here")
	}
	text := scriptText().ReplaceAllString(script, " ")
	switch {
	case vvpCatalog().MatchString(text) && !makesVVP().MatchString(text):
		d.warn("vvp-catalog", at, "vvp is the catalog of VVP, which Apache Flink does not have: create the tables in "+
			"the script, or a catalog with CREATE CATALOG vvp")
	case !makesTables().MatchString(text):
		d.warn("vvp-catalog", at, "the script creates no table, and VVP's own catalog, which has those of VVP, is not "+
			"there: begin it with CREATE TABLE, or with CREATE CATALOG and USE CATALOG")
	}
}

// python is run by Flink's driver, whose jar the image has in opt, where Flink looks for it
// (PackagedProgramUtils.getPythonJar).
func (d *decider) python(c *Plan, at *field.Path) program {
	c.Python = true
	a := c.Job.Artifact
	main := d.pythonFile(c, a.PythonArtifactURI, at.Child("pythonArtifactUri"))
	files := d.pythonFiles(c, a.AdditionalPythonLibraries, at.Child("additionalPythonLibraries"))
	args := []string{"-py", main}
	switch {
	case a.EntryModule != "":
		args, files = []string{"-pym", a.EntryModule}, append([]string{main}, files...)
	case main != "" && path.Ext(main) != ".py":
		d.fail(field.Required(at.Child("entryModule"), "for a program that is no .py file"), "required")
	}
	archives := d.pythonFiles(c, a.AdditionalPythonArchives, at.Child("additionalPythonArchives"))
	c.extend("python.files", files)
	c.extend("python.archives", archives)
	return program{class: flink.PythonDriver, args: args}
}

// extend adds to an option that is a list, wherever it stands.
func (c *Plan) extend(key string, list []string) {
	if len(list) == 0 {
		return
	}
	text := strings.Join(list, ",")
	if i := slices.IndexFunc(c.Properties, func(p flink.Property) bool { return p.Key == key }); i >= 0 {
		c.Properties[i].Value += "," + escape(text)
	} else {
		c.Config[key] = strings.TrimPrefix(c.Config[key]+","+text, ",")
	}
}

func (d *decider) pythonFiles(c *Plan, uris []string, at *field.Path) (files []string) {
	for i, uri := range uris {
		files = append(files, d.pythonFile(c, uri, at.Index(i)))
	}
	return files
}

// pythonFile is where the driver finds a file, which it hands to the TaskManagers. It reads
// object stores itself, with their plugins.
func (d *decider) pythonFile(c *Plan, uri string, at *field.Path) string {
	u, from := d.locate(uri, at)
	if strings.Contains(uri, ",") {
		d.fail(field.Invalid(at, decode.Shown(uri), "a comma separates files for Flink: rename the file"), "uri")
	}
	if from == nowhere {
		return ""
	}
	folder := u.Fragment // of an archive, where it is unpacked
	if folder != "" {
		folder = "#" + folder
	}
	switch {
	case from == inImage:
		return u.Path + folder
	case from == inStore && d.opts.FetcherImage == "":
		c.Stores = append(c.Stores, ObjectStore{scheme: u.Scheme, at: at, uri: uri, Jar: true})
		return uri
	}
	u.Fragment = ""
	return c.download(jar{uri: u, at: at}) + folder
}
