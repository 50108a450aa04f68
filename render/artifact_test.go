package render_test

import (
	"slices"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/flinktarget/flinktarget/render"
)

func taskManagers(t *testing.T, m render.Manifests) corev1.PodSpec {
	t.Helper()
	var d appsv1.Deployment
	assert.NilError(t, find(t, m, "Deployment", "-taskmanager").Into(&d))
	return d.Spec.Template.Spec
}

// jarsOf says what --jars has, and what the init containers do.
func jarsOf(pod corev1.PodSpec) string {
	var out []string
	args := pod.Containers[0].Args
	if i := slices.Index(args, "--jars"); i >= 0 {
		out = append(out, "--jars "+args[i+1])
	}
	for _, c := range pod.InitContainers {
		words := append(slices.Clone(c.Command), c.Args...)
		if len(words) > 2 {
			words = append(words[:1], words[len(words)-2:]...)
		}
		out = append(out,
			strings.NewReplacer("--output-document=", "", "/opt/flink/", "").Replace(strings.Join(words, " ")))
	}
	return strings.Join(out, "; ")
}

// Flink hands one jar of --jars to TaskManagers, and none of several: what is more
// than the job's jar has to be in usrlib of both.
func TestJarsReachBothComponents(t *testing.T) {
	const https, dependency = "https://h.example.com/a.jar", "'https://h.example.com/b.jar'"
	const local, elsewhere = "local:///opt/flink/usrlib/a.jar", "local:///opt/app/a.jar"
	const all = "sh -c ! test -d usrlib || cp -R usrlib/. artifacts"
	wget := func(name string) string { return "wget -- https://h.example.com/" + name }
	for _, c := range []struct {
		reason, version, uri, dependencies string
		jobManager, taskManagers           string
	}{
		{"one jar is handed on", "1.20", https, "", "--jars " + https, ""},
		{"with a dependency, both are fetched", "1.20", https, dependency, wget("a.jar") + "; " + wget("b.jar"),
			wget("a.jar") + "; " + wget("b.jar")},
		{"on 2.2, too", "2.2", https, dependency, wget("a.jar") + "; " + wget("b.jar"),
			wget("a.jar") + "; " + wget("b.jar")},
		{"as before 1.19", "1.18", https, dependency, wget("a.jar") + "; " + wget("b.jar"),
			wget("a.jar") + "; " + wget("b.jar")},
		{"a jar of a store stays the only one", "2.2", "s3://b/a.jar", dependency,
			"--jars s3://b/a.jar; " + wget("b.jar"), wget("b.jar")},
		{"so does one in the image", "1.20", elsewhere, dependency, "--jars " + elsewhere + "; " + wget("b.jar"),
			wget("b.jar")},
		{"what a volume would hide is copied", "1.20", local, dependency,
			"--jars " + local + "; " + all + "; " + wget("b.jar"),
			all + "; " + wget("b.jar")},
		{"before 1.19, too", "1.17", local, dependency, all + "; " + wget("b.jar"),
			all + "; " + wget("b.jar")},
		{"all are in usrlib: nothing to do", "1.20", local, "'local:///opt/flink/usrlib/b.jar'", "--jars " + local, ""},
		{"before 1.19, too", "1.17", local, "'local:///opt/flink/usrlib/b.jar'", "", ""},
		{"a folder in usrlib is kept", "1.20", "local:///opt/flink/usrlib/x/a.jar", dependency,
			"--jars local:///opt/flink/usrlib/x/a.jar; " + all + "; " + wget("b.jar"),
			all + "; " + wget("b.jar")},
		{"the job's jar elsewhere in the image is copied before 1.19", "1.18", elsewhere, "",
			"install /opt/app/a.jar artifacts/a.jar", "install /opt/app/a.jar artifacts/a.jar"},
		{"a dependency elsewhere in the image is copied", "1.20", elsewhere, "'local:///opt/flink/opt/b.jar'",
			"--jars " + elsewhere + "; install opt/b.jar artifacts/b.jar", "install opt/b.jar artifacts/b.jar"},
	} {
		t.Run(c.reason+" "+c.version, func(t *testing.T) {
			text := withArtifact(c.version, c.uri)
			if c.dependencies != "" {
				text = withDependencies(text, c.dependencies)
			}
			m, err := renderJob(t, text, render.Job{ID: jobID})
			assert.NilError(t, err)
			assert.Equal(t, jarsOf(jobManager(t, m)), c.jobManager)
			assert.Equal(t, jarsOf(taskManagers(t, m)), c.taskManagers)
			for _, pod := range []corev1.PodSpec{jobManager(t, m), taskManagers(t, m)} {
				if len(pod.InitContainers) > 0 {
					assertMounted(t, pod, "/opt/flink/usrlib")
				}
			}
		})
	}
}

func TestFetcherImage(t *testing.T) {
	for _, version := range []string{"1.17", "1.20"} {
		text := withDependencies(withArtifact(version, "local:///opt/flink/usrlib/a.jar"),
			"'s3://b/b.jar', 's3://b/download'")
		m, err := renderJob(t, text, render.Job{ID: jobID}, render.FetcherImage("fetch:1"))
		assert.NilError(t, err)
		for _, pod := range []corev1.PodSpec{jobManager(t, m), taskManagers(t, m)} {
			inits := pod.InitContainers
			assert.Equal(t, len(inits), 3)
			assert.Equal(t, inits[0].Image, "flink:"+map[string]string{"1.17": "1.17.2", "1.20": "1.20.5"}[version],
				"what is in the image is copied from it")
			assert.Equal(t, inits[1].Image, "fetch:1")
			assert.DeepEqual(t, inits[1].Args, []string{"s3://b/b.jar", "/opt/flink/usrlib/b.jar"})
			assert.DeepEqual(t, inits[2].Args, []string{"s3://b/download", "/opt/flink/usrlib/dependency-3.jar"})
		}
	}
	m, err := renderJob(t, withArtifact("1.17", "https://h/a$b.jar?x=y"), render.Job{ID: jobID},
		render.FetcherImage("fetch:1"))
	assert.NilError(t, err)
	assert.DeepEqual(t, jobManager(t, m).InitContainers[0].Args,
		[]string{"https://h/a$$b.jar?x=y", "/opt/flink/usrlib/job.jar"})
}

// A volume of the user's for usrlib has what is in it, and takes what is fetched. What
// is copied from another volume needs that.
func TestJarsOnVolumes(t *testing.T) {
	volume := func(path string) string {
		return "      kubernetes: {pods: {volumeMounts: [{name: jars, volume: {name: jars, persistentVolumeClaim: " +
			"{claimName: c}}, volumeMount: {name: jars, mountPath: " + path + ", subPath: p}}]}}\n"
	}
	mounts := func(c corev1.Container) string {
		var out []string
		for _, m := range c.VolumeMounts {
			out = append(out, m.Name+"/"+m.SubPath+" "+m.MountPath)
		}
		return strings.Join(out, ", ")
	}
	text := withDependencies(withArtifact("1.20", "local:///opt/flink/usrlib/a.jar"),
		"'https://h.example.com/b.jar', 'local:///opt/c.jar'")
	m, err := renderJob(t, text+volume("/opt/flink/usrlib"), render.Job{ID: jobID})
	assert.NilError(t, err)
	inits := taskManagers(t, m).InitContainers
	assert.Equal(t, len(inits), 2)
	assert.Equal(t, mounts(inits[0]), "jars/p /opt/flink/usrlib, flink-tmp/ /tmp")
	assert.Equal(t, mounts(inits[1]), "jars/p /opt/flink/artifacts")

	text = withDependencies(withArtifact("1.20", "local:///data/a.jar"), "'local:///data/b.jar'")
	m, err = renderJob(t, text+volume("/data"), render.Job{ID: jobID})
	assert.NilError(t, err)
	assert.Equal(t, jarsOf(jobManager(t, m)), "--jars local:///data/a.jar; install /data/b.jar artifacts/b.jar")
	assert.Equal(t, mounts(taskManagers(t, m).InitContainers[0]), "flink-usrlib/ /opt/flink/artifacts, jars/p /data")
}

// A volume over usrlib hides what the image has there; the official images have nothing.
func TestWhatTheImageHasInUserLib(t *testing.T) {
	text := withDependencies(withArtifact("1.20", "https://h.example.com/a.jar"), "'https://h.example.com/b.jar'")
	const fetched = "wget -- https://h.example.com/a.jar; wget -- https://h.example.com/b.jar"
	const all = "sh -c ! test -d usrlib || cp -R usrlib/. artifacts"
	own := in(text, "kind: JAR,", "kind: JAR, flinkImageRepository: team/job,")
	template := "      kubernetes: {jobManagerPodTemplate: {spec: {containers: [{name: flink-jobmanager, image: 'own:1'}]}}}\n"
	for _, c := range []struct{ reason, text, jobManager, image string }{
		{"an official image", text, fetched, "flink:1.20.5"},
		{"an image of somebody's own", own, all + "; " + fetched, "team/job:1.20.5"},
		{"what is copied is in the image that the container has",
			withDependencies(withArtifact("1.20", "local:///opt/a.jar"), "'local:///opt/b.jar'") + template,
			"--jars local:///opt/a.jar; install /opt/b.jar artifacts/b.jar", "own:1"},
	} {
		m, err := renderJob(t, c.text, render.Job{ID: jobID})
		assert.NilError(t, err, c.reason)
		assert.Equal(t, jarsOf(jobManager(t, m)), c.jobManager, c.reason)
		assert.Equal(t, jobManager(t, m).InitContainers[0].Image, c.image, c.reason)
	}
}

// A URI that does not end in the name of a file gets one by its place; what Flink does
// not put on the class path is a warning.
func TestNamesOfDependencies(t *testing.T) {
	const several = "required if more than one jar has a Main-Class"
	for _, c := range []struct{ reason, dependency, path, warning string }{
		{"a jar", "https://h/b.jar", "b.jar", several},
		{"a query", "https://h/download?g=b", "dependency-2.jar", several},
		{"a file that is no jar", "https://h/b.csv", "b.csv", "classes in it are not found"},
	} {
		m, err := renderJob(t, withDependencies(withArtifact("1.20", "https://h/download?g=a"), "'"+c.dependency+"'"),
			render.Job{ID: jobID})
		assert.NilError(t, err, c.reason)
		inits := taskManagers(t, m).InitContainers
		assert.Assert(t, slices.Contains(inits[0].Command, "--output-document=/opt/flink/usrlib/job.jar"), c.reason)
		assert.Assert(t, slices.Contains(inits[1].Command, "--output-document=/opt/flink/usrlib/"+c.path), c.reason)
		assert.Equal(t, len(m.Warnings()) == 1, c.warning != "", c.reason)
		if c.warning != "" {
			assert.Assert(t, strings.Contains(m.Warnings()[0].Message, c.warning), c.reason)
		}
	}
	for reason, text := range map[string]string{
		"the class is named": withDependencies(in(withArtifact("1.20", "https://h/a.jar"), "kind: JAR,",
			"kind: JAR, entryClass: a.B,"), "'https://h/b.jar'"),
		"--jars has the job's": withDependencies(withArtifact("1.20", "local:///opt/flink/usrlib/a.jar"), "'https://h/b.jar'"),
		"there is one":         withArtifact("1.17", "https://h/a.jar"),
	} {
		m, err := renderJob(t, text, render.Job{ID: jobID})
		assert.NilError(t, err, reason)
		assert.Equal(t, len(m.Warnings()), 0, reason)
	}
}

// Volumes of the resource's own that are called like one of ours are not lost.
func TestVolumesOfTheSameName(t *testing.T) {
	volume := func(name, path string) string {
		return "      kubernetes: {pods: {volumeMounts: [{name: " + name + ", volume: {name: " + name + ", persistentVolumeClaim: " +
			"{claimName: c}}, volumeMount: {name: " + name + ", mountPath: " + path + ", readOnly: true}}]}}\n"
	}
	text := withDependencies(withArtifact("1.20", "https://h.example.com/a.jar"), "'https://h.example.com/b.jar'")
	for _, name := range []string{"flink-usrlib", "flink-tmp", "flink-config"} {
		_, err := renderJob(t, text+volume(name, "/data"), render.Job{ID: jobID})
		assert.ErrorContains(t, err, "must be unique", name)
	}
	for _, path := range []string{"/opt/flink/usrlib", "/opt/flink/usrlib/"} {
		m, err := renderJob(t, text+volume("flink-usrlib", path), render.Job{ID: jobID})
		assert.NilError(t, err, "in its place it replaces ours")
		pod := jobManager(t, m)
		mount := pod.InitContainers[0].VolumeMounts[0]
		assert.Equal(t, mount.Name, "flink-usrlib")
		assert.Assert(t, !mount.ReadOnly, "what is fetched has to be written")
		i := slices.IndexFunc(pod.Volumes, func(v corev1.Volume) bool { return v.Name == "flink-usrlib" })
		assert.Assert(t, pod.Volumes[i].PersistentVolumeClaim != nil)
	}
}

// pluginsOf is the value of the variable that enables them. Each has a folder that can
// be written.
func pluginsOf(t *testing.T, pod corev1.PodSpec) string {
	t.Helper()
	for _, v := range pod.Containers[0].Env {
		if v.Name != "ENABLE_BUILT_IN_PLUGINS" {
			continue
		}
		for name := range strings.SplitSeq(v.Value, ";") {
			if name != "mine.jar" {
				assertMounted(t, pod, "/opt/flink/plugins/"+strings.TrimSuffix(name, ".jar"))
			}
		}
		return v.Value
	}
	return ""
}

// Flink's images do not load the file systems that they bring.
func TestPluginsOfFileSystems(t *testing.T) {
	conf := func(text, options string) string { return text + "      flinkConfiguration: {" + options + "}\n" }
	image := func(fields string) string { return in(app, "kind: JAR,", "kind: JAR, "+fields+",") }
	const checkpoints = "state.checkpoints.dir: 's3://b/c'"
	const presto, gs = "flink-s3-fs-presto-1.20.5.jar", "flink-gs-fs-hadoop-1.20.5.jar"
	const variable = "{name: ENABLE_BUILT_IN_PLUGINS, value: mine.jar}"
	for _, c := range []struct {
		reason, text, savepoint  string
		jobManager, taskManagers string
		warnings                 int
	}{
		{"a jar is the JobManager's", withArtifact("1.20", "s3://b/a.jar"), "", presto, "", 0},
		{"checkpoints are of both", conf(app, checkpoints), "", presto, presto, 0},
		{"a jar and checkpoints", conf(withArtifact("1.20", "s3://b/a.jar"), checkpoints), "", presto, presto, 0},
		{"in different stores", conf(withArtifact("1.20", "gs://b/a.jar"), checkpoints), "", gs + ";" + presto,
			presto, 0},
		{"a savepoint to start from", app, "s3://b/s", presto, presto, 0},
		{"a savepoint on a volume", app, "/data/s", "", "", 0},
		{"one for two options", conf(app, checkpoints+", state.savepoints.dir: 's3p://b/s'"), "", presto, presto, 0},
		{"options of two stores", conf(app, "a: 'gs://b/a', b: 's3://b'"), "", gs + ";" + presto, gs + ";" + presto, 0},
		{"a list", conf(app, "a: 'file:///a;gs://b/a,S3://b'"), "", gs + ";" + presto, gs + ";" + presto, 0},
		{"each of these has one", conf(app, "a: 'oss://b', b: 'abfss://c@a/', c: 'wasb://c@a/', d: 's3a://b'"), "",
			"flink-oss-fs-hadoop-1.20.5.jar;flink-azure-fs-hadoop-1.20.5.jar;flink-s3-fs-hadoop-1.20.5.jar",
			"flink-oss-fs-hadoop-1.20.5.jar;flink-azure-fs-hadoop-1.20.5.jar;flink-s3-fs-hadoop-1.20.5.jar", 0},
		{"no store", conf(app,
			"a: 'https://s3.example.com/', b: 'logs://b', c: s3, d: 'file:///s3', e: '://', f: 'hdfs://n/'"), "", "",
			"", 0},
		{"a part of which is a variable",
			conf(app, "a: 's3://${B}/c'") + "      kubernetes: {pods: {envVars: [{name: B, value: b}]}}\n", "", presto,
			presto, 0},
		{"all of which is a variable",
			conf(app, "a: '${B}'") + "      kubernetes: {pods: {envVars: [{name: B, value: 's3://b/c'}]}}\n", "", presto,
			presto, 0},
		{"the tag tells the version", conf(image("flinkImageTag: 1.20.1-scala_2.12-java17"), checkpoints), "",
			"flink-s3-fs-presto-1.20.1.jar", "flink-s3-fs-presto-1.20.1.jar", 0},
		{"a mirror", conf(image("flinkImageRegistry: r.example.com/mirror"), checkpoints), "", presto, presto, 0},
		{"an image of somebody's own", conf(image("flinkImageRepository: team/job"), checkpoints), "", "", "", 1},
		{"or with a tag of its own",
			conf(image("flinkImageTag: 1.20.1-mine-java11"), checkpoints+", b: 's3://b', c: 'gs://b'"), "", "",
			"", 2},
		{"a tag that moves", conf(image("flinkImageTag: '1.20'"), checkpoints), "", "", "", 1},
		{"what a jar needs is there for others, too",
			conf(in(withArtifact("1.20", "s3://b/a.jar"), "kind: JAR,", "kind: JAR, flinkImageTag: 1.20.1-mine,"),
				checkpoints), "",
			"flink-s3-fs-presto-1.20.1.jar", "flink-s3-fs-presto-1.20.1.jar", 0},
		{"a jar takes the version of the resource",
			in(withArtifact("1.20.1", "s3://b/a.jar"), "kind: JAR,", "kind: JAR, flinkImageTag: mine,"), "",
			"flink-s3-fs-presto-1.20.1.jar", "", 0},
		{"who has chosen has chosen",
			conf(withArtifact("1.20", "s3://b/a.jar"),
				checkpoints) + "      kubernetes: {pods: {envVars: [" + variable + "]}}\n", "", "mine.jar",
			"mine.jar", 0},
		{"for one component",
			conf(app, checkpoints) +
				"      kubernetes: {taskManagerPodTemplate: {spec: {containers: [{name: flink-taskmanager, env: [" +
				variable + "]}]}}}\n", "", presto, "mine.jar", 0},
	} {
		m, err := renderJob(t, c.text, render.Job{ID: jobID, SavepointLocation: c.savepoint})
		assert.NilError(t, err, c.reason)
		assert.Equal(t, pluginsOf(t, jobManager(t, m)), c.jobManager, c.reason)
		assert.Equal(t, pluginsOf(t, taskManagers(t, m)), c.taskManagers, c.reason)
		warned := 0
		for _, w := range m.Warnings() {
			if strings.Contains(w.Message, "needs its plugin") {
				assert.Assert(t, w.Position.Line > 0 && strings.HasPrefix(w.Field, flinkConf+"["), "%v", w)
				warned++
			}
		}
		assert.Equal(t, warned, c.warnings, "%s: %v", c.reason, m.Warnings())
	}
}

// Session clusters have checkpoints, too.
func TestPluginsOfSessionClusters(t *testing.T) {
	m := rendered(t, session+"  flinkConfiguration: {execution.checkpointing.dir: 's3://b/c'}\n")
	for _, suffix := range []string{"-jobmanager", "-taskmanager"} {
		var d appsv1.Deployment
		assert.NilError(t, find(t, m, "Deployment", suffix).Into(&d))
		assert.Equal(t, pluginsOf(t, d.Spec.Template.Spec), "flink-s3-fs-presto-1.20.5.jar")
	}
}

// A name that nobody wrote is said to be that of the jar that gets it.
func TestTwoJarsOfOneName(t *testing.T) {
	text := in(app, "local:///opt/flink/usrlib/app.jar\"", "https://h/latest\", "+
		"additionalDependencies: [\"https://h/job.jar\"]")
	_, err := renderJob(t, text, render.Job{ID: jobID})
	assert.ErrorContains(t, err, "additionalDependencies[0]: Duplicate value: \"job.jar\": "+
		"spec.template.spec.artifact.jarUri gets this name in /opt/flink/usrlib, too")
}
