package policytest

import (
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"

	"github.com/flinktarget/flinktarget/labels"
	"github.com/flinktarget/flinktarget/render"
	"github.com/flinktarget/flinktarget/render/rendertest"
)

// Why each exists belongs beside it: people read it when it fails.
var policies = []rendertest.Policy{
	// Without them, one job takes the memory of all others on its node.
	rendertest.EachContainer("every container has limits", func(c rendertest.Container, report rendertest.Report) {
		if c.Resources.Limits.Cpu().IsZero() {
			report("resources.limits.cpu", "is missing")
		}
		if c.Resources.Limits.Memory().IsZero() {
			report("resources.limits.memory", "is missing")
		}
	}),
	// Those of our registry are scanned, and stay.
	rendertest.EachContainer("images are our own", func(c rendertest.Container, report rendertest.Report) {
		if !strings.HasPrefix(c.Image, "registry.example.com/") {
			report("image", "%s is from elsewhere", c.Image)
		}
	}),
	// A pod that sees its node sees the pods of others.
	rendertest.EachPod("nothing of the node", func(p rendertest.Pod, report rendertest.Report) {
		if p.Template.Spec.HostNetwork {
			report("spec.hostNetwork", "is the node's")
		}
		for _, v := range p.Template.Spec.Volumes {
			if v.HostPath != nil {
				report("spec.volumes["+v.Name+"].hostPath", "%s is the node's", v.HostPath.Path)
			}
		}
	}),
	// A node that is drained takes one TaskManager at a time.
	rendertest.EachSet("a PodDisruptionBudget exists", func(set render.Manifests, report rendertest.Report) {
		for o := range set.All() {
			if o.Kind() == "PodDisruptionBudget" {
				return
			}
		}
		report("", "there is none among %d objects", set.Len())
	}),
	// One that is lost leaves another to go on.
	rendertest.EachObject("two TaskManagers", func(o render.Object, report rendertest.Report) {
		if component := o.Labels()[labels.KeyComponent]; o.Kind() != "Deployment" || component != "taskmanager" {
			return
		}
		d, err := render.As[appsv1.Deployment](o)
		if err != nil {
			report("", "%v", err)
		} else if d.Spec.Replicas == nil || *d.Spec.Replicas < 2 {
			report("spec.replicas", "must be at least 2")
		}
	}),
	// Namespaces of ours have quotas.
	rendertest.EachObject("namespaces are our own", func(o render.Object, report rendertest.Report) {
		if !slices.Contains([]string{"streams-production", "streams-staging"}, o.Namespace()) {
			report("metadata.namespace", "%s is not one of ours", o.Namespace())
		}
	}),
}

func TestPolicies(t *testing.T) {
	// A patch that matches nothing is mostly a misspelt one.
	m := rendertest.Dir(t, "deployments", render.StrictPatches(), render.PodDisruptionBudgets())
	rendertest.CheckPolicies(t, m, policies...)
	// What the platform itself promises: labels, selectors, namespaces, security.
	rendertest.Check(t, m)
	// What is rendered is reviewed with what is written: RENDERTEST_UPDATE=1 go test ./...
	rendertest.Golden(t, m, "testdata/deployments.golden.yaml")
}

// Resources that break every policy: one that has never refused anything may be one
// that cannot.
func TestPoliciesRefuse(t *testing.T) {
	rendertest.CheckRefused(t, rendertest.Dir(t, "testdata/refused"), policies...)
}
