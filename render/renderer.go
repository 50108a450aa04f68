package render

import (
	"errors"
	"net/url"
	"path"
	"strings"
	"unicode/utf8"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/build"
	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/patch"
)

// A Renderer makes Kubernetes objects of VVP resources. It is immutable and safe
// for concurrent use. The zero value renders with no options.
type Renderer struct {
	options       build.Options
	platform      Platform
	withNamespace bool
	strictPatches bool
	allowUnknown  bool
	ignoreState   bool
	engine        patch.Engine // nil for package patch's own
	workers       int
	traced        bool
}

// New returns a Renderer with these options. It fails with an InvalidError if one is not
// legal, or given twice: its Problems are of the rule "option", and their Field is the
// name of the option, as in UseImages, or of a field of it, as in ForPlatform.Name.
func New(opts ...Option) (*Renderer, error) {
	r := &Renderer{}
	var problems []flinktarget.Problem
	given := map[string]bool{}
	report := func(option string, err error) {
		for p := range flinktarget.Problems(err) {
			name := strings.TrimSuffix(option+"."+p.Field, ".")
			problems = append(problems, flinktarget.Problem{Severity: flinktarget.SeverityError, Rule: "option",
				Field: name, Message: p.Message})
		}
	}
	for _, o := range opts {
		if o.apply == nil {
			continue
		}
		err := o.apply(r)
		if given[o.name] {
			err = errors.New("given twice")
		}
		given[o.name] = true
		report(o.name, err)
	}
	report("WithNetworkPolicies", r.together())
	if len(problems) > 0 {
		return nil, &flinktarget.InvalidError{Problems: problems}
	}
	return r, nil
}

// A Job is what a Deployment's template does not say of the Flink job to run. The
// zero value is a job with a derived id that starts without state.
type Job struct {
	// ID is the UUID of the job, in lower case. VVP's Job resource has it as
	// metadata.id. Objects are named after it, and Flink's job id is the ID without
	// dashes. Where it is empty, an id is derived that changes exactly when the
	// JobManager's Job or the configuration of Flink does. A new id without a savepoint starts
	// without state, whatever the resource's restoreStrategy says: that is the platform's part.
	ID string
	// SavepointLocation is the URI, or the absolute path, of a savepoint to start from;
	// empty for none.
	SavepointLocation string
	// SessionCluster is that of a Deployment in session mode, and the zero value for all
	// others. [Renderer.Bundle] finds it.
	SessionCluster deployment.SessionCluster
}

func (j Job) validate() error {
	var errs field.ErrorList
	if j.ID != "" && !kinds.ValidJobID(j.ID) {
		e := field.Invalid(field.NewPath("ID"), j.ID, kinds.NoJobID)
		errs = append(errs, e.WithOrigin("uuid"))
	}
	if s := j.SavepointLocation; s != "" {
		if kinds.IsReserved(s) {
			e := field.Invalid(field.NewPath("SavepointLocation"), field.OmitValueType{}, kinds.Reserved)
			errs = append(errs, e.WithOrigin("text"))
		}
		if u, err := url.Parse(s); err != nil || u.Scheme == "" && !path.IsAbs(s) || u.Opaque != "" ||
			strings.ContainsAny(s, " \t\r\n") || !utf8.ValidString(s) {
			errs = append(errs,
				field.Invalid(field.NewPath("SavepointLocation"), field.OmitValueType{},
					"must be a URI, such as s3://bucket/savepoint, or an absolute path, "+
						"without blanks").WithOrigin("uri"))
		}
	}
	if len(errs) > 0 {
		return decode.Invalid("Job", decode.Fields(errs)...)
	}
	return nil
}
