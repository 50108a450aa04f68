package merge_test

import (
	"os"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/merge"
	"github.com/flinktarget/flinktarget/internal/tree"
)

// workload is a TaskManager Deployment of 146 lines and a patch of its pod
// template of 42 lines.
func workloadSample(t testing.TB) (obj, patch map[string]any) {
	t.Helper()
	read := func(name string) map[string]any {
		data, err := os.ReadFile("testdata/bench/" + name)
		assert.NilError(t, err)
		return parse(t, string(data))
	}
	return read("deployment.yaml"), read("patch.yaml")
}

var deploymentSchema = merge.Of(kinds.TypeMeta{APIVersion: "apps/v1", Kind: "Deployment"})

// The number of allocations is exact, so it is a test and not a benchmark.
func TestApplyAllocations(t *testing.T) {
	obj, patch := workloadSample(t)
	n := testing.AllocsPerRun(100, func() {
		if _, _, err := merge.Apply(obj, patch, deploymentSchema); err != nil {
			t.Fatal(err)
		}
	})
	t.Logf("%v allocations", n)
	assert.Assert(t, n <= 40, "%v allocations", n)
}

func TestBenchmarkSampleAgainstKustomize(t *testing.T) {
	obj, patch := workloadSample(t)
	got, want := ours(obj, patch, deploymentSchema), built(t, obj, patch)
	assert.Assert(t, got.equal(want), "%v\n%v", got, want)
}

func BenchmarkApply(b *testing.B) {
	obj, patch := workloadSample(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := merge.Apply(obj, patch, deploymentSchema); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkApplyParallel(b *testing.B) {
	obj, patch := workloadSample(b)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, _, err := merge.Apply(obj, patch, deploymentSchema); err != nil {
				b.Error(err)
				return
			}
		}
	})
}

func BenchmarkCheck(b *testing.B) {
	_, patch := workloadSample(b)
	b.ReportAllocs()
	for b.Loop() {
		if refused := merge.Check(patch, deploymentSchema); len(refused) > 0 {
			b.Fatal(refused)
		}
	}
}

// Copying all of the object, for comparison with Apply.
func BenchmarkCopy(b *testing.B) {
	obj, _ := workloadSample(b)
	b.ReportAllocs()
	for b.Loop() {
		tree.CopyMap(obj)
	}
}

// BenchmarkKyaml is the core of kustomize's merge. render/versus has kustomize
// itself, and apimachinery's merge.
func BenchmarkKyaml(b *testing.B) {
	obj, patch := workloadSample(b)
	b.ReportAllocs()
	for b.Loop() {
		if o := kyamlMerge(obj, patch); o.err != nil {
			b.Fatal(o.err)
		}
	}
}
