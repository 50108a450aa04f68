package main

import (
	"fmt"
	"math"
	"strings"
)

// A row is one line of the table.
type row struct {
	measure, ours, peer string
	ratio, goal         string
	met                 bool
}

const header = "| measure | ours | peer | ratio | goal | |\n|---|---|---|---|---|---|\n"

func (r row) String() string {
	met := "met"
	if !r.met {
		met = "**missed**"
	}
	return fmt.Sprintf("| %s | %s | %s | %s | %s | %s |\n", r.measure, r.ours, r.peer, r.ratio, r.goal, met)
}

// faster is a row whose goal is to take at most a part of the peer's time.
func faster(measure, ours, peer string, ratio, goal float64) row {
	return row{measure, ours, peer, digits(ratio) + " times faster", "≥ " + digits(goal), ratio >= goal}
}

// atMost is a row whose goal is to take at most so many times what the peer takes.
func atMost(measure, ours, peer string, ratio, goal float64) row {
	return row{measure, ours, peer, digits(ratio) + " times", "≤ " + digits(goal), ratio <= goal && !math.IsNaN(ratio)}
}

// cell says what one side of a comparison took.
func (f figures) cell(name string) string {
	return fmt.Sprintf("%s: %s, %d allocs", name, duration(f.time), f.allocs)
}

func (t taken) cell(name string) string {
	return fmt.Sprintf("%s: %s, %d MiB", name, duration(float64(t.Wall)), t.Peak>>20) // rounded down
}

func table(rows []row) string {
	var b strings.Builder
	b.WriteString(header)
	for _, r := range rows {
		b.WriteString(r.String())
	}
	return b.String()
}
