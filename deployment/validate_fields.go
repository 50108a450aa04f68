package deployment

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/schema"
	"github.com/flinktarget/flinktarget/internal/tree"
)

// fields checks what the tags of a struct's fields say, and that all texts are such
// that JSON and Kubernetes can hold them.
func (c *checks) fields(v reflect.Value, at *field.Path) {
	fields := schema.Fields(v.Type())
	for i := range fields {
		f := &fields[i]
		c.value(v.FieldByIndex(f.Index), f, at.Child(f.Name))
	}
}

func (c *checks) value(v reflect.Value, f *schema.Field, at *field.Path) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			c.value(v.Elem(), f, at)
		} else if f.Required != "" {
			c.required(at, f.Required)
		}
	case reflect.Struct:
		c.raw(v, at)
		c.fields(v, at)
	case reflect.Slice:
		for i := range v.Len() {
			e, place := v.Index(i), at.Index(i)
			if c.value(e, f, place); f.Format != "" && e.IsZero() {
				c.invalid(place, "", formats[f.Format].origin, "must not be empty")
			}
		}
	case reflect.Map:
		m := v.Interface().(map[string]string)
		for _, k := range tree.Keys(m) {
			at := at.Key(strings.ToValidUTF8(k, "\ufffd"))
			c.legal(k, at)
			c.legal(m[k], at)
		}
	case reflect.Int32:
		if least, err := strconv.ParseInt(f.Min, 10, 32); err == nil && v.Int() < least {
			c.invalid(at, v.Int(), originMinimum, "must be greater than or equal to "+f.Min)
		}
	case reflect.String:
		c.text(v.String(), f, at)
	}
}

// raw looks for the reserved id, and for the escapes of NULs, which escaped backslashes
// can feign.
func (c *checks) raw(v reflect.Value, at *field.Path) {
	raw, ok := v.Addr().Interface().(interface{ text() string })
	switch {
	case !ok:
	case kinds.IsReserved(raw.text()):
		c.invalid(at, field.OmitValueType{}, originText, kinds.Reserved)
	case strings.Contains(strings.ReplaceAll(raw.text(), `\\`, ""), `\u0000`):
		c.invalid(at, field.OmitValueType{}, originText, noNUL)
	}
}

func (c *checks) text(s string, f *schema.Field, at *field.Path) {
	c.legal(s, at)
	switch {
	case s == "":
		if f.Required != "" && f.Of == nil {
			c.required(at, f.Required)
		}
		return
	case f.Enum != nil:
		c.enum(s, f, at)
	case f.Format != "":
		c.format(s, f.Format, at)
	}
	if f.Min != "" {
		least, _ := Millicores(f.Min)
		if n, err := Millicores(s); err == nil && n < least {
			c.invalid(at, s, originMinimum, "must be greater than or equal to "+f.Min)
		}
	}
}

func (c *checks) format(s, name string, at *field.Path) {
	if s == "" {
		return
	}
	for _, message := range formats[name].check(s) {
		c.invalid(at, s, formats[name].origin, message)
	}
}

// giveSources is the cure where somebody gives manifests in place of resources.
const giveSources = "give the resources that manifests are rendered from"

func (c *checks) enum(s string, f *schema.Field, at *field.Path) {
	if word := f.Word(s); word == f.Also || slices.Contains(f.Enum, word) { // s is not empty
		return
	}
	e := field.NotSupported(at, s, f.Enum)
	e.Detail += decode.DidYouMean(s, f.Enum)
	switch {
	case len(f.Enum) > 1:
		c.add(e, originEnum)
		return
	case s == "apps/v1":
		e.Detail += "; a Kubernetes Deployment is not a VVP Deployment: " + giveSources
	}
	c.add(e, originKind) // the only value says which resource it is
}

const noNUL = "must not contain a NUL character"

// legal refuses texts that are not UTF-8, which would be replaced in silence, NUL
// characters, which end a text for the programs that get it, and the id that stands for
// others.
func (c *checks) legal(s string, at *field.Path) {
	switch {
	case !utf8.ValidString(s):
		c.invalid(at, field.OmitValueType{}, originText, "must be UTF-8")
	case strings.IndexByte(s, 0) >= 0:
		c.invalid(at, field.OmitValueType{}, originText, noNUL)
	case kinds.IsReserved(s):
		c.invalid(at, field.OmitValueType{}, originText, kinds.Reserved)
	}
}
