package registrytest

import (
	"fmt"

	"github.com/flinktarget/flinktarget/target"
)

var holdCases = []Case{
	{"acquire", "A hold keeps the target from being deleted, until it is released.", func(p *probe) {
		p.add(red)
		p.acquire(red, alice, bob)
		p.held(red, alice, bob)
		p.release(red, alice, true)
		p.held(red, bob)
		p.release(red, bob, true)
		p.held(red)
		p.delete(red)
	}},
	{"acquire-again", "An owner that acquires again has one hold; one release ends it.", func(p *probe) {
		p.add(red)
		p.acquire(red, alice, alice, alice)
		p.held(red, alice)
		p.release(red, alice, true)
		p.release(red, alice, false)
		p.delete(red)
	}},
	{"acquire-unknown", "Acquire of an unknown target is ErrNotFound, and holds no later one.", func(p *probe) {
		p.want(target.ErrNotFound, p.r.Acquire(p.ctx, red, alice), "Acquire(%s)", red)
		p.add(red)
		p.held(red)
		p.want(target.ErrNotFound, p.r.Acquire(p.ctx, withID(red, id1), alice), "Acquire with another id")
		p.held(red)
	}},
	{"acquire-several", "An owner may hold several targets.", func(p *probe) {
		p.add(red, blue)
		p.acquire(red, alice)
		p.acquire(blue, alice)
		p.held(red, alice)
		p.held(blue, alice)
		p.release(red, alice, true)
		p.held(blue, alice)
	}},
	{"owner-identity", "Owners that differ in kind, namespace, name or UID are different owners.", func(p *probe) {
		p.add(red)
		others := []target.Owner{
			{Kind: "Deployment", Namespace: "default", Name: "a", UID: "1"},
			{Kind: "Deployment", Namespace: "default", Name: "a", UID: "2"},
			{Kind: "Deployment", Namespace: "default", Name: "b", UID: "1"},
			{Kind: "Deployment", Namespace: "other", Name: "a", UID: "1"},
			{Kind: "SessionCluster", Namespace: "default", Name: "a", UID: "1"},
		}
		p.acquire(red, others...)
		p.held(red, others...)
		// The late release of a recreated resource's predecessor.
		p.release(red, others[0], true)
		p.held(red, others[1:]...)
	}},
	{"ref-identity", "References by name and by id are to one target.", func(p *probe) {
		p.add(withID(red, id1))
		p.acquire(red, alice)
		p.acquire(target.Ref{ID: id1}, alice)
		p.held(target.Ref{ID: id1}, alice)
		p.release(target.Ref{ID: id1}, alice, true)
		p.release(red, alice, false)
		p.held(red)
	}},
	{"release-not-held", "Release of what is not held is false, and changes nothing.", func(p *probe) {
		p.release(red, alice, false)
		p.add(withID(red, id1), blue)
		p.acquire(red, alice)
		p.release(red, bob, false)
		p.release(blue, alice, false)
		p.release(withID(red, id2), alice, false)
		p.release(red, target.Owner{}, false)
		p.release(target.Ref{}, alice, false)
		p.held(red, alice)
	}},
	{"many-owners", "All owners are named, however many there are.", func(p *probe) {
		p.add(red)
		var owners []target.Owner
		for i := range 40 {
			o := target.Owner{Kind: "Deployment", Namespace: "default", Name: fmt.Sprintf("job-%02d", i)}
			owners = append(owners, o)
		}
		for i := range owners {
			p.acquire(red, owners[(i*7)%len(owners)])
		}
		p.held(red, owners...)
		for len(owners) > 0 {
			p.release(red, owners[0], true)
			owners = owners[1:]
			p.held(red, owners...)
		}
	}},
}

var moveCases = []Case{
	{"move", "Move ends the hold on one target and starts that on another.", func(p *probe) {
		p.add(red, withID(blue, id1))
		p.acquire(red, alice, bob)
		p.want(nil, p.r.Move(p.ctx, alice, red, target.Ref{ID: id1}), "Move(alice, red, blue)")
		p.held(red, bob)
		p.held(blue, alice)
	}},
	{"move-unknown", "Move from or to an unknown target is ErrNotFound, and changes nothing.", func(p *probe) {
		p.add(red)
		p.acquire(red, alice)
		p.want(target.ErrNotFound, p.r.Move(p.ctx, alice, red, unknown), "Move(alice, red, unknown)")
		p.held(red, alice)
		p.add(blue)
		p.want(target.ErrNotFound, p.r.Move(p.ctx, alice, unknown, blue), "Move(alice, unknown, blue)")
		p.held(red, alice)
		p.held(blue)
	}},
	{"move-not-held", "Move without a hold on the first target is ErrNotFound, and changes nothing.", func(p *probe) {
		p.add(red, blue)
		p.acquire(blue, bob)
		p.want(target.ErrNotFound, p.r.Move(p.ctx, alice, red, blue), "Move(alice, red, blue)")
		p.want(target.ErrNotFound, p.r.Move(p.ctx, alice, red, red), "Move(alice, red, red)")
		p.held(red)
		p.held(blue, bob)
	}},
	{"move-to-itself", "Move to the target that the owner holds changes nothing.", func(p *probe) {
		p.add(withID(red, id1))
		p.acquire(red, alice)
		p.want(nil, p.r.Move(p.ctx, alice, red, target.Ref{ID: id1}), "Move(alice, red, red)")
		p.held(red, alice)
	}},
	{"move-onto-a-hold", "Move to another target that the owner holds leaves one hold.", func(p *probe) {
		p.add(red, blue)
		p.acquire(red, alice)
		p.acquire(blue, alice)
		p.want(nil, p.r.Move(p.ctx, alice, red, blue), "Move(alice, red, blue)")
		p.held(red)
		p.held(blue, alice)
		p.release(blue, alice, true)
		p.release(blue, alice, false)
	}},
}

var listCases = []Case{
	{"owners-sorted", "Owners are sorted by kind, namespace, name and UID; the caller owns the slice.", func(p *probe) {
		p.add(red)
		sorted := []target.Owner{
			{Kind: "A", Namespace: "b", Name: "b", UID: "b"},
			{Kind: "B", Namespace: "a", Name: "b", UID: "b"},
			{Kind: "B", Namespace: "b", Name: "a", UID: "b"},
			{Kind: "B", Namespace: "b", Name: "b", UID: "a"},
			{Kind: "B", Namespace: "b", Name: "b", UID: "b"},
			{Kind: "B", Namespace: "b-b", Name: "a", UID: "a"},
		}
		for i := range sorted {
			p.acquire(red, sorted[(i*5+3)%len(sorted)])
		}
		p.held(red, sorted...)
		got, err := p.r.Owners(p.ctx, red)
		p.want(nil, err, "Owners(%s)", red)
		clear(got)
		p.held(red, sorted...)
	}},
	{"all-sorted", "All yields every target once, in the order of namespace and name.", func(p *probe) {
		p.all()
		refs := []target.Ref{
			{Namespace: "a", Name: "b"}, {Namespace: "a", Name: "c"},
			{Namespace: "a-a", Name: "a"}, {Namespace: "b", Name: "a"},
		}
		var want []target.Target
		for _, ref := range refs {
			want = append(want, newTarget(ref, "flink", ref.Name))
		}
		for i := range want {
			p.register(want[(i*3+2)%len(want)])
		}
		p.all(want...)
	}},
	{"all-body", "The body of an iteration may call the registry, and may end the iteration.", func(p *probe) {
		p.add(red, blue)
		for t, err := range p.r.All(p.ctx) {
			p.want(nil, err, "All")
			p.register(newTarget(t.Ref(), "flink", "b"))
			p.acquire(t.Ref(), alice)
			p.held(t.Ref(), alice)
			p.release(t.Ref(), alice, true)
			p.delete(t.Ref())
			break
		}
		p.absent(blue)
		p.get(red, newTarget(red, "flink", "a"))
	}},
}
