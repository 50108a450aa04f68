// Package answers has what the playground's page asks the library for, as values that
// encoding/json writes: the page knows no more of the library than this.
package answers

import (
	"bytes"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/compare"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/labels"
	"github.com/flinktarget/flinktarget/render"
)

// The names of the texts in the positions of problems.
const Text, Before = "resources.yaml", "before.yaml"

// A Rendering is what becomes of a text: Manifests, unless a problem is an error.
type Rendering struct {
	Manifests string                `json:"manifests"`
	Objects   int                   `json:"objects"`
	Problems  []flinktarget.Problem `json:"problems"`
}

// Render renders all resources of a text.
func Render(text string) Rendering {
	m, problems := rendered(Text, text, nil)
	var b strings.Builder
	_, _ = m.WriteTo(&b) // a Builder takes everything
	return Rendering{b.String(), m.Len(), append(problems, m.Warnings()...)}
}

// rendered returns the manifests of a text, or the errors in it.
func rendered(file, text string, jobs func(deployment.Deployment) render.Job, opts ...render.Option) (
	m render.Manifests, problems []flinktarget.Problem) {
	r, err := render.New(opts...)
	if err == nil {
		var b deployment.Bundle
		if b, err = deployment.ParseAll(file, []byte(text)); err == nil {
			m, err = r.Bundle(b, jobs)
		}
	}
	return m, slices.AppendSeq([]flinktarget.Problem{}, flinktarget.Problems(err)) // JSON has a list
}

// A Tracer explains manifests. It keeps those of one text, since people look at many
// fields of one. The zero value is ready; it is for one goroutine.
type Tracer struct {
	text   string
	fields []field
}

// field is what stands in some lines of the manifests.
type field struct {
	first, last int
	render.Explanation
}

// An Explanation is what set the field in a line of the manifests. It is empty for lines
// without a value of their own.
type Explanation struct {
	Object  string   `json:"object,omitempty"`
	Path    string   `json:"path,omitempty"`
	Sources []Source `json:"sources,omitempty"`
	// More is the number of sources that are left out: all that a derived id is made of.
	More int `json:"more,omitempty"`
}

// A Source is a step that set the field, the last one first, and where that stands.
type Source struct {
	Text string `json:"text"`
	flinktarget.Position
}

// Explain returns what set the field in a line, counted from 1, of what Render makes of
// the text.
func (t *Tracer) Explain(text string, line int) Explanation {
	if t.fields == nil || t.text != text {
		m, _ := rendered(Text, text, nil, render.WithTrace())
		t.text, t.fields = text, fieldsOf(m)
	}
	i := slices.IndexFunc(t.fields, func(f field) bool { return f.first <= line && line <= f.last })
	if i < 0 {
		return Explanation{}
	}
	f := t.fields[i]
	out := Explanation{Object: f.Object.String(), Path: f.Path}
	for i, s := range f.Sources {
		position := s.Position
		s.Position = flinktarget.Position{} // the page has a button for it
		out.Sources = append(out.Sources, Source{s.String(), position})
		if s.Step == render.StepDerivedID {
			out.More = len(f.Sources) - i - 1
			break
		}
	}
	return out
}

// fieldsOf finds the lines of what is explained: explanations come in the order in which
// the values stand in the YAML.
func fieldsOf(m render.Manifests) []field {
	explanations := slices.Collect(m.Explain())
	var out []field
	above := 0 // lines of the objects before
	for o := range m.All() {
		text := o.YAML()
		var root yaml.Node
		_ = yaml.Unmarshal(text, &root) // never fails: it is the library's own
		for _, value := range values(&root) {
			first := above + 1 + value.Line // below the line of dashes
			last := first
			if value.Style == yaml.LiteralStyle {
				last += strings.Count(strings.TrimSuffix(value.Value, "\n"), "\n") + 1
			}
			out = append(out, field{first, last, explanations[len(out)]}) // a test compares them
		}
		above += 1 + bytes.Count(text, []byte("\n"))
	}
	return out
}

// values returns what has nothing below it, in order.
func values(n *yaml.Node) (out []*yaml.Node) {
	if len(n.Content) == 0 {
		return []*yaml.Node{n}
	}
	for i, c := range n.Content {
		if isKey := n.Kind == yaml.MappingNode && i%2 == 0; !isKey {
			out = append(out, values(c)...)
		}
	}
	return out
}

// A Comparison is what applying the manifests of one text means for a cluster that has
// those of another.
type Comparison struct {
	Changes  []Change              `json:"changes"`
	Problems []flinktarget.Problem `json:"problems"`
}

// A Change is an object that is not the same.
type Change struct {
	Object string        `json:"object"`
	Was    string        `json:"was"` // another one, if it is replaced
	Effect string        `json:"effect"`
	Fields []FieldChange `json:"fields,omitempty"`
}

// A FieldChange is a field that is not the same. Old and New are its values, in one line,
// or the lines of texts that differ.
type FieldChange struct {
	Path   string `json:"path"`
	Effect string `json:"effect"`
	Cure   string `json:"cure,omitempty"`
	Old    string `json:"old,omitempty"`
	New    string `json:"new,omitempty"`
}

// Compare renders two versions of a text. With sameJob, the jobs of the new one keep the
// ids that those of the old one derive, as VVP's do as long as it does not start them
// again.
func Compare(before, text string, sameJob bool) Comparison {
	old, problems := rendered(Before, before, nil)
	ids := map[string]string{}
	for o := range old.All() {
		ids[o.Labels()[labels.KeyDeploymentID]] = o.Labels()[labels.KeyJobID]
	}
	m, more := rendered(Text, text, func(d deployment.Deployment) render.Job {
		if !sameJob {
			return render.Job{}
		}
		return render.Job{ID: ids[d.ID()]}
	})
	problems = append(problems, more...)
	out := Comparison{Problems: append(problems, m.Warnings()...)} // those of what is over help nobody
	if len(problems) > 0 {
		return out
	}
	for _, c := range render.Compare(old, m) {
		change := Change{Object: c.Object().String(), Was: c.Old.String(), Effect: c.Effect.String()}
		for _, f := range c.Fields {
			change.Fields = append(change.Fields, fieldChange(c, f))
		}
		out.Changes = append(out.Changes, change)
	}
	return out
}

func fieldChange(c render.Change, f render.FieldChange) FieldChange {
	out := FieldChange{Path: f.Path, Effect: f.Effect.String(), Cure: f.Cure}
	texts := map[rune]string{}
	for _, l := range compare.Lines(linesOf(f.Old), linesOf(f.New)) {
		texts[l.Sign] += l.Text + "\n"
	}
	out.Old, out.New = texts['-'], texts['+']
	return out
}

// linesOf are those of a text that has several, and the JSON of other values.
func linesOf(v any) []string {
	if s, ok := v.(string); ok && strings.Contains(s, "\n") {
		return strings.Split(s, "\n")
	}
	if v == nil { // there is none
		return nil
	}
	return []string{string(tree.JSON(v))}
}
