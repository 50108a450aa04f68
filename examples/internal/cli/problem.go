package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/patch"
	"github.com/flinktarget/flinktarget/render"
)

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
	var parts []string
	add := func(s string) {
		if s != "" {
			parts = append(parts, s)
		}
	}
	if place := (patch.Position{File: p.File, Line: p.Line, Column: p.Column}).String(); place != "" {
		add(place)
	} else {
		add(p.Resource)
	}
	add(p.Field)
	if p.Severity == Warning {
		add(Warning)
	}
	add(p.Message)
	return strings.Join(parts, ": ")
}

// At sets where the problem is.
func (p *Problem) At(pos patch.Position) { p.File, p.Line, p.Column = pos.File, pos.Line, pos.Column }

// ProblemsOf takes an error apart: each problem of each resource for itself.
func ProblemsOf(err error) []Problem {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*deployment.InvalidError](err); ok && !several(err) {
		return invalid(e, strings.TrimSuffix(err.Error(), e.Error()))
	}
	if e, ok := errors.AsType[*render.VerifyError](err); ok && !several(err) {
		var out []Problem
		for _, p := range e.Problems {
			problem := Problem{Severity: Error, Rule: "verify",
				Resource: strings.TrimSuffix(strings.TrimSuffix(err.Error(), e.Error()), ": "),
				Field:    p.Cause, Message: InFlags(p.Object + ": " + p.Field + ": " + p.Message)}
			problem.At(p.Position)
			out = append(out, problem)
		}
		return out
	}
	if e, ok := err.(*render.UnmatchedError); ok {
		p := Problem{Severity: Error, Rule: "patch", Resource: e.Target, Field: entry(e.Entry), Message: e.Target + ": " + render.ErrUnmatched.Error()}
		p.At(e.Position)
		return []Problem{p}
	}
	if e, ok := errors.AsType[*patch.ApplyError](err); ok && !several(err) {
		outside, inside := strings.TrimSuffix(err.Error(), e.Error()), strings.TrimPrefix(e.Error(), e.Position.String()+": ")
		p := Problem{Severity: Error, Rule: "patch", Field: entry(e.Entry), Message: InFlags(outside + strings.TrimPrefix(inside, entry(e.Entry)+": "))}
		p.At(e.Position)
		return []Problem{p}
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var out []Problem
		for _, e := range joined.Unwrap() {
			out = append(out, ProblemsOf(e)...)
		}
		return out
	}
	return []Problem{{Severity: Error, Message: InFlags(err.Error())}}
}

func entry(i int) string { return fmt.Sprintf("spec.deploymentPatchSet[%d]", i) }

// several reports whether err joins errors that have nothing to do with each other.
func several(err error) bool {
	if _, ok := err.(*deployment.InvalidError); ok {
		return false
	}
	_, ok := err.(interface{ Unwrap() []error })
	return ok
}

func invalid(e *deployment.InvalidError, prefix string) []Problem {
	var out []Problem
	for i, f := range e.Fields {
		p := Problem{Severity: Error, Resource: e.Subject, Field: f.Field, Rule: f.Origin}
		if f.Field == "<nil>" {
			p.Field = ""
		}
		text := e.Problem(i)
		if i < len(e.Positions) {
			p.At(e.Positions[i])
			text = strings.TrimPrefix(text, e.Positions[i].String()+": ")
			if p.Resource == p.File {
				p.Resource = "" // a file of many resources
			}
		}
		p.Message = InFlags(prefix + strings.TrimPrefix(text, p.Field+": "))
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
	"render.Images", "--image",
	"render.LoggingProfiles", "--logging-profile",
	"render.FetcherImage", "--fetcher-image",
	"render.TLSSecret", "--tls-secret",
	"Job.ID", "--job-id",
	"Job.SavepointLocation", "--savepoint",
)

// InFlags says what a message of the library means for who uses the tool.
func InFlags(message string) string { return flags.Replace(message) }

// WarningsOf returns what a person should look at.
func WarningsOf(m render.Manifests) []Problem {
	var out []Problem
	for _, w := range m.Warnings() {
		p := Problem{Severity: Warning, Resource: w.Resource, Field: w.Field, Message: InFlags(w.Message)}
		p.At(w.Position)
		out = append(out, p)
	}
	return out
}

// Report writes problems as a JSON document.
func Report(w io.Writer, list []Problem) error {
	if list == nil {
		list = []Problem{}
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(map[string]any{"problems": list})
}
