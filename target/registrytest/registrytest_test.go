package registrytest_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/target"
	"github.com/flinktarget/flinktarget/target/registrytest"
)

func faults() []fault { return slices.Concat(targetFaults, holdFaults, raceFaults) }

func open(f fault) registrytest.Registry {
	r := &faulty{Registry: registrytest.Adapt(new(target.Registry))}
	f.spoil(r)
	return r
}

// TestFaultsAreFound proves that every case can fail, and that the cases which
// must notice a fault do.
func TestFaultsAreFound(t *testing.T) {
	found := map[string]bool{}
	for _, f := range faults() {
		t.Run(f.name, func(t *testing.T) {
			var broken []string
			for _, c := range registrytest.Cases() {
				ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
				if f.name == "locked while iterating" {
					ctx, cancel = context.WithTimeout(t.Context(), 200*time.Millisecond) // it hangs
				}
				if err := c.Check(ctx, open(f)); err != nil {
					broken = append(broken, c.Name)
					found[c.Name] = true
				}
				cancel()
			}
			for _, name := range f.breaks {
				assert.Assert(t, slices.Contains(broken, name), "%s finds nothing wrong; found by %v", name, broken)
			}
		})
	}
	for _, c := range registrytest.Cases() {
		assert.Assert(t, found[c.Name], "no fault breaks the case %s", c.Name)
	}
}

// TestEveryCaseHasAFault wants a fault for each case that is there for its rule.
func TestEveryCaseHasAFault(t *testing.T) {
	broken := map[string]bool{}
	for _, f := range faults() {
		for _, name := range f.breaks {
			broken[name] = true
		}
	}
	seen := map[string]bool{}
	for _, c := range registrytest.Cases() {
		assert.Assert(t, broken[c.Name], "no fault is there to break the case %s", c.Name)
		assert.Assert(t, !seen[c.Name] && c.Rule != "", "the case %s needs a name of its own and a rule", c.Name)
		seen[c.Name] = true
	}
}

func TestTheModelFindsFaults(t *testing.T) {
	for _, f := range faults() {
		if !f.modelToo {
			continue
		}
		t.Run(f.name, func(t *testing.T) {
			for seed := range uint64(50) {
				if registrytest.CompareWithModel(t.Context(), open(f), seed, 500) != nil {
					return
				}
			}
			t.Error("50 random sequences found nothing wrong")
		})
	}
}

func TestCorrectRegistry(t *testing.T) {
	registrytest.Run(t, func(*testing.T) registrytest.Registry {
		return &faulty{Registry: registrytest.Adapt(new(target.Registry))}
	})
	assert.NilError(t, registrytest.CompareWithModel(t.Context(), registrytest.Adapt(new(target.Registry)), 1, 500))
}
