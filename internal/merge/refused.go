package merge

import (
	"errors"
	"fmt"
	"strings"
)

// Refused says why a part of a patch cannot be applied. Compile finds what is
// wrong whatever the object is, Apply what does not fit one.
type Refused struct {
	// Path is the field inside the patch, such as
	// spec.template.spec.containers[0] or metadata.labels[a.b/c]; "" is the whole
	// patch.
	Path string
	// Reason says what is wrong, as a clause.
	Reason string
	// Cure says what to write instead; it may be empty.
	Cure string
}

func (e *Refused) Error() string {
	var b strings.Builder
	if e.Path != "" {
		b.WriteString(e.Path + ": ")
	}
	b.WriteString(e.Message())
	return b.String()
}

// RefusedError has all that is wrong with a patch: keys in the order of their
// names, elements in their own.
type RefusedError []*Refused

func (e RefusedError) Error() string {
	lines := make([]string, len(e))
	for i, r := range e {
		lines[i] = r.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap returns the refusals, each a *Refused.
func (e RefusedError) Unwrap() []error {
	out := make([]error, len(e))
	for i, r := range e {
		out[i] = r
	}
	return out
}

// Refusals returns all that an error of Compile or Apply says, one by one. Any
// other error is one refusal of the whole patch.
func Refusals(err error) []*Refused {
	if many, ok := errors.AsType[RefusedError](err); ok {
		return many
	}
	if one, ok := errors.AsType[*Refused](err); ok {
		return []*Refused{one}
	}
	return []*Refused{{Reason: err.Error()}}
}

// Message is the reason with its cure.
func (e *Refused) Message() string {
	if e.Cure == "" {
		return e.Reason
	}
	return e.Reason + "; " + e.Cure
}

// under returns the path of a field of the map at path. The form is that of
// field.Path: keys that are not plain names stand in brackets.
func under(path, name string) string {
	if name == "" || strings.ContainsAny(name, ".[]/ ") {
		return path + "[" + name + "]"
	}
	if path == "" {
		return name
	}
	return path + "." + name
}

func element(path string, i int) string {
	return fmt.Sprintf("%s[%d]", path, i)
}
