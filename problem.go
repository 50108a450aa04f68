package flinktarget

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/flinktarget/flinktarget/internal/secrets"
)

// ErrInvalid is the class of all errors about input that is not legal: resources,
// patches, options, and objects that Kubernetes would refuse.
var ErrInvalid = errors.New("invalid")

// Severity says how bad a [Problem] is.
type Severity string

// The severities. An error makes a call fail; a warning is about something legal that
// has no effect, or not the one that its author may expect.
const (
	SeverityError   Severity = "error"
	SeverityWarning Severity = "warning"
)

// Position is a place in a text. Line and Column count from 1, columns in characters.
// The zero value means that the place is not known.
type Position struct {
	// File is the name that was handed to the parser; Line and Column are the place.
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
}

// String returns file:line:column on one line, without what is not known, and "" for
// the zero value.
func (p Position) String() string {
	switch {
	case p.Line == 0:
		return secrets.OneLine(p.File)
	case p.File == "":
		return fmt.Sprintf("%d:%d", p.Line, p.Column)
	default:
		return fmt.Sprintf("%s:%d:%d", secrets.OneLine(p.File), p.Line, p.Column)
	}
}

// A Problem is one thing that is wrong, or that somebody should look at. All errors
// and warnings of this module are made of them; [Problems] takes an error apart. What
// is not known, or does not apply, is empty. A Problem is an error, too. It is ErrInvalid
// for errors.Is if it is of SeverityError.
//
// Texts are on one line, whatever the input holds: what cannot be seen, such as line
// breaks, ESC and marks of direction, is escaped as Go does, and what build servers take
// for a command, ## and :: at the beginning, is broken up. Secrets are hidden.
type Problem struct {
	Severity `json:"severity"`
	// Rule names what is broken, in a word that does not change: programs go by it.
	// render/rules.md has all of them.
	Rule string `json:"rule,omitempty"`
	// Resource is what was read, such as "Deployment default/top-speed".
	Resource string `json:"resource,omitempty"`
	// Object is the rendered object, as "Kind namespace/name". Field is a path in it
	// then, otherwise in the resource, as in the YAML.
	Object string `json:"object,omitempty"`
	Field  string `json:"field,omitempty"`
	// Message is a sentence for a person; its wording may change.
	Message string `json:"message"`
	// Option is the option of package render, such as UseImages, that may help where the
	// resource cannot be changed; or Job.ID, for that of a Job, or ParseDefaults, for
	// documents that package deployment has to be given apart.
	Option string `json:"option,omitempty"`
	// Position is where to look in the text that was read: where the field stands, or
	// the cause.
	Position
	// Cause is the patch or field that introduced the problem, if that is not Field
	// itself.
	Cause *Cause `json:"cause,omitempty"`
}

// A Cause is the patch or field that introduced a problem.
type Cause struct {
	// Resource has the Field, such as spec.deploymentPatchSet[2] of "DeploymentTarget
	// default/staging".
	Resource string `json:"resource,omitempty"`
	Field    string `json:"field,omitempty"`
}

// String returns "place: cause: object: field: message (option)" without what is empty. The
// place is file:line:column, or the resource where that is not known, nor the file of a
// cause; the resource is also named if something else has the cause. The message of a
// warning starts with "warning: ".
func (p Problem) String() string {
	p = p.shown()
	place := p.Position.String()
	if place == "" || p.Cause != nil && p.File == "" {
		place = p.Resource
	}
	parts := []string{place}
	if p.Cause != nil {
		parts = append(parts, p.Cause.Field)
		if p.Cause.Resource != p.Resource && place != p.Resource {
			parts = append(parts, p.Resource)
		}
	}
	if p.Object != p.Resource { // an operation on the resource itself
		parts = append(parts, p.Object)
	}
	parts = append(parts, p.Field)
	if p.Severity == SeverityWarning {
		parts = append(parts, string(SeverityWarning))
	}
	var text strings.Builder
	for _, part := range parts {
		if part != "" {
			text.WriteString(part + ": ")
		}
	}
	text.WriteString(p.Message)
	if p.Option != "" {
		text.WriteString(" (option " + p.Option + ")")
	}
	return secrets.OneLine(text.String())
}

// Error returns String.
func (p Problem) Error() string { return p.String() }

// Is reports whether target is ErrInvalid, for an error.
func (p Problem) Is(target error) bool { return target == ErrInvalid && p.Severity == SeverityError }

// shown returns the problem with all texts on one line, and without secrets.
func (p Problem) shown() Problem {
	p.Resource, p.Object = secrets.HideText("", p.Resource), secrets.HideText("", p.Object)
	p.Field, p.Message = secrets.Mask(p.Field), secrets.InMessage(p.Message)
	for _, text := range []*string{&p.Rule, &p.Resource, &p.Object, &p.Field, &p.Message, &p.Option, &p.File} {
		*text = secrets.OneLine(*text)
	}
	if p.Cause != nil {
		p.Cause = &Cause{Resource: secrets.OneLine(secrets.HideText("", p.Cause.Resource)),
			Field: secrets.OneLine(secrets.Mask(p.Cause.Field))}
	}
	return p
}

// InvalidError reports all that is wrong with an input: resources, patch sets, snapshots,
// options, and what cannot be rendered of them. It is ErrInvalid for errors.Is.
type InvalidError struct {
	// Problems are in the order of the input, at most 1,000 of a resource.
	Problems []Problem
}

// shownProblems bounds the text of an error, whose data is complete.
const shownProblems = 20

// Error lists up to 20 problems, one a line, and names the resource once.
func (e *InvalidError) Error() string {
	if len(e.Problems) == 1 {
		return e.Problems[0].String()
	}
	head := fmt.Sprintf("%d problems", len(e.Problems))
	var resource string
	if len(e.Problems) > 0 {
		resource = e.Problems[0].Resource
	}
	if slices.ContainsFunc(e.Problems, func(p Problem) bool { return p.Resource != resource }) {
		resource = ""
	}
	if resource != "" {
		head += " in " + secrets.OneLine(secrets.HideText("", resource))
	}
	var text strings.Builder
	text.WriteString(head + ":")
	for _, p := range e.Problems[:min(len(e.Problems), shownProblems)] {
		if p.Resource == resource {
			p.Resource = ""
		}
		text.WriteString("\n  " + p.String())
	}
	if n := len(e.Problems) - shownProblems; n > 0 {
		fmt.Fprintf(&text, "\n  … and %d more", n)
	}
	return text.String()
}

// Is reports whether target is ErrInvalid.
func (e *InvalidError) Is(target error) bool { return target == ErrInvalid }

// Unwrap returns the problems.
func (e *InvalidError) Unwrap() []error {
	out := make([]error, len(e.Problems))
	for i, p := range e.Problems {
		out[i] = p
	}
	return out
}

// Problems yields what err consists of, in order: each problem of errors of this
// module, whatever wraps or joins them, and one with nothing but a message for each
// other error. What a wrapping error says before the one that it wraps comes before the
// message. Of nil it yields nothing.
func Problems(err error) iter.Seq[Problem] {
	return func(yield func(Problem) bool) { problems(err, "", yield) }
}

// problems reports whether there may be more.
func problems(err error, before string, yield func(Problem) bool) bool {
	one, isProblem := err.(Problem)
	if described, ok := err.(interface{ Problem() Problem }); ok {
		one, isProblem = described.Problem(), true
	}
	if !isProblem {
		switch wrapping := err.(type) {
		case nil:
			return true
		case interface{ Unwrap() []error }:
			for _, e := range wrapping.Unwrap() {
				if !problems(e, before, yield) {
					return false
				}
			}
			return true
		case interface{ Unwrap() error }:
			inner := wrapping.Unwrap()
			if text, wraps := strings.CutSuffix(err.Error(), fmt.Sprint(inner)); wraps && inner != nil {
				return problems(inner, before+text, yield)
			}
		}
		one = Problem{Severity: SeverityError, Message: err.Error()}
	}
	one.Message = before + one.Message
	return yield(one.shown())
}
