package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/examples/internal/cli"
	"github.com/flinktarget/flinktarget/internal/compare"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/render"
)

// The exit codes of diff, which are those of diff(1).
const (
	exitSame    = exitOK
	exitDiffer  = exitInput
	exitTrouble = exitUsage
)

// diff compares what two inputs render to.
func (t tool) diff(fs *flag.FlagSet) func([]string) error {
	o, output := t.renderFlags(fs), formatFlag(fs, "text")
	oldJobs, newJobs := cli.OldJobFlags(fs), cli.JobFlags(fs)
	return func(inputs []string) error {
		if inputs[0] == "-" && inputs[1] == "-" {
			return cli.Misused("only one of the inputs can be the standard input")
		}
		changes, err := t.compare(inputs, o, oldJobs, newJobs)
		switch {
		case err != nil:
			return err
		case *output == "json":
			writeChangesJSON(t.stdout, changes)
		default:
			writeChangesText(t.stdout, changes)
		}
		if len(changes) > 0 {
			return errSaid
		}
		return nil
	}
}

// compare renders both inputs. Only the new one's warnings are of interest.
func (t tool) compare(inputs []string, o *cli.Flags, oldJobs, newJobs *cli.Jobs) ([]render.Change, error) {
	r, err := o.Renderer()
	if err != nil {
		return nil, err
	}
	old, err := o.Read(inputs[:1])
	new, err2 := o.Read(inputs[1:])
	if err := errors.Join(err, err2); err != nil {
		return nil, err
	}
	both := slices.Concat(new.Deployments, old.Deployments)
	err = errors.Join(newJobs.Check(both), oldJobs.Check(old.Deployments))
	if err != nil {
		return nil, err
	}
	before, err := r.Bundle(old, func(d deployment.Deployment) render.Job {
		if oldJobs.Names(d) {
			return oldJobs.Of(d)
		}
		return newJobs.Of(d)
	})
	after, err2 := r.Bundle(new, newJobs.Of)
	if err := errors.Join(err, err2); err != nil {
		return nil, err
	}
	t.lines(cli.Flagged(after.Warnings())...)
	return render.Compare(before, after), nil
}

// change is an object in JSON.
type change struct {
	Op     string     `json:"op"`
	Effect string     `json:"effect"`
	Object reference  `json:"object"`
	Was    *reference `json:"was,omitempty"` // where it is another object that is replaced
	Fields []field    `json:"fields,omitempty"`
}

type reference struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Namespace  string `json:"namespace,omitempty"`
	Name       string `json:"name"`
}

type field struct {
	Path   string `json:"path"`
	Op     string `json:"op"`
	Effect string `json:"effect"`
	Cure   string `json:"cure,omitempty"`
	Old    *any   `json:"old,omitempty"` // null is a value
	New    *any   `json:"new,omitempty"`
}

func referenceTo(o render.Object) reference {
	return reference{o.APIVersion(), o.Kind(), o.Namespace(), o.Name()}
}

func writeChangesJSON(w io.Writer, changes []render.Change) {
	out := make([]change, len(changes))
	for i, c := range changes {
		out[i] = change{Op: c.Op.String(), Effect: c.Effect.String(), Object: referenceTo(c.Object())}
		if was := referenceTo(c.Old); c.Effect == render.EffectReplaced {
			out[i].Was = &was
		}
		for _, f := range c.Fields {
			old, new := bothShown(c, f)
			e := field{f.Path, f.Op.String(), f.Effect.String(), f.Cure, &old, &new}
			switch f.Op {
			case render.OpAdded:
				e.Old = nil
			case render.OpRemoved:
				e.New = nil
			}
			out[i].Fields = append(out[i].Fields, e)
		}
	}
	cli.WriteJSON(w, map[string]any{"changes": out})
}

// writeChangesText writes changes for people.
func writeChangesText(w io.Writer, changes []render.Change) {
	counts := map[render.Effect]int{}
	group := ""
	for i, c := range changes {
		counts[c.Effect]++
		begins := replaces(c) != group
		if i > 0 && (begins || group == "" && (len(c.Fields) > 0 || len(changes[i-1].Fields) > 0)) {
			fmt.Fprintln(w)
		}
		if group = replaces(c); group == "" {
			fmt.Fprintf(w, "%s: %s\n", c.Object(), c.Effect)
			writeFields(w, "  ", c)
			continue
		}
		if begins {
			fmt.Fprintln(w, group)
		}
		fmt.Fprintf(w, "  %s\n", c.New)
		if len(c.Fields) == 0 {
			fmt.Fprintln(w, "    no other difference")
		}
		writeFields(w, "    ", c)
	}
	before := "\nobjects: "
	for e := render.EffectNone; e <= render.EffectRefused; e++ {
		if counts[e] > 0 {
			fmt.Fprintf(w, "%s%d %s", before, counts[e], e)
			before = ", "
		}
	}
	if len(changes) > 0 {
		fmt.Fprintln(w)
	}
}

// replaces says what a change that replaces an object is part of, empty for others.
func replaces(c render.Change) string {
	if c.Effect != render.EffectReplaced {
		return ""
	}
	old, new := c.Old.Labels(), c.New.Labels()
	resource := "SessionCluster " + new["vvpNamespace"] + "/" + new["sessionClusterName"]
	if new["deploymentId"] != "" {
		resource = "Deployment " + new["vvpNamespace"] + "/" + new["deploymentName"]
	}
	if old["jobId"] != new["jobId"] {
		return fmt.Sprintf("%s: job %s replaced by %s", resource, old["jobId"], new["jobId"])
	}
	return fmt.Sprintf("%s: namespace %s replaced by %s", resource, c.Old.Namespace(), c.New.Namespace())
}

var signs = map[render.Op]string{
	render.OpAdded: "+", render.OpRemoved: "-",
	render.OpChanged: "~", render.OpReordered: "%",
}

// writeFields writes a table, and below it the lines of texts that have many.
func writeFields(w io.Writer, indent string, c render.Change) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	var texts []render.FieldChange
	for _, f := range c.Fields {
		if isText(f.Old) || isText(f.New) {
			texts = append(texts, f)
			continue
		}
		old, new := bothShown(c, f)
		if strings.HasSuffix(f.Path, "["+render.AnnotationConfigChecksum+"]") {
			old, new = short(old), short(new)
		}
		value := lineOf(old) + " → " + lineOf(new)
		switch f.Op {
		case render.OpAdded:
			value = lineOf(new)
		case render.OpRemoved:
			value = lineOf(old)
		}
		fmt.Fprintf(table, "%s%s %s\t%s%s\n", indent, signs[f.Op], f.Path, value, effectOf(c, f))
		if f.Cure != "" {
			fmt.Fprintf(table, "%s    %s\n", indent, f.Cure)
		}
	}
	_ = table.Flush() // w keeps the error
	for _, f := range texts {
		fmt.Fprintf(w, "%s%s %s%s\n", indent, signs[f.Op], f.Path, effectOf(c, f))
		writeLines(w, indent+"    ", c, f)
	}
}

// short is the beginning of a checksum, which tells as much as the whole.
func short(v any) any {
	if s, ok := v.(string); ok && len(s) > 12 {
		return s[:12] + "…"
	}
	return v
}

// effectOf is said of a field if it is not that of the object.
func effectOf(c render.Change, f render.FieldChange) string {
	if f.Effect == c.Effect {
		return ""
	}
	return "  (" + f.Effect.String() + ")"
}

func isText(v any) bool {
	s, ok := v.(string)
	return ok && strings.Contains(s, "\n")
}

// lineOf is a value in a line of a table, as a whole.
func lineOf(v any) string {
	if s, ok := v.(string); ok && s != "" && !strings.ContainsAny(s, "\t\"\\") && s == strings.TrimSpace(s) {
		return s
	}
	return string(tree.JSON(v))
}

// writeLines writes the lines that are in one of two texts only. They are compared before
// anything is hidden, which is judged from the whole texts.
func writeLines(w io.Writer, indent string, c render.Change, f render.FieldChange) {
	gap, hasOld, hasNew := "", f.Op != render.OpAdded, f.Op != render.OpRemoved
	hiddenOld, hiddenNew := bothShown(c, f)
	shown := map[rune][]string{'-': split(hiddenOld, hasOld), '+': split(hiddenNew, hasNew)}
	for _, l := range compare.Lines(split(f.Old, hasOld), split(f.New, hasNew)) {
		if l.Sign == ' ' {
			gap = indent + "  …\n"
			continue
		}
		fmt.Fprintf(w, "%s%s%c %s\n", gap, indent, l.Sign, shown[l.Sign][l.At])
		gap = ""
	}
}

func split(v any, there bool) []string {
	if !there {
		return nil
	}
	text, ok := v.(string)
	if !ok {
		text = lineOf(v)
	}
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}
