package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/patch"
	"github.com/flinktarget/flinktarget/render"
)

// A UsageError is about the command line, though it may take the input to see it.
type UsageError struct{ error }

// Misused returns a UsageError.
func Misused(format string, args ...any) error { return UsageError{fmt.Errorf(format, args...)} }

// A Problem is a line on the standard error, or an entry of a report in JSON.
type Problem struct {
	Severity string `json:"severity"` // error or warning
	File     string `json:"file,omitempty"`
	Line     int    `json:"line,omitempty"`
	Column   int    `json:"column,omitempty"`
	Resource string `json:"resource,omitempty"`
	Field    string `json:"field,omitempty"`
	Rule     string `json:"rule,omitempty"`
	Message  string `json:"message"`
}

// The severities.
const (
	Error   = "error"
	Warning = "warning"
)

// String returns file:line:column: field: message, with the resource where the place is
// not known.
func (p Problem) String() string {
	place := patch.Position{File: p.File, Line: p.Line, Column: p.Column}.String()
	if place == "" {
		place = p.Resource
	}
	text := p.Message
	if p.Severity == Warning {
		text = Warning + ": " + text
	}
	for _, before := range []string{p.Field, place} {
		if before != "" {
			text = before + ": " + text
		}
	}
	return text
}

// At returns the problem with its place.
func (p Problem) At(pos patch.Position) Problem {
	p.File, p.Line, p.Column = pos.File, pos.Line, pos.Column
	return p
}

// ProblemsOf takes an error apart: each problem of each resource for itself.
func ProblemsOf(err error) (out []Problem) {
	if err == nil {
		return nil
	}
	e, isInvalid := errors.AsType[*deployment.InvalidError](err)
	_, isVerify := err.(*render.VerifyError)
	if joined, ok := err.(interface{ Unwrap() []error }); ok && err != error(e) && !isVerify {
		for _, e := range joined.Unwrap() {
			out = append(out, ProblemsOf(e)...)
		}
		return out
	}
	// The text that others put around an error stands before its own.
	outside := func(e error) string { return strings.TrimSuffix(err.Error(), e.Error()) }
	if isInvalid {
		return invalid(e, outside(e))
	}
	if e, ok := errors.AsType[*render.VerifyError](err); ok {
		for _, p := range e.Problems {
			out = append(out, Problem{Severity: Error, Rule: p.Rule, Resource: p.Resource, Field: p.Cause.Field,
				Message: InFlags(p.Object + ": " + p.Field + ": " + p.Message)}.At(p.Position))
		}
		return out
	}
	p := Problem{Severity: Error, Rule: "patch"}
	if e, ok := errors.AsType[*render.UnmatchedError](err); ok {
		p.Resource, p.Field, p.Message = e.Target, entry(e.Entry), e.Target+": "+e.Problem().Message
		return []Problem{p.At(e.Position)}
	}
	if e, ok := errors.AsType[*patch.ApplyError](err); ok {
		p.Field = entry(e.Entry)
		inside := strings.TrimPrefix(e.Error(), e.Position.String()+": ")
		p.Message = InFlags(outside(e) + strings.TrimPrefix(inside, p.Field+": "))
		return []Problem{p.At(e.Position)}
	}
	return []Problem{{Severity: Error, Message: InFlags(err.Error())}}
}

func entry(i int) string { return fmt.Sprintf("spec.deploymentPatchSet[%d]", i) }

func invalid(e *deployment.InvalidError, outside string) []Problem {
	var out []Problem
	for i, f := range e.Fields {
		p := Problem{Severity: Error, Resource: e.Subject, Field: f.Field, Rule: f.Origin}
		if f.Field == "<nil>" {
			p.Field = ""
		}
		text := e.Problem(i)
		if i < len(e.Positions) {
			p = p.At(e.Positions[i])
			text = strings.TrimPrefix(text, e.Positions[i].String()+": ")
			if p.Resource == p.File {
				p.Resource = "" // a file of many resources
			}
		}
		p.Message = InFlags(outside + strings.TrimPrefix(text, p.Field+": "))
		out = append(out, p)
	}
	return out
}

// flags are the tool's words for what the library's messages name in Go.
var flags = strings.NewReplacer(
	"with render.Platform{Namespace: …, Name: …}", "with --platform-namespace and --platform-name",
	"render.Platform{Namespace: …}", "--platform-namespace",
	"render.Platform: Namespace", "--platform-namespace",
	"render.Platform: Name", "--platform-name",
	"render.Platform: ServiceAccount", "--service-account",
	"render.Platform", "--platform-namespace",
	"render.PodDisruptionBudgets", "--pod-disruption-budgets",
	"render.AllowUnknown", "--allow-unknown",
	"render.Images", "--image",
	"render.LoggingProfiles", "--logging-profile",
	"render.FetcherImage", "--fetcher-image",
	"render.PatchEngine", "--engine",
	"render.TLSSecret", "--tls-secret",
	"render.FlinkHome", "--flink-home",
	"render.BlobStorage", "--blob-storage",
	"deployment.ParseDefaults", "--defaults",
	"Job.ID", "--job-id",
	"Job.SavepointLocation", "--savepoint",
)

// InFlags says what a message of the library means for who uses the tool.
func InFlags(message string) string { return flags.Replace(message) }

// Warnings returns warnings of the library in the words of the tool.
func Warnings(list []flinktarget.Problem) []Problem {
	var out []Problem
	for _, w := range list {
		p := Problem{Severity: Warning, Resource: w.Resource, Field: w.Field, Rule: w.Rule, Message: InFlags(w.Message)}
		out = append(out, p.At(w.Position))
	}
	return out
}

// WriteJSON writes a document for programs, which people can read, too.
func WriteJSON(w *Output, document any) {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	_ = enc.Encode(document) // w keeps the error
}
