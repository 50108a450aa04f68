package render_test

import (
	"slices"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/render"
)

func withScript(version, text string) string {
	return withProgram(version, "kind: SQLSCRIPT, sqlScript: \""+strings.ReplaceAll(text, "\n", `\n`)+"\"")
}

// What VVP's own catalog or its secret values give to a script is named.
func TestScriptsThatNeedVVP(t *testing.T) {
	const table = "CREATE TABLE a (n INT) WITH ('connector' = 'datagen');\n"
	for _, c := range []struct{ reason, script, rule string }{
		{"tables of its own", table + "INSERT INTO b SELECT * FROM a", ""},
		{"no table", "INSERT INTO b SELECT * FROM a", "vvp-catalog"},
		{"one in a comment", "-- CREATE TABLE a\nINSERT INTO b SELECT * FROM a /* USE CATALOG c */", "vvp-catalog"},
		{"a catalog", "CREATE CATALOG c WITH ('type' = 'jdbc'); USE CATALOG c; INSERT INTO b SELECT * FROM a", ""},
		{"VVP's catalog", table + "INSERT INTO `vvp`.`default`.b SELECT * FROM a", "vvp-catalog"},
		{"to read from", table + "insert into a select * from vvp.`default`.`b` -- vvp", "vvp-catalog"},
		{"to use", table + "USE CATALOG vvp;", "vvp-catalog"},
		{"one of this name", "CREATE CATALOG IF NOT EXISTS `vvp` WITH ('type' = 'x'); USE CATALOG vvp;", ""},
		{"an alias of this name", table + "INSERT INTO b SELECT vvp.n FROM a vvp", ""},
		{"a text with this name", table + "INSERT INTO b SELECT 'from vvp.x' FROM a", ""},
		{"a secret value", in(table, "datagen", "${KIND}"), "reference"},
	} {
		m, err := renderJob(t, withScript("2.2", c.script), render.Job{ID: jobID})
		assert.NilError(t, err, c.reason)
		var rules []string
		for _, w := range m.Warnings() {
			rules = append(rules, w.Rule)
			assert.Equal(t, w.Field, "spec.template.spec.artifact.sqlScript", c.reason)
		}
		assert.Equal(t, strings.Join(rules, " "), c.rule, c.reason)
	}
}

// A script reaches Flink as it is, whatever signs it has.
func TestScriptIsNotChanged(t *testing.T) {
	const text = "CREATE TABLE `ä` (n INT) WITH ('k' = '$(X) $$ \\\\ \\t: # ');\n\n  INSERT INTO b SELECT * FROM `ä`;\n"
	m, err := renderJob(t, withScript("2.0", text), render.Job{ID: jobID})
	assert.NilError(t, err)
	data := find(t, m, "ConfigMap", "-flink-config").Map()["data"].(map[string]any)
	assert.Equal(t, data["job.sql"], strings.NewReplacer(`\\`, `\`, `\t`, "\t").Replace(text))
}

// A changed script is a changed job.
func TestScriptIsPartOfTheJobID(t *testing.T) {
	var ids []string
	for _, text := range []string{"CREATE TABLE a (n INT)", "CREATE TABLE a (m INT)"} {
		m, err := renderJob(t, withScript("2.0", text), render.Job{})
		assert.NilError(t, err)
		ids = append(ids, find(t, m, "Job", "-jobmanager").Name())
	}
	assert.Assert(t, ids[0] != ids[1])
}

func TestRefusedPrograms(t *testing.T) {
	const at = "spec.template.spec.artifact."
	python := func(fields string) string {
		return withProgram("2.2", "kind: PYTHON, flinkImageRepository: team/pyflink, "+fields)
	}
	for _, c := range []struct {
		reason, text string
		want         []string
	}{
		{"a script before Flink 2.0", withScript("1.20", "CREATE TABLE a"), []string{at + "kind artifact-kind"}},
		{"a program that is no file of Python", python("pythonArtifactUri: 'local:///opt/job.zip'"),
			[]string{at + "entryModule required"}},
		{"a file whose name is a list", python("pythonArtifactUri: 'local:///opt/a,b.py'"),
			[]string{at + "pythonArtifactUri uri"}},
		{"files of an unknown place", python("pythonArtifactUri: 'ftp://h/job.py', additionalPythonLibraries: " +
			"['local://h/b.whl'], additionalPythonArchives: ['https://h/${S}.zip']"), []string{
			at + "pythonArtifactUri uri-scheme", at + "additionalPythonLibraries[0] uri",
			at + "additionalPythonArchives[0] reference"}},
		{"two files of one name", python("pythonArtifactUri: 'https://h/a.py', additionalPythonLibraries: ['https://i/a.py']"),
			[]string{at + "additionalPythonLibraries[0] uri"}},
		{"Flink's own image", withProgram("2.2", "kind: PYTHON, pythonArtifactUri: 'local:///opt/a.py'"),
			[]string{"spec.template.spec.containers[flink-jobmanager].image python"}},
	} {
		_, err := renderJob(t, c.text, render.Job{ID: jobID})
		assert.DeepEqual(t, fieldsAndRules(err), c.want)
	}
	for _, uri := range []string{"", "a.jar", "https://h", "local:///a b%zz.jar"} {
		_, err := render.New(render.SQLRunner(uri, "a.B"))
		assert.ErrorContains(t, err, "SQLRunner", uri)
	}
	_, err := render.New(render.SQLRunner("https://h/a.jar", ""))
	assert.ErrorContains(t, err, "SQLRunner")
}

// Options of Python that the resource has are kept, also where they stand in an argument.
func TestPythonFilesBesideOptions(t *testing.T) {
	text := withProgram("2.2", "kind: PYTHON, flinkImageRepository: team/pyflink, pythonArtifactUri: "+
		"'https://h/a.zip', entryModule: a, additionalPythonArchives: ['file:///opt/venv.zip#venv', 'gs://b/$x.zip'], "+
		"flinkImageTag: 2.2.0") + "      flinkConfiguration: {python.files: /opt/own.py, python.archives: '${OWN}'}\n" +
		"      kubernetes: {pods: {envVars: [{name: OWN, value: /opt/own.zip}]}}\n"
	m, err := renderJob(t, text, render.Job{ID: jobID})
	assert.NilError(t, err)
	args := jobManager(t, m).Containers[0].Args
	assert.Assert(t, slices.Contains(args, "python.archives=$(OWN),/opt/venv.zip#venv,gs://b/$$x.zip"), "%q", args)
	data := find(t, m, "ConfigMap", "-flink-config").Map()["data"].(map[string]any)
	assert.Assert(t, strings.Contains(data["config.yaml"].(string), `python.files: "/opt/own.py,/opt/flink/usrlib/a.zip"`))
}

// fieldsAndRules are those of the problems of an error, each as "field rule".
func fieldsAndRules(err error) (all []string) {
	for p := range flinktarget.Problems(err) {
		all = append(all, p.Field+" "+p.Rule)
	}
	return all
}
