package krm

import (
	"fmt"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/flinktarget/flinktarget/labels"
)

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
