package target

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/internal/yamldoc"
)

// snapshotVersion is that of the format which Snapshot writes and Restore reads.
const snapshotVersion = 1

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
// a digest of the targets. It may be kept inside another JSON document, and white
// space in it may change; anything else may not. Patch sets can hold secrets, and
// they are not hidden.
func (r *Registry) Snapshot() []byte {
	type held struct {
		target Target
		owners []Owner
	}
	r.mu.RLock()
	all := make([]held, 0, len(r.targets))
	for _, e := range r.targets {
		all = append(all, held{e.target, e.owners.list()})
	}
	r.mu.RUnlock()
	slices.SortFunc(all, func(a, b held) int { return compareTargets(a.target, b.target) })

	out := fmt.Appendf(nil, "{\"version\":%d,\"targets\":[", snapshotVersion)
	for i, h := range all {
		if i > 0 {
			out = append(out, ',')
		}
		slices.SortFunc(h.owners, compareOwners)
		// Encoding cannot fail: the types are data, and patches are JSON.
		line, _ := json.Marshal(snapshotEntry{Target: h.target.get(), Owners: h.owners})
		out = append(append(out, '\n'), line...)
	}
	out = append(out, "\n]"...)
	targets := out[bytes.IndexByte(out, '['):]
	return fmt.Appendf(out, ",\"digest\":%q}\n", digest(targets))
}

// digest does not depend on white space. That of what is not JSON is of no use.
func digest(text []byte) string {
	var compact bytes.Buffer
	_ = json.Compact(&compact, text)
	sum := sha256.Sum256(compact.Bytes())
	return "sha256:" + hex.EncodeToString(sum[:])
}

// Restore returns a new registry with the content of a snapshot. It checks
// everything: the version, the digest, every target as [New] does, every owner as
// [Registry.Acquire] does, and that names, ids and holds are unique. If anything is
// wrong, there is no registry, and the error is an [*InvalidError] with all that
// is, with paths such as targets[2].owners[0].kind.
func Restore(snapshot []byte) (*Registry, error) {
	s := restoring{registry: new(Registry)}
	s.read(snapshot)
	if len(s.errs) > 0 {
		return nil, &InvalidError{Subject: "the snapshot", Fields: decode.Fields(s.errs)}
	}
	return s.registry, nil
}

type restoring struct {
	registry *Registry
	errs     field.ErrorList
}

func (s *restoring) fail(e *field.Error, origin string) {
	if e.Origin == "" {
		e.Origin = origin
	}
	s.errs = append(s.errs, e)
}

func (s *restoring) read(snapshot []byte) {
	var top map[string]json.RawMessage
	if err := json.Unmarshal(snapshot, &top); err != nil {
		s.fail(field.Invalid(nil, field.OmitValueType{}, fmt.Sprintf("not a snapshot, or cut off: %v", err)), decode.OriginSyntax)
		return
	}
	// Of an unknown version nothing can be said.
	if v := string(bytes.TrimSpace(top["version"])); v != fmt.Sprint(snapshotVersion) {
		at := field.NewPath("version")
		if v == "" {
			s.fail(field.Required(at, "a snapshot has a version"), originSnapshot)
			return
		}
		s.fail(field.NotSupported(at, clip(v, maxValue), []string{fmt.Sprint(snapshotVersion)}), originSnapshot)
		return
	}
	for _, k := range tree.Keys(top) {
		if k != "version" && k != "targets" && k != "digest" {
			s.fail(field.Forbidden(field.NewPath(clip(k, maxValue)), "unknown field"), decode.OriginUnknown)
		}
	}
	var entries []json.RawMessage
	if err := json.Unmarshal(top["targets"], &entries); err != nil || entries == nil {
		s.fail(field.Required(field.NewPath("targets"), "a snapshot has a list of targets"), originSnapshot)
	}
	for i, text := range entries {
		s.entry(text, field.NewPath("targets").Index(i))
	}
	s.digest(top)
}

func (s *restoring) digest(top map[string]json.RawMessage) {
	at := field.NewPath("digest")
	var want string
	if err := json.Unmarshal(top["digest"], &want); err != nil || want == "" {
		s.fail(field.Required(at, "a snapshot has a digest"), originSnapshot)
	} else if got := digest(top["targets"]); got != want {
		s.fail(field.Invalid(at, clip(want, maxValue), "the targets are not those that the snapshot was made with; their digest is "+got), originSnapshot)
	}
}

func (s *restoring) entry(text []byte, path *field.Path) {
	v, err := tree.FromJSON(text)
	if err != nil {
		s.fail(field.Invalid(path, field.OmitValueType{}, err.Error()), decode.OriginSyntax)
		return
	}
	var e snapshotEntry
	problems := decode.Resource(yamldoc.FromTree(v), &e, validateEntry)
	for _, p := range problems {
		if p.Err.Field == "" || p.Err.Field == "<nil>" {
			p.Err.Field = path.String()
		} else {
			p.Err.Field = path.String() + "." + p.Err.Field
		}
		s.fail(p.Err, originSnapshot)
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
	if _, ok := s.registry.targets[keyOf(t)]; ok {
		s.fail(field.Duplicate(at.Child("name"), t.Ref().String()), originSnapshot)
	}
	if _, ok := s.registry.ids[t.ID()]; ok {
		s.fail(field.Duplicate(at.Child("id"), t.ID()), originSnapshot)
	}
	owners := new(ownerSet)
	for i, o := range e.Owners {
		o = o.withDefaults()
		if owners.has(o) {
			s.fail(field.Duplicate(path.Child("owners").Index(i), o.String()), originSnapshot)
		}
		owners.add(o)
	}
	s.registry.put(t, owners)
}
