package render

import (
	"errors"
	"fmt"
	"net/url"
	"path"
	"strings"
	"unicode/utf8"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/ids"
	"github.com/flinktarget/flinktarget/patch"
	"github.com/flinktarget/flinktarget/target"
)

// InvalidError reports everything that is wrong with an input; see
// [patch.InvalidError].
type InvalidError = patch.InvalidError

// ErrInvalid is the class of an [InvalidError].
var ErrInvalid = patch.ErrInvalid

// ErrMismatch is the class of a [MismatchError].
var ErrMismatch = errors.New("the target is not the one that is referred to")

// MismatchError reports a resource that was to be rendered with a target that it
// does not refer to. It is ErrMismatch for errors.Is.
type MismatchError struct {
	// Resource is what was to be rendered, such as "Deployment default/top-speed".
	Resource string
	// Want is what it refers to, Got what was given.
	Want, Got target.Ref
}

// Error names the resource and both targets.
func (e *MismatchError) Error() string {
	return fmt.Sprintf("%s refers to the target %s, not to %s", e.Resource, e.Want, e.Got)
}

// Is reports whether target is ErrMismatch.
func (e *MismatchError) Is(target error) bool { return target == ErrMismatch }

// A Renderer makes Kubernetes objects of VVP resources. It is immutable and safe
// for concurrent use. The zero value renders with no options.
type Renderer struct {
	platform      Platform
	images        Images // by minor version
	fetcherImage  string
	tlsSecret     string
	budgets       bool
	withNamespace bool
	profiles      LoggingProfiles

	allowUnresolved bool
	strictPatches   bool
	workers         int
	traced          bool
}

// New returns a Renderer with these options. It fails if one of them is not legal.
func New(opts ...Option) (*Renderer, error) {
	r := &Renderer{}
	var errs []error
	for _, o := range opts {
		if o != nil {
			errs = append(errs, o.apply(r))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return r, nil
}

// A Job is what a Deployment's template does not say of the Flink job to run. The
// zero value is a job with a derived id that starts without state.
type Job struct {
	// ID is the UUID of the job, in lower case. VVP's Job resource has it as
	// metadata.id. Objects are named after it, and Flink's job id is the ID without
	// dashes. Where it is empty, an id is derived that changes exactly when the
	// JobManager's Job or the configuration of Flink does.
	ID string
	// SavepointLocation is the URI, or the absolute path, of a savepoint to start from;
	// empty for none.
	SavepointLocation string
}

func (j Job) validate() error {
	var errs field.ErrorList
	if j.ID != "" && (!ids.Valid(j.ID) || j.ID == ids.Nil) {
		errs = append(errs, field.Invalid(field.NewPath("ID"), j.ID, "a UUID in lower case is wanted, and not the nil UUID").WithOrigin("uuid"))
	}
	if s := j.SavepointLocation; s != "" {
		u, err := url.Parse(s)
		if err != nil || u.Scheme == "" && !path.IsAbs(s) || u.Opaque != "" || strings.ContainsAny(s, " \t\r\n") || !utf8.ValidString(s) {
			errs = append(errs, field.Invalid(field.NewPath("SavepointLocation"), field.OmitValueType{}, "a URI is wanted, such as s3://bucket/savepoint, or an absolute path, without blanks").WithOrigin("uri"))
		}
	}
	if len(errs) > 0 {
		return &InvalidError{Subject: "Job", Fields: errs}
	}
	return nil
}

// resource is what the rendering of a Deployment and of a SessionCluster have in
// common as seen from the outside.
type resource interface {
	String() string
	Target() target.Ref
	IsZero() bool
	Position(field string) patch.Position
}

var (
	_ resource = deployment.Deployment{}
	_ resource = deployment.SessionCluster{}
)

// rendering is one call of a Renderer: it collects warnings and problems.
type rendering struct {
	*Renderer
	target    target.Target
	resource  resource
	matched   []patch.Match // by the index of built objects
	unpatched unpatched
	warnings  []Warning
	errs      field.ErrorList
	trace     *tracer // nil without WithTrace
	partial   bool    // of a draft: only what the id is derived from
	unseen    string  // a job id that nobody has seen, "" for one that was given
}

func (r *Renderer) start(t target.Target, res resource, kind string) (*rendering, error) {
	switch {
	case res.IsZero():
		return nil, zeroValue(kind, "the "+kind+" is the zero value; make it with its package")
	case t.IsZero():
		return nil, zeroValue(res.String(), "the target is the zero value; make it with target.New or target.Parse")
	case !res.Target().IsZero() && !res.Target().Matches(t):
		return nil, &MismatchError{Resource: res.String(), Want: res.Target(), Got: t.Ref()}
	}
	return &rendering{Renderer: r, target: t, resource: res}, nil
}

func zeroValue(subject, message string) error {
	return &InvalidError{Subject: subject, Fields: field.ErrorList{field.Required(nil, message).WithOrigin("required")}}
}

func (g *rendering) warn(path *field.Path, format string, args ...any) {
	w := Warning{Resource: g.resource.String(), Message: fmt.Sprintf(format, args...)}
	if path != nil {
		w.Field = path.String()
		w.Position = g.resource.Position(w.Field)
	}
	g.warnings = append(g.warnings, w)
}

// adopt passes on what the resource itself warns of.
func (g *rendering) adopt(list []deployment.Warning) {
	for _, w := range list {
		g.warnings = append(g.warnings, Warning{Resource: g.resource.String(), Field: w.Field, Position: g.resource.Position(w.Field), Message: w.Message})
	}
}

func (g *rendering) fail(e *field.Error, origin string) {
	g.errs = append(g.errs, e.WithOrigin(origin))
}

// err returns what was reported with fail.
func (g *rendering) err() error {
	if len(g.errs) == 0 {
		return nil
	}
	e := &InvalidError{Subject: g.resource.String(), Fields: g.errs}
	for _, f := range g.errs {
		if at := g.resource.Position(f.Field); at != (patch.Position{}) {
			e.Positions = append(e.Positions, at)
		}
	}
	if len(e.Positions) != len(e.Fields) {
		e.Positions = nil // not read from a text
	}
	return e
}

// namespace returns the Kubernetes namespace of the target.
func (g *rendering) namespace() string {
	platform := g.platform.Namespace
	switch ns := g.target.KubernetesNamespace(); {
	case ns == "" && platform == "":
		g.fail(field.Required(field.NewPath("spec", "deploymentTargetName"),
			fmt.Sprintf("%s has no Kubernetes namespace, which means the platform's own: say which it is with render.Platform{Namespace: …}", g.target)), "platform-namespace")
		return ""
	case ns == "" || ns == platform:
		g.warn(nil, "%s is in the namespace of the platform itself (%s); Ververica advises to keep Flink jobs apart from it", g.target, platform)
		return platform
	default:
		return ns
	}
}
