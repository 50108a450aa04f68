package flinktarget_test

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
	"gotest.tools/v3/golden"

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
