package linearize

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/anishathalye/porcupine"

	"github.com/flinktarget/flinktarget/target"
)

// The universe is small, so that calls meet: these names, ids (0 is none), specs,
// labels and owners.
const (
	names  = 3
	ids    = 3
	specs  = 2
	labels = 2
	owners = 3
)

// slot is a target: what there is under a name.
type slot struct {
	present         bool
	id, spec, label uint8
}

// state is all that a registry holds: for each name a target, and a bit for each
// owner that holds it. It is copied by assignment, and compared with ==.
type state struct {
	targets [names]slot
	holds   [names]uint8
}

// ref refers by name, by id, or by both; -1 and 0 are none.
type ref struct {
	name int
	id   uint8
}

func (s state) find(r ref) int {
	for i, t := range s.targets {
		if t.present && (r.name < 0 || r.name == i) && (r.id == 0 || r.id == t.id) {
			return i
		}
	}
	return -1
}

type kind uint8

const (
	register kind = iota
	get
	acquire
	release
	move
	remove
	list
	snapshot
	kinds
)

func (k kind) reads() bool { return k == get || k == list || k == snapshot }

type input struct {
	kind   kind
	name   int  // of register
	target slot // of register
	ref    ref
	to     ref // of move
	owner  uint8
}

type class uint8

const (
	ok class = iota
	notFound
	inUse
	immutable
	conflict
	lost   // nobody knows whether the call took effect
	broken // a snapshot that is none
)

type output struct {
	class  class
	held   bool  // of release
	target slot  // of get
	owners uint8 // of list, and of remove if it is in use
	state  state // of snapshot
}

// model is the sequential contract. Its histories are not split by target: Move,
// ids and snapshots are about several.
var model = porcupine.Model{
	Init: func() any { return state{} },
	Step: func(s, in, out any) (bool, any) {
		next, want := step(s.(state), in.(input))
		return out.(output).class == lost || want == out.(output), next
	},
	Equal:             func(a, b any) bool { return a == b },
	DescribeOperation: func(in, out any) string { return fmt.Sprintf("%+v -> %+v", in, out) },
}

func step(s state, in input) (state, output) {
	at := s.find(in.ref)
	bit := uint8(1) << in.owner
	switch in.kind {
	case register:
		return stepRegister(s, in)
	case snapshot:
		return s, output{state: s}
	case release:
		if at < 0 || s.holds[at]&bit == 0 {
			return s, output{}
		}
		s.holds[at] &^= bit
		return s, output{held: true}
	case move:
		to := s.find(in.to)
		if at < 0 || to < 0 || s.holds[at]&bit == 0 {
			return s, output{class: notFound}
		}
		s.holds[at] &^= bit
		s.holds[to] |= bit
		return s, output{}
	}
	if at < 0 {
		return s, output{class: notFound}
	}
	switch in.kind {
	case get:
		return s, output{target: s.targets[at]}
	case acquire:
		s.holds[at] |= bit
	case list:
		return s, output{owners: s.holds[at]}
	case remove:
		if s.holds[at] != 0 {
			return s, output{class: inUse, owners: s.holds[at]}
		}
		s.targets[at] = slot{}
	}
	return s, output{}
}

func stepRegister(s state, in input) (state, output) {
	old := s.targets[in.name]
	switch {
	case old.present && (old.id != in.target.id || old.spec != in.target.spec):
		return s, output{class: immutable}
	case !old.present && in.target.id != 0 && s.find(ref{name: -1, id: in.target.id}) >= 0:
		return s, output{class: conflict}
	}
	s.targets[in.name] = in.target
	return s, output{}
}

// random returns a call. Most are by those who hold and release, as in life.
func random(rng *rand.Rand) input {
	weighted := [...]kind{register, register, register, get, acquire, acquire, acquire, release, release, move, move,
		remove, remove, list, snapshot}
	anyRef := func() ref {
		r := ref{name: rng.IntN(names)}
		switch rng.IntN(4) {
		case 0:
			r = ref{name: -1, id: uint8(1 + rng.IntN(ids-1))}
		case 1:
			r.id = uint8(rng.IntN(ids))
		}
		return r
	}
	return input{
		kind:   weighted[rng.IntN(len(weighted))],
		name:   rng.IntN(names),
		target: slot{true, uint8(rng.IntN(ids)), uint8(rng.IntN(specs)), uint8(rng.IntN(labels))},
		ref:    anyRef(),
		to:     anyRef(),
		owner:  uint8(rng.IntN(owners)),
	}
}

// The universe as the registry sees it.
var (
	idTexts   = [ids]string{"", "3b7c41fc-8a19-4bb0-8d8f-6a2ea37cbf21", "a1f0c5f2-6dc3-4a53-9a0c-8f6f0a3c7d55"}
	nameTexts = [names]string{"red", "green", "blue"}
	specTexts = [specs]string{"flink", "batch"}
	labelText = [labels]string{"a", "b"}
	universe  = makeTargets()
)

func makeTargets() map[[2]any]target.Target {
	out := map[[2]any]target.Target{}
	for n := range names {
		for i := range uint8(ids) {
			for s := range uint8(specs) {
				for l := range uint8(labels) {
					t, err := target.New(target.Config{
						Metadata: target.Metadata{Name: nameTexts[n], ID: idTexts[i],
							Labels: map[string]string{"l": labelText[l]}},
						Spec: target.Spec{Kubernetes: &target.Kubernetes{Namespace: specTexts[s]}},
					})
					if err != nil {
						panic(err)
					}
					out[[2]any{n, slot{true, i, s, l}}] = t
				}
			}
		}
	}
	return out
}

func (r ref) real() target.Ref {
	out := target.Ref{ID: idTexts[r.id]}
	if r.name >= 0 {
		out.Name = nameTexts[r.name]
	}
	return out
}

func realOwner(i uint8) target.Owner {
	return target.Owner{Kind: "Deployment", Namespace: "default", Name: fmt.Sprint("owner-", i)}
}

// slotOf reads a real target back.
func slotOf(t target.Target) slot {
	return slot{
		present: true,
		id:      uint8(slices.Index(idTexts[:], t.ID())),
		spec:    uint8(slices.Index(specTexts[:], t.KubernetesNamespace())),
		label:   uint8(slices.Index(labelText[:], t.Config().Metadata.Labels["l"])),
	}
}

func bits(held []target.Owner) uint8 {
	var out uint8
	for i := range uint8(owners) {
		if slices.Contains(held, realOwner(i)) {
			out |= 1 << i
		}
	}
	return out
}

func classOf(err error) class {
	switch {
	case err == nil:
		return ok
	case errors.Is(err, target.ErrNotFound):
		return notFound
	case errors.Is(err, target.ErrInUse):
		return inUse
	case errors.Is(err, target.ErrImmutable):
		return immutable
	case errors.Is(err, target.ErrConflict):
		return conflict
	default:
		return lost
	}
}
