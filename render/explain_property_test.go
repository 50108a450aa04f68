package render_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/merge"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/render"
	"github.com/flinktarget/flinktarget/render/internal/inputs"
)

// explained renders an input and returns its fields by object and path, without the
// checksum.
func explained(t *testing.T, r *render.Renderer, text []byte) (map[string]render.Explanation, error) {
	t.Helper()
	b, err := deployment.ParseAll("input.yaml", text)
	if err != nil {
		return nil, err
	}
	m, err := r.Bundle(b, func(deployment.Deployment) render.Job { return render.Job{ID: jobID} })
	if err != nil {
		return nil, err
	}
	out := map[string]render.Explanation{}
	for e := range m.Explain() {
		if !strings.Contains(e.Path, render.AnnotationConfigChecksum) {
			// Names are made of ids, and objects are the same whatever they are called.
			out[uuid.ReplaceAllString(e.Object.String(), "ID")+" "+e.Path] = e
		}
	}
	return out, nil
}

var uuid = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)

// removal is something that can be taken out of an input.
type removal struct {
	name  string
	in    inputs.Input
	lists func(render.Source) bool // whether a source is part of it
}

// removals are all fields of the resource, with what is below them, and all patches.
func removals(in inputs.Input) []removal {
	var out []removal
	var walk func(path tree.Path, tokens []string, v any, f merge.Field)
	walk = func(path tree.Path, tokens []string, v any, f merge.Field) {
		if len(path) > 1 { // not metadata and spec as a whole
			at := path.String()
			changed := in
			changed.Resource = without(in.Resource, tokens).(tree.Map)
			out = append(out, removal{at, changed, func(s render.Source) bool {
				rest, ok := strings.CutPrefix(s.Field, at)
				return s.Resource != "" && s.Step != render.StepPatch && s.Step != render.StepDefault && ok &&
					(rest == "" || rest[0] == '.' || rest[0] == '[')
			}})
		}
		switch v := v.(type) {
		case tree.Map:
			for _, key := range tree.Keys(v) {
				walk(path.With(tree.Step{Name: key}), append(slices.Clone(tokens), key), v[key], f.Of[key])
			}
		case []any:
			if len(v) > 0 {
				if _, scalars := v[0].(tree.Map); !scalars {
					return // what is behind an element that is taken out moves up
				}
			}
			for i, name := range f.Names(v) {
				if i < len(v)-1 && len(f.Keys) == 0 {
					continue // likewise
				}
				walk(path.With(tree.Step{Name: name, Element: true}), append(slices.Clone(tokens), strconv.Itoa(i)),
					v[i], merge.Field{Of: f.Of})
			}
		}
	}
	walk(nil, nil, in.Resource, merge.Field{Of: merge.Of(kinds.TypeOf(in.Resource))})
	patches := tree.Items(in.Target, "spec", "deploymentPatchSet")
	for i := range patches {
		changed := in
		changed.Target = without(in.Target, []string{"spec", "deploymentPatchSet", strconv.Itoa(i)}).(tree.Map)
		at := fmt.Sprintf("spec.deploymentPatchSet[%d]", i)
		out = append(out,
			removal{at, changed, func(s render.Source) bool { return s.Step == render.StepPatch && s.Field == at }})
	}
	return out
}

// without returns a copy of v less what is at a place.
func without(v any, tokens []string) any {
	switch v := v.(type) {
	case tree.Map:
		out := tree.Map{}
		for k, e := range v {
			switch {
			case k != tokens[0]:
				out[k] = e
			case len(tokens) > 1:
				out[k] = without(e, tokens[1:])
			}
		}
		return out
	case []any:
		var out []any
		for i, e := range v {
			switch {
			case strconv.Itoa(i) != tokens[0]:
				out = append(out, e)
			case len(tokens) > 1:
				out = append(out, without(e, tokens[1:]))
			}
		}
		return out
	}
	return v
}

// What is not listed never changes a field. What is listed first does, unless the
// next source gives the same value, or nothing can be rendered without it.
func TestExplanationsAreTrue(t *testing.T) {
	t.Parallel()
	n := 10 // .ci/long has many more
	if text := os.Getenv("EXPLAIN_INPUTS"); text != "" {
		var err error
		n, err = strconv.Atoi(text)
		assert.NilError(t, err)
	}
	r, err := render.New(render.WithTrace(), render.ForPlatform(render.Platform{Namespace: inputs.PlatformNamespace}),
		render.FetcherImage(inputs.FetcherImage),
		render.TLSSecret("tls"), render.PodDisruptionBudgets())
	assert.NilError(t, err)
	removed, refused, effective := 0, 0, 0
	for seed := range uint64(n) {
		in := inputs.New(seed)
		before, err := explained(t, r, in.Text())
		assert.NilError(t, err, "seed %d", seed)
		for _, x := range removals(in) {
			removed++
			after, err := explained(t, r, x.in.Text())
			if err != nil {
				refused++
				continue
			}
			for key, e := range before {
				now, there := after[key]
				same := there && tree.Equal(now.After, e.After)
				if listed := slices.ContainsFunc(e.Sources, x.lists); !listed && !same {
					t.Errorf("seed %d: without %s, %s is %v instead of %v, and it is not listed:\n%v\n%s", seed, x.name,
						key, now.After, e.After, e.Sources, in.Text())
					if t.Failed() {
						return
					}
				}
				if len(e.Sources) == 0 {
					t.Fatalf("seed %d: %s has no source", seed, key)
				}
				if x.lists(e.Sources[0]) {
					effective++
					if same && (len(e.Sources) == 1 || !sameStep(now.Sources[0], e.Sources[1])) {
						t.Errorf("seed %d: without %s, %s is the same, from %v, not from the next of %v", seed, x.name,
							key, now.Sources, e.Sources)
					}
				}
			}
		}
	}
	t.Logf("%d inputs, %d removals, of which %d left nothing that can be rendered; %d fields lost their last source", n,
		removed, refused, effective)
}

// sameStep compares sources of two inputs, in which places and the numbers of patches
// may differ.
func sameStep(a, b render.Source) bool {
	return a.Step == b.Step && a.Name == b.Name && (a.Field == b.Field || a.Step == render.StepPatch)
}
