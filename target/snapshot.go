package target

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/secrets"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/internal/yaml"
)

// snapshotVersion is the version of the format.
const snapshotVersion = "1"

// originSnapshot is the origin of errors about a snapshot as a whole.
const originSnapshot = "snapshot"

// snapshotEntry is a target and its owners as they stand in a snapshot.
type snapshotEntry struct {
	Target Config  `json:"target"`
	Owners []Owner `json:"owners,omitempty"`
}

// Snapshot returns all targets and all holds, as they are at one moment, as a JSON
// object that [Restore] reads. Registries with equal content give equal bytes.
//
// The object has a version, the targets with their owners, one target a line, and
// a digest of the targets. It may be part of another JSON document, and white space
// in it may change; anything else may not. Patch sets can contain secrets, which a
// snapshot does not hide.
func (r *Registry) Snapshot() []byte {
	now := r.Clone()
	targets := []byte("[")
	for t := range now.All() {
		if len(targets) > 1 {
			targets = append(targets, ',')
		}
		// Encoding cannot fail: the types are data, and patches are JSON.
		line, _ := json.Marshal(snapshotEntry{*t.config(), now.owners(t)})
		targets = append(append(targets, '\n'), line...)
	}
	targets = append(targets, "\n]"...)
	return fmt.Appendf(nil, `{"version":%s,"targets":%s,"digest":%q}`+"\n", snapshotVersion, targets, digest(targets))
}

// digest does not depend on white space. The digest of what is not JSON is of no use.
func digest(text []byte) string {
	var compact bytes.Buffer
	_ = json.Compact(&compact, text)
	sum := sha256.Sum256(compact.Bytes())
	return "sha256:" + hex.EncodeToString(sum[:])
}

// Restore returns a new registry with the content of a snapshot. It checks the
// version, the digest, every target as [New] does, every owner as
// [Registry.Acquire] does, and that names, ids and holds are unique. If anything is
// wrong, it returns no registry and an [*flinktarget.InvalidError] with all problems, with paths
// such as targets[2].owners[0].kind.
func Restore(snapshot []byte) (*Registry, error) {
	s := restoring{registry: new(Registry)}
	s.read(snapshot)
	if len(s.problems) > 0 {
		return nil, decode.Invalid("the snapshot", s.problems...)
	}
	return s.registry, nil
}

type restoring struct {
	registry *Registry
	problems []flinktarget.Problem
}

func (s *restoring) fail(origin string, e *field.Error) {
	s.problems = append(s.problems, decode.Problem(flinktarget.Position{}, e.WithOrigin(origin)))
}

func (s *restoring) read(snapshot []byte) {
	var top map[string]json.RawMessage
	if err := json.Unmarshal(snapshot, &top); err != nil {
		s.fail(decode.OriginSyntax, field.Invalid(nil, field.OmitValueType{}, err.Error()))
		return
	}
	// The fields of an unknown version may mean anything.
	if v := string(bytes.TrimSpace(top["version"])); v == "" {
		s.fail(originSnapshot, field.Required(field.NewPath("version"), ""))
		return
	} else if v != snapshotVersion {
		s.fail(originSnapshot,
			field.NotSupported(field.NewPath("version"), secrets.Clip(v, maxValue), []string{snapshotVersion}))
		return
	}
	for _, k := range tree.Keys(top) {
		if k != "version" && k != "targets" && k != "digest" {
			s.fail(decode.OriginUnknown, field.Forbidden(field.NewPath(secrets.Clip(k, maxValue)), "unknown field"))
		}
	}
	var entries []json.RawMessage
	if err := json.Unmarshal(top["targets"], &entries); err != nil || entries == nil {
		s.fail(originSnapshot, field.Required(field.NewPath("targets"), "must be a list of targets"))
	}
	for i, text := range entries {
		s.entry(text, field.NewPath("targets").Index(i))
	}
	var want string
	at := field.NewPath("digest")
	if err := json.Unmarshal(top["digest"], &want); err != nil || want == "" {
		s.fail(originSnapshot, field.Required(at, ""))
	} else if got := digest(top["targets"]); got != want {
		s.fail(originSnapshot,
			field.Invalid(at, secrets.Clip(want, maxValue), "must be the digest of the targets, which is "+got))
	}
}

func (s *restoring) entry(text []byte, path *field.Path) {
	v, err := tree.FromJSON(text)
	if err != nil {
		s.fail(decode.OriginSyntax, field.Invalid(path, field.OmitValueType{}, err.Error()))
		return
	}
	var e snapshotEntry
	problems := decode.Resource(yaml.FromTree(v), &e, false, validateEntry)
	for _, p := range problems {
		p.Field = tree.Join(path.String(), p.Field)
		s.problems = append(s.problems, p)
	}
	if len(problems) == 0 {
		s.add(e, path)
	}
}

func validateEntry(e snapshotEntry) field.ErrorList {
	errs := validate(e.Target)
	for _, f := range errs {
		f.Field = "target." + f.Field
	}
	for i, o := range e.Owners {
		errs = append(errs, checkOwner(o, field.NewPath("owners").Index(i).String())...)
	}
	return errs
}

// add puts a checked entry into the registry, unless its name or id is there.
func (s *restoring) add(e snapshotEntry, path *field.Path) {
	t := build(e.Target)
	at := path.Child("target", "metadata")
	if _, ok := s.registry.names[t.Ref()]; ok {
		s.fail(originSnapshot, field.Duplicate(at.Child("name"), t.Ref().String()))
	}
	if _, ok := s.registry.ids[t.ID()]; ok {
		s.fail(originSnapshot, field.Duplicate(at.Child("id"), t.ID()))
	}
	s.registry.put(t)
	for i, o := range e.Owners {
		if !s.registry.hold(t, o.withDefaults()) {
			s.fail(originSnapshot, field.Duplicate(path.Child("owners").Index(i), o.String()))
		}
	}
}
