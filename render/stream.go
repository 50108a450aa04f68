package render

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"sync/atomic"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/target"
)

// An Item is what [Renderer.Stream] renders: a Deployment with its Job, or a
// SessionCluster.
type Item struct {
	Deployment     deployment.Deployment
	SessionCluster deployment.SessionCluster
	// Job is for the Deployment; in session mode, it has the SessionCluster.
	Job Job
}

// A Result is what [Renderer.Stream] makes of an Item.
type Result struct {
	// Item is the one that came, as it came; zero in the result of the whole.
	Item Item
	// Manifests are what is rendered of it, with warnings about it; empty with an Err.
	Manifests Manifests
	Err       error

	whole bool
}

// Whole reports whether the result is about all items together: the last one, which comes
// only if there is something to say.
func (r Result) Whole() bool { return r.whole }

// Workers sets how many resources [Renderer.Stream] and [Renderer.Bundle] render at a
// time. The default is the number of CPUs that the program may use. The order and the
// bytes of the results do not depend on it.
func Workers(n int) Option {
	return Option{"Workers", func(r *Renderer) error {
		if n < 1 || n > 1024 {
			return fmt.Errorf("must be between 1 and 1024, not %d", n)
		}
		r.workers = n
		return nil
	}}
}

// Stream renders items one after another, several at a time, and yields the [Result]
// of each in the order of the items: Manifests, or the error of this item, after
// which the next one follows. It holds no more than four items or results for each
// of its [Workers] at a time, however many there are.
//
// Both items and targets are called by the goroutine that ranges over the stream,
// in order. targets returns what an item refers to; it may know a target only by
// the time that the item comes. Its error, and one that comes with an item, is
// yielded in the item's place.
//
// Items are not compared with each other: the same Deployment twice is rendered twice, to
// the same objects, which [Renderer.Bundle] refuses.
//
// After the last item comes what is about all of them, as a Result of the [Result.Whole]:
// patches that changed no object of any item, as warnings of Manifests without objects, or
// as an error with [StrictPatches]. If ctx is done, its error is such a Result, and the
// stream ends. A loop over the stream
// may be left at any time; no goroutine outlives it.
func (r *Renderer) Stream(
	ctx context.Context, items iter.Seq2[Item, error], targets func(target.Ref) (target.Target, error),
) iter.Seq[Result] {
	return func(yield func(Result) bool) {
		workers := r.workers
		if workers == 0 {
			workers = runtime.GOMAXPROCS(0)
		}
		window := 4 * workers
		s := &stream{renderer: r, targets: targets, tasks: make(chan task, window)}
		done := make(chan struct{})
		for range workers {
			go s.work(done)
		}
		defer func() {
			s.ended.Store(true)
			close(s.tasks)
			for range workers {
				<-done
			}
		}()
		if s.run(ctx, items, window, yield) && ctx.Err() == nil {
			s.finish(yield)
		}
	}
}

type stream struct {
	renderer *Renderer
	targets  func(target.Ref) (target.Target, error)
	tasks    chan task     // with room for all, so that no worker waits for the caller
	ended    atomic.Bool   // nobody waits for results any more
	pending  []chan result // in the order of the items
	seen     bundle        // adds up which patches matched
}

// task is an item on its way to a worker.
type task struct {
	item   Item
	target target.Target
	result chan result // with room for one
}

type result struct {
	item      Item // of a stream
	manifests Manifests
	err       error
	panicked  any // what a worker recovered from
}

func (s *stream) work(done chan<- struct{}) {
	for t := range s.tasks {
		if !s.ended.Load() {
			t.result <- s.render(t)
			runtime.Gosched() // to who waits for it, before the queue is empty: that goroutine reads and writes
		}
	}
	done <- struct{}{}
}

// render keeps a panic for who ranges over the stream: nobody could recover from it
// in a worker.
func (s *stream) render(t task) (res result) {
	defer func() { res.panicked = recover() }()
	res.item = t.item
	if !t.item.SessionCluster.IsZero() {
		res.manifests, res.err = s.renderer.render(t.target, session{SessionCluster: t.item.SessionCluster})
	} else {
		res.manifests, res.err = s.renderer.render(t.target, job{Deployment: t.item.Deployment, job: t.item.Job})
	}
	return res
}

// run reports whether all items were yielded.
func (s *stream) run(
	ctx context.Context, items iter.Seq2[Item, error], window int, yield func(Result) bool,
) bool {
	for item, err := range items {
		if ctx.Err() != nil {
			yield(Result{Err: ctx.Err(), whole: true})
			return false
		}
		s.submit(item, err)
		if len(s.pending) >= window && !s.deliver(yield) {
			return false
		}
	}
	for len(s.pending) > 0 {
		if ctx.Err() != nil {
			yield(Result{Err: ctx.Err(), whole: true})
			return false
		}
		if !s.deliver(yield) {
			return false
		}
	}
	return true
}

// submit hands an item to a worker, or puts its error in its place.
func (s *stream) submit(item Item, err error) {
	out := make(chan result, 1)
	s.pending = append(s.pending, out)
	t := task{item: item, result: out}
	if err == nil {
		t.target, err = s.find(item)
	}
	if err != nil {
		out <- result{item: item, err: err}
		return
	}
	s.tasks <- t
}

func (s *stream) find(item Item) (target.Target, error) {
	var res resource = job{Deployment: item.Deployment, job: item.Job}
	switch {
	case item.Deployment.IsZero() == item.SessionCluster.IsZero():
		return target.Target{}, fmt.Errorf("render: an Item has either a Deployment or a SessionCluster")
	case item.Deployment.IsZero():
		res = item.SessionCluster
	case res.Target().IsZero():
		return target.Target{}, res.(job).check(nil)
	}
	t, err := s.targets(res.Target())
	switch {
	case errors.Is(err, target.ErrNotFound):
		return t, noTarget(res, err.Error())
	case err != nil:
		return t, fmt.Errorf("%s: %w", res, err)
	}
	return t, nil
}

// deliver yields the oldest pending result.
func (s *stream) deliver(yield func(Result) bool) bool {
	res := <-s.pending[0]
	s.pending = s.pending[1:]
	if res.panicked != nil {
		panic(res.panicked)
	}
	s.seen.note(res.manifests.uses)
	res.manifests.uses = nil
	return yield(Result{Item: res.item, Manifests: res.manifests, Err: res.err})
}

func (s *stream) finish(yield func(Result) bool) {
	if len(warnUnused(s.seen.uses)) > 0 {
		m, err := s.renderer.strict(Manifests{uses: s.seen.uses}, nil)
		yield(Result{Manifests: m, Err: err, whole: true})
	}
}
