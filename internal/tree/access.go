package tree

import "slices"

// Keys returns the keys of m in byte order.
func Keys[V any](m map[string]V) []string {
	return AppendKeys(make([]string, 0, len(m)), m)
}

// KeysOfBoth returns the keys that a or b has in byte order, each once.
func KeysOfBoth(a, b Map) []string {
	keys := append(Keys(a), Keys(b)...)
	slices.Sort(keys)
	return slices.Compact(keys)
}

// AppendKeys appends the keys of m to keys, which is empty, and sorts them.
func AppendKeys[V any](keys []string, m map[string]V) []string {
	keys = slices.Grow(keys, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// Get follows path through objects and returns what lies at its end, or nil and
// false where the path leaves the tree.
func Get(v any, path ...string) (any, bool) {
	for _, key := range path {
		m, _ := v.(map[string]any)
		var ok bool
		if v, ok = m[key]; !ok {
			return nil, false
		}
	}
	return v, true
}

// String returns the string at path, or "" where there is none.
func String(v any, path ...string) string { return at[string](v, path) }

// Child returns the object at path, or nil where there is none. It is part of v,
// not a copy.
func Child(v any, path ...string) map[string]any { return at[map[string]any](v, path) }

// Items returns the list at path, or nil where there is none. It is part of v,
// not a copy.
func Items(v any, path ...string) []any { return at[[]any](v, path) }

func at[T any](v any, path []string) T {
	got, _ := Get(v, path...)
	t, _ := got.(T)
	return t
}

// Strings returns the string entries of the object at path as a fresh map, nil
// where there are none.
func Strings(v any, path ...string) map[string]string {
	m := Child(v, path...)
	if len(m) == 0 {
		return nil
	}
	out := make(map[string]string, len(m))
	for k, e := range m {
		if s, ok := e.(string); ok {
			out[k] = s
		}
	}
	return out
}

// Subset reports whether whole has all entries of part.
func Subset[V any](part, whole map[string]V) bool {
	for k, v := range part {
		if got, ok := whole[k]; !ok || !Equal(got, v) {
			return false
		}
	}
	return true
}

// FromList returns words as a tree.
func FromList(words []string) []any {
	out := make([]any, len(words))
	for i, w := range words {
		out[i] = w
	}
	return out
}

// FromStrings returns m as a tree, nil for an empty map.
func FromStrings(m map[string]string) map[string]any {
	if len(m) == 0 {
		return nil
	}
	out := make(map[string]any, len(m))
	for k, v := range m {
		out[k] = v
	}
	return out
}
