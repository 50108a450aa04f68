package labels

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
)

// Set is a set of labels, made by ForDeployment or ForSessionCluster. It is an
// immutable value, safe for concurrent use: it can be copied, compared with ==, and
// be the key of a map. The zero value is the empty set.
type Set struct {
	// The labels as key=value, sorted by key, separated by commas. Neither sign can
	// be part of a label, so equal sets have equal texts.
	text string
}

type label struct{ key, value string }

func setOf(labels []label) Set {
	slices.SortFunc(labels, func(a, b label) int { return strings.Compare(a.key, b.key) })
	texts := make([]string, len(labels))
	for i, l := range labels {
		texts[i] = l.key + "=" + l.value
	}
	return Set{text: strings.Join(texts, ",")}
}

// WithComponent returns s with the label component of c in place of any that s
// has. If c is neither JobManager nor TaskManager, the result has none.
func (s Set) WithComponent(c Component) Set {
	labels := s.only(func(key string) bool { return key != KeyComponent })
	if v := c.String(); v != "" {
		labels = append(labels, label{KeyComponent, v})
	}
	return setOf(labels)
}

// Selector returns the labels of s that belong in the selector of a workload or a
// Service: jobId or sessionClusterId, and component if s has it. The choice is
// frozen: Kubernetes does not let spec.selector of a Deployment change after its
// creation, so that a selector with one label more or less could only be applied
// by deleting the running workload. For the same reason it has no name: names may
// change, ids may not. The selector of the empty set is empty, and Kubernetes
// matches everything with it.
func (s Set) Selector() Set {
	return setOf(s.only(func(key string) bool {
		return key == KeyJobID || key == KeySessionClusterID || key == KeyComponent
	}))
}

// only returns the labels of which the key is wanted.
func (s Set) only(wanted func(key string) bool) []label {
	labels := make([]label, 0, 8)
	for key, value := range s.All() {
		if wanted(key) {
			labels = append(labels, label{key, value})
		}
	}
	return labels
}

// All yields keys and values in the order of the keys.
func (s Set) All() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for rest := s.text; rest != ""; {
			var text string
			text, rest, _ = strings.Cut(rest, ",")
			key, value, _ := strings.Cut(text, "=")
			if !yield(key, value) {
				return
			}
		}
	}
}

// Map returns the labels in a new map, which the caller owns. It is never nil.
func (s Set) Map() map[string]string { return maps.Collect(s.All()) }

// Equal reports whether s and t have the same labels, as s == t does.
func (s Set) Equal(t Set) bool { return s == t }

// String returns the labels as key=value, in the order of the keys, separated by
// commas: the label selector, in the form that kubectl and list options accept, that
// matches the objects which have all labels of s.
func (s Set) String() string { return s.text }

// MarshalText returns the labels as [Set.String] does, so that a Set is a string in JSON
// and YAML.
func (s Set) MarshalText() ([]byte, error) { return []byte(s.text), nil }

// UnmarshalText sets the variable s to labels written as key=value, separated by commas.
// What the labels are is not checked.
func (s *Set) UnmarshalText(text []byte) error {
	var labels []label
	for pair := range strings.SplitSeq(string(text), ",") {
		if len(text) == 0 {
			break
		}
		key, value, ok := strings.Cut(pair, "=")
		if !ok || key == "" || strings.Contains(value, "=") ||
			slices.ContainsFunc(labels, func(l label) bool { return l.key == key }) {
			return fmt.Errorf("%q: must be labels such as app=%s, each once", pair, AppJob)
		}
		labels = append(labels, label{key, value})
	}
	*s = setOf(labels)
	return nil
}
