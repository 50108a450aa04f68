package kinds_test

import (
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/kinds"
)

func TestValidID(t *testing.T) {
	for s, want := range map[string]bool{
		"3f1da3c8-6f22-430f-9200-eda014ea5319":          true,
		kinds.NilID:                                     true,
		"3F1DA3C8-6F22-430F-9200-EDA014EA5319":          false, // names are lower case
		"3f1da3c86f22430f9200eda014ea5319":              false, // no dashes
		"{3f1da3c8-6f22-430f-9200-eda014ea5319}":        false,
		"urn:uuid:3f1da3c8-6f22-430f-9200-eda014ea5319": false,
		"3f1da3c8-6f22-430f-9200-eda014ea531g":          false,
		"":                                              false,
	} {
		assert.Equal(t, kinds.ValidID(s), want, s)
	}
}

func TestDeriveID(t *testing.T) {
	a := kinds.DeriveID("Deployment", "default", "a")
	assert.Assert(t, kinds.ValidID(a))
	assert.Equal(t, a, kinds.DeriveID("Deployment", "default", "a"))
	// Identities are API: a change gives every user's resources new names.
	assert.Equal(t, a, "5afbbd7a-ea4a-590e-bea0-d865f25e8dd9")
	assert.Equal(t, kinds.DeriveID("a\x00\x01", "", "\x01b"), "b8de3737-2843-506b-8403-2e0920d5cca1")
	seen := map[string][]string{}
	for _, parts := range [][]string{
		{"a", "b"}, {"ab"}, {"a", "b", ""}, {"", "a", "b"},
		{"a\x00", "b"}, {"a", "\x00b"}, {"a\x01", "b"}, {"a\x00b"}, {"a\x01\x00b"},
	} {
		id := kinds.DeriveID(parts...)
		assert.Assert(t, seen[id] == nil, "%q and %q", parts, seen[id])
		seen[id] = parts
	}
}
