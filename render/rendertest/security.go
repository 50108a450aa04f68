package rendertest

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// violation is a field that the Pod Security Standard "restricted" does not allow.
type violation struct{ field, message string }

// restricted checks what Kubernetes documents on its page "Pod Security Standards", in
// the order of that page.
func restricted(template corev1.PodTemplateSpec) []violation {
	s := &standard{pod: &template.Spec}
	s.host()
	s.volumes()
	s.podContext()
	for _, key := range slices.Sorted(maps.Keys(template.Annotations)) {
		const appArmor = "container.apparmor.security.beta.kubernetes.io/"
		value := template.Annotations[key]
		if strings.HasPrefix(key, appArmor) && value != "" && value != "runtime/default" && !strings.HasPrefix(value,
			"localhost/") {
			s.fail("spec.template.metadata.annotations["+key+"]", "the AppArmor profile %q is not allowed", value)
		}
	}
	for _, list := range []struct {
		name       string
		containers []corev1.Container
	}{{"initContainers", s.pod.InitContainers}, {"containers", s.pod.Containers}} {
		for i := range list.containers {
			s.path = fmt.Sprintf("%s[%s].", list.name, list.containers[i].Name)
			s.container(&list.containers[i])
		}
	}
	return s.found
}

type standard struct {
	pod   *corev1.PodSpec
	path  string // of a container, below the pod's spec
	found []violation
}

func (s *standard) fail(field, format string, args ...any) {
	s.found = append(s.found, violation{field, fmt.Sprintf(format, args...)})
}

// at reports a field of the pod or of the current container.
func (s *standard) at(field, format string, args ...any) {
	s.fail("spec.template.spec."+s.path+field, format, args...)
}

func (s *standard) host() {
	for _, f := range []struct {
		name string
		set  bool
	}{{"hostNetwork", s.pod.HostNetwork}, {"hostPID", s.pod.HostPID}, {"hostIPC", s.pod.HostIPC}} {
		if f.set {
			s.at(f.name, "pods do not share with their node")
		}
	}
}

func (s *standard) volumes() {
	for _, v := range s.pod.Volumes {
		allowed := v.ConfigMap != nil || v.CSI != nil || v.DownwardAPI != nil || v.EmptyDir != nil ||
			v.Ephemeral != nil || v.Image != nil || v.PersistentVolumeClaim != nil || v.Projected != nil ||
			v.Secret != nil
		switch {
		case v.HostPath != nil:
			s.at("volumes["+v.Name+"].hostPath", "pods do not share with their node")
		case !allowed && v.VolumeSource != (corev1.VolumeSource{}):
			s.at("volumes["+v.Name+"]", "this type of volume is not allowed")
		}
	}
}

// sysctls that are safe, because they count for the pod alone.
var sysctls = []string{
	"kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.ip_unprivileged_port_start",
	"net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range", "net.ipv4.ip_local_reserved_ports",
	"net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl",
	"net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem",
	"net.ipv4.tcp_slow_start_after_idle", "net.ipv4.tcp_notsent_lowat",
}

func (s *standard) podContext() {
	c := s.pod.SecurityContext
	if c == nil {
		return
	}
	for _, sysctl := range c.Sysctls {
		if !slices.Contains(sysctls, sysctl.Name) {
			s.at("securityContext.sysctls["+sysctl.Name+"]", "is not a safe one")
		}
	}
	s.profiles(c.AppArmorProfile, c.SELinuxOptions, c.SeccompProfile, c.WindowsOptions)
	s.user(c.RunAsUser)
}

// profiles are what a pod and a container may both set.
func (s *standard) profiles(
	a *corev1.AppArmorProfile, l *corev1.SELinuxOptions, p *corev1.SeccompProfile,
	w *corev1.WindowsSecurityContextOptions,
) {
	if a != nil && a.Type != corev1.AppArmorProfileTypeRuntimeDefault && a.Type != corev1.AppArmorProfileTypeLocalhost {
		s.at("securityContext.appArmorProfile", "%q is not allowed", a.Type)
	}
	if l != nil {
		types := []string{"", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"}
		if !slices.Contains(types, l.Type) || l.User != "" || l.Role != "" {
			s.at("securityContext.seLinuxOptions", "only a type of containers may be set")
		}
	}
	if p != nil && !confined(p) {
		s.at("securityContext.seccompProfile", "%q is not allowed", p.Type)
	}
	if w != nil && w.HostProcess != nil && *w.HostProcess {
		s.at("securityContext.windowsOptions.hostProcess", "pods do not share with their node")
	}
}

func confined(p *corev1.SeccompProfile) bool {
	return p != nil && (p.Type == corev1.SeccompProfileTypeRuntimeDefault ||
		p.Type == corev1.SeccompProfileTypeLocalhost)
}

func (s *standard) user(user *int64) {
	if user != nil && *user == 0 {
		s.at("securityContext.runAsUser", "0 is root")
	}
}

func (s *standard) ports(c *corev1.Container) {
	for _, p := range c.Ports {
		if p.HostPort != 0 {
			s.at(fmt.Sprintf("ports[%s].hostPort", p.Name), "pods do not share with their node")
		}
	}
}

func (s *standard) container(c *corev1.Container) {
	s.ports(c)
	s.probes(c)
	own := c.SecurityContext
	if own == nil {
		own = &corev1.SecurityContext{}
	}
	if isTrue(own.Privileged) {
		s.at("securityContext.privileged", "containers are not privileged")
	}
	if own.ProcMount != nil && *own.ProcMount != corev1.DefaultProcMount {
		s.at("securityContext.procMount", "%q is not allowed", *own.ProcMount)
	}
	s.profiles(own.AppArmorProfile, own.SELinuxOptions, own.SeccompProfile, own.WindowsOptions)
	s.user(own.RunAsUser)
	if own.AllowPrivilegeEscalation == nil || *own.AllowPrivilegeEscalation {
		s.at("securityContext.allowPrivilegeEscalation", "must be false")
	}
	pod := s.pod.SecurityContext
	if pod == nil {
		pod = &corev1.PodSecurityContext{}
	}
	if nonRoot := own.RunAsNonRoot; nonRoot == nil && !isTrue(pod.RunAsNonRoot) || nonRoot != nil && !*nonRoot {
		s.at("securityContext.runAsNonRoot", "must be true, here or for the pod")
	}
	if own.SeccompProfile == nil && pod.SeccompProfile == nil {
		s.at("securityContext.seccompProfile", "must be RuntimeDefault or Localhost, here or for the pod")
	}
	s.capabilities(own.Capabilities)
}

func isTrue(b *bool) bool { return b != nil && *b }

func (s *standard) capabilities(c *corev1.Capabilities) {
	if c == nil || !slices.Contains(c.Drop, "ALL") {
		s.at("securityContext.capabilities.drop", "must have ALL")
	}
	if c == nil {
		return
	}
	for _, added := range c.Add {
		if added != "NET_BIND_SERVICE" {
			s.at("securityContext.capabilities.add", "%s is not allowed", added)
		}
	}
}

// probes may not reach beyond the pod.
func (s *standard) probes(c *corev1.Container) {
	check := func(field string, h *corev1.HTTPGetAction, t *corev1.TCPSocketAction) {
		if h != nil && h.Host != "" {
			s.at(field+".httpGet.host", "must be empty")
		}
		if t != nil && t.Host != "" {
			s.at(field+".tcpSocket.host", "must be empty")
		}
	}
	for _, p := range []struct {
		name  string
		probe *corev1.Probe
	}{{"livenessProbe", c.LivenessProbe}, {"readinessProbe", c.ReadinessProbe}, {"startupProbe", c.StartupProbe}} {
		if p.probe != nil {
			check(p.name, p.probe.HTTPGet, p.probe.TCPSocket)
		}
	}
	if c.Lifecycle == nil {
		return
	}
	for _, h := range []struct {
		name    string
		handler *corev1.LifecycleHandler
	}{{"lifecycle.postStart", c.Lifecycle.PostStart}, {"lifecycle.preStop", c.Lifecycle.PreStop}} {
		if h.handler != nil {
			check(h.name, h.handler.HTTPGet, h.handler.TCPSocket)
		}
	}
}
