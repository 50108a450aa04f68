package patch

import (
	"errors"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/merge"
)

// ErrConflict is the class of errors about patches that change what belongs to the
// platform. See [ApplyError].
var ErrConflict = errors.New("the patch changes a protected field")

// The rules that a patch breaks when it is applied.
const (
	ruleConflict = "patch-conflict"
	ruleApply    = "patch-apply"
)

// ApplyError reports a patch that could not be applied. Nothing was changed.
// Where the patch changes what it must not, it is ErrConflict for errors.Is.
type ApplyError struct {
	// Entry is the index of the patch in its set.
	Entry int
	// Object is what it was applied to, as "Kind namespace/name".
	Object string
	// Position is where the entry begins, zero if it was not read from a text.
	Position flinktarget.Position
	// Resource is what was rendered, and Target whose patch it is, if that is known.
	Resource, Target string
	// Err is the reason.
	Err error
}

// Error lists the problems as a [flinktarget.InvalidError] does.
func (e *ApplyError) Error() string { return e.invalid().Error() }

// Is reports whether target is the reason or its class.
func (e *ApplyError) Is(target error) bool { return errors.Is(e.Err, target) }

// Unwrap returns the problems: the patch is the Cause of each.
func (e *ApplyError) Unwrap() []error { return e.invalid().Unwrap() }

func (e *ApplyError) invalid() *flinktarget.InvalidError {
	p := flinktarget.Problem{Severity: flinktarget.SeverityError, Rule: ruleApply, Object: e.Object,
		Position: e.Position, Cause: &flinktarget.Cause{Resource: e.Target, Field: kinds.PatchField(e.Entry)}}
	if errors.Is(e.Err, ErrConflict) {
		p.Rule = ruleConflict
	}
	all, ok := errors.AsType[merge.RefusedError](e.Err)
	if !ok {
		p.Message = e.Err.Error()
		return decode.Invalid(e.Resource, p)
	}
	var problems []flinktarget.Problem
	for _, refused := range all {
		p.Field, p.Message = refused.Path, refused.Message
		problems = append(problems, p)
	}
	return decode.Invalid(e.Resource, problems...)
}
