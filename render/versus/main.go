// Command versus measures the library against its peers, side by side in one run,
// and prints a table of the results and the goals. It is a module of its own, so
// that no peer becomes a dependency of the library. Run it in its folder, on a
// machine that does nothing else:
//
//	go run .            prints the table; takes some minutes
//	go run . -short     without what takes long, and fewer turns
//	go run . -run PARSE only the rows whose measure matches the regular expression
//	go run . -write     writes the table to RESULTS.md, whose remarks stay
//	go test -bench .    has what is measured within one process as benchmarks
//
// Both sides of a comparison run by turns, and what is printed are medians over the
// turns, so that the load of a machine falls on both. Times of programs are from
// start to end, with everything that they write going to a file; memory is the
// largest resident set. Peers of whole programs are kustomize build and helm template of
// the versions in go.mod. kubectl kustomize is the same code as the first, and takes longer
// to start. The chart for the second has all that does not vary as plain text, and so asks
// less of Helm than charts that people write.
package main

import (
	"errors"
	"flag"
	"fmt"
	"log"
	"math"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strings"
	"time"
)

// rows is the table. A row that compares the library with itself has the smaller
// input or the fewer cores as its peer.
func rows(p programs) []row {
	flinktarget := func(name string, n, cores int, flags ...string) side {
		return p.program(name, n, cores, append(append([]string{"flinktarget", "render"}, flags...), "-")...)
	}
	const ours = "flinktarget render"
	marshal := p.bench("encoding/json Marshal", "Render/marshal")
	table := []row{
		{"one strategic merge of 42 lines, object already built, as the renderer does it", 31, faster(300), []side{
			p.bench("merge.Apply", "Merge/shared"), p.bench("krusty", "Merge/kustomize")}},
		{"the same, allocations", 1, allocs(70), []side{
			p.bench("shared", "Merge/shared"), p.bench("sharing nothing", "Merge/own")}},
		{"the same, with a result that shares nothing with object and patch, which stay as they are",
			31, faster(1), []side{p.bench("merge.Apply, its result copied", "Merge/own"),
				p.bench("strategicpatch of copies", "Merge/apimachinery")}},
		{"whole process, 10,000 Deployments against 1,000: time", 5, atMost(11), []side{
			flinktarget("10000 Deployments", 10_000, 0), flinktarget("1000 Deployments", 1000, 0)}},
		{"whole process, 100,000 Deployments, --stream: memory", 1, memory(60), []side{
			flinktarget("100000 Deployments", 100_000, 0, "--stream"),
			flinktarget("1000 Deployments", 1000, 0, "--stream")}},
		{"building, patching, finishing, verifying one Deployment, id given", 31, atMost(3.3), []side{
			p.bench("Renderer.Deployment", "Render/given"), marshal}},
		{"the same, id derived", 31, atMost(3.3), []side{p.bench("Renderer.Deployment", "Render/derived"), marshal}},
		{"writing the objects of one Deployment as YAML", 31, atMost(1.3), []side{
			p.bench("internal/yaml", "Write/ours"), marshal, p.bench("sigs.k8s.io/yaml Marshal", "Write/sigs")}},
		{"parsing one Deployment strictly, with positions", 31, atMost(1.5), []side{
			p.bench("deployment.Parse", "Parse/ours"), p.bench("sigs.k8s.io/yaml UnmarshalStrict", "Parse/sigs")}},
		{"whole process, 1,000 Deployments, --stream: two cores against one", 11, faster(1.8), []side{
			flinktarget("two", 1000, 2, "--stream"), flinktarget("one", 1000, 1, "--stream")}},
		{"first rendering in a fresh process, start to end", 31, within(15 * time.Millisecond), []side{
			p.program("render.YAML", 1, 0, "first"), p.program("kustomize's schema load", 1, 0, "schemaload"),
			p.program("the imports alone", 1, 0, "first", "nothing")}},
	}
	for _, size := range []struct {
		n, turns int
		least    float64
	}{{1, 21, 10}, {100, 7, 50}, {1000, 1, 500}} {
		measure := fmt.Sprintf("whole process, Deployments: %d, against ", size.n)
		table = append(table,
			row{measure + "kustomize", size.turns, faster(size.least), []side{
				flinktarget(ours, size.n, 0), p.kustomize(size.n)}},
			row{measure + "a chart", size.turns, faster(1), []side{flinktarget(ours, size.n, 0), p.helm(size.n)}})
	}
	return table
}

// The rows that -short leaves out.
var long = regexp.MustCompile(`^whole process, (Deployments: 1000, against k|10,000|100,000)`)

func main() {
	log.SetFlags(0)
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	short := flag.Bool("short", false, "leave out what takes long, and take fewer turns")
	only := flag.String("run", "", "measure only the rows that match this `regexp`")
	write := flag.Bool("write", false, "write RESULTS.md")
	flag.Parse()
	pattern, err := regexp.Compile(*only)
	switch {
	case err != nil:
		return err
	case *write && (*short || *only != ""):
		return errors.New("-write is for the whole table")
	}
	dir, err := os.MkdirTemp("", "versus")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	p := programs{dir: dir, most: math.MaxInt, benchTime: "30ms"}
	if err := p.build(); err != nil {
		return err
	}
	turns := math.MaxInt
	if *short {
		turns = 5
	}
	table := header
	fmt.Print(header)
	for _, r := range rows(p) {
		if !pattern.MatchString(r.measure) || *short && long.MatchString(r.measure) {
			continue
		}
		line, err := r.line(turns)
		if err != nil {
			return err
		}
		fmt.Print(line)
		table += line
	}
	if !*write {
		return nil
	}
	text := "# Measured against its peers\n\nWritten by `go run . -write` in this folder; " +
		"`go doc .` says how it is measured.\n\n" + environment() + "\n" + table
	return replace("RESULTS.md", "\n<!-- remarks -->\n", text)
}

// replace puts a text before a mark of a file, in place of what stands there.
func replace(file, mark, text string) error {
	old, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	_, after, ok := strings.Cut(string(old), mark)
	if !ok {
		return errors.New(file + " has no place for the table")
	}
	return os.WriteFile(file, []byte(text+mark+after), 0o644)
}

// environment says when, with what and on what was measured.
func environment() string {
	cpuinfo, _ := os.ReadFile("/proc/cpuinfo")
	cpu := regexp.MustCompile(`(?m)^model name\s*: (.*)$`).FindSubmatch(append(cpuinfo, "\nmodel name: unknown"...))[1]
	load, _ := os.ReadFile("/proc/loadavg")
	versions, _ := exec.Command("go", "list", "-m", "-f", "- {{.Path}} {{.Version}}", "go.yaml.in/yaml/v3",
		"helm.sh/helm/v4", "k8s.io/apimachinery", "sigs.k8s.io/kustomize/api", "sigs.k8s.io/kustomize/kustomize/v5",
		"sigs.k8s.io/kustomize/kyaml", "sigs.k8s.io/yaml").Output()
	return fmt.Sprintf("- %s, %s, %s/%s, %d CPUs: %s\n- load average, with this program's own: %.14s\n%s",
		time.Now().UTC().Format(time.DateOnly), runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), cpu,
		load, versions)
}
