package registrytest_test

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/flinktarget/flinktarget/target"
)

// owned is an owner of a target, however that is referred to.
type owned struct {
	ref   target.Ref
	owner target.Owner
}

var holdFaults = []fault{
	{"deletes what is held", []string{"acquire", "owner-identity"}, true, func(f *faulty) {
		f.remove = f.force
	}},
	{"an error that names nobody", []string{"acquire"}, false, func(f *faulty) {
		f.remove = func(ctx context.Context, ref target.Ref) error {
			err := f.Store.Delete(ctx, ref)
			if errors.Is(err, target.ErrInUse) {
				return target.ErrInUse
			}
			return err
		}
	}},
	{"holds are counted", []string{"acquire-again"}, true, func(f *faulty) {
		more := map[owned]int{}
		f.acquire = func(ctx context.Context, ref target.Ref, o target.Owner) error {
			f.mu.Lock()
			defer f.mu.Unlock()
			if f.holds(ctx, ref, o) {
				more[owned{ref, o}]++
			}
			return f.Store.Acquire(ctx, ref, o)
		}
		f.release = func(ctx context.Context, ref target.Ref, o target.Owner) (bool, error) {
			f.mu.Lock()
			defer f.mu.Unlock()
			if more[owned{ref, o}] > 0 {
				more[owned{ref, o}]--
				return true, nil
			}
			return f.Store.Release(ctx, ref, o)
		}
	}},
	{"who comes too early holds what comes later", []string{"acquire-unknown"}, true, func(f *faulty) {
		early := map[target.Ref][]target.Owner{}
		f.acquire = func(ctx context.Context, ref target.Ref, o target.Owner) error {
			f.mu.Lock()
			defer f.mu.Unlock()
			err := f.Store.Acquire(ctx, ref, o)
			if errors.Is(err, target.ErrNotFound) {
				early[ref] = append(early[ref], o)
			}
			return err
		}
		f.register = func(ctx context.Context, t target.Target) error {
			f.mu.Lock()
			defer f.mu.Unlock()
			err := f.Store.Register(ctx, t)
			for _, o := range early[t.Ref()] {
				_ = f.Store.Acquire(ctx, t.Ref(), o)
			}
			return err
		}
	}},
	{"an owner has one target", []string{"acquire-several"}, true, func(f *faulty) {
		f.acquire = func(ctx context.Context, ref target.Ref, o target.Owner) error {
			err := f.Store.Acquire(ctx, ref, o)
			if err != nil {
				return err
			}
			for t := range f.Store.All(ctx) {
				if !ref.Matches(t) {
					_, _ = f.Store.Release(ctx, t.Ref(), o)
				}
			}
			return nil
		}
	}},
	{"UIDs do not count", []string{"owner-identity"}, true, func(f *faulty) {
		f.release = func(ctx context.Context, ref target.Ref, o target.Owner) (bool, error) {
			owners, _ := f.Store.Owners(ctx, ref)
			any := false
			for _, p := range owners {
				if p.Kind == o.Kind && p.Namespace == o.Namespace && p.Name == o.Name {
					held, _ := f.Store.Release(ctx, ref, p)
					any = any || held
				}
			}
			return any, ctx.Err()
		}
	}},
	{"a hold is of a reference", []string{"ref-identity"}, true, func(f *faulty) {
		f.release = func(ctx context.Context, ref target.Ref, o target.Owner) (bool, error) {
			if ref.Name == "" && ref.ID != "" {
				return false, nil
			}
			return f.Store.Release(ctx, ref, o)
		}
	}},
	{"release always says yes", []string{"release-not-held", "acquire-again"}, true, func(f *faulty) {
		f.release = func(ctx context.Context, ref target.Ref, o target.Owner) (bool, error) {
			_, err := f.Store.Release(ctx, ref, o)
			return true, err
		}
	}},
	{"ten owners are enough", []string{"many-owners"}, false, func(f *faulty) {
		f.owners = func(ctx context.Context, ref target.Ref) ([]target.Owner, error) {
			owners, err := f.Store.Owners(ctx, ref)
			return owners[:min(len(owners), 10)], err
		}
	}},
	{"move only acquires", []string{"move", "move-onto-a-hold"}, true, func(f *faulty) {
		f.move = func(ctx context.Context, o target.Owner, from, to target.Ref) error {
			if err := f.Store.Move(ctx, o, from, to); err != nil {
				return err
			}
			return f.Store.Acquire(ctx, from, o)
		}
	}},
	{"move releases, then looks", []string{"move-unknown"}, true, func(f *faulty) {
		f.move = func(ctx context.Context, o target.Owner, from, to target.Ref) error {
			err := f.Store.Move(ctx, o, from, to)
			if errors.Is(err, target.ErrNotFound) {
				_, _ = f.Store.Release(ctx, from, o)
			}
			return err
		}
	}},
	{"move acquires, held or not", []string{"move-not-held"}, true, func(f *faulty) {
		f.move = func(ctx context.Context, o target.Owner, from, to target.Ref) error {
			err := f.Store.Move(ctx, o, from, to)
			if e, ok := errors.AsType[*target.Error](err); ok && len(e.Owners) > 0 {
				return f.Store.Acquire(ctx, to, o)
			}
			return err
		}
	}},
	{"move acquires, then releases", []string{"move-to-itself"}, true, func(f *faulty) {
		f.move = func(ctx context.Context, o target.Owner, from, to target.Ref) error {
			if err := f.Store.Move(ctx, o, from, to); err != nil {
				return err
			}
			_, err := f.Store.Release(ctx, from, o)
			return err
		}
	}},
	{"move refuses who is there already", []string{"move-onto-a-hold"}, true, func(f *faulty) {
		f.move = func(ctx context.Context, o target.Owner, from, to target.Ref) error {
			if f.holds(ctx, to, o) && f.holds(ctx, from, o) {
				return target.ErrConflict
			}
			return f.Store.Move(ctx, o, from, to)
		}
	}},
}

// raceFaults answer every call right as long as no other call comes between.
var raceFaults = []fault{
	{"acquire reads the owners and writes them back", []string{"concurrent-acquire"}, false, func(f *faulty) {
		f.acquire = func(ctx context.Context, ref target.Ref, o target.Owner) error {
			before, err := f.Store.Owners(ctx, ref)
			if err != nil {
				return f.Store.Acquire(ctx, ref, o)
			}
			gap()
			now, _ := f.Store.Owners(ctx, ref)
			for _, p := range now {
				if !slices.Contains(before, p) {
					_, _ = f.Store.Release(ctx, ref, p)
				}
			}
			return f.Store.Acquire(ctx, ref, o)
		}
	}},
	{"release looks, then releases", []string{"concurrent-release"}, false, func(f *faulty) {
		f.release = func(ctx context.Context, ref target.Ref, o target.Owner) (bool, error) {
			held := f.holds(ctx, ref, o)
			gap()
			_, err := f.Store.Release(ctx, ref, o)
			return held, err
		}
	}},
	{"delete looks, then deletes", []string{"concurrent-delete"}, false, func(f *faulty) {
		f.remove = func(ctx context.Context, ref target.Ref) error {
			owners, err := f.Store.Owners(ctx, ref)
			if err != nil || len(owners) > 0 {
				return f.Store.Delete(ctx, ref)
			}
			gap()
			return f.force(ctx, ref)
		}
	}},
	{"register looks, then writes", []string{"concurrent-register"}, false, func(f *faulty) {
		var mu sync.Mutex
		f.register = func(ctx context.Context, t target.Target) error {
			_, err := f.Store.Get(ctx, t.Ref())
			if err == nil || t.IsZero() {
				return f.Store.Register(ctx, t)
			}
			gap()
			mu.Lock()
			defer mu.Unlock()
			if err := f.Store.Register(ctx, t); !errors.Is(err, target.ErrImmutable) {
				return err
			}
			_ = f.force(ctx, t.Ref())
			return f.Store.Register(ctx, t)
		}
	}},
	{"register looks for the id, then writes", []string{"concurrent-register-id"}, false, func(f *faulty) {
		var mu sync.Mutex
		f.register = func(ctx context.Context, t target.Target) error {
			for other := range f.Store.All(ctx) {
				if other.ID() == t.ID() {
					return f.Store.Register(ctx, t)
				}
			}
			gap()
			mu.Lock()
			defer mu.Unlock()
			err := f.Store.Register(ctx, t)
			if e, ok := errors.AsType[*target.Error](err); ok && errors.Is(err, target.ErrConflict) {
				_ = f.force(ctx, e.Other)
				return f.Store.Register(ctx, t)
			}
			return err
		}
	}},
	{"move looks, then moves", []string{"concurrent-move"}, false, func(f *faulty) {
		f.move = func(ctx context.Context, o target.Owner, from, to target.Ref) error {
			if !f.holds(ctx, from, o) {
				return f.Store.Move(ctx, o, from, to)
			}
			gap()
			if err := f.Store.Move(ctx, o, from, to); !f.holds(ctx, to, o) {
				return err
			}
			return nil
		}
	}},
	{"move releases, then acquires", []string{"concurrent-move-delete"}, false, func(f *faulty) {
		f.move = func(ctx context.Context, o target.Owner, from, to target.Ref) error {
			_, unknown := f.Store.Get(ctx, to)
			if !f.holds(ctx, from, o) || unknown != nil {
				return f.Store.Move(ctx, o, from, to)
			}
			_, _ = f.Store.Release(ctx, from, o)
			gap()
			if err := f.Store.Acquire(ctx, to, o); err != nil {
				_ = f.Store.Acquire(ctx, from, o)
				return err
			}
			return nil
		}
	}},
}
