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
	if !kinds.ValidID(s) || s == kinds.NilID {
		return errors.New("a UUID in lower case is wanted, and not the nil UUID")
	}
	return nil
}

// Savepoint says what is wrong with the place of a savepoint.
func Savepoint(s string) error {
	u, err := url.Parse(s)
	if err != nil || !strings.HasPrefix(s, "/") && (u.Scheme == "" || u.Opaque != "" || u.Host+u.Path == "") {
		return errors.New("an absolute URI such as s3://flink/savepoints/1 is wanted, or an absolute path")
	}
	return nil
}

// NoSavepoint is the value of --old-savepoint for a job that starts without one.
const NoSavepoint = "none"

// perDeployment is a flag.Value of [DEPLOYMENT=]VALUE, where DEPLOYMENT is a name or
// namespace/name. The key "" is for the only Deployment there is.
type perDeployment struct {
	pairs
	name  string // of the flag
	check func(value string) error
	seen  map[string]bool // the keys whose Deployment has come
}

func (p perDeployment) Set(s string) error {
	// An = of a URI or a path stands after its beginning.
	key, value, ok := strings.Cut(s, "=")
	if !ok || strings.Contains(key, "://") || strings.HasPrefix(key, "/") {
		key, value = "", s
	}
	if value == "" {
		return errors.New("it is empty")
	}
	if err := p.check(value); err != nil {
		return err
	}
	return p.add(key, value)
}

// of returns the value for a Deployment, empty if there is none.
func (p perDeployment) of(d deployment.Deployment) (first string) {
	for _, key := range []string{d.Namespace() + "/" + d.Name(), d.Name(), ""} {
		if value, ok := p.pairs[key]; ok {
			p.seen[key] = true
			first = cmp.Or(first, value)
		}
	}
	return first
}

// Jobs are the flags that say which jobs of Deployments are meant.
type Jobs struct {
	ids, savepoints perDeployment
	claimed         map[string]deployment.Deployment
}

// JobFlags defines --job-id and --savepoint.
func JobFlags(fs *flag.FlagSet) *Jobs {
	return jobFlags(fs, "", Savepoint,
		"`[DEPLOYMENT=]UUID` of the job; derived if not given; may be repeated;\nDEPLOYMENT is a name or namespace/name",
		"`[DEPLOYMENT=]URI` of a savepoint that the job starts from; may be repeated")
}

// OldJobFlags defines --old-job-id and --old-savepoint, for the job that is replaced.
func OldJobFlags(fs *flag.FlagSet) *Jobs {
	orNone := func(s string) error {
		if s == NoSavepoint {
			return nil
		}
		return Savepoint(s)
	}
	return jobFlags(fs, "old-", orNone,
		"`[DEPLOYMENT=]UUID` of the job in OLD, where it is not the one of NEW",
		"`[DEPLOYMENT=]URI` that the job in OLD started from, or "+NoSavepoint)
}

func jobFlags(fs *flag.FlagSet, prefix string, savepoint func(string) error, idUsage, savepointUsage string) *Jobs {
	define := func(name, usage string, check func(string) error) perDeployment {
		p := perDeployment{pairs{}, prefix + name, check, map[string]bool{}}
		fs.Var(p, p.name, usage)
		return p
	}
	return &Jobs{
		define("job-id", idUsage, JobID), define("savepoint", savepointUsage, savepoint),
		map[string]deployment.Deployment{},
	}
}

func (j *Jobs) flags() []perDeployment { return []perDeployment{j.ids, j.savepoints} }

// Anonymous returns a UsageError if a flag does not say which Deployment it is for.
func (j *Jobs) Anonymous(why string) error {
	for _, p := range j.flags() {
		if value := p.pairs[""]; value != "" {
			return Misused("%s: --%s %s: for which Deployment? write --%s DEPLOYMENT=%s", why, p.name, value, p.name, value)
		}
	}
	return nil
}

// Check returns a UsageError if a flag is for no Deployment of the input, or for which of
// them is not said, or for Deployments of one id.
func (j *Jobs) Check(all []deployment.Deployment) error {
	if len(all) > 1 {
		if err := j.Anonymous(fmt.Sprintf("there are %d Deployments", len(all))); err != nil {
			return err
		}
	}
	for _, d := range all {
		if err := j.Claim(d, j.Of(d).ID); err != nil {
			return Misused("--%s: %w", j.ids.name, err)
		}
	}
	if err := j.Unknown(all); err != nil {
		return UsageError{err}
	}
	return nil
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
func (j *Jobs) Names(d deployment.Deployment) bool {
	return j.ids.of(d) != "" || j.savepoints.of(d) != ""
}

// Claim returns an error if another Deployment has this id.
func (j *Jobs) Claim(d deployment.Deployment, id string) error {
	first, taken := j.claimed[id]
	switch {
	case id == "":
	case !taken:
		j.claimed[id] = d
	case first.String() != d.String():
		return fmt.Errorf("the job id %s is given to %s and %s: their objects would have the same names", id, first, d)
	}
	return nil
}

// Unknown returns an error if a flag is for a Deployment that has not come. Those that
// have are named.
func (j *Jobs) Unknown(all []deployment.Deployment) error {
	have := ""
	for i, d := range all {
		have += []string{"; it has ", ", "}[min(i, 1)] + d.Namespace() + "/" + d.Name()
	}
	var errs []error
	for _, p := range j.flags() {
		for _, key := range slices.Sorted(maps.Keys(p.pairs)) {
			switch {
			case p.seen[key]:
			case key == "":
				errs = append(errs, fmt.Errorf("--%s: the input has no Deployment", p.name))
			default:
				errs = append(errs, fmt.Errorf("--%s: the input has no Deployment %s%s", p.name, key, have))
			}
		}
	}
	return errors.Join(errs...)
}
