package merge

import (
	"strings"

	"github.com/flinktarget/flinktarget/internal/tree"
)

// Refused says why a part of a patch cannot be applied.
type Refused struct {
	// Path is the field inside the patch, as [tree.Path.Field] writes it: such as
	// spec.template.spec.containers[0] or metadata.labels[a.b/c]; "" is the whole patch.
	Path string
	// Message says what is wrong and, behind a semicolon, what to write instead.
	Message string
}

// RefusedError has what is wrong with a patch: keys in the order of their names,
// elements in their own.
type RefusedError []Refused

func (e RefusedError) Error() string {
	lines := make([]string, len(e))
	for i, r := range e {
		lines[i] = strings.TrimPrefix(r.Path+": "+r.Message, ": ")
	}
	return strings.Join(lines, "\n")
}

// maxRefused bounds the text of what is refused: a patch may have a long key, and much
// that is wrong below it.
const maxRefused = 1 << 18

// refuse adds a refusal of what is at the current path, or in a field of that.
func (m *merger) refuse(message string, field ...string) {
	if m.text > maxRefused {
		return
	}
	path := m.path
	for _, name := range field {
		path = path.With(tree.Step{Name: name})
	}
	r := Refused{Path: path.Field(), Message: message}
	if m.text += len(r.Path) + len(message); m.text > maxRefused {
		m.refused = append(m.refused, Refused{Message: "there is more wrong with the patch than can be said"})
		return
	}
	m.refused = append(m.refused, r)
}
