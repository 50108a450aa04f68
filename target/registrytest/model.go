package registrytest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/flinktarget/flinktarget/target"
)

// CompareWithModel makes random calls on an empty registry that nobody else uses,
// one after another. It compares every answer, and after some calls everything that
// the registry holds, with a model: two plain maps. The same seed makes the same
// calls. The error is the first difference, with the calls before it.
func CompareWithModel(ctx context.Context, r Registry, seed uint64, calls int) error {
	rng := rand.New(rand.NewPCG(seed, seed))
	m := model{targets: map[target.Ref]target.Target{}, holds: map[hold]bool{}}
	var log []string
	for i := range calls {
		text, err := m.step(ctx, r, rng)
		log = append(log, text)
		if err == nil && (i%16 == 0 || i == calls-1) {
			err = m.compareAll(ctx, r)
		}
		if err != nil {
			return fmt.Errorf("seed %d, after %d calls: %w; the last calls were\n  %s",
				seed, i+1, err, strings.Join(log[max(0, len(log)-20):], "\n  "))
		}
	}
	return nil
}

// model is the contract in the plainest form; every search reads all of it.
type model struct {
	targets map[target.Ref]target.Target
	holds   map[hold]bool
}

// hold is an owner and what it holds, by name.
type hold struct {
	ref   target.Ref
	owner target.Owner
}

// Few enough that calls often meet.
var (
	modelNamespaces = []string{"default", "other"}
	modelNames      = []string{"red", "blue"}
	modelIDs        = []string{"", id1, id2}
	modelOwners     = []target.Owner{
		alice, bob, {Kind: "Deployment", Namespace: "default", Name: "alice", UID: "2"},
		{Kind: "Deployment", Namespace: "other", Name: "alice", UID: "1"},
		{Kind: "Deployment", Name: "alice", UID: "1"}, {},
	}
)

func pick[T any](rng *rand.Rand, from ...T) T { return from[rng.IntN(len(from))] }

func randomTarget(rng *rand.Rand) target.Target {
	if rng.IntN(50) == 0 {
		return target.Target{}
	}
	ref := target.Ref{
		Namespace: pick(rng, modelNamespaces...), Name: pick(rng, modelNames...), ID: pick(rng, modelIDs...),
	}
	return newTarget(ref, pick(rng, "flink", "batch"), pick(rng, "a", "b"))
}

// ref prefers references to a target that there is, so that most calls do something.
func (m model) ref(rng *rand.Rand) target.Ref {
	if len(m.targets) > 0 && rng.IntN(4) > 0 {
		t := m.targets[pick(rng, m.names()...)]
		if t.ID() != "" && rng.IntN(2) == 0 {
			return target.Ref{Namespace: t.Namespace(), ID: t.ID()}
		}
		return t.Ref()
	}
	return target.Ref{
		Namespace: pick(rng, append(modelNamespaces, "")...),
		Name:      pick(rng, append(modelNames, "")...),
		ID:        pick(rng, modelIDs...),
	}
}

func (m model) names() []target.Ref {
	return slices.SortedFunc(maps.Keys(m.targets), func(a, b target.Ref) int {
		return strings.Compare(a.String(), b.String())
	})
}

func (m model) find(ref target.Ref) target.Target {
	for _, t := range m.targets {
		if ref.Matches(t) {
			return t
		}
	}
	return target.Target{}
}

func (m model) owners(ref target.Ref) []target.Owner {
	var out []target.Owner
	for h := range m.holds {
		if h.ref == ref {
			out = append(out, h.owner)
		}
	}
	fields := func(o target.Owner) []string { return []string{o.Kind, o.Namespace, o.Name, o.UID} }
	slices.SortFunc(out, func(a, b target.Owner) int { return slices.Compare(fields(a), fields(b)) })
	return out
}

// holdOf is a hold with the default namespace.
func holdOf(t target.Target, o target.Owner) hold {
	o.Namespace = cmp.Or(o.Namespace, "default")
	return hold{t.Ref(), o}
}

// step makes one call and says which.
func (m model) step(ctx context.Context, r Registry, rng *rand.Rand) (string, error) {
	ref, o := m.ref(rng), pick(rng, modelOwners...)
	switch rng.IntN(10) {
	case 0, 1:
		t := randomTarget(rng)
		return fmt.Sprintf("Register(%s %s %q %v)", t, t.ID(), t.KubernetesNamespace(), t.Config().Metadata.Labels),
			class(r.Register(ctx, t), m.register(t))
	case 2:
		want, wantErr := m.get(ref)
		got, err := r.Get(ctx, ref)
		if !got.Equal(want) {
			err = fmt.Errorf("got %v, want %v (error %v)", got, want, err)
		}
		return fmt.Sprintf("Get(%+v)", ref), class(err, wantErr)
	case 3, 4:
		return fmt.Sprintf("Acquire(%+v, %+v)", ref, o), class(r.Acquire(ctx, ref, o), m.acquire(ref, o))
	case 5, 6:
		want := m.release(ref, o)
		got, err := r.Release(ctx, ref, o)
		if got != want {
			err = fmt.Errorf("got %t, want %t (error %v)", got, want, err)
		}
		return fmt.Sprintf("Release(%+v, %+v)", ref, o), err
	case 7, 8:
		to := m.ref(rng)
		return fmt.Sprintf("Move(%+v, %+v, %+v)", o, ref, to), class(r.Move(ctx, o, ref, to), m.move(o, ref, to))
	default:
		want, wantErr := m.delete(ref)
		err := r.Delete(ctx, ref)
		if e, ok := errors.AsType[*target.InUseError](err); ok && !slices.Equal(e.Owners, want) {
			err = fmt.Errorf("the error names %v, want %v", e.Owners, want)
		}
		return fmt.Sprintf("Delete(%+v)", ref), class(err, wantErr)
	}
}

// class compares the classes of two errors.
func class(got, want error) error {
	same := (got == nil) == (want == nil)
	for _, c := range []error{
		target.ErrInvalid, target.ErrNotFound, target.ErrInUse, target.ErrImmutable, target.ErrConflict,
	} {
		same = same && errors.Is(got, c) == (want == c)
	}
	if !same {
		return fmt.Errorf("got the error %w, want %v", got, want)
	}
	return nil
}

func (m model) register(t target.Target) error {
	if t.IsZero() {
		return target.ErrInvalid
	}
	if old, ok := m.targets[t.Ref()]; ok {
		if old.ID() != t.ID() || old.KubernetesNamespace() != t.KubernetesNamespace() {
			return target.ErrImmutable
		}
	} else if t.ID() != "" {
		for _, other := range m.targets {
			if other.ID() == t.ID() {
				return target.ErrConflict
			}
		}
	}
	m.targets[t.Ref()] = t
	return nil
}

func (m model) get(ref target.Ref) (target.Target, error) {
	if ref.IsZero() {
		return target.Target{}, target.ErrInvalid
	}
	t := m.find(ref)
	if t.IsZero() {
		return t, target.ErrNotFound
	}
	return t, nil
}

func (m model) acquire(ref target.Ref, o target.Owner) error {
	t, err := m.get(ref)
	if o == (target.Owner{}) {
		return target.ErrInvalid
	}
	if err == nil {
		m.holds[holdOf(t, o)] = true
	}
	return err
}

func (m model) release(ref target.Ref, o target.Owner) bool {
	t, err := m.get(ref)
	if err != nil || !m.holds[holdOf(t, o)] {
		return false
	}
	delete(m.holds, holdOf(t, o))
	return true
}

func (m model) move(o target.Owner, from, to target.Ref) error {
	if o == (target.Owner{}) || from.IsZero() || to.IsZero() {
		return target.ErrInvalid
	}
	source, destination := m.find(from), m.find(to)
	if source.IsZero() || destination.IsZero() || !m.holds[holdOf(source, o)] {
		return target.ErrNotFound
	}
	delete(m.holds, holdOf(source, o))
	m.holds[holdOf(destination, o)] = true
	return nil
}

func (m model) delete(ref target.Ref) ([]target.Owner, error) {
	t, err := m.get(ref)
	if err != nil {
		return nil, err
	}
	if owners := m.owners(t.Ref()); len(owners) > 0 {
		return owners, target.ErrInUse
	}
	delete(m.targets, t.Ref())
	return nil, nil
}

// compareAll compares everything that the registry holds with the model.
func (m model) compareAll(ctx context.Context, r Registry) error {
	var got []target.Ref
	for t, err := range r.All(ctx) {
		if err != nil {
			return fmt.Errorf("All: %w", err)
		}
		if !t.Equal(m.targets[t.Ref()]) {
			return fmt.Errorf("All: got %s, want %s", t, m.targets[t.Ref()])
		}
		got = append(got, t.Ref())
		owners, err := r.Owners(ctx, t.Ref())
		if want := m.owners(t.Ref()); err != nil || !slices.Equal(owners, want) {
			return fmt.Errorf("Owners(%s): got %v and the error %v, want %v", t.Ref(), owners, err, want)
		}
	}
	if want := m.names(); !slices.Equal(got, want) {
		return fmt.Errorf("All: got %v, want %v", got, want)
	}
	return nil
}
