package decode_test

import (
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/decode"
)

func TestDocument(t *testing.T) {
	for _, c := range []struct {
		reason, text string
		place        string // of the problem, "" if there is none
	}{
		{"one document", "a: b", ""},
		{"empty ones do not count", "---\n# nothing\n---\na: b\n---\n \n...\n", ""},
		{"two documents", "a: b\n---\nc: d", "f:2:1"},
		{"the second is not read", "a: b\n---\nc: [", "f:2:1"},
		{"none", "# nothing", "f:1:1"},
		{"nothing", "", "f:1:1"},
		{"a broken one", "a: b\nc: [", "f:2:1"},
	} {
		root, problems := decode.Document("f", []byte(c.text))
		assert.Equal(t, root != nil, c.place == "", c.reason)
		if c.place != "" {
			assert.Equal(t, problems[0].Position.String(), c.place, c.reason)
		}
	}
}
