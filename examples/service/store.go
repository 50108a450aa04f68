package main

import (
	"errors"
	"fmt"
	"net/http"
	"sync"

	"github.com/google/uuid"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/render"
	"github.com/flinktarget/flinktarget/target"
)

// store is everything that the service knows: the targets and who refers to them
// are in the registry, what refers to them is in resources.
type store struct {
	file     string
	renderer *render.Renderer

	// mu makes a change of the registry, of resources and of the file one step.
	// Readers wait for it too: they must not see what may not survive.
	mu        sync.RWMutex
	registry  *target.Registry
	resources map[key]resource
	failed    error // of the first write to the file that failed
}

type key struct {
	kind            *kind
	namespace, name string
}

var errUnavailable = errors.New("the state could not be written; " +
	"nobody knows what is on the disk until the service is started again")

// openStore reads the state file. A file that does not exist is an empty state.
func openStore(file string, renderer *render.Renderer) (*store, error) {
	s := &store{file: file, renderer: renderer}
	if err := s.load(); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return s, nil
}

// update makes a change and keeps it. A change that fails leaves nothing behind.
func (s *store) update(change func() error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failed != nil {
		return errUnavailable
	}
	if err := change(); err != nil {
		return err
	}
	if s.failed = s.save(); s.failed != nil {
		return fmt.Errorf("%w: %w", errUnavailable, s.failed)
	}
	return nil
}

// view reads.
func (s *store) view(read func() error) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.failed != nil {
		return errUnavailable
	}
	return read()
}

// What follows is called in view and update only.

// putTarget registers a target, and gives it an id if it is new and has none.
func (s *store) putTarget(t target.Target) (stored target.Target, created bool, err error) {
	old, err := s.registry.Get(t.Ref())
	created = errors.Is(err, target.ErrNotFound)
	if t.ID() == "" {
		c := t.Config()
		if c.Metadata.ID = old.ID(); created {
			c.Metadata.ID = uuid.NewString()
		}
		if t, err = target.New(c); err != nil {
			return t, false, err
		}
	}
	return t, created, s.registry.Register(t)
}

func (s *store) deleteTarget(ref target.Ref) (target.Target, error) {
	t, err := s.registry.Get(ref)
	if err == nil {
		err = s.registry.Delete(ref)
	}
	return t, err
}

// put stores a resource. The order matters: what cannot be rendered is refused
// before anything changes, and whatever is stored holds its target.
func (s *store) put(k *kind, r resource) (stored resource, created bool, err error) {
	at := key{k, r.Namespace(), r.Name()}
	old, exists := s.resources[at]
	if r, err = identify(k, r, old); err != nil {
		return nil, false, err
	}
	t, err := s.targetOf(r)
	if err != nil {
		return nil, false, err
	}
	if _, err := k.render(s.renderer, t, r); err != nil {
		return nil, false, &requestError{http.StatusBadRequest, err}
	}
	if exists {
		err = s.registry.Move(r.Owner(), old.Target(), r.Target())
	} else {
		err = s.registry.Acquire(r.Target(), r.Owner())
	}
	if err == nil {
		s.resources[at] = r
	}
	return r, !exists, err
}

// identify gives a resource the id of the one that it replaces, or a new one: a
// real id tells it from a later resource of the same name.
func identify(k *kind, r, old resource) (resource, error) {
	given := r.Owner().UID
	switch {
	case old == nil && given == "":
		return k.withID(r, uuid.NewString())
	case old == nil || given == old.Owner().UID:
		return r, nil
	case given == "":
		return k.withID(r, old.Owner().UID)
	}
	path := field.NewPath("metadata", "id")
	return nil, invalid(r, field.Forbidden(path, "the id is "+old.Owner().UID+" and does not change"))
}

// targetOf returns the target that a resource refers to.
func (s *store) targetOf(r resource) (target.Target, error) {
	ref, spec := r.Target(), field.NewPath("spec")
	if ref.IsZero() {
		return target.Target{}, invalid(r, field.Forbidden(spec.Child("sessionClusterName"),
			"this service renders Deployments that refer to a target only"))
	}
	t, err := s.registry.Get(ref)
	if errors.Is(err, target.ErrNotFound) {
		name, value := "deploymentTargetName", ref.Name
		if value == "" {
			name, value = "deploymentTargetId", ref.ID
		}
		err = invalid(r, field.NotFound(spec.Child(name), value))
	}
	return t, err
}

func (s *store) find(at key) (resource, error) {
	if r, ok := s.resources[at]; ok {
		return r, nil
	}
	return nil, &requestError{http.StatusNotFound,
		fmt.Errorf("there is nothing called %s in %s of the namespace %s", at.name, at.kind.path, at.namespace)}
}

// delete forgets a resource, and releases its target because it is gone. A service
// that runs what it renders first waits until its Kubernetes objects are gone.
func (s *store) delete(at key) (resource, error) {
	r, err := s.find(at)
	if err == nil {
		delete(s.resources, at)
		s.registry.Release(r.Target(), r.Owner())
	}
	return r, err
}

// manifests renders a resource as it is stored now. It takes so little time that
// nothing is kept of it.
func (s *store) manifests(at key) (none render.Manifests, err error) {
	r, err := s.find(at)
	if err != nil {
		return none, err
	}
	t, err := s.registry.Get(r.Target())
	if err != nil {
		return none, err
	}
	return at.kind.render(s.renderer, t, r)
}
