package krm

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/flinktarget/flinktarget/internal/tree"
)

// Severity says how bad a Result is.
type Severity string

// The severities that Process reports. Errors alone make a function fail.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// A Result is one problem or warning: an entry of a ResourceList's results.
type Result struct {
	// Severity is Error or Warning. Message is a sentence for a person; its wording may
	// change.
	Severity Severity
	Message  string
	// Resource is the item, or functionConfig, that the result is about. The zero
	// value means that it is about the list.
	Resource Ref
	// Field is a path in the resource, or empty.
	Field string
	// File and Index say where the resource comes from, as the tool that runs the
	// function said: a path, empty if not known, and the place among the documents.
	File  string
	Index int
	// Rule names the rule that is broken, as field.Error.Origin does; or it is empty.
	Rule string
}

// A Ref names an item of a ResourceList by its APIVersion, Kind, Namespace and Name. What
// the item does not have is empty.
type Ref struct {
	APIVersion, Kind, Namespace, Name string
}

// String returns "severity: file[index]: Kind namespace/name: field: message"
// without what is not known.
func (r Result) String() string {
	parts := []string{string(r.Severity)}
	if r.File != "" {
		parts = append(parts, fmt.Sprintf("%s[%d]", r.File, r.Index))
	}
	if r.Resource != (Ref{}) {
		name := r.Resource.Name
		if r.Resource.Namespace != "" {
			name = r.Resource.Namespace + "/" + name
		}
		parts = append(parts, strings.TrimSpace(r.Resource.Kind+" "+name))
	}
	if r.Field != "" {
		parts = append(parts, r.Field)
	}
	return strings.Join(append(parts, r.Message), ": ")
}

// MarshalJSON returns the entry in the shape that the specification gives it.
func (r Result) MarshalJSON() ([]byte, error) { return tree.JSON(r.tree()), nil }

var _ json.Marshaler = Result{}

func (r Result) tree() tree.Map {
	out := tree.Map{"severity": string(r.Severity), "message": r.Message}
	if r.Resource != (Ref{}) {
		out["resourceRef"] = texts(
			"apiVersion", r.Resource.APIVersion, "kind", r.Resource.Kind,
			"namespace", r.Resource.Namespace, "name", r.Resource.Name)
	}
	if r.Field != "" {
		out["field"] = texts("path", r.Field)
	}
	if r.File != "" {
		out["file"] = tree.Map{"path": r.File, "index": int64(r.Index)}
	}
	if r.Rule != "" {
		out["tags"] = texts("rule", r.Rule)
	}
	return out
}

// texts returns an object of pairs of key and value, without empty values.
func texts(pairs ...string) tree.Map {
	out := tree.Map{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			out[pairs[i]] = pairs[i+1]
		}
	}
	return out
}

// Results are what Process has to say, in the order of the items.
type Results []Result

// Err returns an error with all results of severity Error, one a line, and nil if
// there are none. A function that has one exits with 1.
func (r Results) Err() error {
	var lines []string
	for _, one := range r {
		if one.Severity == Error {
			lines = append(lines, one.String())
		}
	}
	if len(lines) == 0 {
		return nil
	}
	return errors.New(strings.Join(lines, "\n"))
}
