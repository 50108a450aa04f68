package main

import (
	"fmt"
	"regexp"
	"time"
)

// suite has what all measurements need.
type suite struct {
	programs programs
	short    bool
	turns    int
}

// A measurement makes a row of the table.
type measurement struct {
	name string
	run  func(name string) (row, error)
}

// inReadme are the rows that the README quotes.
var inReadme = regexp.MustCompile(`^whole process, \d+ Deployment|^building|^the same, id|^writing`)

// measurements are the rows in their order.
func (s suite) measurements() []measurement {
	list := []measurement{
		{"one strategic merge of 42 lines, object already built, as the renderer does it", s.mergeKustomize},
		{"the same, by apimachinery", s.mergeAPIMachinery},
		{"the same, allocations", s.mergeAllocations},
	}
	sizes := map[int]float64{1: 10, 100: 100, 1000: 500}
	for _, n := range []int{1, 100, 1000} {
		if n == 1000 && s.short {
			continue
		}
		list = append(list, measurement{"whole process, " + count(n), func(name string) (row, error) { return s.process(name, n, sizes[n]) }})
	}
	if !s.short {
		list = append(list,
			measurement{"whole process, 10,000 Deployments against 1,000: time", func(name string) (row, error) { return s.growth(name, 10_000, 11) }},
			measurement{"whole process, 100,000 Deployments against 1,000, --stream: memory", func(name string) (row, error) { return s.memory(name, 100_000, 1.5) }})
	}
	return append(list,
		measurement{"building, patching, finishing, verifying one Deployment, id given", func(name string) (row, error) { return s.render(name, jobID) }},
		measurement{"the same, id derived", func(name string) (row, error) { return s.render(name, "") }},
		measurement{"writing the objects of one Deployment as YAML", s.write},
		measurement{"parsing one Deployment strictly, with positions", s.parse},
		measurement{"whole process, 1,000 Deployments, --stream: two cores against one", s.cores},
		measurement{"first rendering in a fresh process, start to end", s.first},
	)
}

func count(n int) string {
	if n == 1 {
		return "1 Deployment"
	}
	return fmt.Sprintf("%d Deployments", n)
}

func (s suite) mergeKustomize(name string) (row, error) {
	m, err := mergeSides()
	if err != nil {
		return row{}, err
	}
	o, p, ratio, err := compare(s.turns, m.ours, m.kustomize)
	return faster(name, o.cell(m.ours.name), p.cell(m.kustomize.name), ratio, 300), err
}

func (s suite) mergeAPIMachinery(name string) (row, error) {
	m, err := mergeSides()
	if err != nil {
		return row{}, err
	}
	o, p, ratio, err := compare(s.turns, m.ours, m.apimachinery)
	return faster(name, o.cell(m.ours.name), p.cell(m.apimachinery.name), ratio, 1), err
}

func (s suite) mergeAllocations(name string) (row, error) {
	m, err := mergeSides()
	if err != nil {
		return row{}, err
	}
	o, p, _, err := compare(1, m.ours, m.apimachinery)
	return row{name, fmt.Sprintf("%d allocs, %d bytes", o.allocs, o.bytes), fmt.Sprintf("%d allocs, %d bytes", p.allocs, p.bytes),
		"", "≤ 70 allocs", o.allocs <= 70}, err
}

// process compares whole programs, text in, text out.
func (s suite) process(name string, n int, goal float64) (row, error) {
	in, err := s.programs.input(n)
	if err != nil {
		return row{}, err
	}
	dir, err := s.programs.kustomization(n)
	if err != nil {
		return row{}, err
	}
	turns := map[int]int{1: 21, 100: 7, 1000: 1}[n] // kustomize takes minutes for 1,000
	o, p, ratio, err := byTurns(turns,
		func() (taken, error) { return s.programs.run(in, "flinktarget", "render", "-") },
		func() (taken, error) { return s.programs.run(in, "kustomize", "build", dir) })
	return faster(name, o.cell("flinktarget render"), p.cell("kustomize build"), ratio, goal), err
}

// growth compares many Deployments with 1,000.
func (s suite) growth(name string, n int, goal float64) (row, error) {
	many, few, ratio, err := s.sizes(5, n)
	return atMost(name, many.cell(count(n)), few.cell(count(1000)), 1/ratio, goal), err
}

func (s suite) memory(name string, n int, goal float64) (row, error) {
	many, few, _, err := s.sizes(1, n, "--stream")
	return atMost(name, many.cell(count(n)), few.cell(count(1000)), float64(many.Peak)/float64(few.Peak), goal), err
}

func (s suite) sizes(turns, n int, flags ...string) (many, few taken, ratio float64, err error) {
	large, err := s.programs.input(n)
	if err != nil {
		return many, few, 0, err
	}
	small, err := s.programs.input(1000)
	if err != nil {
		return many, few, 0, err
	}
	args := append(append([]string{"render"}, flags...), "-")
	return byTurns(turns,
		func() (taken, error) { return s.programs.run(large, "flinktarget", args...) },
		func() (taken, error) { return s.programs.run(small, "flinktarget", args...) })
}

func (s suite) render(name, id string) (row, error) {
	ours, peer, err := renderSides(id)
	if err != nil {
		return row{}, err
	}
	o, p, ratio, err := compare(s.turns, ours, peer)
	return atMost(name, o.cell(ours.name), p.cell(peer.name), 1/ratio, 4), err
}

func (s suite) write(name string) (row, error) {
	ours, peer, err := writeSides()
	if err != nil {
		return row{}, err
	}
	o, p, ratio, err := compare(s.turns, ours, peer)
	return faster(name, o.cell(ours.name), p.cell(peer.name), ratio, 5), err
}

func (s suite) parse(name string) (row, error) {
	ours, peer := parseSides()
	o, p, ratio, err := compare(s.turns, ours, peer)
	return atMost(name, o.cell(ours.name), p.cell(peer.name), 1/ratio, 2), err
}

// cores compares the streaming tool on two cores with itself on one.
func (s suite) cores(name string) (row, error) {
	in, err := s.programs.input(1000)
	if err != nil {
		return row{}, err
	}
	two := func() (taken, error) { return s.programs.runOn(2, in, "flinktarget", "render", "--stream", "-") }
	one := func() (taken, error) { return s.programs.runOn(1, in, "flinktarget", "render", "--stream", "-") }
	o, p, ratio, err := byTurns(min(s.turns, 11), two, one)
	return faster(name, o.cell("two"), p.cell("one"), ratio, 1.7), err
}

// first compares a process that renders one Deployment with one that loads
// kustomize's schema.
func (s suite) first(name string) (row, error) {
	in, err := s.programs.input(1)
	if err != nil {
		return row{}, err
	}
	o, p, _, err := byTurns(s.turns,
		func() (taken, error) { return s.programs.run(in, "first") },
		func() (taken, error) { return s.programs.run(in, "schemaload") })
	if err != nil {
		return row{}, err
	}
	nothing, _, _, err := byTurns(s.turns,
		func() (taken, error) { return s.programs.run(in, "first", "nothing") },
		func() (taken, error) { return s.programs.run(in, "launch", in, s.programs.path("out2"), "/bin/true") })
	const goal = 15 * time.Millisecond
	return row{name, o.cell("render.YAML") + "; the imports alone " + duration(float64(nothing.Wall)), p.cell("kustomize's schema load"),
		digits(float64(p.Wall)/float64(o.Wall)) + " times faster", "≤ " + goal.String(), o.Wall <= goal}, err
}
