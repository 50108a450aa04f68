package registrytest

import (
	"context"
	"errors"
	"fmt"
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
	runCases(t, sharedCases(), 2, open)
	t.Run("model", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := newProbe(ctx, 2, open(t)).compareAll(1, 300); err != nil {
			t.Error(err)
		}
	})
}

func sharedCases() []testCase { return append(cases(), lostCases...) }

// losses is how often the answer of a call is lost. The waits until then are multiples
// of a step of a few microseconds, so that some end before, some during the call.
const losses = 24

// lose makes a call whose answer is lost, because its context ends meanwhile, then the
// same call again. It succeeds, or fails with an error of the class that says that the
// first one did it.
func (p *probe) lose(i int, done error, c call) {
	ctx, cancel := context.WithCancel(p.ctx)
	stop := time.AfterFunc(time.Duration(i*i)*8*time.Microsecond, cancel)
	_, first := c.make(ctx, p.next())
	stop.Stop()
	cancel()
	if _, err := c.make(p.ctx, p.next()); err != nil && (done == nil || !errors.Is(err, done)) {
		p.fail("%s, again, after %v: got the error %w", c.text, first, err)
	}
	p.ask(p.model.Store(), c)
	p.observe()
}

var lostCases = []testCase{
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
