package target_test

import (
	"errors"
	"strings"
	"testing"
	"testing/iotest"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/target"
)

func TestRead(t *testing.T) {
	const text = "metadata: {name: a}\nspec: {kubernetes: {}}\n---\nkind: Deployment\n---\nmetadata: {name: b}\nspec: {kubernetes: {}}\n"
	var got []string
	for dt, err := range target.Read("f.yaml", strings.NewReader(text)) {
		if err != nil {
			e, ok := errors.AsType[*target.InvalidError](err)
			assert.Assert(t, ok, "%v", err)
			assert.Equal(t, e.Positions[0].String(), "f.yaml:4:1")
			got = append(got, "error")
			continue
		}
		got = append(got, dt.String())
	}
	assert.DeepEqual(t, got, []string{"DeploymentTarget default/a", "error", "DeploymentTarget default/b"})
	for range target.Read("", strings.NewReader(text)) {
		break // leaving early is allowed
	}
	broken := errors.New("broken")
	for _, err := range target.Read("f.yaml", iotest.ErrReader(broken)) {
		assert.Assert(t, errors.Is(err, broken))
	}
}
