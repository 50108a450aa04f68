package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/google/uuid"

	"github.com/flinktarget/flinktarget/render"
	"github.com/flinktarget/flinktarget/target"
	"github.com/flinktarget/flinktarget/target/store"
)

// service is what the service knows and does. All of its state is in the backend: a
// target with who holds it, a resource, and who has an id, are a record each. It has no
// lock. What a request needs is read at one moment, and written if it has not changed
// meanwhile; what takes long is done between.
type service struct {
	backend store.Backend
	targets *store.Store
	render  func(*kind, target.Target, resource) (render.Manifests, error)
}

func newService(b store.Backend, r *render.Renderer) *service {
	return &service{b, store.New(b), func(k *kind, t target.Target, res resource) (render.Manifests, error) {
		return k.render(r, t, res)
	}}
}

// key is what a path names.
type key struct {
	kind            *kind
	namespace, name string
}

// record is the key of the record of a resource.
func (at key) record() string {
	return "resources/" + at.kind.path + "/" + url.PathEscape(at.namespace) + "/" + url.PathEscape(at.name)
}

// idRecord is the key of the record that says which resource has an id.
func idRecord(k *kind, id string) string { return "resource-ids/" + k.path + "/" + id }

// putTarget registers a target, and gives it an id if it is new and has none.
func (s *service) putTarget(ctx context.Context, given target.Target) (stored target.Target, created bool, err error) {
	id := uuid.NewString()
	refs := []target.Ref{given.Ref(), {Namespace: given.Namespace(), ID: given.ID()}}
	err = s.targets.Transact(ctx, refs, nil, func(r *target.Registry, _ []store.Record) error {
		old, err := r.Get(given.Ref())
		created = errors.Is(err, target.ErrNotFound)
		stored = given
		if given.ID() == "" {
			c := given.Config()
			if c.Metadata.ID = old.ID(); created {
				c.Metadata.ID = id
			}
			if stored, err = target.New(c); err != nil {
				return err
			}
		}
		return r.Register(stored)
	})
	return stored, created, err
}

func (s *service) deleteTarget(ctx context.Context, ref target.Ref) (t target.Target, err error) {
	err = s.targets.Transact(ctx, []target.Ref{ref}, nil, func(r *target.Registry, _ []store.Record) error {
		if t, err = r.Get(ref); err != nil {
			return err
		}
		return r.Delete(ref)
	})
	return t, err
}

// step is what a request does to a resource at one moment: old is what is there, nil if
// nothing is, and now is what is given, with an id. The registry has the targets of both.
// Own records are that of the resource and that of its id.
type step func(registry *target.Registry, old, now resource, own []store.Record) error

var errChanged = errors.New("the resource has changed")

// change reads a resource with its target, and writes what f makes of them. Which target
// and id it has is read before, and everything again if it is not so any more.
func (s *service) change(ctx context.Context, at key, given resource, f step) error {
	newID := uuid.NewString()
	for {
		old, text, err := s.read(ctx, at)
		if err != nil {
			return err
		}
		now, id, refs := given, newID, []target.Ref{}
		if old != nil {
			// A real id tells a resource from a later one of the same name.
			id, refs = old.Owner().UID, append(refs, old.Target())
		}
		if now != nil {
			refs = append(refs, now.Target())
			if uid := now.Owner().UID; uid != "" {
				id = uid
			} else if now, err = at.kind.withID(now, id); err != nil {
				return err
			}
		}
		records := []string{at.record(), idRecord(at.kind, id)}
		err = s.targets.Transact(ctx, refs, records, func(r *target.Registry, own []store.Record) error {
			if !bytes.Equal(own[0].Value, text) {
				return errChanged
			}
			return f(r, old, now, own)
		})
		if !errors.Is(err, errChanged) {
			return err
		}
	}
}

// read returns a resource with its record, nil if there is none.
func (s *service) read(ctx context.Context, at key) (resource, []byte, error) {
	records, err := s.backend.Read(ctx, at.record())
	if err != nil || records[0].Value == nil {
		return nil, nil, err
	}
	r, err := at.kind.parse(records[0].Value)
	if err != nil { // which is not the request's fault
		return nil, nil, fmt.Errorf("the record %s: %v", at.record(), err)
	}
	return r, records[0].Value, nil
}

// put stores a resource: what cannot be rendered is refused, and whatever is stored
// holds its target.
func (s *service) put(ctx context.Context, k *kind, given resource) (stored resource, created bool, err error) {
	if given.Target().IsZero() {
		return nil, false, invalid(given, "spec.sessionClusterName",
			"not supported: this service renders Deployments that refer to a target only")
	}
	at := key{k, given.Namespace(), given.Name()}
	err = s.change(ctx, at, given, func(r *target.Registry, old, now resource, own []store.Record) error {
		stored, created = now, old == nil
		return s.keep(r, at, old, now, own)
	})
	return stored, created, err
}

// keep is the step of put.
func (s *service) keep(r *target.Registry, at key, old, now resource, own []store.Record) error {
	if old != nil && old.Owner().UID != now.Owner().UID {
		return invalid(now, "metadata.id", "the id is "+old.Owner().UID+" and does not change")
	}
	if holder := string(own[1].Value); holder != "" && holder != at.record() {
		return &requestError{http.StatusConflict,
			fmt.Errorf("the id %s is that of %s", now.Owner().UID, strings.TrimPrefix(holder, "resources/"))}
	}
	t, err := targetOf(r, now)
	if err != nil {
		return err
	}
	if _, err := s.render(at.kind, t, now); err != nil {
		return &requestError{http.StatusBadRequest, err}
	}
	if old != nil {
		err = r.Move(now.Owner(), old.Target(), now.Target())
	} else {
		err = r.Acquire(now.Target(), now.Owner())
	}
	if err != nil {
		return err
	}
	own[1].Value = []byte(at.record())
	own[0].Value, err = now.MarshalJSON()
	return err
}

// targetOf returns the target that a resource refers to.
func targetOf(r *target.Registry, res resource) (target.Target, error) {
	t, err := r.Get(res.Target())
	if errors.Is(err, target.ErrNotFound) {
		field := "spec.deploymentTargetName"
		if res.Target().Name == "" {
			field = "spec.deploymentTargetId"
		}
		return t, invalid(res, field, err.Error())
	}
	return t, err
}

func notFound(at key) error {
	return &requestError{http.StatusNotFound,
		fmt.Errorf("there is nothing called %s in %s of the namespace %s", at.name, at.kind.path, at.namespace)}
}

func (s *service) find(ctx context.Context, at key) (resource, error) {
	r, _, err := s.read(ctx, at)
	if err == nil && r == nil {
		err = notFound(at)
	}
	return r, err
}

// delete forgets a resource, and releases its target because it is gone. A service
// that runs what it renders first waits until its Kubernetes objects are gone.
func (s *service) delete(ctx context.Context, at key) (gone resource, err error) {
	err = s.change(ctx, at, nil, func(r *target.Registry, old, _ resource, own []store.Record) error {
		if gone = old; old == nil {
			return notFound(at)
		}
		own[0].Value, own[1].Value = nil, nil
		r.Release(old.Target(), old.Owner())
		return nil
	})
	return gone, err
}

// manifests renders a resource with its target, as both are stored at one moment. It
// takes so little time that nothing is kept of it.
func (s *service) manifests(ctx context.Context, at key) (none render.Manifests, err error) {
	var t target.Target
	var res resource
	err = s.change(ctx, at, nil, func(r *target.Registry, old, _ resource, _ []store.Record) error {
		if res = old; old == nil {
			return notFound(at)
		}
		t, err = r.Get(old.Target())
		return err
	})
	if err != nil {
		return none, err
	}
	return s.render(at.kind, t, res)
}
