package merge

import "slices"

// Field returns the schema of what is in a field of s, if that is a map, and how
// its elements are told apart and theirs, if it is a list.
func (s Schema) Field(name string) (Schema, Elements) {
	t := s.typ()
	if t.open {
		return Schema{root: unknown}, Elements{}
	}
	f := t.fields[name]
	switch {
	case f == nil:
		return Schema{root: plain}, Elements{}
	case f.of == nil: // a set
		return Schema{root: plain}, Elements{how: f.how}
	default:
		return Schema{root: f.of}, Elements{how: f.how, keys: f.keys}
	}
}

// Elements says how the elements of a list are told apart. The zero value means
// by their index: the list is replaced as a whole.
type Elements struct {
	how  how
	keys []string
}

// Keyed reports whether elements are told apart by keys. Their order then has a
// meaning of its own.
func (e Elements) Keyed() bool { return e.how == isKeyed }

// Set reports whether elements are scalars, told apart by their text.
func (e Elements) Set() bool { return e.how == isSet }

// Identity returns what an element is known by in its list, in a fresh slice: the
// texts of its keys, or its own. Keys at the end that have the value Kubernetes
// gives them if they are left out are not part of it. It returns nil for an element
// without a key, and in a list that is replaced as a whole.
func (e Elements) Identity(element any) []string {
	if e.Set() {
		if text := scalarText(element); text != "" {
			return []string{text}
		}
		return nil
	}
	m, _ := element.(map[string]any)
	var out []string
	for _, key := range e.keys {
		text := scalarText(m[key])
		if text == "" {
			text = defaults[key]
		}
		if text == "" {
			return nil
		}
		out = append(out, text)
	}
	for i, key := range slices.Backward(e.keys) {
		if i == 0 || i >= len(out) || out[i] != defaults[key] {
			break
		}
		out = out[:i]
	}
	return out
}

// IsKey reports whether elements are told apart by a field of this name.
func (e Elements) IsKey(name string) bool { return slices.Contains(e.keys, name) }
