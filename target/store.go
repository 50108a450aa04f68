package target

import (
	"context"
	"iter"
)

// A Store is the contract of a [Registry] for whoever keeps targets outside of the
// process: the methods do what those of Registry do, with the same errors. Package
// target/store implements it over any database that compares and swaps,
// [Registry.Store] in memory, and package target/registrytest tests it.
//
// It lacks SetHolds, Clone and Snapshot of a Registry, which are about many targets at one
// moment: for SetHolds, call Transact of target/store's Store with the refs that are held
// and those that are to be, which hands over a Registry; that Store has a Snapshot, too.
//
// A Store is linearizable: each call takes effect at one moment between its start and
// its return, whichever process makes it.
//
// Every method may fail for two more reasons. If the context is done when the call
// starts, nothing changes and the error is the context's. Any other error, also that of
// a context that ends during the call, leaves open whether the call took effect. To
// make the call again is harmless: it does nothing twice, and says of what the first
// one did that it is done: nil from Register and Acquire, false from Release,
// ErrNotFound from Delete and Move.
type Store interface {
	// Register adds a target, or replaces the metadata of one with the same spec.
	Register(ctx context.Context, t Target) error
	// Get returns the target that ref refers to.
	Get(ctx context.Context, ref Ref) (Target, error)
	// Acquire makes o hold a target, and Release ends the hold and reports whether
	// there was one; it is false with every error.
	Acquire(ctx context.Context, ref Ref, o Owner) error
	Release(ctx context.Context, ref Ref, o Owner) (bool, error)
	// Move ends the hold of o on one target and makes it hold another, at one moment.
	Move(ctx context.Context, o Owner, from, to Ref) error
	// Delete removes a target without owners.
	Delete(ctx context.Context, ref Ref) error
	// Owners returns who holds a target, sorted, in a fresh slice.
	Owners(ctx context.Context, ref Ref) ([]Owner, error)
	// All yields the targets in the order of namespace and name, as they are at one
	// moment, and an error at most once, as the last thing.
	All(ctx context.Context) iter.Seq2[Target, error]
}

// Store returns r as a Store. It fails only as r does, and where a context is done.
func (r *Registry) Store() Store { return memory{r} }

type memory struct{ r *Registry }

// unless calls f if the context is not done.
func unless[T any](ctx context.Context, f func() (T, error)) (T, error) {
	if err := ctx.Err(); err != nil {
		return *new(T), err
	}
	return f()
}

// only is unless for a function without an answer.
func only(ctx context.Context, f func() error) error {
	_, err := unless(ctx, func() (struct{}, error) { return struct{}{}, f() })
	return err
}

func (m memory) Register(ctx context.Context, t Target) error {
	return only(ctx, func() error { return m.r.Register(t) })
}

func (m memory) Get(ctx context.Context, ref Ref) (Target, error) {
	return unless(ctx, func() (Target, error) { return m.r.Get(ref) })
}

func (m memory) Acquire(ctx context.Context, ref Ref, o Owner) error {
	return only(ctx, func() error { return m.r.Acquire(ref, o) })
}

func (m memory) Release(ctx context.Context, ref Ref, o Owner) (bool, error) {
	return unless(ctx, func() (bool, error) { return m.r.Release(ref, o), nil })
}

func (m memory) Move(ctx context.Context, o Owner, from, to Ref) error {
	return only(ctx, func() error { return m.r.Move(o, from, to) })
}

func (m memory) Delete(ctx context.Context, ref Ref) error {
	return only(ctx, func() error { return m.r.Delete(ref) })
}

func (m memory) Owners(ctx context.Context, ref Ref) ([]Owner, error) {
	return unless(ctx, func() ([]Owner, error) { return m.r.Owners(ref) })
}

func (m memory) All(ctx context.Context) iter.Seq2[Target, error] {
	return func(yield func(Target, error) bool) {
		if err := ctx.Err(); err != nil {
			yield(Target{}, err)
			return
		}
		for t := range m.r.All() {
			if !yield(t, nil) {
				return
			}
		}
	}
}
