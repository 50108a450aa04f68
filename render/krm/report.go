package krm

import (
	"fmt"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/fn/framework"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/labels"
)

// report adds an error about a field of a source; nil is the list.
func (f *function) report(s *source, origin, path, message string) *framework.Result {
	r := &framework.Result{Severity: framework.Error, Message: message, Tags: rule(origin)}
	if s != nil {
		r.ResourceRef, r.File = s.ref, s.file
		path = tree.Join(s.field, path)
	}
	if path != "" {
		r.Field = &framework.Field{Path: path}
	}
	f.results = append(f.results, r)
	return r
}

// rule returns the tags of a result.
func rule(name string) map[string]string {
	if name == "" {
		return nil
	}
	return map[string]string{"rule": name}
}

// problems adds what an error consists of. Where it is not about one source, the resource
// of a problem says which it is about: a target, if a patch introduced the problem.
func (f *function) problems(s *source, err error) {
	for p := range flinktarget.Problems(err) {
		f.problem(s, p)
	}
}

func (f *function) problem(s *source, p flinktarget.Problem) {
	resource, path, message := p.Resource, p.Field, p.Message
	if p.Option != "" {
		message += " (option " + p.Option + ")"
	}
	if p.Cause != nil {
		resource, path = p.Cause.Resource, p.Cause.Field
		for _, part := range []string{p.Field, p.Object} {
			if part != "" {
				message = part + ": " + message
			}
		}
	}
	if s == nil {
		if s = f.of[resource]; p.Resource != "" && (s == nil || resource != p.Resource) {
			message = p.Resource + ": " + message
		}
	}
	f.report(s, p.Rule, path, message+hint(s, path)).Severity = framework.Severity(p.Severity)
}

// hint explains a version that lost its last digit before it came here.
func hint(s *source, path string) string {
	if s == nil || !strings.HasSuffix(path, "flinkVersion") {
		return ""
	}
	n, err := s.node.Pipe(yaml.Lookup(strings.Split(path, ".")...))
	if err != nil || n.IsNilOrEmpty() || n.YNode().Tag != yaml.NodeTagFloat {
		return ""
	}
	return fmt.Sprintf("; kustomize hands on %s0 as %s where it is not quoted: write flinkVersion: \"%s0\" if that "+
		"is meant", n.YNode().Value, n.YNode().Value, n.YNode().Value)
}

// Options of Flink that have names of Kubernetes.
const address, restAddress, namespace = "jobmanager.rpc.address", "rest.address", "kubernetes.namespace"

// What is wrong, and what cures it, where a name or a namespace was changed.
const (
	renamed = "must name the Service, which is called %s: Flink would not find %s; remove namePrefix and nameSuffix " +
		"from the kustomization"
	moved = "must be the namespace of the objects, %s: Flink would not find them in %s; remove namespace from the " +
		"kustomization, and set that of the DeploymentTarget"
)

// checkReferences reports objects of earlier runs whose names or namespaces are no longer
// those that the text of Flink's configuration has: kustomize changes references in fields
// of objects, and knows nothing of texts.
func (f *function) checkReferences(items []*yaml.RNode) {
	services := map[string]string{} // names, by cluster and namespace
	for _, n := range items {
		if isRendered(n) && n.GetKind() == "Service" {
			services[clusterOf(n)] = n.GetName()
			if id := n.GetLabels()[labels.KeySessionClusterID]; id != "" {
				services["session-"+id+n.GetNamespace()] = n.GetName()
			}
		}
	}
	for _, n := range items {
		if !isRendered(n) || n.GetKind() != "ConfigMap" {
			continue
		}
		want := map[string]string{address: services[clusterOf(n)], namespace: n.GetNamespace()}
		texts := map[string]string{address: renamed, restAddress: renamed, namespace: moved}
		data := n.GetDataMap()
		for _, file := range [...]string{"flink-conf.yaml", "config.yaml"} {
			for line := range strings.Lines(data[file]) {
				option, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
				if option == restAddress { // of who submits a job to a session cluster
					cluster := strings.TrimSuffix(strings.Trim(value, `"`), "-"+labels.JobManager.String())
					want[option] = services[cluster+n.GetNamespace()]
				}
				if value = strings.Trim(value, `"`); want[option] != "" && want[option] != value {
					f.report(&source{ref: refOf(n), file: fileOf(n)}, "configuration-reference", "data["+file+"]",
						option+" "+fmt.Sprintf(texts[option], want[option], value))
				}
			}
		}
	}
}

// clusterOf returns what objects of a Flink cluster have in common, whatever they are called.
func clusterOf(n *yaml.RNode) string {
	set := n.GetLabels()
	return set[labels.KeyApp] + set[labels.KeyJobID] + set[labels.KeySessionClusterID] + n.GetNamespace()
}
