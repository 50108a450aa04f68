package endtoend

import (
	"fmt"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"gotest.tools/v3/assert"
	corev1 "k8s.io/api/core/v1"
)

// A pod is a network namespace and the processes in it.
type pod struct {
	t       *testing.T
	cluster *cluster
	name    string
	address string
	spec    corev1.PodSpec
	dir     string
	volumes map[string]string // folders or files, by name
	cmd     *exec.Cmd         // of Flink's container
	ended   chan struct{}
	code    int  // what it ended with
	started bool // it was ready once
	log     string
}

var addresses atomic.Int32

// newPod gives a pod its network and volumes.
func (c *cluster) newPod(name string, spec corev1.PodSpec) *pod {
	t := c.t
	n := addresses.Add(1) + 1
	p := &pod{t: t, cluster: c, name: name, spec: spec, address: fmt.Sprintf("10.88.%d.%d", n/250, n%250+2)}
	p.dir = filepath.Join(c.dir, name)
	p.log = p.dir + ".log"
	space := fmt.Sprintf("pod%d", n)
	for _, command := range []string{
		"ip netns add " + space,
		"ip link add veth" + space + " type veth peer name eth0 netns " + space,
		"ip link set veth" + space + " master pods up",
		"ip -n " + space + " addr add " + p.address + "/16 dev eth0",
		"ip -n " + space + " link set eth0 up", "ip -n " + space + " link set lo up",
	} {
		assert.NilError(t, run(strings.Fields(command)...))
	}
	p.spec.Hostname = space
	p.volumes = map[string]string{}
	for _, v := range spec.Volumes {
		p.volumes[v.Name] = p.volume(v)
	}
	return p
}

// volume makes the folder of a volume. Everybody may write to it, as fsGroup lets Flink.
func (p *pod) volume(v corev1.Volume) string {
	dir := filepath.Join(p.dir, "volumes", v.Name)
	files := map[string]string{}
	switch {
	case v.ConfigMap != nil:
		files = p.cluster.configMaps[v.ConfigMap.Name]
		assert.Assert(p.t, files != nil, "no ConfigMap %s", v.ConfigMap.Name)
	case v.Secret != nil:
		for _, item := range v.Secret.Items {
			files[item.Path] = p.cluster.secrets[v.Secret.SecretName][item.Key]
		}
	case v.PersistentVolumeClaim != nil:
		dir = filepath.Join(p.cluster.dir, "claims", v.PersistentVolumeClaim.ClaimName)
		if shared := p.cluster.claims; shared != "" {
			dir = shared
		}
	case v.EmptyDir == nil:
		p.t.Fatalf("volume %s is of a kind that is not modelled", v.Name)
	}
	makeDir(p.t, dir)
	for name, text := range files {
		assert.NilError(p.t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	return dir
}

func makeDir(t *testing.T, dir string) {
	t.Helper()
	assert.NilError(t, os.MkdirAll(dir, 0o755))
	assert.NilError(t, os.Chmod(dir, 0o777))
}

// start runs the init containers and starts Flink's.
func (p *pod) start() {
	t := p.t
	for i, init := range p.spec.InitContainers {
		cmd := p.command(init, fmt.Sprintf("init%d", i))
		assert.NilError(t, cmd.Run(), "init container %s of %s: %s", init.Name, p.name, tail(p.log))
	}
	assert.Equal(t, len(p.spec.Containers), 1)
	p.startFlink()
	t.Cleanup(func() { p.end(syscall.SIGKILL, 10*time.Second) })
}

// startFlink starts Flink's container, for the first time or again.
func (p *pod) startFlink() {
	p.cmd = p.command(p.spec.Containers[0], "main")
	assert.NilError(p.t, p.cmd.Start())
	cmd, ended := p.cmd, make(chan struct{})
	p.ended = ended
	go func() {
		p.code = exitCode(cmd.Wait())
		close(ended)
	}()
}

// command is the process of a container.
func (p *pod) command(c corev1.Container, name string) *exec.Cmd {
	t := p.t
	dir := filepath.Join(p.dir, name)
	assert.NilError(t, os.RemoveAll(dir)) // a container that is started again has a new file system
	makeDir(t, dir+"/upper")
	assert.NilError(t, os.MkdirAll(dir+"/work", 0o755))
	user := p.spec.SecurityContext
	for file, text := range map[string]string{
		"hostname": p.spec.Hostname,
		"layers":   p.cluster.image.layers(),
		"user":     fmt.Sprintln(*user.RunAsUser, *user.RunAsGroup),
		"mounts":   p.mounts(c, dir),
		"hosts":    p.cluster.hosts(p),
	} {
		assert.NilError(t, os.WriteFile(filepath.Join(dir, file), []byte(text), 0o644))
	}
	env, expand := p.environment(c)
	args := []string{"--net=/run/netns/" + p.spec.Hostname, "unshare", "--mount", "--uts", "bash",
		abs(t, "testdata/container.sh"), dir}
	command := c.Command
	if len(command) == 0 {
		command = []string{"/opt/docker-entrypoint.sh"}
	}
	for _, arg := range append(slices.Clone(command), c.Args...) {
		args = append(args, expand(arg))
	}
	cmd := exec.Command("nsenter", args...)
	cmd.Env = env
	log, err := os.OpenFile(p.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	assert.NilError(t, err)
	t.Cleanup(func() { _ = log.Close() })
	cmd.Stdout, cmd.Stderr = log, log
	return cmd
}

// mounts are the lines for container.sh. What is mounted deeper comes later, and /tmp last.
func (p *pod) mounts(c corev1.Container, dir string) string {
	lines := []string{
		abs(p.t, "testdata/entrypoint.sh") + " /opt/docker-entrypoint.sh ro",
		dir + "/hosts /etc/hosts ro",
	}
	if token := p.spec.AutomountServiceAccountToken; token != nil && *token {
		lines = append(lines, p.cluster.api.account(p.spec.ServiceAccountName)+
			" /var/run/secrets/kubernetes.io/serviceaccount ro")
	}
	list := slices.Clone(c.VolumeMounts)
	slices.SortStableFunc(list, func(a, b corev1.VolumeMount) int {
		order := func(m corev1.VolumeMount) int {
			if m.MountPath == "/tmp" {
				return 1000
			}
			return strings.Count(m.MountPath, "/")
		}
		return order(a) - order(b)
	})
	for _, m := range list {
		mode := "rw"
		if m.ReadOnly {
			mode = "ro"
		}
		lines = append(lines, filepath.Join(p.volumes[m.Name], m.SubPath)+" "+m.MountPath+" "+mode)
	}
	return strings.Join(lines, "\n") + "\n"
}

func abs(t *testing.T, path string) string {
	t.Helper()
	path, err := filepath.Abs(path)
	assert.NilError(t, err)
	return path
}

// environment is what the image and the container set, and what expands $(NAME).
func (p *pod) environment(c corev1.Container) (env []string, expand func(string) string) {
	values := map[string]string{
		"PATH": "/opt/flink/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "FLINK_HOME": "/opt/flink",
		"HOSTNAME": p.spec.Hostname, "LANG": "C.UTF-8", "HOME": "/opt/flink",
		"JAVA_TOOL_OPTIONS": p.cluster.image.javaOptions(), "PYTHONPATH": "/opt/flink/python",
	}
	if p.cluster.image.java11() != "" {
		values["JAVA_HOME"] = "/opt/flink/java"
	}
	if p.cluster.api != nil {
		values["KUBERNETES_SERVICE_HOST"], values["KUBERNETES_SERVICE_PORT"] = node, p.cluster.api.port
	}
	set := map[string]string{}
	expand = func(s string) string { return expandVariables(s, set) }
	for _, v := range c.Env {
		value := expand(v.Value)
		if from := v.ValueFrom; from != nil {
			switch {
			case from.FieldRef != nil && from.FieldRef.FieldPath == "status.podIP":
				value = p.address
			case from.SecretKeyRef != nil:
				value = p.cluster.secrets[from.SecretKeyRef.Name][from.SecretKeyRef.Key]
			default:
				p.t.Fatalf("variable %s is from where is not modelled", v.Name)
			}
		}
		set[v.Name] = value
	}
	maps.Copy(values, set)
	for name, value := range values {
		env = append(env, name+"="+value)
	}
	return env, expand
}

// expandVariables is what the kubelet does to arguments and values (Container.args).
func expandVariables(s string, env map[string]string) string {
	var b strings.Builder
	for s != "" {
		i := strings.IndexByte(s, '$')
		if i < 0 || i+1 == len(s) {
			break
		}
		b.WriteString(s[:i])
		s = s[i:]
		end := strings.IndexByte(s, ')')
		switch value, ok := env[s[min(2, len(s)):max(2, end)]]; {
		case s[1] == '$':
			b.WriteByte('$')
			s = s[2:]
		case s[1] == '(' && end > 0 && ok:
			b.WriteString(value)
			s = s[end+1:]
		default:
			b.WriteByte('$')
			s = s[1:]
		}
	}
	return b.String() + s
}

// end sends a signal and waits. It returns the exit code of the container.
func (p *pod) end(signal syscall.Signal, within time.Duration) int {
	p.t.Helper()
	_ = p.cmd.Process.Signal(signal) // it may have ended
	return p.wait(within)
}

// wait waits until the container ends.
func (p *pod) wait(within time.Duration) int {
	p.t.Helper()
	select {
	case <-p.ended:
		return p.code
	case <-time.After(within):
		p.t.Fatalf("%s has not ended within %s: %s", p.name, within, tail(p.log))
		return -1
	}
}

// dump has Java write what its threads do to the log, for who asks why it hangs.
func (p *pod) dump() {
	_ = p.cmd.Process.Signal(syscall.SIGQUIT) // it may have ended
	time.Sleep(time.Second)
}

// running reports whether the container has not ended.
func (p *pod) running() bool {
	select {
	case <-p.ended:
		return false
	default:
		return true
	}
}

// ready waits until the pod's startup and readiness probes succeed, as often and as long as
// they say, and asks the liveness probe once. It reports false if the container ended.
func (p *pod) ready() bool {
	p.t.Helper()
	c := p.spec.Containers[0]
	for _, probe := range []*corev1.Probe{c.StartupProbe, c.ReadinessProbe, c.LivenessProbe} {
		deadline := time.Now().Add(time.Duration(probe.PeriodSeconds*probe.FailureThreshold) * time.Second)
		for err := p.ask(c, probe); err != nil; err = p.ask(c, probe) {
			if !p.running() {
				return false
			}
			if time.Now().After(deadline) {
				p.t.Errorf("probe %v of %s: %v; %s", probe, p.name, err, tail(p.log))
				p.dump()
				p.t.FailNow()
			}
			time.Sleep(200 * time.Millisecond)
		}
	}
	p.started = true
	return true
}

func (p *pod) ask(c corev1.Container, probe *corev1.Probe) error {
	port := func(name string) string {
		i := slices.IndexFunc(c.Ports, func(port corev1.ContainerPort) bool { return port.Name == name })
		return fmt.Sprint(c.Ports[i].ContainerPort)
	}
	timeout := time.Duration(probe.TimeoutSeconds) * time.Second
	if get := probe.HTTPGet; get != nil {
		client := http.Client{Timeout: timeout}
		response, err := client.Get("http://" + net.JoinHostPort(p.address, port(get.Port.StrVal)) + get.Path)
		if err != nil {
			return err
		}
		_ = response.Body.Close()
		if response.StatusCode >= 400 {
			return fmt.Errorf("status %s", response.Status)
		}
		return nil
	}
	conn, err := net.DialTimeout("tcp", net.JoinHostPort(p.address, port(probe.TCPSocket.Port.StrVal)), timeout)
	if err != nil {
		return err
	}
	return conn.Close()
}

// output is what the pod has written so far.
func (p *pod) output() string {
	text, err := os.ReadFile(p.log)
	assert.NilError(p.t, err)
	return string(text)
}

// tail is the end of a log, for a message.
func tail(log string) string {
	text, _ := os.ReadFile(log)
	lines := strings.Split(string(text), "\n")
	return "the log ends with:\n" + strings.Join(lines[max(0, len(lines)-40):], "\n")
}
