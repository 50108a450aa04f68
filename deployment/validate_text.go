package deployment

import (
	"reflect"
	"strings"
	"unicode/utf8"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/tree"
)

// texts refuses strings that neither JSON nor Kubernetes can hold: those that are
// not UTF-8, which would be replaced in silence, and NUL characters, which end a
// string for the programs that get it. A text that was parsed has no others than
// escaped NULs. config is a pointer.
func (c *checks) texts(config any) {
	if v := reflect.ValueOf(config); !legalTexts(v) {
		c.illegalTexts(v, nil)
	}
}

// legalTexts tells quickly that there is nothing to report, as is the rule.
func legalTexts(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Pointer:
		return legalTexts(v.Elem()) // of nil there is none
	case reflect.String:
		return legalText(v.String()) == ""
	case reflect.Slice:
		for i := range v.Len() {
			if !legalTexts(v.Index(i)) {
				return false
			}
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			if !legalTexts(it.Key()) || !legalTexts(it.Value()) {
				return false
			}
		}
	case reflect.Struct:
		if raw, ok := v.Addr().Interface().(interface{ legalText() string }); ok {
			return raw.legalText() == ""
		}
		for _, e := range v.Fields() {
			if !legalTexts(e) {
				return false
			}
		}
	}
	return true
}

// illegalTexts reports what legalTexts saw.
func (c *checks) illegalTexts(v reflect.Value, path *field.Path) {
	report := func(why string, at *field.Path) {
		if why != "" {
			c.invalid(at, field.OmitValueType{}, originText, "%s", why)
		}
	}
	switch v.Kind() {
	case reflect.Pointer:
		c.illegalTexts(v.Elem(), path)
	case reflect.String:
		report(legalText(v.String()), path)
	case reflect.Slice:
		for i := range v.Len() {
			c.illegalTexts(v.Index(i), path.Index(i))
		}
	case reflect.Map:
		m, _ := v.Interface().(map[string]string)
		for _, key := range tree.Keys(m) {
			at := path.Key(strings.ToValidUTF8(key, "\ufffd"))
			report(legalText(key), at)
			report(legalText(m[key]), at)
		}
	case reflect.Struct:
		if raw, ok := v.Addr().Interface().(interface{ legalText() string }); ok {
			report(raw.legalText(), path)
			return
		}
		for f, e := range v.Fields() {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			c.illegalTexts(e, path.Child(name))
		}
	}
}

const illegalNUL = "a NUL character is not legal"

// legalText returns what is wrong with a text, "" for nothing.
func legalText(s string) string {
	switch {
	case !utf8.ValidString(s):
		return "the text is not UTF-8"
	case strings.IndexByte(s, 0) >= 0:
		return illegalNUL
	case kinds.IsReserved(s):
		return kinds.Reserved
	}
	return ""
}

// legalText looks for the reserved id, and for NULs, which JSON escapes, and which backslashes can feign.
func (r Raw[T]) legalText() string {
	if kinds.IsReserved(r.text()) {
		return kinds.Reserved
	}
	if !strings.Contains(r.text(), `\u0000`) {
		return ""
	}
	return nulIn(r.shared())
}

func nulIn(v any) string {
	switch t := v.(type) {
	case string:
		return legalText(t)
	case []any:
		for _, e := range t {
			if why := nulIn(e); why != "" {
				return why
			}
		}
	case map[string]any:
		for k, e := range t {
			if legalText(k) != "" || nulIn(e) != "" {
				return illegalNUL
			}
		}
	}
	return ""
}
