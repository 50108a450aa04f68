package parallel_test

import (
	"sync"
	"sync/atomic"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/parallel"
)

func TestDo(t *testing.T) {
	for _, c := range []struct{ n, limit int }{{0, 0}, {1, 0}, {1, 8}, {5, 1}, {5, 2}, {1000, 0}, {1000, 3},
		{3, 1000}} {
		done := make([]int, c.n)
		parallel.Do(c.n, c.limit, func(i int) { done[i]++ })
		for i, times := range done {
			assert.Equal(t, times, 1, "%d of %+v", i, c)
		}
	}
}

// No more than limit pieces run at a time, and that many do: the first ones wait for
// each other.
func TestLimit(t *testing.T) {
	const limit = 4
	var running, most atomic.Int32
	var all sync.WaitGroup
	all.Add(limit)
	parallel.Do(200, limit, func(i int) {
		now := running.Add(1)
		for m := most.Load(); now > m && !most.CompareAndSwap(m, now); m = most.Load() {
		}
		if i < limit {
			all.Done()
			all.Wait()
		}
		running.Add(-1)
	})
	assert.Equal(t, most.Load(), int32(limit))
}

// Who calls Do can recover from a panic, wherever the piece ran; all have ended then.
func TestPanic(t *testing.T) {
	for _, limit := range []int{1, 4} {
		var running atomic.Int32
		func() {
			defer func() { assert.Equal(t, recover(), any("bad piece")) }()
			parallel.Do(100, limit, func(i int) {
				running.Add(1)
				defer running.Add(-1)
				if i == 7 {
					panic("bad piece")
				}
			})
		}()
		assert.Equal(t, running.Load(), int32(0))
	}
}
