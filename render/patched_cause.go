package render

import (
	"errors"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/patch"
)

// patchedWrong says of each problem of a patched resource which patch brought it
// about. apply tries patches on the resource: they are applied one by one again.
func (g *rendering) patchedWrong(err error, apply func(patch.Set) error) error {
	e, ok := errors.AsType[*flinktarget.InvalidError](err)
	if !ok {
		return g.notApplied(err)
	}
	causes := g.causes(apply)
	for i, p := range e.Problems {
		cause := causes[problemKey(p)]
		p.Resource, p.Position = g.resource.String(), cause.at
		p.Cause = &flinktarget.Cause{Resource: g.target.String(), Field: cause.entry}
		e.Problems[i] = p
	}
	return e
}

// cause is the last patch after which there was a problem that was not there before.
type cause struct {
	entry string
	at    flinktarget.Position
}

func problemKey(p flinktarget.Problem) string { return p.Rule + " " + p.Field }

func (g *rendering) causes(apply func(patch.Set) error) map[string]cause {
	causes := map[string]cause{}
	var patches []patch.Patch
	before := map[string]bool{}
	for i, p := range g.target.Patches().All() {
		patches = append(patches, p)
		set, err := patch.NewSet(patches...)
		if err != nil {
			return causes // they are part of a set
		}
		after := map[string]bool{}
		if e, ok := errors.AsType[*flinktarget.InvalidError](apply(set)); ok {
			for _, f := range e.Problems {
				key := problemKey(f)
				if after[key] = true; !before[key] {
					causes[key] = cause{kinds.PatchField(i), p.Position()}
				}
			}
		}
		before = after
	}
	return causes
}
