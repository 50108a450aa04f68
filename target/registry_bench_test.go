package target_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/target"
)

// The sizes and the concurrency at which the registry is measured.
var (
	benchSizes      = [...]int{1, 10_000, 1_000_000}
	benchGoroutines = [...]int{2, 8, 64}
)

// benchTargets are made once: a million take seconds.
var benchTargets = func() func(testing.TB, int) []target.Target {
	var all []target.Target
	return func(tb testing.TB, n int) []target.Target {
		for i := len(all); i < n; i++ {
			all = append(all, newTarget(tb, benchRef(i), "flink"))
		}
		return all[:n]
	}
}()

func benchRef(i int) target.Ref {
	return target.Ref{Name: fmt.Sprintf("target-%07d", i), ID: fmt.Sprintf("2da2f867-5899-4bef-8ad0-%012x", i)}
}

func benchRegistry(tb testing.TB, n int) (*target.Registry, []target.Target) {
	tb.Helper()
	all := benchTargets(tb, n)
	r := new(target.Registry)
	for _, t := range all {
		if err := r.Register(t); err != nil {
			tb.Fatal(err)
		}
	}
	return r, all
}

// plainMap is what Get is compared with: a map behind a sync.RWMutex.
type plainMap struct {
	mu sync.RWMutex
	m  map[target.Ref]target.Target
}

func (p *plainMap) Get(ref target.Ref) (target.Target, bool) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	t, ok := p.m[ref]
	return t, ok
}

// someRefs returns references in random order, so that large registries are not
// read in the order of their memory.
func someRefs(all []target.Target) (byName, byID []target.Ref) {
	rng := rand.New(rand.NewPCG(1, 1))
	for range 1 << 12 {
		t := all[rng.IntN(len(all))]
		byName = append(byName, t.Ref())
		byID = append(byID, target.Ref{Namespace: t.Namespace(), ID: t.ID()})
	}
	return byName, byID
}

// BenchmarkGet compares Get with the plain map by turns in one run. The metric
// times-map is how many times as long Get takes.
func BenchmarkGet(b *testing.B) {
	for _, n := range benchSizes {
		r, all := benchRegistry(b, n)
		plain := &plainMap{m: map[target.Ref]target.Target{}}
		for _, t := range all {
			plain.m[t.Ref()] = t
		}
		byName, byID := someRefs(all)
		for _, how := range []struct {
			name string
			refs []target.Ref
		}{{"name", byName}, {"id", byID}} {
			b.Run(fmt.Sprintf("targets=%d/by=%s", n, how.name), func(b *testing.B) {
				b.ReportAllocs()
				const turn = 1 << 10
				var ours, theirs time.Duration
				for i := 0; i < b.N; i += turn {
					start := time.Now()
					for j := range turn {
						if _, err := r.Get(how.refs[(i+j)%len(how.refs)]); err != nil {
							b.Fatal(err)
						}
					}
					middle := time.Now()
					for j := range turn {
						if _, ok := plain.Get(byName[(i+j)%len(byName)]); !ok {
							b.Fatal("not found")
						}
					}
					ours += middle.Sub(start)
					theirs += time.Since(middle)
				}
				calls := float64((b.N + turn - 1) / turn * turn)
				b.ReportMetric(float64(ours.Nanoseconds())/calls, "ns/get")
				b.ReportMetric(float64(theirs.Nanoseconds())/calls, "ns/map")
				b.ReportMetric(float64(ours)/float64(theirs), "times-map")
			})
		}
	}
}

// inParallel runs body in this many goroutines, each with a number of its own.
func inParallel(b *testing.B, goroutines int, body func(id int, pb *testing.PB)) {
	var next atomic.Int64
	b.SetParallelism(max(1, goroutines/runtime.GOMAXPROCS(0)))
	b.RunParallel(func(pb *testing.PB) { body(int(next.Add(1)), pb) })
}

func BenchmarkGetParallel(b *testing.B) {
	r, all := benchRegistry(b, 10_000)
	plain := &plainMap{m: map[target.Ref]target.Target{}}
	for _, t := range all {
		plain.m[t.Ref()] = t
	}
	refs, _ := someRefs(all)
	for _, g := range benchGoroutines {
		b.Run(fmt.Sprintf("goroutines=%d/registry", g), func(b *testing.B) {
			inParallel(b, g, func(id int, pb *testing.PB) {
				for i := id * 100; pb.Next(); i++ {
					if _, err := r.Get(refs[i%len(refs)]); err != nil {
						b.Error(err)
						return
					}
				}
			})
		})
		b.Run(fmt.Sprintf("goroutines=%d/map", g), func(b *testing.B) {
			inParallel(b, g, func(id int, pb *testing.PB) {
				for i := id * 100; pb.Next(); i++ {
					if _, ok := plain.Get(refs[i%len(refs)]); !ok {
						b.Error("not found")
						return
					}
				}
			})
		})
	}
}

// BenchmarkAcquireRelease measures a hold that comes and goes, which is two calls.
func BenchmarkAcquireRelease(b *testing.B) {
	for _, n := range benchSizes {
		r, all := benchRegistry(b, n)
		refs, _ := someRefs(all)
		for _, g := range benchGoroutines {
			b.Run(fmt.Sprintf("targets=%d/goroutines=%d", n, g), func(b *testing.B) {
				b.ReportAllocs()
				inParallel(b, g, func(id int, pb *testing.PB) {
					o := owner(fmt.Sprint("job-", id))
					for i := id * 100; pb.Next(); i++ {
						ref := refs[i%len(refs)]
						if err := r.Acquire(ref, o); err != nil {
							b.Error(err)
							return
						}
						if !r.Release(ref, o) {
							b.Error("not held")
							return
						}
					}
				})
			})
		}
	}
}

// BenchmarkAcquireManyOwners measures a hold that comes and goes on a target that
// many others hold.
func BenchmarkAcquireManyOwners(b *testing.B) {
	for _, n := range []int{4, 100, 10_000} {
		r, all := benchRegistry(b, 1)
		ref := all[0].Ref()
		for i := range n {
			assert.NilError(b, r.Acquire(ref, owner(fmt.Sprint("other-", i))))
		}
		b.Run(fmt.Sprintf("owners=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			o := owner("job")
			for b.Loop() {
				if err := r.Acquire(ref, o); err != nil {
					b.Fatal(err)
				}
				if !r.Release(ref, o) {
					b.Fatal("not held")
				}
			}
		})
	}
}

func BenchmarkSnapshotRestore(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		r, all := benchRegistry(b, n)
		for _, t := range all {
			assert.NilError(b, r.Acquire(t.Ref(), owner("job-of-"+t.Name())))
		}
		text := r.Snapshot()
		b.Run(fmt.Sprintf("snapshot/targets=%d", n), func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				r.Snapshot()
			}
		})
		b.Run(fmt.Sprintf("restore/targets=%d", n), func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if _, err := target.Restore(text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkMemory reports bytes, not time: what a registry needs for a target that
// exists anyway, for the target itself, and for a hold, the texts of the owner
// apart.
func BenchmarkMemory(b *testing.B) {
	const n = 100_000
	heap := func() float64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc)
	}
	for _, perTarget := range []int{1, 2, 8, 100} {
		b.Run(fmt.Sprintf("holds=%d", perTarget), func(b *testing.B) {
			targets := n / perTarget
			for b.Loop() {
				start := heap()
				values := make([]target.Target, targets)
				for i := range values {
					values[i] = newTarget(b, benchRef(i), "flink")
				}
				names := make([]string, perTarget)
				for i := range names {
					names[i] = fmt.Sprint("job-", i)
				}
				made := heap()
				r := new(target.Registry)
				for _, t := range values {
					assert.NilError(b, r.Register(t))
				}
				registered := heap()
				for _, t := range values {
					for _, name := range names {
						assert.NilError(b, r.Acquire(t.Ref(), owner(name)))
					}
				}
				held := heap()
				b.ReportMetric((made-start)/float64(targets), "B/value")
				b.ReportMetric((registered-made)/float64(targets), "B/target")
				b.ReportMetric((held-registered)/float64(targets*perTarget), "B/hold")
				runtime.KeepAlive(r)
				runtime.KeepAlive(values)
			}
		})
	}
}
