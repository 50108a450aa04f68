package rendertest

import (
	"fmt"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/render"
)

func TestPolicies(t *testing.T) {
	m := rendered(t, resources)
	seen := map[string]int{}
	containers := EachContainer("containers", func(c Container, report Report) {
		seen["container"]++
		if c.Name == "flink-taskmanager" {
			report("image", "%s %d", c.Image, 1)
			report("", "twice")
		}
	})
	pods := EachPod("pods", func(p Pod, report Report) {
		seen["pod"]++
		report("spec.hostNetwork", "x")
	})
	objects := EachObject("objects", func(o render.Object, report Report) {
		seen["object"]++
		if o.Kind() == "Service" {
			report("spec.type", "x")
		}
	})
	nothing := EachObject("nothing", func(render.Object, Report) {})

	errs := record(func(t testing.TB) { CheckPolicies(t, m, containers, pods, objects, nothing) })
	assert.DeepEqual(t, seen, map[string]int{"container": 4, "pod": 4, "object": m.Len()})
	assert.Equal(t, len(errs), 2*2+4+2, "%q", errs)
	assert.Assert(t, strings.HasPrefix(errs[0], "containers: Deployment default/orders-by-hour: Deployment staging/job-"), errs[0])
	assert.Assert(t, strings.HasSuffix(errs[0],
		"-taskmanager: spec.template.spec.containers[flink-taskmanager].image: flink:1.20.5 1"),
		errs[0])
	assert.Assert(t, strings.HasSuffix(errs[1], ": spec.template.spec.containers[flink-taskmanager]: twice"), errs[1])
	assert.Assert(t, strings.HasSuffix(errs[4], ": spec.template.spec.hostNetwork: x"), errs[4])
	assert.Assert(t, strings.HasSuffix(errs[8], ": spec.type: x"), errs[8])

	errs = record(func(t testing.TB) { CheckRefused(t, m, containers, nothing, pods) })
	assert.Equal(t, len(errs), 1)
	assert.Assert(t, strings.HasPrefix(errs[0], "nothing: "), errs[0])
}

// A policy about a whole set sees each resource by itself.
func TestEachSet(t *testing.T) {
	budgets := EachSet("budgets", func(set render.Manifests, report Report) {
		for o := range set.All() {
			if o.Kind() == "PodDisruptionBudget" {
				return
			}
		}
		report("", "no PodDisruptionBudget among %d objects", set.Len())
	})
	check := func(m render.Manifests) []string {
		return record(func(t testing.TB) { CheckPolicies(t, m, budgets) })
	}
	const of = "budgets: %s: no PodDisruptionBudget among 4 objects"
	assert.DeepEqual(t, check(rendered(t, resources)), []string{
		fmt.Sprintf(of, "Deployment default/orders-by-hour"), fmt.Sprintf(of, "SessionCluster default/sql")})
	several := strings.Replace(strings.ReplaceAll(resources, "flinkVersion: 2.1", "flinkVersion: 2.1, numberOfTaskManagers: 2"),
		"    spec:\n      artifact", "    spec:\n      parallelism: 2\n      artifact", 1)
	assert.Equal(t, len(check(rendered(t, several, render.PodDisruptionBudgets()))), 0)
	assert.Equal(t, len(check(render.Manifests{})), 0)
}

// Each resource comes with its own warnings, whatever its labels make of its name.
func TestEachSetHasWarnings(t *testing.T) {
	var got []string
	warned := EachSet("no warnings", func(set render.Manifests, report Report) {
		for _, w := range set.Warnings() {
			got = append(got, w.Resource+": "+w.Rule)
			report(w.Field, "%s", w.Message)
		}
	})
	m := rendered(t, strings.Replace(resources, "      artifact",
		`      flinkConfiguration: {s3.secret-key: abcdefghijkl}
      artifact`, 1))
	errs := record(func(t testing.TB) { CheckPolicies(t, m, warned) })
	assert.DeepEqual(t, got, []string{"Deployment default/Orders, by hour: plain-secret",
		"Deployment default/Orders, by hour: derived-id"})
	assert.Assert(t, len(errs) == 2 && strings.HasPrefix(errs[0], "no warnings: Deployment default/orders-by-hour: "),
		"%q", errs)
}

// A policy that is made by hand need not repeat its name.
func TestPolicyByHand(t *testing.T) {
	p := Policy{Name: "by hand", Find: func(render.Manifests) []flinktarget.Problem {
		return []flinktarget.Problem{{Object: "x", Message: "y"}, {Rule: "own", Object: "x", Message: "y"}}
	}}
	errs := record(func(t testing.TB) { CheckPolicies(t, rendered(t, resources), p) })
	assert.Assert(t, len(errs) == 2 && strings.HasPrefix(errs[0], "by hand: ") && strings.HasPrefix(errs[1], "own: "),
		"%q", errs)
}
