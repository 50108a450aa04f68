package target_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/target"
)

func TestRead(t *testing.T) {
	const text = "metadata: {name: a}\nspec: {kubernetes: {}}\n---\nkind: Deployment\n---\nmetadata: {name: b}\n" +
		"spec: {kubernetes: {}}\n"
	var got []string
	for dt, err := range target.Read("f.yaml", strings.NewReader(text)) {
		if err != nil {
			e, ok := errors.AsType[*flinktarget.InvalidError](err)
			assert.Assert(t, ok, "%v", err)
			assert.Equal(t, e.Problems[0].Position.String(), "f.yaml:4:7")
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
	n := 0
	for _, err := range target.Read("f.yaml", iotest.ErrReader(broken)) {
		assert.Assert(t, errors.Is(err, broken))
		n++
	}
	assert.Equal(t, n, 1, "an error of the reader is yielded")
	n = 0
	for range target.Read("f.yaml", io.MultiReader(strings.NewReader(text), iotest.ErrReader(broken))) {
		n++
		break
	}
	assert.Equal(t, n, 1, "who has left is not told")
	n = 0
	for _, err := range target.Read("f.yaml", strings.NewReader("a: [\n---\n"+text)) {
		if n++; n == 1 {
			assert.Assert(t, errors.Is(err, flinktarget.ErrInvalid), "no YAML: %v", err)
		}
	}
	assert.Equal(t, n, 4, "what follows a broken document is read")
	for range target.Read("f.yaml", strings.NewReader("a: [\n---\n"+text)) {
		break
	}
}
