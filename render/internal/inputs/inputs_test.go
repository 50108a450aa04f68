package inputs_test

import (
	"bytes"
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
				t.Errorf("seed %d:\n%s\n%v", seed, in.Text(), err)
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
	parts := []string{"kind: Deployment\n", "kind: SessionCluster\n", "deploymentPatchSet:", "high-availability", "pods:",
		"jobManagerPodTemplate:", "name: sidecar", "flink.security.ssl.enabled:", `flinkVersion: "1.15`, `flinkVersion: "2.2`,
		"jarUri: s3:", "jarUri: https:", "jarUri: local:", "initContainers:"}
	counts := map[string]int{}
	texts := map[string]bool{}
	for seed := range uint64(seeds) {
		in := inputs.New(seed)
		texts[string(in.Text())] = true
		for _, part := range parts {
			if strings.Contains(string(in.Text()), part) {
				counts[part]++
			}
		}
		if in.Budgets {
			counts["budgets"]++
		}
		b, err := deployment.ParseAll("input.yaml", in.Text())
		assert.NilError(t, err, "seed %d\n%s", seed, in.Text())
		assert.Equal(t, len(b.Targets), 1)
	}
	assert.Equal(t, len(texts), seeds)
	for _, part := range append(parts, "budgets") {
		assert.Assert(t, counts[part] > seeds/50, "%s: %d", part, counts[part])
	}
}
