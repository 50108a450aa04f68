package verify

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/flink"
	"github.com/flinktarget/flinktarget/internal/tree"
)

// pods checks what the parts of a workload's pods say of each other.
func (v *verifier) pods() {
	spec := tree.Child(v.object, "spec", "template", "spec")
	v.enter("spec")
	v.enter("template")
	v.enter("spec")
	volumes := map[string]bool{}
	v.unique(spec, "volumes", "name", volumes)
	v.each(spec, "volumes", v.volume)
	v.reference("ServiceAccount", tree.String(spec, "serviceAccountName"), "serviceAccountName")
	v.spread(spec)
	names := map[string]bool{}
	for _, list := range [...]string{"initContainers", "containers"} {
		v.unique(spec, list, "name", names)
		v.each(spec, list, func(c tree.Map) {
			v.image(c, spec)
			v.container(c, volumes)
			v.resizing(c, tree.String(spec, "restartPolicy"))
			if grace, ok := whole(spec["terminationGracePeriodSeconds"]); ok {
				v.sleep(c, grace)
			}
		})
	}
	v.each(spec, "initContainers", v.initContainer)
	v.flink(spec)
	v.path = v.path[:0]
}

// resizing: a container that is not to be started again cannot be resized by that.
func (v *verifier) resizing(c tree.Map, restartPolicy string) {
	v.unique(c, "resizePolicy", "resourceName", map[string]bool{})
	v.each(c, "resizePolicy", func(policy tree.Map) {
		if restartPolicy == "Never" && tree.String(policy, "restartPolicy") == "RestartContainer" {
			v.fail("must be NotRequired when the pod's restartPolicy is Never, as in the JobManager's Job", "restartPolicy")
		}
	})
}

// spread finds constraints that say the same.
func (v *verifier) spread(spec tree.Map) {
	seen := map[[2]string]bool{}
	v.each(spec, "topologySpreadConstraints", func(c tree.Map) {
		key := [2]string{tree.String(c, "topologyKey"), tree.String(c, "whenUnsatisfiable")}
		if seen[key] {
			v.fail("another constraint has the same topologyKey and whenUnsatisfiable")
		}
		seen[key] = true
	})
}

func (v *verifier) volume(m tree.Map) {
	v.source(m, "configMap")
	v.below(m, "projected", func(p tree.Map) {
		paths := map[string]bool{}
		v.each(p, "sources", func(s tree.Map) {
			v.source(s, "configMap")
			for _, source := range [...]string{"configMap", "downwardAPI", "secret"} {
				v.below(s, source, func(s tree.Map) { v.unique(s, "items", "path", paths) })
			}
		})
	})
}

// source checks files that are to come from our ConfigMap.
func (v *verifier) source(m tree.Map, field string) {
	v.below(m, field, func(s tree.Map) {
		if s["optional"] == true {
			return
		}
		if o := v.reference("ConfigMap", tree.String(s, "name"), "name"); o != nil {
			v.each(s, "items", func(item tree.Map) { v.key(o, tree.String(item, "key"), "key") })
		}
	})
}

func (v *verifier) key(configMap tree.Map, key string, path ...string) {
	_, text := tree.Get(configMap, "data", key)
	_, binary := tree.Get(configMap, "binaryData", key)
	if !text && !binary {
		v.fail("the ConfigMap has no "+key, path...)
	}
}

// image wants one for each container. Without one is, most of all, what a patch adds
// that has the name of a container wrong.
func (v *verifier) image(c, spec tree.Map) {
	if !empty(c["image"]) {
		return
	}
	var others []string
	for _, list := range [...]string{"initContainers", "containers"} {
		for _, o := range tree.Items(spec, list) {
			if name := tree.String(o, "name"); !empty(tree.Child(o)["image"]) && name != "" {
				others = append(others, name)
			}
		}
	}
	message := "the container has no image; those of this pod that have one are " + strings.Join(others, ", ")
	if best := decode.Misspelt(tree.String(c, "name"), others); best != "" {
		message += "; did you mean " + best + "?"
	} else {
		message += "; a patch may mean a container of another component (select that with labelSelector: component=…)"
	}
	v.fail(message, "image")
}

func (v *verifier) container(c tree.Map, volumes map[string]bool) {
	v.env(c)
	v.mounts(c, volumes)
	ports := map[string]bool{}
	v.unique(c, "ports", "name", ports)
	for _, name := range [...]string{"startupProbe", "readinessProbe", "livenessProbe"} {
		v.below(c, name, func(probe tree.Map) { v.handler(probe, ports) })
	}
	v.below(c, "lifecycle", func(l tree.Map) {
		for _, name := range [...]string{"postStart", "preStop"} {
			v.below(l, name, func(h tree.Map) { v.handler(h, ports) })
		}
	})
	v.below(c, "resources", func(r tree.Map) { v.resources(r, tree.String(c, "name")) })
}

// handler checks that a port that is called by its name is there.
func (v *verifier) handler(m tree.Map, ports map[string]bool) {
	for _, name := range [...]string{"httpGet", "tcpSocket"} {
		v.below(m, name, func(action tree.Map) {
			if port := tree.String(action, "port"); port != "" && !ports[port] {
				v.fail("the container has no port of that name, "+port, "port")
			}
		})
	}
}

func (v *verifier) env(c tree.Map) {
	v.unique(c, "env", "name", map[string]bool{})
	v.each(c, "env", func(e tree.Map) {
		ref := tree.Child(e, "valueFrom", "configMapKeyRef")
		if ref == nil || ref["optional"] == true {
			return
		}
		v.enter("valueFrom")
		v.enter("configMapKeyRef")
		if o := v.reference("ConfigMap", tree.String(ref, "name"), "name"); o != nil {
			v.key(o, tree.String(ref, "key"), "key")
		}
		v.leave()
		v.leave()
	})
	v.each(c, "envFrom", func(e tree.Map) {
		if ref := tree.Child(e, "configMapRef"); ref["optional"] != true {
			v.reference("ConfigMap", tree.String(ref, "name"), "configMapRef", "name")
		}
	})
}

func (v *verifier) mounts(c tree.Map, volumes map[string]bool) {
	v.unique(c, "volumeMounts", "mountPath", map[string]bool{})
	v.each(c, "volumeMounts", func(m tree.Map) {
		if name := tree.String(m, "name"); name != "" && !volumes[name] {
			v.fail("there is no volume "+name, "name")
		}
	})
}

// initContainer: one that ends has no probes and no hooks. One with
// restartPolicy: Always is a sidecar.
func (v *verifier) initContainer(c tree.Map) {
	if c["restartPolicy"] == "Always" {
		return
	}
	for _, name := range [...]string{"startupProbe", "readinessProbe", "livenessProbe", "lifecycle"} {
		if c[name] != nil {
			v.fail("it is for init containers with restartPolicy: Always", name)
		}
	}
}

func (v *verifier) sleep(c tree.Map, grace int64) {
	for _, name := range [...]string{"postStart", "preStop"} {
		if n, ok := whole(tree.Child(c, "lifecycle", name, "sleep")["seconds"]); ok && n > grace {
			v.fail(fmt.Sprintf("it is longer than terminationGracePeriodSeconds, %d", grace), "lifecycle", name, "sleep", "seconds")
		}
	}
}

// resources checks that quantities are not negative, that requests do not exceed
// limits, and that Flink fits into its limit.
func (v *verifier) resources(r tree.Map, container string) {
	limits, requests := tree.Child(r, "limits"), tree.Child(r, "requests")
	for _, m := range [...]struct {
		name   string
		values tree.Map
	}{{"limits", limits}, {"requests", requests}} {
		for _, name := range tree.Keys(m.values) {
			if q, _ := quantity(m.values[name]); q.Sign() < 0 {
				v.fail("it is negative", m.name, name)
			}
			if message := resourceName(name); message != "" {
				v.fail(message, m.name, name)
			}
		}
	}
	for _, name := range tree.Keys(requests) {
		request, ok := quantity(requests[name])
		limit, limited := quantity(limits[name])
		shared := name == "cpu" || name == "memory" || name == "ephemeral-storage"
		switch {
		case !ok:
		case limited && request.Cmp(limit) > 0:
			v.fail("the request "+request.String()+" is more than the limit "+limit.String()+"; change both", "requests", name)
		case !shared && (!limited || request.Cmp(limit) != 0):
			v.fail("request and limit of such a resource are the same", "requests", name)
		}
	}
	if limit, ok := quantity(limits["memory"]); ok && limit.CmpInt64(v.want.Process[container]) < 0 {
		v.fail(fmt.Sprintf("%s are less than the %s that Flink is told to take (%s): change resources of the Deployment or SessionCluster, which sets both",
			limit.String(), flink.FormatMiB(v.want.Process[container]), strings.TrimPrefix(container, flink.ContainerPrefix)+".memory.process.size"), "limits", "memory")
	}
}

func resourceName(name string) string {
	switch {
	case name == "cpu", name == "memory", name == "ephemeral-storage", strings.HasPrefix(name, "hugepages-"):
		return ""
	case !strings.Contains(name, "/"):
		return "containers have cpu, memory, ephemeral-storage, hugepages-SIZE, and others with a domain in their name"
	default:
		return strings.Join(validation.IsQualifiedName(name), "; ")
	}
}
