package registrytest

import (
	"context"
	"fmt"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/target"
)

// After each call of do and refuse, everything that the registry holds is compared.
var targetCases = []testCase{
	{"get", "A target is found by its name, by its id, and by both, as it was registered.", func(p *probe) {
		p.do(add(withID(red, id1)), register(newTarget(withID(blue, id2), "flink", "b")))
		p.do(get(red), get(withID(red, id1)), get(target.Ref{Namespace: red.Namespace, ID: id1}))
	}},
	{"get-unknown", "An unknown reference is ErrNotFound; name and id must both be the target's.", func(p *probe) {
		p.refuse(target.ErrNotFound, get(red))
		p.do(add(withID(red, id1)), register(newTarget(blue, "flink", "b")))
		p.refuse(target.ErrNotFound, get(unknown), get(target.Ref{ID: id2}), get(withID(red, id2)),
			get(withID(blue, id1)), get(other), get(target.Ref{Namespace: "other", ID: id1}))
	}},
	{"default-namespace", "An empty namespace means default, in references, targets and owners.", func(p *probe) {
		p.do(add(target.Ref{Name: red.Name, ID: id1}), get(red), get(target.Ref{Name: red.Name}))
		p.do(get(target.Ref{ID: id1}), acquire(red, target.Owner{Kind: alice.Kind, Name: alice.Name, UID: alice.UID}))
		p.do(owners(target.Ref{Name: red.Name}), release(red, alice))
	}},
	{"namespaces", "A name is unique within its VVP namespace only.", func(p *probe) {
		p.do(add(red), register(newTarget(other, "batch", "b")), acquire(red, alice), release(red, alice))
		p.do(remove(other), get(red))
	}},
	{"register-again", "Registering the same target again changes nothing.", func(p *probe) {
		p.do(add(withID(red, id1)), acquire(red, alice), add(withID(red, id1)))
	}},
	{"register-metadata", "Labels and annotations are replaced; holds stay.", func(p *probe) {
		p.do(add(withID(red, id1)), acquire(red, alice), register(newTarget(withID(red, id1), "flink", "b")))
	}},
	{"register-spec", "Another spec is ErrImmutable with its fields, and changes nothing.", func(p *probe) {
		p.do(add(red))
		p.refuse(target.ErrImmutable, register(newTarget(red, "batch", "b")))
		p.do(acquire(red, alice))
		p.refuse(target.ErrImmutable, register(newTarget(red, "batch", "b")))
	}},
	{"register-id", "An id is not given, taken away or changed after a target was registered.", func(p *probe) {
		p.do(add(withID(red, id1)), add(blue))
		p.refuse(target.ErrImmutable, add(withID(red, id2)), add(red), add(withID(blue, id2)))
		p.refuse(target.ErrNotFound, get(target.Ref{ID: id2}))
	}},
	{"register-taken-id", "The id of any other target is ErrConflict, and changes nothing.", func(p *probe) {
		p.do(add(withID(red, id1)))
		p.refuse(target.ErrConflict, add(withID(blue, id1)), add(withID(other, id1)))
	}},
	{"delete", "A deleted target is not found, also by another Delete.", func(p *probe) {
		p.refuse(target.ErrNotFound, remove(red))
		p.do(add(withID(red, id1)), remove(target.Ref{ID: id1}))
		p.refuse(target.ErrNotFound, remove(red), owners(red), get(red))
	}},
	{"delete-frees", "The name of a deleted target is free for another spec, its id for another name.", func(p *probe) {
		p.do(add(withID(red, id1)), remove(red))
		p.do(register(newTarget(withID(red, id2), "batch", "b")), add(withID(blue, id1)))
	}},
	{"zero-values", "Zero targets, references and owners are refused with ErrInvalid.", func(p *probe) {
		var none target.Ref
		p.refuse(flinktarget.ErrInvalid, register(target.Target{}))
		p.do(add(red))
		p.refuse(flinktarget.ErrInvalid, get(target.Ref{Namespace: "default"}), owners(none), remove(none),
			acquire(none, alice), acquire(red, target.Owner{}), move(target.Owner{}, red, red), move(alice, none, red),
			acquire(red, target.Owner{Kind: "Deployment", UID: "1"})) // without a name
		p.do(acquire(red, alice))
		p.refuse(flinktarget.ErrInvalid, move(alice, red, none))
	}},
	{"context", "A call whose context is done returns the context's error and changes nothing.", func(p *probe) {
		p.do(add(red), add(blue), acquire(red, alice))
		ctx, cancel := context.WithCancel(p.ctx)
		cancel()
		for _, c := range []call{
			register(newTarget(red, "flink", "c")), get(red), acquire(red, bob), release(red, alice),
			move(alice, red, blue), remove(blue), owners(red), all(),
		} {
			_ = p.compare(ctx, c)
			p.observe()
		}
		if held, _ := p.next().Release(ctx, red, alice); held {
			p.fail("Release: got true together with an error")
		}
	}},
}

var holdCases = []testCase{
	{"acquire", "A hold keeps the target from being deleted, until it is released.", func(p *probe) {
		p.do(add(red), acquire(red, alice), acquire(red, bob))
		p.refuse(target.ErrInUse, remove(red))
		p.do(release(red, alice), release(red, bob), remove(red))
	}},
	{"acquire-again", "An owner that acquires again has one hold; one release ends it.", func(p *probe) {
		p.do(add(red), acquire(red, alice), acquire(red, alice), acquire(red, alice))
		p.do(release(red, alice), release(red, alice), remove(red))
	}},
	{"acquire-unknown", "Acquire of an unknown target is ErrNotFound, and holds no later one.", func(p *probe) {
		p.refuse(target.ErrNotFound, acquire(red, alice))
		p.do(add(red))
		p.refuse(target.ErrNotFound, acquire(withID(red, id1), alice))
	}},
	{"acquire-several", "An owner may hold several targets.", func(p *probe) {
		p.do(add(red), add(blue), acquire(red, alice), acquire(blue, alice), release(red, alice))
	}},
	{"owner-identity", "Owners that differ in kind, namespace, name or UID are different owners.", func(p *probe) {
		p.do(add(red))
		others := []target.Owner{
			{Kind: "Deployment", Namespace: "default", Name: "a", UID: "1"},
			{Kind: "Deployment", Namespace: "default", Name: "a", UID: "2"},
			{Kind: "Deployment", Namespace: "default", Name: "b", UID: "1"},
			{Kind: "Deployment", Namespace: "other", Name: "a", UID: "1"},
			{Kind: "SessionCluster", Namespace: "default", Name: "a", UID: "1"},
		}
		for _, o := range others {
			p.do(acquire(red, o))
		}
		p.do(release(red, others[0])) // the late release of a recreated resource's predecessor
	}},
	{"ref-identity", "References by name and by id are to one target.", func(p *probe) {
		byID := target.Ref{ID: id1}
		p.do(add(withID(red, id1)), acquire(red, alice), acquire(byID, alice), release(byID, alice))
		p.do(release(red, alice))
	}},
	{"release-not-held", "Release of what is not held is false, and changes nothing.", func(p *probe) {
		p.do(release(red, alice), add(withID(red, id1)), add(blue), acquire(red, alice))
		p.do(release(red, bob), release(blue, alice), release(withID(red, id2), alice))
		p.do(release(red, target.Owner{}), release(target.Ref{}, alice))
	}},
	{"many-owners", "All owners are named, however many there are.", func(p *probe) {
		p.do(add(red))
		owner := func(i int) target.Owner {
			return target.Owner{Kind: "Deployment", Namespace: "default", Name: fmt.Sprintf("job-%02d", i)}
		}
		const n = 40
		for i := range n {
			p.do(acquire(red, owner(i*7%n)))
		}
		for i := range n {
			p.do(release(red, owner(i)))
		}
	}},
}

var moveCases = []testCase{
	{"move", "Move ends the hold on one target and starts that on another.", func(p *probe) {
		p.do(add(red), add(withID(blue, id1)), acquire(red, alice), acquire(red, bob))
		p.do(move(alice, red, target.Ref{ID: id1}))
	}},
	{"move-unknown", "Move from or to an unknown target is ErrNotFound, and changes nothing.", func(p *probe) {
		p.do(add(red), acquire(red, alice))
		p.refuse(target.ErrNotFound, move(alice, red, unknown))
		p.do(add(blue))
		p.refuse(target.ErrNotFound, move(alice, unknown, blue))
	}},
	{"move-not-held", "Move without a hold on the first target is ErrNotFound, and changes nothing.", func(p *probe) {
		p.do(add(red), add(blue), acquire(blue, bob))
		p.refuse(target.ErrNotFound, move(alice, red, blue), move(alice, red, red))
	}},
	{"move-to-itself", "Move to the target that the owner holds changes nothing.", func(p *probe) {
		p.do(add(withID(red, id1)), acquire(red, alice), move(alice, red, target.Ref{ID: id1}))
	}},
	{"move-onto-a-hold", "Move to another target that the owner holds leaves one hold.", func(p *probe) {
		p.do(add(red), add(blue), acquire(red, alice), acquire(blue, alice), move(alice, red, blue))
		p.do(release(blue, alice), release(blue, alice))
	}},
}

var listCases = []testCase{
	{"owners-sorted", "Owners are sorted by kind, namespace, name and UID; the caller owns the slice.", func(p *probe) {
		p.do(add(red))
		sorted := []target.Owner{
			{Kind: "A", Namespace: "b", Name: "b", UID: "b"},
			{Kind: "B", Namespace: "a", Name: "b", UID: "b"},
			{Kind: "B", Namespace: "b", Name: "a", UID: "b"},
			{Kind: "B", Namespace: "b", Name: "b", UID: "a"},
			{Kind: "B", Namespace: "b", Name: "b", UID: "b"},
			{Kind: "B", Namespace: "b-b", Name: "a", UID: "a"},
		}
		for i := range sorted {
			p.do(acquire(red, sorted[(i*5+3)%len(sorted)]))
		}
		got, _ := p.next().Owners(p.ctx, red)
		clear(got)
		p.observe()
	}},
	{"all-sorted", "All yields every target once, in the order of namespace and name.", func(p *probe) {
		refs := []target.Ref{
			{Namespace: "a", Name: "b"}, {Namespace: "a", Name: "c"},
			{Namespace: "a-a", Name: "a"}, {Namespace: "b", Name: "a"},
		}
		p.do(all())
		for i := range refs {
			p.do(add(refs[(i*3+2)%len(refs)]))
		}
	}},
	{"all-body", "The body of an iteration may call the registry, and may end the iteration.", func(p *probe) {
		p.do(add(red), add(blue))
		for t, err := range p.next().All(p.ctx) {
			if err != nil {
				p.fail("All: %w", err)
			}
			p.do(register(newTarget(t.Ref(), "flink", "b")), acquire(t.Ref(), alice), release(t.Ref(), alice))
			p.do(remove(t.Ref()))
			break
		}
		p.refuse(target.ErrNotFound, get(blue))
	}},
}
