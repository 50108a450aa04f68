package registrytest_test

import (
	"context"
	"errors"
	"iter"
	"slices"
	"sync"
	"time"

	"github.com/flinktarget/flinktarget/target"
)

// faulty is a correct registry of which some calls are replaced.
type faulty struct {
	target.Store
	mu       sync.Mutex // for what a fault remembers
	register func(context.Context, target.Target) error
	get      func(context.Context, target.Ref) (target.Target, error)
	acquire  func(context.Context, target.Ref, target.Owner) error
	release  func(context.Context, target.Ref, target.Owner) (bool, error)
	move     func(context.Context, target.Owner, target.Ref, target.Ref) error
	remove   func(context.Context, target.Ref) error
	owners   func(context.Context, target.Ref) ([]target.Owner, error)
	all      func(context.Context) iter.Seq2[target.Target, error]
}

func (f *faulty) Register(ctx context.Context, t target.Target) error {
	if f.register != nil {
		return f.register(ctx, t)
	}
	return f.Store.Register(ctx, t)
}

func (f *faulty) Get(ctx context.Context, ref target.Ref) (target.Target, error) {
	if f.get != nil {
		return f.get(ctx, ref)
	}
	return f.Store.Get(ctx, ref)
}

func (f *faulty) Acquire(ctx context.Context, ref target.Ref, o target.Owner) error {
	if f.acquire != nil {
		return f.acquire(ctx, ref, o)
	}
	return f.Store.Acquire(ctx, ref, o)
}

func (f *faulty) Release(ctx context.Context, ref target.Ref, o target.Owner) (bool, error) {
	if f.release != nil {
		return f.release(ctx, ref, o)
	}
	return f.Store.Release(ctx, ref, o)
}

func (f *faulty) Move(ctx context.Context, o target.Owner, from, to target.Ref) error {
	if f.move != nil {
		return f.move(ctx, o, from, to)
	}
	return f.Store.Move(ctx, o, from, to)
}

func (f *faulty) Delete(ctx context.Context, ref target.Ref) error {
	if f.remove != nil {
		return f.remove(ctx, ref)
	}
	return f.Store.Delete(ctx, ref)
}

func (f *faulty) Owners(ctx context.Context, ref target.Ref) ([]target.Owner, error) {
	if f.owners != nil {
		return f.owners(ctx, ref)
	}
	return f.Store.Owners(ctx, ref)
}

func (f *faulty) All(ctx context.Context) iter.Seq2[target.Target, error] {
	if f.all != nil {
		return f.all(ctx)
	}
	return f.Store.All(ctx)
}

// holds reports whether o holds what ref refers to.
func (f *faulty) holds(ctx context.Context, ref target.Ref, o target.Owner) bool {
	owners, _ := f.Store.Owners(ctx, ref)
	return slices.Contains(owners, o)
}

// force deletes what ref refers to, held or not.
func (f *faulty) force(ctx context.Context, ref target.Ref) error {
	owners, err := f.Store.Owners(ctx, ref)
	for _, o := range owners {
		_, _ = f.Store.Release(ctx, ref, o)
	}
	return errors.Join(err, f.Store.Delete(ctx, ref))
}

// gap is the time between a check and an act that should have been one step.
func gap() { time.Sleep(200 * time.Microsecond) }

// fault is a way to get a registry wrong, and the cases that must notice.
type fault struct {
	name   string
	breaks []string
	// modelToo: random calls one after another notice it as well.
	modelToo bool
	spoil    func(*faulty)
}

var targetFaults = []fault{
	{"ids are not looked up", []string{"get"}, true, func(f *faulty) {
		f.get = func(ctx context.Context, ref target.Ref) (target.Target, error) {
			if ref.Name == "" && ref.ID != "" {
				return target.Target{}, target.ErrNotFound
			}
			return f.Store.Get(ctx, ref)
		}
	}},
	{"the id does not count where there is a name", []string{"get-unknown"}, true, func(f *faulty) {
		f.get = func(ctx context.Context, ref target.Ref) (target.Target, error) {
			if ref.Name != "" {
				ref.ID = ""
			}
			return f.Store.Get(ctx, ref)
		}
	}},
	{"the empty namespace is one of its own", []string{"default-namespace"}, true, func(f *faulty) {
		f.get = func(ctx context.Context, ref target.Ref) (target.Target, error) {
			if ref.Namespace == "" && !ref.IsZero() {
				return target.Target{}, target.ErrNotFound
			}
			return f.Store.Get(ctx, ref)
		}
	}},
	{"deletes in every namespace", []string{"namespaces"}, true, func(f *faulty) {
		f.remove = func(ctx context.Context, ref target.Ref) error {
			for t := range f.Store.All(ctx) {
				if t.Name() == ref.Name && t.Namespace() != ref.Namespace {
					_ = f.Store.Delete(ctx, t.Ref())
				}
			}
			return f.Store.Delete(ctx, ref)
		}
	}},
	{"what exists cannot be registered", []string{"register-again", "register-metadata"}, true, func(f *faulty) {
		f.register = func(ctx context.Context, t target.Target) error {
			if _, err := f.Store.Get(ctx, t.Ref()); err == nil {
				return target.ErrImmutable
			}
			return f.Store.Register(ctx, t)
		}
	}},
	{"to register again ends all holds", []string{"register-again", "register-metadata"}, true, func(f *faulty) {
		f.register = func(ctx context.Context, t target.Target) error {
			err := f.Store.Register(ctx, t)
			if owners, _ := f.Store.Owners(ctx, t.Ref()); err == nil {
				for _, o := range owners {
					_, _ = f.Store.Release(ctx, t.Ref(), o)
				}
			}
			return err
		}
	}},
	{"the first labels stay", []string{"register-metadata"}, true, func(f *faulty) {
		f.register = func(ctx context.Context, t target.Target) error {
			old, err := f.Store.Get(ctx, t.Ref())
			if err == nil && old.SameSpec(t) && old.ID() == t.ID() {
				return nil
			}
			return f.Store.Register(ctx, t)
		}
	}},
	{"specs change while nobody looks", []string{"register-spec"}, true, func(f *faulty) {
		f.register = func(ctx context.Context, t target.Target) error {
			err := f.Store.Register(ctx, t)
			if errors.Is(err, target.ErrImmutable) && f.Store.Delete(ctx, t.Ref()) == nil {
				return f.Store.Register(ctx, t)
			}
			return err
		}
	}},
	{"the error about a spec says nothing", []string{"register-spec"}, false, func(f *faulty) {
		f.register = func(ctx context.Context, t target.Target) error {
			err := f.Store.Register(ctx, t)
			if errors.Is(err, target.ErrImmutable) {
				return target.ErrImmutable
			}
			return err
		}
	}},
	{"an id may come later", []string{"register-id"}, true, func(f *faulty) {
		f.register = func(ctx context.Context, t target.Target) error {
			old, err := f.Store.Get(ctx, t.Ref())
			if err == nil && old.ID() == "" && old.SameSpec(t) && f.Store.Delete(ctx, t.Ref()) == nil {
				return f.Store.Register(ctx, t)
			}
			return f.Store.Register(ctx, t)
		}
	}},
	{"ids are unique in a namespace only", []string{"register-taken-id"}, true, func(f *faulty) {
		f.register = func(ctx context.Context, t target.Target) error {
			err := f.Store.Register(ctx, t)
			if e, ok := errors.AsType[*target.Error](err); ok && errors.Is(err, target.ErrConflict) &&
				e.Other.Namespace != t.Namespace() {
				return nil
			}
			return err
		}
	}},
	{"to delete what is gone is fine", []string{"delete"}, true, func(f *faulty) {
		f.remove = func(ctx context.Context, ref target.Ref) error {
			if err := f.Store.Delete(ctx, ref); !errors.Is(err, target.ErrNotFound) {
				return err
			}
			return nil
		}
	}},
	{"a name is used up for ever", []string{"delete-frees"}, true, func(f *faulty) {
		used := map[target.Ref]target.Target{}
		f.register = func(ctx context.Context, t target.Target) error {
			f.mu.Lock()
			defer f.mu.Unlock()
			if old, ok := used[t.Ref()]; ok && !old.SameSpec(t) {
				fields := []target.FieldChange{{Field: "spec.kubernetes.namespace"}}
				return &target.Error{Class: target.ErrImmutable, Ref: t.Ref(), Fields: fields}
			}
			err := f.Store.Register(ctx, t)
			if err == nil {
				used[t.Ref()] = t
			}
			return err
		}
	}},
	{"nobody can hold a target", []string{"zero-values"}, true, func(f *faulty) {
		f.acquire = func(ctx context.Context, ref target.Ref, o target.Owner) error {
			if o.Kind == "" {
				o.Kind, o.Name = "Deployment", "nobody"
			}
			return f.Store.Acquire(ctx, ref, o)
		}
	}},
	{"contexts do not count", []string{"context"}, false, func(f *faulty) {
		f.move = func(ctx context.Context, o target.Owner, from, to target.Ref) error {
			return f.Store.Move(context.WithoutCancel(ctx), o, from, to)
		}
	}},
	{"owners in reverse", []string{"owners-sorted"}, true, func(f *faulty) {
		f.owners = func(ctx context.Context, ref target.Ref) ([]target.Owner, error) {
			owners, err := f.Store.Owners(ctx, ref)
			slices.Reverse(owners)
			return owners, err
		}
	}},
	{"one slice for all callers", []string{"owners-sorted"}, false, func(f *faulty) {
		var kept []target.Owner
		f.owners = func(ctx context.Context, ref target.Ref) ([]target.Owner, error) {
			owners, err := f.Store.Owners(ctx, ref)
			f.mu.Lock()
			defer f.mu.Unlock()
			if len(kept) != len(owners) {
				kept = owners
			}
			return kept, err
		}
	}},
	{"targets in reverse", []string{"all-sorted"}, true, func(f *faulty) {
		f.all = func(ctx context.Context) iter.Seq2[target.Target, error] {
			var list []target.Target
			for t := range f.Store.All(ctx) {
				list = append(list, t)
			}
			slices.Reverse(list)
			return func(yield func(target.Target, error) bool) {
				for _, t := range list {
					if !yield(t, nil) {
						return
					}
				}
			}
		}
	}},
	{"locked while iterating", []string{"all-body"}, false, func(f *faulty) {
		var mu sync.Mutex
		f.register = func(ctx context.Context, t target.Target) error {
			mu.Lock()
			defer mu.Unlock()
			return f.Store.Register(ctx, t)
		}
		f.all = func(ctx context.Context) iter.Seq2[target.Target, error] {
			return func(yield func(target.Target, error) bool) {
				mu.Lock()
				defer mu.Unlock()
				f.Store.All(ctx)(yield)
			}
		}
	}},
}
