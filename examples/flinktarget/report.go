package main

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

// A problem is a line on the standard error, or an entry of a report in JSON.
type problem struct {
	Severity string `json:"severity"` // error or warning
	File     string `json:"file,omitempty"`
	Line     int    `json:"line,omitempty"`
	Column   int    `json:"column,omitempty"`
	Resource string `json:"resource,omitempty"`
	Field    string `json:"field,omitempty"`
	Rule     string `json:"rule,omitempty"`
	Message  string `json:"message"`
}

const (
	severityError   = "error"
	severityWarning = "warning"
)

// String returns file:line:column: field: message, with the resource where the place is
// not known.
func (p problem) String() string {
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
	if p.Severity == severityWarning {
		add(severityWarning)
	}
	add(p.Message)
	return strings.Join(parts, ": ")
}

func (p *problem) at(pos patch.Position) { p.File, p.Line, p.Column = pos.File, pos.Line, pos.Column }

// problemsOf takes an error apart: each problem of each resource for itself.
func problemsOf(err error) []problem {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*deployment.InvalidError](err); ok && !several(err) {
		return invalid(e, strings.TrimSuffix(err.Error(), e.Error()))
	}
	if e, ok := errors.AsType[*render.VerifyError](err); ok && !several(err) {
		var out []problem
		for _, p := range e.Problems {
			out = append(out, problem{Severity: severityError, Rule: "verify",
				Resource: strings.TrimSuffix(strings.TrimSuffix(err.Error(), e.Error()), ": "),
				Field:    p.Cause, Message: inFlags(p.Object + ": " + p.Field + ": " + p.Message)})
		}
		return out
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var out []problem
		for _, e := range joined.Unwrap() {
			out = append(out, problemsOf(e)...)
		}
		return out
	}
	return []problem{{Severity: severityError, Message: inFlags(err.Error())}}
}

// several reports whether err joins errors that have nothing to do with each other.
func several(err error) bool {
	if _, ok := err.(*deployment.InvalidError); ok {
		return false
	}
	_, ok := err.(interface{ Unwrap() []error })
	return ok
}

func invalid(e *deployment.InvalidError, prefix string) []problem {
	var out []problem
	for i, f := range e.Fields {
		p := problem{Severity: severityError, Resource: e.Subject, Field: f.Field, Rule: f.Origin}
		if f.Field == "<nil>" {
			p.Field = ""
		}
		text := e.Problem(i)
		if i < len(e.Positions) {
			p.at(e.Positions[i])
			text = strings.TrimPrefix(text, e.Positions[i].String()+": ")
			if p.Resource == p.File {
				p.Resource = "" // a file of many resources
			}
		}
		p.Message = inFlags(prefix + strings.TrimPrefix(text, p.Field+": "))
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

// inFlags says what a message of the library means for who uses the tool.
func inFlags(message string) string { return flags.Replace(message) }

// problems writes an error, each problem on a line of its own.
func (t tool) problems(err error) int {
	t.lines(problemsOf(err))
	return exitInput
}

func (t tool) lines(list []problem) {
	for _, p := range list {
		fmt.Fprintln(t.stderr, p)
	}
}

// warn writes what a person should look at.
func (t tool) warn(m render.Manifests) { t.lines(warningsOf(m)) }

func warningsOf(m render.Manifests) []problem {
	var out []problem
	for _, w := range m.Warnings() {
		p := problem{Severity: severityWarning, Resource: w.Resource, Field: w.Field, Message: inFlags(w.Message)}
		p.at(w.Position)
		out = append(out, p)
	}
	return out
}

// report writes problems as a JSON document.
func report(w io.Writer, list []problem) error {
	if list == nil {
		list = []problem{}
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(map[string]any{"problems": list})
}
