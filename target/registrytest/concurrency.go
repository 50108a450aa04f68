package registrytest

import (
	"errors"
	"fmt"
	"runtime"
	"sync/atomic"

	"github.com/flinktarget/flinktarget/target"
)

// How often and by how many each race is run. A race that one run in ten loses is
// found all but surely.
const (
	rounds = 50
	racers = 8
)

var concurrencyCases = []Case{
	{"concurrent-acquire", "Of acquisitions at the same time by one owner, one hold remains; those of several owners all remain.", func(p *probe) {
		p.register(newTarget(red, "flink", "a"))
		for range rounds {
			together(racers, func(i int) { p.acquire(red, []target.Owner{alice, bob}[i%2]) })
			p.held(red, alice, bob)
			p.release(red, alice, true)
			p.release(red, bob, true)
		}
	}},
	{"concurrent-release", "Of releases of one hold at the same time, exactly one is true.", func(p *probe) {
		p.register(newTarget(red, "flink", "a"))
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
	{"concurrent-delete", "Where Acquire and Delete meet, one of them wins: no hold is on a target that is gone, and no target that is held is gone.", func(p *probe) {
		for range rounds {
			p.register(newTarget(red, "flink", "a"))
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
			p.register(newTarget(red, "flink", "a"))
			if acquired.Load() {
				p.held(red, alice)
				p.release(red, alice, true)
			}
			p.held(red)
		}
	}},
	{"concurrent-register", "Of different targets that are registered at the same time under one name, exactly one wins.", func(p *probe) {
		for range rounds {
			winner := p.race(target.ErrImmutable, func(i int) target.Target { return newTarget(red, fmt.Sprint("flink-", i), "a") })
			if winner.IsZero() {
				return
			}
			p.get(red, winner)
			p.delete(red)
		}
	}},
	{"concurrent-register-id", "Of different targets that are registered at the same time with one id, exactly one wins.", func(p *probe) {
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
	{"concurrent-move", "Of moves of one hold at the same time, exactly one wins.", func(p *probe) {
		p.register(newTarget(red, "flink", "a"))
		p.register(newTarget(blue, "flink", "a"))
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
	{"concurrent-move-delete", "A hold that is being moved always keeps one of both targets.", func(p *probe) {
		for range rounds {
			p.register(newTarget(red, "flink", "a"))
			p.register(newTarget(blue, "flink", "a"))
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

// moveAround moves alice back and forth, until one of the targets is gone.
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

// deleteUnderWay deletes red as soon as it is not held. From then on alice is on
// blue, as there is nowhere to move to.
func (p *probe) deleteUnderWay(moved *atomic.Bool) {
	for !moved.Load() {
		err := p.r.Delete(p.ctx, red)
		if err == nil {
			p.want(target.ErrInUse, p.r.Delete(p.ctx, blue), "Delete(blue), after red was deleted while alice was on either")
			return
		}
		p.want(target.ErrInUse, err, "Delete(red)")
		runtime.Gosched() // on one processor, this loop would keep the mover waiting
	}
}

// race registers targets at the same time and returns the one that won. The others
// must have lost with an error of the class.
func (p *probe) race(class error, make func(i int) target.Target) target.Target {
	var won [racers]bool
	together(racers, func(i int) {
		if err := p.r.Register(p.ctx, make(i)); err == nil {
			won[i] = true
		} else {
			p.want(class, err, "Register")
		}
	})
	var winner target.Target
	n := 0
	for i, w := range won {
		if w {
			winner = make(i)
			n++
		}
	}
	if n != 1 {
		p.fail("Register: %d of %d won", n, racers)
		return target.Target{}
	}
	return winner
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
