package main

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"reflect"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	sigsyaml "sigs.k8s.io/yaml"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/kinds/types"
	"github.com/flinktarget/flinktarget/internal/merge"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/internal/yamlout"
	"github.com/flinktarget/flinktarget/render"
)

// samples is where the merge engine's own benchmarks have their object and patch.
const samples = "../merge/testdata/bench/"

// mergeSample reads the object of 146 lines and the patch of 42 lines.
func mergeSample() (object, patch map[string]any, texts [2][]byte, err error) {
	for i, name := range [...]string{"deployment.yaml", "patch.yaml"} {
		if texts[i], err = os.ReadFile(samples + name); err != nil {
			return nil, nil, texts, err
		}
		asJSON, err := sigsyaml.YAMLToJSON(texts[i])
		if err != nil {
			return nil, nil, texts, err
		}
		v, err := tree.FromJSON(asJSON)
		if err != nil {
			return nil, nil, texts, err
		}
		*[...]*map[string]any{&object, &patch}[i] = v.(map[string]any)
	}
	return object, patch, texts, nil
}

const kustomizationOfMerge = "resources: [objects.yaml]\npatches: [{path: patch.yaml, target: {kind: Deployment}}]\n"

// merged is one merge. The result shares with object and patch what comes from one of them.
func merged(object, patch map[string]any) (map[string]any, error) {
	result, _, err := merge.Apply(object, patch, merge.Of(kinds.TypeOf(object)))
	return result, err
}

// mergers are the ways to apply one patch to one object.
type mergers struct {
	ours, kustomize, apimachinery side
}

func mergeSides() (m mergers, err error) {
	object, patch, texts, err := mergeSample()
	if err != nil {
		return m, err
	}
	meta, err := strategicpatch.NewPatchMetaFromStruct(appsv1.Deployment{})
	if err != nil {
		return m, err
	}
	m.ours = sideOf("merge.Apply", func() error {
		_, err := merged(object, patch)
		return err
	})
	m.kustomize = sideOf("krusty", func() error {
		_, err := build(string(texts[0]), kustomizationOfMerge, string(texts[1]))
		return err
	})
	m.apimachinery = side{"strategicpatch", func(n int) func() error {
		// It writes into both of its arguments. Copying them is not its work.
		copies := make([][2]map[string]any, n)
		for i := range copies {
			copies[i] = [2]map[string]any{tree.CopyMap(object), tree.CopyMap(patch)}
		}
		return func() error {
			last := copies[len(copies)-1]
			copies = copies[:len(copies)-1]
			_, err := strategicpatch.StrategicMergeMapPatchUsingLookupPatchMeta(last[0], last[1], meta)
			return err
		}
	}}
	return m, nil
}

// build is kustomize's public way, from text to text.
func build(objects, kustomization, patch string) ([]byte, error) {
	fs := filesys.MakeFsInMemory()
	for name, text := range map[string]string{"objects.yaml": objects, "kustomization.yaml": kustomization, "patch.yaml": patch} {
		if err := fs.WriteFile("/"+name, []byte(text)); err != nil {
			return nil, err
		}
	}
	built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(fs, "/")
	if err != nil {
		return nil, err
	}
	return built.AsYaml()
}

// renderSides are the rendering of one Deployment, with an id or a derived one, and
// the marshalling of the same objects.
func renderSides(id string) (ours, peer side, err error) {
	b, err := bundle(1)
	if err != nil {
		return ours, peer, err
	}
	r := new(render.Renderer)
	m, err := r.Deployment(b.Targets[0], b.Deployments[0], render.Job{ID: id})
	if err != nil {
		return ours, peer, err
	}
	var typed []any
	for o := range m.All() {
		t := reflect.New(types.Of(kinds.TypeMeta{APIVersion: o.APIVersion(), Kind: o.Kind()})).Interface()
		if err := o.Into(t); err != nil {
			return ours, peer, err
		}
		typed = append(typed, t)
	}
	ours = sideOf("Renderer.Deployment", func() error {
		_, err := r.Deployment(b.Targets[0], b.Deployments[0], render.Job{ID: id})
		return err
	})
	peer = sideOf("encoding/json Marshal", func() error {
		for _, o := range typed {
			if _, err := json.Marshal(o); err != nil {
				return err
			}
		}
		return nil
	})
	return ours, peer, nil
}

// objectsOfOne are the trees of the objects of one Deployment.
func objectsOfOne() ([]map[string]any, error) {
	m, err := renderedOne()
	if err != nil {
		return nil, err
	}
	var objects []map[string]any
	for o := range m.All() {
		objects = append(objects, o.Map())
	}
	return objects, nil
}

func writeSides() (ours, peer side, err error) {
	objects, err := objectsOfOne()
	if err != nil {
		return ours, peer, err
	}
	ours = sideOf("yamlout", func() error {
		for _, o := range objects {
			if _, err := yamlout.Append(nil, o); err != nil {
				return err
			}
		}
		return nil
	})
	peer = sideOf("sigs.k8s.io/yaml Marshal", func() error {
		for _, o := range objects {
			if _, err := sigsyaml.Marshal(o); err != nil {
				return err
			}
		}
		return nil
	})
	return ours, peer, nil
}

func parseSides() (ours, peer side) {
	text := []byte(deploymentText(0))
	ours = sideOf("deployment.Parse", func() error {
		_, err := deployment.Parse("deployment.yaml", text)
		return err
	})
	peer = sideOf("sigs.k8s.io/yaml UnmarshalStrict", func() error {
		var c deployment.Config
		err := sigsyaml.UnmarshalStrict(text, &c)
		return err
	})
	return ours, peer
}

// streamOf reads, renders and writes W on a number of cores.
func streamOf(text []byte, cores int) side {
	return sideOf("Stream", func() error {
		defer setCores(cores)()
		return stream(bytes.NewReader(text), io.Discard)
	})
}
