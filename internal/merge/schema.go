package merge

import "slices"

// Schema says which fields of a map hold lists that are merged, directly or further
// below. Fields that are not named have none: their maps are merged, their lists are
// replaced; so nil is the schema of what has no merged lists. Schemas do not change.
type Schema map[string]Field

// Field is a field whose type matters for merging. The zero value is any other, and
// stands for the elements of a list, too, which are no lists that are merged.
type Field struct {
	// Keys are the fields that tell the elements of a list apart, which is merged by
	// them. The order of the elements has a meaning of its own.
	Keys []string
	// Set marks a list of scalars that is merged as a set, told apart by their text.
	Set bool
	// Of is the schema of the field's map, or of the elements of its list.
	Of Schema
}

// Of returns the schema of a kind of package kinds: for Kubernetes objects that of
// kustomize, which is that of Kubernetes 1.21.2. For any other kind it is nil, so that
// every list is replaced, as kustomize does with kinds that it does not know.
func Of(apiVersion, kind string) Schema { return schemas[apiVersion+" "+kind] }

// defaults has the values that Kubernetes gives to merge keys that are left out.
// "Protocol for port. Must be UDP, TCP, or SCTP. Defaults to TCP."
// (Kubernetes API, ContainerPort and ServicePort)
var defaults = map[string]string{"protocol": "TCP"}

// Identity returns what an element is known by in its list, in a fresh slice: the
// texts of its keys, or its own. Keys at the end that have the value Kubernetes
// gives them if they are left out are not part of it. It returns nil for an element
// without a key, and in a list that is replaced as a whole.
func (f Field) Identity(element any) []string {
	if f.Set {
		if text := scalarText(element); text != "" {
			return []string{text}
		}
		return nil
	}
	m, _ := element.(map[string]any)
	var out []string
	for _, key := range f.Keys {
		text := scalarText(m[key])
		if text == "" {
			text = defaults[key]
		}
		if text == "" {
			return nil
		}
		out = append(out, text)
	}
	for i, key := range slices.Backward(f.Keys) {
		if i == 0 || i >= len(out) || out[i] != defaults[key] {
			break
		}
		out = out[:i]
	}
	return out
}
