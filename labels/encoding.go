package labels

import (
	"fmt"
	"slices"
	"strings"
)

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
