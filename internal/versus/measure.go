package main

import (
	"flag"
	"fmt"
	"math"
	"slices"
	"syscall"
	"testing"
	"time"
)

// A side is one of two things that are compared.
type side struct {
	name string
	// prepare makes what is measured, which is called n times. What prepare itself
	// takes is not measured.
	prepare func(n int) func() error
}

// sideOf is a side that needs no preparation.
func sideOf(name string, f func() error) side {
	return side{name, func(int) func() error { return f }}
}

// bench is the side as a benchmark. It keeps the error, which testing.Benchmark does
// not report.
func (s side) bench(failed *error) func(*testing.B) {
	return func(b *testing.B) {
		f := s.prepare(b.N)
		b.ReportAllocs()
		b.ResetTimer()
		before := cpuTime()
		for range b.N {
			if err := f(); err != nil {
				*failed = fmt.Errorf("%s: %w", s.name, err)
				b.FailNow()
			}
		}
		b.ReportMetric(float64(cpuTime()-before)/float64(b.N), "cpu-ns/op")
	}
}

// cpuTime is what the process has used of all cores, its garbage collector included.
// On a machine that has other things to do it says more than the wall clock.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// figures are medians of what was measured of a side.
type figures struct {
	time   float64 // ns
	allocs int64
	bytes  int64
}

// benchTime is how long one side runs before the other has its turn.
func benchTime(d time.Duration) error {
	testing.Init()
	return flag.Set("test.benchtime", d.String())
}

// compare lets both sides run by turns, so that the load of the machine falls on
// both, and returns the medians, and that of the ratios of the turns: how many
// times as long the peer takes. The zero peer is not measured.
func compare(turns int, ours, peer side) (o, p figures, ratio float64, err error) {
	var times [2][]float64
	var ratios []float64
	for turn := range turns {
		var took [2]float64
		for k := range took {
			i := (k + turn) % 2 // neither always goes first
			s := [...]side{ours, peer}[i]
			if s.prepare == nil {
				continue
			}
			r := testing.Benchmark(s.bench(&err))
			if err != nil {
				return o, p, 0, err
			}
			took[i] = float64(r.T.Nanoseconds()) / float64(r.N)
			times[i] = append(times[i], took[i])
			f := [...]*figures{&o, &p}[i]
			f.allocs, f.bytes = r.AllocsPerOp(), r.AllocedBytesPerOp()
		}
		ratios = append(ratios, took[1]/took[0])
	}
	o.time = median(times[0])
	if peer.prepare != nil {
		p.time = median(times[1])
	}
	return o, p, median(ratios), nil
}

func median(list []float64) float64 {
	if len(list) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(list))
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}

// duration prints nanoseconds with three digits.
func duration(ns float64) string {
	for _, unit := range [...]struct {
		ns   float64
		name string
	}{{1e9, "s"}, {1e6, "ms"}, {1e3, "µs"}} {
		if ns >= unit.ns {
			return digits(ns/unit.ns) + " " + unit.name
		}
	}
	return digits(ns) + " ns"
}

// digits prints a number with three digits, or all of those before its point.
func digits(f float64) string {
	switch {
	case f >= 100:
		return fmt.Sprintf("%.0f", f)
	case f >= 10:
		return fmt.Sprintf("%.1f", f)
	default:
		return fmt.Sprintf("%.2f", f)
	}
}
