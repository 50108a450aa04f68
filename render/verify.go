package render

import (
	"strings"

	"github.com/flinktarget/flinktarget"
)

// VerifyError reports objects that Kubernetes would refuse, or that would not work
// together: what pod templates and patches left. It is ErrInvalid for errors.Is.
type VerifyError struct {
	// Problems are all that was found, at most 100.
	Problems []flinktarget.Problem
}

// Error lists the problems, one a line.
func (e *VerifyError) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// Unwrap returns the problems.
func (e *VerifyError) Unwrap() []error {
	out := make([]error, len(e.Problems))
	for i, p := range e.Problems {
		out[i] = p
	}
	return out
}

// Is reports whether target is ErrInvalid.
func (e *VerifyError) Is(target error) bool { return target == ErrInvalid }
