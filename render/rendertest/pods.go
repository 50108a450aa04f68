package rendertest

import (
	"fmt"
	"iter"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/flinktarget/flinktarget/labels"
	"github.com/flinktarget/flinktarget/render"
)

// A Pod is the pod template of a workload.
type Pod struct {
	// Object is the workload: a Deployment or a Job.
	Object render.Object
	// Template is a copy.
	Template corev1.PodTemplateSpec
}

// String names the workload and the resource that it was rendered from.
func (p Pod) String() string { return name(p.Object) }

// Pods yields the pod templates of all workloads, in the order of the manifests.
func Pods(m render.Manifests) iter.Seq[Pod] {
	return func(yield func(Pod) bool) {
		for o := range m.All() {
			if template, ok := podOf(o); ok && !yield(Pod{Object: o, Template: template}) {
				return
			}
		}
	}
}

// podOf returns the pod template of a workload. That it is of its type, the renderer
// has checked.
func podOf(o render.Object) (corev1.PodTemplateSpec, bool) {
	switch o.APIVersion() + " " + o.Kind() {
	case "apps/v1 Deployment":
		var d appsv1.Deployment
		err := o.Into(&d)
		return d.Spec.Template, err == nil
	case "batch/v1 Job":
		var j batchv1.Job
		err := o.Into(&j)
		return j.Spec.Template, err == nil
	default:
		return corev1.PodTemplateSpec{}, false
	}
}

// A Container is a container of a pod template.
type Container struct {
	corev1.Container
	// Pod is what it is a container of.
	Pod Pod
	// Init tells init containers from others.
	Init bool
}

// Field returns the path of the container in its workload, with its name:
// spec.template.spec.containers[flink-taskmanager].
func (c Container) Field() string {
	list := "containers"
	if c.Init {
		list = "initContainers"
	}
	return fmt.Sprintf("spec.template.spec.%s[%s]", list, c.Name)
}

// String names the workload, the resource that it was rendered from, and the container.
func (c Container) String() string { return c.Pod.String() + ": " + c.Field() }

// Containers yields the containers of all workloads, init containers first.
func Containers(m render.Manifests) iter.Seq[Container] {
	return func(yield func(Container) bool) {
		for p := range Pods(m) {
			for _, c := range p.Template.Spec.InitContainers {
				if !yield(Container{Container: c, Pod: p, Init: true}) {
					return
				}
			}
			for _, c := range p.Template.Spec.Containers {
				if !yield(Container{Container: c, Pod: p}) {
					return
				}
			}
		}
	}
}

// name returns what an object is, and in parentheses what it was rendered from, as far
// as its labels tell: names of objects are made of ids, which people do not know.
func name(o render.Object) string {
	if resource := resourceOf(o); resource != "" {
		return o.String() + " (" + resource + ")"
	}
	return o.String()
}

// resourceOf returns what an object was rendered from, "" if its labels do not tell.
func resourceOf(o render.Object) string {
	set := o.Labels()
	switch {
	case set[labels.KeyDeploymentName] != "":
		return "Deployment " + set[labels.KeyVVPNamespace] + "/" + set[labels.KeyDeploymentName]
	case set[labels.KeySessionClusterName] != "":
		return "SessionCluster " + set[labels.KeyVVPNamespace] + "/" + set[labels.KeySessionClusterName]
	}
	return ""
}
