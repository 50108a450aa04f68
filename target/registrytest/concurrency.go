package registrytest

import (
	"errors"
	"fmt"
	"runtime"
	"sync/atomic"

	"github.com/flinktarget/flinktarget/target"
)

// A race that one round in ten loses is found almost surely.
const (
	rounds = 50
	racers = 8
)

var concurrencyCases = []Case{
	{"concurrent-acquire", "Concurrent acquisitions leave one hold for each owner.", func(p *probe) {
		p.add(red)
		for range rounds {
			together(racers, func(i int) { p.acquire(red, []target.Owner{alice, bob}[i%2]) })
			p.held(red, alice, bob)
			p.release(red, alice, true)
			p.release(red, bob, true)
		}
	}},
	{"concurrent-release", "Exactly one of several concurrent releases of one hold is true.", func(p *probe) {
		p.add(red)
		for range rounds {
			p.acquire(red, alice)
			var released atomic.Int32
			together(racers, func(int) {
				held, err := p.r.Release(p.ctx, red, alice)
				p.want(nil, err, "Release")
				if held {
					released.Add(1)
				}
			})
			if n := released.Load(); n != 1 {
				p.fail("Release: %d callers were told that they ended one hold", n)
			}
			p.held(red)
		}
	}},
	{"concurrent-delete", "Exactly one of a concurrent Acquire and Delete succeeds.", func(p *probe) {
		for range rounds {
			p.add(red)
			var acquired, deleted atomic.Bool
			together(2, func(i int) {
				if i == 0 {
					err := p.r.Acquire(p.ctx, red, alice)
					acquired.Store(err == nil)
					if err != nil {
						p.want(target.ErrNotFound, err, "Acquire")
					}
					return
				}
				err := p.r.Delete(p.ctx, red)
				deleted.Store(err == nil)
				if err != nil {
					p.want(target.ErrInUse, err, "Delete")
				}
			})
			if acquired.Load() == deleted.Load() {
				p.fail("acquired: %t, deleted: %t", acquired.Load(), deleted.Load())
			}
			// What was deleted comes back without holds.
			p.add(red)
			if acquired.Load() {
				p.held(red, alice)
				p.release(red, alice, true)
			}
			p.held(red)
		}
	}},
	{"concurrent-register", "Exactly one of different targets of one name is registered.", func(p *probe) {
		for range rounds {
			winner := p.race(target.ErrImmutable, func(i int) target.Target {
				return newTarget(red, fmt.Sprint("flink-", i), "a")
			})
			if winner.IsZero() {
				return
			}
			p.get(red, winner)
			p.delete(red)
		}
	}},
	{"concurrent-register-id", "Exactly one of different targets with one id is registered.", func(p *probe) {
		for range rounds {
			winner := p.race(target.ErrConflict, func(i int) target.Target {
				return newTarget(target.Ref{Name: fmt.Sprint("t", i), ID: id1}, "flink", "a")
			})
			if winner.IsZero() {
				return
			}
			p.get(target.Ref{ID: id1}, winner)
			p.all(winner)
			p.delete(target.Ref{ID: id1})
		}
	}},
	{"concurrent-move", "Exactly one of several concurrent moves of one hold succeeds.", func(p *probe) {
		p.add(red, blue)
		p.acquire(red, alice)
		from, to := red, blue
		for range rounds {
			var moved atomic.Int32
			together(racers, func(int) {
				if err := p.r.Move(p.ctx, alice, from, to); err == nil {
					moved.Add(1)
				} else {
					p.want(target.ErrNotFound, err, "Move")
				}
			})
			if n := moved.Load(); n != 1 {
				p.fail("Move: %d callers moved one hold", n)
			}
			p.held(from)
			p.held(to, alice)
			from, to = to, from
		}
	}},
	{"concurrent-move-delete", "A hold that is moved always keeps one of both targets.", func(p *probe) {
		for range rounds {
			p.add(red, blue)
			p.acquire(red, alice)
			var moved atomic.Bool
			together(2, func(i int) {
				if i == 0 {
					defer moved.Store(true)
					p.moveAround()
					return
				}
				p.deleteUnderWay(&moved)
			})
			p.settle()
		}
	}},
}

// moveAround moves alice back and forth, until one of the targets is deleted.
func (p *probe) moveAround() {
	for i := range racers {
		from, to := red, blue
		if i%2 == 1 {
			from, to = blue, red
		}
		if err := p.r.Move(p.ctx, alice, from, to); err != nil {
			p.want(target.ErrNotFound, err, "Move")
			return
		}
	}
}

// deleteUnderWay deletes red as soon as alice does not hold it. From then on she holds
// blue, as there is nowhere to move to.
func (p *probe) deleteUnderWay(moved *atomic.Bool) {
	for !moved.Load() {
		err := p.r.Delete(p.ctx, red)
		if err == nil {
			p.want(target.ErrInUse, p.r.Delete(p.ctx, blue), "Delete(blue), which alice must hold now")
			return
		}
		p.want(target.ErrInUse, err, "Delete(red)")
		runtime.Gosched() // otherwise the mover waits on a single processor
	}
}

// race registers targets concurrently and returns the registered one, the zero value
// unless there is exactly one. The others must be refused with an error of the class.
func (p *probe) race(class error, make func(i int) target.Target) target.Target {
	var last, registered atomic.Int32
	together(racers, func(i int) {
		if err := p.r.Register(p.ctx, make(i)); err != nil {
			p.want(class, err, "Register")
			return
		}
		last.Store(int32(i))
		registered.Add(1)
	})
	if n := registered.Load(); n != 1 {
		p.fail("Register: %d of %d targets were registered", n, racers)
		return target.Target{}
	}
	return make(int(last.Load()))
}

// settle checks that alice holds one target, and removes everything.
func (p *probe) settle() {
	holds := 0
	for _, ref := range []target.Ref{red, blue} {
		held, err := p.r.Release(p.ctx, ref, alice)
		p.want(nil, err, "Release")
		if held {
			holds++
		}
		if err := p.r.Delete(p.ctx, ref); err != nil && !errors.Is(err, target.ErrNotFound) {
			p.fail("Delete(%s): %w", ref, err)
		}
	}
	if holds != 1 {
		p.fail("one hold was moved back and forth; there are %d", holds)
	}
}
