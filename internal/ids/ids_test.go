package ids_test

import (
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/ids"
)

func TestValid(t *testing.T) {
	for s, want := range map[string]bool{
		"3f1da3c8-6f22-430f-9200-eda014ea5319":          true,
		ids.Nil:                                         true,
		"3F1DA3C8-6F22-430F-9200-EDA014EA5319":          false, // names are lower case
		"3f1da3c86f22430f9200eda014ea5319":              false, // no dashes
		"{3f1da3c8-6f22-430f-9200-eda014ea5319}":        false,
		"urn:uuid:3f1da3c8-6f22-430f-9200-eda014ea5319": false,
		"3f1da3c8-6f22-430f-9200-eda014ea531g":          false,
		"":                                              false,
	} {
		assert.Equal(t, ids.Valid(s), want, s)
	}
}

func TestDerive(t *testing.T) {
	a := ids.Derive("Deployment", "default", "a")
	assert.Assert(t, ids.Valid(a))
	assert.Equal(t, a, ids.Derive("Deployment", "default", "a"))
	// Identities are API: a change gives every user's resources new names.
	assert.Equal(t, a, "5afbbd7a-ea4a-590e-bea0-d865f25e8dd9")
	seen := map[string][]string{}
	for _, parts := range [][]string{{"a", "b"}, {"ab"}, {"a", "b", ""}, {"", "a", "b"}, {"a\x00", "b"}, {"a", "\x00b"}, {"a\x01", "b"}, {"a\x00b"}, {"a\x01\x00b"}} {
		id := ids.Derive(parts...)
		assert.Assert(t, seen[id] == nil, "%q and %q", parts, seen[id])
		seen[id] = parts
	}
}
