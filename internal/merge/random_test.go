package merge_test

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/merge"
	"github.com/flinktarget/flinktarget/internal/tree"
)

// setting returns the number in an environment variable; usual without one. The
// tests read MERGE_SEED, MERGE_KUSTOMIZE (cases against a kustomize build) and
// MERGE_KYAML (cases against kyaml's merge).
func setting(t testing.TB, name string, usual int) int {
	t.Helper()
	if text, ok := os.LookupEnv(name); ok {
		n, err := strconv.Atoi(text)
		assert.NilError(t, err)
		return n
	}
	return usual
}

func seeded(t testing.TB) *rand.Rand {
	seed := setting(t, "MERGE_SEED", 1)
	t.Logf("MERGE_SEED=%d", seed)
	return rand.New(rand.NewPCG(uint64(seed), 0))
}

func (s sample) schema() merge.Schema {
	return merge.Of(kinds.TypeMeta{APIVersion: s.apiVersion, Kind: s.kind})
}

func TestRandomAgainstKustomize(t *testing.T) {
	r := seeded(t)
	retypings := 0
	for range setting(t, "MERGE_KUSTOMIZE", 120) {
		s := newSample(r, false)
		if m, ok := s.patch["metadata"]; ok && m == nil {
			continue // such a patch has no name, and kustomize does not take it
		}
		got, want := ours(s.object, s.patch, s.schema()), built(t, s.object, s.patch)
		got, want = got.withoutEmptyMetadata(), want.withoutEmptyMetadata()
		merged := kyamlMerge(s.object, s.patch).withoutEmptyMetadata()
		assert.Assert(t, merged.equal(got), "%v\nours   %v\nMerge  %v", s, got, merged)
		if got.equal(want) {
			continue
		}
		assert.Assert(t, got.err == nil && want.err == nil && retyped(asAny(got.object), asAny(want.object)),
			"%v\nours      %v\nkustomize %v", s, got, want)
		retypings++
	}
	t.Logf("%d results in which kustomize made a string of a number or boolean", retypings)
}

// The samples would prove nothing if patches hardly ever met what they patch.
func TestSamplesMeet(t *testing.T) {
	r := seeded(t)
	met, deployments := 0, 0
	for range 1000 {
		s := newSampleOf(r, false, kindShapes[0])
		deployments++
		named := map[any]bool{}
		for _, e := range tree.Items(s.object, "spec", "template", "spec", "containers") {
			named[e.(map[string]any)["name"]] = true
		}
		for _, e := range tree.Items(s.patch, "spec", "template", "spec", "containers") {
			if m := e.(map[string]any); named[m["name"]] && len(m) > 2 {
				met++
				break
			}
		}
	}
	t.Logf("in %d of %d Deployments a container is patched", met, deployments)
	assert.Assert(t, met*10 > deployments)
}

func TestRandomAgainstKyaml(t *testing.T) {
	r := seeded(t)
	failed, deleted, n := 0, 0, setting(t, "MERGE_KYAML", 1200)
	for i := range n {
		s := newSample(r, i%4 == 0)
		got, want := ours(s.object, s.patch, s.schema()), kyamlMerge(s.object, s.patch)
		assert.Assert(t, got.equal(want), "%v\nours  %v\nkyaml %v", s, got, want)
		if got.err != nil {
			failed++
		}
		if got.deleted {
			deleted++
		}
	}
	t.Logf("%d cases, both failed in %d, both deleted in %d", n, failed, deleted)
	assert.Assert(t, failed < n/4 && deleted < n/4)
}
