package registrytest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync/atomic"
	"testing"
	"time"

	"github.com/flinktarget/flinktarget/target"
)

// RunShared runs all cases, and those about answers that are lost, on two handles of
// one store, as two processes have them. Calls that change something take turns; what
// one handle reads, the other must read, too, and so must a third that is opened in the
// end. CompareWithModel runs on two handles as well. Each case takes at most a minute.
//
// open makes an empty store that nobody else uses, and returns what connects to it.
// Each call of that is what another process would do: nothing is shared but the store.
func RunShared(t *testing.T, open func(t *testing.T) (connect func() target.Store)) {
	runCases(t, SharedCases(), func(ctx context.Context, t *testing.T, c Case) error {
		return c.CheckShared(ctx, open(t))
	})
	t.Run("model", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := CompareWithModel(ctx, newPair(open(t)), 1, 300); err != nil {
			t.Error(err)
		}
	})
}

// SharedCases returns the cases of RunShared in a fresh slice.
func SharedCases() []Case { return append(Cases(), lostCases...) }

// CheckShared is [Case.Check] on two handles, which connect returns; see [RunShared].
func (c Case) CheckShared(ctx context.Context, connect func() target.Store) error {
	return c.run(ctx, newPair(connect), connect)
}

// pair is two handles on a store as one store.
type pair struct {
	handles [2]target.Store
	calls   atomic.Uint64
}

func newPair(connect func() target.Store) *pair {
	return &pair{handles: [2]target.Store{connect(), connect()}}
}

// next is the handle whose turn it is.
func (p *pair) next() target.Store { return p.handles[p.calls.Add(1)%2] }

// both reads with both handles, which nobody may write to meanwhile.
func both[T any](p *pair, read func(target.Store) (T, error), text func(T) string) (T, error) {
	v, err := read(p.handles[0])
	w, err2 := read(p.handles[1])
	if a, b := text(v)+contractOf(err), text(w)+contractOf(err2); a != b {
		return v, fmt.Errorf("one handle reads %s, the other %s", a, b)
	}
	return v, err
}

func (p *pair) Register(ctx context.Context, t target.Target) error { return p.next().Register(ctx, t) }

func (p *pair) Get(ctx context.Context, ref target.Ref) (target.Target, error) {
	return both(p, func(s target.Store) (target.Target, error) { return s.Get(ctx, ref) }, jsonOf)
}

func (p *pair) Acquire(ctx context.Context, ref target.Ref, o target.Owner) error {
	return p.next().Acquire(ctx, ref, o)
}

func (p *pair) Release(ctx context.Context, ref target.Ref, o target.Owner) (bool, error) {
	return p.next().Release(ctx, ref, o)
}

func (p *pair) Move(ctx context.Context, o target.Owner, from, to target.Ref) error {
	return p.next().Move(ctx, o, from, to)
}

func (p *pair) Delete(ctx context.Context, ref target.Ref) error { return p.next().Delete(ctx, ref) }

func (p *pair) Owners(ctx context.Context, ref target.Ref) ([]target.Owner, error) {
	return both(p, func(s target.Store) ([]target.Owner, error) { return s.Owners(ctx, ref) },
		func(o []target.Owner) string { return fmt.Sprintf("%+v", o) })
}

func (p *pair) All(ctx context.Context) iter.Seq2[target.Target, error] {
	return func(yield func(target.Target, error) bool) {
		read := func(s target.Store) (list []target.Target, err error) {
			for t, err := range s.All(ctx) {
				if err != nil {
					return nil, err
				}
				list = append(list, t)
			}
			return list, nil
		}
		_, err := both(p, read, func(list []target.Target) (text string) {
			for _, t := range list {
				text += jsonOf(t)
			}
			return text
		})
		if err != nil {
			yield(target.Target{}, err)
			return
		}
		p.next().All(ctx)(yield) // whose body may call the store
	}
}

// losses is how often the answer of a call is lost. The waits until then are multiples
// of a step of a few microseconds, so that some end before, some during the call.
const losses = 24

// lose makes a call whose answer is lost, because its context ends meanwhile, then the
// same call again. It succeeds, or fails with an error of the class that says that the
// first one did it.
func (p *probe) lose(i int, done error, c call) {
	ctx, cancel := context.WithCancel(p.ctx)
	stop := time.AfterFunc(time.Duration(i*i)*8*time.Microsecond, cancel)
	_, first := c.make(ctx, p.r)
	stop.Stop()
	cancel()
	if _, err := c.make(p.ctx, p.r); err != nil && (done == nil || !errors.Is(err, done)) {
		p.fail("%s, again, after %v: got the error %w", c.text, first, err)
	}
	p.follow(c)
}

var lostCases = []Case{
	{"lost-answers", "A call whose answer was lost is made again, and takes effect once.", func(p *probe) {
		for i := range losses {
			p.lose(i, nil, add(withID(red, id1)))
			p.lose(i, nil, register(newTarget(withID(red, id1), "flink", "b")))
			p.lose(i, nil, acquire(red, alice))
			p.do(add(blue))
			p.lose(i, target.ErrNotFound, move(alice, red, blue))
			p.lose(i, nil, release(blue, alice))
			p.lose(i, target.ErrNotFound, remove(red))
			p.do(remove(blue))
		}
	}},
	{"late-effects", "Nothing that was lost takes effect after the call that was made again.", func(p *probe) {
		p.do(add(red))
		for i := range losses {
			p.lose(i, nil, acquire(red, alice))
			p.do(release(red, alice))
			p.lose(losses-i, nil, acquire(red, bob))
			p.do(release(red, bob), remove(red), register(newTarget(red, fmt.Sprint("flink-", i), "a")))
		}
		time.Sleep(50 * time.Millisecond)
	}},
}
