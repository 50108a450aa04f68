package flinktarget_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
	"gotest.tools/v3/golden"

	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/render"
)

// block returns the fenced block that follows a comment in the README.
func block(t *testing.T, readme, comment string) string {
	t.Helper()
	_, rest, ok := strings.Cut(readme, comment+"\n```")
	assert.Assert(t, ok, "no block after %s", comment)
	_, rest, _ = strings.Cut(rest, "\n")
	text, _, ok := strings.Cut(rest, "```\n")
	assert.Assert(t, ok)
	return text
}

// derived are the ids and checksums, which change with every change of the output.
var derived = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{64}`)

// renewed puts the ids of the output into lines that are the same otherwise.
func renewed(block, output string) string {
	now := map[string]string{}
	for line := range strings.Lines(output) {
		now[derived.ReplaceAllString(line, "ID")] = line
	}
	var b strings.Builder
	for line := range strings.Lines(block) {
		if current, ok := now[derived.ReplaceAllString(line, "ID")]; ok {
			line = current
		}
		b.WriteString(line)
	}
	return b.String()
}

// The README shows the quickstart's input, and parts of its output. A line of
// dots stands for what is left out.
func TestReadmeShowsTheQuickstart(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	assert.NilError(t, err)
	input, err := os.ReadFile("examples/quickstart/resources.yaml")
	assert.NilError(t, err)
	assert.Equal(t, block(t, string(readme), "<!-- input: examples/quickstart/resources.yaml -->"), string(input))

	var out bytes.Buffer
	assert.NilError(t, render.YAML(&out, bytes.NewReader(input)))
	if golden.FlagUpdate() {
		old := block(t, string(readme), "<!-- output -->")
		text := strings.Replace(string(readme), old, renewed(old, out.String()), 1)
		assert.NilError(t, os.WriteFile("README.md", []byte(text), 0o644))
		readme = []byte(text)
	}
	rest := out.String()
	for _, part := range strings.Split(block(t, string(readme), "<!-- output -->"), "…\n") {
		part = strings.TrimRight(part, " ") // the indent of a line of dots
		before, after, ok := strings.Cut(rest, "\n"+part)
		assert.Assert(t, ok, "the output no longer has, in this order:\n%s", part)
		assert.Assert(t, len(before) < len(rest))
		rest = after
	}
}

// The README shows what the tool draws of the quickstart.
func TestReadmeShowsTheGraph(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	assert.NilError(t, err)
	out, err := exec.Command("go", "run", "./examples/flinktarget", "graph", "examples/quickstart/resources.yaml").Output()
	assert.NilError(t, err)
	if golden.FlagUpdate() {
		text := strings.Replace(string(readme), block(t, string(readme), "<!-- graph -->"), string(out), 1)
		assert.NilError(t, os.WriteFile("README.md", []byte(text), 0o644))
		return
	}
	assert.Equal(t, block(t, string(readme), "<!-- graph -->"), string(out))
}

// fence is a fenced block of a document: the line above it, its language and its text.
type fence struct{ above, language, text string }

func fences(t *testing.T, file string) []fence {
	t.Helper()
	text, err := os.ReadFile(file)
	assert.NilError(t, err)
	var out []fence
	var open *fence
	last := ""
	for line := range strings.Lines(string(text)) {
		switch language, isFence := strings.CutPrefix(line, "```"); {
		case isFence && open == nil:
			open = &fence{above: strings.TrimSpace(last), language: strings.TrimSpace(language)}
		case isFence:
			out = append(out, *open)
			open = nil
		case open != nil:
			open.text += line
		}
		last = line
	}
	assert.Assert(t, open == nil, "a block is not closed")
	return out
}

// The README is for somebody who has three minutes.
func TestReadmeIsShort(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	assert.NilError(t, err)
	assert.Assert(t, bytes.Count(readme, []byte("\n")) <= 200)
	assert.Assert(t, len(bytes.Fields(readme)) <= 900)
}

// Every block is held against something that compiles and runs: Go stands in
// example_test.go, YAML is the quickstart's, commands are run.
func TestReadmeBlocks(t *testing.T) {
	code, err := os.ReadFile("example_test.go")
	assert.NilError(t, err)
	flat := func(s string) string { return regexp.MustCompile(`\n\s*`).ReplaceAllString(s, "\n") }
	counts := map[string]int{}
	for _, f := range append(fences(t, "README.md"), fences(t, "render/apply.md")...) {
		counts[f.language]++
		switch f.language {
		case "go":
			assert.Assert(t, strings.Contains(flat(string(code)), flat("\n"+f.text)), "not in example_test.go:\n%s",
				f.text)
		case "yaml":
			known := f.above == "<!-- input: examples/quickstart/resources.yaml -->" || f.above == "<!-- output -->"
			assert.Assert(t, known, "what is this YAML?\n%s", f.text)
		case "sh":
			for line := range strings.Lines(f.text) {
				command(t, line)
			}
		case "mermaid":
		default:
			t.Errorf("%q blocks are not checked", f.language)
		}
	}
	assert.DeepEqual(t, counts, map[string]int{"go": 2, "yaml": 2, "sh": 3, "mermaid": 2})
}

// command runs a line of a block of commands, up to a pipe into kubectl.
func command(t *testing.T, line string) {
	t.Helper()
	line, _, _ = strings.Cut(line, "#")
	line, _, _ = strings.Cut(line, "| kubectl apply --server-side")
	line = strings.NewReplacer(`"orders=$JOB_ID"`, jobID, " resources/",
		" examples/quickstart").Replace(strings.TrimSpace(line))
	if line == "go test ./..." { // this is it
		return
	}
	args := strings.Fields(strings.Replace(line, "flinktarget render", "go run ./examples/flinktarget render", 1))
	if strings.HasPrefix(line, "go run") {
		args = strings.Fields(line)
	}
	for i, arg := range args {
		if arg == "-out" { // what is committed stays as it is
			args = slices.Insert(args, i, "-check")
			break
		}
	}
	var out, errs bytes.Buffer
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	assert.NilError(t, cmd.Run(), "%s\n%s", line, errs.String())
	assert.Assert(t, out.Len() > 0 || slices.Contains(args, "-check"), "%s prints nothing", line)
}

// A module that imports this one can be built against a checkout, as the README says.
func TestReadmeCheckout(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	assert.NilError(t, err)
	const replace = "mod edit -replace github.com/flinktarget/flinktarget="
	assert.Assert(t, strings.Contains(string(readme), "`go "+replace+"../flinktarget && go mod tidy`"))
	here, err := os.Getwd()
	assert.NilError(t, err)
	dir := t.TempDir()
	const program = "package main\n\nimport \"github.com/flinktarget/flinktarget/render\"\n\n" +
		"func main() { _, _ = render.New() }\n"
	assert.NilError(t, os.WriteFile(filepath.Join(dir, "main.go"), []byte(program), 0o600))
	assert.NilError(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module example.com/use\n\ngo 1.26\n"), 0o600))
	for _, args := range []string{replace + here, "mod tidy", "vet ."} {
		cmd := exec.Command("go", strings.Fields(args)...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		assert.NilError(t, err, "go %s: %s", args, out)
	}
}

// The command that deletes an old job names every kind that is rendered for a job.
func TestAllKindsAreDeleted(t *testing.T) {
	text, err := os.ReadFile("render/apply.md")
	assert.NilError(t, err)
	list := regexp.MustCompile("kubectl delete ([a-z,]+) -n ").FindStringSubmatch(string(text))
	assert.Assert(t, list != nil)
	names := map[string]string{
		"Job": "job", "Deployment": "deploy", "Service": "svc", "ConfigMap": "cm", "ServiceAccount": "sa",
		"Role": "role", "RoleBinding": "rolebinding", "PodDisruptionBudget": "pdb", "PodMonitor": "podmonitor", "Ingress": "ing",
		"NetworkPolicy": "netpol", "HorizontalPodAutoscaler": "hpa",
	}
	for _, kind := range kinds.Patchable() {
		assert.Assert(t, names[kind.Kind] != "", "%s: how does kubectl call it?", kind.Kind)
		optional := strings.Contains(string(text), "with `,"+names[kind.Kind]+"` where")
		assert.Assert(t, optional || slices.Contains(strings.Split(list[1], ","), names[kind.Kind]), kind.Kind)
	}
}

// documents are what links and names of Go are held against.
var documents = []string{"README.md", "CONTRIBUTING.md", "render/apply.md", "render/peers.md"}

// Links of the documents lead to files.
func TestLinks(t *testing.T) {
	for _, file := range documents {
		text, err := os.ReadFile(file)
		assert.NilError(t, err)
		for _, link := range regexp.MustCompile(`\]\(([^):]+)\)`).FindAllStringSubmatch(string(text), -1) {
			_, err := os.Stat(filepath.Join(filepath.Dir(file), link[1]))
			assert.NilError(t, err, file)
		}
	}
}

var named = regexp.MustCompile(`\b(target|patch|render|rendertest|deployment)\.([A-Z][A-Za-z]+)`)

// Names of Go that stand in documents and in the list of errors exist.
func TestNamesInDocuments(t *testing.T) {
	seen := map[string]bool{}
	for _, file := range append(documents, "doc.go") {
		text, err := os.ReadFile(file)
		assert.NilError(t, err)
		for _, name := range named.FindAllStringSubmatch(string(text), -1) {
			if seen[name[0]] {
				continue
			}
			seen[name[0]] = true
			dir := map[string]string{"rendertest": "render/rendertest"}[name[1]]
			if dir == "" {
				dir = name[1]
			}
			out, err := exec.Command("go", "doc", "./"+dir, name[2]).CombinedOutput()
			assert.NilError(t, err, "%s: %s.%s: %s", file, name[1], name[2], out)
		}
	}
	assert.Assert(t, len(seen) > 10)
}
