package main

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"gotest.tools/v3/assert"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	sigsyaml "sigs.k8s.io/yaml"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/merge"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/internal/yaml"
	"github.com/flinktarget/flinktarget/render"
)

// jobID is given where Deployments are rendered with an id.
const jobID = "6a3c3d3a-8f4e-4a4c-9a5e-1d2c3b4a5f60"

// loop measures f alone: neither what was done before, nor what is done only once.
func loop(b *testing.B, f func() error) {
	assert.NilError(b, f())
	for b.Loop() {
		if err := f(); err != nil {
			b.Fatal(err)
		}
	}
}

const mergeKustomization = "resources: [objects.yaml]\npatches: [{path: patch.yaml, target: {kind: Deployment}}]\n"

// mergeTexts are the object of 146 lines and the patch of 42 lines of the merge
// engine's own benchmarks.
func mergeTexts(tb testing.TB) (object, patch []byte) {
	object, err := os.ReadFile("../../internal/merge/testdata/bench/deployment.yaml")
	assert.NilError(tb, err)
	patch, err = os.ReadFile("../../internal/merge/testdata/bench/patch.yaml")
	assert.NilError(tb, err)
	return object, patch
}

func parsed(tb testing.TB, text []byte) map[string]any {
	asJSON, err := sigsyaml.YAMLToJSON(text)
	assert.NilError(tb, err)
	v, err := tree.FromJSON(asJSON)
	assert.NilError(tb, err)
	return v.(map[string]any)
}

func mergeTrees(tb testing.TB) (object, patch map[string]any, schema merge.Schema) {
	objectText, patchText := mergeTexts(tb)
	object = parsed(tb, objectText)
	return object, parsed(tb, patchText), merge.Of(kinds.TypeOf(object))
}

func BenchmarkMerge(b *testing.B) {
	b.Run("shared", mergeShared)
	b.Run("own", mergeOwn)
	b.Run("kustomize", mergeKustomize)
	b.Run("apimachinery", mergeAPIMachinery)
}

// mergeShared is how the renderer merges: the result shares with the patch what both
// have in common, because neither is ever written to.
func mergeShared(b *testing.B) {
	object, patch, schema := mergeTrees(b)
	loop(b, func() error { _, _, err := merge.Apply(object, patch, schema); return err })
}

// mergeOwn is how patch.Set.Apply does it for its callers: the result is all their own.
func mergeOwn(b *testing.B) {
	object, patch, schema := mergeTrees(b)
	loop(b, func() error {
		result, _, err := merge.Apply(object, patch, schema)
		tree.CopyMap(result)
		return err
	})
}

func mergeKustomize(b *testing.B) {
	object, patch := mergeTexts(b)
	loop(b, func() error { _, err := kustomize(object, patch, mergeKustomization); return err })
}

// mergeAPIMachinery copies what strategicpatch writes into, which is both of its
// arguments: what it returns shares with them.
func mergeAPIMachinery(b *testing.B) {
	text, patchText := mergeTexts(b)
	object, patch := parsed(b, text), parsed(b, patchText)
	meta, err := strategicpatch.NewPatchMetaFromStruct(appsv1.Deployment{})
	assert.NilError(b, err)
	loop(b, func() error {
		_, err := strategicpatch.StrategicMergeMapPatchUsingLookupPatchMeta(
			runtime.DeepCopyJSON(object), runtime.DeepCopyJSON(patch), meta)
		return err
	})
}

// kustomize is its public way, from text to text.
func kustomize(objects, patch []byte, kustomization string) ([]byte, error) {
	fs := filesys.MakeFsInMemory()
	for name, text := range map[string][]byte{
		"/objects.yaml": objects, "/patch.yaml": patch, "/kustomization.yaml": []byte(kustomization),
	} {
		if err := fs.WriteFile(name, text); err != nil {
			return nil, err
		}
	}
	built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(fs, "/")
	if err != nil {
		return nil, err
	}
	return built.AsYaml()
}

// bundle parses W with n Deployments and these patches.
func bundle(tb testing.TB, patches string, n int) deployment.Bundle {
	var text bytes.Buffer
	assert.NilError(tb, writeW(&text, patches, n))
	b, err := deployment.ParseAll("w.yaml", text.Bytes())
	assert.NilError(tb, err)
	return b
}

// rendering renders the only Deployment of W, with a derived id if id is empty.
func rendering(tb testing.TB, id string) func() (render.Manifests, error) {
	w, r := bundle(tb, patchesYAML, 1), new(render.Renderer)
	return func() (render.Manifests, error) {
		return r.Deployment(w.Targets[0], w.Deployments[0], render.Job{ID: id})
	}
}

func BenchmarkRender(b *testing.B) {
	for name, id := range map[string]string{"given": jobID, "derived": ""} {
		b.Run(name, func(b *testing.B) {
			f := rendering(b, id)
			loop(b, func() error { _, err := f(); return err })
		})
	}
	b.Run("marshal", marshalOne)
}

// marshalOne marshals the objects that are rendered, as values of their Go types.
func marshalOne(b *testing.B) {
	m, err := rendering(b, jobID)()
	assert.NilError(b, err)
	var typed []any
	for o := range m.All() {
		value, ok := map[string]any{
			"ConfigMap": new(corev1.ConfigMap), "Service": new(corev1.Service),
			"Job": new(batchv1.Job), "Deployment": new(appsv1.Deployment),
		}[o.Kind()]
		assert.Assert(b, ok, o.Kind())
		assert.NilError(b, o.Into(value))
		typed = append(typed, value)
	}
	loop(b, func() error {
		for _, o := range typed {
			if _, err := json.Marshal(o); err != nil {
				return err
			}
		}
		return nil
	})
}

func BenchmarkWrite(b *testing.B) {
	for name, write := range map[string]func(object any) ([]byte, error){
		"ours": func(o any) ([]byte, error) { return yaml.Append(nil, o) },
		"sigs": sigsyaml.Marshal,
	} {
		b.Run(name, func(b *testing.B) {
			objects := objectsOfOne(b)
			loop(b, func() error {
				for _, o := range objects {
					if _, err := write(o); err != nil {
						return err
					}
				}
				return nil
			})
		})
	}
}

// objectsOfOne are the trees of the objects of one Deployment.
func objectsOfOne(tb testing.TB) []map[string]any {
	m, err := rendering(tb, jobID)()
	assert.NilError(tb, err)
	var objects []map[string]any
	for o := range m.All() {
		objects = append(objects, o.Map())
	}
	return objects
}

func BenchmarkParse(b *testing.B) {
	text := []byte(deploymentText(0))
	b.Run("ours", func(b *testing.B) {
		loop(b, func() error { _, err := deployment.Parse("deployment.yaml", text); return err })
	})
	b.Run("sigs", func(b *testing.B) {
		loop(b, func() error { return sigsyaml.UnmarshalStrict(text, new(deployment.Config)) })
	})
}
