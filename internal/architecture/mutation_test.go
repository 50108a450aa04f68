//go:build mutation

// These tests change the program in one place at a time, and look whether a test notices:
//
//	go test -tags mutation -timeout 6h -run TestMutants ./internal/architecture -args -mutants 200
//
// All mutants of a package are compiled into one test binary (go test -overlay), and the
// environment says which one is alive: a compilation for each would take hours, and tools
// that do so cannot say that internal/build is tested by package render.
package architecture

import (
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"hash/fnv"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"gotest.tools/v3/assert"
)

var (
	perPackage  = flag.Int("mutants", 200, "how many mutants of each package, the same for the same program")
	onlyMutants = flag.String("only", "", "a regular expression of the mutants that are tested, as they are printed")
)

const (
	minKilled = 80 // percent, of the mutants of a package
	survivors = "testdata/survivors.md"
)

// What is mutated, and the packages whose tests hold it. Tests are skipped that count
// allocations, or take long and find nothing that others do not.
var mutated = []struct {
	pkg, skip string
	by        []string
}{
	{pkg: "patch", by: []string{"patch"}},
	{pkg: "internal/merge", by: []string{"internal/merge"}, skip: "Allocations"},
	{pkg: "internal/verify", by: []string{"internal/verify"}, skip: "TestBoundsOfQuantities|TestNamesAreKubernetes"},
	{pkg: "internal/build", by: []string{"internal/build", "render"},
		skip: "Allocations|EnginesRender|ExplanationsAreTrue|EveryFieldIsExplained|BruteForce|Encoders|NewManifests|" +
			"Hostile|TraceChanges|IsLinear|Stream|ManyObjects|Goroutines|Fuzz|SameBytes|Derived|Shared|OfTyped"},
}

// TestMutants fails if fewer mutants than minKilled are killed, or one survives that
// testdata/survivors.md does not explain.
func TestMutants(t *testing.T) {
	explained := readSurvivors(t)
	for _, m := range mutated {
		t.Run(m.pkg, func(t *testing.T) {
			p := load(t, m.pkg)
			sample := sampled(p.mutants, *perPackage, regexp.MustCompile(*onlyMutants))
			bins := build(t, p.with(sample), m.by)
			seen := bins.measure(t, m.skip)
			t.Logf("%d mutants, of which tests reach %d", len(sample), len(seen))
			var group sync.WaitGroup
			next := make(chan *mutant)
			for range runtime.GOMAXPROCS(0) {
				group.Go(func() {
					for one := range next {
						one.killed = seen[one.id] && bins.kill(t, one.id)
					}
				})
			}
			for _, one := range sample {
				next <- one
			}
			close(next)
			group.Wait()
			report(t, m.pkg, sample, len(p.mutants), seen, explained)
		})
	}
}

func report(t *testing.T, pkg string, sample []*mutant, all int, seen map[int]bool, explained map[string]bool) {
	killed := 0
	for _, m := range sample {
		known := explained[pkg+" "+m.key]
		switch {
		case m.killed && known:
			t.Logf("%s: killed, and still among the survivors: %s", m.at, m.key)
			killed++
		case m.killed:
			killed++
		case known:
		case !seen[m.id]:
			t.Errorf("%s: not reached: %s", m.at, m.key)
		default:
			t.Errorf("%s: survives: %s", m.at, m.key)
		}
	}
	share := 100 * float64(killed) / float64(max(len(sample), 1))
	t.Logf("%s: %d of %d mutants, %d killed, %d survive, %.1f %%", pkg, len(sample), all, killed, len(sample)-killed, share)
	assert.Check(t, share >= minKilled || *onlyMutants != "", "%.1f %% are killed, fewer than %d %%", share, minKilled)
}

// readSurvivors returns the explained mutants, behind their package.
func readSurvivors(t *testing.T) map[string]bool {
	t.Helper()
	text, err := os.ReadFile(survivors)
	assert.NilError(t, err)
	out, pkg := map[string]bool{}, ""
	row := regexp.MustCompile("^- (\\S+: [a-z]+ `[^`]*`(?: #\\d+)?): \\S")
	for i, line := range strings.Split(string(text), "\n") {
		if heading, ok := strings.CutPrefix(line, "## "); ok {
			pkg = heading
		} else if m := row.FindStringSubmatch(line); m != nil {
			assert.Check(t, !out[pkg+" "+m[1]], "%s:%d is a second row of it", survivors, i+1)
			out[pkg+" "+m[1]] = true
		} else {
			assert.Check(t, !strings.HasPrefix(line, "- "), "%s:%d has no reason", survivors, i+1)
		}
	}
	return out
}

// sampled takes the same number of each operator, as far as there are. What is taken hangs
// on the text of a mutant alone, so that an edit elsewhere does not change the sample.
func sampled(all []*mutant, n int, only *regexp.Regexp) (out []*mutant) {
	hash := func(m *mutant) uint64 {
		h := fnv.New64a()
		h.Write([]byte(m.key))
		return h.Sum64() * 0x9e3779b97f4a7c15
	}
	byOp := map[string][]*mutant{}
	for _, m := range all {
		byOp[m.op] = append(byOp[m.op], m)
	}
	for _, list := range byOp {
		slices.SortFunc(list, func(a, b *mutant) int {
			if hash(a) < hash(b) {
				return -1
			}
			return 1
		})
	}
	ops := slices.Sorted(maps.Keys(byOp))
	for i := 0; len(out) < min(n, len(all)); i++ {
		for _, op := range ops {
			if i < len(byOp[op]) && len(out) < n {
				out = append(out, byOp[op][i])
			}
		}
	}
	return slices.DeleteFunc(out, func(m *mutant) bool { return !only.MatchString(m.key) })
}

// A binary has tests of the mutants of a package: first those that take no time.
type binary struct {
	path, dir    string
	first, later []string // arguments that choose the tests
	seconds      int      // of CPU, for all tests
}

type binaries []*binary

// build compiles the tests of packages with changed files.
func build(t *testing.T, texts map[string]string, by []string) binaries {
	t.Helper()
	tmp := t.TempDir()
	replaced := map[string]string{}
	for path, text := range texts {
		replaced[path] = filepath.Join(tmp, fmt.Sprint(len(replaced), ".go"))
		assert.NilError(t, os.WriteFile(replaced[path], []byte(text), 0o644))
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replaced})
	assert.NilError(t, err)
	assert.NilError(t, os.WriteFile(filepath.Join(tmp, "overlay.json"), overlay, 0o644))
	var out binaries
	for i, tests := range by {
		bin := filepath.Join(tmp, fmt.Sprint(i, ".test"))
		cmd := exec.Command("go", "test", "-c", "-vet=off", "-ldflags=-s -w", "-overlay", filepath.Join(tmp, "overlay.json"),
			"-o", bin, "./"+tests)
		cmd.Dir = root
		text, err := cmd.CombinedOutput()
		assert.NilError(t, err, "%s", text)
		out = append(out, &binary{path: bin, dir: filepath.Join(root, tests), seconds: 600})
	}
	return out
}

// run tests a mutant, 0 for none, and -1 to write down what is reached. A process ends
// that takes more than 8 GiB or five times as long as without a mutant.
func (b *binary) run(t *testing.T, id int, args []string, env ...string) (output string, cpu time.Duration, passed bool) {
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	limits := fmt.Sprintf(`ulimit -v 8000000; ulimit -t %d; exec nice -n 19 "$@"`, b.seconds)
	cmd := exec.CommandContext(ctx, "sh", slices.Concat([]string{"-c", limits, "-", b.path, "-test.failfast"}, args)...)
	cmd.Dir = b.dir
	cmd.Env = append(os.Environ(), append(env, "GOMAXPROCS=1", "GOGC=400", fmt.Sprint("MUTANT=", id))...)
	out, err := cmd.CombinedOutput()
	return string(out), cmd.ProcessState.UserTime(), err == nil
}

// kill reports whether a test fails with a mutant.
func (bins binaries) kill(t *testing.T, id int) bool {
	for _, args := range []func(*binary) []string{
		func(b *binary) []string { return b.first }, func(b *binary) []string { return b.later },
	} {
		for _, b := range bins {
			if _, _, passed := b.run(t, id, args(b)); !passed {
				return true
			}
		}
	}
	return false
}

// measure runs all tests without mutants, finds those that take time, and returns the mutants that
// any test reaches.
func (bins binaries) measure(t *testing.T, skip string) map[int]bool {
	t.Helper()
	out := map[int]bool{}
	took := regexp.MustCompile(`(?m)^--- PASS: (\S+) \((\d+\.\d+)s\)`)
	log := filepath.Join(t.TempDir(), "reached")
	for _, b := range bins {
		all := []string{"-test.skip", cmp.Or(skip, "^$"), "-test.v"}
		text, cpu, passed := b.run(t, -1, all, "MUTANTS_REACHED="+log)
		assert.Assert(t, passed, "without a mutant: %s", text)
		b.seconds = 10 + 5*int(cpu.Seconds())
		slow := "^$"
		for _, m := range took.FindAllStringSubmatch(text, -1) {
			if seconds, _ := strconv.ParseFloat(m[2], 64); seconds > 0.2 {
				slow += "|^" + m[1] + "$"
			}
		}
		b.first = []string{"-test.skip", strings.Trim(skip+"|"+slow, "|")}
		b.later = []string{"-test.skip", cmp.Or(skip, "^$"), "-test.run", slow}
	}
	text, err := os.ReadFile(log)
	assert.NilError(t, err)
	for line := range strings.Lines(string(text)) {
		id, err := strconv.Atoi(strings.TrimSpace(line))
		assert.NilError(t, err)
		out[id] = true
	}
	return out
}
