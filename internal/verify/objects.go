package verify

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/internal/flink"
	"github.com/flinktarget/flinktarget/internal/secrets"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/internal/yaml"
	"github.com/flinktarget/flinktarget/labels"
)

// objectChecks are what is looked at of objects beyond their fields, by kind.
var objectChecks = map[string][]func(*verifier){
	"ConfigMap":               {(*verifier).configMap},
	"Deployment":              {(*verifier).deployment, (*verifier).pods},
	"HorizontalPodAutoscaler": {(*verifier).autoscaler},
	"Ingress":                 {(*verifier).ingress},
	"Job":                     {(*verifier).pods},
	"NetworkPolicy":           {(*verifier).networkPolicy},
	"PodDisruptionBudget":     {(*verifier).selectsPods},
	"PodMonitor":              {(*verifier).podMonitor},
	"RoleBinding":             {(*verifier).roleBinding},
	"Service":                 {(*verifier).service},
}

// maxConfigMap is Kubernetes' limit for the values of a ConfigMap.
const maxConfigMap = 1 << 20

func (v *verifier) configMap() {
	size, configured := 0, false
	for _, field := range [...]string{"data", "binaryData"} {
		values := tree.Child(v.object, field)
		for _, key := range tree.Keys(values) {
			text, _ := values[key].(string)
			if size += len(text); field == "binaryData" {
				size -= len(text) / 4 // base64
			}
			if v.want.Version.ReadsConfig(key) {
				configured = true
				_, other := values[v.want.Version.ConfigFile] // which Flink prefers
				if field == "data" && (key == v.want.Version.ConfigFile || !other) {
					v.configFile("data["+key+"]", key, text)
				}
			}
			for _, message := range validation.IsConfigMapKey(key) {
				v.fail(field+"["+key+"]", message)
			}
		}
	}
	if size > maxConfigMap {
		v.fail("data", fmt.Sprintf("must be at most %d bytes, but is %d: mount large files from other volumes",
			maxConfigMap, size))
	}
	if !configured {
		v.fail("data", "must have "+v.want.Version.ConfigFile+", without which Flink does not start")
	}
}

// configFile checks that a patch has left what the renderer sets in Flink's configuration.
func (v *verifier) configFile(at, file, text string) {
	var missing []string
	for key := range v.want.Config {
		line := key + ":"
		if flink.Owned(key) != "" && !strings.HasPrefix(text, line) && !strings.Contains(text, "\n"+line) {
			missing = append(missing, key)
		}
	}
	if len(missing) > 0 && strings.HasSuffix(file, "config.yaml") { // where a key may be a map of others
		keys := map[string]bool{}
		roots, _ := yaml.Parse(file, []byte(text))
		for _, root := range roots {
			if root != nil {
				flatten("", root.Value(), keys)
			}
		}
		missing = slices.DeleteFunc(missing, func(key string) bool { return keys[key] })
	}
	if len(missing) > 0 {
		slices.Sort(missing)
		v.report(flinktarget.Problem{Rule: "configuration-file", Message: "must have " + strings.Join(missing, ", ") +
			", which the renderer sets: write options into flinkConfiguration, instead of replacing the file"}, at)
	}
}

// flatten collects the keys of values as Flink reads them: those of maps are joined by dots.
func flatten(prefix string, value any, keys map[string]bool) {
	m, ok := value.(tree.Map)
	if !ok {
		keys[strings.TrimPrefix(prefix, ".")] = true
	}
	for key, value := range m {
		flatten(prefix+"."+key, value, keys)
	}
}

// service checks that a Service reaches the pods of one workload, on ports that
// they have.
func (v *verifier) service() {
	spec := tree.Child(v.object, "spec")
	template := v.selects("spec.selector", tree.Child(spec, "selector"))
	if tree.String(spec, "clusterIP") != "None" && empty(spec["ports"]) {
		v.fail("spec.ports", "required")
	}
	v.unique(v.object, "spec.ports[]", "name", map[string]bool{})
	seen, several := map[string]bool{}, len(tree.Items(spec, "ports")) > 1
	v.visit(v.object, "spec.ports[]", func(p tree.Map) {
		name, target := tree.String(p, "name"), tree.String(p, "targetPort")
		number := fmt.Sprint(p["port"], "/", cmp.Or(tree.String(p, "protocol"), "TCP"))
		if name == "" && several {
			v.fail("name", "required with several ports; a strategic merge finds a port of a Service by its number")
		}
		if seen[number] {
			v.fail("port", "must be unique: another port has the same number and protocol (TCP if it is not set)")
		}
		// Without a template, the Service selects no pods, which selects reports.
		if target != "" && template != nil && !hasPort(template, target) {
			v.fail("targetPort", "the pods have no port of that name, "+target)
		}
		seen[number] = true
	})
}

func hasPort(template tree.Map, name string) bool {
	return slices.ContainsFunc(tree.Items(template, "spec", "containers"), func(c any) bool {
		return slices.ContainsFunc(tree.Items(c, "ports"), named(name))
	})
}

// podMonitor checks that Prometheus finds pods with the ports that it names.
func (v *verifier) podMonitor() {
	templates := v.selected(tree.Child(v.object, "spec", "selector", "matchLabels"))
	v.visit(v.object, "spec.podMetricsEndpoints[]", func(e tree.Map) {
		name := tree.String(e, "port")
		has := func(template tree.Map) bool { return hasPort(template, name) }
		if name != "" && !slices.ContainsFunc(templates, has) {
			v.fail("port", "the pods have no port of that name, "+name)
		}
	})
}

// selects checks that the selector at a path matches the pods of exactly one workload of
// the set, and returns their template.
func (v *verifier) selects(path string, selector tree.Map) tree.Map {
	found := v.selected(selector)
	if len(found) != 1 {
		v.fail(path, fmt.Sprintf("must select the pods of one workload of this set, but selects those of %d",
			len(found)))
		return nil
	}
	return found[0]
}

// selected returns the pod templates with these labels.
func (v *verifier) selected(selector tree.Map) []tree.Map {
	var found []tree.Map
	for _, o := range v.objects {
		template := tree.Child(o, "spec", "template")
		if len(selector) > 0 && tree.Subset(selector, tree.Child(template, "metadata", "labels")) {
			found = append(found, template)
		}
	}
	return found
}

// roleBinding checks that what it binds exists, as far as that is ours.
func (v *verifier) roleBinding() {
	if ref := tree.Child(v.object, "roleRef"); ref["kind"] == "Role" {
		v.reference("roleRef.name", "Role", tree.String(ref, "name"))
	}
	v.visit(v.object, "subjects[]", func(s tree.Map) {
		if s["kind"] == "ServiceAccount" && s["namespace"] == tree.String(v.object, "metadata", "namespace") {
			v.reference("name", "ServiceAccount", tree.String(s, "name"))
		}
	})
}

// reference checks that the object that the field at a path names exists, if the name is
// one of ours, and returns it. Other objects are the user's, and not known here.
func (v *verifier) reference(path, kind, name string) tree.Map {
	if v.want.Cluster == "" || name != v.want.Cluster && !strings.HasPrefix(name, v.want.Cluster+"-") {
		return nil
	}
	for _, o := range v.objects {
		if tree.String(o, "kind") == kind && tree.String(o, "metadata", "name") == name {
			return o
		}
	}
	v.fail(path, "there is no "+kind+" "+secrets.Name(name)+" in this set")
	return nil
}

// needed are the ports on which components serve each other.
var needed = map[string][]int64{
	labels.JobManager.String():  {flink.PortJobManagerRPC, flink.PortBlobServer},
	labels.TaskManager.String(): {flink.PortTaskManagerData, flink.PortTaskManagerRPC},
}

// networkPolicy checks that it leaves open what Flink does not run without.
func (v *verifier) networkPolicy() {
	template := v.selects("spec.podSelector", tree.Child(v.object, "spec", "podSelector", "matchLabels"))
	if !slices.Contains(tree.Items(v.object, "spec", "policyTypes"), any("Ingress")) {
		return
	}
	for _, port := range needed[tree.String(template, "metadata", "labels", labels.KeyComponent)] {
		opens := func(p any) bool {
			n, _ := whole(tree.Child(p)["port"])
			return n == port
		}
		if !slices.ContainsFunc(tree.Items(v.object, "spec", "ingress"), func(rule any) bool {
			ports := tree.Items(rule, "ports")
			return len(ports) == 0 || slices.ContainsFunc(ports, opens)
		}) {
			v.fail("spec.ingress", fmt.Sprintf("must open port %d for the other pods of Flink; a merge replaces the "+
				"list, so add to it with an operation, path /spec/ingress/-", port))
		}
	}
}

// ingress checks that its paths lead to ports of the Service, as far as that is ours.
func (v *verifier) ingress() {
	lead := func(backend tree.Map) {
		port := tree.Child(backend, "port")
		service := v.reference("name", "Service", tree.String(backend, "name"))
		same := func(p any) bool {
			p, _ = p.(tree.Map)
			return tree.Equal(tree.Child(p)["name"], port["name"]) || tree.Equal(tree.Child(p)["port"], port["number"])
		}
		if service != nil && !slices.ContainsFunc(tree.Items(service, "spec", "ports"), same) {
			v.fail("port", "the Service has no such port")
		}
	}
	v.visit(v.object, "spec.rules[].http.paths[].backend.service", lead)
	v.visit(v.object, "spec.defaultBackend.service", lead)
}

// autoscaler checks that there is what it scales, and something to go by.
func (v *verifier) autoscaler() {
	deployment := v.reference("spec.scaleTargetRef.name", "Deployment",
		tree.String(v.object, "spec", "scaleTargetRef", "name"))
	v.visit(v.object, "spec.metrics[].containerResource", func(m tree.Map) {
		containers, resource := tree.Items(deployment, "spec", "template", "spec", "containers"), tree.String(m, "name")
		i := slices.IndexFunc(containers, named(tree.String(m, "container")))
		switch {
		case empty(m["container"]) || resource == "": // which is reported as required
		case i < 0:
			v.fail("container", "the pods have no container of that name")
		case tree.Child(containers[i], "resources", "requests")[resource] == nil &&
			tree.Child(containers[i], "resources", "limits")[resource] == nil:
			v.fail("name", "the container requests no "+resource+", of which to know how much it uses")
		}
	})
}

func (v *verifier) selectsPods() {
	v.selects("spec.selector", tree.Child(v.object, "spec", "selector", "matchLabels"))
}

func (v *verifier) deployment() {
	v.selectsPods()
	spec := tree.Child(v.object, "spec")
	component := tree.String(spec, "template", "metadata", "labels", labels.KeyComponent)
	if n, _ := whole(spec["replicas"]); n > 1 && component == labels.JobManager.String() && v.want.Single {
		v.fail("spec.replicas", "must not be more than 1 without high availability: each leads a cluster of its own")
	}
}
