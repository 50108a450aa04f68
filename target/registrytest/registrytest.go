// Package registrytest tests that a registry of targets keeps the contract of
// [target.Registry]: whatever keeps targets elsewhere, in a database or in etcd,
// can prove itself with the same cases.
//
//	func TestContract(t *testing.T) {
//		registrytest.Run(t, func(t *testing.T) registrytest.Registry {
//			return newDatabaseRegistry(t.Context(), t)
//		})
//	}
//
// Errors are told apart with [errors.Is] and the classes of package target, and
// data is read from the error types of package target where the contract promises
// some; texts do not matter.
package registrytest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"testing"
	"time"

	"github.com/flinktarget/flinktarget/target"
)

// A Registry is what is tested. Its methods mean what those of [target.Registry]
// mean, and may fail for reasons of their own: with the error of a context that is
// done, after which nothing has changed, and with whatever a network does, which
// fails the test.
type Registry interface {
	// Register adds a target, or replaces the metadata of one with the same spec.
	Register(ctx context.Context, t target.Target) error
	// Get returns the target that ref refers to.
	Get(ctx context.Context, ref target.Ref) (target.Target, error)
	// Acquire makes o hold a target, and Release ends the hold and reports whether
	// there was one.
	Acquire(ctx context.Context, ref target.Ref, o target.Owner) error
	Release(ctx context.Context, ref target.Ref, o target.Owner) (bool, error)
	// Move ends the hold of o on one target and makes it hold another, at one moment.
	Move(ctx context.Context, o target.Owner, from, to target.Ref) error
	// Delete removes a target that no one holds.
	Delete(ctx context.Context, ref target.Ref) error
	// Owners returns who holds a target, sorted.
	Owners(ctx context.Context, ref target.Ref) ([]target.Owner, error)
	// All yields an error at most once, as the last thing.
	All(ctx context.Context) iter.Seq2[target.Target, error]
}

// Adapt returns r as a Registry.
func Adapt(r *target.Registry) Registry { return adapter{r} }

type adapter struct{ r *target.Registry }

func (a adapter) Register(ctx context.Context, t target.Target) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return a.r.Register(t)
}

func (a adapter) Get(ctx context.Context, ref target.Ref) (target.Target, error) {
	if err := ctx.Err(); err != nil {
		return target.Target{}, err
	}
	return a.r.Get(ref)
}

func (a adapter) Acquire(ctx context.Context, ref target.Ref, o target.Owner) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return a.r.Acquire(ref, o)
}

func (a adapter) Release(ctx context.Context, ref target.Ref, o target.Owner) (bool, error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	return a.r.Release(ref, o), nil
}

func (a adapter) Move(ctx context.Context, o target.Owner, from, to target.Ref) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return a.r.Move(o, from, to)
}

func (a adapter) Delete(ctx context.Context, ref target.Ref) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return a.r.Delete(ref)
}

func (a adapter) Owners(ctx context.Context, ref target.Ref) ([]target.Owner, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return a.r.Owners(ref)
}

func (a adapter) All(ctx context.Context) iter.Seq2[target.Target, error] {
	return func(yield func(target.Target, error) bool) {
		if err := ctx.Err(); err != nil {
			yield(target.Target{}, err)
			return
		}
		for t := range a.r.All() {
			if !yield(t, nil) {
				return
			}
		}
	}
}

// caseLimit is more than any case needs, on a database far away too.
const caseLimit = time.Minute

// Run runs all cases, each as a subtest with a registry of its own. What open
// returns is empty, and no one else uses it.
func Run(t *testing.T, open func(t *testing.T) Registry) {
	for _, c := range Cases() {
		t.Run(c.Name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), caseLimit)
			defer cancel()
			if err := c.Check(ctx, open(t)); err != nil {
				t.Errorf("rule: %s\n%v", c.Rule, err)
			}
		})
	}
}

// A Case checks one rule of the contract.
type Case struct {
	// Name is short and unique.
	Name string
	// Rule is the sentence that is checked.
	Rule  string
	check func(*probe)
}

// Cases returns all cases in a fresh slice, simple ones first.
func Cases() []Case {
	var all []Case
	for _, group := range [][]Case{targetCases, holdCases, moveCases, listCases, concurrencyCases} {
		all = append(all, group...)
	}
	return all
}

// Check returns everything by which an empty registry breaks the rule, nil if it
// keeps it. A registry that has not answered when the context is done breaks it
// too; the calls that hang are left behind.
func (c Case) Check(ctx context.Context, r Registry) error {
	done := make(chan error, 1)
	go func() {
		p := &probe{ctx: ctx, r: r}
		c.check(p)
		done <- errors.Join(p.errs...)
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return fmt.Errorf("no answer: %w", context.Cause(ctx))
	}
}
