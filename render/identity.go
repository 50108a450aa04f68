package render

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/internal/flink"
	"github.com/flinktarget/flinktarget/internal/ids"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/patch"
)

// ErrDerivedID is the class of errors about patches that select objects by an id
// that is derived from what the patches do. The cure is to give Job.ID.
var ErrDerivedID = errors.New("a patch selects on the derived job id")

// patched makes the objects of a cluster and applies the target's patches.
func (g *rendering) patched(c *cluster) ([]tree.Map, []patch.Match, error) {
	if err := g.err(); err != nil {
		return nil, nil, err
	}
	path := field.NewPath("spec")
	if c.application {
		path = path.Child("template", "spec")
	}
	_, config, problems := flink.ConfigFile(c.version, c.config)
	for _, p := range problems {
		at := path.Child("flinkConfiguration")
		if p.Key != "" {
			at = at.Key(p.Key)
		}
		p.Key = ""
		g.fail(field.Invalid(at, field.OmitValueType{}, p.String()), "flink-configuration")
	}
	built := g.objects(c, config, path.Child("kubernetes"))
	if err := g.err(); err != nil {
		return nil, nil, err
	}
	g.unpatched = unpatched{cluster: c, objects: built, path: path}
	objects, matches, err := g.target.Patches().ApplyShared(tree.Shared{Maps: built})
	if err != nil {
		if failed, ok := errors.AsType[*patch.ApplyError](err); ok {
			err = g.withoutID(failed)
		}
		return nil, nil, fmt.Errorf("%s: patches of %s: %w", g.resource, g.target, err)
	}
	g.matched = matches
	return objects.Maps, matches, g.trace.patched(built)
}

// withoutID calls an object with a derived id as the documentation does, job-ID: the
// id is nothing that anybody has seen.
func (g *rendering) withoutID(e *patch.ApplyError) error {
	if g.unseen == "" {
		return e
	}
	out := *e
	out.Object = strings.ReplaceAll(e.Object, g.unseen, "ID")
	return &out
}

// deriveID makes the job id of what a change of must make another job: where it
// runs, the JobManager's Job, which Kubernetes does not let change, and the
// configuration. The draft was rendered with the nil id.
func deriveID(deploymentID string, draft []tree.Map) string {
	hash := sha256.New()
	text := make([]byte, 0, 8<<10)
	for _, o := range draft {
		switch tree.String(o, "kind") {
		case "Job", "ConfigMap":
			text = append(tree.AppendJSON(text[:0], o), '\n') // the namespace is in it
			hash.Write(text)
		}
	}
	return ids.Derive("Job", deploymentID, hex.EncodeToString(hash.Sum(nil)))
}

// sameMatches reports a patch that selects other objects with the derived id than
// with the nil id: then the id does not stand for what was rendered.
func sameMatches(res resource, id string, first, second []patch.Match) error {
	if slices.Equal(first, second) {
		return nil
	}
	for _, m := range append(slices.Clone(first), second...) {
		if !slices.Contains(first, m) || !slices.Contains(second, m) {
			return fmt.Errorf("%s: %w: %s matches other objects with the job id %s than without it; give Job.ID",
				res, ErrDerivedID, entryPath(m.Patch), id)
		}
	}
	return nil
}
