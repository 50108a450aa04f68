package registrytest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/flinktarget/flinktarget/target"
)

// CompareWithModel makes random calls on an empty registry that nobody else uses,
// one after another. It compares every answer, and after some calls everything that
// the registry holds, with a model: a [target.Registry]. The same seed makes the same
// calls. The error is the first difference, with the calls before it.
func CompareWithModel(ctx context.Context, r target.Store, seed uint64, calls int) error {
	return newProbe(ctx, 1, always(r)).compareAll(seed, calls)
}

func (p *probe) compareAll(seed uint64, calls int) error {
	rng := rand.New(rand.NewPCG(seed, seed))
	var log []string
	for i := range calls {
		c := p.random(rng)
		log = append(log, c.text)
		_ = p.compare(p.ctx, c)
		if i%16 == 0 || i == calls-1 {
			p.observe()
		}
		if len(p.errs) > 0 {
			return fmt.Errorf("seed %d, after %d calls: %w; the last calls were\n  %s",
				seed, i+1, p.errs[0], strings.Join(log[max(0, len(log)-20):], "\n  "))
		}
	}
	return nil
}

// Few enough that calls often meet.
var (
	namespaces = []string{"default", "other", ""}
	names      = []string{"red", "blue", ""}
	ids        = []string{"", id1, id2}
	someone    = []target.Owner{
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
	ref := target.Ref{Namespace: pick(rng, namespaces[:2]...), Name: pick(rng, names[:2]...), ID: pick(rng, ids...)}
	return newTarget(ref, pick(rng, "flink", "batch"), pick(rng, "a", "b"))
}

// ref prefers references to a target that there is, so that most calls do something.
func (p *probe) ref(rng *rand.Rand) target.Ref {
	var there []target.Ref
	for t := range p.model.All() {
		there = append(there, t.Ref())
		if t.ID() != "" {
			there = append(there, target.Ref{Namespace: t.Namespace(), ID: t.ID()})
		}
	}
	if len(there) > 0 && rng.IntN(4) > 0 {
		return pick(rng, there...)
	}
	return target.Ref{Namespace: pick(rng, namespaces...), Name: pick(rng, names...), ID: pick(rng, ids...)}
}

func (p *probe) random(rng *rand.Rand) call {
	ref, o := p.ref(rng), pick(rng, someone...)
	switch rng.IntN(10) {
	case 0, 1:
		return register(randomTarget(rng))
	case 2:
		return get(ref)
	case 3, 4:
		return acquire(ref, o)
	case 5, 6:
		return release(ref, o)
	case 7, 8:
		return move(o, ref, p.ref(rng))
	default:
		return remove(ref)
	}
}
