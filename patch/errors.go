package patch

import (
	"errors"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/merge"
	"github.com/flinktarget/flinktarget/internal/secrets"
)

var (
	// ErrInvalid is the class of all errors about input that is not legal, of
	// this package and of those that build on it. See [InvalidError].
	ErrInvalid = flinktarget.ErrInvalid
	// ErrConflict is the class of errors about patches that change what belongs
	// to the platform. See [ApplyError].
	ErrConflict = errors.New("the patch changes a protected field")
)

// Position is a place in a text. Line and Column count from 1, columns in characters.
// The zero value means that the place is not known.
type Position = flinktarget.Position

// InvalidError reports all that is wrong with an input. It is ErrInvalid for
// errors.Is, and unwraps to its field errors.
type InvalidError struct {
	// Subject says what was read, such as "Deployment default/top-speed".
	// It is empty where that is not known.
	Subject string
	// Fields has every problem that was found, in the order of the input. Field
	// is a path as in the YAML, Origin names the rule, which is what programs should
	// go by:
	//
	//	syntax, too-many                        a text that cannot be read, or not all of it
	//	kind, unknown-field, type, retyped      keys and types of YAML
	//	required, exclusive, duplicate          fields that are needed, or too many
	//	name, uuid, enum, text, label, uri      values that have a form
	//	uri-scheme, class, env, image, duration likewise
	//	quantity, minimum, maxLength            sizes
	//	flink-version, flink-configuration      what Flink reads
	//	jvm-options                             what the shell in Flink's start scripts loses
	//	flink-memory, flink-slots, arguments    what Flink starts with
	//	logging, volume, pod-template           parts of pods
	//	reference, high-availability, tls       what goes together
	//	queryable-state, artifact-kind          what cannot be rendered
	//	session-mode, not-rendered              likewise
	//	target, platform-namespace              where it is to run
	//	patch, patch-form, patch-selector       entries of a patch set
	//	patch-kind, patch-merge                 likewise
	//	patch-operation                         operations of RFC 6902
	//	snapshot                                a registry that is restored
	Fields field.ErrorList
	// Positions says where Fields[i] stands in the text. It is as long as
	// Fields, or empty if the input was not a text.
	Positions []Position
}

// What bounds the text of an error, whose data is complete: how many problems it lists,
// and how long what callers handed in may be.
const (
	shownProblems = 20
	longest       = 400
)

// listed returns the first of n lines, and says how many more there are.
func listed(n int, separator string, line func(int) string) string {
	var lines []string
	for i := range min(n, shownProblems) {
		lines = append(lines, line(i))
	}
	if n > shownProblems {
		lines = append(lines, fmt.Sprintf("… and %d more", n-shownProblems))
	}
	return strings.Join(lines, separator)
}

// Error lists up to 20 problems, one a line, each as "file:line:column: field: message",
// and names the subject where no position is known.
func (e *InvalidError) Error() string {
	text := listed(len(e.Fields), "\n  ", e.Problem)
	subject := secrets.Clip(e.Subject, longest)
	hasSubject := subject != "" && secrets.Quotable(subject)
	switch {
	case len(e.Fields) != 1 && hasSubject:
		return fmt.Sprintf("%d problems in %s:\n  %s", len(e.Fields), subject, text)
	case len(e.Fields) != 1:
		return fmt.Sprintf("%d problems:\n  %s", len(e.Fields), text)
	case hasSubject && len(e.Positions) == 0:
		return subject + ": " + text
	default:
		return text
	}
}

// Problem returns the text of the i-th problem: "file:line:column: field: message".
func (e *InvalidError) Problem(i int) string {
	var parts []string
	if i < len(e.Positions) && e.Positions[i] != (Position{}) {
		parts = append(parts, e.Positions[i].String())
	}
	f := e.Fields[i]
	if f.Field != "" && f.Field != "<nil>" {
		parts = append(parts, decode.Readable(f).Field)
	}
	return strings.Join(append(parts, body(f)), ": ")
}

// body is what an error says of its field, without words and values that say no more
// than the detail does.
func body(f *field.Error) string {
	f = decode.Readable(f) // whoever made it
	if f.Detail != "" && (f.BadValue == nil || f.BadValue == any(field.OmitValueType{}) ||
		f.Type == field.ErrorTypeForbidden || f.Type == field.ErrorTypeRequired) {
		return f.Detail
	}
	return f.ErrorBody()
}

// Is reports whether target is ErrInvalid.
func (e *InvalidError) Is(target error) bool { return target == ErrInvalid }

// Unwrap returns the problems, each a *field.Error and a [flinktarget.Problem].
func (e *InvalidError) Unwrap() []error {
	out := make([]error, len(e.Fields))
	for i, f := range e.Fields {
		out[i] = invalidField{decode.Readable(f), e.problem(i)}
	}
	return out
}

type invalidField struct {
	field   *field.Error
	problem flinktarget.Problem
}

func (f invalidField) Error() string                { return f.field.Error() }
func (f invalidField) Unwrap() error                { return f.field }
func (f invalidField) Problem() flinktarget.Problem { return f.problem }

// problem returns the i-th problem.
func (e *InvalidError) problem(i int) flinktarget.Problem {
	f := e.Fields[i]
	p := flinktarget.Problem{Severity: flinktarget.SeverityError, Rule: f.Origin, Resource: e.Subject,
		Field: strings.TrimPrefix(f.Field, "<nil>"), Message: body(f)}
	if i < len(e.Positions) {
		p.Position = e.Positions[i]
	}
	return p
}

// invalid makes an InvalidError of problems.
func invalid(problems []decode.Problem) error {
	fields, positions := decode.Split(problems)
	return &InvalidError{Fields: fields, Positions: positions}
}

// ApplyError reports a patch that could not be applied. Nothing was changed.
// Where the patch changes what it must not, it is ErrConflict for errors.Is.
type ApplyError struct {
	// Entry is the index of the patch in its set.
	Entry int
	// Object is what it was applied to, as "Kind namespace/name".
	Object string
	// Position is where the entry begins, zero if it was not read from a text.
	Position Position
	// Err is the reason.
	Err error
}

// Error names the entry, the object and the reason, of several reasons up to 20.
func (e *ApplyError) Error() string {
	head := kinds.PatchField(e.Entry) + ": " + secrets.Clip(e.Object, longest) + ": "
	if e.Position.File != "" {
		head = e.Position.String() + ": " + head
	}
	return head + e.reason()
}

func (e *ApplyError) reason() string {
	all, ok := errors.AsType[merge.RefusedError](e.Err)
	if !ok {
		return e.Err.Error()
	}
	return listed(len(all), "\n", func(i int) string {
		return secrets.Clip(secrets.Mask(all[i].Path), longest) + ": " + all[i].Message
	})
}

// Unwrap returns the reason.
func (e *ApplyError) Unwrap() error { return e.Err }

// Problem returns the error as a problem of the entry.
func (e *ApplyError) Problem() flinktarget.Problem {
	return flinktarget.Problem{Severity: flinktarget.SeverityError, Rule: "patch-apply", Object: e.Object,
		Field: kinds.PatchField(e.Entry), Message: e.reason(), Position: e.Position}
}

// conflict is ErrConflict with the fields; without any, the object itself.
type conflict struct {
	paths [][]string
}

func (c *conflict) Error() string {
	if len(c.paths) == 0 {
		return ErrConflict.Error() + ": cannot delete: other objects refer to it"
	}
	verb := " belongs"
	if len(c.paths) > 1 {
		verb = " belong"
	}
	var names []string
	for _, path := range c.paths {
		names = append(names, strings.Join(path, "."))
	}
	return ErrConflict.Error() + ": " + strings.Join(names, ", ") + verb + " to the platform"
}

func (c *conflict) Is(target error) bool { return target == ErrConflict }
