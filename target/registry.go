package target

import (
	"cmp"
	"errors"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/internal/decode"
)

// A Registry keeps targets, and who refers to each of them. It enforces two rules of
// VVP (page "Deployment Targets"): the spec of a target never changes, and a
// target that a Deployment or SessionCluster refers to cannot be deleted.
//
// An [Owner] holds a target from when the referring resource is stored until it is
// deleted, whatever its state: a suspended Deployment holds its target, too. Holds
// are identities, not a count: to acquire twice is to hold once, and to release what
// is not held changes nothing.
//
// The zero value is an empty registry, ready to use. A Registry is safe for
// concurrent use and must not be copied; every call takes effect at one moment
// between its start and its return. It keeps everything in memory, see
// [Registry.Snapshot].
//
// To render a Deployment d and hold its target, render first, so that an error leaves the
// holds of what is stored as they are:
//
//	t, err := registry.Get(d.Target())
//	m, err := renderer.Deployment(t, d, job)
//	err = registry.SetHolds(d.Owner(), d.Target()) // ErrNotFound if t was deleted meanwhile
//
// A registry knows no files: the place of a reference that is not found is
// d.Position("spec.deploymentTargetName") of package deployment.
//
// If t may have been deleted and registered with another spec between these calls, Get it
// once more: it is held now, and if it is not [Target.SameSpec] as t, render again.
//
// An owner is the same as long as kind, namespace, name and UID are. The UID is metadata.id
// of the resource, empty without one: who adds an id later is another owner, so release the
// old one, with SetHolds without refs.
//
// What a Registry refuses is an [*Error]; [ErrNotFound] and the other classes stand for
// one below. Every call that returns an error refuses a reference with neither name nor id, an
// owner that [Registry.Acquire] does not accept, and the zero Target with an
// [*flinktarget.InvalidError].
type Registry struct {
	// One lock for all: Move and Snapshot are about several targets at once, and
	// ids are unique among all of them.
	mu    sync.RWMutex
	names map[Ref]Target // by Target.Ref
	ids   map[string]Target
	holds map[Ref]map[Owner]bool // by Target.Ref
}

// find returns the target that ref refers to. The lock must be held.
func (r *Registry) find(ref Ref) (Target, error) {
	if errs := checkRef(ref, "ref"); len(errs) > 0 {
		return Target{}, decode.Invalid("", decode.Fields(errs)...)
	}
	var t Target
	if ref.Name != "" {
		t = r.names[Ref{Namespace: ref.namespace(), Name: ref.Name}]
	} else if found := r.ids[ref.ID]; found.Namespace() == ref.namespace() {
		t = found
	}
	if t.IsZero() || ref.Name != "" && ref.ID != "" && ref.ID != t.ID() {
		return Target{}, &Error{Class: ErrNotFound, Ref: ref}
	}
	return t, nil
}

// put adds or replaces a target. The lock must be held for writing.
func (r *Registry) put(t Target) {
	if r.names == nil {
		r.names, r.ids, r.holds = make(map[Ref]Target), make(map[string]Target), make(map[Ref]map[Owner]bool)
	}
	r.names[t.Ref()] = t
	if t.ID() != "" {
		r.ids[t.ID()] = t
	}
}

// hold adds an owner, and reports whether it is new. The lock must be held for writing.
func (r *Registry) hold(t Target, o Owner) bool {
	if r.holds[t.Ref()] == nil {
		r.holds[t.Ref()] = make(map[Owner]bool)
	}
	held := r.holds[t.Ref()][o]
	r.holds[t.Ref()][o] = true
	return !held
}

// release removes an owner, and reports whether it was there. The lock must be held
// for writing.
func (r *Registry) release(t Target, o Owner) bool {
	held := r.holds[t.Ref()][o]
	delete(r.holds[t.Ref()], o)
	return held
}

// owners returns who holds a target, sorted, in a fresh slice. The lock must be held.
func (r *Registry) owners(t Target) []Owner {
	return slices.SortedFunc(maps.Keys(r.holds[t.Ref()]), func(a, b Owner) int {
		return cmp.Or(
			strings.Compare(a.Kind, b.Kind), strings.Compare(a.Namespace, b.Namespace),
			strings.Compare(a.Name, b.Name), strings.Compare(a.UID, b.UID))
	})
}

// Register adds a target. If there is a target of the same namespace and name,
// then t must have the same id and spec (see [Target.SameSpec]), and its labels
// and annotations replace those of the registered target.
//
// Otherwise nothing changes and the error is [ErrImmutable] with the fields
// that differ, in use or not; an id that is added, removed or changed is such a
// difference. If another target has the id of t, in whatever namespace, the error
// is [ErrConflict].
//
// A target that was parsed keeps the positions of its text, which problems of later
// renderings name: give Parse a name of the file that still says something then.
func (r *Registry) Register(t Target) error {
	if t.IsZero() {
		e := field.Required(nil, "must not be the zero value: make the target with target.New or target.Parse")
		return decode.Invalid(t.String(), decode.Fields(field.ErrorList{e.WithOrigin(originRequired)})...)
	}
	old, err := r.register(t)
	if !old.IsZero() { // both are immutable, and are compared without the lock
		return &Error{Class: ErrImmutable, Ref: t.Ref(), Fields: changes(old, t)}
	}
	return err
}

// register returns the registered target of this name if its id or spec differs.
func (r *Registry) register(t Target) (Target, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if old := r.names[t.Ref()]; !old.IsZero() {
		if old.ID() != t.ID() || !old.SameSpec(t) {
			return old, nil
		}
	} else if other := r.ids[t.ID()]; !other.IsZero() {
		return Target{}, &Error{Class: ErrConflict, Ref: t.Ref(), ID: t.ID(), Other: other.Ref()}
	}
	r.put(t)
	return Target{}, nil
}

// Get returns the target that ref refers to, as it is registered now. If there is
// none, the error is [ErrNotFound].
func (r *Registry) Get(ref Ref) (Target, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.find(ref)
}

// Acquire makes o hold the target that ref refers to. If o holds it already,
// nothing changes; an owner may hold several targets. If there is no such target,
// the error is [ErrNotFound].
//
// An owner has a kind and a name. Kind, namespace, name and UID are UTF-8 without
// control characters, of at most 1024 bytes each.
func (r *Registry) Acquire(ref Ref, o Owner) error {
	if errs := append(checkRef(ref, "ref"), checkOwner(o, "owner")...); len(errs) > 0 {
		return decode.Invalid("", decode.Fields(errs)...)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	t, err := r.find(ref)
	if err != nil {
		return err
	}
	r.hold(t, o.withDefaults())
	return nil
}

// Release ends the hold of o on the target that ref refers to. It reports whether
// there was one; otherwise nothing changes.
func (r *Registry) Release(ref Ref, o Owner) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	t, err := r.find(ref)
	return err == nil && r.release(t, o.withDefaults())
}

// Move ends the hold of o on one target and makes it hold another, at one moment.
// Both may be the same target, and o may hold the second already. If one of the
// targets does not exist, or if o does not hold the first, nothing changes and the
// error is [ErrNotFound], or several joined.
func (r *Registry) Move(o Owner, from, to Ref) error {
	errs := append(checkOwner(o, "owner"), checkRef(from, "from")...)
	if errs = append(errs, checkRef(to, "to")...); len(errs) > 0 {
		return decode.Invalid("", decode.Fields(errs)...)
	}
	o = o.withDefaults()
	r.mu.Lock()
	defer r.mu.Unlock()
	source, err := r.find(from)
	destination, toErr := r.find(to)
	if err == nil {
		if !r.holds[source.Ref()][o] {
			err = &Error{Class: ErrNotFound, Ref: from, Owners: []Owner{o}}
		}
	}
	if err = errors.Join(err, toErr); err != nil {
		return err
	}
	r.release(source, o)
	r.hold(destination, o)
	return nil
}

// SetHolds makes o hold the targets that refs refer to, and no others, at one moment: what
// a resource refers to now, whatever it held before; nothing without refs. If one of the
// targets does not exist, nothing changes and the error is [ErrNotFound], or several
// joined.
func (r *Registry) SetHolds(o Owner, refs ...Ref) error {
	errs := checkOwner(o, "owner")
	for i, ref := range refs {
		errs = append(errs, checkRef(ref, field.NewPath("refs").Index(i).String())...)
	}
	if len(errs) > 0 {
		return decode.Invalid("", decode.Fields(errs)...)
	}
	o = o.withDefaults()
	r.mu.Lock()
	defer r.mu.Unlock()
	wanted := make([]Target, len(refs))
	missing := make([]error, len(refs))
	for i, ref := range refs {
		wanted[i], missing[i] = r.find(ref)
	}
	if err := errors.Join(missing...); err != nil {
		return err
	}
	for _, t := range r.names {
		r.release(t, o)
	}
	for _, t := range wanted {
		r.hold(t, o)
	}
	return nil
}

// Clone returns a registry with the same targets and holds, as they are at one moment.
// What happens to one of them later does not change the other.
func (r *Registry) Clone() *Registry {
	r.mu.RLock()
	defer r.mu.RUnlock()
	out := &Registry{names: maps.Clone(r.names), ids: maps.Clone(r.ids), holds: maps.Clone(r.holds)}
	for ref, owners := range out.holds {
		out.holds[ref] = maps.Clone(owners)
	}
	return out
}

// Delete removes the target that ref refers to. If it is held, nothing changes and
// the error is [ErrInUse] with all owners; if there is no such target, it is
// [ErrNotFound]. The name and the id of a deleted target are free, also for
// another spec.
func (r *Registry) Delete(ref Ref) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	t, err := r.find(ref)
	if err != nil {
		return err
	}
	if owners := r.owners(t); len(owners) > 0 {
		return &Error{Class: ErrInUse, Ref: t.Ref(), Owners: owners}
	}
	delete(r.holds, t.Ref())
	delete(r.names, t.Ref())
	delete(r.ids, t.ID())
	return nil
}

// Owners returns who holds the target that ref refers to, in a fresh slice sorted
// by kind, namespace, name and UID. If there is no such target, the error is a
// [ErrNotFound].
func (r *Registry) Owners(ref Ref) ([]Owner, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	t, err := r.find(ref)
	if err != nil {
		return nil, err
	}
	return append([]Owner{}, r.owners(t)...), nil
}

// All yields the targets in the order of namespace and name, as they are at the
// moment when the iteration starts. Its body may call the registry.
func (r *Registry) All() iter.Seq[Target] {
	return func(yield func(Target) bool) {
		r.mu.RLock()
		all := slices.Collect(maps.Values(r.names))
		r.mu.RUnlock()
		slices.SortFunc(all, func(t, u Target) int {
			return cmp.Or(strings.Compare(t.Namespace(), u.Namespace()), strings.Compare(t.Name(), u.Name()))
		})
		for _, t := range all {
			if !yield(t) {
				return
			}
		}
	}
}
