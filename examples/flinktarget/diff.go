package main

import (
	"errors"
	"flag"
	"io"
	"slices"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/examples/internal/cli"
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
			e := field{f.Path, f.Op.String(), f.Effect.String(), cureOf(c, f), &old, &new}
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
