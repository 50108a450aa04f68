package krm

import (
	"errors"
	"fmt"
	"strings"

	"github.com/flinktarget/flinktarget/internal/yaml"
	"github.com/flinktarget/flinktarget/patch"
	"github.com/flinktarget/flinktarget/render"
)

// report adds a result about a source; nil is the list.
func (f *function) report(s *source, r Result) {
	if s != nil {
		r.Resource, r.File, r.Index = s.ref, s.file, s.index
		r.Field = join(s.field, r.Field)
	}
	f.results = append(f.results, r)
}

// invalid adds the problems of a resource that was read.
func (f *function) invalid(s *source, err error) {
	e, ok := errors.AsType[*render.InvalidError](err)
	if !ok {
		if err != nil {
			f.report(s, Result{Severity: Error, Message: err.Error()})
		}
		return
	}
	for _, p := range e.Fields {
		path := p.Field
		if path == "<nil>" {
			path = ""
		}
		f.report(s, Result{Severity: Error, Field: path, Rule: p.Origin, Message: message(p) + hint(s, path)})
	}
}

// hint explains a version that lost its last digit before it came here.
func hint(s *source, path string) string {
	if s == nil || !strings.HasSuffix(path, "flinkVersion") {
		return ""
	}
	n := at(s.node, strings.Split(path, ".")...)
	if n == nil || n.Kind != yaml.Float {
		return ""
	}
	return fmt.Sprintf("; kustomize hands on %s0 as %s where it is not quoted: write flinkVersion: \"%s0\" if that "+
		"is meant", n.Text, n.Text, n.Text)
}

// explain adds the problems of a rendering.
func (f *function) explain(err error) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		if _, leaf := err.(*render.InvalidError); !leaf {
			for _, e := range joined.Unwrap() {
				f.explain(e)
			}
			return
		}
	}
	if e, ok := errors.AsType[*patch.ApplyError](err); ok {
		f.report(f.targetIn(outside(err, e)), Result{Severity: Error, Rule: "patch",
			Field: fmt.Sprintf("spec.deploymentPatchSet[%d]", e.Entry), Message: err.Error()})
		return
	}
	if e, ok := errors.AsType[*render.InvalidError](err); ok {
		s, prefix := f.subject(outside(err, e))
		if prefix == "" {
			s = f.of[e.Subject]
		}
		for _, p := range e.Fields {
			f.report(s, Result{Severity: Error, Field: p.Field, Rule: p.Origin, Message: prefix + message(p)})
		}
		return
	}
	if e, ok := errors.AsType[*render.VerifyError](err); ok {
		for _, p := range e.Problems {
			s, prefix := f.subject(outside(err, e))
			r := Result{Severity: Error, Rule: "verify", Field: p.Cause,
				Message: prefix + p.Object + ": " + p.Field + ": " + p.Message}
			if strings.HasPrefix(p.Cause, "spec.deploymentPatchSet[") {
				s, r.Message = f.targetIn(outside(err, e)), outside(err, e)+p.Object+": "+p.Field+": "+p.Message
			}
			f.report(s, r)
		}
		return
	}
	s, rest := f.subject(err.Error())
	f.report(s, Result{Severity: Error, Message: rest})
}

// outside returns what err says before the error that it wraps.
func outside(err, inner error) string { return strings.TrimSuffix(err.Error(), inner.Error()) }

// subject finds the resource that a message starts with, and returns the rest.
func (f *function) subject(message string) (*source, string) {
	best := ""
	for name := range f.of {
		tail, ok := strings.CutPrefix(message, name)
		if ok && len(name) > len(best) && (strings.HasPrefix(tail, ": ") || strings.HasPrefix(tail, " ")) {
			best = name
		}
	}
	if best == "" {
		return nil, message
	}
	return f.of[best], strings.TrimPrefix(strings.TrimPrefix(message[len(best):], ":"), " ")
}

// targetIn finds the target that the start of a message names last.
func (f *function) targetIn(prefix string) *source {
	prefix = strings.TrimSuffix(prefix, ": ")
	var best *source
	length := 0
	for _, t := range f.bundle.Targets {
		if name := t.String(); strings.HasSuffix(prefix, name) && len(name) > length {
			best, length = f.of[name], len(name)
		}
	}
	return best
}
