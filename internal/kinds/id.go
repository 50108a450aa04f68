package kinds

import (
	"strings"

	"github.com/google/uuid"
)

// NilID is the nil UUID, which identifies nothing.
const NilID = "00000000-0000-0000-0000-000000000000"

// IDPattern is a regular expression for what ValidID accepts, in the syntax of JSON Schema.
const IDPattern = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"

// ValidID reports whether s is a UUID as VVP writes it: 36 characters, lower case.
// Kubernetes names are made of it, so no other spelling is valid.
func ValidID(s string) bool {
	return len(s) == len(NilID) && s == strings.ToLower(s) && uuid.Validate(s) == nil
}

// NoJobID says why an id is none of a job.
const NoJobID = "must be a lower-case, non-nil UUID"

// ValidJobID reports whether s identifies a job: the nil UUID does not.
func ValidJobID(s string) bool { return ValidID(s) && s != NilID }

// idSpace keeps derived ids apart from UUIDv5s that others derive from the same words.
var idSpace = uuid.NewSHA1(uuid.NameSpaceURL, []byte("https://github.com/flinktarget/flinktarget"))

// idEscape makes the separator of DeriveID unique.
var idEscape = strings.NewReplacer("\x00", "\x01\x00", "\x01", "\x01\x01")

// DeriveID returns the UUIDv5 of the parts. Different lists of parts give different
// ids, whatever characters they contain.
func DeriveID(parts ...string) string {
	var name strings.Builder
	for _, p := range parts {
		name.WriteString(idEscape.Replace(p) + "\x00")
	}
	return uuid.NewSHA1(idSpace, []byte(name.String())).String()
}

// MaxTargetName is how many bytes the name of a DeploymentTarget has at most.
const MaxTargetName = 250

// ValidTargetName reports whether a DeploymentTarget may be called s (VVP, REST API,
// resource names).
func ValidTargetName(s string) bool {
	const legal = "0123456789-_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	return s != "" && len(s) <= MaxTargetName && strings.Trim(s, legal) == ""
}
