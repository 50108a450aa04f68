package linearize

import (
	"errors"
	"flag"
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

var histories = flag.Int("histories", 2000, "how many random histories are checked")

const (
	goroutines = 8
	calls      = 12 // of each goroutine in a history
	checkLimit = 20 * time.Second
)

// calling makes real calls.
type calling struct {
	*target.Registry
	move func(r *target.Registry, o target.Owner, from, to target.Ref) error
}

// call returns an output, or the bytes of a snapshot: reading them is no part of
// the call.
func (c calling) call(in input) any {
	switch o := realOwner(in.owner); in.kind {
	case register:
		return output{class: classOf(c.Register(universe[[2]any{in.name, in.target}]))}
	case get:
		t, err := c.Get(in.ref.real())
		if err != nil {
			return output{class: classOf(err)}
		}
		return output{target: slotOf(t)}
	case acquire:
		return output{class: classOf(c.Acquire(in.ref.real(), o))}
	case release:
		return output{held: c.Release(in.ref.real(), o)}
	case move:
		return output{class: classOf(c.move(c.Registry, o, in.ref.real(), in.to.real()))}
	case remove:
		out := output{}
		err := c.Delete(in.ref.real())
		if e, isInUse := errors.AsType[*target.InUseError](err); isInUse {
			out.owners = bits(e.Owners)
		}
		out.class = classOf(err)
		return out
	case list:
		held, err := c.Owners(in.ref.real())
		return output{class: classOf(err), owners: bits(held)}
	default:
		return c.Snapshot()
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
		return output{class: other}
	}
	var s state
	for t := range restored.All() {
		i := slices.Index(nameTexts[:], t.Name())
		held, err := restored.Owners(t.Ref())
		if err != nil {
			return output{class: other}
		}
		s.targets[i], s.holds[i] = slotOf(t), bits(held)
	}
	return output{state: s}
}

// record runs one history. Its clock is a counter, which orders starts and returns
// as they happened; overlap counts the calls that began while another ran.
func record(seed uint64, c calling) (history []porcupine.Operation, overlap int) {
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
				op.Output = c.call(in)
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
	}
	return history, int(overlapping.Load())
}

func TestLinearizable(t *testing.T) {
	// More threads than cores: the operating system then stops calls in their midst.
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(goroutines))
	met := 0
	for seed := range uint64(*histories) {
		history, overlap := record(seed, calling{new(target.Registry), (*target.Registry).Move})
		if result := porcupine.CheckOperationsTimeout(model, history, checkLimit); result != porcupine.Ok {
			t.Fatalf("seed %d: %s\n%s", seed, result, describe(history))
		}
		met += overlap
	}
	all := *histories * goroutines * calls
	t.Logf("%d histories, %d calls, %d of them began while another ran", *histories, all, met)
	if met < all/100 {
		t.Errorf("%d of %d calls met another: histories without overlap prove nothing", met, all)
	}
}

// TestTheCheckerFindsFaults gives the checker a Move in two steps. A checker that
// accepts it would accept anything.
func TestTheCheckerFindsFaults(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(goroutines))
	inSteps := func(r *target.Registry, o target.Owner, from, to target.Ref) error {
		if _, err := r.Get(to); err != nil {
			return err
		}
		if !r.Release(from, o) {
			return target.ErrNotFound
		}
		runtime.Gosched()
		return r.Acquire(to, o)
	}
	for seed := range uint64(20_000) {
		history, _ := record(seed, calling{new(target.Registry), inSteps})
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
		c := calling{new(target.Registry), (*target.Registry).Move}
		s := state{}
		for i := range 500 {
			in := random(rng)
			next, want := step(s, in)
			if got := outputOf(c.call(in)); got != want {
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
