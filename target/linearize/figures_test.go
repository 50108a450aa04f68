package linearize

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/target"
	"github.com/flinktarget/flinktarget/target/store"
)

var (
	figures = flag.Duration("figures", 0, "for how long each figure is measured; 0 measures none")
	many    = flag.Int("many", 10_000, "how many targets are many")
)

const (
	few     = 100
	clients = 4
	rounds  = 10 // in turns, so that what else the machine does disturbs all figures alike
)

// TestFigures prints the table of target/store/RESULTS.md: what calls cost on each store
// with few and with many targets, each in a database of its own, and what a transaction
// costs that reads a record of the same size, or reads and writes it.
func TestFigures(t *testing.T) {
	if *figures == 0 {
		t.Skip("measures for minutes: go test -run TestFigures -v -timeout 1h . -args -figures 10s")
	}
	fmt.Printf("| store | call | %d: calls/s | p99 | %d: calls/s | p99 | %[2]d : %[1]d | : bare |\n", few, *many)
	fmt.Println("|---|---|--:|--:|--:|--:|--:|--:|")
	compare(t, "`Registry`", func(n int) []cost { return costs(t, n, new(target.Registry).Store(), nil) })
	for _, d := range databases {
		t.Run(d.name, func(t *testing.T) {
			compare(t, d.name, func(n int) []cost {
				b := d.start(t).open(t, int(opened.Add(1)))
				return costs(t, n, store.New(b), b)
			})
		})
	}
}

// cost is a call, which other one is the bare transaction beside it, and how long it took.
type cost struct {
	name, bare string
	call       func(ctx context.Context, target, i int) error
	took       []time.Duration
}

func (c cost) percentile(n int) time.Duration { return c.took[(len(c.took)-1)*n/100] }

// compare prints the rows of a store. Ratios are of medians, which are disturbed least.
func compare(t *testing.T, name string, open func(n int) []cost) {
	sides, sizes := [2][]cost{open(few), open(*many)}, [2]int{few, *many}
	for range rounds {
		for i := range sides[0] {
			for side, n := range sizes {
				c := &sides[side][i]
				c.took = append(c.took, measure(t, func(client, i int) error {
					return c.call(t.Context(), (i/2*clients+client)%n, i)
				})...)
			}
		}
	}
	bare := map[string]time.Duration{}
	for i, c := range sides[0] {
		row := fmt.Sprintf("| %s | %s |", name, c.name)
		var medians [2]time.Duration
		for side := range sides {
			c := sides[side][i]
			slices.Sort(c.took)
			medians[side] = c.percentile(50)
			row += fmt.Sprintf(" %.0f | %.3g ms |", float64(len(c.took))/figures.Seconds(),
				c.percentile(99).Seconds()*1000)
		}
		bare[c.name] = medians[1]
		row += fmt.Sprintf(" %.2f |", medians[1].Seconds()/medians[0].Seconds())
		if there := bare[c.bare]; there > 0 {
			row += fmt.Sprintf(" %.2f", medians[1].Seconds()/there.Seconds())
		}
		fmt.Println(row + " |")
	}
}

// costs are the calls of a store with n targets, and the transactions of its backend.
func costs(t *testing.T, n int, s target.Store, b store.Backend) (all []cost) {
	var targets [][2]target.Target // with one label and with another
	for i := range n {
		targets = append(targets, [2]target.Target{manyTarget(i, "a"), manyTarget(i, "b")})
	}
	fill(t, s, targets)
	if b != nil {
		all = []cost{{name: "bare read", call: func(ctx context.Context, n, _ int) error {
			_, err := b.Read(ctx, fmt.Sprint("bare/", n))
			return err
		}}, {name: "bare read and write", call: func(ctx context.Context, n, i int) error {
			for {
				r, err := b.Read(ctx, fmt.Sprint("bare/", n))
				if err != nil {
					return err
				}
				r[0].Value = fmt.Appendf(nil, "%0600d", i) // about the size of a target
				if written, err := b.Write(ctx, r...); written || err != nil {
					return err
				}
			}
		}}}
	}
	o := target.Owner{Kind: "Deployment", Name: "job"}
	return append(all,
		cost{name: "Get", bare: "bare read", call: func(ctx context.Context, n, _ int) error {
			_, err := s.Get(ctx, targets[n][0].Ref())
			return err
		}},
		cost{name: "Acquire, Release", bare: "bare read and write", call: func(ctx context.Context, n, i int) error {
			if i%2 == 0 {
				return s.Acquire(ctx, targets[n][0].Ref(), o)
			}
			_, err := s.Release(ctx, targets[n][0].Ref(), o) // so that every call writes
			return err
		}},
		cost{name: "Register", bare: "bare read and write", call: func(ctx context.Context, n, i int) error {
			return s.Register(ctx, targets[n][i%2])
		}})
}

func manyTarget(n int, label string) target.Target {
	t, err := target.Parse("", fmt.Appendf(nil, `{kind: DeploymentTarget, metadata: {name: target-%d, labels: {l: "%s"},
  id: "00000000-0000-4000-8000-%012d"}, spec: {kubernetes: {namespace: flink}, deploymentPatchSet: [
    {apiVersion: apps/v1, kind: Deployment, spec: {template: {spec: {nodeSelector: {pool: flink}}}}}]}}`, n, label, n))
	if err != nil {
		panic(err)
	}
	return t
}

func fill(t *testing.T, s target.Store, targets [][2]target.Target) {
	var wg sync.WaitGroup
	for g := range 4 * clients {
		wg.Go(func() {
			for n := g; n < len(targets); n += 4 * clients {
				assert.Check(t, s.Register(t.Context(), targets[n][1]))
			}
		})
	}
	wg.Wait()
}

// measure calls f from several clients for a round, an even number of times each, and
// returns how long each call took.
func measure(t *testing.T, f func(client, i int) error) (all []time.Duration) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	end := time.Now().Add(*figures / rounds)
	for g := range clients {
		wg.Go(func() {
			var took []time.Duration
			for i := 0; time.Now().Before(end) || i%2 == 1; i++ {
				start := time.Now()
				assert.Check(t, f(g, i))
				took = append(took, time.Since(start))
			}
			mu.Lock()
			defer mu.Unlock()
			all = append(all, took...)
		})
	}
	wg.Wait()
	return all
}
