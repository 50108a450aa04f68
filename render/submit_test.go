package render_test

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/internal/yaml"
	"github.com/flinktarget/flinktarget/render"
	"github.com/flinktarget/flinktarget/render/internal/inputs"
	"github.com/flinktarget/flinktarget/target"
)

// A bundle finds the cluster of a Deployment in session mode by namespace and name.
func TestSessionClusterOfABundle(t *testing.T) {
	second := strings.Split(session, "---")[1]
	other := func(old, replacement string) string { return submitted + "---" + in(second, old, replacement) }
	for _, c := range []struct{ reason, text, want string }{
		{"there", submitted, ""},
		{"another of this name, in another namespace", other("{name: session, id: 6", "{name: session, namespace: team, id: 7"),
			"spec.deploymentTargetName target"}, // which is not there
		{"misspelt", in(submitted, "sessionClusterName: session", "sessionClusterName: sesion"),
			"spec.sessionClusterName session-cluster did you mean session?"},
		{"of another namespace", in(submitted, "{name: submitted}", "{name: submitted, namespace: team}"),
			"spec.sessionClusterName session-cluster is not in the input"},
		{"two", other("id: 6", "id: 7"), "spec.sessionClusterName session-cluster 2 times"},
		{"without a target", in(submitted, "deploymentTargetName: staging", "deploymentTargetName: gone"),
			"spec.deploymentTargetName target gone"},
	} {
		_, err := renderJob(t, c.text, render.Job{})
		if c.want == "" {
			assert.NilError(t, err, c.reason)
			continue
		}
		e, ok := errors.AsType[*flinktarget.InvalidError](err)
		assert.Assert(t, ok, "%s: %v", c.reason, err)
		words := strings.SplitN(c.want+" ", " ", 3)
		assert.Equal(t, refusals(e)[0], strings.Join(words[:2], " "), c.reason)
		assert.ErrorContains(t, e, strings.TrimSpace(words[2]), c.reason)
		assert.Assert(t, e.Problems[0].Position.Line > 0, c.reason)
	}
}

// The Job gives the cluster, where there is no bundle; another one, or one for a Deployment
// that has its own, is refused.
func TestSessionClusterOfAJob(t *testing.T) {
	b := parse(t, []byte(submitted))
	staging, cluster, d := b.Targets[0], b.SessionClusters[0], b.Deployments[0]
	alone := parse(t, []byte(app)).Deployments[0]
	other, err := deployment.ParseSessionCluster("", []byte(in(strings.Split(session, "---")[1], "name: session", "name: other")))
	assert.NilError(t, err)
	r := renderer(t)
	m, err := r.Deployment(staging, d, render.Job{SessionCluster: cluster})
	assert.NilError(t, err)
	assert.Equal(t, m.Len(), 2)
	for _, c := range []struct {
		reason  string
		of      deployment.Deployment
		cluster deployment.SessionCluster
		want    string
	}{
		{"none", d, deployment.SessionCluster{}, "spec.sessionClusterName session-cluster"},
		{"another", d, other, "spec.sessionClusterName session-cluster"},
		{"one too many", alone, cluster, "SessionCluster session-cluster"},
	} {
		_, err := r.Deployment(staging, c.of, render.Job{SessionCluster: c.cluster})
		assert.DeepEqual(t, refusals(err), []string{c.want})
	}
	config := staging.Config()
	config.Metadata.Name = "production"
	production, err := target.New(config)
	assert.NilError(t, err)
	_, err = r.Deployment(production, d, render.Job{SessionCluster: cluster})
	assert.DeepEqual(t, refusals(err), []string{" mismatch"}) // the target is the cluster's
}

// The derived id stands for what is submitted: it stays with all that only the cluster has,
// and changes with the job.
func TestSubmittedID(t *testing.T) {
	id := func(text string) string {
		m, err := renderJob(t, text, render.Job{})
		assert.NilError(t, err)
		return find(t, m, "Job", "-submit").Labels()["jobId"]
	}
	first := id(submitted)
	for _, same := range []string{
		in(submitted, "flinkVersion: 1.20", "numberOfTaskManagers: 3\n  flinkVersion: 1.20"),
		in(submitted, "flinkVersion: 1.20", "flinkConfiguration: {taskmanager.numberOfTaskSlots: 4, state.backend.type: "+
			"rocksdb}\n  flinkVersion: 1.20"),
		submitted + "      flinkConfiguration: {taskmanager.numberOfTaskSlots: 4}\n      resources: {taskmanager: {memory: 3g}}\n",
	} {
		assert.Equal(t, id(same), first, same)
	}
	for _, changed := range []string{
		in(submitted, "app.jar", "other.jar"), submitted + "      parallelism: 2\n", onVersion(submitted, "1.19"),
		submitted + "      flinkConfiguration: {pipeline.name: n}\n",
	} {
		assert.Assert(t, id(changed) != first, changed)
	}
}

// A job of a cluster that is stopped is no object: it comes again with the cluster.
func TestJobOfAStoppedCluster(t *testing.T) {
	text := in(submitted, "flinkVersion: 1.20", "state: STOPPED\n  flinkVersion: 1.20")
	m, err := renderJob(t, text, render.Job{})
	assert.NilError(t, err)
	assert.Equal(t, m.Len(), 0)
	fields := []string{}
	for _, w := range m.Warnings() {
		fields = append(fields, w.Rule+" "+w.Field)
	}
	assert.DeepEqual(t, fields, []string{"not-running spec.sessionClusterName", "not-running spec.state"})
	m, err = renderJob(t, text, render.Job{}, render.IgnoreState())
	assert.NilError(t, err)
	assert.Equal(t, m.Len(), 6)
}

// A savepoint is an argument of flink run, and an option of the SQL client.
func TestSubmittedSavepoint(t *testing.T) {
	job := render.Job{ID: jobID, SavepointLocation: "s3://b/s"}
	allow := func(text string) string {
		return in(text, "sessionClusterName: session\n", "sessionClusterName: session\n  restoreStrategy: {allowNonRestoredState: true}\n")
	}
	m, err := renderJob(t, allow(submitted), job)
	assert.NilError(t, err)
	args := podOf(t, m).Containers[0].Args
	assert.DeepEqual(t, args[5:], []string{"--detached", "--fromSavepoint", "s3://b/s", "--allowNonRestoredState",
		"/opt/flink/usrlib/app.jar"})
	m, err = renderJob(t, allow(submits("2.2", script)), job)
	assert.NilError(t, err)
	text := yamlOf(t, m)
	for _, line := range []string{`execution.savepoint.path: "s3://b/s"`, `execution.savepoint.ignore-unclaimed-state: "true"`} {
		assert.Assert(t, strings.Contains(text, line), line)
	}
}

func TestRefusedSubmissions(t *testing.T) {
	const at = "spec.template.spec.artifact."
	variables := func(version string) string {
		return in(submits(version, script), "flinkVersion", "kubernetes: {pods: {envVars: [{name: P, value: p}]}}\n  flinkVersion") +
			"      flinkConfiguration: {security.ssl.rest.key-password: '${P}'}\n"
	}
	for _, c := range []struct {
		reason, text string
		want         []string
	}{
		{"a jar in a store", submits("1.20", "kind: JAR, jarUri: 's3://b/a.jar'"), []string{at + "jarUri uri-scheme"}},
		{"dependencies that TaskManagers cannot load", submits("1.20", "kind: JAR, jarUri: 'https://h/a.jar', "+
			"additionalDependencies: ['s3://b/a.jar', 'ftp://h/b.jar']"), []string{
			at + "additionalDependencies[0] uri-scheme", at + "additionalDependencies[1] uri-scheme"}},
		{"jars of a script in a store", submits("2.2", script+", additionalDependencies: ['gs://b/a.jar', 'ftp://h/b.jar', "+
			"'local:///opt/../a.jar']"), []string{at + "additionalDependencies[0] uri-scheme",
			at + "additionalDependencies[1] uri-scheme", at + "additionalDependencies[2] uri"}},
		{"two jars of one name", submits("2.2", script+", additionalDependencies: ['https://h/a.jar', 'https://i/a.jar']"),
			[]string{at + "additionalDependencies[1] uri"}},
		{"options of a script from variables, before 1.17", variables("1.16"), []string{at + "kind reference"}},
		{"from 1.17", variables("1.17"), nil},
		{"none from variables", submits("1.16", script), nil},
		{"a variable that nobody sets", submitted + "      flinkConfiguration: {pipeline.name: '${GONE}'}\n",
			[]string{flinkConf + "[pipeline.name] reference"}},
		{"Flink's own image", submits("2.2", "kind: PYTHON, pythonArtifactUri: 'local:///opt/a.py'"),
			[]string{"spec.template.spec.containers[flink-jobmanager].image python"}},
	} {
		_, err := renderJob(t, c.text, render.Job{ID: jobID})
		assert.DeepEqual(t, fieldsAndRules(err), c.want)
	}
	_, err := renderJob(t, submits("2.2", script+", additionalDependencies: ['gs://b/a.jar']"), render.Job{},
		render.FetcherImage("r/fetcher"))
	assert.NilError(t, err)
	_, err = renderJob(t, submitted+"      flinkConfiguration: {pipeline.name: '${GONE}'}\n", render.Job{})
	assert.ErrorContains(t, err, "kubernetes.pods.envVars of the SessionCluster", "those of the Deployment have no effect")
}

// A client of a cluster has one target.
func TestTargetOfASubmission(t *testing.T) {
	for target, want := range map[string]int{"local": 1, "remote": 0} {
		m, err := renderJob(t, submitted+"      flinkConfiguration: {execution.target: "+target+"}\n", render.Job{ID: jobID})
		assert.NilError(t, err)
		assert.Assert(t, strings.Contains(yamlOf(t, m), "execution.target: remote\n"))
		assert.Equal(t, len(m.Warnings()), want, "%v", m.Warnings())
	}
}

// What a jar that is fetched would hide is copied.
func TestSubmittedBesideFetched(t *testing.T) {
	m, err := renderJob(t, submits("2.2", script+", additionalDependencies: ['local:///opt/flink/usrlib/a.jar', "+
		"'https://h/b.jar']"), render.Job{ID: jobID})
	assert.NilError(t, err)
	pod := podOf(t, m)
	assert.Equal(t, len(pod.InitContainers), 2)
	assert.Assert(t, slices.Contains(pod.Containers[0].Args, "/opt/flink/usrlib/a.jar"))
	for text, name := range map[string]string{ // what Flink would not take for a jar has another name
		submits("2.2", script+", additionalDependencies: ['https://h/b']"): "dependency-1.jar",
		submits("2.2", "kind: JAR, jarUri: 'https://h/b'"):                 "job.jar",
	} {
		m, err := renderJob(t, text, render.Job{ID: jobID})
		assert.NilError(t, err)
		assert.Assert(t, slices.Contains(podOf(t, m).Containers[0].Args, "/opt/flink/usrlib/"+name), name)
	}
}

// For the SQL client, a statement ends where a line does; what stands in comments, literals
// and names ends none.
func TestSubmittedScript(t *testing.T) {
	m, err := renderJob(t, submits("2.2", `kind: SQLSCRIPT, sqlScript: "CREATE TABLE a (n INT) WITH ('k' = ';x''; '); -- a; b\nUSE c;`+
		"USE `d; e`; /* ; */ INSERT INTO b SELECT * FROM a; \\n-- end;"+`"`), render.Job{ID: jobID})
	assert.NilError(t, err)
	data := find(t, m, "ConfigMap", "job-"+jobID+"-flink-config").Map()["data"].(map[string]any)
	assert.Equal(t, data["job.sql"], "CREATE TABLE a (n INT) WITH ('k' = ';x''; ');\n-- a; b\nUSE c;\nUSE `d; e`;\n"+
		"/* ; */ INSERT INTO b SELECT * FROM a;\n-- end;")
}

// What is not listed as a source, of the Deployment or of its cluster, changes no field.
func TestSubmissionsAreExplained(t *testing.T) {
	all := scenarios()
	r := renderer(t, render.WithTrace())
	for _, name := range []string{"submit-options", "submit-template", "submit-jar-1.20-https", "submit-sql-2.2-https",
		"submit-python-1.17-local"} {
		text := []byte(regexp.MustCompile(`flinkVersion: ([0-9.]+)`).ReplaceAllString(all[name], "flinkVersion: '$1'"))
		before, err := explained(t, r, text)
		assert.NilError(t, err, name)
		roots, problems := yaml.Parse("", text)
		assert.Equal(t, len(problems), 0)
		var docs []tree.Map
		for _, root := range roots {
			docs = append(docs, root.Value().(tree.Map))
		}
		checked := 0
		for i, doc := range docs[1:] {
			other, err := yaml.Append([]byte(yaml.Separator), docs[2-i])
			assert.NilError(t, err)
			for _, x := range removals(inputs.Input{Target: docs[0], Resource: doc}) {
				after, err := explained(t, r, append(x.in.Text(), other...))
				if err != nil {
					continue
				}
				for key, e := range before {
					listed := slices.ContainsFunc(e.Sources, func(s render.Source) bool {
						return x.lists(s) && strings.HasPrefix(s.Resource, tree.String(doc, "kind"))
					})
					now, there := after[key]
					if checked++; !listed && (!there || !tree.Equal(now.After, e.After)) {
						t.Errorf("%s: without %s of the %s, %s is %v instead of %v, and it is not listed: %v", name, x.name,
							doc["kind"], key, now.After, e.After, e.Sources)
					}
				}
			}
		}
		assert.Assert(t, checked > 100, name)
	}
}
