package cli

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/render"
)

// JobID says what is wrong with an id of a job.
func JobID(s string) error {
	if !kinds.ValidJobID(s) {
		return errors.New(kinds.NoJobID)
	}
	return nil
}

// Savepoint says what is wrong with the place of a savepoint.
func Savepoint(s string) error {
	u, err := url.Parse(s)
	if err != nil || !strings.HasPrefix(s, "/") && (u.Scheme == "" || u.Opaque != "" || u.Host+u.Path == "") {
		return errors.New("must be an absolute URI, such as s3://flink/savepoints/1, or an absolute path")
	}
	return nil
}

// NoSavepoint is the value of --old-savepoint for a job that starts without one.
const NoSavepoint = "none"

// perDeployment is a flag of [DEPLOYMENT=]VALUE, where DEPLOYMENT is a name or
// namespace/name. The key "" is for the only Deployment there is.
type perDeployment struct {
	name   string
	values map[string]string
	seen   map[string]bool // the keys whose Deployment has come
}

func perDeploymentFlag(fs *flag.FlagSet, name, usage string, check func(value string) error) perDeployment {
	values := pairs(fs, name, usage, func(s string) (key, value string, err error) {
		// An = of a URI or a path stands after its beginning.
		key, value, ok := strings.Cut(s, "=")
		if !ok || strings.Contains(key, "://") || strings.HasPrefix(key, "/") {
			key, value = "", s
		}
		return key, value, check(value)
	})
	return perDeployment{name, values, map[string]bool{}}
}

// of returns the value for a Deployment, empty if there is none.
func (p perDeployment) of(d deployment.Deployment) (first string) {
	for _, key := range []string{nameOf(d), d.Name(), ""} {
		if value, ok := p.values[key]; ok {
			p.seen[key] = true
			first = cmp.Or(first, value)
		}
	}
	return first
}

func nameOf(d deployment.Deployment) string { return d.Namespace() + "/" + d.Name() }

// Jobs are the flags that say which jobs of Deployments are meant.
type Jobs struct {
	ids, savepoints perDeployment
	claimed         map[string]string // ids, by whom
}

// JobFlags defines --job-id and --savepoint.
func JobFlags(fs *flag.FlagSet) *Jobs {
	return &Jobs{
		perDeploymentFlag(fs, "job-id", "`[DEPLOYMENT=]UUID` of the job; derived if not given; may be repeated;\n"+
			"DEPLOYMENT is a name or namespace/name", JobID),
		perDeploymentFlag(fs, "savepoint",
			"`[DEPLOYMENT=]URI` of a savepoint that the job starts from; may be repeated", Savepoint),
		map[string]string{},
	}
}

// OldJobFlags defines --old-job-id and --old-savepoint, for the job that is replaced.
func OldJobFlags(fs *flag.FlagSet) *Jobs {
	return &Jobs{
		perDeploymentFlag(fs, "old-job-id",
			"`[DEPLOYMENT=]UUID` of the job in OLD, where it is not the one of NEW", JobID),
		perDeploymentFlag(fs, "old-savepoint", "`[DEPLOYMENT=]URI` that the job in OLD started from, or "+NoSavepoint,
			func(s string) error {
				if s == NoSavepoint {
					return nil
				}
				return Savepoint(s)
			}),
		map[string]string{},
	}
}

// Anonymous returns a UsageError if a flag does not say which Deployment it is for.
func (j *Jobs) Anonymous(why string) error {
	for _, p := range []perDeployment{j.ids, j.savepoints} {
		if value := p.values[""]; value != "" {
			return Misused("%s: --%[2]s %[3]s: for which Deployment? write --%[2]s DEPLOYMENT=%[3]s",
				why, p.name, value)
		}
	}
	return nil
}

// Check returns a UsageError if a flag is for no Deployment of the input, or for which of
// them is not said, or for Deployments of one id. A Deployment may be listed twice.
func (j *Jobs) Check(all []deployment.Deployment) error {
	var names []string
	var errs []error
	known := map[string]bool{}
	for _, d := range all {
		if name := nameOf(d); !known[name] {
			known[name] = true
			names = append(names, name)
		}
		errs = append(errs, j.Claim(d, j.Of(d).ID))
	}
	if len(names) > 1 {
		if err := j.Anonymous(fmt.Sprintf("there are %d Deployments", len(names))); err != nil {
			return err
		}
	}
	if err := errors.Join(errs...); err != nil {
		return Misused("--%s: %w", j.ids.name, err)
	}
	return j.Unknown(names)
}

// Of returns the job of a Deployment.
func (j *Jobs) Of(d deployment.Deployment) render.Job {
	job := render.Job{ID: j.ids.of(d), SavepointLocation: j.savepoints.of(d)}
	if job.SavepointLocation == NoSavepoint {
		job.SavepointLocation = ""
	}
	return job
}

// Names reports whether a flag is for this Deployment.
func (j *Jobs) Names(d deployment.Deployment) bool { return j.ids.of(d)+j.savepoints.of(d) != "" }

// Claim returns an error if another Deployment has this id.
func (j *Jobs) Claim(d deployment.Deployment, id string) error {
	if first := j.claimed[id]; first != "" && first != d.String() {
		return fmt.Errorf("the job id %s is given to %s and %s: their objects would have the same names", id, first, d)
	}
	if id != "" {
		j.claimed[id] = d.String()
	}
	return nil
}

// Unknown returns a UsageError if a flag is for a Deployment that has not come. Those that
// have are named.
func (j *Jobs) Unknown(names []string) error {
	have := strings.Join(names, ", ")
	if have != "" {
		have = "; it has " + have
	}
	var errs []error
	for _, p := range []perDeployment{j.ids, j.savepoints} {
		for _, key := range slices.Sorted(maps.Keys(p.values)) {
			if !p.seen[key] {
				key = strings.TrimSuffix(" "+key, " ")
				errs = append(errs, fmt.Errorf("--%s: the input has no Deployment%s%s", p.name, key, have))
			}
		}
	}
	if len(errs) > 0 {
		return UsageError{errors.Join(errs...)}
	}
	return nil
}
