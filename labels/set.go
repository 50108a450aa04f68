package labels

import (
	"iter"
	"slices"
	"strings"
)

// Set is a set of labels, made by ForDeployment or ForSessionCluster. It is
// immutable: copy it, share it between goroutines, compare it with ==, use it as a
// map key. The zero value is the empty set.
type Set struct {
	// The labels as key=value, sorted by key, separated by commas. Neither sign can
	// be part of a label, so equal sets have equal texts.
	text string
}

type label struct{ key, value string }

// newSet returns the set of ls, which have different keys. It sorts ls in place.
func newSet(ls ...label) Set {
	slices.SortFunc(ls, func(a, b label) int { return strings.Compare(a.key, b.key) })
	return join(ls)
}

// join returns the set of ls, which are sorted.
func join(ls []label) Set {
	size := 0
	for _, l := range ls {
		size += len(l.key) + len(l.value) + 2
	}
	var b strings.Builder
	b.Grow(size)
	for i, l := range ls {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(l.key)
		b.WriteByte('=')
		b.WriteString(l.value)
	}
	return Set{text: b.String()}
}

// WithComponent returns s with the label component of c in place of any that s
// had. A c that is neither JobManager nor TaskManager leaves none.
func (s Set) WithComponent(c Component) Set {
	ls := make([]label, 0, 8)
	at := 0 // where the component belongs
	for k, v := range s.All() {
		if k < KeyComponent {
			at++
		}
		if k != KeyComponent {
			ls = append(ls, label{k, v})
		}
	}
	if v := c.String(); v != "" {
		ls = slices.Insert(ls, at, label{KeyComponent, v})
	}
	return join(ls)
}

// Selector returns the labels of s by which workloads and Services select pods:
// jobId or sessionClusterId, and component if s has it. The package comment says
// why these and no others. The selector of the empty set is empty, which Kubernetes
// takes to match everything.
func (s Set) Selector() Set {
	ls := make([]label, 0, 2)
	for k, v := range s.All() {
		switch k {
		case KeyJobID, KeySessionClusterID, KeyComponent:
			ls = append(ls, label{k, v})
		}
	}
	return join(ls)
}

// Get returns the value of the label key and whether s has that label.
func (s Set) Get(key string) (string, bool) {
	for k, v := range s.All() {
		if k == key {
			return v, true
		}
	}
	return "", false
}

// Len returns the number of labels.
func (s Set) Len() int {
	if s.text == "" {
		return 0
	}
	return strings.Count(s.text, ",") + 1
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

// Map returns the labels in a new map, which is the caller's. It is never nil.
func (s Set) Map() map[string]string {
	m := make(map[string]string, s.Len())
	for k, v := range s.All() {
		m[k] = v
	}
	return m
}

// Equal reports whether s and t hold the same labels, as s == t does.
func (s Set) Equal(t Set) bool { return s == t }

// String returns the labels as key=value, in the order of the keys, separated by
// commas. This is also the Kubernetes label selector that matches objects which
// carry all labels of s, in the form that kubectl and list options take.
func (s Set) String() string { return s.text }
