package rendertest

import (
	"slices"
	"strings"

	"github.com/flinktarget/flinktarget/internal/tree"
)

// A limit is a field that may be left out, or have what the Pod Security Standard
// "restricted" allows. In its path, * is each element of a list.
type limit struct {
	field   string
	allowed func(v any) bool
	message string
}

func only(values ...any) func(any) bool {
	return func(v any) bool { return slices.Contains(values, v) }
}

// confined are the types of profiles that confine a container.
func confined(v any) bool { return only("RuntimeDefault", "Localhost")(tree.String(v, "type")) }

const (
	shared   = "pods do not share with their node"
	profiles = "must be RuntimeDefault or Localhost"
)

// What Kubernetes documents on its page "Pod Security Standards": of pods, of pods and
// containers, and of containers.
var (
	podLimits = []limit{
		{"hostNetwork", only(false), shared},
		{"hostPID", only(false), shared},
		{"hostIPC", only(false), shared},
		{"volumes.*.hostPath", only(), shared},
		{"volumes.*", allowedVolume, "this type of volume is not allowed"},
		{"securityContext.sysctls.*", safeSysctl, "is not a safe one"},
	}
	limits = []limit{
		{"securityContext.appArmorProfile", confined, profiles},
		{"securityContext.seLinuxOptions", ofContainers, "only a type of containers may be set"},
		{"securityContext.seccompProfile", confined, profiles},
		{"securityContext.windowsOptions.hostProcess", only(false), shared},
		{"securityContext.runAsUser", func(v any) bool { return v != int64(0) }, "0 is root"},
	}
	containerLimits = []limit{
		{"ports.*.hostPort", only(int64(0)), shared},
		{"securityContext.privileged", only(false), "containers are not privileged"},
		{"securityContext.procMount", only("Default"), "must be Default"},
		{"securityContext.capabilities.add.*", only("NET_BIND_SERVICE"), "must be NET_BIND_SERVICE, or empty"},
	}
	handlers = []string{"livenessProbe", "readinessProbe", "startupProbe", "lifecycle.postStart", "lifecycle.preStop"}
)

func allowedVolume(v any) bool {
	volume, _ := v.(tree.Map)
	for key, source := range volume {
		ok := only("name", "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image",
			"persistentVolumeClaim", "projected", "secret", "hostPath")(key) // of the last, another limit tells
		if !ok && source != nil {
			return false
		}
	}
	return true
}

// safeSysctl knows those that count for the pod alone.
func safeSysctl(v any) bool {
	return only("kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.ip_unprivileged_port_start",
		"net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range", "net.ipv4.ip_local_reserved_ports",
		"net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl",
		"net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem",
		"net.ipv4.tcp_slow_start_after_idle", "net.ipv4.tcp_notsent_lowat")(tree.String(v, "name"))
}

func ofContainers(v any) bool {
	types := only("", "container_t", "container_init_t", "container_kvm_t", "container_engine_t")
	return types(tree.String(v, "type")) && tree.String(v, "user")+tree.String(v, "role") == ""
}

// restricted reports the fields of a pod template that "restricted" does not allow.
func restricted(template tree.Map, fail Report) {
	const spec = "spec.template.spec"
	pod := tree.Child(template, "spec")
	check(pod, spec, podLimits, fail)
	check(pod, spec, limits, fail)
	annotations := tree.Strings(template, "metadata", "annotations")
	for _, key := range tree.Keys(annotations) {
		value := annotations[key]
		if strings.HasPrefix(key, "container.apparmor.security.beta.kubernetes.io/") &&
			!only("", "runtime/default")(value) && !strings.HasPrefix(value, "localhost/") {
			fail("spec.template.metadata.annotations["+key+"]", "the AppArmor profile %q is not allowed", value)
		}
	}
	for _, list := range []string{"initContainers", "containers"} {
		walk(pod, spec, []string{list, "*"}, func(at string, container any) {
			check(container, at, containerLimits, fail)
			check(container, at, limits, fail)
			for _, handler := range handlers {
				for _, action := range []string{".httpGet.host", ".tcpSocket.host"} {
					check(container, at, []limit{{handler + action, only(""), "must be empty"}}, fail)
				}
			}
			unsaid(container, pod, at+".securityContext.", fail)
		})
	}
}

// unsaid reports what a container does not say, and its pod neither.
func unsaid(container, pod any, at string, fail Report) {
	own, ofPod := tree.Child(container, "securityContext"), tree.Child(pod, "securityContext")
	if own["allowPrivilegeEscalation"] != false {
		fail(at+"allowPrivilegeEscalation", "must be false")
	}
	if own["runAsNonRoot"] != true && (own["runAsNonRoot"] != nil || ofPod["runAsNonRoot"] != true) {
		fail(at+"runAsNonRoot", "must be true, here or for the pod")
	}
	if own["seccompProfile"] == nil && ofPod["seccompProfile"] == nil {
		fail(at+"seccompProfile", "%s, here or for the pod", profiles)
	}
	if !slices.Contains(tree.Items(own, "capabilities", "drop"), any("ALL")) {
		fail(at+"capabilities.drop", "must have ALL")
	}
}

func check(v any, at string, limits []limit, fail Report) {
	for _, l := range limits {
		walk(v, at, strings.Split(l.field, "."), func(at string, v any) {
			if !l.allowed(v) {
				fail(at, "%s", l.message)
			}
		})
	}
}

// walk calls f with what is set at the end of a path. Elements are called by their names.
func walk(v any, at string, path []string, f func(at string, v any)) {
	switch {
	case v == nil:
	case len(path) == 0:
		f(at, v)
	case path[0] == "*":
		list, _ := v.([]any)
		for _, e := range list {
			below := at
			if m, ok := e.(tree.Map); ok {
				below += "[" + tree.String(m, "name") + "]"
			}
			walk(e, below, path[1:], f)
		}
	default:
		below, _ := tree.Get(v, path[0])
		walk(below, at+"."+path[0], path[1:], f)
	}
}
