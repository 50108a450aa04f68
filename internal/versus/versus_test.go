package main

import (
	"bytes"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
	"gotest.tools/v3/assert/cmp"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/internal/yamldoc"
	"github.com/flinktarget/flinktarget/render"
	sigsyaml "sigs.k8s.io/yaml"
)

// objectsByName reads a stream of objects.
func objectsByName(t *testing.T, stream []byte) map[string]any {
	t.Helper()
	docs, bad := yamldoc.Parse("", stream, yamldoc.DefaultLimits)
	assert.Assert(t, cmp.Len(bad, 0))
	out := map[string]any{}
	for _, doc := range docs {
		o := doc.Root.Value()
		out[tree.String(o, "kind")+" "+tree.String(o, "metadata", "name")] = o
	}
	return out
}

// Both sides of the comparison of whole processes do the same work: kustomize makes
// of the unpatched objects what the library renders with the patches.
func TestSameObjects(t *testing.T) {
	const n = 3
	jobs := func(i int) render.Job {
		return render.Job{ID: jobID[:len(jobID)-1] + string(rune('0'+i))}
	}
	var unpatched bytes.Buffer
	assert.NilError(t, writeUnpatched(&unpatched, n, jobs))
	built, err := build(unpatched.String(), kustomizationYAML(), "")
	assert.NilError(t, err)

	b, err := bundle(n)
	assert.NilError(t, err)
	i := -1
	m, err := new(render.Renderer).Bundle(b, func(deployment.Deployment) render.Job { i++; return jobs(i) })
	assert.NilError(t, err)
	var ours bytes.Buffer
	_, err = m.WriteTo(&ours)
	assert.NilError(t, err)

	want, got := objectsByName(t, built), objectsByName(t, ours.Bytes())
	assert.Equal(t, len(got), 4*n)
	assert.DeepEqual(t, got, want)
}

// A merge gives what kustomize and apimachinery give, up to the order of lists with
// the latter.
func TestSameMerge(t *testing.T) {
	object, patch, texts, err := mergeSample()
	assert.NilError(t, err)
	built, err := build(string(texts[0]), kustomizationOfMerge, string(texts[1]))
	assert.NilError(t, err)
	got, err := merged(object, patch)
	assert.NilError(t, err)
	assert.DeepEqual(t, objectsByName(t, built)["Deployment "+tree.String(object, "metadata", "name")], any(got))
}

// What is written reads back equal with the peer.
func TestSameYAML(t *testing.T) {
	objects, err := objectsOfOne()
	assert.NilError(t, err)
	assert.Equal(t, len(objects), 4)
	m, err := renderedOne()
	assert.NilError(t, err)
	var text bytes.Buffer
	_, err = m.WriteTo(&text)
	assert.NilError(t, err)
	for i, doc := range strings.Split(strings.TrimPrefix(text.String(), "---\n"), "\n---\n") {
		asJSON, err := sigsyaml.YAMLToJSON([]byte(doc))
		assert.NilError(t, err)
		v, err := tree.FromJSON(asJSON)
		assert.NilError(t, err)
		assert.Assert(t, tree.Equal(v, objects[i]), "%s", doc)
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

func TestStream(t *testing.T) {
	var in, out, want bytes.Buffer
	assert.NilError(t, writeW(&in, 3))
	assert.NilError(t, stream(bytes.NewReader(in.Bytes()), &out))
	assert.NilError(t, render.YAML(&want, &in))
	assert.Equal(t, out.String(), want.String())
}

func BenchmarkMerge(b *testing.B) {
	m, err := mergeSides()
	assert.NilError(b, err)
	benchmark(b, m.ours, m.kustomize, m.apimachinery)
}

func BenchmarkRender(b *testing.B) {
	for name, id := range map[string]string{"id given": jobID, "id derived": ""} {
		b.Run(name, func(b *testing.B) {
			ours, peer, err := renderSides(id)
			assert.NilError(b, err)
			benchmark(b, ours, peer)
		})
	}
}

func BenchmarkWrite(b *testing.B) {
	ours, peer, err := writeSides()
	assert.NilError(b, err)
	benchmark(b, ours, peer)
}

func BenchmarkParse(b *testing.B) {
	ours, peer := parseSides()
	benchmark(b, ours, peer)
}

func BenchmarkStream(b *testing.B) {
	var text bytes.Buffer
	assert.NilError(b, writeW(&text, 300))
	b.Run("one core", func(b *testing.B) { benchmark(b, streamOf(text.Bytes(), 1)) })
	b.Run("two cores", func(b *testing.B) { benchmark(b, streamOf(text.Bytes(), 2)) })
}

func benchmark(b *testing.B, sides ...side) {
	for _, s := range sides {
		b.Run(s.name, func(b *testing.B) {
			var err error
			s.bench(&err)(b)
			assert.NilError(b, err)
		})
	}
}
