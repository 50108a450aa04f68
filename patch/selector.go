package patch

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"

	"k8s.io/apimachinery/pkg/labels"

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

func equal(want string) matcher { return func(s string) bool { return s == want } }

// exactly selects the objects of a type.
func exactly(t kinds.TypeMeta) *selection {
	group, version := splitVersion(t.APIVersion)
	return &selection{group: equal(group), version: equal(version), kind: equal(t.Kind)}
}

// A failure gets the name and text of a field that is wrong, and the reason.
type failure func(name, text, reason string)

func (s Selector) compile(fail failure) *selection {
	return &selection{
		group:       compiledField("group", s.Group, expression, fail),
		version:     compiledField("version", s.Version, expression, fail),
		kind:        compiledField("kind", s.Kind, expression, fail),
		name:        compiledField("name", s.Name, expression, fail),
		namespace:   compiledField("namespace", s.Namespace, expression, fail),
		labels:      compiledField("labelSelector", s.LabelSelector, labelSelector, fail),
		annotations: compiledField("annotationSelector", s.AnnotationSelector, labelSelector, fail),
	}
}

// compiledField returns what compile makes of a field, the zero value of an empty one.
func compiledField[T any](name, text string, compile func(string) (T, string), fail failure) (out T) {
	if text == "" {
		return out
	}
	out, why := compile(text)
	if why != "" {
		fail(name, text, why)
	}
	return out
}

var patchable = kinds.Patchable() // read only

// Bounds of selectors. Names of Kubernetes have at most 253 characters.
const (
	maxExpression = 1000
	maxSize       = 1500
	maxSelector   = 10_000
)

func labelSelector(text string) (sel labels.Selector, why string) {
	if len(text) > maxSelector {
		return nil, fmt.Sprintf("a label selector has at most %d bytes", maxSelector)
	}
	sel, err := labels.Parse(text)
	if err != nil {
		why = "not a label selector"
		if secrets.Quotable(text) {
			why += ": " + err.Error()
		}
	}
	return sel, why
}

// expression compiles an expression that matches whole values, or says why it cannot.
// The expression must be one by itself: "a)|(b" would otherwise break out.
func expression(text string) (m matcher, why string) {
	switch {
	case len(text) > maxExpression:
		return nil, fmt.Sprintf("a regular expression has at most %d bytes", maxExpression)
	case regexp.QuoteMeta(text) == text: // most name a kind
		return equal(text), ""
	case strings.Contains(text, `\p`) || strings.Contains(text, `\P`):
		return nil, "classes of Unicode are not supported: names of Kubernetes are ASCII"
	}
	alone, err := syntax.Parse(text, syntax.Perl)
	if err == nil && size(alone) > maxSize {
		return nil, "the regular expression is too large: write fewer alternatives and smaller repetitions"
	}
	var re *regexp.Regexp
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
	return re.MatchString, ""
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
	i := strings.Index(apiVersion, "/")
	return apiVersion[:max(i, 0)], apiVersion[i+1:]
}
