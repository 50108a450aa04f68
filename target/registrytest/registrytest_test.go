package registrytest_test

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/target"
	"github.com/flinktarget/flinktarget/target/registrytest"
)

func faults() []fault { return slices.Concat(targetFaults, holdFaults, raceFaults) }

func open(f fault) target.Store {
	r := &faulty{Store: new(target.Registry).Store()}
	f.spoil(r)
	return r
}

// TestFaultsAreFound proves that every case can fail, and that the cases which
// must notice a fault do.
func TestFaultsAreFound(t *testing.T) {
	found := map[string]bool{}
	for _, f := range faults() {
		t.Run(f.name, func(t *testing.T) {
			var broken []string
			for _, c := range registrytest.Cases() {
				ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
				if f.name == "locked while iterating" {
					ctx, cancel = context.WithTimeout(t.Context(), 200*time.Millisecond) // it hangs
				}
				if err := c.Check(ctx, open(f)); err != nil {
					broken = append(broken, c.Name())
					found[c.Name()] = true
				}
				cancel()
			}
			for _, name := range f.breaks {
				assert.Assert(t, slices.Contains(broken, name), "%s finds nothing wrong; found by %v", name, broken)
			}
		})
	}
	for _, c := range registrytest.Cases() {
		assert.Assert(t, found[c.Name()], "no fault breaks the case %s", c.Name())
	}
}

// TestEveryCaseHasAFault wants a fault for each case that is there for its rule.
func TestEveryCaseHasAFault(t *testing.T) {
	broken := map[string]bool{}
	for _, f := range faults() {
		for _, name := range f.breaks {
			broken[name] = true
		}
	}
	seen := map[string]bool{}
	for _, c := range registrytest.Cases() {
		assert.Assert(t, broken[c.Name()], "no fault is there to break the case %s", c.Name())
		assert.Assert(t, !seen[c.Name()] && c.Rule() != "", "the case %s needs a name of its own and a rule", c.Name())
		seen[c.Name()] = true
	}
}

func TestTheModelFindsFaults(t *testing.T) {
	for _, f := range faults() {
		if !f.modelToo {
			continue
		}
		t.Run(f.name, func(t *testing.T) {
			for seed := range uint64(50) {
				if registrytest.CompareWithModel(t.Context(), open(f), seed, 500) != nil {
					return
				}
			}
			t.Error("50 random sequences found nothing wrong")
		})
	}
}

func TestCorrectRegistry(t *testing.T) {
	registrytest.Run(t, func(*testing.T) target.Store {
		return &faulty{Store: new(target.Registry).Store()}
	})
	assert.NilError(t, registrytest.CompareWithModel(t.Context(), new(target.Registry).Store(), 1, 500))
}

// A cache that each process keeps for itself, and brings up to date with its own calls:
// right as long as there is one process.
func caching(inner target.Store) target.Store {
	f := &faulty{Store: inner}
	cache := map[target.Ref]target.Target{}
	remember := func(t target.Target, err error) (target.Target, error) {
		f.mu.Lock()
		defer f.mu.Unlock()
		if err == nil {
			cache[t.Ref()] = t
		}
		return t, err
	}
	f.get = func(ctx context.Context, ref target.Ref) (target.Target, error) {
		f.mu.Lock()
		t, ok := cache[target.Ref{Namespace: ref.Namespace, Name: ref.Name}]
		f.mu.Unlock()
		if ok && ref.Matches(t) && ctx.Err() == nil {
			return t, nil
		}
		return remember(f.Store.Get(ctx, ref))
	}
	f.register = func(ctx context.Context, t target.Target) error {
		_, err := remember(t, f.Store.Register(ctx, t))
		return err
	}
	f.remove = func(ctx context.Context, ref target.Ref) error {
		t, _ := f.Store.Get(ctx, ref)
		err := f.Store.Delete(ctx, ref)
		if err == nil {
			f.mu.Lock()
			defer f.mu.Unlock()
			delete(cache, t.Ref())
		}
		return err
	}
	return f
}

// late makes a change that its caller did not wait for, in the end.
func late(inner target.Store) target.Store {
	f := &faulty{Store: inner}
	f.acquire = func(ctx context.Context, ref target.Ref, o target.Owner) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		done := make(chan error, 1)
		go func() {
			if gap(); ctx.Err() != nil {
				time.Sleep(5 * time.Millisecond)
			}
			done <- f.Store.Acquire(context.WithoutCancel(ctx), ref, o)
		}()
		select {
		case err := <-done:
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return f
}

// breaking fails for ever once an answer was lost.
func breaking(inner target.Store) target.Store {
	f := &faulty{Store: inner}
	var broken atomic.Bool
	f.acquire = func(ctx context.Context, ref target.Ref, o target.Owner) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if broken.Load() {
			return errors.New("the connection is closed")
		}
		err := f.Store.Acquire(ctx, ref, o)
		gap()
		if ctx.Err() != nil {
			broken.Store(true)
			return ctx.Err()
		}
		return err
	}
	return f
}

// TestSharedFaults: each answers every case right as long as one handle is open and no
// answer is lost.
func TestSharedFaults(t *testing.T) {
	for _, f := range []struct {
		name  string
		wrap  func(target.Store) target.Store
		finds string
	}{
		{"a write-through cache", caching, "register-metadata"},
		{"effects after the call", late, "late-effects"},
		{"a connection that stays lost", breaking, "lost-answers"},
	} {
		t.Run(f.name, func(t *testing.T) {
			for _, c := range registrytest.Cases() {
				assert.NilError(t, c.Check(t.Context(), f.wrap(new(target.Registry).Store())), c.Name())
			}
			var found []string
			for _, c := range registrytest.SharedCases() {
				inner := new(target.Registry).Store()
				if c.CheckShared(t.Context(), func() target.Store { return f.wrap(inner) }) != nil {
					found = append(found, c.Name())
				}
			}
			assert.Assert(t, slices.Contains(found, f.finds), "found by %v", found)
		})
	}
}

func TestCorrectStoreIsShared(t *testing.T) {
	registrytest.RunShared(t, func(*testing.T) func() target.Store {
		return new(target.Registry).Store
	})
}
