// Package registrytest tests that a registry of targets fulfils the contract of
// [target.Registry], for implementations that keep targets in a database or in etcd.
//
//	func TestContract(t *testing.T) {
//		registrytest.Run(t, func(t *testing.T) registrytest.Registry {
//			return newDatabaseRegistry(t.Context(), t)
//		})
//	}
//
// The cases distinguish errors with [errors.Is] and the classes of package target, and
// read the error types of package target where the contract promises data; texts do
// not matter.
package registrytest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"testing"
	"time"

	"github.com/flinktarget/flinktarget/target"
)

// A Registry is what is tested. Its methods do what those of [target.Registry] do, and
// may fail for two more reasons: a context that is done, whose error they return and
// after which nothing has changed; and errors of their own, such as those of a network,
// which fail the test.
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
	// Delete removes a target without owners.
	Delete(ctx context.Context, ref target.Ref) error
	// Owners returns who holds a target, sorted.
	Owners(ctx context.Context, ref target.Ref) ([]target.Owner, error)
	// All yields an error at most once, as the last thing.
	All(ctx context.Context) iter.Seq2[target.Target, error]
}

// Adapt returns r as a Registry.
func Adapt(r *target.Registry) Registry { return adapter{r} }

type adapter struct{ r *target.Registry }

// unless calls f if the context is not done.
func unless(ctx context.Context, f func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return f()
}

func (a adapter) Register(ctx context.Context, t target.Target) error {
	return unless(ctx, func() error { return a.r.Register(t) })
}

func (a adapter) Get(ctx context.Context, ref target.Ref) (t target.Target, err error) {
	err = unless(ctx, func() error { t, err = a.r.Get(ref); return err })
	return t, err
}

func (a adapter) Acquire(ctx context.Context, ref target.Ref, o target.Owner) error {
	return unless(ctx, func() error { return a.r.Acquire(ref, o) })
}

func (a adapter) Release(ctx context.Context, ref target.Ref, o target.Owner) (held bool, err error) {
	err = unless(ctx, func() error { held = a.r.Release(ref, o); return nil })
	return held, err
}

func (a adapter) Move(ctx context.Context, o target.Owner, from, to target.Ref) error {
	return unless(ctx, func() error { return a.r.Move(o, from, to) })
}

func (a adapter) Delete(ctx context.Context, ref target.Ref) error {
	return unless(ctx, func() error { return a.r.Delete(ref) })
}

func (a adapter) Owners(ctx context.Context, ref target.Ref) (owners []target.Owner, err error) {
	err = unless(ctx, func() error { owners, err = a.r.Owners(ref); return err })
	return owners, err
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

// Run runs all cases, each as a subtest with a registry of its own, within a minute.
// What open returns is empty, and nobody else uses it.
func Run(t *testing.T, open func(t *testing.T) Registry) {
	for _, c := range Cases() {
		t.Run(c.Name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			if err := c.Check(ctx, open(t)); err != nil {
				t.Errorf("rule: %s\n%v", c.Rule, err)
			}
		})
	}
}

// A Case checks one rule of the contract: it makes calls, and compares the answers, and
// everything that the registry holds after each, with those of a [target.Registry].
type Case struct {
	Name  string // short and unique
	Rule  string // the sentence that the case checks
	check func(*probe)
}

// Cases returns all cases in a fresh slice, simple ones first.
func Cases() []Case {
	return slices.Concat(targetCases, holdCases, moveCases, listCases, concurrencyCases)
}

// Check returns every way in which an empty registry breaks the rule, nil if there is
// none. A registry that has not answered when the context is done breaks the rule, too;
// calls that hang then go on.
func (c Case) Check(ctx context.Context, r Registry) error {
	done := make(chan error, 1)
	go func() {
		p := newProbe(ctx, r)
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
