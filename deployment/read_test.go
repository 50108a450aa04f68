package deployment_test

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"testing"
	"testing/iotest"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/target"
)

func TestRead(t *testing.T) {
	const text = `kind: DeploymentTarget
metadata: {name: a}
spec: {kubernetes: {}}
---
kind: SessionCluster
metadata: {name: s}
spec: {deploymentTargetName: a, flinkVersion: 1.20}
---
kind: Deployment
metadata: {name: broken}
spec: {deploymentTargetName: a}
---
kind: List
items:
- {kind: SessionCluster, metadata: {name: s2}, spec: {deploymentTargetName: a, flinkVersion: 1.20}}
- {kind: DeploymentTarget, metadata: {name: b}, spec: {kubernetes: {}}}
---
kind: Deployment
metadata: {name: d}
spec: {deploymentTargetName: a, template: {spec: {artifact: {kind: JAR, flinkVersion: 1.20, jarUri: https://h/a.jar}}}}
`
	var got []string
	for r, err := range deployment.Read("f.yaml", strings.NewReader(text)) {
		switch {
		case err != nil:
			e, ok := errors.AsType[*flinktarget.InvalidError](err)
			assert.Assert(t, ok, "%v", err)
			assert.Equal(t, e.Problems[0].Position.File, "f.yaml")
			assert.Assert(t, e.Problems[0].Position.Line > 8)
			got = append(got, "error")
		case !r.Target.IsZero():
			got = append(got, r.Target.String())
		case !r.SessionCluster.IsZero():
			got = append(got, r.SessionCluster.String())
		default:
			got = append(got, r.Deployment.String())
			assert.Equal(t, r.Deployment.Position("spec.template.spec.artifact.jarUri").Line, 20)
		}
	}
	assert.DeepEqual(t, got, []string{"DeploymentTarget default/a", "SessionCluster default/s", "error",
		"DeploymentTarget default/b", "SessionCluster default/s2", "Deployment default/d"})

	for range deployment.Read("", strings.NewReader(text)) {
		break // leaving early is allowed
	}
	broken, failed := errors.New("broken"), 0
	for _, err := range deployment.Read("f.yaml", iotest.ErrReader(broken)) {
		assert.Assert(t, errors.Is(err, broken))
		failed++
	}
	assert.Equal(t, failed, 1)
	for range deployment.Read("f.yaml", io.MultiReader(strings.NewReader(text), iotest.ErrReader(broken))) {
		break // and the error that would follow is not told
	}

	_, err := first(deployment.Read("f.yaml", strings.NewReader("kind: Deploymnet")))
	assert.ErrorIs(t, err, flinktarget.ErrInvalid, "one problem is enough")
}

// A list can be left at any of its resources.
func TestReadIsLeftInAList(t *testing.T) {
	text := "kind: List\nitems:\n"
	for _, kind := range []string{oneTarget, oneSession, fmt.Sprintf(oneDeployment, "a")} {
		for range 2 {
			text += "- " + strings.ReplaceAll(strings.TrimSpace(kind), "\n", "\n  ") + "\n"
		}
	}
	for n := 1; n <= 6; n++ {
		seen := 0
		for _, err := range deployment.Read("", strings.NewReader(text+"---\n"+oneTarget)) {
			assert.NilError(t, err)
			if seen++; seen == n {
				break // a sequence that went on would panic
			}
		}
		assert.Equal(t, seen, n)
	}
}

func first(seq iter.Seq2[deployment.Document, error]) (deployment.Document, error) {
	for d, err := range seq {
		return d, err
	}
	return deployment.Document{}, nil
}

// Where a resource is wanted, null is no resource that says nothing.
func TestNullIsNoResource(t *testing.T) {
	for _, text := range []string{"null", "~", "--- null\n", " null # nothing"} {
		for name, parse := range map[string]func() error{
			"Parse": func() error {
				_, err := deployment.Parse("f", []byte(text))
				return err
			},
			"ParseSessionCluster": func() error {
				_, err := deployment.ParseSessionCluster("f", []byte(text))
				return err
			},
			"ParseAll": func() error {
				_, err := deployment.ParseAll("f", []byte(text))
				return err
			},
			"ParseDefaults": func() error {
				_, err := deployment.ParseDefaults("f", []byte(text))
				return err
			},
			"target.Parse": func() error {
				_, err := target.Parse("f", []byte(text))
				return err
			},
		} {
			invalid, ok := errors.AsType[*flinktarget.InvalidError](parse())
			assert.Assert(t, ok && len(invalid.Problems) == 1, "%s of %q", name, text)
			assert.Equal(t, invalid.Problems[0].Field, "", "%s of %q", name, text)
		}
	}
}
