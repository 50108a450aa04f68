package main

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// A sample is what one run took, or the median of many.
type sample struct {
	time          float64 // ns
	allocs, bytes int64   // of benchmarks
	peak          int64   // of processes: bytes of resident memory
}

func (s sample) String() string {
	if s.peak > 0 {
		return fmt.Sprintf("%s, %d MiB", duration(s.time), s.peak>>20) // rounded down
	}
	return fmt.Sprintf("%s, %d allocs", duration(s.time), s.allocs)
}

// A side is one of the things that are compared.
type side struct {
	name string
	run  func() (sample, error)
}

// compare lets the sides run by turns, so that the load of the machine falls on all,
// and returns medians of times, the largest peaks, and the median of the turns' ratios:
// how many times as long the second takes as the first.
func compare(turns int, sides []side) (results []sample, ratio float64, err error) {
	results = make([]sample, len(sides))
	times, ratios := make([][]float64, len(sides)), make([]float64, turns)
	for turn := range turns {
		for k := range sides {
			i := (k + turn) % len(sides) // none always goes first
			s, err := sides[i].run()
			if err != nil {
				return nil, 0, err
			}
			times[i] = append(times[i], s.time)
			s.peak = max(s.peak, results[i].peak)
			results[i] = s
		}
		ratios[turn] = times[1][turn] / times[0][turn]
	}
	for i := range results {
		results[i].time = median(times[i])
	}
	return results, median(ratios), nil
}

func median(list []float64) float64 {
	slices.Sort(list)
	return (list[(len(list)-1)/2] + list[len(list)/2]) / 2
}

// A row is a line of the table: ours, the peer, and what else is worth knowing of ours.
type row struct {
	measure string
	turns   int
	goal    goal
	sides   []side
}

const header = "| measure | ours | peer | ratio | goal | |\n|---|---|---|---|---|---|\n"

// line measures the row, in at most so many turns.
func (r row) line(most int) (string, error) {
	results, ratio, err := compare(min(r.turns, most), r.sides)
	if err != nil {
		return "", fmt.Errorf("%s: %w", r.measure, err)
	}
	cells := make([]string, len(r.sides))
	for i, s := range r.sides {
		cells[i] = s.name + ": " + results[i].String()
	}
	shown, wanted, met := r.goal(results[0], results[1], ratio)
	verdict := map[bool]string{true: "met", false: "**missed**"}[met]
	ours, peer := strings.Join(append(cells[:1:1], cells[2:]...), "; "), cells[1]
	return fmt.Sprintf("| %s | %s | %s | %s | %s | %s |\n", r.measure, ours, peer, shown, wanted, verdict), nil
}

// A goal says what a comparison shows, what is wanted, and whether that is met.
type goal func(ours, peer sample, ratio float64) (shown, wanted string, met bool)

// faster wants the peer to take at least so many times as long.
func faster(least float64) goal {
	return func(_, _ sample, ratio float64) (string, string, bool) {
		return digits(ratio) + " times faster", "≥ " + digits(least), ratio >= least
	}
}

// atMost wants ours to take at most so many times as long as the peer.
func atMost(most float64) goal {
	return func(_, _ sample, ratio float64) (string, string, bool) {
		return digits(1/ratio) + " times", "≤ " + digits(most), 1/ratio <= most
	}
}

// memory wants ours to take at most so many MiB.
func memory(most int64) goal {
	return func(ours, peer sample, _ float64) (string, string, bool) {
		ratio := float64(ours.peak) / float64(peer.peak)
		return digits(ratio) + " times", fmt.Sprintf("≤ %d MiB", most), ours.peak <= most<<20
	}
}

func allocs(most int64) goal {
	return func(ours, peer sample, _ float64) (string, string, bool) {
		shown := fmt.Sprintf("%d bytes against %d", ours.bytes, peer.bytes)
		return shown, fmt.Sprintf("≤ %d allocs", most), ours.allocs <= most
	}
}

func within(most time.Duration) goal {
	return func(ours, _ sample, ratio float64) (string, string, bool) {
		return digits(ratio) + " times faster", "≤ " + most.String(), ours.time <= float64(most)
	}
}

// duration prints nanoseconds with three digits.
func duration(ns float64) string {
	unit := 0
	for ; ns >= 1000 && unit < 3; unit++ {
		ns /= 1000
	}
	return digits(ns) + " " + [...]string{"ns", "µs", "ms", "s"}[unit]
}

// digits prints a number with three digits, or all of those before its point.
func digits(f float64) string { return fmt.Sprintf("%.*f", max(0, 2-int(math.Log10(max(f, 1)))), f) }
