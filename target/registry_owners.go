package target

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/internal/decode"
)

// maxOwnerField bounds each field of an Owner, in bytes. VVP's names and ids are
// at most 250.
const maxOwnerField = 1024

// The origins of errors about the registry's arguments.
const (
	originRequired = "required"
	originLength   = "maxLength"
	originText     = "text"
)

// ownerSet is a set of owners; nil is empty, and add needs one. Most targets have
// few, and a map has room for eight from the first one on; a slice takes no more
// than they need.
type ownerSet struct {
	few  []Owner
	many map[Owner]struct{} // nil while there are few
}

const (
	maxFew  = 8
	minMany = maxFew / 2 // less than maxFew, so that the set does not go back and forth
)

func (s *ownerSet) len() int {
	if s == nil {
		return 0
	}
	return len(s.few) + len(s.many)
}

func (s *ownerSet) has(o Owner) bool {
	if s == nil {
		return false
	}
	if s.many != nil {
		_, ok := s.many[o]
		return ok
	}
	return slices.Contains(s.few, o)
}

func (s *ownerSet) add(o Owner) {
	switch {
	case s.many != nil:
		s.many[o] = struct{}{}
	case slices.Contains(s.few, o):
	case len(s.few) < maxFew:
		s.few = append(s.few, o)
	default:
		s.many = make(map[Owner]struct{}, len(s.few)+1)
		for _, f := range s.few {
			s.many[f] = struct{}{}
		}
		s.many[o] = struct{}{}
		s.few = nil
	}
}

func (s *ownerSet) remove(o Owner) bool {
	if !s.has(o) {
		return false
	}
	if s.many == nil {
		s.few = slices.DeleteFunc(s.few, func(f Owner) bool { return f == o })
		if len(s.few) == 0 {
			s.few = nil
		}
		return true
	}
	delete(s.many, o)
	if len(s.many) <= minMany {
		s.few, s.many = s.list(), nil
	}
	return true
}

// list returns the owners in a fresh slice, in no order.
func (s *ownerSet) list() []Owner {
	out := make([]Owner, 0, s.len())
	if s == nil {
		return out
	}
	out = append(out, s.few...)
	for o := range s.many {
		out = append(out, o)
	}
	return out
}

func compareOwners(a, b Owner) int {
	return cmp.Or(
		strings.Compare(a.Kind, b.Kind), strings.Compare(a.Namespace, b.Namespace),
		strings.Compare(a.Name, b.Name), strings.Compare(a.UID, b.UID))
}

// checkOwner refuses what would not survive a snapshot, or could not be named in
// an error.
func checkOwner(o Owner, path string) field.ErrorList {
	var errs field.ErrorList
	check := func(name, value string, required bool) {
		switch {
		case value == "" && required:
			errs = append(errs, field.Required(field.NewPath(path, name), "an owner needs a "+name).WithOrigin(originRequired))
		case len(value) > maxOwnerField:
			errs = append(errs, field.TooLong(field.NewPath(path, name), field.OmitValueType{}, maxOwnerField).WithOrigin(originLength))
		case !isText(value):
			errs = append(errs, field.Invalid(field.NewPath(path, name), field.OmitValueType{}, "UTF-8 without control characters is wanted").WithOrigin(originText))
		}
	}
	check("kind", o.Kind, true)
	check("namespace", o.Namespace, false)
	check("name", o.Name, true)
	check("uid", o.UID, false)
	return errs
}

func isText(s string) bool { return utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl) }

func checkRef(ref Ref, path string) field.ErrorList {
	if !ref.IsZero() {
		return nil
	}
	return field.ErrorList{field.Required(field.NewPath(path), "a reference to a target has its name or its id").WithOrigin(originRequired)}
}

// checkTarget refuses the zero value.
func checkTarget(t Target) field.ErrorList {
	if !t.IsZero() {
		return nil
	}
	return decode.Fields(field.ErrorList{field.Required(nil, "the target is the zero value; make it with target.New or target.Parse").WithOrigin(originRequired)})
}
