package linearize

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"
	"text/tabwriter"
	"time"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/target"
	"github.com/flinktarget/flinktarget/target/store"
)

var (
	figures = flag.Duration("figures", 0, "for how long each figure is measured; 0 measures none")
	many    = flag.Int("many", 10_000, "how many targets are many")
)

const clients = 4

// TestFigures prints what calls cost on each store with 100 and with many targets, and
// what a transaction costs that reads a record of the same size and writes it.
func TestFigures(t *testing.T) {
	if *figures == 0 {
		t.Skip("measures for minutes: go test -run TestFigures -v . -figures 3s")
	}
	out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintf(out, "store\ttargets\tcall\tcalls a second\tmedian\tp99\n")
	for _, d := range databases {
		t.Run(d.name, func(t *testing.T) {
			db := d.start(t)
			b := db.open(t, int(opened.Add(1)))
			s := store.New(b)
			there := 0
			defer func() { assert.Check(t, out.Flush()) }()
			for _, n := range []int{100, *many} {
				fill(t, s, there, n)
				there = n
				for _, c := range costs(s, b) {
					took := measure(t, func(client, i int) error {
						return c.call(t.Context(), (i/2*clients+client)%n, i)
					})
					fmt.Fprintf(out, "%s\t%d\t%s\t%.0f\t%v\t%v\n", d.name, n, c.name,
						float64(len(took))/figures.Seconds(), at(took, 50), at(took, 99))
				}
			}
		})
	}
}

type cost struct {
	name string
	call func(ctx context.Context, target, i int) error
}

func costs(s *store.Store, b store.Backend) []cost {
	text := fmt.Appendf(nil, "%0600d", 0) // about the size of a target
	return []cost{
		{"Get", func(ctx context.Context, n, _ int) error { _, err := s.Get(ctx, manyRef(n)); return err }},
		{"Acquire, Release", func(ctx context.Context, n, i int) error {
			o := target.Owner{Kind: "Deployment", Name: "job"}
			if i%2 == 0 {
				return s.Acquire(ctx, manyRef(n), o)
			}
			held, err := s.Release(ctx, manyRef(n), o) // so that every call writes
			if err == nil && !held {
				err = errors.New("nothing was released")
			}
			return err
		}},
		{"Register", func(ctx context.Context, n, i int) error { return s.Register(ctx, manyTarget(n, fmt.Sprint(i))) }},
		{"bare read", func(ctx context.Context, n, _ int) error {
			_, err := b.Read(ctx, fmt.Sprint("bare/", n))
			return err
		}},
		{"bare read and write", func(ctx context.Context, n, i int) error {
			for {
				r, err := b.Read(ctx, fmt.Sprint("bare/", n))
				if err != nil {
					return err
				}
				r[0].Value = append(text, fmt.Sprint(i)...)
				if written, err := b.Write(ctx, r...); written || err != nil {
					return err
				}
			}
		}},
	}
}

func manyRef(n int) target.Ref { return target.Ref{Name: fmt.Sprint("target-", n)} }

func manyTarget(n int, label string) target.Target {
	t, err := target.Parse("", fmt.Appendf(nil, `{kind: DeploymentTarget, metadata: {name: target-%d, labels: {l: "%s"},
  id: "00000000-0000-4000-8000-%012d"}, spec: {kubernetes: {namespace: flink}, deploymentPatchSet: [
    {apiVersion: apps/v1, kind: Deployment, spec: {template: {spec: {nodeSelector: {pool: flink}}}}}]}}`, n, label, n))
	if err != nil {
		panic(err)
	}
	return t
}

func fill(t *testing.T, s *store.Store, from, to int) {
	t.Helper()
	var wg sync.WaitGroup
	for g := range 4 * clients {
		wg.Go(func() {
			for n := from + g; n < to; n += 4 * clients {
				assert.Check(t, s.Register(t.Context(), manyTarget(n, "x")))
			}
		})
	}
	wg.Wait()
}

// measure calls f from several clients, an even number of times each, and returns how long
// each call took.
func measure(t *testing.T, f func(client, i int) error) []time.Duration {
	t.Helper()
	var mu sync.Mutex
	var all []time.Duration
	var wg sync.WaitGroup
	end := time.Now().Add(*figures)
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
	slices.Sort(all)
	return all
}

func at(sorted []time.Duration, percent int) time.Duration {
	return sorted[(len(sorted)-1)*percent/100].Round(time.Microsecond)
}
