// Package registrytest tests that a [target.Store] fulfils its contract, for implementations
// that keep targets in a database or in etcd.
//
//	func TestContract(t *testing.T) {
//		registrytest.Run(t, func(t *testing.T) target.Store {
//			return openDatabase(t, t.TempDir())
//		})
//	}
//
//	func TestShared(t *testing.T) {
//		registrytest.RunShared(t, func(t *testing.T) func() target.Store {
//			dir := t.TempDir()
//			return func() target.Store { return openDatabase(t, dir) }
//		})
//	}
//
// A store that several processes use must pass both: only RunShared opens it more than
// once, and finds what one handle remembers and another does not.
//
// The cases distinguish errors with [errors.Is] and the classes of package target, and
// read the error types of package target where the contract promises data; texts do
// not matter. An error of a store's own, such as that of a network, fails the test.
package registrytest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/flinktarget/flinktarget/target"
)

// Run runs all cases, each as a subtest with a store of its own, within a minute.
// What open returns is empty, and nobody else uses it.
func Run(t *testing.T, open func(t *testing.T) target.Store) {
	runCases(t, cases(), 1, func(t *testing.T) func() target.Store { return always(open(t)) })
}

func always(s target.Store) func() target.Store { return func() target.Store { return s } }

func runCases(t *testing.T, cases []testCase, handles int, open func(t *testing.T) (connect func() target.Store)) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			if err := c.run(ctx, handles, open(t)); err != nil {
				t.Errorf("rule: %s\n%v", c.rule, err)
			}
		})
	}
}

// A testCase checks one rule of the contract: it makes calls, and compares the answers, and
// everything that the registry holds after each, with those of a [target.Registry].
type testCase struct {
	name  string // short and unique
	rule  string // the sentence that the case checks
	check func(*probe)
}

// cases are all, simple ones first.
func cases() []testCase {
	return slices.Concat(targetCases, holdCases, moveCases, listCases, concurrencyCases)
}

// run returns every way in which an empty store breaks the rule, with so many handles and what it
// finds in the end when it opens it again; nil if there is none. A store that has not answered
// when the context is done breaks the rule, too; calls that hang then go on.
func (c testCase) run(ctx context.Context, handles int, connect func() target.Store) error {
	done := make(chan error, 1)
	go func() {
		p := newProbe(ctx, handles, connect)
		c.check(p)
		p.handles = []target.Store{connect()}
		p.observe()
		done <- errors.Join(p.errs...)
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return fmt.Errorf("no answer: %w", context.Cause(ctx))
	}
}
