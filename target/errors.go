package target

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/internal/secrets"
)

// The classes of an [Error], for errors.Is.
var (
	// ErrNotFound: there is no such target, or no such hold.
	ErrNotFound = errors.New("not found")
	// ErrInUse: the target cannot be deleted, because owners hold it.
	ErrInUse = errors.New("the target is in use")
	// ErrImmutable: the registered target has another spec or id.
	ErrImmutable = errors.New("the target is immutable")
	// ErrConflict: another target has this id.
	ErrConflict = errors.New("the id is already in use")
)

// An Error is what a [Registry] or [Store] refuses. Fields that its class does not name
// are zero.
type Error struct {
	// Class is one of [ErrNotFound], [ErrInUse], [ErrImmutable] and [ErrConflict].
	Class error `json:"-"`
	// Ref is the target by its name; the reference as the caller gave it for ErrNotFound.
	Ref Ref
	// Owners are all who hold the target for ErrInUse, sorted by kind, namespace, name and
	// UID. For ErrNotFound there is one if the target exists: who does not hold it.
	Owners []Owner
	// Fields are all differences for ErrImmutable, in the order of the resource.
	Fields []FieldChange
	// ID is the id for ErrConflict, and Other the registered target that has it, by its name.
	ID    string
	Other Ref
}

// Error names the target, and up to ten owners or fields, these with both values.
func (e *Error) Error() string {
	ref := show(e.Ref.String())
	owners := some(e.Owners, ", ", func(o Owner) string { return show(o.String()) })
	switch {
	case e.Class == ErrInUse:
		return fmt.Sprintf("the target %s is in use by %s", ref, owners)
	case e.Class == ErrImmutable:
		return fmt.Sprintf("the target %s exists, and its id and spec are immutable: %s", ref,
			some(e.Fields, "; ", FieldChange.String))
	case e.Class == ErrConflict:
		return fmt.Sprintf("the target %s cannot have the id %s: the target %s has it", ref, e.ID,
			show(e.Other.String()))
	case owners != "":
		return fmt.Sprintf("%s does not hold the target %s", owners, ref)
	case e.Ref.Name != "" && e.Ref.ID != "":
		return fmt.Sprintf("the target %s with the id %s was not found", ref, show(e.Ref.ID))
	default:
		return fmt.Sprintf("the target %s was not found", ref)
	}
}

// Unwrap returns the class.
func (e *Error) Unwrap() error { return e.Class }

// Problem returns the error as a problem, whose rule is not-found, in-use, immutable or
// id-conflict.
func (e *Error) Problem() flinktarget.Problem {
	rules := map[error]string{ErrInUse: ruleInUse, ErrImmutable: ruleImmutable, ErrConflict: ruleConflict}
	return flinktarget.Problem{Severity: flinktarget.SeverityError, Rule: cmp.Or(rules[e.Class], ruleNotFound),
		Resource: Kind + " " + e.Ref.String(), Message: e.Error()}
}

const (
	ruleNotFound  = "not-found"
	ruleInUse     = "in-use"
	ruleImmutable = "immutable"
	ruleConflict  = "id-conflict"
)

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
