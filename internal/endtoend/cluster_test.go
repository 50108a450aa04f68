package endtoend

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"gotest.tools/v3/assert"
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/render"
)

// A cluster is what one resource renders to, running.
type cluster struct {
	t          *testing.T
	image      *image
	dir        string
	claims     string // the folder of all claims, to share it with another cluster
	configMaps map[string]map[string]string
	secrets    map[string]map[string]string
	api        *api // nil without high availability

	id           string       // of its job in Flink, if a test notes it
	job          *batchv1.Job // nil for a session cluster
	jobManager   corev1.PodTemplateSpec
	taskManager  corev1.PodTemplateSpec
	replicas     int
	services     []corev1.Service
	around       around
	jm           *pod
	tms          []*pod
	jobManagerNo int
}

// rendering says how a text is rendered and run.
type rendering struct {
	text    string
	job     render.Job
	options []render.Option
	claims  string
	secrets map[string]map[string]string
	api     *api
}

var clusters int

// newCluster renders.
func newCluster(t *testing.T, i *image, r rendering) *cluster {
	t.Helper()
	clusters++
	c := &cluster{t: t, image: i, claims: r.claims, secrets: r.secrets, api: r.api,
		dir: filepath.Join(work, fmt.Sprintf("cluster%d", clusters)), configMaps: map[string]map[string]string{},
		around: around{}}
	assert.NilError(t, os.MkdirAll(c.dir, 0o755))
	bundle, err := deployment.ParseAll("input.yaml", []byte(r.text))
	assert.NilError(t, err)
	renderer, err := render.New(r.options...)
	assert.NilError(t, err)
	m, err := renderer.Bundle(bundle, func(deployment.Deployment) render.Job { return r.job })
	assert.NilError(t, err)
	for object := range m.All() {
		c.take(object)
	}
	return c
}

// into decodes an object.
func into[T any](t *testing.T, object render.Object) T {
	t.Helper()
	var out T
	assert.NilError(t, object.Into(&out))
	return out
}

func (c *cluster) take(object render.Object) {
	switch object.Kind() {
	case "ConfigMap":
		m := into[corev1.ConfigMap](c.t, object)
		c.configMaps[m.Name] = m.Data
	case "Service":
		c.services = append(c.services, into[corev1.Service](c.t, object))
	case "Job":
		job := into[batchv1.Job](c.t, object)
		c.job, c.jobManager = &job, job.Spec.Template
	case "Deployment":
		d := into[appsv1.Deployment](c.t, object)
		if strings.HasSuffix(d.Name, "-jobmanager") {
			c.jobManager = d.Spec.Template
			assert.Equal(c.t, *d.Spec.Replicas, int32(1))
			return
		}
		c.taskManager = d.Spec.Template
		if d.Spec.Replicas != nil { // or the autoscaler says how many, which comes first
			c.replicas = int(*d.Spec.Replicas)
		}
	case "HorizontalPodAutoscaler":
		c.replicas = int(*into[autoscalingv2.HorizontalPodAutoscaler](c.t, object).Spec.MinReplicas)
	case "NetworkPolicy":
		p := into[networkingv1.NetworkPolicy](c.t, object)
		c.around[p.Spec.PodSelector.MatchLabels["component"]] = p
	case "ServiceAccount", "Role", "RoleBinding":
		c.api.grant(c.t, object)
	default:
		c.t.Fatalf("%s is not modelled", object.Kind())
	}
}

// start starts all pods and waits until they are ready.
func (c *cluster) start() *cluster {
	c.t.Helper()
	c.startPods()
	c.ready()
	return c
}

func (c *cluster) startPods() {
	c.t.Helper()
	c.startJobManager()
	for i := range c.replicas {
		tm := c.newPod(fmt.Sprintf("taskmanager-%d", i), c.taskManager.Spec)
		c.tms = append(c.tms, tm)
		tm.start()
	}
}

// ready waits until all pods are, and does what the controllers do meanwhile: on a machine
// that is busy, Flink may give up while it starts. A Job gets a new pod as often as its
// backoffLimit says, containers of Deployments are started again.
func (c *cluster) ready() {
	c.t.Helper()
	failures := 0
	for !c.jm.ready() {
		failures++
		if c.job != nil && failures > int(*c.job.Spec.BackoffLimit) || failures > 5 {
			c.t.Fatalf("%s ended with %d: %s", c.jm.name, c.jm.code, tail(c.jm.log))
		}
		c.t.Logf("%s ended with %d: another pod is started", c.jm.name, c.jm.code)
		c.startJobManager()
	}
	for _, tm := range c.tms {
		for failures := 0; !tm.ready(); failures++ {
			assert.Assert(c.t, failures < 5, tail(tm.log))
			c.t.Logf("%s ended with %d: it is started again", tm.name, tm.code)
			tm.startFlink()
		}
	}
}

// startJobManager starts a pod of the JobManager, which the Service leads to.
func (c *cluster) startJobManager() {
	c.jobManagerNo++
	c.jm = c.newPod(fmt.Sprintf("jobmanager-%d", c.jobManagerNo), c.jobManager.Spec)
	c.jm.start()
	for _, tm := range c.tms {
		assert.NilError(c.t, os.WriteFile(tm.dir+"/main/hosts", []byte(c.hosts(tm)), 0o644))
	}
}

// hosts are the names that a pod can resolve: its own, and those of Services.
func (c *cluster) hosts(p *pod) string {
	text := fmt.Sprintf("127.0.0.1 localhost\n%s %s\n%s artifacts.example.com\n", p.address, p.spec.Hostname, node)
	for _, s := range c.services {
		assert.Assert(c.t, labels.SelectorFromSet(s.Spec.Selector).Matches(labels.Set(c.jobManager.Labels)), s.Name)
		text += fmt.Sprintf("%s %s %s.%s.svc\n", c.jm.address, s.Name, s.Name, s.Namespace)
	}
	return text
}

// pods are all that are there.
func (c *cluster) pods() []*pod { return append([]*pod{c.jm}, c.tms...) }

// stop ends all pods as Kubernetes does, and holds them against the grace period. On Java 11
// Flink's own code may come before that of the signal: 1445, an unknown end. A
// TaskManager that looks for a JobManager in vain may end with any: 239 was seen.
func (c *cluster) stop() {
	c.t.Helper()
	for _, p := range c.pods() {
		if p.running() {
			grace := time.Duration(*p.spec.TerminationGracePeriodSeconds) * time.Second
			code := p.end(syscall.SIGTERM, grace)
			assert.Assert(c.t, code == 143 || code == 1445%256 && c.image.java11() != "" || !p.started,
				"%s: %d", p.name, code)
		}
	}
}

// call asks Flink's REST API, and decodes the answer.
func (c *cluster) call(method, path string, body, answer any) error {
	var data bytes.Buffer
	if body != nil { // Flink fails on a body where it wants none
		if err := json.NewEncoder(&data).Encode(body); err != nil {
			return err
		}
	}
	request, err := http.NewRequest(method, "http://"+c.jm.address+":8081"+path, &data)
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	return send(&client, request, answer)
}

var client = http.Client{Timeout: time.Minute}

func send(client *http.Client, request *http.Request, answer any) error {
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode >= 300 {
		return fmt.Errorf("%s: %s: %.500s %w", request.URL.Path, response.Status, text, err)
	}
	return json.Unmarshal(text, answer)
}

// upload sends a jar and returns its id.
func (c *cluster) upload(jar string) string {
	c.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("jarfile", filepath.Base(jar))
	assert.NilError(c.t, err)
	data, err := os.ReadFile(jar)
	assert.NilError(c.t, err)
	_, err = part.Write(data)
	assert.NilError(c.t, err)
	assert.NilError(c.t, form.Close())
	request, err := http.NewRequest(http.MethodPost, "http://"+c.jm.address+":8081/jars/upload", &body)
	assert.NilError(c.t, err)
	request.Header.Set("Content-Type", form.FormDataContentType())
	var answer struct{ Filename string }
	assert.NilError(c.t, send(&client, request, &answer))
	return filepath.Base(answer.Filename)
}

// states are those of all jobs, by id.
func (c *cluster) states() (map[string]string, error) {
	var answer struct{ Jobs []struct{ ID, Status string } }
	err := c.call(http.MethodGet, "/jobs", nil, &answer)
	out := map[string]string{}
	for _, job := range answer.Jobs {
		out[job.ID] = job.Status
	}
	return out, err
}

// running waits until so many jobs run with all their tasks, and returns their ids.
func (c *cluster) running(n int) []string {
	c.t.Helper()
	var ids []string
	c.eventually(fmt.Sprintf("%d jobs run", n), func() error {
		ids = nil
		states, err := c.states()
		if err != nil {
			return err
		}
		for id, state := range states {
			if state == "RUNNING" {
				ids = append(ids, id)
			}
		}
		if len(ids) != n {
			return fmt.Errorf("jobs: %v", states)
		}
		for _, id := range ids {
			if err := c.allTasks(id); err != nil {
				return err
			}
		}
		return nil
	})
	slices.Sort(ids)
	return ids
}

func (c *cluster) allTasks(id string) error {
	var job struct {
		Vertices []struct {
			Status string
		}
	}
	if err := c.call(http.MethodGet, "/jobs/"+id, nil, &job); err != nil {
		return err
	}
	for _, v := range job.Vertices {
		if v.Status != "RUNNING" {
			return fmt.Errorf("a task of %s is %s", id, v.Status)
		}
	}
	return nil
}

// checkpoint waits until a job has completed more checkpoints than n, and returns how many.
func (c *cluster) checkpoint(id string, n int) int {
	c.t.Helper()
	var answer struct{ Counts struct{ Completed int } }
	c.eventually("a checkpoint", func() error {
		err := c.call(http.MethodGet, "/jobs/"+id+"/checkpoints", nil, &answer)
		if err == nil && answer.Counts.Completed <= n {
			err = fmt.Errorf("%d completed", answer.Counts.Completed)
		}
		return err
	})
	return answer.Counts.Completed
}

// savepoint takes one and stops the job, and returns where it is: in the folder of the
// configuration, or another.
func (c *cluster) savepoint(id string) string { return c.savepointIn(id, "") }

func (c *cluster) savepointIn(id, folder string) string {
	c.t.Helper()
	body := map[string]any{"drain": false}
	if folder != "" {
		body["targetDirectory"] = folder
	}
	var trigger struct {
		ID string `json:"request-id"`
	}
	assert.NilError(c.t, c.call(http.MethodPost, "/jobs/"+id+"/stop", body, &trigger))
	var answer struct {
		Status    struct{ ID string }
		Operation struct{ Location string }
	}
	c.eventually("a savepoint", func() error {
		err := c.call(http.MethodGet, "/jobs/"+id+"/savepoints/"+trigger.ID, nil, &answer)
		if err == nil && answer.Operation.Location == "" {
			err = fmt.Errorf("status %s", answer.Status.ID)
		}
		return err
	})
	return answer.Operation.Location
}

// eventually waits until something holds: seconds, minutes where others use the machine.
func (c *cluster) eventually(what string, holds func() error) {
	c.t.Helper()
	deadline := time.Now().Add(4 * time.Minute)
	for err := holds(); err != nil; err = holds() {
		if time.Now().After(deadline) {
			for _, p := range c.pods() {
				c.t.Logf("%s: %s", p.name, tail(p.log))
				p.dump()
			}
			c.t.Fatalf("%s: %v", what, err)
		}
		time.Sleep(200 * time.Millisecond)
	}
}

// said waits until a pod of the given ones writes a text.
func (c *cluster) said(text string, pods ...*pod) {
	c.t.Helper()
	c.eventually("a pod says "+text, func() error {
		for _, p := range pods {
			if strings.Contains(p.output(), text) {
				return nil
			}
		}
		return fmt.Errorf("no pod of %d did", len(pods))
	})
}

// quiet holds that nothing that was rendered made Flink complain.
func (c *cluster) quiet() {
	c.t.Helper()
	for _, p := range c.pods() {
		for line := range strings.Lines(p.output()) {
			lower := strings.ToLower(line)
			if strings.Contains(line, "WARN") && (strings.Contains(lower, "deprecated") ||
				strings.Contains(lower, "unknown option") || strings.Contains(lower, "unrecognized")) {
				c.t.Errorf("%s: %s", p.name, line)
			}
		}
	}
}
