package patch

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"

	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/secrets"
	"github.com/flinktarget/flinktarget/internal/tree"
)

// Selector says which Kubernetes objects a patch changes, as target does in a
// kustomization's patches. Group, Version, Kind, Name and Namespace are regular
// expressions (Go's) that must match the whole value; empty ones match everything. They
// have at most 1,000 bytes, no classes of Unicode such as \pL, and repetitions up to
// what names of 253 characters need. LabelSelector and AnnotationSelector are
// Kubernetes label selectors of at most 10,000 bytes. An object is selected if it
// matches all of them.
type Selector struct {
	Group              string `json:"group,omitempty"`
	Version            string `json:"version,omitempty"`
	Kind               string `json:"kind,omitempty"`
	Name               string `json:"name,omitempty"`
	Namespace          string `json:"namespace,omitempty"`
	LabelSelector      string `json:"labelSelector,omitempty"`
	AnnotationSelector string `json:"annotationSelector,omitempty"`
}

// selection is a Selector ready for use. A nil expression matches everything.
type selection struct {
	group, version, kind, name, namespace matcher
	labels, annotations                   labels.Selector
}

// matcher tests one value. nil matches everything.
type matcher func(string) bool

func (m matcher) match(s string) bool { return m == nil || m(s) }

// exactly selects by equality; an empty name or namespace matches any.
func exactly(apiVersion, kind, name, namespace string) *selection {
	group, version := splitVersion(apiVersion)
	equal := func(want string) matcher { return func(s string) bool { return s == want } }
	s := &selection{group: equal(group), version: equal(version), kind: equal(kind)}
	if name != "" {
		s.name = equal(name)
	}
	if namespace != "" {
		s.namespace = equal(namespace)
	}
	return s
}

func (s Selector) compile(path *field.Path) (*selection, field.ErrorList) {
	var errs field.ErrorList
	fail := func(name, text, reason string) {
		errs = append(errs, field.Invalid(path.Child(name), decode.Shown(text), reason).WithOrigin(originSelector))
	}
	expression := func(name, text string) matcher {
		if text == "" {
			return nil
		}
		if regexp.QuoteMeta(text) == text && len(text) <= maxExpression {
			return func(s string) bool { return s == text } // most name a kind
		}
		re, why := wholly(text)
		if why != "" {
			fail(name, text, why)
			return nil
		}
		return re.MatchString
	}
	selector := func(name, text string) labels.Selector {
		if text == "" {
			return nil
		}
		if len(text) > maxSelector {
			fail(name, text, fmt.Sprintf("a label selector has at most %d bytes", maxSelector))
			return nil
		}
		sel, err := labels.Parse(text)
		if err != nil {
			reason := "not a label selector"
			if secrets.Quotable(text) {
				reason += ": " + err.Error()
			}
			fail(name, text, reason)
		}
		return sel
	}
	out := &selection{
		group:       expression("group", s.Group),
		version:     expression("version", s.Version),
		kind:        expression("kind", s.Kind),
		name:        expression("name", s.Name),
		namespace:   expression("namespace", s.Namespace),
		labels:      selector("labelSelector", s.LabelSelector),
		annotations: selector("annotationSelector", s.AnnotationSelector),
	}
	return out, errs
}

var patchable = kinds.Patchable() // read only

// Bounds of selectors. Names of Kubernetes have at most 253 characters.
const (
	maxExpression = 1000
	maxSize       = 1500
	maxSelector   = 10_000
)

// wholly compiles an expression that matches whole values, or says why it cannot.
// The expression must be one by itself: "a)|(b" would otherwise break out.
func wholly(text string) (re *regexp.Regexp, why string) {
	if len(text) > maxExpression {
		return nil, fmt.Sprintf("a regular expression has at most %d bytes", maxExpression)
	}
	if strings.Contains(text, `\p`) || strings.Contains(text, `\P`) {
		return nil, "classes of Unicode are not supported: names of Kubernetes are ASCII"
	}
	alone, err := syntax.Parse(text, syntax.Perl)
	if err == nil && size(alone) > maxSize {
		return nil, "the regular expression is too large: write fewer alternatives and smaller repetitions"
	}
	if err == nil {
		re, err = regexp.Compile("^(?:" + text + ")$")
	}
	if err != nil {
		why = "not a regular expression"
		if e, ok := errors.AsType[*syntax.Error](err); ok { // it says more, and quotes the text
			why += ": " + e.Code.String()
		}
		return nil, why
	}
	return re, ""
}

// size is about how much an expression is compiled to, a hundred bytes each: what is
// repeated counts as often as it is.
func size(re *syntax.Regexp) int {
	n := 0
	for _, sub := range re.Sub {
		n += size(sub)
	}
	switch re.Op {
	case syntax.OpRepeat:
		n *= max(re.Min, re.Max)
	case syntax.OpLiteral:
		n += len(re.Rune)
	}
	return n + 4
}

// kinds returns the emitted kinds that s can select.
func (s *selection) kinds() []kinds.TypeMeta {
	var out []kinds.TypeMeta
	for _, k := range patchable {
		if s.matchKind(k.APIVersion, k.Kind) {
			out = append(out, k.TypeMeta)
		}
	}
	return out
}

func (s *selection) matchKind(apiVersion, kind string) bool {
	group, version := splitVersion(apiVersion)
	return s.group.match(group) && s.version.match(version) && s.kind.match(kind)
}

func (s *selection) match(obj map[string]any) bool {
	return s.matchKind(tree.String(obj, "apiVersion"), tree.String(obj, "kind")) &&
		s.name.match(tree.String(obj, "metadata", "name")) &&
		s.namespace.match(tree.String(obj, "metadata", "namespace")) &&
		(s.labels == nil || s.labels.Matches(labels.Set(tree.Strings(obj, "metadata", "labels")))) &&
		(s.annotations == nil || s.annotations.Matches(labels.Set(tree.Strings(obj, "metadata", "annotations"))))
}

func splitVersion(apiVersion string) (group, version string) {
	if group, version, ok := strings.Cut(apiVersion, "/"); ok {
		return group, version
	}
	return "", apiVersion
}

// describe names an object for people.
func describe(obj map[string]any) string {
	name := tree.String(obj, "metadata", "name")
	if ns := tree.String(obj, "metadata", "namespace"); ns != "" {
		name = ns + "/" + name
	}
	return fmt.Sprintf("%s %s", tree.String(obj, "kind"), name)
}
