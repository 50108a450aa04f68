package registrytest

import (
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
		calls := []call{acquire(red, alice), acquire(red, bob)}
		p.do(add(red))
		p.repeat(func(int) {
			together(racers, func(i int) { p.try(nil, calls[i%2]) })
			p.follow(calls...)
			p.do(release(red, alice), release(red, bob))
		})
	}},
	{"concurrent-release", "Exactly one of several concurrent releases of one hold is true.", func(p *probe) {
		p.do(add(red))
		p.repeat(func(int) {
			p.do(acquire(red, alice))
			p.one(racers, func(int) bool {
				held, _ := p.try(nil, release(red, alice))
				return held == "true"
			})
			p.follow(release(red, alice))
		})
	}},
	{"concurrent-delete", "Exactly one of a concurrent Acquire and Delete succeeds.", func(p *probe) {
		calls := []call{acquire(red, alice), remove(red)}
		losers := []error{target.ErrNotFound, target.ErrInUse}
		p.repeat(func(int) {
			p.do(add(red))
			p.follow(calls[p.one(len(calls), func(i int) bool {
				_, ok := p.try(losers[i], calls[i])
				return ok
			})])
			p.do(add(red), release(red, alice)) // what was deleted comes back without holds
		})
	}},
	{"concurrent-register", "Exactly one of different targets of one name is registered.", func(p *probe) {
		p.repeat(func(int) {
			p.race(target.ErrImmutable, func(i int) call {
				return register(newTarget(red, fmt.Sprint("flink-", i), "a"))
			})
			p.do(remove(red))
		})
	}},
	{"concurrent-register-id", "Exactly one of different targets with one id is registered.", func(p *probe) {
		p.repeat(func(int) {
			p.race(target.ErrConflict, func(i int) call { return add(target.Ref{Name: fmt.Sprint("t", i), ID: id1}) })
			p.do(remove(target.Ref{ID: id1}))
		})
	}},
	{"concurrent-move", "Exactly one of several concurrent moves of one hold succeeds.", func(p *probe) {
		p.do(add(red), add(blue), acquire(red, alice))
		p.repeat(func(i int) { p.race(target.ErrNotFound, func(int) call { return moves[i%2] }) })
	}},
	{"concurrent-move-delete", "A hold that is moved always keeps one of both targets.", func(p *probe) {
		p.repeat(func(int) {
			for _, c := range []call{add(red), add(blue), acquire(red, alice)} {
				p.try(nil, c)
			}
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
		})
	}},
}

// moves take alice there and back.
var moves = []call{move(alice, red, blue), move(alice, blue, red)}

// repeat calls f until it has found something wrong.
func (p *probe) repeat(f func(i int)) {
	for i := 0; i < rounds && len(p.errs) == 0; i++ {
		f(i)
	}
}

// race makes concurrent calls of which one succeeds. The others fail with an error of the class.
func (p *probe) race(class error, of func(i int) call) {
	p.follow(of(p.one(racers, func(i int) bool {
		_, ok := p.try(class, of(i))
		return ok
	})))
}

// moveAround moves alice back and forth, until one of the targets is deleted.
func (p *probe) moveAround() {
	for i := range racers {
		if _, ok := p.try(target.ErrNotFound, moves[i%2]); !ok {
			return
		}
	}
}

// deleteUnderWay deletes red as soon as alice does not hold it. From then on she holds
// blue, as there is nowhere to move to.
func (p *probe) deleteUnderWay(moved *atomic.Bool) {
	for !moved.Load() {
		if _, ok := p.try(target.ErrInUse, remove(red)); ok {
			if _, ok = p.try(target.ErrInUse, remove(blue)); ok {
				p.fail("Delete(blue) succeeded, which alice must hold now")
			}
			return
		}
		runtime.Gosched() // otherwise the mover waits on a single processor
	}
}

// settle checks that alice holds one target, and removes everything.
func (p *probe) settle() {
	holds := 0
	for _, ref := range []target.Ref{red, blue} {
		if held, _ := p.try(nil, release(ref, alice)); held == "true" {
			holds++
		}
		p.try(target.ErrNotFound, remove(ref))
	}
	if holds != 1 {
		p.fail("one hold was moved back and forth; there are %d", holds)
	}
}
