package target

import (
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
	var p problems
	p.exactly("kind", c.Kind, Kind)
	p.exactly("apiVersion", c.APIVersion, APIVersion)
	p.metadata(c.Metadata, field.NewPath("metadata"))
	p.spec(c.Spec, field.NewPath("spec"))
	return field.ErrorList(p)
}

// problems are those of a configuration.
type problems field.ErrorList

func (p *problems) add(origin string, e *field.Error) { *p = append(*p, e.WithOrigin(origin)) }

func (p *problems) exactly(name, value, want string) {
	if value != "" && value != want {
		p.add(originKind, field.NotSupported(field.NewPath(name), decode.Shown(value), []string{want}))
	}
}

func (p *problems) metadata(m Metadata, path *field.Path) {
	switch at := path.Child("name"); {
	case m.Name == "":
		p.add(originName, field.Required(at, ""))
	case len(m.Name) > kinds.MaxTargetName:
		p.add(originName, field.TooLong(at, field.OmitValueType{}, kinds.MaxTargetName))
	case !kinds.ValidTargetName(m.Name):
		const detail = "must consist of ASCII letters and digits, '-' or '_'"
		p.add(originName, field.Invalid(at, decode.Shown(m.Name), detail))
	}
	if m.ID != "" && !kinds.ValidID(m.ID) {
		const detail = "must be a lower-case UUID, such as 2da2f867-5899-4bef-8ad0-9771bbac38b4"
		p.add(originUUID, field.Invalid(path.Child("id"), decode.Shown(m.ID), detail))
	}
	// VVP documents no rule for its namespaces, which become values of the label
	// vvpNamespace.
	p.text(path.Child("namespace"), m.Namespace, validation.IsValidLabelValue)
	p.texts(m.Labels, path.Child("labels"))
	p.texts(m.Annotations, path.Child("annotations"))
}

// text refuses a name that does not follow a rule, or that stands for ids when Deployments are rendered.
func (p *problems) text(at *field.Path, name string, rule func(string) []string) {
	why := rule(name)
	if kinds.IsReserved(name) {
		why = append(why, kinds.Reserved)
	}
	for _, detail := range why {
		p.add(originName, field.Invalid(at, decode.Shown(name), detail))
	}
}

// texts refuses what JSON changes silently. VVP documents no rule for its own
// labels and annotations.
func (p *problems) texts(m map[string]string, path *field.Path) {
	for _, key := range tree.Keys(m) {
		if !utf8.ValidString(key) || !utf8.ValidString(m[key]) {
			at := path.Key(strings.ToValidUTF8(key, "\ufffd"))
			p.add(originText, field.Invalid(at, field.OmitValueType{}, "key and value must be valid UTF-8"))
		}
	}
}

func (p *problems) spec(s Spec, path *field.Path) {
	at := path.Child("kubernetes")
	if s.Kubernetes == nil {
		p.add(originRequired, field.Required(at, "write {namespace: NAME}, or {} for the namespace of the platform"))
	} else if s.Kubernetes.Namespace != "" {
		p.text(at.Child("namespace"), s.Kubernetes.Namespace, validation.IsDNS1123Label)
	}
	_, err := patch.NewSet(s.DeploymentPatchSet...)
	for of := range flinktarget.Problems(err) {
		p.add(originPatch, &field.Error{Type: field.ErrorTypeInvalid, BadValue: field.OmitValueType{},
			Field: path.Child("deploymentPatchSet").String() + of.Field, Detail: of.Message})
	}
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
