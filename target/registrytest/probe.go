package registrytest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/target"
)

// A call is a call of a registry. Its answer is what it returns beside the error.
type call struct {
	text  string
	reads bool // and changes nothing
	make  func(ctx context.Context, r target.Store) (answer string, err error)
}

func callOf(make func(context.Context, target.Store) (string, error), format string, args ...any) call {
	return call{text: fmt.Sprintf(format, args...), make: make}
}

func reading(c call) call {
	c.reads = true
	return c
}

func register(t target.Target) call {
	return callOf(func(ctx context.Context, r target.Store) (string, error) { return "", r.Register(ctx, t) },
		"Register(%s)", jsonOf(t))
}

func get(ref target.Ref) call {
	return reading(callOf(func(ctx context.Context, r target.Store) (string, error) {
		t, err := r.Get(ctx, ref)
		return jsonOf(t), err
	}, "Get(%+v)", ref))
}

func acquire(ref target.Ref, o target.Owner) call {
	return callOf(func(ctx context.Context, r target.Store) (string, error) { return "", r.Acquire(ctx, ref, o) },
		"Acquire(%+v, %+v)", ref, o)
}

func release(ref target.Ref, o target.Owner) call {
	return callOf(func(ctx context.Context, r target.Store) (string, error) {
		held, err := r.Release(ctx, ref, o)
		return fmt.Sprint(held), err
	}, "Release(%+v, %+v)", ref, o)
}

func move(o target.Owner, from, to target.Ref) call {
	return callOf(func(ctx context.Context, r target.Store) (string, error) { return "", r.Move(ctx, o, from, to) },
		"Move(%+v, %+v, %+v)", o, from, to)
}

func remove(ref target.Ref) call {
	return callOf(func(ctx context.Context, r target.Store) (string, error) { return "", r.Delete(ctx, ref) },
		"Delete(%+v)", ref)
}

func owners(ref target.Ref) call {
	return reading(callOf(func(ctx context.Context, r target.Store) (string, error) {
		list, err := r.Owners(ctx, ref)
		return fmt.Sprintf("%+v", list), err
	}, "Owners(%+v)", ref))
}

func all() call {
	return reading(callOf(func(ctx context.Context, r target.Store) (list string, err error) {
		for t, err := range r.All(ctx) {
			if err != nil {
				return list, err
			}
			list += jsonOf(t) + "\n"
		}
		return list, nil
	}, "All()"))
}

// jsonOf cannot fail.
func jsonOf(t target.Target) string {
	text, _ := json.Marshal(t)
	return string(text)
}

// What the errors say that the contract promises: their class, and the data of two of them.
var classes = []error{flinktarget.ErrInvalid, target.ErrNotFound, target.ErrConflict, context.Canceled}

func contractOf(err error) string {
	if e, ok := errors.AsType[*target.Error](err); ok {
		switch e.Class {
		case target.ErrInUse:
			return fmt.Sprintf("%v, with the owners %+v", target.ErrInUse, e.Owners)
		case target.ErrImmutable:
			text := fmt.Sprintf("%v, about %v:", target.ErrImmutable, e.Ref)
			for _, f := range e.Fields {
				text += " " + f.Field
			}
			return text
		}
	}
	for _, class := range classes {
		if errors.Is(err, class) {
			return class.Error()
		}
	}
	return fmt.Sprint(err)
}

// A probe makes the same calls on the registry that is tested and on a model, which is a
// target.Registry, and collects the differences. Of several handles of the registry, calls
// that change something take turns, and all of them read.
type probe struct {
	ctx     context.Context
	handles []target.Store
	turns   atomic.Uint64
	model   *target.Registry
	errs    []error
}

func newProbe(ctx context.Context, handles int, connect func() target.Store) *probe {
	p := &probe{ctx: ctx, model: new(target.Registry)}
	for range handles {
		p.handles = append(p.handles, connect())
	}
	return p
}

// next is the handle whose turn it is.
func (p *probe) next() target.Store { return p.handles[p.turns.Add(1)%uint64(len(p.handles))] }

func (p *probe) fail(format string, args ...any) {
	p.errs = append(p.errs, fmt.Errorf(format, args...))
}

// compare makes a call on both, and returns the error of the model.
func (p *probe) compare(ctx context.Context, c call) error {
	want, wantErr := c.make(ctx, p.model.Store())
	handles := p.handles
	if !c.reads {
		handles = []target.Store{p.next()}
	}
	for _, handle := range handles {
		answer, err := c.make(ctx, handle)
		if said := contractOf(wantErr); contractOf(err) != said {
			p.fail("%s: got the error %v, want %s", c.text, err, said)
		} else if err == nil && answer != want {
			p.fail("%s: got %s, want %s", c.text, answer, want)
		}
	}
	return wantErr
}

// do makes calls that succeed, and compares everything after each.
func (p *probe) do(calls ...call) { p.refuse(nil, calls...) }

// refuse makes calls that fail with an error of a class, and compares everything after each.
func (p *probe) refuse(class error, calls ...call) {
	for _, c := range calls {
		if err := p.compare(p.ctx, c); !errors.Is(err, class) {
			p.fail("%s: target.Registry answers with the error %v", c.text, err)
		}
		p.observe()
	}
}

// observe compares everything that both hold: with calls that change nothing, and with
// Delete of what is held.
func (p *probe) observe() {
	names := []target.Ref{red, blue}
	refs := []target.Ref{{ID: id1}, {ID: id2}}
	calls := []call{all()}
	for t := range p.model.All() {
		if ref := t.Ref(); ref != red && ref != blue {
			names = append(names, ref)
		}
		if t.ID() != "" {
			refs = append(refs, withID(t.Ref(), t.ID()), target.Ref{Namespace: t.Namespace(), ID: t.ID()})
		}
		if held, _ := p.model.Owners(t.Ref()); len(held) > 0 {
			calls = append(calls, remove(t.Ref()))
		}
	}
	for _, ref := range names {
		calls = append(calls, get(ref), owners(ref))
	}
	for _, ref := range refs {
		calls = append(calls, get(ref))
	}
	for _, c := range calls {
		_ = p.compare(p.ctx, c)
	}
}

// together runs n goroutines that start at one moment, and waits for them.
func together(n int, f func(i int)) {
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		wg.Go(func() {
			<-start
			f(i)
		})
	}
	close(start)
	wg.Wait()
}

const (
	id1 = "3b7c41fc-8a19-4bb0-8d8f-6a2ea37cbf21"
	id2 = "a1f0c5f2-6dc3-4a53-9a0c-8f6f0a3c7d55"
)

var (
	red     = target.Ref{Namespace: "default", Name: "red"}
	blue    = target.Ref{Namespace: "default", Name: "blue"}
	unknown = target.Ref{Namespace: "default", Name: "unknown"}
	other   = target.Ref{Namespace: "other", Name: "red"}

	alice = target.Owner{Kind: "Deployment", Namespace: "default", Name: "alice", UID: "1"}
	bob   = target.Owner{Kind: "SessionCluster", Namespace: "default", Name: "bob", UID: "2"}
)

// add registers a target.
func add(ref target.Ref) call { return register(newTarget(ref, "flink", "a")) }

// newTarget returns a target. The arguments are constants of this package, so that New
// has nothing to refuse.
func newTarget(ref target.Ref, kubernetes, label string) target.Target {
	t, err := target.New(target.Config{
		Metadata: target.Metadata{
			Namespace: ref.Namespace, Name: ref.Name, ID: ref.ID, Labels: map[string]string{"label": label},
		},
		Spec: target.Spec{Kubernetes: &target.Kubernetes{Namespace: kubernetes}},
	})
	if err != nil {
		panic(err)
	}
	return t
}

func withID(ref target.Ref, id string) target.Ref {
	ref.ID = id
	return ref
}
