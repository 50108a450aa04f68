package render_test

import (
	"errors"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/render"
)

// A Deployment in session mode refers to no target, so that none is missing.
func TestSessionModeWithoutTargets(t *testing.T) {
	b := parse(t, []byte(in(app, "deploymentTargetName: staging", "sessionClusterName: shared")))
	b.Targets = nil
	_, err := renderer(t).Bundle(b, nil)
	e, ok := errors.AsType[*render.InvalidError](err)
	assert.Assert(t, ok, "%v", err)
	assert.DeepEqual(t, refusals(e), []string{"spec.sessionClusterName Forbidden session-mode"})
}
