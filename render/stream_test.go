package render_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/render"
	"github.com/flinktarget/flinktarget/target"
)

// apps yields n Deployments, every seventh of which cannot be rendered.
func apps(t *testing.T, n int) (iter.Seq2[render.Item, error], func(target.Ref) (target.Target, error)) {
	t.Helper()
	b := parse(t, []byte(app))
	items := func(yield func(render.Item, error) bool) {
		for i := range n {
			c := b.Deployments[0].Config()
			c.Metadata.Name = fmt.Sprintf("app-%d", i)
			if i%7 == 3 {
				c.Spec.Template.Spec.Artifact.JarURI = "ftp://h/a.jar"
			}
			d, err := deployment.New(c)
			if !yield(render.Item{Deployment: d}, err) {
				return
			}
		}
	}
	return items, func(ref target.Ref) (target.Target, error) {
		if !ref.Matches(b.Targets[0]) {
			return target.Target{}, errors.New("no such target")
		}
		return b.Targets[0], nil
	}
}

func TestStreamKeepsTheOrder(t *testing.T) {
	for _, workers := range []int{1, 2, 9} {
		items, targets := apps(t, 100)
		i := 0
		for res := range renderer(t, render.Workers(workers)).Stream(t.Context(), items, targets) {
			m, err := res.Manifests, res.Err
			assert.Assert(t, !res.Whole() && res.Item.Deployment.Name() == fmt.Sprintf("app-%d", i), "%s", res.Item.Deployment)
			if i%7 == 3 {
				assert.ErrorContains(t, err, fmt.Sprintf("app-%d", i))
				assert.Equal(t, m.Len(), 0)
			} else {
				assert.NilError(t, err)
				assert.Equal(t, find(t, m, "ConfigMap", "").Labels()["deploymentName"], fmt.Sprintf("app-%d", i))
			}
			i++
		}
		assert.Equal(t, i, 100)
	}
}

func TestStreamErrorsComeInTheirPlace(t *testing.T) {
	b := parse(t, []byte(app))
	bad := errors.New("bad input")
	items := func(yield func(render.Item, error) bool) {
		_ = yield(render.Item{}, bad) &&
			yield(render.Item{}, nil) &&
			yield(render.Item{Deployment: b.Deployments[0]}, nil)
	}
	var errs []error
	for res := range renderer(t).Stream(t.Context(), items,
		func(target.Ref) (target.Target, error) { return target.Target{}, bad }) {
		errs = append(errs, res.Err)
	}
	assert.Equal(t, len(errs), 3)
	assert.Assert(t, errors.Is(errs[0], bad))
	assert.ErrorContains(t, errs[1], "either a Deployment or a SessionCluster")
	assert.Assert(t, errors.Is(errs[2], bad) && strings.Contains(errs[2].Error(), "default/app"))
}

func TestStreamEndsWithTheContext(t *testing.T) {
	items, targets := apps(t, 1_000_000)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	n, last := 0, error(nil)
	for res := range renderer(t).Stream(ctx, items, targets) {
		if n++; n == 10 {
			cancel()
		}
		last = res.Err
		assert.Equal(t, res.Whole(), errors.Is(last, context.Canceled))
	}
	assert.Assert(t, errors.Is(last, context.Canceled), "%v", last)
	assert.Assert(t, n < 100, "%d", n)
}

func TestStreamLeavesNoGoroutine(t *testing.T) {
	before := runtime.NumGoroutine()
	for range 20 {
		items, targets := apps(t, 1000)
		for range renderer(t, render.Workers(8)).Stream(t.Context(), items, targets) {
			break
		}
	}
	ended(t, before, "Stream")
}

// Whoever leaves waits for what a worker has begun, and for nothing else. In the
// bubble, the time of a verification passes when everybody waits.
func TestStreamRendersNothingForNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		items, targets := apps(t, 1000)
		r := renderer(t, render.Workers(1))
		for reason, leave := range map[string]func(end func()) bool{
			"the loop ends":    func(func()) bool { return true },
			"the context ends": func(end func()) bool { end(); return false },
		} {
			ctx, end := context.WithCancel(t.Context())
			defer end()
			verified := 0
			render.WatchVerify(func() { time.Sleep(time.Second); verified++ }, func() {
				for range r.Stream(ctx, items, targets) {
					if leave(end) {
						break
					}
				}
			})
			assert.Assert(t, verified == 1 || verified == 2, "%s: one that is yielded, one that may have begun: %d", reason,
				verified)
		}
	})
}

func TestStreamHoldsFewItems(t *testing.T) {
	items, targets := apps(t, 300)
	taken, yielded, most := 0, 0, 0
	counted := func(yield func(render.Item, error) bool) {
		for item, err := range items {
			taken++
			most = max(most, taken-yielded)
			if !yield(item, err) {
				return
			}
		}
	}
	for range renderer(t, render.Workers(3)).Stream(t.Context(), counted, targets) {
		yielded++
	}
	assert.Assert(t, most <= 13, "%d items were on the way", most)
}

func TestStreamReportsUnmatchedPatchesOnce(t *testing.T) {
	b := parse(t, []byte(withPatches(app,
		"{target: {kind: Service, name: none}, patch: {metadata: {annotations: {a: b}}}}")))
	items := func(yield func(render.Item, error) bool) {
		for range 5 {
			if !yield(render.Item{Deployment: b.Deployments[0], Job: render.Job{ID: jobID}}, nil) {
				return
			}
		}
	}
	targets := func(target.Ref) (target.Target, error) { return b.Targets[0], nil }
	var warnings []flinktarget.Problem
	for res := range renderer(t).Stream(t.Context(), items, targets) {
		assert.NilError(t, res.Err)
		warnings = append(warnings, res.Manifests.Warnings()...)
		assert.Assert(t, res.Whole() == (res.Manifests.Len() == 0) && res.Whole() == res.Item.Deployment.IsZero())
	}
	assert.Equal(t, len(warnings), 1, "%v", warnings)
	var last error
	for res := range renderer(t, render.StrictPatches()).Stream(t.Context(), items, targets) {
		last = res.Err
	}
	assert.Assert(t, strings.Contains(fmt.Sprint(last), "matches no object"))
}
