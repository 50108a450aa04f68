package policytest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/flinktarget/flinktarget/render"
	"github.com/flinktarget/flinktarget/render/rendertest"
)

// A policy returns what is against it, one problem an entry.
type policy func(render.Manifests) []string

// Why each exists belongs into its name or beside it: people read it when it fails.
var policies = map[string]policy{
	"every container has limits": limits,
	"images are our own":         images,
	"nothing of the node":        host,
}

// limits: without them, one job takes the memory of all others on its node.
func limits(m render.Manifests) (problems []string) {
	for c := range rendertest.Containers(m) {
		if c.Resources.Limits.Cpu().IsZero() {
			problems = append(problems, fmt.Sprintf("%s: no limit of cpu", c))
		}
		if c.Resources.Limits.Memory().IsZero() {
			problems = append(problems, fmt.Sprintf("%s: no limit of memory", c))
		}
	}
	return problems
}

// images: those of our registry are scanned, and stay.
func images(m render.Manifests) (problems []string) {
	const registry = "registry.example.com/"
	for c := range rendertest.Containers(m) {
		if !strings.HasPrefix(c.Image, registry) {
			problems = append(problems, fmt.Sprintf("%s: %s is not from %s", c, c.Image, registry))
		}
	}
	return problems
}

// host: a pod that sees its node sees the pods of others.
func host(m render.Manifests) (problems []string) {
	for p := range rendertest.Pods(m) {
		if p.Template.Spec.HostNetwork {
			problems = append(problems, fmt.Sprintf("%s: hostNetwork", p))
		}
		for _, v := range p.Template.Spec.Volumes {
			if v.HostPath != nil {
				problems = append(problems, fmt.Sprintf("%s: the volume %s is %s of the node", p, v.Name, v.HostPath.Path))
			}
		}
	}
	return problems
}

func TestPolicies(t *testing.T) {
	m := rendertest.Dir(t, "deployments")
	for name, policy := range policies {
		t.Run(name, func(t *testing.T) {
			for _, problem := range policy(m) {
				t.Error(problem)
			}
		})
	}
	// What the platform itself promises: labels, selectors, namespaces, security.
	t.Run("the platform's rules", func(t *testing.T) { rendertest.Check(t, m) })
}

// A policy that has never refused anything may be one that cannot.
func TestPoliciesRefuse(t *testing.T) {
	m := rendertest.Dir(t, "testdata/refused")
	for name, policy := range policies {
		t.Run(name, func(t *testing.T) {
			problems := policy(m)
			if len(problems) == 0 {
				t.Error("nothing was refused")
			}
			for _, problem := range problems {
				if !strings.Contains(problem, "SessionCluster default/scratch") {
					t.Errorf("%q does not name the resource", problem)
				}
				t.Log(problem)
			}
		})
	}
	if len(rendertest.Problems(m)) == 0 {
		t.Error("pods with hostPath are not restricted")
	}
}
