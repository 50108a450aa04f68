package verify

import (
	"fmt"
	"slices"
	"strings"

	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/flink"
	"github.com/flinktarget/flinktarget/internal/secrets"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/labels"
)

func containersOf(podSpec tree.Map) []any {
	return slices.Concat(tree.Items(podSpec, "initContainers"), tree.Items(podSpec, "containers"))
}

// pods checks what the parts of a workload's pods say of each other.
func (v *verifier) pods() {
	spec := tree.Child(v.object, "spec", "template", "spec")
	v.path = append(v.path[:0], tree.Step{Name: "spec"}, tree.Step{Name: "template"}, tree.Step{Name: "spec"})
	defer func() { v.path = v.path[:0] }()
	volumes, names := map[string]bool{}, map[string]bool{}
	v.unique(spec, "volumes[]", "name", volumes)
	v.visit(spec, "volumes[]", v.volume)
	v.reference("serviceAccountName", "ServiceAccount", tree.String(spec, "serviceAccountName"))
	for _, list := range [...]string{"initContainers[]", "containers[]"} {
		v.unique(spec, list, "name", names)
		v.visit(spec, list, func(c tree.Map) {
			v.image(c, spec)
			v.env(c)
			v.mounts(c, volumes)
			v.handlers(c)
			v.resources(c)
			v.resizing(c, spec)
		})
	}
	v.visit(spec, "initContainers[]", v.initContainer)
	p := v.pod(spec)
	v.flink(p)
	v.across(p)
}

func (v *verifier) volume(m tree.Map) {
	v.visit(m, "configMap", v.files)
	v.visit(m, "projected.sources[].configMap", v.files)
	paths := map[string]bool{}
	v.visit(m, "projected.sources[]", func(source tree.Map) {
		for _, items := range [...]string{"configMap.items[]", "downwardAPI.items[]", "secret.items[]"} {
			v.unique(source, items, "path", paths)
		}
	})
}

// files checks that the files of a volume are in the ConfigMap that it names.
func (v *verifier) files(source tree.Map) {
	o := v.configMapOf(source)
	v.visit(source, "items[]", func(item tree.Map) { v.key(o, item) })
}

// configMapOf returns the ConfigMap that a reference names, nil if that is not ours.
func (v *verifier) configMapOf(reference tree.Map) tree.Map {
	if reference["optional"] == true {
		return nil
	}
	return v.reference("name", "ConfigMap", tree.String(reference, "name"))
}

func (v *verifier) key(configMap, reference tree.Map) {
	key := tree.String(reference, "key")
	_, text := tree.Get(configMap, "data", key)
	_, binary := tree.Get(configMap, "binaryData", key)
	if configMap != nil && !text && !binary {
		v.fail("key", "the ConfigMap has no "+secrets.Name(key))
	}
}

// mainContainers are names that other tools have for Flink's container: Flink's own
// integration and its operator, and manifests of Flink's documentation.
var mainContainers = []string{"flink-main-container", "jobmanager", "taskmanager", "flink"}

// image reports a container without an image, which is, most of all, what a patch adds
// that has the name of a container wrong.
func (v *verifier) image(c, spec tree.Map) {
	if !empty(c["image"]) {
		return
	}
	var others []string
	for _, o := range containersOf(spec) {
		if name := tree.String(o, "name"); name != "" && tree.String(o, "image") != "" {
			others = append(others, name)
		}
	}
	message := "required; containers of this pod with an image are " + strings.Join(others, ", ")
	name := tree.String(c, "name")
	main := flink.ContainerPrefix + tree.String(v.object, "metadata", "labels", labels.KeyComponent)
	if best := decode.Misspelt(name, others); best != "" {
		message += "; did you mean " + best + "?"
	} else if slices.Contains(mainContainers, name) && slices.Contains(others, main) {
		message += "; Flink's container is called " + main
	} else {
		message += "; a container of your own needs an image, and a pod template or patch that means one of these " +
			"needs its name; a patch of objects may select the pods of one component (labelSelector: component=…)"
	}
	v.fail("image", message)
}

func (v *verifier) env(c tree.Map) {
	v.unique(c, "env[]", "name", map[string]bool{})
	v.visit(c, "env[].valueFrom.configMapKeyRef", func(ref tree.Map) { v.key(v.configMapOf(ref), ref) })
	v.visit(c, "envFrom[].configMapRef", func(ref tree.Map) { v.configMapOf(ref) })
}

func (v *verifier) mounts(c tree.Map, volumes map[string]bool) {
	v.unique(c, "volumeMounts[]", "mountPath", map[string]bool{})
	v.visit(c, "volumeMounts[]", func(m tree.Map) {
		if name := tree.String(m, "name"); name != "" && !volumes[name] {
			v.fail("name", "there is no volume "+secrets.Name(name))
		}
	})
}

// calls are where probes and hooks call a port.
var calls = [...]string{"startupProbe.httpGet", "startupProbe.tcpSocket", "readinessProbe.httpGet",
	"readinessProbe.tcpSocket", "livenessProbe.httpGet", "livenessProbe.tcpSocket", "lifecycle.postStart.httpGet",
	"lifecycle.postStart.tcpSocket", "lifecycle.preStop.httpGet", "lifecycle.preStop.tcpSocket"}

// handlers checks that ports that probes and hooks call by their names exist.
func (v *verifier) handlers(c tree.Map) {
	ports := map[string]bool{}
	v.unique(c, "ports[]", "name", ports)
	action := func(a tree.Map) {
		if port := tree.String(a, "port"); port != "" && !ports[port] {
			v.fail("port", "the container has no port of that name, "+secrets.Name(port))
		}
	}
	for _, call := range calls {
		v.visit(c, call, action)
	}
}

// resizing: a container that is not to be started again cannot be resized by that.
func (v *verifier) resizing(c, spec tree.Map) {
	v.unique(c, "resizePolicy[]", "resourceName", map[string]bool{})
	v.visit(c, "resizePolicy[]", func(policy tree.Map) {
		if spec["restartPolicy"] == "Never" && policy["restartPolicy"] == "RestartContainer" {
			v.fail("restartPolicy",
				"must be NotRequired when the pod's restartPolicy is Never, as in the JobManager's Job")
		}
	})
}

// initContainer: one that ends has no probes and no hooks. One with
// restartPolicy: Always is a sidecar.
func (v *verifier) initContainer(c tree.Map) {
	for _, name := range [...]string{"startupProbe", "readinessProbe", "livenessProbe", "lifecycle"} {
		if c[name] != nil && c["restartPolicy"] != "Always" {
			v.fail(name, "must not be set in init containers without restartPolicy: Always")
		}
	}
}

// resources checks that quantities are not negative, that requests do not exceed
// limits, and that Flink fits into its limit.
func (v *verifier) resources(c tree.Map) {
	v.path.Enter("resources")
	defer v.path.Leave()
	limits, requests := tree.Child(c, "resources", "limits"), tree.Child(c, "resources", "requests")
	for list, values := range map[string]tree.Map{"limits": limits, "requests": requests} {
		for name, value := range values {
			if q, _ := quantity(value); q.Sign() < 0 {
				v.fail(list+"."+name, "must not be negative")
			}
			if message := resourceName(name); message != "" {
				v.fail(list+"."+name, message)
			}
		}
	}
	for name := range requests {
		request, ok := quantity(requests[name])
		limit, limited := quantity(limits[name])
		switch {
		case !ok:
		case limited && request.Cmp(limit) > 0:
			v.fail("requests."+name, "the request "+request.String()+" must not be more than the limit "+limit.String()+
				"; change both")
		case !shared(name) && (!limited || request.Cmp(limit) != 0):
			v.fail("requests."+name, "must be equal to the limit of such a resource")
		}
	}
	container := tree.String(c, "name")
	if limit, ok := quantity(limits["memory"]); ok && limit.CmpInt64(v.want.Process[container]) < 0 {
		v.fail("limits.memory", fmt.Sprintf("%s are less than the %s that Flink is told to take (%s): "+
			"change resources of the Deployment or SessionCluster, which sets both",
			limit.String(), flink.FormatMiB(v.want.Process[container]),
			strings.TrimPrefix(container, flink.ContainerPrefix)+".memory.process.size"))
	}
}
