package merge

import (
	"strconv"

	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/tree"
)

// Schema says which fields of a map hold lists that are merged, directly or further
// below. Other fields have none: their maps are merged, their lists are replaced; so nil
// is the schema of what has no merged lists. Schemas do not change.
type Schema map[string]Field

// Field is a field whose type matters for merging. The zero value is any other.
type Field struct {
	// Keys are the fields that tell the elements of a list apart, which is merged by
	// them. The order of the elements has a meaning of its own.
	Keys []string
	// Set marks a list of scalars that is merged as a set, told apart by their text.
	Set bool
	// Of is the schema of the field's map, or of the elements of its list.
	Of Schema
}

// Of returns the schema of a kind of package kinds, nil for any other.
func Of(t kinds.TypeMeta) Schema { return schemas[t.String()] }

// defaults has the values that Kubernetes gives to merge keys that are left out.
// "Protocol for port. Must be UDP, TCP, or SCTP. Defaults to TCP."
// (Kubernetes API, ContainerPort and ServicePort)
var defaults = map[string]string{"protocol": "TCP"}

// Names returns what the elements of a list are called, each by another name.
//
//   - Elements of a list that Kubernetes merges by keys are called by the values of
//     the keys, joined by commas: env[TZ], topologySpreadConstraints[zone,DoNotSchedule],
//     ports[8081]; the protocol of a port is left out if it is TCP.
//   - Elements of a set are called by their text: finalizers[example.com/a].
//   - Elements of other lists are called by their index, from 0: args[0].
//
// The second element of the same name is called NAME#2, the next NAME#3. Elements
// without a key, which Kubernetes refuses, are called #1, #2 and so on.
func (f Field) Names(list []any) []string {
	out := make([]string, len(list))
	seen := make(map[string]int, len(list))
	for i, element := range list {
		if len(f.Keys) == 0 && !f.Set {
			out[i] = strconv.Itoa(i)
			continue
		}
		out[i] = f.name(element)
		seen[out[i]]++
		if n := seen[out[i]]; n > 1 || out[i] == "" {
			out[i] += "#" + strconv.Itoa(n)
		}
	}
	return out
}

// name returns what an element is known and told apart by, "" for one without a key.
func (f Field) name(element any) string {
	const special = ",#"
	if text := scalarText(element); f.Set && (text != "" || element == "") {
		return tree.Quote(text, special)
	}
	name := ""
	for i, key := range f.Keys {
		text := keyText(element, key)
		switch {
		case text == "":
			return ""
		case i == 0:
			name = tree.Quote(text, special)
		case i < len(f.Keys)-1 || text != defaults[key]:
			name += "," + tree.Quote(text, special)
		}
	}
	return name
}

// keyText returns the text of a merge key, "" if there is none.
func keyText(element any, key string) string {
	v, _ := tree.Get(element, key)
	if text := scalarText(v); text != "" {
		return text
	}
	return defaults[key]
}

// scalarText returns the text of a scalar, by which kustomize compares scalars. What
// identifies nothing has none: null, maps and lists.
func scalarText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case bool, int64, float64:
		return string(tree.JSON(v))
	default:
		return ""
	}
}
