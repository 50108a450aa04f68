package deployment

import (
	"cmp"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/yaml"
	"github.com/flinktarget/flinktarget/patch"
	"github.com/flinktarget/flinktarget/target"
)

// A Deployment is a VVP Deployment that has been checked: an immutable value,
// safe for concurrent use. The zero value is no Deployment: its methods may be
// called, and whatever needs a Deployment refuses it.
type Deployment struct {
	_ [0]func() // compare with Equal, not with ==
	*data[Config]
}

// New checks a configuration and returns a Deployment made of a copy of it. The
// error is an [*flinktarget.InvalidError] with all problems.
func New(c Config) (Deployment, error) {
	c = clone(c)
	if errs := validateDeployment(c); len(errs) > 0 {
		return Deployment{}, decode.Invalid(subject(c), decode.Fields(errs)...)
	}
	return Deployment{data: &data[Config]{config: c}}, nil
}

// Parse reads one Deployment in YAML or JSON, by itself or in the custom resource
// VvpDeployment of VVP's operator. The name of the file is used in the positions of
// errors only, and may be empty. The error is an [*flinktarget.InvalidError] with all problems
// and their positions.
func Parse(file string, text []byte) (Deployment, error) { return Defaults{}.Parse(file, text) }

func (o Reader) deployment(root *yaml.Node) (Deployment, error) {
	var w wrapped
	if part(root, "kind").Text == kindWrapper {
		var problems []flinktarget.Problem
		if w, problems = unwrap(root); len(problems) > 0 {
			return Deployment{}, decode.Invalid(kindWrapper, problems...)
		}
		root = w.inner
	}
	var c, filled Config
	problems := decode.Resource(root, &c, o.AllowUnknown, func(c Config) field.ErrorList {
		filled = o.Defaults.apply(c)
		return validateDeployment(filled)
	})
	if len(problems) > 0 {
		if w.outer != nil {
			w.rename(problems)
		}
		return Deployment{}, decode.Invalid(subject(c), problems...)
	}
	made := &data[Config]{config: filled, source: root, newer: o.AllowUnknown, savepoint: w.savepoint}
	o.Defaults.note(made, c)
	return Deployment{data: made}, nil
}

// Target returns what the Deployment refers to, the zero Ref if it runs on a
// SessionCluster: then the target to look up and to hold is that of the SessionCluster.
func (d Deployment) Target() target.Ref {
	s := d.get().Spec
	if s.DeploymentTargetID == "" && s.DeploymentTargetName == "" {
		return target.Ref{}
	}
	return target.Ref{Namespace: d.Namespace(), Name: s.DeploymentTargetName, ID: s.DeploymentTargetID}
}

// Config returns a copy of the configuration, as it was given, and with what the
// Deployment Defaults filled in if it was made with any. Editing it does not change
// d; New makes another Deployment of it.
func (d Deployment) Config() Config { return clone(d.get()) }

// Given returns a copy of the configuration as it was given, without Deployment
// Defaults and patches.
func (d Deployment) Given() Config {
	return clone(*cmp.Or(d.known().given, &d.known().config))
}

// Defaults returns the Deployment Defaults that d was made with. The zero value
// stands for none.
func (d Deployment) Defaults() Defaults { return d.known().layers }

// Resolved returns a copy of the configuration with everything filled in that
// VVP documents a default for. NumberOfTaskManagers stays nil: how many are
// needed follows from parallelism and slots.
func (d Deployment) Resolved() Config { return d.data.resolved() }

// Patch returns the Deployment that a target's patch set makes of d. Defaults are
// filled in first, so that patches find maps to add to. The result is checked
// like any input. Where no patch is for Deployments, or one fails, the result is d. Errors are
// of type [*patch.ApplyError] and [*flinktarget.InvalidError].
func (d Deployment) Patch(s patch.Set) (Deployment, error) {
	root, err := d.patch(s)
	if root == nil {
		return d, err
	}
	patched, err := Reader{AllowUnknown: d.newer}.deployment(root)
	if err == nil {
		patched.given, patched.savepoint = cmp.Or(d.given, &d.config), d.savepoint
	}
	return patched, err
}

// Equal reports whether d and e have equal configurations. Formatting, comments,
// and nil against empty maps do not count; defaults are not filled in.
func (d Deployment) Equal(e Deployment) bool { return d.data.equal(e.data) }

// UnmarshalJSON sets the variable d as Parse does, to the zero value for null. The
// Deployment that it held before does not change.
func (d *Deployment) UnmarshalJSON(text []byte) error {
	return decode.JSON(d, text, Reader{}.deployment)
}
