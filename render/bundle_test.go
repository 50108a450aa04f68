package render_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/render"
)

func TestTargetsOfABundle(t *testing.T) {
	targets := "kind: DeploymentTarget\nmetadata: {name: a, id: " + jobID +
		"}\nspec: {kubernetes: {namespace: a}}\n---\n" +
		"kind: DeploymentTarget\nmetadata: {name: a, namespace: team}\nspec: {kubernetes: {namespace: team-a}}\n---\n" +
		"kind: DeploymentTarget\nmetadata: {name: b}\nspec: {kubernetes: {namespace: b}}\n---\n"
	for _, c := range []struct{ reason, metadata, ref, want string }{
		{"by name", "{name: x}", "deploymentTargetName: b", "b"},
		{"in the default namespace", "{name: x}", "deploymentTargetName: a", "a"},
		{"in its own namespace", "{name: x, namespace: team}", "deploymentTargetName: a", "team-a"},
		{"by id", "{name: x}", "deploymentTargetId: " + jobID, "a"},
		{"no id is no name", "{name: x}", "deploymentTargetName: " + jobID, ""},
		{"an id of another namespace", "{name: x, namespace: team}", "deploymentTargetId: " + jobID, ""},
		{"a name of another namespace", "{name: x, namespace: team}", "deploymentTargetName: b", ""},
	} {
		text := in(in(app[strings.Index(app, "kind: Deployment\n"):], "{name: app}", c.metadata),
			"deploymentTargetName: staging", c.ref)
		m, err := renderer(t).Bundle(parse(t, []byte(targets+text)), nil)
		if c.want == "" {
			assert.Assert(t, len(refusals(err)) == 1 && strings.HasSuffix(refusals(err)[0], "target"),
				"%s: %v", c.reason, err)
			continue
		}
		assert.NilError(t, err, c.reason)
		assert.Equal(t, find(t, m, "Job", "").Namespace(), c.want, c.reason)
	}
}

// Every missing target is an error. The names of the first ones alone are compared with
// those of all targets.
func TestManyMissingTargets(t *testing.T) {
	var text strings.Builder
	text.WriteString(app)
	for i := range 30 {
		fmt.Fprintf(&text, "---\n%s",
			strings.NewReplacer("name: app", fmt.Sprintf("name: app%d", i), "deploymentTargetName: staging",
				"deploymentTargetName: stagin").Replace(app[strings.Index(app, "kind: Deployment\n"):]))
	}
	_, err := renderer(t).Bundle(parse(t, []byte(text.String())), nil)
	list, ok := err.(interface{ Unwrap() []error })
	assert.Assert(t, ok, "%v", err)
	hints := 0
	for _, err := range list.Unwrap() {
		e, ok := errors.AsType[*flinktarget.InvalidError](err)
		assert.Assert(t, ok, "%v", err)
		assert.DeepEqual(t, refusals(e), []string{"spec.deploymentTargetName target"})
		if strings.Contains(e.Problems[0].Message, "did you mean staging?") {
			hints++
		}
	}
	assert.Equal(t, len(list.Unwrap()), 30)
	assert.Equal(t, hints, 20)
}

// A patch that changes nothing is said to do so once for the whole input, and refused if that is
// asked for; one of a kind that is rendered at other times is worth a warning only.
func TestPatchesThatChangeNothing(t *testing.T) {
	const (
		spread  = "{target: {kind: Deployment}, patch: {spec: {template: {spec: {topologySpreadConstraints: []}}}}}"
		account = "{target: {kind: ServiceAccount}, patch: {imagePullSecrets: [{name: r}]}}"
		links   = "{target: {kind: Job}, patch: [{op: replace, path: /spec/template/spec/enableServiceLinks, value: false}]}"
		guard   = "{target: {kind: Job}, patch: [{op: test, path: /spec/template/spec/enableServiceLinks, value: false}]}"
		labels  = "{target: {kind: Job|Deployment}, patch: {metadata: {labels: {team: a}}}}"
	)
	both := app + "      " + haConf + "---\n" + session[strings.Index(session, "kind: SessionCluster"):]
	for _, c := range []struct {
		reason, text, entry, rule string
		refused                   bool
	}{
		{"an empty list is merged into another", app, spread, "patch-without-effect", true},
		{"a value that is there", app, links, "patch-without-effect", true},
		{"operations that only test change nothing", app, guard, "", false},
		{"no object of the name", app, "{target: {kind: Job, name: x}, patch: {metadata: {labels: {a: b}}}}",
			"unmatched-patch", true},
		{"a kind that high availability brings", app, account, "absent-kind", false},
		{"high availability", app + "      " + haConf, account, "", false},
		{"high availability of one of two", both, account, "", false},
		{"budgets that nobody asked for", app, "{target: {kind: PodDisruptionBudget}, patch: {metadata: {labels: {a: b}}}}",
			"absent-kind", false},
		{"Jobs are not of session clusters", session, in(labels, "Job|Deployment", "Job"), "", false},
		{"a kind of both", session, labels, "", false},
		{"a patch that deletes", app + "      " + haConf, "{target: {kind: RoleBinding}, patch: {$patch: delete}}", "", false},
	} {
		b := parse(t, []byte(withPatches(c.text, c.entry)))
		m, err := renderer(t).Bundle(b, nil)
		assert.NilError(t, err, c.reason)
		var rules []string
		for _, w := range m.Warnings() {
			if strings.HasPrefix(w.Field, "spec.deploymentPatchSet") {
				rules = append(rules, w.Rule)
				assert.Assert(t, w.Position.Line > 0, c.reason)
			}
		}
		assert.Equal(t, strings.Join(rules, " "), c.rule, c.reason)
		_, err = renderer(t, render.StrictPatches()).Bundle(b, nil)
		assert.Equal(t, err != nil, c.refused, "%s: %v", c.reason, err)
		for p := range flinktarget.Problems(err) {
			assert.Equal(t, p.Rule, c.rule, c.reason)
		}
	}
}

// Of each kind that may be missing, a warning says when it is not.
func TestOptionalKindsHaveConditions(t *testing.T) {
	for _, k := range kinds.Patchable() {
		assert.Equal(t, render.HasCondition(k.Kind), k.Optional, k.Kind)
	}
}
