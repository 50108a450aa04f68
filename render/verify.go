package render

import (
	"strings"

	"github.com/flinktarget/flinktarget/patch"
)

// VerifyError reports objects that Kubernetes would refuse, or that would not work
// together: what pod templates and patches left. It is ErrInvalid for errors.Is.
type VerifyError struct {
	// Problems are all that was found, at most 100.
	Problems []Problem
}

// A Problem is one thing that is wrong with a rendered object.
type Problem struct {
	// Object is the kind and namespace/name.
	Object string
	// Field is a path in the object. Elements of lists are called by their name,
	// mount path or port, as in spec.ports[rest], where they have one.
	Field string
	// Message says what is wrong, and what to do.
	Message string
	// Cause is what brought it about: the last patch that did, as in
	// spec.deploymentPatchSet[2], or a field of the resource.
	Cause string
	// Position is where the cause stands, zero if it was not read from a text.
	Position patch.Position
}

// String returns "file:line:column: cause: object: field: message", without what is
// not known.
func (p Problem) String() string {
	text := p.Object + ": " + p.Field + ": " + p.Message
	if p.Cause != "" {
		text = p.Cause + ": " + text
	}
	if p.Position.File != "" {
		text = p.Position.String() + ": " + text
	}
	return text
}

// Error lists the problems, one a line.
func (e *VerifyError) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// Is reports whether target is ErrInvalid.
func (e *VerifyError) Is(target error) bool { return target == ErrInvalid }
