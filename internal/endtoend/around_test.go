package endtoend

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
	networkingv1 "k8s.io/api/networking/v1"

	"github.com/flinktarget/flinktarget/internal/flink"
	"github.com/flinktarget/flinktarget/render"
)

// metricsPort is the default of render.Metrics.
const metricsPort = 9249

// around are the NetworkPolicies of a cluster, by component.
type around map[string]networkingv1.NetworkPolicy

// ports are those that the policy of a component opens, to anybody.
func (a around) ports(component string) []int {
	var out []int
	for _, rule := range a[component].Spec.Ingress {
		for _, port := range rule.Ports {
			out = append(out, port.Port.IntValue())
		}
	}
	slices.Sort(out)
	return out
}

func (p *pod) component() string {
	return strings.TrimPrefix(p.spec.Containers[0].Name, flink.ContainerPrefix)
}

// listens returns the ports on which anything in the pod listens for others.
func (p *pod) listens() []int {
	p.t.Helper()
	text, err := exec.Command("nsenter", "--net=/run/netns/"+p.spec.Hostname, "ss", "-ltnH").CombinedOutput()
	assert.NilError(p.t, err, "%s", text)
	found := map[int]bool{}
	for line := range strings.Lines(string(text)) {
		local := strings.Fields(line)[3]
		i := strings.LastIndexByte(local, ':')
		n, err := strconv.Atoi(local[i+1:])
		assert.NilError(p.t, err, local)
		if host := local[:i]; !strings.HasPrefix(host, "127.") && !strings.Contains(host, "[::1]") &&
			!strings.Contains(host, "[::ffff:127.") {
			found[n] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// firewall lets packets of other pods reach the ports of the policy alone. It leaves out ports from
// 32768 on, to which answers come: that nothing listens there is another check.
func (p *pod) firewall(open []int) {
	p.t.Helper()
	rules := []string{"pref 1 from " + node + " lookup local"} // as the kubelet, whose node may do everything
	from := 1
	for i, port := range append(slices.Clone(open), 32768) {
		if from < port {
			rules = append(rules, fmt.Sprintf("pref %d iif eth0 ipproto tcp dport %d-%d blackhole", 10+i, from, port-1))
		}
		from = port + 1
	}
	ip := "ip -n " + p.spec.Hostname + " rule "
	for _, rule := range append(rules, "pref 100 lookup local") {
		assert.NilError(p.t, run(strings.Fields(ip+"add "+rule)...))
	}
	assert.NilError(p.t, run(strings.Fields(ip+"del pref 0")...))
}

// scrape reads the metrics of a pod, as Prometheus does.
func (p *pod) scrape(port int) (string, error) {
	response, err := client.Get(fmt.Sprintf("http://%s:%d/metrics", p.address, port))
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return string(text), err
}

// What is rendered around a cluster: Prometheus gets metrics of both components; with no ports
// open but those of the policies, and nothing listening on others, a job runs and scales from one
// TaskManager to three.
func TestAround(t *testing.T) {
	eachVersion(t, func(t *testing.T, i *image) {
		c := newCluster(t, i, rendering{job: jobID(30), text: app(i, 1, inImage+", mainArgs: --sleep=50", ""),
			options: []render.Option{
				render.WithMetrics(render.Metrics{}),
				render.WithAutoscaling(render.Autoscaling{MaxReplicas: 3, Reactive: true}),
				render.WithNetworkPolicies(render.NetworkPolicies{RESTFrom: everywhere, MetricsFrom: everywhere}),
			}})
		c.startPods()
		for _, p := range c.pods() {
			p.firewall(c.around.ports(p.component()))
		}
		c.ready()
		if strings.Contains(c.jm.output(), "com/sun/net/httpserver") {
			t.Skip("the reporter for Prometheus needs the module jdk.httpserver, which this Java does not have")
		}
		id := c.running(1)[0]
		c.parallelism(id, 2)
		for range 2 {
			tm := c.newPod(fmt.Sprintf("taskmanager-%d", len(c.tms)), c.taskManager.Spec)
			c.tms = append(c.tms, tm)
			tm.start()
			tm.firewall(c.around.ports(tm.component()))
		}
		c.ready()
		c.parallelism(id, 6)
		c.checkpoint(id, 0)
		for _, p := range c.pods() {
			assert.DeepEqual(t, p.listens(), c.around.ports(p.component()))
			metric := "flink_" + p.component() + "_Status_JVM_CPU_Load"
			c.eventually("metrics of "+p.name, func() error {
				text, err := p.scrape(metricsPort)
				if err == nil && !strings.Contains(text, metric) {
					err = fmt.Errorf("no %s in %d bytes", metric, len(text))
				}
				return err
			})
		}
		// The JobManager asks TaskManagers for theirs on a port of its own.
		c.eventually("metrics of TaskManagers in REST", func() error {
			var answer []struct{ ID string }
			err := c.call(http.MethodGet, "/taskmanagers/metrics", nil, &answer)
			if err == nil && len(answer) == 0 {
				err = fmt.Errorf("none")
			}
			return err
		})
		c.quiet()
		c.stop()
	})
}

var everywhere = []render.Peer{{NamespaceSelector: map[string]string{}}}

// parallelism waits until all tasks of a job run with it.
func (c *cluster) parallelism(id string, want int) {
	c.t.Helper()
	c.eventually(fmt.Sprintf("a parallelism of %d", want), func() error {
		var job struct{ Vertices []struct{ Parallelism int } }
		if err := c.call(http.MethodGet, "/jobs/"+id, nil, &job); err != nil {
			return err
		}
		for _, v := range job.Vertices {
			if v.Parallelism != want {
				return fmt.Errorf("%d", v.Parallelism)
			}
		}
		return c.allTasks(id)
	})
}
