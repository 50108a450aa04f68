package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
	"gotest.tools/v3/assert/cmp"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/merge"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/internal/yaml"
	"github.com/flinktarget/flinktarget/render"
	sigsyaml "sigs.k8s.io/yaml"
)

// objectsByName reads a stream of objects.
func objectsByName(t *testing.T, stream []byte) map[string]any {
	t.Helper()
	docs, bad := yaml.Parse("", stream)
	assert.Assert(t, cmp.Len(bad, 0))
	out := map[string]any{}
	for _, doc := range docs {
		o := doc.Value()
		out[tree.String(o, "kind")+" "+tree.String(o, "metadata", "name")] = o
	}
	return out
}

// Both sides of the comparison of whole processes do the same work: kustomize makes
// of the unpatched objects what the library renders with the patches.
func TestSameObjects(t *testing.T) {
	const n = 3
	rendered := func(patches string) []byte {
		i := 0
		m, err := new(render.Renderer).Bundle(bundle(t, patches, n), func(deployment.Deployment) render.Job {
			i++
			return render.Job{ID: jobID[:len(jobID)-1] + strconv.Itoa(i)}
		})
		assert.NilError(t, err)
		var text bytes.Buffer
		_, err = m.WriteTo(&text)
		assert.NilError(t, err)
		return text.Bytes()
	}
	built, err := kustomize(rendered(unpatched), nil, kustomizationYAML())
	assert.NilError(t, err)
	want, got := objectsByName(t, built), objectsByName(t, rendered(patchesYAML))
	assert.Equal(t, len(got), 4*n)
	assert.DeepEqual(t, got, want)
}

// A merge gives what kustomize gives.
func TestSameMerge(t *testing.T) {
	text, patch := mergeTexts(t)
	built, err := kustomize(text, patch, mergeKustomization)
	assert.NilError(t, err)
	object, merged, schema := mergeTrees(t)
	got, _, err := merge.Apply(object, merged, schema)
	assert.NilError(t, err)
	assert.DeepEqual(t, objectsByName(t, built)["Deployment "+tree.String(object, "metadata", "name")], any(got))
}

// What is written reads back equal with the peer.
func TestSameYAML(t *testing.T) {
	objects := objectsOfOne(t)
	assert.Equal(t, len(objects), 4)
	m, err := rendering(t, jobID)()
	assert.NilError(t, err)
	var text bytes.Buffer
	_, err = m.WriteTo(&text)
	assert.NilError(t, err)
	for i, doc := range strings.Split(strings.TrimPrefix(text.String(), "---\n"), "\n---\n") {
		assert.Assert(t, tree.Equal(parsed(t, []byte(doc)), objects[i]), "%s", doc)
	}
}

// Both sides of the comparison of parsers read the same configuration.
func TestSameConfig(t *testing.T) {
	text := []byte(deploymentText(0))
	d, err := deployment.Parse("", text)
	assert.NilError(t, err)
	var c deployment.Config
	assert.NilError(t, sigsyaml.UnmarshalStrict(text, &c))
	e, err := deployment.New(c)
	assert.NilError(t, err)
	assert.Assert(t, d.Equal(e))
}

// Every row can be measured, and stands in the table. Its figures mean nothing here.
func TestEveryRow(t *testing.T) {
	p := programs{dir: t.TempDir(), benchTime: "1x", most: 2}
	assert.NilError(t, p.build())
	sameChart(t, p)
	var measured []string
	for _, r := range rows(p) {
		line, err := r.line(1)
		assert.NilError(t, err)
		t.Log(line)
		assert.Assert(t, tableLine.MatchString(line), line)
		measured = append(measured, r.measure)
	}
	assert.DeepEqual(t, columns(t, "RESULTS.md"), measured)
}

// sameChart fails if the chart does not make the objects that the library renders.
func sameChart(t *testing.T, p programs) {
	t.Helper()
	out := func() map[string]any {
		text, err := os.ReadFile(p.path("out"))
		assert.NilError(t, err)
		return objectsByName(t, text)
	}
	_, err := p.rendered(patchesYAML, p.most)
	assert.NilError(t, err)
	want := out()
	_, err = p.helm(p.most).run()
	assert.NilError(t, err)
	assert.Equal(t, len(want), 4*p.most)
	assert.DeepEqual(t, out(), want)
}

// tableLine is a line of a table with a goal that is met or missed.
var tableLine = regexp.MustCompile(
	`(?m)^\| ([^|]+) \| [^|]+: [^|]+ \| [^|]+: [^|]+ \| [^|]* \| [≤≥] [^|]+ \| (?:met|\*\*missed\*\*) \|$`)

// columns returns the measures in the table of a file.
func columns(t *testing.T, file string) (measures []string) {
	t.Helper()
	text, err := os.ReadFile(file)
	assert.NilError(t, err)
	for _, line := range tableLine.FindAllStringSubmatch(string(text), -1) {
		measures = append(measures, line[1])
	}
	return measures
}

// The table takes the place of the old one, and what is after it stays.
func TestReplace(t *testing.T) {
	file := filepath.Join(t.TempDir(), "RESULTS.md")
	assert.NilError(t, os.WriteFile(file, []byte("old<mark> after"), 0o644))
	assert.NilError(t, replace(file, "<mark>", "new"))
	text, err := os.ReadFile(file)
	assert.NilError(t, err)
	assert.Equal(t, string(text), "new<mark> after")
	assert.ErrorContains(t, replace(file, "<none>", "new"), "no place for the table")
}

func TestEnvironment(t *testing.T) {
	lines := regexp.MustCompile(`^- [\d-]{10}, go\S+, \w+/\w+, \d+ CPUs: .+\n- load average, .*\n(- \S+ v\S+\n){7}$`)
	assert.Assert(t, cmp.Regexp(lines, environment()))
}
