package verify

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/labels"
)

// maxConfigMap is Kubernetes' limit for the values of a ConfigMap.
const maxConfigMap = 1 << 20

func (v *verifier) configMap() {
	size := 0
	for _, field := range [...]string{"data", "binaryData"} {
		values := tree.Child(v.object, field)
		for _, key := range tree.Keys(values) {
			text, _ := values[key].(string)
			if size += len(text); field == "binaryData" {
				size -= len(text) / 4 // base64
			}
			if plainWord(key) {
				continue
			}
			for _, message := range validation.IsConfigMapKey(key) {
				v.fail(message, field, "["+key+"]")
			}
		}
	}
	if size > maxConfigMap {
		v.fail(fmt.Sprintf("it has %d bytes; Kubernetes takes %d in a ConfigMap: mount large files from a volume of their own", size, maxConfigMap), "data")
	}
	if !slices.ContainsFunc(configKeys(v.object), v.want.Version.ReadsConfig) {
		v.fail("there is no "+v.want.Version.ConfigFile+", without which Flink does not start", "data")
	}
}

// service checks that a Service reaches the pods of one workload, on ports that
// they have.
func (v *verifier) service() {
	v.enter("spec")
	defer v.leave()
	spec := tree.Child(v.object, "spec")
	template := v.selects(tree.Strings(spec, "selector"), "selector")
	kind, several := tree.String(spec, "type"), len(tree.Items(spec, "ports")) > 1
	if kind != "" && kind != "ClusterIP" && tree.String(spec, "clusterIP") == "None" {
		v.fail("type: "+kind+" needs an address", "clusterIP")
	}
	names, numbers := map[string]bool{}, map[string]bool{}
	v.each(spec, "ports", func(p tree.Map) {
		name, number := tree.String(p, "name"), fmt.Sprint(p["port"], "/", tree.String(p, "protocol"))
		switch {
		case name == "" && several:
			v.fail("ports have names where there are several; a strategic merge finds a port of a Service by its number", "name")
		case names[name]:
			v.fail("another port has the same name", "name")
		case numbers[number]:
			v.fail("another port has the same number", "port")
		}
		names[name], numbers[number] = true, true
		if n, _ := whole(p["nodePort"]); n != 0 && kind != "NodePort" && kind != "LoadBalancer" {
			v.fail("it is for Services of type NodePort and LoadBalancer", "nodePort")
		}
		if target := tree.String(p, "targetPort"); target != "" && template != nil && !hasPort(template, target) {
			v.fail("the pods have no port of that name, "+target, "targetPort")
		}
	})
}

// selects checks that a selector means the pods of exactly one workload of the
// set, and returns their template.
func (v *verifier) selects(selector map[string]string, path ...string) tree.Map {
	var found tree.Map
	n := 0
	for _, o := range v.objects {
		template := tree.Child(o, "spec", "template")
		if len(selector) > 0 && subset(selector, tree.Strings(template, "metadata", "labels")) {
			found = template
			n++
		}
	}
	if n != 1 {
		v.fail(fmt.Sprintf("it selects the pods of %d workloads of this set, not of one", n), path...)
	}
	return found
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

// roleBinding checks that it binds what is there, as far as that is ours.
func (v *verifier) roleBinding() {
	if ref := tree.Child(v.object, "roleRef"); ref["kind"] == "Role" {
		v.reference("Role", tree.String(ref, "name"), "roleRef", "name")
	}
	v.each(v.object, "subjects", func(s tree.Map) {
		if s["kind"] == "ServiceAccount" && s["namespace"] == tree.String(v.object, "metadata", "namespace") {
			v.reference("ServiceAccount", tree.String(s, "name"), "name")
		}
	})
}

// reference checks that an object with one of our names is there. Others are the
// user's, and not to be seen from here.
func (v *verifier) reference(kind, name string, path ...string) tree.Map {
	if v.want.Cluster == "" || name != v.want.Cluster && !strings.HasPrefix(name, v.want.Cluster+"-") {
		return nil
	}
	for _, o := range v.objects {
		if tree.String(o, "kind") == kind && tree.String(o, "metadata", "name") == name {
			return o
		}
	}
	v.fail("there is no "+kind+" "+name+" in this set", path...)
	return nil
}

// maxName bounds the names that become labels of pods, or host names.
const maxName = validation.DNS1123LabelMaxLength

func (v *verifier) deployment() {
	template := tree.Child(v.object, "spec", "template")
	v.selects(tree.Strings(v.object, "spec", "selector", "matchLabels"), "spec", "selector")
	v.workload()
	if policy := tree.String(template, "spec", "restartPolicy"); policy != "" && policy != "Always" {
		v.fail("the pods of a Deployment have Always", "spec", "template", "spec", "restartPolicy")
	}
	if tree.Child(template, "spec")["activeDeadlineSeconds"] != nil {
		v.fail("it is for the pods of Jobs; those of a Deployment have no end", "spec", "template", "spec", "activeDeadlineSeconds")
	}
	replicas, _ := whole(tree.Child(v.object, "spec")["replicas"])
	if component := tree.String(template, "metadata", "labels", labels.KeyComponent); replicas > 1 && component == labels.JobManager.String() && v.want.Single {
		v.fail("several JobManagers need high availability: without it, each would lead a cluster of its own", "spec", "replicas")
	}
}

func (v *verifier) job() {
	v.workload()
	spec := tree.Child(v.object, "spec")
	if policy := tree.String(spec, "template", "spec", "restartPolicy"); policy != "Never" && policy != "OnFailure" && spec["podFailurePolicy"] == nil {
		v.fail("the pods of a Job have Never or OnFailure", "spec", "template", "spec", "restartPolicy")
	}
	var names []string
	for _, list := range [...]string{"initContainers", "containers"} {
		for _, c := range tree.Items(spec, "template", "spec", list) {
			names = append(names, tree.String(c, "name"))
		}
	}
	v.enter("spec")
	v.enter("podFailurePolicy")
	v.each(spec["podFailurePolicy"], "rules", func(rule tree.Map) {
		name := tree.String(rule, "onExitCodes", "containerName")
		if name != "" && !slices.Contains(names, name) {
			v.fail("the pods have no container "+name, "onExitCodes", "containerName")
		}
	})
	v.leave()
	v.leave()
}

func (v *verifier) workload() {
	if name := tree.String(v.object, "metadata", "name"); len(name) > maxName {
		v.fail(fmt.Sprintf("it becomes a label of pods, which has at most %d characters", maxName), "metadata", "name")
	}
}

func subset(part, whole map[string]string) bool {
	for k, v := range part {
		if got, ok := whole[k]; !ok || got != v {
			return false
		}
	}
	return true
}
