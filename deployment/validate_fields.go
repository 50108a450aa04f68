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
				c.fail(field.Invalid(place, "", "must not be empty"), formats[f.Format].rule)
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
			c.fail(field.Invalid(at, v.Int(), "must be greater than or equal to "+f.Min), "minimum")
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
		c.fail(field.Invalid(at, field.OmitValueType{}, kinds.Reserved), "text")
	case strings.Contains(strings.ReplaceAll(raw.text(), `\\`, ""), `\u0000`):
		c.fail(field.Invalid(at, field.OmitValueType{}, noNUL), "text")
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
			c.fail(field.Invalid(at, s, "must be greater than or equal to "+f.Min), "minimum")
		}
	}
}

func (c *checks) format(s, name string, at *field.Path) {
	if s == "" {
		return
	}
	for _, message := range formats[name].check(s) {
		c.fail(field.Invalid(at, s, message), formats[name].rule)
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
		c.fail(e, "enum")
		return
	case s == "apps/v1":
		e.Detail += "; a Kubernetes Deployment is not a VVP Deployment: " + giveSources
	}
	c.fail(e, "kind") // the only value says which resource it is
}

const noNUL = "must not contain a NUL character"

// legal refuses texts that are not UTF-8, which would be replaced in silence, NUL
// characters, which end a text for the programs that get it, and the id that stands for
// others.
func (c *checks) legal(s string, at *field.Path) {
	switch {
	case !utf8.ValidString(s):
		c.fail(field.Invalid(at, field.OmitValueType{}, "must be UTF-8"), "text")
	case strings.IndexByte(s, 0) >= 0:
		c.fail(field.Invalid(at, field.OmitValueType{}, noNUL), "text")
	case kinds.IsReserved(s):
		c.fail(field.Invalid(at, field.OmitValueType{}, kinds.Reserved), "text")
	}
}
