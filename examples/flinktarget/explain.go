package main

import (
	"flag"
	"fmt"
	"io"
	"path"
	"regexp"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/examples/internal/cli"
	"github.com/flinktarget/flinktarget/internal/secrets"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/render"
)

// explain writes a table, or with -o json a list.
func (t tool) explain(fs *flag.FlagSet) func([]string) error {
	var only selection
	fs.StringVar(&only.object, "object", "",
		"explain only objects of this `KIND[/NAME]`; * in a name stands for anything")
	fs.StringVar(&only.path, "path", "",
		"explain only the `FIELD` with this path or this last name, and what is below it")
	return t.of(fs, "text", func(_ deployment.Bundle, m render.Manifests, format string) error {
		t.lines(cli.Flagged(m.Warnings())...)
		found := only.of(m)
		switch {
		case len(found) == 0:
			return fmt.Errorf("no field fits --object %q --path %q", only.object, only.path)
		case format == "json":
			writeExplanationsJSON(t.stdout, found)
		default:
			writeExplanations(t.stdout, found)
		}
		return nil
	}, render.WithTrace())
}

// selection says which fields are asked for.
type selection struct{ object, path string }

func (s selection) of(m render.Manifests) []render.Explanation {
	kind, name, _ := strings.Cut(s.object, "/")
	// A field is asked for by its path, or the end of that; what is below it comes along.
	field := regexp.MustCompile(`(^|[.[])` + regexp.QuoteMeta(s.path) + `($|[].[])`)
	var out []render.Explanation
	for _, e := range slices.AppendSeq(slices.Collect(m.Explain()), m.ExplainRemoved()) {
		fits, err := path.Match(name, e.Object.Name())
		if kind != "" && !strings.EqualFold(kind, e.Object.Kind()) || name != "" && (err != nil || !fits) {
			continue
		}
		if s.path == "" || field.MatchString(e.Path) {
			out = append(out, e)
		}
	}
	order := map[string]int{}
	for o := range m.All() {
		order[o.String()] = len(order)
	}
	slices.SortStableFunc(out, func(a, b render.Explanation) int {
		return order[a.Object.String()] - order[b.Object.String()]
	})
	return out
}

func writeExplanations(w io.Writer, list []render.Explanation) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	object := ""
	for _, e := range list {
		if e.Object.String() != object {
			if object != "" {
				_ = table.Flush() // w keeps the error
				fmt.Fprintln(w)
			}
			object = e.Object.String()
			fmt.Fprintln(w, object)
		}
		first, value := e.Path, inOneLine(shown(e.Object, e.Path, e.After))
		if e.Removed {
			value = "(removed)"
		}
		for i, s := range e.Sources {
			s.Name = cli.Flag(s.Name)
			text, more := s.String(), len(e.Sources)-i-1
			last := s.Step == render.StepDerivedID && more > 0
			if last {
				text += fmt.Sprintf(" (and %d more: -o json)", more)
			}
			fmt.Fprintf(table, "  %s\t%s\t%s\n", first, value, text)
			if first, value = "", ""; last {
				break
			}
		}
	}
	_ = table.Flush()
}

// inOneLine is a value for a table.
func inOneLine(v any) string {
	if text, ok := v.(string); ok {
		if n := strings.Count(strings.TrimSuffix(text, "\n"), "\n"); n > 0 {
			return fmt.Sprintf("(%d lines)", n+1)
		}
		if chars := []rune(text); len(chars) > 48 {
			return string(chars[:47]) + "…"
		}
	}
	return string(tree.JSON(v))
}

// explanation is one field in JSON.
type explanation struct {
	reference
	Path    string   `json:"path"`
	Value   any      `json:"value"`
	Before  any      `json:"before,omitempty"`
	Removed bool     `json:"removed,omitempty"`
	Sources []source `json:"sources"`
}

type source struct {
	Step     string `json:"step"`
	Name     string `json:"name,omitempty"`
	Resource string `json:"resource,omitempty"`
	Field    string `json:"field,omitempty"`
	flinktarget.Position
}

func writeExplanationsJSON(w io.Writer, list []render.Explanation) {
	out := make([]explanation, len(list))
	for i, e := range list {
		o := e.Object
		before := shown(o, e.Path, e.Before)
		if before != nil && argument.MatchString(e.Path) {
			before = secrets.Hidden // what stood before it then, such as --password, is not known
		}
		out[i] = explanation{referenceTo(o), e.Path, shown(o, e.Path, e.After), before, e.Removed, nil}
		for _, s := range e.Sources {
			out[i].Sources = append(out[i].Sources,
				source{s.Step.String(), cli.Flag(s.Name), s.Resource, s.Field, s.Position})
		}
	}
	cli.WriteJSON(w, map[string]any{"fields": out})
}
