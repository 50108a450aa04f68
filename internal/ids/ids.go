// Package ids checks and derives the UUIDs by which VVP identifies resources.
package ids

import (
	"strings"

	"github.com/google/uuid"
)

// Nil is the nil UUID, which identifies nothing.
const Nil = "00000000-0000-0000-0000-000000000000"

// Pattern is a regular expression for what Valid accepts, in the syntax of JSON Schema.
const Pattern = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"

// Valid reports whether s is a UUID as VVP writes it: 36 characters, lower case.
// Kubernetes names are made of it, so other spellings are not accepted.
func Valid(s string) bool {
	return len(s) == len(Nil) && s == strings.ToLower(s) && uuid.Validate(s) == nil
}

// space keeps derived ids apart from UUIDv5s that others derive from the same words.
var space = uuid.NewSHA1(uuid.NameSpaceURL, []byte("https://github.com/flinktarget/flinktarget"))

// Derive returns the UUIDv5 of the parts. Different lists of parts give different
// ids, whatever characters they hold.
func Derive(parts ...string) string {
	var name []byte
	for _, p := range parts {
		for i := range len(p) {
			if p[i] == 0 || p[i] == 1 {
				name = append(name, 1) // escape, so that the separator stays unique
			}
			name = append(name, p[i])
		}
		name = append(name, 0)
	}
	return uuid.NewSHA1(space, name).String()
}
