package target

import (
	"github.com/flinktarget/flinktarget/internal/secrets"
)

const hidden = "(hidden)"

// hideSecrets returns a copy of v, in the same shape, without what looks like a
// secret. It rather hides too much.
func hideSecrets(v any) any {
	switch t := v.(type) {
	case string:
		if !secrets.Quotable(t) {
			return hidden
		}
	case []any:
		out := make([]any, len(t))
		for i, e := range t {
			if before, _ := t[max(0, i-1)].(string); i > 0 && secrets.Flag(before) {
				out[i] = hideAll(e)
			} else {
				out[i] = hideSecrets(e)
			}
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(t))
		named := namesSecret(t)
		for k, e := range t {
			if secrets.Key(k) || named && k == "value" {
				out[k] = hideAll(e)
			} else {
				out[k] = hideSecrets(e)
			}
		}
		return out
	}
	return v
}

// namesSecret reports whether m's value belongs to a key that is given beside it:
// the name of an environment variable, or the path of a JSON patch operation.
func namesSecret(m map[string]any) bool {
	for _, k := range [...]string{"name", "path"} {
		if s, _ := m[k].(string); secrets.Key(s) {
			return true
		}
	}
	return false
}

// hideAll hides every text and number in v. Booleans and null give nothing away.
func hideAll(v any) any {
	switch t := v.(type) {
	case nil, bool:
		return t
	case []any:
		out := make([]any, len(t))
		for i, e := range t {
			out[i] = hideAll(e)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(t))
		for k, e := range t {
			out[k] = hideAll(e)
		}
		return out
	default:
		return hidden
	}
}
