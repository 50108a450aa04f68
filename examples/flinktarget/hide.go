package main

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/flinktarget/flinktarget/internal/secrets"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/render"
)

// hidden stands for what looks like a secret.
const hidden = "(hidden)"

// shown returns the value of a field of an object without what looks like a secret.
func shown(o render.Object, path string, value any) any {
	return hide(optionBefore(o, path, nameOf(path)), value)
}

// bothShown is shown for the values of a change.
func bothShown(c render.Change, f render.FieldChange) (old, new any) {
	if f.Op == render.Reordered {
		return f.Old, f.New // names
	}
	return shown(c.Old, f.Path, f.Old), shown(c.New, f.Path, f.New)
}

var argument = regexp.MustCompile(`^spec\.template\.spec\.(\w+)\[([^]]+)\]\.(args|command)\[(\d+)\]$`)

// optionBefore returns what says what the argument of a container is, if the path is of
// one, and the name if not.
func optionBefore(o render.Object, path, name string) string {
	m := argument.FindStringSubmatch(path)
	if m == nil {
		return name
	}
	index, _ := strconv.Atoi(m[4])
	for _, c := range tree.Items(o.Map(), "spec", "template", "spec", m[1]) {
		if tree.String(c, "name") == m[2] {
			name = called(tree.Items(c, m[3]), index, name)
		}
	}
	return name
}

// called returns what an element of a list is called: like the option before it.
func called(list []any, i int, name string) string {
	if i > 0 && i <= len(list) {
		if option, ok := list[i-1].(string); ok && strings.HasPrefix(option, "-") {
			return option
		}
	}
	return name
}

// nameOf is what says what the value of a field is: the last name of its path; for
// the value of an environment variable, the variable.
func nameOf(path string) string {
	path = strings.TrimSuffix(path, ".value")
	if inner, ok := strings.CutSuffix(path, "]"); ok {
		if i := strings.LastIndex(inner, `["`); i >= 0 && strings.HasSuffix(inner, `"`) {
			if name, err := strconv.Unquote(inner[i+1:]); err == nil {
				return name
			}
		}
		return inner[strings.LastIndex(inner, "[")+1:]
	}
	return path[strings.LastIndex(path, ".")+1:]
}

// hide replaces texts of a value that look like secrets, or are called like one.
func hide(name string, v any) any {
	switch v := v.(type) {
	case string:
		return hideText(name, v)
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = hide(called(v, i, name), e)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, e := range v {
			name := key
			if variable, ok := v["name"].(string); ok && key == "value" {
				name = variable
			}
			out[key] = hide(name, e)
		}
		return out
	default:
		return v
	}
}

// hideText hides a text, or the lines of it that look like secrets: those of a
// configuration file.
func hideText(name, text string) string {
	if secrets.Key(name) && name != "secretName" { // which is a reference
		return hidden
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if !secrets.Text(line) {
			continue
		}
		if end := strings.IndexAny(line, ":="); end >= 0 && secrets.Key(line[:end]) {
			lines[i] = line[:end+1] + " " + hidden
		} else {
			lines[i] = hidden
		}
	}
	return strings.Join(lines, "\n")
}
