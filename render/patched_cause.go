package render

import (
	"errors"
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/patch"
)

// patchedWrong says of each problem of a patched resource which patch brought it
// about. apply tries patches on the resource: they are applied one by one again.
func (g *rendering) patchedWrong(err error, apply func(patch.Set) error) error {
	if e, ok := errors.AsType[*InvalidError](err); ok {
		err = g.blamed(e, apply)
	}
	return fmt.Errorf("%s: with the patches of %s: %w", g.resource, g.target, err)
}

func (g *rendering) blamed(e *InvalidError, apply func(patch.Set) error) *InvalidError {
	out := &InvalidError{Subject: e.Subject}
	causes := g.causes(apply)
	for _, f := range e.Fields {
		cause := causes[problemKey(f)]
		copied := *f
		if cause.entry != "" {
			copied.Detail = fmt.Sprintf("%s (set by %s)", f.Detail, cause.entry)
		}
		out.Fields = append(out.Fields, &copied)
		out.Positions = append(out.Positions, cause.at)
	}
	if !slices.ContainsFunc(out.Positions, func(p patch.Position) bool { return p.File != "" }) {
		out.Positions = nil
	}
	return out
}

// cause is the last patch after which there was a problem that was not there before.
type cause struct {
	entry string
	at    patch.Position
}

func problemKey(f *field.Error) string { return string(f.Type) + " " + f.Field + " " + f.Origin }

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
		if e, ok := errors.AsType[*InvalidError](apply(set)); ok {
			for _, f := range e.Fields {
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
