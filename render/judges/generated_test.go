package judges

import (
	"bytes"
	"os"
	"strconv"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/render"
	"github.com/flinktarget/flinktarget/render/internal/inputs"
)

// howMany inputs are generated: 500, or what INPUTS says.
func howMany(t *testing.T) uint64 {
	t.Helper()
	text := os.Getenv("INPUTS")
	if text == "" {
		return 500
	}
	n, err := strconv.ParseUint(text, 10, 32)
	assert.NilError(t, err)
	return n
}

func renderer(t *testing.T, in inputs.Input) *render.Renderer {
	t.Helper()
	r, err := render.New(in.Options()...)
	assert.NilError(t, err)
	return r
}

func renderBundle(r *render.Renderer, text []byte) ([]map[string]any, error) {
	b, err := deployment.ParseAll("input.yaml", text)
	if err != nil {
		return nil, err
	}
	m, err := r.Bundle(b, nil)
	if err != nil {
		return nil, err
	}
	var out []map[string]any
	for o := range m.All() {
		out = append(out, o.Map())
	}
	return out, nil
}

// Every legal input renders, and no judge refuses what comes of it.
func TestGeneratedInputs(t *testing.T) {
	objects, patched := 0, 0
	for seed := range howMany(t) {
		in := inputs.New(seed)
		rendered, err := renderBundle(renderer(t, in), in.Text())
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, in.Text())
		}
		objects += len(rendered)
		if bytes.Contains(in.Text(), []byte("deploymentPatchSet")) {
			patched++
		}
		for _, refusal := range judge(rendered...) {
			t.Errorf("seed %d: %s", seed, refusal)
		}
		if t.Failed() {
			t.Fatalf("%s", in.Text())
		}
	}
	t.Logf("%d inputs, %d of them with patches, %d objects", howMany(t), patched, objects)
	assert.Assert(t, objects > 0 && patched >= int(howMany(t))/3)
}
