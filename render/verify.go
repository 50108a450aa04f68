package render

import (
	"fmt"
	"strings"

	"github.com/flinktarget/flinktarget/internal/tree"
)

// VerifyError reports objects that would not work together, though each may be
// legal: what a target's patches left. It is ErrInvalid for errors.Is.
type VerifyError struct {
	// Problems has one line for each problem: object, field, what is wrong.
	Problems []string
}

// Error lists the problems, one a line.
func (e *VerifyError) Error() string { return strings.Join(e.Problems, "\n") }

// Is reports whether target is ErrInvalid.
func (e *VerifyError) Is(target error) bool { return target == ErrInvalid }

// verify is the last look at a set of objects before it is handed out.
func verify(objects []tree.Map) []string {
	v := &verifier{objects: objects}
	for _, o := range objects {
		if template := tree.Child(o, "spec", "template"); template != nil {
			v.workload(o, template)
		}
		if tree.String(o, "kind") == "Service" {
			v.service(o)
		}
	}
	return v.problems
}

type verifier struct {
	objects  []tree.Map
	problems []string
}

func (v *verifier) fail(o tree.Map, path, format string, args ...any) {
	v.problems = append(v.problems, fmt.Sprintf("%s: %s: %s", Object{tree: o}, path, fmt.Sprintf(format, args...)))
}

func (v *verifier) workload(o, template tree.Map) {
	labels := tree.Strings(template, "metadata", "labels")
	if selector := tree.Strings(o, "spec", "selector", "matchLabels"); !subset(selector, labels) {
		v.fail(o, "spec.selector", "does not select the pods of its own template")
	}
	spec := tree.Child(template, "spec")
	volumes := v.unique(o, "spec.template.spec.volumes", tree.Items(spec, "volumes"), "name")
	names := map[string]bool{}
	for _, list := range [...]string{"initContainers", "containers"} {
		for i, e := range tree.Items(spec, list) {
			container, path := asMap(e), fmt.Sprintf("spec.template.spec.%s[%d]", list, i)
			name := tree.String(container, "name")
			if names[name] {
				v.fail(o, path+".name", "%q is the name of another container", name)
			}
			names[name] = true
			v.container(o, container, path, volumes)
		}
	}
	for _, e := range tree.Items(spec, "volumes") {
		if name := tree.String(e, "configMap", "name"); strings.HasSuffix(name, "-flink-config") && !v.has("ConfigMap", name) {
			v.fail(o, "spec.template.spec.volumes", "there is no ConfigMap %s", name)
		}
	}
}

func (v *verifier) container(o, container tree.Map, path string, volumes map[string]bool) {
	if tree.String(container, "image") == "" {
		v.fail(o, path+".image", "container %q has no image; a patch may mean a container of another component (select with labelSelector: component=…)", tree.String(container, "name"))
	}
	v.unique(o, path+".env", tree.Items(container, "env"), "name")
	v.unique(o, path+".ports", tree.Items(container, "ports"), "name")
	mounts := tree.Items(container, "volumeMounts")
	v.unique(o, path+".volumeMounts", mounts, "mountPath")
	for i, m := range mounts {
		if name := tree.String(m, "name"); !volumes[name] {
			v.fail(o, fmt.Sprintf("%s.volumeMounts[%d].name", path, i), "there is no volume %q", name)
		}
	}
}

// unique reports elements with the same key, and returns the keys.
func (v *verifier) unique(o tree.Map, path string, list []any, key string) map[string]bool {
	seen := map[string]bool{}
	for i, e := range list {
		name := tree.String(e, key)
		if name != "" && seen[name] {
			v.fail(o, fmt.Sprintf("%s[%d].%s", path, i, key), "%q stands twice", name)
		}
		seen[name] = true
	}
	return seen
}

// service checks that a Service reaches pods of this set, on ports that they have.
func (v *verifier) service(o tree.Map) {
	selector := tree.Strings(o, "spec", "selector")
	for _, w := range v.objects {
		template := tree.Child(w, "spec", "template")
		if template == nil || !subset(selector, tree.Strings(template, "metadata", "labels")) {
			continue
		}
		for i, p := range tree.Items(o, "spec", "ports") {
			name := tree.String(p, "targetPort")
			if name != "" && !hasPort(template, name) {
				v.fail(o, fmt.Sprintf("spec.ports[%d].targetPort", i), "%s has no port %q", Object{tree: w}, name)
			}
		}
		return
	}
	v.fail(o, "spec.selector", "selects no pods of this set")
}

func hasPort(template tree.Map, name string) bool {
	for _, c := range tree.Items(template, "spec", "containers") {
		for _, p := range tree.Items(c, "ports") {
			if tree.String(p, "name") == name {
				return true
			}
		}
	}
	return false
}

func (v *verifier) has(kind, name string) bool {
	for _, o := range v.objects {
		if tree.String(o, "kind") == kind && tree.String(o, "metadata", "name") == name {
			return true
		}
	}
	return false
}

func subset(part, whole map[string]string) bool {
	for k, v := range part {
		if got, ok := whole[k]; !ok || got != v {
			return false
		}
	}
	return true
}

func asMap(v any) tree.Map {
	m, _ := v.(map[string]any)
	return m
}
