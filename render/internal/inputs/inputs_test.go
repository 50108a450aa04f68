package inputs_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/render"
	"github.com/flinktarget/flinktarget/render/internal/inputs"
)

const seeds = 1000

func TestInputsRender(t *testing.T) {
	refused := 0
	for seed := range uint64(seeds) {
		in := inputs.New(seed)
		var out bytes.Buffer
		err := render.YAML(&out, bytes.NewReader(in.Text()), in.Options()...)
		if err != nil {
			refused++
			if refused <= 10 {
				t.Errorf("seed %d (%v): %v", seed, in.Notes, err)
			}
		}
		assert.Assert(t, err != nil || out.Len() > 0)
	}
	if refused > 0 {
		t.Errorf("%d of %d are refused", refused, seeds)
	}
}

func TestSameSeedSameInput(t *testing.T) {
	for seed := range uint64(50) {
		assert.Equal(t, string(inputs.New(seed).Text()), string(inputs.New(seed).Text()))
	}
}

// Without this, a generator that makes one input over and over would satisfy all
// others.
func TestInputsVary(t *testing.T) {
	counts := map[string]int{}
	texts := map[string]bool{}
	for seed := range uint64(seeds) {
		in := inputs.New(seed)
		texts[string(in.Text())] = true
		for _, note := range in.Notes {
			counts[note]++
		}
		b, err := deployment.ParseAll("input.yaml", in.Text())
		assert.NilError(t, err, "seed %d\n%s", seed, in.Text())
		assert.Equal(t, len(b.Targets), 1)
	}
	assert.Equal(t, len(texts), seeds)
	for _, note := range []string{"Deployment", "SessionCluster", "patches", "high availability", "pods",
		"pod templates", "sidecar", "TLS", "budgets", "flink 1.15", "flink 2.2", "artifact s3://", "artifact https",
		"artifact local"} {
		assert.Assert(t, slices.ContainsFunc(strings.Split(note, "|"),
			func(n string) bool { return counts[n] > seeds/50 }), "%s: %d", note, counts[note])
	}
}
