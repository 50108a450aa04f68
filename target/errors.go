package target

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/internal/secrets"
)

// The classes of a [Registry]'s errors, for errors.Is.
var (
	// ErrNotFound: there is no such target, or no such hold. See [NotFoundError].
	ErrNotFound = errors.New("not found")
	// ErrInUse: the target is held. See [InUseError].
	ErrInUse = errors.New("the target is in use")
	// ErrImmutable: the registered target has another spec or id. See [ImmutableError].
	ErrImmutable = errors.New("the target is immutable")
	// ErrConflict: another target has this id. See [ConflictError].
	ErrConflict = errors.New("the id is already in use")
)

// NotFoundError reports a reference to a target that does not exist, or a hold
// that does not. It is ErrNotFound for errors.Is.
type NotFoundError struct {
	// Ref is the reference as the caller gave it.
	Ref Ref
	// Owner is the zero value if the target does not exist; otherwise it is the
	// owner that does not hold it.
	Owner Owner
}

// Error names the reference, and the owner if there is one.
func (e *NotFoundError) Error() string {
	switch {
	case e.Owner != (Owner{}):
		return fmt.Sprintf("%s does not hold the target %s", show(e.Owner.String()), show(e.Ref.String()))
	case e.Ref.Name != "" && e.Ref.ID != "":
		return fmt.Sprintf("the target %s with the id %s was not found", show(e.Ref.String()), show(e.Ref.ID))
	default:
		return fmt.Sprintf("the target %s was not found", show(e.Ref.String()))
	}
}

// Problem returns the error as a problem.
func (e *NotFoundError) Problem() flinktarget.Problem { return problem("not-found", e.Ref, e) }

// Is reports whether target is ErrNotFound.
func (e *NotFoundError) Is(target error) bool { return target == ErrNotFound }

// InUseError reports a target that cannot be deleted, because owners hold it.
// It is ErrInUse for errors.Is.
type InUseError struct {
	// Ref is the target by its name.
	Ref Ref
	// Owners are all who hold it, sorted by kind, namespace, name and UID.
	Owners []Owner
}

// Error names the target and up to ten owners.
func (e *InUseError) Error() string {
	owners := some(e.Owners, ", ", func(o Owner) string { return show(o.String()) })
	return fmt.Sprintf("the target %s is in use by %s", show(e.Ref.String()), owners)
}

// Problem returns the error as a problem.
func (e *InUseError) Problem() flinktarget.Problem { return problem("in-use", e.Ref, e) }

// Is reports whether target is ErrInUse.
func (e *InUseError) Is(target error) bool { return target == ErrInUse }

// ImmutableError reports that Register was called with a target whose id or spec
// differs from the registered target of the same name. It is ErrImmutable for
// errors.Is.
type ImmutableError struct {
	// Ref is the target by its name.
	Ref Ref
	// Fields are all differences, in the order of the resource.
	Fields []FieldChange
}

// Error names the target and up to ten fields with both values.
func (e *ImmutableError) Error() string {
	fields := some(e.Fields, "; ", FieldChange.String)
	return fmt.Sprintf("the target %s exists, and its id and spec are immutable: %s", show(e.Ref.String()), fields)
}

// Problem returns the error as a problem.
func (e *ImmutableError) Problem() flinktarget.Problem { return problem("immutable", e.Ref, e) }

// Is reports whether target is ErrImmutable.
func (e *ImmutableError) Is(target error) bool { return target == ErrImmutable }

// A FieldChange is a field whose values in two targets differ.
type FieldChange struct {
	// Field is a path as in the YAML, such as spec.kubernetes.namespace or
	// spec.deploymentPatchSet[1].value. Where entries were added to or removed from
	// a patch set, an index is that in the longer of both.
	Field string `json:"field"`
	// From and To are the values as JSON, nil where the field is absent. Values
	// that look like secrets are replaced by the string "(hidden)": those of keys
	// that match password, secret, token, apikey or access-key, and texts that set
	// such a key.
	From json.RawMessage `json:"from,omitempty"`
	To   json.RawMessage `json:"to,omitempty"`
}

// String returns "field: from -> to", the field cut at 300 bytes, values at 100.
func (c FieldChange) String() string {
	value := func(v json.RawMessage) string {
		if v == nil {
			return "(none)"
		}
		return secrets.Clip(string(v), maxValue)
	}
	return show(secrets.Mask(c.Field)) + ": " + value(c.From) + " -> " + value(c.To)
}

// ConflictError reports a target whose id another target has. It is ErrConflict
// for errors.Is.
type ConflictError struct {
	// Ref is the new target by its name, and ID its id.
	Ref Ref
	ID  string
	// Other is the registered target that has the id, by its name.
	Other Ref
}

// Error names both targets.
func (e *ConflictError) Error() string {
	return fmt.Sprintf("the target %s cannot have the id %s: the target %s has it",
		show(e.Ref.String()), e.ID, show(e.Other.String()))
}

// Problem returns the error as a problem.
func (e *ConflictError) Problem() flinktarget.Problem { return problem("id-conflict", e.Ref, e) }

// Is reports whether target is ErrConflict.
func (e *ConflictError) Is(target error) bool { return target == ErrConflict }

func problem(rule string, ref Ref, err error) flinktarget.Problem {
	return flinktarget.Problem{Severity: flinktarget.SeverityError, Rule: rule, Resource: Kind + " " + ref.String(),
		Message: err.Error()}
}

// Bounds of the texts of errors; their data is complete.
const (
	maxListed = 10
	maxShown  = 300
	maxValue  = 100
)

// some lists the first items, and says how many more there are.
func some[T any](items []T, separator string, text func(T) string) string {
	var shown []string
	for _, item := range items[:min(len(items), maxListed)] {
		shown = append(shown, text(item))
	}
	if more := len(items) - len(shown); more > 0 {
		shown = append(shown, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(shown, separator)
}

// show bounds a text of the caller, and quotes it if it would break a line.
func show(s string) string {
	if s = secrets.Clip(s, maxShown); !isText(s) {
		return strconv.Quote(s)
	}
	return s
}
