package render

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/patch"
)

// placeholder stands for an id that is not derived yet, with dashes and, as Flink writes
// ids, without. It has the form of a derived id, so that patterns of names select both.
// Resources and patches that have it are refused when they are made, because it would
// become the id.
const (
	placeholder     = kinds.PlaceholderID
	barePlaceholder = kinds.BarePlaceholderID
)

// identify derives the id from patched objects and puts it into them.
func (g *rendering) identify(s source, objects []tree.Map) ([]tree.Map, error) {
	id := deriveID(s.(job).ID(), objects)
	if err := g.sameMatches(id); err != nil {
		return nil, err
	}
	g.plan.Name, g.plan.Job.ID = withID(g.plan.Name, id), id
	for _, o := range objects {
		setID(o, id)
	}
	return objects, nil
}

// deriveID makes the job id of what a change of must make another job: where it
// runs, the JobManager's Job, which Kubernetes does not let change, and the
// configuration. The placeholder is read as the nil id.
func deriveID(deploymentID string, objects []tree.Map) string {
	text := make([]byte, 0, 8<<10)
	for _, o := range objects {
		switch tree.String(o, "kind") {
		case "Job", "ConfigMap":
			text = append(tree.AppendJSON(text, o), '\n') // the namespace is in it
		}
	}
	overwrite(text, placeholder, kinds.NilID)
	overwrite(text, barePlaceholder, strings.ReplaceAll(kinds.NilID, "-", ""))
	sum := sha256.Sum256(text)
	return kinds.DeriveID("Job", deploymentID, hex.EncodeToString(sum[:]))
}

// overwrite puts a value in the place of another one of the same length.
func overwrite(text []byte, old, value string) {
	for {
		i := bytes.Index(text, []byte(old))
		if i < 0 {
			return
		}
		copy(text[i:], value)
		text = text[i+len(old):]
	}
}

// sameMatches reports a patch that selects other objects with the derived id than
// with the placeholder: then the id does not stand for what was rendered.
func (g *rendering) sameMatches(id string) error {
	set := g.target.Patches()
	if set.Len() == 0 {
		return nil
	}
	before := set.Selected(g.built)
	for _, o := range g.built { // as far as patches select by it
		setID(o["metadata"], id)
	}
	after := set.Selected(g.built)
	for i, p := range set.All() {
		of := func(list []patch.Match) []patch.Match {
			return slices.DeleteFunc(slices.Clone(list), func(m patch.Match) bool { return m.Patch != i })
		}
		if !slices.Equal(of(before), of(after)) {
			wrong := decode.Warning("derived-id Job.ID", g.resource.String(), "", "the patch matches other objects "+
				"with the derived job id, "+id+", than without it; give the job an id", p.Position())
			wrong.Severity = flinktarget.SeverityError
			wrong.Cause = &flinktarget.Cause{Resource: g.target.String(), Field: kinds.PatchField(i)}
			return decode.Invalid("", wrong)
		}
	}
	return nil
}

// setID puts an id in the place of the placeholder, where that is. Objects share parts
// with resources, patches and other renderings, but none that has the placeholder: that
// was made by this rendering.
func setID(v any, id string) {
	switch v := v.(type) {
	case tree.Map:
		for key, e := range v {
			if text, ok := e.(string); !ok {
				setID(e, id)
			} else if is := withID(text, id); is != text {
				v[key] = is
			}
		}
	case []any:
		for i, e := range v {
			if text, ok := e.(string); !ok {
				setID(e, id)
			} else if is := withID(text, id); is != text {
				v[i] = is
			}
		}
	}
}

// withID returns a text with an id in the place of the placeholder.
func withID(text, id string) string {
	if len(text) < len(barePlaceholder) || !strings.Contains(text, placeholder[:8]) { // as nearly all
		return text
	}
	text = strings.ReplaceAll(text, placeholder, id)
	if strings.Contains(text, barePlaceholder) {
		text = strings.ReplaceAll(text, barePlaceholder, strings.ReplaceAll(id, "-", ""))
	}
	return text
}
