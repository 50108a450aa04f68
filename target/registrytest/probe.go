package registrytest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/flinktarget/flinktarget/target"
)

// A probe calls a registry and collects what is wrong with the answers.
type probe struct {
	ctx context.Context
	r   Registry

	mu   sync.Mutex
	errs []error
}

func (p *probe) fail(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.errs = append(p.errs, fmt.Errorf(format, args...))
}

// want checks the class of an error; nil wants none.
func (p *probe) want(class, err error, format string, args ...any) {
	call := fmt.Sprintf(format, args...)
	switch {
	case class == nil && err != nil:
		p.fail("%s: %w", call, err)
	case !errors.Is(err, class):
		p.fail("%s: got the error %v, want one that is %v", call, err, class)
	}
}

func (p *probe) register(targets ...target.Target) {
	for _, t := range targets {
		p.want(nil, p.r.Register(p.ctx, t), "Register(%s)", t)
	}
}

// add registers a target for each reference.
func (p *probe) add(refs ...target.Ref) {
	for _, ref := range refs {
		p.register(newTarget(ref, "flink", "a"))
	}
}

func (p *probe) refuse(class error, t target.Target) error {
	err := p.r.Register(p.ctx, t)
	p.want(class, err, "Register(%s)", t)
	return err
}

// get checks that ref refers to want.
func (p *probe) get(ref target.Ref, want target.Target) {
	got, err := p.r.Get(p.ctx, ref)
	p.want(nil, err, "Get(%+v)", ref)
	if err == nil && !got.Equal(want) {
		p.fail("Get(%+v): got %+v, want %+v", ref, got.Config(), want.Config())
	}
}

// absent checks that ref refers to nothing.
func (p *probe) absent(ref target.Ref) {
	got, err := p.r.Get(p.ctx, ref)
	p.want(target.ErrNotFound, err, "Get(%+v)", ref)
	if !got.IsZero() {
		p.fail("Get(%+v): got %s together with an error", ref, got)
	}
}

func (p *probe) acquire(ref target.Ref, owners ...target.Owner) {
	for _, o := range owners {
		p.want(nil, p.r.Acquire(p.ctx, ref, o), "Acquire(%+v, %+v)", ref, o)
	}
}

func (p *probe) release(ref target.Ref, o target.Owner, want bool) {
	held, err := p.r.Release(p.ctx, ref, o)
	p.want(nil, err, "Release(%+v, %+v)", ref, o)
	if held != want {
		p.fail("Release(%+v, %+v): got %t, want %t", ref, o, held, want)
	}
}

func (p *probe) delete(ref target.Ref) {
	p.want(nil, p.r.Delete(p.ctx, ref), "Delete(%+v)", ref)
}

// held checks who holds a target, with Owners, and with Delete if there are any.
func (p *probe) held(ref target.Ref, want ...target.Owner) {
	got, err := p.r.Owners(p.ctx, ref)
	p.want(nil, err, "Owners(%+v)", ref)
	if !slices.Equal(got, want) {
		p.fail("Owners(%+v): got %+v, want %+v", ref, got, want)
	}
	if len(want) == 0 {
		return
	}
	err = p.r.Delete(p.ctx, ref)
	p.want(target.ErrInUse, err, "Delete(%+v) while it is held", ref)
	if e, ok := errors.AsType[*target.InUseError](err); !ok {
		p.fail("Delete(%+v): got a %T, want an *InUseError", ref, err)
	} else if !slices.Equal(e.Owners, want) {
		p.fail("Delete(%+v): the error names %+v, want %+v", ref, e.Owners, want)
	}
}

// all checks which targets there are, in order.
func (p *probe) all(want ...target.Target) {
	var got []target.Target
	for t, err := range p.r.All(p.ctx) {
		if err != nil {
			p.fail("All: %w", err)
			return
		}
		got = append(got, t)
	}
	if !slices.EqualFunc(got, want, target.Target.Equal) {
		p.fail("All: got %v, want %v", got, want)
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

	alice = target.Owner{Kind: "Deployment", Namespace: "default", Name: "alice", UID: "1"}
	bob   = target.Owner{Kind: "SessionCluster", Namespace: "default", Name: "bob", UID: "2"}
)

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
