package policytest

import (
	"strings"
	"testing"

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
}

func TestPolicies(t *testing.T) {
	// A patch that matches nothing is mostly a misspelt one.
	m := rendertest.Dir(t, "deployments", render.StrictPatches())
	rendertest.CheckPolicies(t, m, policies...)
	// What the platform itself promises: labels, selectors, namespaces, security.
	rendertest.Check(t, m)
}

// Resources that break every policy: one that has never refused anything may be one
// that cannot.
func TestPoliciesRefuse(t *testing.T) {
	rendertest.CheckRefused(t, rendertest.Dir(t, "testdata/refused"), policies...)
}
