package flinktarget_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/patch"
	"github.com/flinktarget/flinktarget/target"
)

// described is an error that says which problem it is.
type described struct{}

func (described) Error() string                { return "said otherwise" }
func (described) Problem() flinktarget.Problem { return flinktarget.Problem{Rule: "described"} }

func TestProblemsOfErrors(t *testing.T) {
	one := flinktarget.Problem{Severity: flinktarget.SeverityError, Rule: "one", Message: "is wrong"}
	two := flinktarget.Problem{Severity: flinktarget.SeverityError, Rule: "two", Message: "is wrong, too"}
	for _, c := range []struct {
		reason string
		err    error
		want   []string // rule and message
	}{
		{"there is none", nil, nil},
		{"a problem is an error", one, []string{"one is wrong"}},
		{"joined, at any depth", errors.Join(one, errors.Join(two, errors.New("other"))),
			[]string{"one is wrong", "two is wrong, too", " other"}},
		{"what wraps it says more", fmt.Errorf("reading a: %w", fmt.Errorf("b: %w", one)),
			[]string{"one reading a: b: is wrong"}},
		{"what wraps it says it in other words", fmt.Errorf("%w happened", errors.New("it")), []string{" it happened"}},
		{"several in one text", fmt.Errorf("%w and %w", one, two), []string{"one is wrong", "two is wrong, too"}},
		{"one that describes itself", described{}, []string{"described "}},
		{"line breaks", errors.New("a\n::error::b"), []string{` a\n::error::b`}},
		{"of a target", &target.Error{Class: target.ErrInUse, Ref: target.Ref{Namespace: "default", Name: "a"},
			Owners: []target.Owner{{Kind: "Deployment", Namespace: "default", Name: "d"}}},
			[]string{"in-use the target default/a is in use by Deployment default/d"}},
		{"of a patch", &patch.ApplyError{Err: errors.New("no")}, []string{"patch-apply no"}},
	} {
		var got []string
		for p := range flinktarget.Problems(c.err) {
			got = append(got, p.Rule+" "+p.Message)
		}
		assert.DeepEqual(t, got, c.want)
	}
	for range flinktarget.Problems(errors.Join(one, two)) {
		break // a loop may be left
	}
}

func TestProblemsOfInput(t *testing.T) {
	_, err := deployment.ParseAll("a.yaml", []byte("kind: Deployment\nmetadata: {name: d, nam: e}\n---\nkind: X\n"))
	assert.Assert(t, errors.Is(err, flinktarget.ErrInvalid))
	var rules []string
	for p := range flinktarget.Problems(err) {
		assert.Equal(t, p.File, "a.yaml")
		assert.Equal(t, p.Severity, flinktarget.SeverityError)
		rules = append(rules, p.Rule)
	}
	assert.Assert(t, slices.Contains(rules, "unknown-field") && slices.Contains(rules, "kind"), "%v", rules)
}

func TestProblemString(t *testing.T) {
	at := flinktarget.Position{File: "a.yaml", Line: 1, Column: 2}
	cause := &flinktarget.Cause{Resource: "DeploymentTarget default/t", Field: "spec.deploymentPatchSet[0]"}
	for want, p := range map[string]flinktarget.Problem{
		"":                              {},
		"a.yaml:1:2: spec.state: wrong": {Position: at, Resource: "r", Field: "spec.state", Message: "wrong"},
		"r: warning: wrong":             {Severity: flinktarget.SeverityWarning, Resource: "r", Message: "wrong"},
		"a.yaml:1:2: spec.deploymentPatchSet[0]: Job a/b: spec: wrong": {
			Position: at, Cause: cause, Object: "Job a/b", Field: "spec", Message: "wrong"},
		`\x3a:error::x: wrong`: {Position: flinktarget.Position{File: "::error::x"}, Message: "wrong"},
	} {
		assert.Equal(t, p.String(), want)
		assert.Equal(t, p.Error(), want)
	}
}
