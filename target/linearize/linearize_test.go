package linearize

import (
	"context"
	"errors"
	"flag"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"github.com/flinktarget/flinktarget/target"
)

var (
	histories = flag.Int("histories", 2000, "how many random histories of each store are checked, in memory")
	others    = flag.Int("others", 100, "and on each other store")
	restarts  = flag.Int("restarts", 3, "how often a member of etcd is stopped and started during its histories")
)

const (
	goroutines = 8
	calls      = 12 // of each goroutine in a history
	checkLimit = time.Minute
)

// kept is a store whose content can be read at one moment.
type kept interface {
	target.Store
	Snapshot(ctx context.Context) ([]byte, error)
}

// inMemory is a registry.
type inMemory struct {
	target.Store
	r *target.Registry
}

func newInMemory() inMemory {
	r := new(target.Registry)
	return inMemory{r.Store(), r}
}

func (m inMemory) Snapshot(context.Context) ([]byte, error) { return m.r.Snapshot(), nil }

// call returns an output, or the bytes of a snapshot: reading them is no part of
// the call.
func call(ctx context.Context, s kept, in input) any {
	switch o := realOwner(in.owner); in.kind {
	case register:
		return output{class: classOf(s.Register(ctx, universe[[2]any{in.name, in.target}]))}
	case get:
		t, err := s.Get(ctx, in.ref.real())
		if err != nil {
			return output{class: classOf(err)}
		}
		return output{target: slotOf(t)}
	case acquire:
		return output{class: classOf(s.Acquire(ctx, in.ref.real(), o))}
	case release:
		held, err := s.Release(ctx, in.ref.real(), o)
		return output{class: classOf(err), held: held}
	case move:
		return output{class: classOf(s.Move(ctx, o, in.ref.real(), in.to.real()))}
	case remove:
		out := output{}
		err := s.Delete(ctx, in.ref.real())
		if e, ok := errors.AsType[*target.Error](err); ok && e.Class == target.ErrInUse {
			out.owners = bits(e.Owners)
		}
		out.class = classOf(err)
		return out
	case list:
		held, err := s.Owners(ctx, in.ref.real())
		return output{class: classOf(err), owners: bits(held)}
	default:
		text, err := s.Snapshot(ctx)
		if err != nil {
			return output{class: classOf(err)}
		}
		return text
	}
}

// outputOf reads the state back from a snapshot's bytes.
func outputOf(answer any) output {
	snapshot, isBytes := answer.([]byte)
	if !isBytes {
		return answer.(output)
	}
	restored, err := target.Restore(snapshot)
	if err != nil {
		return output{class: broken}
	}
	var s state
	for t := range restored.All() {
		i := slices.Index(nameTexts[:], t.Name())
		held, err := restored.Owners(t.Ref())
		if err != nil {
			return output{class: broken}
		}
		s.targets[i], s.holds[i] = slotOf(t), bits(held)
	}
	return output{state: s}
}

// record runs one history, each call on what pick returns. Its clock is a counter, which orders starts and returns
// as they happened; overlap counts the calls that began while another ran.
// Answers that were lost have an effect at some moment, or none: they end last, and
// what they were to read is nothing that is checked.
func record(ctx context.Context, seed uint64, pick func() kept) (history []porcupine.Operation, overlap int) {
	var clock, running, overlapping atomic.Int64
	var mu sync.Mutex
	var wg sync.WaitGroup
	start := make(chan struct{})
	for g := range goroutines {
		rng := rand.New(rand.NewPCG(seed, uint64(g)))
		inputs := make([]input, calls)
		for i := range inputs {
			inputs[i] = random(rng)
		}
		wg.Go(func() {
			done := make([]porcupine.Operation, 0, calls)
			<-start
			for _, in := range inputs {
				op := porcupine.Operation{ClientId: g, Input: in, Call: clock.Add(1)}
				if running.Add(1) > 1 {
					overlapping.Add(1)
				}
				op.Output = call(ctx, pick(), in)
				running.Add(-1)
				op.Return = clock.Add(1)
				done = append(done, op)
			}
			mu.Lock()
			defer mu.Unlock()
			history = append(history, done...)
		})
	}
	close(start)
	wg.Wait()
	for i := range history {
		history[i].Output = outputOf(history[i].Output)
		if history[i].Output.(output).class == lost {
			history[i].Return = math.MaxInt64
		}
	}
	history = slices.DeleteFunc(history, func(op porcupine.Operation) bool {
		return op.Output.(output).class == lost && op.Input.(input).kind.reads()
	})
	return history, int(overlapping.Load())
}

func TestLinearizable(t *testing.T) {
	check(t, *histories, func() func() kept { return only(newInMemory()) })
}

func only(s kept) func() kept { return func() kept { return s } }

// check makes histories, each on what open returns, which has handles of a store that is empty.
func check(t *testing.T, histories int, open func() func() kept) {
	t.Helper()
	// More threads than cores: the operating system then stops calls in their midst.
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(goroutines))
	met, all, unknown := 0, 0, 0
	for seed := range uint64(histories) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		history, overlap := record(ctx, seed, open())
		cancel()
		if result := porcupine.CheckOperationsTimeout(model, history, checkLimit); result != porcupine.Ok {
			t.Fatalf("seed %d: %s\n%s", seed, result, describe(history))
		}
		met, all = met+overlap, all+goroutines*calls
		for _, op := range history {
			if op.Output.(output).class == lost {
				unknown++
			}
		}
	}
	t.Logf("%d histories, %d calls, %d of them began while another ran, %d answers were lost",
		histories, all, met, unknown)
	if met < all/100 {
		t.Errorf("%d of %d calls met another: histories without overlap prove nothing", met, all)
	}
}

// twoSteps has a Move in two steps.
type twoSteps struct{ inMemory }

func (s twoSteps) Move(ctx context.Context, o target.Owner, from, to target.Ref) error {
	if _, err := s.Get(ctx, to); err != nil {
		return err
	}
	if held, _ := s.Release(ctx, from, o); !held {
		return target.ErrNotFound
	}
	runtime.Gosched()
	return s.Acquire(ctx, to, o)
}

// TestTheCheckerFindsFaults gives the checker a Move in two steps. A checker that
// accepts it would accept anything.
func TestTheCheckerFindsFaults(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(goroutines))
	for seed := range uint64(20_000) {
		history, _ := record(t.Context(), seed, only(twoSteps{newInMemory()}))
		if porcupine.CheckOperationsTimeout(model, history, checkLimit) == porcupine.Illegal {
			t.Logf("found in history %d", seed)
			return
		}
	}
	t.Error("a Move in two steps was never noticed")
}

// TestSequential gives the checker histories without overlap, of which there is
// one order only: the model agrees with the registry call by call.
func TestSequential(t *testing.T) {
	for seed := range uint64(50) {
		rng := rand.New(rand.NewPCG(seed, 0))
		c := newInMemory()
		s := state{}
		for i := range 500 {
			in := random(rng)
			next, want := step(s, in)
			if got := outputOf(call(t.Context(), c, in)); got != want {
				t.Fatalf("seed %d, call %d: %+v in %+v: got %+v, want %+v", seed, i, in, s, got, want)
			}
			s = next
		}
	}
}

func describe(history []porcupine.Operation) string {
	slices.SortFunc(history, func(a, b porcupine.Operation) int { return int(a.Call - b.Call) })
	var b strings.Builder
	for _, op := range history {
		b.WriteString(model.DescribeOperation(op.Input, op.Output))
		b.WriteByte('\n')
	}
	return b.String()
}
