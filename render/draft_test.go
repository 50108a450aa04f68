package render_test

import (
	"fmt"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/deployment"
	inputgen "github.com/flinktarget/flinktarget/internal/rendertest"
	"github.com/flinktarget/flinktarget/patch"
	"github.com/flinktarget/flinktarget/render"
	"github.com/flinktarget/flinktarget/target"
)

// wholly has another patch in each target: it changes nothing, but it could tell ids
// apart, so that all objects are made to derive one.
func wholly(t *testing.T, b deployment.Bundle) deployment.Bundle {
	t.Helper()
	looks := patch.MustParse("{target: {kind: Service, name: nothing-has-this-name}, patch: {metadata: {annotations: {a: b}}}}")
	var targets []target.Target
	for _, dt := range b.Targets {
		c := dt.Config()
		c.Spec.DeploymentPatchSet = append(c.Spec.DeploymentPatchSet, looks)
		dt, err := target.New(c)
		assert.NilError(t, err)
		assert.Assert(t, !dt.Patches().IgnoresJobID())
		targets = append(targets, dt)
	}
	b.Targets = targets
	return b
}

// sameDrafts renders with derived ids, and reports whether less was made for them.
func sameDrafts(t *testing.T, reason string, text []byte, opts ...render.Option) (less, failed bool) {
	t.Helper()
	b := parse(t, text)
	for _, dt := range b.Targets {
		less = less || dt.Patches().IgnoresJobID()
	}
	r := renderer(t, opts...)
	m, err := r.Bundle(b, nil)
	want, wantErr := r.Bundle(wholly(t, b), nil)
	assert.Equal(t, fmt.Sprint(err), fmt.Sprint(wantErr), reason)
	assert.Equal(t, yamlOf(t, m), yamlOf(t, want), reason)
	return less, err != nil
}

// What a derived id is not made of can be left out of the draft: bytes and errors are
// those of whole drafts.
func TestPartialDrafts(t *testing.T) {
	for name, text := range inputs(t, "valid") {
		sameDrafts(t, name, text)
	}
	for name, text := range scenarios() {
		sameDrafts(t, name, []byte(text), optionsOf(name)...)
	}
	partial := 0
	for seed := range uint64(300) {
		in := inputgen.New(3 * seed) // those with patches
		less, _ := sameDrafts(t, fmt.Sprint("seed ", in.Seed), in.Text(), in.Options()...)
		if less && in.Resource["kind"] == deployment.KindDeployment {
			partial++
		}
	}
	assert.Assert(t, partial > 100, "%d", partial)
}

// The first patch that fails is the one that is reported, whatever its object, and
// templates of both components at once.
func TestPartialDraftsThatFail(t *testing.T) {
	const fine = "{target: {kind: Deployment}, patch: {spec: {template: {spec: {priorityClassName: x}}}}}"
	var failing []string
	for _, kind := range []string{"Job", "Deployment", "Service", "ConfigMap"} {
		failing = append(failing,
			"{target: {kind: "+kind+"}, patch: {metadata: {labels: {app: mine}}}}",
			"{target: {kind: "+kind+"}, patch: [{op: remove, path: /metadata/annotations}]}",
			"{target: {kind: "+kind+"}, patch: [{op: replace, path: /metadata/name, value: a}]}",
			"{target: {kind: "+kind+"}, patch: {$patch: delete}}")
	}
	partial := 0
	for _, first := range failing {
		for _, second := range append(failing, fine) {
			for _, entries := range [][]string{{first, second}, {fine, second, first}} {
				text := withPatches(app, entries...)
				less, failed := sameDrafts(t, strings.Join(entries, ", "), []byte(text))
				assert.Assert(t, failed, entries)
				if less {
					partial++
				}
			}
		}
	}
	assert.Assert(t, partial > 300, "%d", partial)
	bad := func(component string) string {
		return component + "PodTemplate: {spec: {containers: [{name: flink-" + strings.ToLower(component) + ", ports: [{name: x}]}]}}"
	}
	for _, templates := range []string{bad("jobManager"), bad("taskManager"), bad("jobManager") + ", " + bad("taskManager")} {
		less, failed := sameDrafts(t, templates, []byte(app+"      kubernetes: {"+templates+"}\n"))
		assert.Assert(t, less && failed, templates)
	}
}
