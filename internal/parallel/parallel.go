// Package parallel does independent pieces of work on several CPUs.
package parallel

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Do calls work with each of 0 to n-1, up to limit of them at a time, and returns
// when all are done; limit 0 stands for the number of CPUs that the program may use.
// In which order they are called is not defined: each piece keeps its result to
// itself. The first panic of a piece is that of Do.
func Do(n, limit int, work func(i int)) {
	if limit == 0 {
		limit = runtime.GOMAXPROCS(0)
	}
	if limit = min(limit, n); limit <= 1 {
		for i := range n {
			work(i)
		}
		return
	}
	var next atomic.Int64
	var failed atomic.Pointer[any]
	piece := func(i int) {
		defer func() {
			if p := recover(); p != nil {
				failed.CompareAndSwap(nil, &p)
			}
		}()
		work(i)
	}
	var wg sync.WaitGroup
	for range limit {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && failed.Load() == nil; i = int(next.Add(1)) - 1 {
				piece(i)
			}
		})
	}
	wg.Wait()
	if p := failed.Load(); p != nil {
		panic(*p)
	}
}
