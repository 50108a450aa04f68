package schema

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
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
	Index    int
	Type     reflect.Type
}

var (
	fields   sync.Map // reflect.Type to []Field; entries never change
	defaults sync.Map // reflect.Type to reflect.Value; entries never change
)

// Fields returns the fields of a struct that are read and written, for reading only.
func Fields(t reflect.Type) []Field {
	if known, ok := fields.Load(t); ok {
		return known.([]Field)
	}
	var list []Field
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
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
			Name: name, Index: f.Index[0], Type: f.Type,
			Wire: f.Tag.Get("wire"),
			Enum: words("enum"), AnyCase: f.Tag.Get("case") == "any", Also: f.Tag.Get("also"),
			Min: f.Tag.Get("min"), Format: f.Tag.Get("format"),
			Required: f.Tag.Get("required"), Of: words("of"), Default: f.Tag.Get("default"),
		})
	}
	known, _ := fields.LoadOrStore(t, list)
	return known.([]Field)
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
		e := v.Field(f.Index)
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

// HasDefault reports whether a field has a default that is a single value. Its path
// is names joined by dots.
func HasDefault(t reflect.Type, path string) bool {
	v := Defaults(t)
	for name := range strings.SplitSeq(path, ".") {
		if v.Kind() != reflect.Struct {
			return false
		}
		list := Fields(v.Type())
		i := slices.IndexFunc(list, func(f Field) bool { return f.Name == name })
		if i < 0 || v.Field(list[i].Index).IsZero() {
			return false
		}
		v = reflect.Indirect(v.Field(list[i].Index))
	}
	return v.Kind() != reflect.Struct && v.Kind() != reflect.Map
}
