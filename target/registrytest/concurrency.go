package registrytest

import (
	"fmt"
	"runtime"
	"slices"
	"strings"

	"github.com/flinktarget/flinktarget/target"
)

// A race that one round in ten loses is found almost surely.
const (
	rounds = 50
	racers = 8
)

var concurrencyCases = []testCase{
	race("concurrent-acquire", "Concurrent acquisitions leave one hold for each owner.",
		[]call{add(red), release(red, alice), release(red, bob)},
		each(func(i int) call { return acquire(red, []target.Owner{alice, bob}[i%2]) })...),
	race("concurrent-release", "Exactly one of several concurrent releases of one hold is true.",
		[]call{add(red), acquire(red, alice)},
		each(func(int) call { return release(red, alice) })...),
	race("concurrent-delete", "Exactly one of a concurrent Acquire and Delete succeeds.",
		[]call{add(red), release(red, alice)}, // what was deleted comes back without holds
		[]call{acquire(red, alice)}, []call{remove(red)}),
	race("concurrent-register", "Exactly one of different targets of one name is registered.",
		[]call{remove(red)},
		each(func(i int) call { return register(newTarget(red, fmt.Sprint("flink-", i), "a")) })...),
	race("concurrent-register-id", "Exactly one of different targets with one id is registered.",
		[]call{remove(target.Ref{ID: id1})},
		each(func(i int) call { return add(target.Ref{Name: fmt.Sprint("t", i), ID: id1}) })...),
	race("concurrent-move", "Exactly one of several concurrent moves of one hold succeeds.",
		[]call{add(red), add(blue), release(blue, alice), acquire(red, alice)},
		each(func(int) call { return move(alice, red, blue) })...),
	race("concurrent-move-delete", "A hold that is moved always keeps one of both targets.",
		[]call{add(red), add(blue), release(blue, alice), acquire(red, alice)},
		slices.Repeat([]call{move(alice, red, blue), move(alice, blue, red)}, racers/2),
		append(slices.Repeat([]call{remove(red)}, 2*racers), remove(blue))),
}

// each returns a call for each racer.
func each(of func(i int) call) [][]call {
	calls := make([][]call, racers)
	for i := range calls {
		calls[i] = []call{of(i)}
	}
	return calls
}

// race is a case in which, after first calls, the racers start at one moment, and each makes
// its calls one after another. The answers, and what is there in the end, must be those of the
// model for the same calls in some order, one after another.
func race(name, rule string, first []call, racers ...[]call) testCase {
	return testCase{name, rule, func(p *probe) {
		for i := 0; i < rounds && len(p.errs) == 0; i++ {
			for _, c := range first {
				_ = p.compare(p.ctx, c)
			}
			made := make([][]answered, len(racers))
			together(len(racers), func(i int) { made[i] = p.ask(p.next(), racers[i]...) })
			after := p.ask(p.next(), all(), owners(red), owners(blue))
			if model := p.explained(p.model, made, after); model != nil {
				p.model = model
				p.observe()
				continue
			}
			var said []string
			for _, a := range append(slices.Concat(made...), after...) {
				said = append(said, a.text+": "+a.answer)
			}
			p.fail("no order of these concurrent calls has these answers:\n  %s", strings.Join(said, "\n  "))
		}
	}}
}

// answered is a call with its answer, or what the contract says of its error.
type answered struct {
	call
	answer string
}

// ask makes calls one after another.
func (p *probe) ask(r target.Store, calls ...call) []answered {
	out := make([]answered, len(calls))
	for i, c := range calls {
		answer, err := c.make(p.ctx, r)
		if err != nil {
			answer = contractOf(err)
		}
		out[i] = answered{c, answer}
		runtime.Gosched() // otherwise the other racers may wait until this one is through
	}
	return out
}

// explained returns the model after those calls in an order in which it gives the same answers,
// then the calls that were made after all, nil if there is none. Each order is tried on a
// [target.Registry.Clone].
func (p *probe) explained(model *target.Registry, made [][]answered, after []answered) *target.Registry {
	done := true
	for i, list := range made {
		if len(list) == 0 {
			continue
		}
		done = false
		next, rest := model.Clone(), slices.Clone(made)
		rest[i] = list[1:]
		if p.ask(next.Store(), list[0].call)[0].answer != list[0].answer {
			continue
		}
		if end := p.explained(next, rest, after); end != nil {
			return end
		}
	}
	switch {
	case !done:
		return nil
	case after != nil:
		return p.explained(model, [][]answered{after}, nil)
	}
	return model
}
