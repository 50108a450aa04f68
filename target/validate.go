package target

import (
	"errors"
	"strings"
	"unicode/utf8"

	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/lazyregexp"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/patch"
)

// Origins of this package's errors.
const (
	originName  = "name"
	originUUID  = "uuid"
	originKind  = "kind"
	originPatch = "patch" // what is wrong with the patch set as a whole
)

// maxName and namePattern are VVP's rule for DeploymentTargets.
const maxName = 250

var namePattern = lazyregexp.New(`^[0-9a-zA-Z_-]+$`)

func validate(c Config) field.ErrorList {
	var errs field.ErrorList
	if c.Kind != "" && c.Kind != Kind {
		errs = append(errs, field.NotSupported(field.NewPath("kind"), decode.Shown(c.Kind), []string{Kind}).WithOrigin(originKind))
	}
	if c.APIVersion != "" && c.APIVersion != APIVersion {
		errs = append(errs, field.NotSupported(field.NewPath("apiVersion"), decode.Shown(c.APIVersion), []string{APIVersion}).WithOrigin(originKind))
	}
	errs = append(errs, validateMetadata(c.Metadata, field.NewPath("metadata"))...)
	return append(errs, validateSpec(c.Spec, field.NewPath("spec"))...)
}

func validateMetadata(m Metadata, path *field.Path) field.ErrorList {
	errs := validateName(m.Name, path.Child("name"))
	if m.ID != "" && !kinds.ValidID(m.ID) {
		errs = append(errs, field.Invalid(path.Child("id"), decode.Shown(m.ID), "a UUID in lower case is wanted, such as 2da2f867-5899-4bef-8ad0-9771bbac38b4").WithOrigin(originUUID))
	}
	errs = append(errs, validateNamespace(m.Namespace, path.Child("namespace"))...)
	errs = append(errs, validateTexts(m.Labels, path.Child("labels"))...)
	return append(errs, validateTexts(m.Annotations, path.Child("annotations"))...)
}

// validateTexts refuses what JSON would change in silence. VVP documents no rule for
// its own labels and annotations.
func validateTexts(m map[string]string, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	for _, key := range tree.Keys(m) {
		if !utf8.ValidString(key) || !utf8.ValidString(m[key]) {
			at := path.Key(strings.ToValidUTF8(key, "\ufffd"))
			errs = append(errs, field.Invalid(at, field.OmitValueType{}, "the key or the value is not UTF-8").WithOrigin(originText))
		}
	}
	return errs
}

func validateName(name string, path *field.Path) field.ErrorList {
	switch {
	case name == "":
		return field.ErrorList{field.Required(path, "a target needs a name").WithOrigin(originName)}
	case len(name) > maxName:
		return field.ErrorList{field.TooLong(path, field.OmitValueType{}, maxName).WithOrigin(originName)}
	case !namePattern().MatchString(name):
		return field.ErrorList{field.Invalid(path, decode.Shown(name), "the name of a target has only the characters 0-9, a-z, A-Z, - and _").WithOrigin(originName)}
	}
	return nil
}

// validateNamespace checks a VVP namespace. VVP documents no rule; as it becomes
// the value of the label vvpNamespace, Kubernetes' rule for label values is the
// least that is needed.
func validateNamespace(ns string, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	for _, msg := range validation.IsValidLabelValue(ns) {
		errs = append(errs, field.Invalid(path, decode.Shown(ns), msg).WithOrigin(originName))
	}
	return errs
}

func validateSpec(s Spec, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	at := path.Child("kubernetes")
	if s.Kubernetes == nil {
		errs = append(errs, field.Required(at, "write kubernetes: {namespace: NAME}, or kubernetes: {} for the namespace that the platform runs in").WithOrigin("required"))
	} else if ns := s.Kubernetes.Namespace; ns != "" {
		for _, msg := range validation.IsDNS1123Label(ns) {
			errs = append(errs, field.Invalid(at.Child("namespace"), decode.Shown(ns), msg).WithOrigin("format=k8s-short-name"))
		}
	}
	_, err := patch.NewSet(s.DeploymentPatchSet...)
	if e, ok := errors.AsType[*patch.InvalidError](err); ok {
		for _, f := range e.Fields {
			moved := *f
			moved.Field = path.Child("deploymentPatchSet").String() + f.Field
			errs = append(errs, moved.WithOrigin(originPatch))
		}
	}
	return errs
}
