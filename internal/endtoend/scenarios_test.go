package endtoend

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/render"
)

const (
	target = `
kind: DeploymentTarget
apiVersion: v1
metadata: {name: t1, namespace: default}
spec:
  kubernetes: {namespace: flink-jobs}
---
`
	// volume is a claim for checkpoints, savepoints and the data of high availability.
	volume = `
          volumeMounts:
          - name: data
            volume: {name: data, persistentVolumeClaim: {claimName: data}}
            volumeMount: {name: data, mountPath: /data}
`
)

// app is a Deployment; fields of the artifact and options are one line each.
func app(i *image, parallelism int, artifact, options string) string {
	return fmt.Sprintf(target+`kind: Deployment
apiVersion: v1
metadata: {name: probe, namespace: default}
spec:
  deploymentTargetName: t1
  template:
    spec:
      parallelism: %d
      artifact: {kind: JAR, flinkVersion: %q, %s}
      resources: {jobmanager: {cpu: 1, memory: 1g}, taskmanager: {cpu: 1, memory: 1500m}}
      flinkConfiguration:
        taskmanager.numberOfTaskSlots: "2"
        execution.checkpointing.interval: 1s
        %s: file:///data/checkpoints
        %s: file:///data/savepoints
%s
      kubernetes:
        pods:
          envVars:
          - {name: PROBE, value: p}
`, parallelism, i.minor(), artifact, i.option(20, "execution.checkpointing.dir", "state.checkpoints.dir"),
		i.option(20, "execution.checkpointing.savepoint-dir", "state.savepoints.dir"), options) + volume
}

// option is the spelling of an option since a minor version, or the one before.
func (i *image) option(since int, newer, older string) string {
	var major, minor int
	if _, err := fmt.Sscanf(i.version, "%d.%d", &major, &minor); err == nil && major == 1 && minor < since {
		return older
	}
	return newer
}

func jobID(n int) render.Job { return render.Job{ID: fmt.Sprintf("00000000-0000-4000-8000-%012d", n)} }

// highly is what high availability needs of the configuration, in the lines of a map.
func (i *image) highly(indent string) string {
	return indent + i.option(17, "high-availability.type", "high-availability") + ": kubernetes\n" +
		indent + "high-availability.storageDir: file:///data/ha\n"
}

const inImage = `jarUri: "local:///opt/flink/usrlib/probe.jar", entryClass: probe.Probe`

// Arguments, variables and options reach the job byte by byte; a job that ends ends its pod
// with 0, and its checkpoints were taken.
func TestApplication(t *testing.T) {
	eachVersion(t, func(t *testing.T, i *image) {
		args := []string{"--count=60", "--sleep=100", "-D", "a=b", "--fromSavepoint", "x y", `"$PROBE"`, "$(PROBE)", "ü", "#", "", "*"}
		quoted := ""
		for _, a := range args {
			quoted += " '" + a + "'"
		}
		options := "        " + i.option(17, "env.java.opts.all", "env.java.opts") + `: '-Dprobe=${PROBE}x -Dquoted=''a&b'''
        pipeline.name: 'job ${PROBE}'`
		c := newCluster(t, i, rendering{job: jobID(1), text: app(i, 2, inImage+", mainArgs: "+strconv.Quote(quoted), options)})
		c.start()
		id := c.running(1)[0]
		assert.Equal(t, id, strings.ReplaceAll(jobID(1).ID, "-", ""))
		c.checkpoint(id, 0)
		for n, a := range args {
			c.said(fmt.Sprintf("PROBE arg %d [%s]", n, a), c.jm)
		}
		c.said("PROBE env PROBE [p]", c.jm)
		c.said("PROBE property probe [px]", c.jm)
		c.said("PROBE property quoted [a&b]", c.jm)
		c.said("Submitting job 'job p'", c.jm)
		assert.Equal(t, c.jm.wait(5*time.Minute), 0, "FINISHED")
		c.quiet()
		c.stop()
	})
}

// A job that fails for good ends its pod with 163, which the Job's policy takes for the end
// with high availability.
func TestFailure(t *testing.T) {
	eachVersion(t, func(t *testing.T, i *image) {
		c := newCluster(t, i, rendering{job: jobID(2), text: app(i, 1, inImage+", mainArgs: --fail=20 --sleep=50",
			"        "+i.option(17, "restart-strategy.type", "restart-strategy")+": none")})
		c.startPods()
		assert.Equal(t, c.jm.wait(5*time.Minute), 163, "FAILED")
		c.stop()
	})
}

// serve answers with the jars of an image at http://artifacts.example.com:8000.
func serve(t *testing.T, i *image) {
	t.Helper()
	listener, err := net.Listen("tcp", node+":8000")
	assert.NilError(t, err)
	server := &http.Server{Handler: http.FileServer(http.Dir(i.jars)), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
}

// A job and a dependency, both from elsewhere: TaskManagers load the class of the
// dependency. Then one without a dependency, which Flink fetches itself from 1.19; and two
// that have a Main-Class, of which Flink takes none without entryClass, as the renderer warns.
func TestTwoJars(t *testing.T) {
	eachVersion(t, func(t *testing.T, i *image) {
		serve(t, i)
		const uri = `jarUri: "http://artifacts.example.com:8000/probe.jar", mainArgs: `
		c := newCluster(t, i, rendering{job: jobID(3), text: app(i, 2, uri+`--dependency --sleep=50, additionalDependencies: `+
			`["http://artifacts.example.com:8000/dependency.jar"]`, "")})
		c.start()
		c.running(1)
		c.said("PROBE dependency found", c.tms...)
		c.stop()
		c = newCluster(t, i, rendering{job: jobID(4), text: app(i, 1, uri+"--sleep=50", "")})
		c.start()
		c.running(1)
		c.quiet()
		c.stop()
		c = newCluster(t, i, rendering{job: jobID(12), text: app(i, 1, uri+`--sleep=50, additionalDependencies: `+
			`["http://artifacts.example.com:8000/other.jar"]`, "")})
		c.startPods()
		assert.Equal(t, c.jm.wait(5*time.Minute), 1, "two jars with a Main-Class")
		c.stop()
	})
}

// What was counted is there again, with twice as many tasks.
func TestSavepointAndRestore(t *testing.T) {
	eachVersion(t, func(t *testing.T, i *image) {
		const artifact = inImage + ", mainArgs: --sleep=20"
		claim := filepath.Join(work, "restore-"+i.version)
		c := newCluster(t, i, rendering{job: jobID(5), claims: claim, text: app(i, 1, artifact, "")}).start()
		id := c.running(1)[0]
		c.checkpoint(id, 0)
		location := c.savepoint(id)
		assert.Equal(t, c.jm.wait(3*time.Minute), 0, "stopped with a savepoint")
		c.stop()
		job := jobID(6)
		job.SavepointLocation = location
		c = newCluster(t, i, rendering{job: job, claims: claim, text: app(i, 4, artifact, "")}).start()
		assert.Equal(t, len(c.tms), 2)
		c.running(1)
		assert.Assert(t, restored(c) > 0)
		c.quiet()
		c.stop()
	})
}

var restoredLine = regexp.MustCompile(`PROBE restored (\d+)`)

// restored is the sum of what the tasks found in their state.
func restored(c *cluster) int {
	c.t.Helper()
	c.said("PROBE restored", c.tms...)
	sum := 0
	for _, p := range c.tms {
		for _, m := range restoredLine.FindAllStringSubmatch(p.output(), -1) {
			n, err := strconv.Atoi(m[1])
			assert.NilError(c.t, err)
			sum += n
		}
	}
	return sum
}

func session(i *image, options string) string {
	return fmt.Sprintf(target+`kind: SessionCluster
apiVersion: v1
metadata: {name: sess, namespace: default, id: 6a1a4cfb-43a0-4a3e-bf31-5d0f6a1a2f7e}
spec:
  deploymentTargetName: t1
  state: RUNNING
  flinkVersion: %q
  numberOfTaskManagers: 2
  resources: {jobmanager: {cpu: 1, memory: 1g}, taskmanager: {cpu: 1, memory: 1500m}}
  flinkConfiguration:
    taskmanager.numberOfTaskSlots: "2"
%s
`, i.minor(), options)
}

// Flink's own driver runs a script of the ConfigMap, from 2.0; what it writes is there at the end.
func TestSQL(t *testing.T) {
	const script = `CREATE TABLE numbers (n BIGINT) WITH ('connector' = 'datagen', 'number-of-rows' = '100',
  'fields.n.kind' = 'sequence', 'fields.n.start' = '1', 'fields.n.end' = '100'); -- $(PROBE) $1
CREATE TABLE even (n BIGINT) WITH ('connector' = 'filesystem', 'path' = 'file:///data/even', 'format' = 'csv');
CREATE TABLE nothing (n BIGINT) WITH ('connector' = 'blackhole');
EXECUTE STATEMENT SET BEGIN
INSERT INTO even SELECT n FROM numbers WHERE MOD(n, 2) = 0;
INSERT INTO nothing SELECT n FROM numbers;
END;`
	eachVersion(t, func(t *testing.T, i *image) {
		if strings.HasPrefix(i.version, "1.") {
			t.Skip("Flink has SqlDriver from 2.0")
		}
		claim := filepath.Join(work, "sql-"+i.version)
		text := strings.Replace(app(i, 2, "sqlScript: "+strconv.Quote(script), ""), "kind: JAR", "kind: SQLSCRIPT", 1)
		c := newCluster(t, i, rendering{job: jobID(10), claims: claim, text: text}).start()
		assert.Equal(t, c.jm.wait(5*time.Minute), 0, "FINISHED")
		c.quiet()
		c.stop()
		assert.Equal(t, sumOf(t, claim+"/even/part-*"), 2550, "2 + 4 + … + 100")
	})
}

// Words are counted by PyFlink, from its package: a program of kind PYTHON, and Flink's own
// driver as a JAR.
func TestPython(t *testing.T) {
	eachVersion(t, func(t *testing.T, i *image) {
		if i.beside("python-"+i.version) == "" {
			t.Skip("PyFlink of this release is not there: start the script extras")
		}
		assert.NilError(t, run("cp", "testdata/python/words.py", i.layer+"/usrlib"))
		const file, words = "/opt/flink/usrlib/words.py", "to be or not to be"
		for n, artifact := range []string{
			"kind: PYTHON, pythonArtifactUri: 'local://" + file + "', mainArgs: " + words,
			"kind: JAR, jarUri: 'file:///opt/flink/opt/flink-python-" + i.version + ".jar', entryClass: " +
				"org.apache.flink.client.python.PythonDriver, mainArgs: -py " + file + " " + words,
		} {
			text := strings.Replace(app(i, 1, "flinkImageRepository: team/pyflink, flinkImageTag: "+i.version, ""),
				"kind: JAR", artifact, 1)
			c := newCluster(t, i, rendering{job: jobID(11 + n), text: text}).start()
			assert.Equal(t, c.jm.wait(5*time.Minute), 0, "FINISHED")
			for _, count := range []string{"(to,2)", "(be,2)", "(or,1)"} {
				c.said(count, c.tms...)
			}
			c.quiet()
			c.stop()
		}
	})
}

// sumOf adds up the numbers in files.
func sumOf(t *testing.T, pattern string) (sum int) {
	t.Helper()
	files, err := filepath.Glob(pattern)
	assert.NilError(t, err)
	for _, file := range files {
		lines, err := os.ReadFile(file)
		assert.NilError(t, err)
		for word := range strings.FieldsSeq(string(lines)) {
			n, err := strconv.Atoi(word)
			assert.NilError(t, err)
			sum += n
		}
	}
	return sum
}

// Two jobs of one uploaded jar run side by side, and are cancelled one by one.
func TestSession(t *testing.T) {
	eachVersion(t, func(t *testing.T, i *image) {
		c := newCluster(t, i, rendering{text: session(i, "    execution.checkpointing.interval: 1s")}).start()
		jar := c.upload(i.jars + "/probe.jar")
		for range 2 {
			var answer struct{ JobID string }
			assert.NilError(t, c.call(http.MethodPost, "/jars/"+jar+"/run", map[string]any{"parallelism": 2,
				"programArgsList": []string{"--sleep=50"}}, &answer))
		}
		ids := c.running(2)
		for _, id := range ids {
			c.checkpoint(id, 0)
		}
		assert.NilError(t, c.call(http.MethodPatch, "/jobs/"+ids[0], nil, &struct{}{}))
		assert.DeepEqual(t, c.running(1), ids[1:])
		c.quiet()
		c.stop()
	})
}

// With the certificates of a Secret, JobManager and TaskManagers talk TLS, and the probes
// that are rendered for it succeed; who has no certificate gets no answer.
func TestTLS(t *testing.T) {
	eachVersion(t, func(t *testing.T, i *image) {
		text := strings.Replace(app(i, 1, inImage+", mainArgs: --sleep=20", ""), "  template:\n",
			"  template:\n    metadata: {annotations: {flink.security.ssl.enabled: 'true'}}\n", 1)
		c := newCluster(t, i, rendering{text: text, job: jobID(9), options: []render.Option{render.TLSSecret("tls")},
			secrets: map[string]map[string]string{"tls": certificates(t)}}).start()
		c.said("Completed checkpoint", c.jm)
		_, err := c.states()
		assert.Assert(t, err != nil, "REST answers without TLS")
		c.quiet()
		c.stop()
	})
}

// certificates are the files and the password of a Secret for TLS.
func certificates(t *testing.T) map[string]string {
	t.Helper()
	dir := t.TempDir()
	common := []string{"-storepass", "password", "-alias", "flink"}
	for _, command := range [][]string{
		{"-genkeypair", "-keystore", dir + "/keystore.jks", "-keyalg", "RSA", "-dname", "CN=flink"},
		{"-exportcert", "-keystore", dir + "/keystore.jks", "-file", dir + "/certificate"},
		{"-importcert", "-noprompt", "-keystore", dir + "/truststore.jks", "-file", dir + "/certificate"},
	} {
		assert.NilError(t, run(append(append([]string{"keytool"}, command...), common...)...))
	}
	out := map[string]string{"password": "password"}
	for _, name := range []string{"keystore.jks", "truststore.jks"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		assert.NilError(t, err)
		out[name] = string(data)
	}
	return out
}

// Two jobs with high availability share one storage folder. The JobManager of one is killed
// and goes on in another pod from the last checkpoint; the other finishes, and takes
// nothing of the first with it.
func TestHighAvailability(t *testing.T) {
	eachVersion(t, func(t *testing.T, i *image) {
		a := newAPI(t)
		if programs := i.beside("apiserver"); programs != "" {
			a = newKubernetes(t, programs)
		}
		claim := filepath.Join(work, "ha-"+i.version)
		options := i.highly("        ")
		one := newCluster(t, i, rendering{job: jobID(7), claims: claim, api: a,
			text: app(i, 2, inImage+", mainArgs: --sleep=20", options)}).start()
		id := one.running(1)[0]
		two := newCluster(t, i, rendering{job: jobID(8), claims: claim, api: a,
			text: app(i, 2, inImage+", mainArgs: --count=20 --sleep=100", options)}).start()
		assert.Equal(t, two.jm.wait(5*time.Minute), 0, "FINISHED")
		two.stop()

		one.checkpoint(id, 1)
		assert.Equal(t, one.jm.end(syscall.SIGKILL, time.Minute), 137)
		assert.Assert(t, !slices.Contains(one.job.Spec.PodFailurePolicy.Rules[1].OnExitCodes.Values, 137))
		one.startJobManager()
		one.ready()
		assert.DeepEqual(t, one.running(1), []string{id})
		assert.Assert(t, restored(one) > 0)
		one.quiet()
		one.stop()
		if a.admin != "" {
			a.audit()
		}
		assert.DeepEqual(t, a.denied, []string(nil))
		t.Logf("verbs used: %v", a.used)
		for job, want := range map[int]bool{7: true, 8: false} {
			files, err := filepath.Glob(claim + "/ha/job-" + jobID(job).ID + "/*")
			assert.NilError(t, err)
			assert.Equal(t, len(files) > 0, want, "%d: %v", job, files)
		}
	})
}

// Two applications and two session clusters run side by side, with one volume, one folder for
// checkpoints, one for high availability, and one API server. Each has its own job, its own
// TaskManagers and its own jars, and what one leaves behind or deletes is its own.
func TestSideBySide(t *testing.T) {
	if testing.Short() {
		t.Skip("eight more processes of Java: run in .ci/long")
	}
	eachVersion(t, func(t *testing.T, i *image) {
		a, claim := newAPI(t), filepath.Join(work, "beside-"+i.version)
		var clusters []*cluster
		for n := range 2 {
			job := render.Job{ID: fmt.Sprintf("00000000-0000-4000-8000-00000000200%d", n)}
			clusters = append(clusters, newCluster(t, i, rendering{job: job, claims: claim, api: a,
				text: app(i, 2, inImage+", mainArgs: --sleep=20", i.highly("        "))}))
			text := session(i, "    execution.checkpointing.interval: 1s\n    "+
				i.option(20, "execution.checkpointing.dir", "state.checkpoints.dir")+": file:///data/checkpoints\n"+
				i.highly("    ")+"  kubernetes:\n    pods:\n"+volume)
			text = strings.NewReplacer("name: sess", fmt.Sprint("name: sess", n), "5d0f6a1a2f7e", fmt.Sprint("5d0f6a1a2f7", n),
				"numberOfTaskManagers: 2", "numberOfTaskManagers: 1").Replace(text)
			clusters = append(clusters, newCluster(t, i, rendering{claims: claim, api: a, text: text}))
		}
		for _, c := range clusters {
			c.startPods()
		}
		seen := map[string]bool{}
		for _, c := range clusters {
			c.ready()
			if c.job == nil {
				assert.NilError(t, c.call(http.MethodPost, "/jars/"+c.upload(i.jars+"/probe.jar")+"/run",
					map[string]any{"parallelism": 2, "programArgsList": []string{"--sleep=20"}}, &struct{}{}))
			}
		}
		for _, c := range clusters {
			c.id = c.running(1)[0]
			c.checkpoint(c.id, 0)
			c.alone(seen)
		}
		first := clusters[0]
		assert.NilError(t, first.call(http.MethodPatch, "/jobs/"+first.id, nil, &struct{}{}))
		assert.Equal(t, first.jm.wait(3*time.Minute), 0, "CANCELED")
		for _, c := range clusters[1:] {
			c.checkpoint(c.id, c.checkpoint(c.id, 0)+1)
			c.quiet()
		}
		files, err := filepath.Glob(claim + "/ha/*-????????-????-*/*") // there are stores of results, too
		assert.NilError(t, err)
		folders := map[string]bool{}
		for _, file := range files {
			folders[filepath.Dir(file)] = true
		}
		assert.Equal(t, len(folders), 3, "%v", files)
		for _, c := range clusters {
			c.stop()
		}
		assert.DeepEqual(t, a.denied, []string(nil))
	})
}

// alone holds that a cluster has a job, TaskManagers and jars that no other has.
func (c *cluster) alone(seen map[string]bool) {
	var members struct{ TaskManagers []struct{ ID string } }
	assert.NilError(c.t, c.call(http.MethodGet, "/taskmanagers", nil, &members))
	assert.Equal(c.t, len(members.TaskManagers), len(c.tms))
	assert.Assert(c.t, strings.HasPrefix(members.TaskManagers[0].ID, c.tms[0].address+":"), members)
	own := []string{c.id}
	if c.job == nil {
		var jars struct{ Files []struct{ ID string } }
		assert.NilError(c.t, c.call(http.MethodGet, "/jars", nil, &jars))
		assert.Equal(c.t, len(jars.Files), 1)
		own = append(own, jars.Files[0].ID)
	}
	for _, id := range own {
		assert.Assert(c.t, !seen[id], id)
		seen[id] = true
	}
}
