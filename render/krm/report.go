package krm

import (
	"errors"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
	"sigs.k8s.io/kustomize/kyaml/fn/framework"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/patch"
	"github.com/flinktarget/flinktarget/render"
)

// report adds an error about a field of a source; nil is the list.
func (f *function) report(s *source, origin, path, message string) *framework.Result {
	r := &framework.Result{Severity: framework.Error, Message: message, Tags: rule(origin)}
	if s != nil {
		r.ResourceRef, r.File = s.ref, s.file
		path = join(s.field, path)
	}
	if path != "" {
		r.Field = &framework.Field{Path: path}
	}
	f.results = append(f.results, r)
	return r
}

// rule returns the tags of a result.
func rule(name string) map[string]string {
	if name == "" {
		return nil
	}
	return map[string]string{"rule": name}
}

// invalid adds the problems of a resource that was read.
func (f *function) invalid(s *source, err error) {
	e, ok := errors.AsType[*render.InvalidError](err)
	if !ok {
		if err != nil {
			f.report(s, "", "", err.Error())
		}
		return
	}
	for _, p := range e.Fields {
		f.report(s, p.Origin, join("", p.Field), message(p)+hint(s, p.Field))
	}
}

// hint explains a version that lost its last digit before it came here.
func hint(s *source, path string) string {
	if s == nil || !strings.HasSuffix(path, "flinkVersion") {
		return ""
	}
	n, err := s.node.Pipe(yaml.Lookup(strings.Split(path, ".")...))
	if err != nil || n.IsNilOrEmpty() || n.YNode().Tag != yaml.NodeTagFloat {
		return ""
	}
	return fmt.Sprintf("; kustomize hands on %s0 as %s where it is not quoted: write flinkVersion: \"%s0\" if that "+
		"is meant", n.YNode().Value, n.YNode().Value, n.YNode().Value)
}

// explain adds the problems of a rendering.
func (f *function) explain(err error) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		_, invalid := err.(*render.InvalidError)
		if _, verified := err.(*render.VerifyError); !verified && !invalid {
			for _, e := range joined.Unwrap() {
				f.explain(e)
			}
			return
		}
	}
	if e, ok := errors.AsType[*patch.ApplyError](err); ok {
		f.report(f.targetIn(outside(err, e)), "patch", kinds.PatchField(e.Entry), err.Error())
		return
	}
	if e, ok := errors.AsType[*render.InvalidError](err); ok {
		s, prefix := f.subject(outside(err, e))
		if prefix == "" {
			s = f.of[e.Subject]
		}
		for _, p := range e.Fields {
			f.report(s, p.Origin, p.Field, prefix+message(p))
		}
		return
	}
	if e, ok := errors.AsType[*render.VerifyError](err); ok {
		for _, p := range e.Problems {
			f.report(f.of[p.Cause.Resource], p.Rule, fieldOf(p), messageOf(p))
		}
		return
	}
	s, rest := f.subject(err.Error())
	f.report(s, "", "", rest)
}

// fieldOf returns the field of a resource that a problem is about.
func fieldOf(p flinktarget.Problem) string {
	if p.Cause != nil {
		return p.Cause.Field
	}
	return p.Field
}

// messageOf returns the message of a problem, with the field of an object that it is about,
// and the resource where a target introduced it.
func messageOf(p flinktarget.Problem) string {
	switch {
	case p.Object == "":
		return p.Message
	case p.Cause != nil && p.Cause.Resource != p.Resource:
		return p.Resource + " with " + p.Cause.Resource + ": " + p.Object + ": " + p.Field + ": " + p.Message
	default:
		return p.Object + ": " + p.Field + ": " + p.Message
	}
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

// join puts a prefix before a field path.
func join(prefix, path string) string {
	switch {
	case path == "" || path == "<nil>":
		return prefix
	case prefix == "" || path[0] == '[':
		return prefix + path
	default:
		return prefix + "." + path
	}
}

// message returns the text of a field error without the field.
func message(e *field.Error) string {
	one := render.InvalidError{Fields: field.ErrorList{e}}
	text := one.Problem(0)
	if e.Field != "" && e.Field != "<nil>" {
		text = strings.TrimPrefix(text, e.Field+": ")
	}
	return text
}
