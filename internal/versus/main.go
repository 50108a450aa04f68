// Command versus measures the library against its peers, side by side in one run,
// and prints a table of the results and the goals. It is a module of its own, so
// that no peer becomes a dependency of the library. Run it in its folder, on a
// machine that does nothing else:
//
//	go run .            prints the table; takes some minutes
//	go run . -short     without what takes long, and fewer turns
//	go run . -run PARSE only the rows whose measure matches the regular expression
//	go run . -write     writes the table to RESULTS.md, whose remarks stay, and to the README, too
//
// Both sides of a comparison run by turns, and what is printed are medians over the
// turns, so that the load of a machine falls on both. Times of programs are from
// start to end, with everything that they write going to a file; memory is the
// largest resident set. The peer of whole programs is kustomize build of the version
// in go.mod: kubectl kustomize is the same code, and takes longer to start.
//
//	go test -bench . has the comparisons within one process as benchmarks
package main

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"time"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	short := flag.Bool("short", false, "leave out what takes long, and take fewer turns")
	only := flag.String("run", "", "measure only the rows that match this `regexp`")
	write := flag.Bool("write", false, "write RESULTS.md, and the table in the README")
	flag.Parse()
	pattern, err := regexp.Compile(*only)
	if err != nil {
		return err
	}
	if *write && (*short || *only != "") {
		return fmt.Errorf("-write is for the whole table")
	}
	if err := benchTime(30 * time.Millisecond); err != nil {
		return err
	}
	p, err := buildPrograms()
	if err != nil {
		return err
	}
	defer p.remove()
	s := suite{programs: p, short: *short, turns: 31}
	if *short {
		s.turns = 5
	}
	var rows []row
	fmt.Print(header)
	for _, m := range s.measurements() {
		if !pattern.MatchString(m.name) {
			continue
		}
		r, err := m.run(m.name)
		if err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
		fmt.Print(r)
		rows = append(rows, r)
	}
	if *write {
		return writeResults(rows)
	}
	return nil
}
