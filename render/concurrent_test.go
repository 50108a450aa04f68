package render_test

import (
	"bytes"
	"errors"
	"io"
	"iter"
	"runtime"
	"slices"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/render"
)

// A panic comes to the goroutine that called, which may recover from it, and leaves no
// goroutine behind.
func TestPanicsReachTheCaller(t *testing.T) {
	b := parse(t, []byte(app+"---\n"+session))
	items, targets := apps(t, 20)
	r := renderer(t, render.Workers(4))
	for name, call := range map[string]func(){
		"Deployment": func() { _, _ = r.Deployment(b.Targets[0], b.Deployments[0], render.Job{}) },
		"Bundle":     func() { _, _ = r.Bundle(b, nil) },
		"Stream": func() {
			for range r.Stream(t.Context(), items, targets) {
				runtime.Gosched()
			}
		},
		"jobs":   func() { _, _ = r.Bundle(b, func(deployment.Deployment) render.Job { panic("bad verify") }) },
		"a loop": func() { over(r.Stream(t.Context(), items, targets), func() { panic("bad verify") }) },
	} {
		before := runtime.NumGoroutine()
		render.WatchVerify(func() { panic("bad verify") }, func() {
			defer func() { assert.Equal(t, recover(), any("bad verify"), name) }()
			call()
		})
		ended(t, before, name)
	}
}

// ended waits until there are no more goroutines than before. One that is done may
// still be counted for as long as the machine has other work, so it waits long.
func ended(t *testing.T, before int, name string) {
	t.Helper()
	for range 10_000 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatalf("%s: %d goroutines, %d before", name, runtime.NumGoroutine(), before)
}

func over[V any](seq iter.Seq[V], body func()) {
	for range seq {
		body()
	}
}

// jobs may render, too.
func TestJobsThatRender(t *testing.T) {
	b := parse(t, []byte(app))
	r := renderer(t, render.Workers(1))
	want, err := r.Bundle(b, nil)
	assert.NilError(t, err)
	m, err := r.Bundle(b, func(deployment.Deployment) render.Job {
		inner, err := r.Bundle(b, nil)
		assert.NilError(t, err)
		assert.Equal(t, inner.Digest(), want.Digest())
		return render.Job{}
	})
	assert.NilError(t, err)
	assert.Equal(t, m.Digest(), want.Digest())
}

// shortWriter takes so many bytes in all, and then what it says.
type shortWriter struct {
	bytes.Buffer
	room int
	err  error
}

func (w *shortWriter) Write(p []byte) (int, error) {
	n := min(w.room, len(p))
	w.room -= n
	w.Buffer.Write(p[:n])
	if n < len(p) {
		return n, w.err
	}
	return n, nil
}

// However many objects there are, however many CPUs, the bytes are the same, and a
// writer that does not take all of them is an error.
func TestWriteToManyObjects(t *testing.T) {
	one, err := renderer(t).Bundle(parse(t, []byte(app)), nil)
	assert.NilError(t, err)
	var objects []render.Manifests
	for range 250 {
		objects = append(objects, one)
	}
	cpus := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(cpus)
	for _, n := range []int{0, 1, 64, 65, 250} { // of four objects each
		m := render.Join(objects[:n]...)
		want := bytes.Repeat([]byte(yamlOf(t, one)), n)
		for _, cpus := range []int{1, 2, 3, 8} {
			runtime.GOMAXPROCS(cpus)
			assert.Assert(t, bytes.Equal([]byte(yamlOf(t, m)), want), "%d objects", m.Len())
		}
		full := errors.New("no space left")
		for _, room := range []int{0, 1, len(want) / 2, len(want) - 1} {
			if room < 0 || room >= len(want) {
				continue
			}
			for _, c := range []struct{ says, want error }{{full, full}, {nil, io.ErrShortWrite}} {
				w := &shortWriter{room: room, err: c.says}
				written, err := m.WriteTo(w)
				assert.Assert(t, errors.Is(err, c.want), "%v", err)
				assert.Equal(t, written, int64(w.Len()))
				assert.Assert(t, bytes.HasPrefix(want, w.Bytes()))
			}
		}
	}
}

// Errors of a bundle are in its order, whatever the number of CPUs.
func TestErrorsDoNotDependOnCPUs(t *testing.T) {
	items, _ := apps(t, 40)
	b := parse(t, []byte(app))
	b.Deployments = nil
	for item := range items {
		b.Deployments = append(b.Deployments, item.Deployment)
	}
	var texts []string
	for _, workers := range []int{1, 2, 3, 8, 1000} {
		m, err := renderer(t, render.Workers(workers)).Bundle(b, nil)
		assert.Equal(t, m.Len(), 0)
		texts = append(texts, err.Error())
	}
	assert.Equal(t, len(slices.Compact(texts)), 1)
}
