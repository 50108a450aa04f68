package store

import (
	"context"
	"iter"
	"slices"

	"github.com/flinktarget/flinktarget/target"
)

// A Record is a value under a key, as it is or is to be.
type Record struct {
	// Key is of ASCII letters, digits and punctuation.
	Key string
	// Value is nil if there is no such record.
	Value []byte
	// Revision changes with every write of a record, and is never used twice for one
	// key, also if the record is deleted and written again. It is at most 0 if there is
	// none.
	Revision int64
}

// A Backend keeps records. It is safe for concurrent use, by several processes.
//
// Each method takes effect at one moment between its start and its return, as if all
// happened one after another. A context that is done ends it with an error; what errors
// leave open, [target.Store] says.
type Backend interface {
	// Read returns the records of the keys, in their order, as they are at one moment.
	// Keys are different.
	Read(ctx context.Context, keys ...string) ([]Record, error)
	// List returns all records whose key begins with prefix, in any order, as they are
	// at one moment.
	List(ctx context.Context, prefix string) ([]Record, error)
	// Write writes all records, or deletes those whose value is nil, if each of them
	// has the revision that is given, and reports whether. Otherwise nothing changes.
	// It must not keep the values. Keys are different; a record without value that was
	// not there is to stay so, which need not be checked.
	Write(ctx context.Context, records ...Record) (written bool, err error)
}

// A Store keeps targets in a backend. It is a [target.Store].
type Store struct{ backend Backend }

var _ target.Store = (*Store)(nil)

// New returns a store over b. Any number of stores, in any number of processes, may
// use the same records.
func New(b Backend) *Store { return &Store{b} }

// Transact makes several calls at one moment: it reads the targets that refs refer to,
// and the caller's own records of the keys, calls f with a registry that holds just
// these targets, and writes what f has changed in the registry, and in own. If f fails,
// its error is returned and nothing changes.
//
// f may be called several times, with what is there then, and must have no effect
// beside. Of targets that are not read, it knows only that their names and ids are
// taken, if it registers them. own has the records in the order of keys; f may replace
// values, nil deletes. Keys of a caller's own begin neither with targets/ nor with ids/.
func (s *Store) Transact(
	ctx context.Context, refs []target.Ref, keys []string, f func(r *target.Registry, own []Record) error,
) error {
	more := make([]string, 0, 4)
	for {
		v, err := s.read(ctx, refs, keys, more)
		if err != nil {
			return err
		}
		own := slices.Clone(v.records[:len(keys)])
		if err := f(v.registry, own); err != nil {
			return err
		}
		records, missing, err := v.changes(own)
		if err != nil {
			return err
		}
		if more = append(more, missing...); len(missing) > 0 {
			continue
		}
		if len(records) == 0 {
			return nil
		}
		if written, err := s.backend.Write(ctx, records...); written || err != nil {
			return err
		}
	}
}

// call is Transact without records of the caller's own.
func (s *Store) call(ctx context.Context, f func(r *target.Registry) error, refs ...target.Ref) error {
	return s.Transact(ctx, refs, nil, func(r *target.Registry, _ []Record) error { return f(r) })
}

// look returns a registry with the target that ref refers to.
func (s *Store) look(ctx context.Context, ref target.Ref) (*target.Registry, error) {
	v, err := s.read(ctx, []target.Ref{ref}, nil, nil)
	if err != nil {
		return nil, err
	}
	return v.registry, nil
}

// Register adds a target, or replaces the metadata of one with the same spec.
func (s *Store) Register(ctx context.Context, t target.Target) error {
	byID := target.Ref{Namespace: t.Namespace(), ID: t.ID()}
	return s.call(ctx, func(r *target.Registry) error { return r.Register(t) }, t.Ref(), byID)
}

// Get returns the target that ref refers to.
func (s *Store) Get(ctx context.Context, ref target.Ref) (target.Target, error) {
	r, err := s.look(ctx, ref)
	if err != nil {
		return target.Target{}, err
	}
	return r.Get(ref)
}

// Acquire makes o hold a target.
func (s *Store) Acquire(ctx context.Context, ref target.Ref, o target.Owner) error {
	return s.call(ctx, func(r *target.Registry) error { return r.Acquire(ref, o) }, ref)
}

// Release ends a hold and reports whether there was one; it is false with every error.
func (s *Store) Release(ctx context.Context, ref target.Ref, o target.Owner) (held bool, err error) {
	err = s.call(ctx, func(r *target.Registry) error { held = r.Release(ref, o); return nil }, ref)
	return held && err == nil, err
}

// Move ends the hold of o on one target and makes it hold another, at one moment.
func (s *Store) Move(ctx context.Context, o target.Owner, from, to target.Ref) error {
	return s.call(ctx, func(r *target.Registry) error { return r.Move(o, from, to) }, from, to)
}

// Delete removes a target without owners.
func (s *Store) Delete(ctx context.Context, ref target.Ref) error {
	return s.call(ctx, func(r *target.Registry) error { return r.Delete(ref) }, ref)
}

// Owners returns who holds a target, sorted, in a fresh slice.
func (s *Store) Owners(ctx context.Context, ref target.Ref) ([]target.Owner, error) {
	r, err := s.look(ctx, ref)
	if err != nil {
		return nil, err
	}
	return r.Owners(ref)
}

// All yields the targets in the order of namespace and name. It reads all of them
// before it yields the first.
func (s *Store) All(ctx context.Context) iter.Seq2[target.Target, error] {
	return func(yield func(target.Target, error) bool) {
		r, err := s.all(ctx)
		if err != nil {
			yield(target.Target{}, err)
			return
		}
		for t := range r.All() {
			if !yield(t, nil) {
				return
			}
		}
	}
}

// Snapshot returns all targets and all holds, see [target.Registry.Snapshot].
func (s *Store) Snapshot(ctx context.Context) ([]byte, error) {
	r, err := s.all(ctx)
	if err != nil {
		return nil, err
	}
	return r.Snapshot(), nil
}

// Restore adds the targets and holds of a snapshot to what is there, one target at a
// time: where it fails, in a store with other targets of the same names or ids, it can
// be called again. For its errors see [target.Restore] and [target.Registry.Register].
func (s *Store) Restore(ctx context.Context, snapshot []byte) error {
	all, err := target.Restore(snapshot)
	if err != nil {
		return err
	}
	for t := range all.All() {
		owners, _ := all.Owners(t.Ref())
		err := s.call(ctx, func(r *target.Registry) error { return add(r, t, owners) }, t.Ref())
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) all(ctx context.Context) (*target.Registry, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	records, err := s.backend.List(ctx, targets)
	if err != nil {
		return nil, err
	}
	v := view{records: records, registry: new(target.Registry)}
	return v.registry, v.decode()
}

// read reads the records of the keys, then those of more and those that refs need.
func (s *Store) read(ctx context.Context, refs []target.Ref, keys, more []string) (*view, error) {
	all := slices.Concat(keys, more)
	add := func(key string) {
		if !slices.Contains(all, key) {
			all = append(all, key)
		}
	}
	for _, ref := range refs {
		if ref.Name != "" {
			add(keyOf(ref))
		} else if ref.ID != "" {
			add(keyOfID(ref.ID))
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for {
		var records []Record
		if len(all) > 0 {
			var err error
			if records, err = s.backend.Read(ctx, all...); err != nil {
				return nil, err
			}
		}
		read := len(all)
		for _, r := range records[len(keys):] {
			if isID(r.Key) && r.Value != nil {
				add(string(r.Value))
			}
		}
		if len(all) == read { // otherwise, not all records are of one moment
			v := &view{own: len(keys), records: records, registry: new(target.Registry)}
			return v, v.decode()
		}
	}
}
