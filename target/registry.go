package target

import (
	"cmp"
	"errors"
	"iter"
	"slices"
	"strings"
	"sync"
)

// A Registry keeps targets, and who refers to each of them. It holds two rules of
// VVP (page "Deployment Targets"): the spec of a target never changes, and a
// target that a Deployment or SessionCluster refers to cannot be deleted.
//
// A reference is held by an [Owner], from when the referring resource is stored
// until it is gone, whatever its state: a suspended Deployment holds its target
// too. References are identities, not a count: acquiring twice is holding once,
// and releasing what is not held changes nothing.
//
// The zero value is an empty registry, ready to use. A Registry is safe for
// concurrent use and must not be copied; every call takes effect at one moment
// between its start and its return. Nothing is kept beyond the life of the
// process, see [Registry.Snapshot].
//
// A reference with neither name nor id, an owner that [Registry.Acquire] would
// not accept, and the zero Target are refused with an [*InvalidError] by every
// call that returns an error.
type Registry struct {
	// One lock for all: Move and Snapshot are about several targets at once, and
	// ids must be unique among all of them. Whatever can take long (sorting,
	// comparing, encoding) is done without it, on values that do not change.
	mu      sync.RWMutex
	targets map[nameKey]entry
	ids     map[string]identified // of the targets that have an id
}

type nameKey struct{ namespace, name string }

// entry is a target and its owners. Targets are held in both maps as they are, so
// that Get follows no pointer.
type entry struct {
	target Target
	owners *ownerSet // nil before the first hold
}

type identified struct {
	namespace string
	target    Target
}

// find returns the target that ref refers to, or the zero value. The lock must be
// held.
func (r *Registry) find(ref Ref) Target {
	ns := ref.namespace()
	if ref.Name == "" {
		if e := r.ids[ref.ID]; e.namespace == ns {
			return e.target
		}
		return Target{}
	}
	t := r.targets[nameKey{ns, ref.Name}].target
	if ref.ID != "" && t.d != nil && ref.ID != t.d.config.Metadata.ID {
		return Target{}
	}
	return t
}

// owners returns who holds what ref refers to, nil if nobody ever did, and whether
// there is such a target. The lock must be held.
func (r *Registry) owners(ref Ref) (*ownerSet, bool) {
	t := r.find(ref)
	if t.d == nil {
		return nil, false
	}
	return r.targets[keyOf(t)].owners, true
}

// put files a target under its name and its id. The lock must be held.
func (r *Registry) put(t Target, owners *ownerSet) {
	if r.targets == nil {
		r.targets, r.ids = make(map[nameKey]entry), make(map[string]identified)
	}
	m := &t.d.config.Metadata
	r.targets[keyOf(t)] = entry{t, owners}
	if m.ID != "" {
		r.ids[m.ID] = identified{m.Namespace, t}
	}
}

// hold makes o an owner of what ref refers to. The lock must be held for writing.
func (r *Registry) hold(ref Ref, o Owner) bool {
	t := r.find(ref)
	if t.d == nil {
		return false
	}
	key := keyOf(t)
	owners := r.targets[key].owners
	if owners == nil {
		owners = new(ownerSet)
		r.targets[key] = entry{t, owners}
	}
	owners.add(o)
	return true
}

func keyOf(t Target) nameKey {
	m := &t.d.config.Metadata
	return nameKey{m.Namespace, m.Name}
}

// Register adds a target. If there is a target of the same namespace and name,
// then t must have the same id and spec (see [Target.SameSpec]), and its labels
// and annotations replace those that were registered.
//
// Otherwise nothing changes and the error is an [*ImmutableError] that names the
// fields which differ, in use or not. To give a target an id, to take it away or
// to change it, is such a difference. An id that another target has, in whatever
// namespace, is a [*ConflictError].
func (r *Registry) Register(t Target) error {
	if errs := checkTarget(t); len(errs) > 0 {
		return &InvalidError{Subject: t.String(), Fields: errs}
	}
	old, err := r.register(t)
	if !old.IsZero() {
		return &ImmutableError{Ref: t.Ref(), Fields: changes(old, t)}
	}
	return err
}

// register returns the target that stands in the way, if there is one.
func (r *Registry) register(t Target) (Target, error) {
	id := t.d.config.Metadata.ID
	r.mu.Lock()
	defer r.mu.Unlock()
	if old := r.targets[keyOf(t)]; old.target.d != nil {
		if id != old.target.d.config.Metadata.ID || !t.SameSpec(old.target) {
			return old.target, nil
		}
		r.put(t, old.owners)
		return Target{}, nil
	}
	if other := r.ids[id].target; other.d != nil {
		return Target{}, &ConflictError{Ref: t.Ref(), ID: id, Other: other.Ref()}
	}
	r.put(t, nil)
	return Target{}, nil
}

// Get returns the target that ref refers to, as it is registered now. If there is
// none, the error is a [*NotFoundError].
func (r *Registry) Get(ref Ref) (Target, error) {
	r.mu.RLock()
	t := r.find(ref)
	r.mu.RUnlock()
	if t.d == nil {
		return Target{}, missing(ref)
	}
	return t, nil
}

// missing is the error about a target that was not found.
func missing(ref Ref) error {
	if errs := checkRef(ref, "ref"); len(errs) > 0 {
		return &InvalidError{Fields: errs}
	}
	return &NotFoundError{Ref: ref}
}

// Acquire makes o hold the target that ref refers to. An owner that holds it
// already holds it as before; it may hold several targets. If there is no such
// target, the error is a [*NotFoundError].
//
// An owner has a kind and a name. Kind, namespace, name and UID are UTF-8 without
// control characters, of at most 1024 bytes each.
func (r *Registry) Acquire(ref Ref, o Owner) error {
	if errs := append(checkRef(ref, "ref"), checkOwner(o, "owner")...); len(errs) > 0 {
		return &InvalidError{Fields: errs}
	}
	o = o.withDefaults()
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.hold(ref, o) {
		return &NotFoundError{Ref: ref}
	}
	return nil
}

// Release ends the hold of o on the target that ref refers to. It reports whether
// there was one; otherwise nothing changes.
func (r *Registry) Release(ref Ref, o Owner) bool {
	o = o.withDefaults()
	r.mu.Lock()
	defer r.mu.Unlock()
	owners, _ := r.owners(ref)
	return owners.remove(o)
}

// Move ends the hold of o on one target and makes it hold another, at one moment.
// Both may be the same target, and o may hold the second already. If one of the
// targets does not exist, or if o does not hold the first, nothing changes and the
// error is a [*NotFoundError], or several joined.
func (r *Registry) Move(o Owner, from, to Ref) error {
	errs := append(checkOwner(o, "owner"), checkRef(from, "from")...)
	if errs = append(errs, checkRef(to, "to")...); len(errs) > 0 {
		return &InvalidError{Fields: errs}
	}
	o = o.withDefaults()
	r.mu.Lock()
	defer r.mu.Unlock()
	var problems []error
	source, known := r.owners(from)
	if !known {
		problems = append(problems, &NotFoundError{Ref: from})
	} else if !source.has(o) {
		problems = append(problems, &NotFoundError{Ref: from, Owner: o})
	}
	if _, known := r.owners(to); !known {
		problems = append(problems, &NotFoundError{Ref: to})
	}
	if len(problems) > 0 {
		return errors.Join(problems...)
	}
	source.remove(o)
	r.hold(to, o)
	return nil
}

// Delete removes the target that ref refers to. While it is held, nothing changes
// and the error is an [*InUseError] with all owners; if there is no such target,
// it is a [*NotFoundError]. A deleted target's name and id are free again, also
// for another spec.
func (r *Registry) Delete(ref Ref) error {
	t, held := r.remove(ref)
	switch {
	case t.IsZero():
		return missing(ref)
	case len(held) > 0:
		slices.SortFunc(held, compareOwners)
		return &InUseError{Ref: t.Ref(), Owners: held}
	}
	return nil
}

// remove returns the target, the zero value if there is none, and its owners if
// they kept it from being removed.
func (r *Registry) remove(ref Ref) (Target, []Owner) {
	r.mu.Lock()
	defer r.mu.Unlock()
	t := r.find(ref)
	if t.d == nil {
		return Target{}, nil
	}
	key := keyOf(t)
	if owners := r.targets[key].owners; owners.len() > 0 {
		return t, owners.list()
	}
	delete(r.targets, key)
	delete(r.ids, t.d.config.Metadata.ID)
	return t, nil
}

// Owners returns who holds the target that ref refers to, in a fresh slice sorted
// by kind, namespace, name and UID. If there is no such target, the error is a
// [*NotFoundError].
func (r *Registry) Owners(ref Ref) ([]Owner, error) {
	r.mu.RLock()
	owners, known := r.owners(ref)
	held := owners.list()
	r.mu.RUnlock()
	if !known {
		return nil, missing(ref)
	}
	slices.SortFunc(held, compareOwners)
	return held, nil
}

// All yields the targets in the order of namespace and name, as they are at the
// moment when the iteration starts. Its body may call the registry.
func (r *Registry) All() iter.Seq[Target] {
	return func(yield func(Target) bool) {
		r.mu.RLock()
		all := make([]Target, 0, len(r.targets))
		for _, e := range r.targets {
			all = append(all, e.target)
		}
		r.mu.RUnlock()
		slices.SortFunc(all, compareTargets)
		for _, t := range all {
			if !yield(t) {
				return
			}
		}
	}
}

func compareTargets(t, u Target) int {
	a, b := &t.d.config.Metadata, &u.d.config.Metadata
	return cmp.Or(strings.Compare(a.Namespace, b.Namespace), strings.Compare(a.Name, b.Name))
}
