package main

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/flinktarget/flinktarget/internal/secrets"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/render"
)

// shown returns the value of a field of an object without what looks like a secret.
func shown(o render.Object, path string, value any) any {
	return secrets.Hide(optionBefore(o, path, nameOf(path)), value)
}

// bothShown is shown for the values of a change.
func bothShown(c render.Change, f render.FieldChange) (old, new any) {
	if f.Op == render.OpReordered {
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
			if list := tree.Items(c, m[3]); 0 < index && index <= len(list) {
				before, _ := list[index-1].(string)
				name = secrets.Item(name, index, before)
			}
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
