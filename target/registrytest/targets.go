package registrytest

import (
	"context"
	"errors"

	"github.com/flinktarget/flinktarget/target"
)

var targetCases = []Case{
	{"get", "A target is found by its name, by its id, and by both, as it was registered.", func(p *probe) {
		want := newTarget(withID(red, id1), "flink", "a")
		p.register(want)
		p.register(newTarget(withID(blue, id2), "flink", "b"))
		for _, ref := range []target.Ref{red, withID(red, id1), {Namespace: red.Namespace, ID: id1}} {
			p.get(ref, want)
		}
	}},
	{"get-unknown", "An unknown reference is ErrNotFound; name and id must both be the target's.", func(p *probe) {
		p.absent(red)
		p.add(withID(red, id1))
		p.register(newTarget(blue, "flink", "b"))
		for _, ref := range []target.Ref{
			unknown, {ID: id2}, withID(red, id2), withID(blue, id1),
			{Namespace: "other", Name: red.Name}, {Namespace: "other", ID: id1},
		} {
			p.absent(ref)
		}
	}},
	{"default-namespace", "An empty namespace means default, in references, targets and owners.", func(p *probe) {
		want := newTarget(target.Ref{Name: red.Name, ID: id1}, "flink", "a")
		p.register(want)
		p.get(red, want)
		p.get(target.Ref{Name: red.Name}, want)
		p.get(target.Ref{ID: id1}, want)
		p.acquire(red, target.Owner{Kind: alice.Kind, Name: alice.Name, UID: alice.UID})
		p.held(target.Ref{Name: red.Name}, alice)
		p.release(red, alice, true)
	}},
	{"namespaces", "A name is unique within its VVP namespace only.", func(p *probe) {
		elsewhere := target.Ref{Namespace: "other", Name: red.Name}
		a, b := newTarget(red, "flink", "a"), newTarget(elsewhere, "batch", "b")
		p.register(a, b)
		p.get(red, a)
		p.get(elsewhere, b)
		p.acquire(red, alice)
		p.held(elsewhere)
		p.release(red, alice, true)
		p.delete(elsewhere)
		p.get(red, a)
	}},
	{"register-again", "Registering the same target again changes nothing.", func(p *probe) {
		want := newTarget(withID(red, id1), "flink", "a")
		p.register(want)
		p.acquire(red, alice)
		p.register(want)
		p.get(red, want)
		p.held(red, alice)
	}},
	{"register-metadata", "Labels and annotations are replaced; holds stay.", func(p *probe) {
		p.add(withID(red, id1))
		p.acquire(red, alice)
		want := newTarget(withID(red, id1), "flink", "b")
		p.register(want)
		p.get(red, want)
		p.get(target.Ref{ID: id1}, want)
		p.held(red, alice)
	}},
	{"register-spec", "Another spec is an ImmutableError with its fields, and changes nothing.", func(p *probe) {
		want := newTarget(red, "flink", "a")
		p.register(want)
		refused := func() {
			err := p.refuse(target.ErrImmutable, newTarget(red, "batch", "b"))
			e, ok := errors.AsType[*target.ImmutableError](err)
			switch {
			case !ok:
				p.fail("Register: got a %T, want an *ImmutableError", err)
			case len(e.Fields) != 1 || e.Fields[0].Field != "spec.kubernetes.namespace":
				p.fail("Register: the error names %v, want spec.kubernetes.namespace", e.Fields)
			case e.Ref != red:
				p.fail("Register: the error is about %v, want %v", e.Ref, red)
			}
			p.get(red, want)
		}
		refused()
		p.acquire(red, alice)
		refused()
	}},
	{"register-id", "An id is not given, taken away or changed after a target was registered.", func(p *probe) {
		p.add(withID(red, id1), blue)
		p.refuse(target.ErrImmutable, newTarget(withID(red, id2), "flink", "a"))
		p.refuse(target.ErrImmutable, newTarget(red, "flink", "a"))
		p.refuse(target.ErrImmutable, newTarget(withID(blue, id2), "flink", "a"))
		p.get(target.Ref{ID: id1}, newTarget(withID(red, id1), "flink", "a"))
		p.absent(target.Ref{ID: id2})
	}},
	{"register-taken-id", "The id of any other target is ErrConflict, and changes nothing.", func(p *probe) {
		want := newTarget(withID(red, id1), "flink", "a")
		p.register(want)
		for _, ref := range []target.Ref{blue, {Namespace: "other", Name: red.Name}} {
			p.refuse(target.ErrConflict, newTarget(withID(ref, id1), "flink", "a"))
			p.absent(ref)
		}
		p.get(target.Ref{ID: id1}, want)
	}},
	{"delete", "A deleted target is not found, also by another Delete.", func(p *probe) {
		p.want(target.ErrNotFound, p.r.Delete(p.ctx, red), "Delete(%s)", red)
		p.add(withID(red, id1))
		p.delete(target.Ref{ID: id1})
		p.absent(red)
		p.absent(target.Ref{ID: id1})
		p.all()
		p.want(target.ErrNotFound, p.r.Delete(p.ctx, red), "Delete(%s) again", red)
		_, err := p.r.Owners(p.ctx, red)
		p.want(target.ErrNotFound, err, "Owners(%s)", red)
	}},
	{"delete-frees", "The name of a deleted target is free for another spec, its id for another name.", func(p *probe) {
		p.add(withID(red, id1))
		p.delete(red)
		successor := newTarget(withID(red, id2), "batch", "b")
		p.register(successor)
		p.get(red, successor)
		other := newTarget(withID(blue, id1), "flink", "a")
		p.register(other)
		p.get(target.Ref{ID: id1}, other)
	}},
	{"zero-values", "Zero targets, references and owners are refused with ErrInvalid.", func(p *probe) {
		p.refuse(target.ErrInvalid, target.Target{})
		p.add(red)
		_, err := p.r.Get(p.ctx, target.Ref{Namespace: "default"})
		p.want(target.ErrInvalid, err, "Get of a reference without name and id")
		_, err = p.r.Owners(p.ctx, target.Ref{})
		p.want(target.ErrInvalid, err, "Owners of the zero reference")
		p.want(target.ErrInvalid, p.r.Delete(p.ctx, target.Ref{}), "Delete of the zero reference")
		p.want(target.ErrInvalid, p.r.Acquire(p.ctx, target.Ref{}, alice), "Acquire of the zero reference")
		p.want(target.ErrInvalid, p.r.Acquire(p.ctx, red, target.Owner{}), "Acquire by the zero owner")
		nameless := target.Owner{Kind: "Deployment", UID: "1"}
		p.want(target.ErrInvalid, p.r.Acquire(p.ctx, red, nameless), "Acquire by an owner without a name")
		p.want(target.ErrInvalid, p.r.Move(p.ctx, target.Owner{}, red, red), "Move of the zero owner")
		p.want(target.ErrInvalid, p.r.Move(p.ctx, alice, target.Ref{}, red), "Move from the zero reference")
		p.held(red)
		p.acquire(red, alice)
		p.want(target.ErrInvalid, p.r.Move(p.ctx, alice, red, target.Ref{}), "Move to the zero reference")
		p.held(red, alice)
	}},
	{"context", "A call whose context is done returns the context's error and changes nothing.", func(p *probe) {
		a, b := newTarget(red, "flink", "a"), newTarget(blue, "flink", "b")
		p.register(a, b)
		p.acquire(red, alice)
		ctx, cancel := context.WithCancel(p.ctx)
		cancel()
		_, getErr := p.r.Get(ctx, red)
		held, releaseErr := p.r.Release(ctx, red, alice)
		_, ownersErr := p.r.Owners(ctx, red)
		var allErr error
		for _, err := range p.r.All(ctx) {
			allErr = err
		}
		for _, call := range []struct {
			name string
			err  error
		}{
			{"Register", p.r.Register(ctx, newTarget(red, "flink", "c"))},
			{"Acquire", p.r.Acquire(ctx, red, bob)},
			{"Move", p.r.Move(ctx, alice, red, blue)},
			{"Delete", p.r.Delete(ctx, blue)},
			{"Get", getErr}, {"Release", releaseErr}, {"Owners", ownersErr}, {"All", allErr},
		} {
			p.want(context.Canceled, call.err, "%s", call.name)
		}
		if held {
			p.fail("Release: got true together with an error")
		}
		p.all(b, a)
		p.held(red, alice)
		p.held(blue)
	}},
}
