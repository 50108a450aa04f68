package endtoend

import (
	"fmt"
	"maps"

	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/render"
)

// sessionVolume gives the pods of a session cluster the claim that app has.
const sessionVolume = `    execution.checkpointing.interval: 1s
  kubernetes:
    pods:
      volumeMounts:
      - {name: data, volume: {name: data, persistentVolumeClaim: {claimName: data}}, volumeMount: {name: data, mountPath: /data}}`

// inSession is a Deployment in session mode.
func inSession(name string, parallelism int, artifact string) string {
	return fmt.Sprintf(`---
kind: Deployment
apiVersion: v1
metadata: {name: %s, namespace: default}
spec:
  sessionClusterName: sess
  template:
    spec:
      parallelism: %d
      artifact: {%s}
`, name, parallelism, artifact)
}

// submit renders a Deployment in session mode and runs the pod of its Job until it ends.
func (c *cluster) submit(text string, job render.Job) (code int, p *pod) {
	c.t.Helper()
	bundle, err := deployment.ParseAll("input.yaml", []byte(text))
	assert.NilError(c.t, err)
	renderer, err := render.New()
	assert.NilError(c.t, err)
	m, err := renderer.Bundle(bundle, func(deployment.Deployment) render.Job { return job })
	assert.NilError(c.t, err)
	var rendered batchv1.Job
	for object := range m.All() {
		switch {
		case object.Labels()["app"] != "flink-job":
		case object.Kind() == "ConfigMap":
			m := into[corev1.ConfigMap](c.t, object)
			c.configMaps[m.Name] = m.Data
		default:
			rendered = into[batchv1.Job](c.t, object)
		}
	}
	submits++
	p = c.newPod(fmt.Sprintf("submit-%d", submits), rendered.Spec.Template.Spec)
	p.start()
	return p.wait(5 * time.Minute), p
}

var submits int

// state waits until a job is in a state.
func (c *cluster) state(job render.Job, want string) {
	c.t.Helper()
	id := strings.ReplaceAll(job.ID, "-", "")
	c.eventually("job "+id+" is "+want, func() error {
		states, err := c.states()
		if err == nil && states[id] != want {
			err = fmt.Errorf("jobs: %v", states)
		}
		return err
	})
}

// A jar and a script are handed to one cluster and do their work. Another pod of a Job finds
// the job submitted, and does not submit it again. What cannot be submitted ends its pod
// with an exit code that the Job's policy knows.
func TestSubmission(t *testing.T) {
	const tables = `CREATE TABLE numbers (n BIGINT) WITH ('connector' = 'datagen', 'number-of-rows' = '100',
  'fields.n.kind' = 'sequence', 'fields.n.start' = '1', 'fields.n.end' = '100'); -- $(PROBE) $1
CREATE TABLE even (n BIGINT) WITH ('connector' = 'filesystem', 'path' = 'file:///data/even', 'format' = 'csv');
`
	const insert = "INSERT INTO even SELECT n FROM numbers WHERE MOD(n, 2) = 0;\n"
	eachVersion(t, func(t *testing.T, i *image) {
		serve(t, i)
		claim := filepath.Join(work, "submission-"+i.version)
		cluster := strings.Replace(session(i, sessionVolume), "  flinkVersion:",
			"  flinkImageRepository: team/pyflink\n  flinkImageTag: "+i.version+"\n  flinkVersion:", 1)
		gateway, err := filepath.Glob(i.home + "/opt/flink-sql-gateway-*.jar")
		assert.NilError(t, err)
		scripts := len(gateway) > 0 || i.minor() < "1.17" // from which on the SQL client needs it
		c := newCluster(t, i, rendering{claims: claim, text: cluster}).start()
		sql := func(script string) string {
			return cluster + inSession("sql", 2, "kind: SQLSCRIPT, sqlScript: "+strconv.Quote(script))
		}
		jar := func(mainArgs string) string {
			return cluster + inSession("jar", 2, `kind: JAR, jarUri: "http://artifacts.example.com:8000/probe.jar", `+
				`additionalDependencies: ["http://artifacts.example.com:8000/dependency.jar"], mainArgs: `+strconv.Quote(mainArgs))
		}
		const args = `--sleep=20 --dependency -D "a b" '$(PROBE)' -- -p`
		for range 2 { // the second time, both are there already
			code, p := c.submit(jar(args), jobID(21))
			assert.Equal(t, code, 0, tail(p.log))
			for n, arg := range []string{"-D", "a b", "$(PROBE)", "--", "-p"} {
				c.said(fmt.Sprintf("PROBE arg %d [%s]", n+2, arg), p)
			}
			c.state(jobID(21), "RUNNING")
			want := 1
			if scripts {
				want = 2
				code, p = c.submit(sql(tables+insert), jobID(22))
				assert.Equal(t, code, 0, tail(p.log))
				c.state(jobID(22), "FINISHED")
				assert.Equal(t, sumOf(t, claim+"/even/part-*"), 2550, "2 + 4 + … + 100")
			}
			states, err := c.states()
			assert.NilError(t, err)
			assert.Equal(t, len(states), want, "%v", states)
		}
		c.said("PROBE dependency found", c.tms...)
		id := strings.ReplaceAll(jobID(21).ID, "-", "")
		c.checkpoint(id, 0)

		restored := jobID(23)
		restored.SavepointLocation = c.savepointIn(id, "file:///data/savepoints")
		c.state(jobID(21), "FINISHED")
		code, p := c.submit(jar("--sleep=20"), restored)
		assert.Equal(t, code, 0, tail(p.log))
		c.state(restored, "RUNNING")
		c.said("PROBE restored", c.tms...)

		failing := map[string]int{cluster + inSession("jar", 1, inImage+", kind: JAR, mainArgs: --sleep=x"): 1}
		if scripts {
			failing[sql(tables)] = 1 // no job
			failing[sql(tables+"INSERT INTO gone SELECT n FROM numbers;")] = 1
			failing[sql(tables+insert+insert)] = 3 // two jobs
		}
		for n, text := range slices.Sorted(maps.Keys(failing)) {
			code, p := c.submit(text, jobID(30+n))
			assert.Equal(t, code, failing[text], tail(p.log))
		}
		if i.beside("python-"+i.version) != "" {
			assert.NilError(t, run("cp", "testdata/python/words.py", i.layer+"/usrlib"))
			code, p := c.submit(cluster+inSession("python", 1, "kind: PYTHON, pythonArtifactUri: "+
				"'local:///opt/flink/usrlib/words.py', mainArgs: to be -p or not to be"), jobID(40))
			assert.Equal(t, code, 0, tail(p.log))
			c.state(jobID(40), "FINISHED")
			c.said("(to,2)", c.tms...)
			c.said("(-p,1)", c.tms...)
		}
		c.quiet()
		c.stop()
	})
}
