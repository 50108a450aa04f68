package target

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

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
	ErrConflict = errors.New("the id is taken")
)

// NotFoundError reports a reference to a target that does not exist, or a hold
// that does not. It is ErrNotFound for errors.Is.
type NotFoundError struct {
	// Ref is the reference as it was given.
	Ref Ref
	// Owner is the zero value if the target does not exist; otherwise it is the
	// owner that does not hold it.
	Owner Owner
}

// Error names the reference, and the owner if there is one.
func (e *NotFoundError) Error() string {
	if e.Owner != (Owner{}) {
		return fmt.Sprintf("%s does not hold the target %s", show(e.Owner.String()), show(e.Ref.String()))
	}
	text := "there is no target " + show(e.Ref.String())
	if e.Ref.Name != "" && e.Ref.ID != "" {
		text += " with the id " + show(e.Ref.ID)
	}
	return text
}

// Is reports whether target is ErrNotFound.
func (e *NotFoundError) Is(target error) bool { return target == ErrNotFound }

// InUseError reports a target that cannot be deleted, because it is referred to.
// It is ErrInUse for errors.Is.
type InUseError struct {
	// Ref is the target by its name.
	Ref Ref
	// Owners are all who hold it, sorted by kind, namespace, name and UID.
	Owners []Owner
}

// Error names the target and up to ten owners.
func (e *InUseError) Error() string {
	return fmt.Sprintf("the target %s is in use by %s", show(e.Ref.String()), some(e.Owners, ", ", func(o Owner) string { return show(o.String()) }))
}

// Is reports whether target is ErrInUse.
func (e *InUseError) Is(target error) bool { return target == ErrInUse }

// ImmutableError reports a target that was to be registered though one of the same
// name, but with another id or spec, is. It is ErrImmutable for errors.Is.
type ImmutableError struct {
	// Ref is the target by its name.
	Ref Ref
	// Fields are all differences, in the order of the resource.
	Fields []FieldChange
}

// Error names the target and up to ten fields, from what to what.
func (e *ImmutableError) Error() string {
	return fmt.Sprintf("the target %s exists, and its id and spec cannot change: %s", show(e.Ref.String()), some(e.Fields, "; ", FieldChange.String))
}

// Is reports whether target is ErrImmutable.
func (e *ImmutableError) Is(target error) bool { return target == ErrImmutable }

// A FieldChange is a field that two targets have different values of.
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
	return show(secrets.Mask(c.Field)) + ": " + showJSON(c.From) + " -> " + showJSON(c.To)
}

// ConflictError reports a target whose id another target has. It is ErrConflict
// for errors.Is.
type ConflictError struct {
	// Ref is the target that was to be registered, by its name, and ID its id.
	Ref Ref
	ID  string
	// Other is the registered target that has the id, by its name.
	Other Ref
}

// Error names both targets.
func (e *ConflictError) Error() string {
	return fmt.Sprintf("the target %s cannot have the id %s: it is that of the target %s", show(e.Ref.String()), e.ID, show(e.Other.String()))
}

// Is reports whether target is ErrConflict.
func (e *ConflictError) Is(target error) bool { return target == ErrConflict }

// Bounds of the texts of errors; their data is complete.
const (
	maxListed = 10
	maxShown  = 300
	maxValue  = 100
)

// some lists the first items, and says how many more there are.
func some[T any](items []T, separator string, text func(T) string) string {
	shown := make([]string, min(len(items), maxListed))
	for i := range shown {
		shown[i] = text(items[i])
	}
	list := strings.Join(shown, separator)
	if more := len(items) - len(shown); more > 0 {
		list += fmt.Sprintf("%sand %d more", separator, more)
	}
	return list
}

// show keeps what callers hand in from flooding or breaking the lines of a log.
func show(s string) string {
	if s = clip(s, maxShown); !isText(s) {
		return strconv.Quote(s)
	}
	return s
}

func showJSON(v json.RawMessage) string {
	if v == nil {
		return "(none)"
	}
	return clip(string(v), maxValue)
}

// clip cuts s to at most n bytes and a sign that it was cut, between characters.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}
