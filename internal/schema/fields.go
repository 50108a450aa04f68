// Package schema reads structs: which fields they have in JSON, and what the tags of our own
// say of them. Decoding, checks, defaults, verification and JSON Schemas are made of it.
package schema

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/flinktarget/flinktarget/internal/kinds"
)

// Field is a field of a struct, and what its tags say of it.
type Field struct {
	Name     string   // json: its name; fields without one are left out
	Wire     string   // wire: as in package decode
	Enum     []string // enum: its values; an empty text is unset
	AnyCase  bool     // case:"any": values of the enum may be written in any case
	Also     string   // also: one more value of the enum, which editors do not propose
	Min      string   // min: the smallest number
	Format   string   // format: the name of a rule for a text, or for each text of a list
	Required string   // required: it must be set, a hint what to write
	Of       []string // of: the kinds that may have it; the first one must, if it is required
	Default  string   // default: the value where none is set; JSON for what is no text
	Index    []int    // as in reflect.Value.FieldByIndex
	Type     reflect.Type
}

// Patterns are expressions for the formats that tags name, which take "" where a field may
// be empty. Nobody writes to them.
var Patterns = map[string]string{
	"uuid":         kinds.IDPattern + "|^$",
	"target-name":  `^[0-9a-zA-Z_-]{0,250}$`,
	"cluster-name": "^([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)?$",
	"duration":     `^([0-9]{1,18}\s?[a-zA-Zµ]{0,16}|PT?[0-9A-Z.]{1,40})?$`,
	"cores":        `^[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]{1,3})?$`,
	"engine":       "^(vera-[0-9.]+-)?flink-[0-9.]+$|^$",
	"memory":       `^([0-9]{1,18}(\.[0-9]{1,18})?|\.[0-9]{1,18})\s?[kKmMgG]?$|^$`,
}

var (
	fields   sync.Map // reflect.Type to []Field; entries never change
	defaults sync.Map // reflect.Type to reflect.Value; entries never change
)

// Fields returns the fields of a struct that are read and written, with those of structs
// that are inlined, for reading only.
func Fields(t reflect.Type) []Field {
	if known, ok := fields.Load(t); ok {
		return known.([]Field)
	}
	list := make([]Field, 0, t.NumField())
	for f := range t.Fields() {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && (name == "" || strings.Contains(options, "inline")) {
			for _, inner := range Fields(f.Type) {
				inner.Index = append(slices.Clone(f.Index), inner.Index...)
				list = append(list, inner)
			}
			continue
		}
		if name == "" || name == "-" || !f.IsExported() {
			continue
		}
		words := func(key string) []string {
			if tag := f.Tag.Get(key); tag != "" {
				return strings.Split(tag, ",")
			}
			return nil
		}
		list = append(list, Field{
			Name: name, Index: f.Index, Type: f.Type,
			Wire: f.Tag.Get("wire"),
			Enum: words("enum"), AnyCase: f.Tag.Get("case") == "any", Also: f.Tag.Get("also"),
			Min: f.Tag.Get("min"), Format: f.Tag.Get("format"),
			Required: f.Tag.Get("required"), Of: words("of"), Default: f.Tag.Get("default"),
		})
	}
	known, _ := fields.LoadOrStore(t, list)
	return known.([]Field)
}

// Names returns the names of fields.
func Names(fields []Field) []string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Name
	}
	return names
}

// Word returns a value of the enum as the enum has it.
func (f Field) Word(s string) string {
	if f.AnyCase {
		return strings.ToUpper(s)
	}
	return s
}

// EnvelopeVersion is the API version of the kinds that Envelopes returns.
const EnvelopeVersion = "v1"

// Envelopes returns the kinds of objects that a type of Kubernetes is the inside of. Who
// copies it out of one may leave its kind and apiVersion there.
func Envelopes(t reflect.Type) []any {
	if t.Name() == "PodTemplateSpec" {
		return []any{"Pod", "PodTemplate"}
	}
	return nil
}

// Defaults returns the struct of this type that holds its defaults, for reading only.
func Defaults(t reflect.Type) reflect.Value {
	if known, ok := defaults.Load(t); ok {
		return known.(reflect.Value)
	}
	v := reflect.New(t).Elem()
	setDefaults(v)
	known, _ := defaults.LoadOrStore(t, v)
	return known.(reflect.Value)
}

func setDefaults(v reflect.Value) {
	for _, f := range Fields(v.Type()) {
		e := v.FieldByIndex(f.Index)
		switch {
		case f.Default == "":
		case e.Kind() == reflect.String:
			e.SetString(f.Default)
		default:
			if err := json.Unmarshal([]byte(f.Default), e.Addr().Interface()); err != nil {
				panic(fmt.Sprintf("the default of %s: %v", f.Name, err)) // a test sets all
			}
		}
		if e = reflect.Indirect(e); e.Kind() == reflect.Struct {
			setDefaults(e)
		}
	}
}
