package render_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/iotest"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/patch"
	"github.com/flinktarget/flinktarget/render"
	"github.com/flinktarget/flinktarget/target"
)

// refusals lists what is wrong as "field rule".
func refusals(err error) []string {
	var out []string
	if e, ok := errors.AsType[*flinktarget.InvalidError](err); ok {
		for _, f := range e.Problems {
			out = append(out, f.Field+" "+f.Rule)
		}
	}
	return out
}

const (
	jarURI       = "spec.template.spec.artifact.jarUri"
	dependencies = "spec.template.spec.artifact.additionalDependencies"
	flinkConf    = "spec.template.spec.flinkConfiguration"
)

func withDependencies(text, uris string) string {
	return in(text, "kind: JAR,", "kind: JAR, additionalDependencies: ["+uris+"],")
}

func TestRefusals(t *testing.T) {
	const a, b = "'https://h.example.com/a.jar'", "'https://h.example.com/b.jar'"
	sessionConf := func(conf string) string { return session + "  flinkConfiguration: {" + conf + "}\n" }
	standby := flinkConf + "[kubernetes.jobmanager.replicas]"
	for _, c := range []struct {
		reason, text string
		want         []string
	}{
		{"a job on a session cluster", in(app, "deploymentTargetName: staging", "sessionClusterName: shared"),
			[]string{"spec.sessionClusterName session-cluster"}},
		{"a script", in(app, `kind: JAR, flinkVersion: 1.20, jarUri: "local:///opt/flink/usrlib/app.jar"`,
			"kind: SQLSCRIPT, flinkVersion: 1.20, sqlScript: SELECT 1"),
			[]string{"spec.template.spec.artifact.kind artifact-kind"}},
		{"Flink has no such file system", withArtifact("1.20", "ftp://bucket/a.jar"),
			[]string{jarURI + " uri-scheme"}},
		{"nor has one that fetches nothing", withArtifact("1.18", "ftp://bucket/a.jar"),
			[]string{jarURI + " uri-scheme"}},
		{"Flink 1.18 fetches nothing from object stores", withArtifact("1.18", "s3://bucket/a.jar"),
			[]string{jarURI + " uri-scheme"}},
		{"a path that is not clean", withArtifact("1.20", "local:///opt/flink/usrlib/../a.jar"),
			[]string{jarURI + " uri"}},
		{"secret values are VVP's, wherever they stand",
			withArtifact("1.20", "https://${USER}:${PASSWORD}@h.example.com/a.jar"),
			[]string{jarURI + " reference"}},
		{"what looks like one, and is no URI", withArtifact("1.20", "https://h.example.com/${a b}%zz.jar"),
			[]string{jarURI + " uri"}},
		{"an image whose tag does not tell the version of the plugin",
			in(withArtifact("1.20", "s3://b/a.jar"), "kind: JAR,", "kind: JAR, flinkImageTag: mine,"),
			[]string{jarURI + " uri-scheme"}},
		{"two files of one name", withDependencies(withArtifact("1.17", "https://h.example.com/a.jar"), b+", "+a),
			[]string{dependencies + "[1] uri"}},
		{"two dependencies of one name, beside a jar that is there",
			withDependencies(withArtifact("1.17", "local:///opt/flink/usrlib/x.jar"),
				"'local:///opt/flink/usrlib/y.jar', "+a+", "+a), []string{dependencies + "[2] uri"}},
		{"one of these would overwrite the other",
			withDependencies(withArtifact("1.20", "https://h.example.com/a.jar"), "'https://h.example.com/x/a.jar'"),
			[]string{dependencies + "[0] uri"}},
		{"a copy would, too",
			withDependencies(withArtifact("1.20", "local:///opt/flink/usrlib/a.jar"),
				"'https://h.example.com/x/a.jar'"), []string{dependencies + "[0] uri"}},
		{"--jars would take two", withArtifact("1.20", "https://h.example.com/a,b.jar"),
			[]string{"spec.template.spec.artifact arguments"}},
		{"a name like any other where it is fetched",
			withDependencies(withArtifact("1.20", "https://h.example.com/a,b.jar"), b), nil},
		{"Flink hands on the job's jar only",
			withDependencies(withArtifact("1.20", "s3://b/a.jar"), b+", 's3://b/c.jar'"),
			[]string{dependencies + "[1] uri-scheme"}},
		{"before 1.19 nothing of a store",
			withDependencies(withArtifact("1.17", "https://h.example.com/a.jar"), "'gs://b/c.jar'"),
			[]string{dependencies + "[0] uri-scheme"}},
		{"problems of several parts at once",
			withArtifact("1.18", "s3://bucket/a.jar") + "      flinkConfiguration: {high-availability: kubernetes}\n",
			[]string{jarURI + " uri-scheme",
				flinkConf + "[high-availability.storageDir] high-availability"}},
		{"no JobManager", app + "      flinkConfiguration: {kubernetes.jobmanager.replicas: 0}\n",
			[]string{standby + " high-availability"}},
		{"no number", app + "      flinkConfiguration: {kubernetes.jobmanager.replicas: a}\n",
			[]string{standby + " high-availability"}},
		{"more than anybody has", app + "      flinkConfiguration: {kubernetes.jobmanager.replicas: 40000}\n",
			[]string{standby + " high-availability"}},
		{"one is what there is", app + "      flinkConfiguration: {kubernetes.jobmanager.replicas: 1}\n", nil},
		{"nor is a standby a part of a Deployment",
			app + "      " + in(haConf, "}", ", kubernetes.jobmanager.replicas: 2}"),
			[]string{standby + " high-availability"}},
		{"a second one", app + "      flinkConfiguration: {kubernetes.jobmanager.replicas: 2}\n",
			[]string{standby + " high-availability"}},
		{"standbys of a session cluster would get its requests, too",
			session + "  " + in(haConf, "}", ", kubernetes.jobmanager.replicas: 2}") + "\n",
			[]string{"spec.flinkConfiguration[kubernetes.jobmanager.replicas] high-availability"}},
		{"a value that is known, and that the start script cannot take",
			app + "      flinkConfiguration: {pipeline.name: 'job-${KEY}'}\n      kubernetes: {pods: {envVars: [{name: " +
				"KEY, value: n1 x * -D}]}}\n",
			[]string{flinkConf + "[pipeline.name] reference"}},
		{"one that it can take",
			app + "      flinkConfiguration: {pipeline.name: 'job-${KEY}'}\n      kubernetes: {pods: {envVars: [{name: " +
				"KEY, value: n1 x * -Da}]}}\n", nil},
		{"one that is not known", app + "      flinkConfiguration: {pipeline.name: 'job-${KEY}'}\n      kubernetes: {pods: " +
			"{envVars: [{name: KEY, valueFrom: {secretKeyRef: {name: s, key: k}}}]}}\n", nil},
		{"one that Kubernetes expands",
			app + "      flinkConfiguration: {pipeline.name: 'job-${KEY}'}\n      kubernetes: {pods: {envVars: [{name: " +
				"KEY, value: n1 $(B) x * -D}]}}\n", nil},
		{"the scripts expand variables in options of the JVM only",
			app + "      flinkConfiguration: {env.log.dir: '/data/${KEY}', env.java.opts.all: '-Da=${KEY}'}\n" +
				"      kubernetes: {pods: {envVars: [{name: KEY, value: k}]}}\n",
			[]string{flinkConf + "[env.log.dir] reference"}},
		{"options of the JVM in quotes that are stripped", app + `      flinkConfiguration: {env.java.opts.all: '-Da="x y"'}`,
			[]string{flinkConf + "[env.java.opts.all] jvm-options"}},
		{"a variable that makes two words of one",
			app + "      flinkConfiguration: {env.java.opts.jobmanager: -Da=$KEY}\n      kubernetes: {pods: {envVars: " +
				"[{name: KEY, value: x y}]}}\n",
			[]string{flinkConf + "[env.java.opts.jobmanager] jvm-options"}},
		{"a variable of the other of two containers",
			app + "      flinkConfiguration: {env.java.opts.all: -Da=$KEY}\n      kubernetes: {taskManagerPodTemplate: " +
				"{spec: {containers: [{name: flink-taskmanager, env: [{name: KEY, value: x y}]}]}}}\n",
			[]string{flinkConf + "[env.java.opts.all] jvm-options"}},
		{"of another container than that of the option",
			app + "      flinkConfiguration: {env.java.opts.taskmanager: -Da=$KEY}\n      kubernetes: {" +
				"jobManagerPodTemplate: {spec: {containers: [{name: flink-jobmanager, env: [{name: KEY, value: x y}]}]}}}\n",
			nil},
		{"one JobManager of a session cluster", sessionConf("kubernetes.jobmanager.replicas: 1"), nil},
		{"a variable of one of both pods",
			app + "      flinkConfiguration: {a: '${KEY}'}\n      kubernetes: {jobManagerPodTemplate: {spec: " +
				"{containers: [{name: flink-jobmanager, env: [{name: KEY, value: v}]}]}}}\n",
			[]string{flinkConf + "[a] reference"}},
		{"a variable of another container",
			app + "      flinkConfiguration: {a: '${KEY}'}\n      kubernetes: {jobManagerPodTemplate: {spec: " +
				"{containers: [{name: x, image: x, env: [{name: KEY, value: v}]}]}}, taskManagerPodTemplate: {spec: " +
				"{containers: [{name: x, image: x, env: [{name: KEY, value: v}]}]}}}\n",
			[]string{flinkConf + "[a] reference"}},
		{"a profile that nobody has given", app + "      logging: {loggingProfile: json}\n",
			[]string{"spec.template.spec.logging.loggingProfile logging"}},
		{"an element of a template that cannot be merged",
			app + "      kubernetes: {jobManagerPodTemplate: {spec: {containers: [{name: flink-jobmanager, ports: " +
				"[{name: x}]}]}}}\n",
			[]string{"spec.template.spec.kubernetes.jobManagerPodTemplate.spec.containers[0].ports[0] " +
				"pod-template"}},
		{"another container may have files where Flink has its configuration",
			app + "      kubernetes: {jobManagerPodTemplate: {spec: {volumes: [{name: v, emptyDir: {}}], containers: " +
				"[{name: x, image: x, volumeMounts: [{name: v, mountPath: /opt/flink/conf}]}]}}}\n", nil},
	} {
		t.Run(c.reason, func(t *testing.T) {
			m, err := renderJob(t, c.text, render.Job{ID: jobID})
			assert.DeepEqual(t, refusals(err), c.want)
			if len(c.want) == 0 {
				assert.NilError(t, err)
				return
			}
			assert.Equal(t, m.Len(), 0)
			e, _ := errors.AsType[*flinktarget.InvalidError](err)
			for i := range e.Problems {
				assert.Assert(t, e.Problems[i].Position.Line > 0)
			}
		})
	}
}

// A password in a URI is nobody's business.
func TestNoSecretInRefusals(t *testing.T) {
	for _, uri := range []string{"https://me:hunter2@h/${TOKEN}/a.jar", "https://me:hunter2@h/${a b}%zz.jar",
		"ftp://me:hunter2@h/a.jar", "s3://me:hunter2@b/a.jar", "local://me:hunter2@h/a.jar"} {
		_, err := renderJob(t, withArtifact("1.18", uri), render.Job{ID: jobID})
		assert.ErrorIs(t, err, flinktarget.ErrInvalid, uri)
		assert.Assert(t, !strings.Contains(err.Error(), "hunter2"), "%v", err)
	}
	for _, uri := range []string{"https://me:hunter2@h/a.jar", "s3://me:hunter2@h/a.jar"} {
		_, err := renderJob(t, withDependencies(withArtifact("1.20", uri), "'"+uri+"'"), render.Job{ID: jobID})
		assert.ErrorIs(t, err, flinktarget.ErrInvalid, uri)
		assert.Assert(t, !strings.Contains(err.Error(), "hunter2"), "%v", err)
	}
}

// What the same names would hide is refused where several resources are rendered.
func TestBundleRefusals(t *testing.T) {
	other := strings.Replace(staging, "{name: staging}", "{name: other}", 1)
	id := func(text string) string { return strings.Replace(text, "{name: ", "{id: "+jobID+", name: ", 1) }
	deployment2 := app[strings.Index(app, "---"):]
	session2 := session[strings.Index(session, "---"):]
	for _, c := range []struct {
		reason, text string
		want         []string
	}{
		{"a target twice", staging + "---" + staging, []string{"metadata.name duplicate"}},
		{"two targets", staging + "---" + other, nil},
		{"two targets of one id", id(staging) + "---" + id(other), []string{"metadata.name duplicate"}},
		{"a Deployment twice", app + deployment2, []string{"metadata.name duplicate"}},
		{"a session cluster twice", session + session2, []string{"metadata.name duplicate"}},
		{"a target that is not there, by its id",
			strings.Replace(app, "deploymentTargetName: staging", "deploymentTargetId: "+jobID, 1),
			[]string{"spec.deploymentTargetId target"}},
	} {
		_, err := renderer(t).Bundle(parse(t, []byte(c.text)), nil)
		assert.DeepEqual(t, refusals(err), c.want)
		assert.Equal(t, err == nil, c.want == nil, "%s: %v", c.reason, err)
		if e, ok := errors.AsType[*flinktarget.InvalidError](err); ok {
			assert.Assert(t, len(e.Problems) == 1 && e.Problems[0].Position.Line > 1, "%s: it has the place of the second: %v",
				c.reason, err)
		}
	}

	says := func(text, yes, no string) {
		t.Helper()
		_, err := renderer(t).Bundle(parse(t, []byte(text)), nil)
		assert.ErrorContains(t, err, yes)
		assert.Assert(t, !strings.Contains(err.Error(), no), "%v", err)
	}
	says(strings.Replace(app, "deploymentTargetName: staging", "deploymentTargetName: production", 1),
		"there is no DeploymentTarget default/production in the input", "did you mean")
	says(strings.Replace(app, "metadata: {name: app}", "metadata: {name: app, namespace: team}", 1),
		"there is no DeploymentTarget team/staging in the input; default/staging is of another namespace of VVP", "did you mean")
	_, err := renderJob(t, app+strings.Replace(deployment2, "{name: app}", "{name: app2}", 1), render.Job{ID: jobID})
	assert.ErrorContains(t, err, "it is the job of Deployment default/app, too")
}

func TestRefusedForOtherReasons(t *testing.T) {
	_, err := renderJob(t, withArtifact("1.18", "ftp://bucket/a.jar"), render.Job{ID: jobID},
		render.FetcherImage("fetch:1"))
	assert.DeepEqual(t, refusals(err), []string{jarURI + " uri-scheme"})
	// What was not known to stay in the file is said once.
	_, err = renderJob(t, app+"      flinkConfiguration: {a: '${NONE} # b'}\n", render.Job{ID: jobID},
		render.AllowUnresolved())
	assert.DeepEqual(t, refusals(err), []string{flinkConf + "[a] flink-configuration"})
	e, _ := errors.AsType[*flinktarget.InvalidError](err)
	assert.Assert(t, strings.HasPrefix(e.Problems[0].Message, "the value"), e.Problems[0].Message)
}

func TestSessionClustersFail(t *testing.T) {
	m, err := renderer(t).Bundle(parse(t,
		[]byte(withPatches(session, "{apiVersion: v1, kind: SessionCluster, spec: {numberOfTaskManagers: 0}}"))), nil)
	assert.DeepEqual(t, refusals(err), []string{"spec.numberOfTaskManagers minimum"})
	assert.ErrorContains(t, err, ": spec.deploymentPatchSet[0]: ")
	assert.Equal(t, m.Len(), 0)
	m = rendered(t, session+"  state: STOPPED\n")
	assert.Assert(t, m.Len() == 0 && len(m.Warnings()) == 1 && m.Warnings()[0].Field == "spec.state", "%v",
		m.Warnings())
	m = rendered(t, session+"  kubernetes: {labels: {app: mine}}\n")
	assert.Assert(t, len(m.Warnings()) == 1 && m.Warnings()[0].Field == "spec.kubernetes.labels[app]", "%v",
		m.Warnings())
}

// A resource that was not read from a text has no places, however it fails.
func TestNoPlacesWithoutAText(t *testing.T) {
	b := parse(t, []byte(withArtifact("1.18", "s3://bucket/a.jar")))
	d, err := deployment.New(b.Deployments[0].Config())
	assert.NilError(t, err)
	_, err = renderer(t).Deployment(b.Targets[0], d, render.Job{})
	e, ok := errors.AsType[*flinktarget.InvalidError](err)
	assert.Assert(t, ok && len(e.Problems) == 1 && e.Problems[0].Line == 0, "%v", err)

	c := b.Targets[0].Config()
	c.Spec.DeploymentPatchSet = []patch.Patch{patch.MustParse("{op: add, path: /spec/template/spec/parallelism, " +
		"value: 0}")}
	patched, err := target.New(c)
	assert.NilError(t, err)
	_, err = renderer(t).Deployment(patched, d, render.Job{})
	e, ok = errors.AsType[*flinktarget.InvalidError](err)
	assert.Assert(t, ok && len(e.Problems) == 1 && e.Problems[0].File == "", "%v", err)
}

// Strict patches make errors of nothing else.
func TestStrictPatchesKeepOtherErrors(t *testing.T) {
	r := renderer(t, render.StrictPatches())
	b := parse(t, []byte(app))
	_, err := r.Deployment(target.Target{}, b.Deployments[0], render.Job{})
	assert.ErrorIs(t, err, flinktarget.ErrInvalid)
	m, err := r.Deployment(b.Targets[0], b.Deployments[0], render.Job{})
	assert.Assert(t, err == nil && m.Len() == 4, "%v", err)
}

// Whether a patch matched is counted for each patch of each target, over all that is
// rendered.
func TestUnmatchedPatchesAreCounted(t *testing.T) {
	id := renderedIDs(t)
	patchOf := func(job string) string {
		return "{target: {kind: Job, labelSelector: deploymentId=" + job +
			"}, patch: {metadata: {annotations: {a: b}}}}"
	}
	second := strings.NewReplacer("{name: app}", "{name: app2}").Replace(app[strings.Index(app, "---"):])
	other := strings.NewReplacer("name: staging}", "name: other}", "Name: staging", "Name: other", "{name: app}",
		"{name: app2}").Replace(app)
	for _, c := range []struct {
		reason, text string
		want         []string
	}{
		{"the first of two is enough", withPatches(app+second, patchOf(id["app"])), nil},
		{"so is the second", withPatches(app+second, patchOf(id["app2"])), nil},
		{"each matches one of two", withPatches(app+second, patchOf(id["app2"]), patchOf(id["app"])), nil},
		{"neither", withPatches(app+second, patchOf("none")), []string{"default/staging spec.deploymentPatchSet[0]"}},
		{"one of two patches", withPatches(app, patchOf(id["app"]), patchOf("none")), []string{"default/staging spec.deploymentPatchSet[1]"}},
		{"the other of two patches", withPatches(app, patchOf("none"), patchOf(id["app"])),
			[]string{"default/staging spec.deploymentPatchSet[0]"}},
		{"another target's patch is another",
			withPatches(app, patchOf(id["app"])) + "---" + withPatches(other, patchOf("none")),
			[]string{"default/other spec.deploymentPatchSet[0]"}},
		{"whichever comes first", withPatches(app, patchOf("none")) + "---" + withPatches(other, patchOf(id["app2"])),
			[]string{"default/staging spec.deploymentPatchSet[0]"}},
	} {
		_, err := renderer(t, render.StrictPatches()).Bundle(parse(t, []byte(c.text)), nil)
		var got []string
		for p := range flinktarget.Problems(err) {
			assert.Equal(t, p.Rule, "unmatched-patch")
			got = append(got, strings.TrimPrefix(p.Resource, "DeploymentTarget ")+" "+p.Field)
		}
		assert.DeepEqual(t, got, c.want)
		assert.Equal(t, err == nil, c.want == nil, "%s: %v", c.reason, err)
	}
}

func renderedIDs(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, name := range []string{"app", "app2"} {
		out[name] = parse(t, []byte(strings.Replace(app, "{name: app}", "{name: "+name+"}", 1))).Deployments[0].ID()
	}
	return out
}

func TestJobIDs(t *testing.T) {
	b := parse(t, []byte(app))
	for _, id := range []string{"x", strings.ToUpper(jobID), "00000000-0000-0000-0000-000000000000"} {
		_, err := renderer(t).Deployment(b.Targets[0], b.Deployments[0], render.Job{ID: id})
		assert.DeepEqual(t, refusals(err), []string{"ID uuid"})
	}
	_, err := renderer(t).Deployment(b.Targets[0], b.Deployments[0], render.Job{SavepointLocation: "s3://b/s p"})
	assert.DeepEqual(t, refusals(err), []string{"SavepointLocation uri"})
	// What the id is derived from has another one, but no patch selects on that.
	for _, id := range []string{"00000000-0000-0000-0000-000000000000",
		strings.Replace(kinds.PlaceholderID, "8", "9", 1)} {
		m, err := renderJob(t,
			withPatches(app,
				"{target: {kind: Service, labelSelector: jobId="+id+"}, patch: {metadata: {annotations: {a: b}}}}"),
			render.Job{})
		assert.NilError(t, err)
		assert.Assert(t, strings.Contains(fmt.Sprint(m.Warnings()), "matches no object"), "%v", m.Warnings())
	}
}

func TestNamespaceOfThePlatform(t *testing.T) {
	none := strings.Replace(app, "kubernetes: {namespace: staging}", "kubernetes: {}", 1)
	_, err := renderer(t).Bundle(parse(t, []byte(none)), nil)
	assert.DeepEqual(t, refusals(err), []string{"spec.deploymentTargetName platform-namespace"})
	for reason, c := range map[string]struct {
		text     string
		platform string
		warns    bool
	}{
		"no namespace is the platform's":      {none, "vvp", true},
		"the platform's is the platform's":    {app, "staging", true},
		"one of its own, as it should be":     {app, "vvp", false},
		"and where nothing is known of VVP's": {app, "", false},
	} {
		var opts []render.Option
		want := "staging"
		if c.platform != "" {
			opts = append(opts, render.ForPlatform(render.Platform{Namespace: c.platform}))
		}
		if c.text == none {
			want = c.platform
		}
		m, err := renderJob(t, c.text, render.Job{ID: jobID}, opts...)
		assert.NilError(t, err, reason)
		assert.Equal(t, find(t, m, "Service", "").Namespace(), want, reason)
		assert.Equal(t, len(m.Warnings()) == 1 && strings.Contains(m.Warnings()[0].Message,
			"namespace of the platform itself"), c.warns, reason)
	}
}

type named struct {
	strings.Reader
}

func (*named) Name() string { return "named.yaml" }

func TestYAMLFails(t *testing.T) {
	broken := errors.New("broken")
	var out strings.Builder
	assert.ErrorIs(t, render.YAML(&out, iotest.ErrReader(broken)), broken)
	assert.ErrorContains(t, render.YAML(&out, strings.NewReader(app), render.Workers(0)), "Workers: must be")
	assert.ErrorContains(t, render.YAML(&out, &named{*strings.NewReader("kind: Nothing")}), "named.yaml:1:7")
	assert.ErrorContains(t, render.YAML(&out, strings.NewReader(app+"      logging: {loggingProfile: x}\n")),
		"loggingProfile")
	assert.Equal(t, out.String(), "")
	assert.ErrorIs(t, render.YAML(failing{broken}, strings.NewReader(app)), broken)
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

func TestOptionsAtTheirLimits(t *testing.T) {
	for reason, o := range map[string]render.Option{
		"a release with a blank":     render.ForPlatform(render.Platform{Namespace: "vvp", Name: "a b"}),
		"an image with a blank":      render.UseImages(map[string]string{"1.20": "a b"}),
		"a profile without a name":   render.UseLoggingProfiles(map[string]string{"": "x"}),
		"a profile without a text":   render.UseLoggingProfiles(map[string]string{"x": " \n"}),
		"a fetcher image that is no": render.FetcherImage(""),
		"an image with a NUL":        render.UseImages(map[string]string{"1.20": "a\x00"}),
		"an image with a line end":   render.FetcherImage("a\rb"),
		"an image that is not UTF-8": render.UseImages(map[string]string{"1.20": "a\xff"}),
		"a fetcher, not UTF-8":       render.FetcherImage("a\xff"),
		"a profile, not UTF-8":       render.UseLoggingProfiles(map[string]string{"x": "y\xff"}),
		"nobody works":               render.Workers(0),
		"too many work":              render.Workers(1025),
	} {
		_, err := render.New(o)
		assert.Assert(t, err != nil, reason)
	}
	for _, o := range []render.Option{render.Workers(1), render.Workers(1024), render.FetcherImage("a"),
		render.UseLoggingProfiles(map[string]string{"x": "y"}), {}} {
		_, err := render.New(o)
		assert.NilError(t, err)
	}
}

// A problem is told with its place, its cause and its object; several, one a line.
func TestWhatVerificationSays(t *testing.T) {
	_, err := renderJob(t,
		withPatches(app, "{target: {kind: Service}, patch: {spec: {type: Nothing, ports: null}}}"),
		render.Job{ID: jobID})
	e, ok := errors.AsType[*render.VerifyError](err)
	assert.Assert(t, ok && len(e.Problems) == 2, "%v", err)
	lines := strings.Split(e.Error(), "\n")
	assert.Equal(t, len(lines), 3)
	assert.Equal(t, lines[0], "2 problems in Deployment default/app:")
	head := "  input.yaml:8:5: spec.deploymentPatchSet[0]: Service staging/job-" + jobID + "-jobmanager: spec."
	assert.Assert(t, strings.HasPrefix(lines[1], head+"ports: ") && strings.HasPrefix(lines[2], head+"type: "),
		"%s", lines)
	assert.Equal(t, flinktarget.Problem{Object: "Job a/b", Field: "spec", Message: "m"}.String(), "Job a/b: spec: m")
}
