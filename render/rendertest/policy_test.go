package rendertest

import (
	"strings"
	"testing"

	"gotest.tools/v3/assert"

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
	assert.Assert(t, strings.HasPrefix(errs[0], "containers: Deployment staging/job-"), errs[0])
	assert.Assert(t, strings.HasSuffix(errs[0],
		" (Deployment default/orders-by-hour): spec.template.spec.containers[flink-taskmanager].image: flink:1.20.5 1"),
		errs[0])
	assert.Assert(t, strings.HasSuffix(errs[1], ": spec.template.spec.containers[flink-taskmanager]: twice"), errs[1])
	assert.Assert(t, strings.HasSuffix(errs[4], ": spec.template.spec.hostNetwork: x"), errs[4])
	assert.Assert(t, strings.HasSuffix(errs[8], ": spec.type: x"), errs[8])

	errs = record(func(t testing.TB) { CheckRefused(t, m, containers, nothing, pods) })
	assert.Equal(t, len(errs), 1)
	assert.Assert(t, strings.HasPrefix(errs[0], "nothing: "), errs[0])
}

// A policy that is made by hand need not repeat its name.
func TestPolicyByHand(t *testing.T) {
	p := Policy{Name: "by hand", Find: func(render.Manifests) []Problem {
		return []Problem{{Object: "x", Message: "y"}, {Rule: "own", Object: "x", Message: "y"}}
	}}
	errs := record(func(t testing.TB) { CheckPolicies(t, rendered(t, resources), p) })
	assert.Assert(t, len(errs) == 2 && strings.HasPrefix(errs[0], "by hand: ") && strings.HasPrefix(errs[1], "own: "),
		"%q", errs)
}
