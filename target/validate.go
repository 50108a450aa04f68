package target

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/patch"
)

// Origins of this package's errors.
const (
	originName     = "name"
	originUUID     = "uuid"
	originKind     = "kind"
	originRequired = "required"
	originLength   = "length"
	originText     = "text"
	originPatch    = "patch" // the patch set as a whole
)

// maxOwnerField bounds each field of an Owner, in bytes.
const maxOwnerField = 1024

func validate(c Config) field.ErrorList {
	var errs field.ErrorList
	exactly := func(name, value, want string) {
		if value != "" && value != want {
			e := field.NotSupported(field.NewPath(name), decode.Shown(value), []string{want})
			errs = append(errs, e.WithOrigin(originKind))
		}
	}
	exactly("kind", c.Kind, Kind)
	exactly("apiVersion", c.APIVersion, APIVersion)
	errs = append(errs, validateMetadata(c.Metadata, field.NewPath("metadata"))...)
	return append(errs, validateSpec(c.Spec, field.NewPath("spec"))...)
}

func validateMetadata(m Metadata, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	switch at := path.Child("name"); {
	case m.Name == "":
		errs = append(errs, field.Required(at, "").WithOrigin(originName))
	case len(m.Name) > kinds.MaxTargetName:
		errs = append(errs, field.TooLong(at, field.OmitValueType{}, kinds.MaxTargetName).WithOrigin(originName))
	case !kinds.ValidTargetName(m.Name):
		const detail = "must consist of ASCII letters and digits, '-' or '_'"
		errs = append(errs, field.Invalid(at, decode.Shown(m.Name), detail).WithOrigin(originName))
	}
	if m.ID != "" && !kinds.ValidID(m.ID) {
		const detail = "must be a lower-case UUID, such as 2da2f867-5899-4bef-8ad0-9771bbac38b4"
		errs = append(errs, field.Invalid(path.Child("id"), decode.Shown(m.ID), detail).WithOrigin(originUUID))
	}
	// VVP documents no rule for its namespaces, which become values of the label
	// vvpNamespace.
	for _, msg := range append(validation.IsValidLabelValue(m.Namespace), reserved(m.Namespace)...) {
		e := field.Invalid(path.Child("namespace"), decode.Shown(m.Namespace), msg)
		errs = append(errs, e.WithOrigin(originName))
	}
	errs = append(errs, validateTexts(m.Labels, path.Child("labels"))...)
	return append(errs, validateTexts(m.Annotations, path.Child("annotations"))...)
}

// reserved refuses the text that stands for ids when Deployments are rendered.
func reserved(s string) []string {
	if kinds.IsReserved(s) {
		return []string{kinds.Reserved}
	}
	return nil
}

// validateTexts refuses what JSON changes silently. VVP documents no rule for its own
// labels and annotations.
func validateTexts(m map[string]string, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	for _, key := range tree.Keys(m) {
		if !utf8.ValidString(key) || !utf8.ValidString(m[key]) {
			at := path.Key(strings.ToValidUTF8(key, "\ufffd"))
			e := field.Invalid(at, field.OmitValueType{}, "key and value must be valid UTF-8")
			errs = append(errs, e.WithOrigin(originText))
		}
	}
	return errs
}

func validateSpec(s Spec, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	at := path.Child("kubernetes")
	if s.Kubernetes == nil {
		const cure = "write {namespace: NAME}, or {} for the namespace of the platform"
		errs = append(errs, field.Required(at, cure).WithOrigin(originRequired))
	} else if ns := s.Kubernetes.Namespace; ns != "" {
		for _, msg := range append(validation.IsDNS1123Label(ns), reserved(ns)...) {
			e := field.Invalid(at.Child("namespace"), decode.Shown(ns), msg)
			errs = append(errs, e.WithOrigin(originName))
		}
	}
	_, err := patch.NewSet(s.DeploymentPatchSet...)
	if e, ok := errors.AsType[*flinktarget.InvalidError](err); ok {
		for _, p := range e.Problems {
			errs = append(errs, &field.Error{Type: field.ErrorTypeInvalid, BadValue: field.OmitValueType{},
				Field: path.Child("deploymentPatchSet").String() + p.Field, Detail: p.Message, Origin: originPatch})
		}
	}
	return errs
}

// checkOwner refuses what cannot be in a snapshot, or be named in an error.
func checkOwner(o Owner, path string) field.ErrorList {
	var errs field.ErrorList
	check := func(name, value string, required bool) {
		var e *field.Error
		switch {
		case value == "" && required:
			e = field.Required(nil, "").WithOrigin(originRequired)
		case len(value) > maxOwnerField:
			e = field.TooLong(nil, field.OmitValueType{}, maxOwnerField).WithOrigin(originLength)
		case !isText(value):
			const detail = "must be valid UTF-8 without control characters"
			e = field.Invalid(nil, field.OmitValueType{}, detail).WithOrigin(originText)
		default:
			return
		}
		e.Field = path + "." + name
		errs = append(errs, e)
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
	const detail = "name or id is required: the reference of a Deployment in session mode is empty, and has no target"
	return field.ErrorList{field.Required(field.NewPath(path), detail).WithOrigin(originRequired)}
}
