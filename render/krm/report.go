package krm

import (
	"fmt"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/fn/framework"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/internal/tree"
)

// report adds an error about a field of a source; nil is the list.
func (f *function) report(s *source, origin, path, message string) *framework.Result {
	r := &framework.Result{Severity: framework.Error, Message: message, Tags: rule(origin)}
	if s != nil {
		r.ResourceRef, r.File = s.ref, s.file
		path = tree.Join(s.field, path)
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

// problems adds what an error consists of. Where it is not about one source, the resource
// of a problem says which it is about: a target, if a patch introduced the problem.
func (f *function) problems(s *source, err error) {
	for p := range flinktarget.Problems(err) {
		f.problem(s, p)
	}
}

func (f *function) problem(s *source, p flinktarget.Problem) {
	resource, path, message := p.Resource, p.Field, p.Message
	if p.Option != "" {
		message += " (option " + p.Option + ")"
	}
	if p.Cause != nil {
		resource, path = p.Cause.Resource, p.Cause.Field
		for _, part := range []string{p.Field, p.Object} {
			if part != "" {
				message = part + ": " + message
			}
		}
	}
	if s == nil {
		if s = f.of[resource]; p.Resource != "" && (s == nil || resource != p.Resource) {
			message = p.Resource + ": " + message
		}
	}
	f.report(s, p.Rule, path, message+hint(s, path)).Severity = framework.Severity(p.Severity)
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
