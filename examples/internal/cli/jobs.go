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

func (p *perDeployment) Set(s string) error {
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
func (p *perDeployment) of(d deployment.Deployment) (first string) {
	for _, key := range []string{d.Namespace() + "/" + d.Name(), d.Name(), ""} {
		if value, ok := p.pairs.of[key]; ok {
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
	return jobFlags(fs, "",
		"`[DEPLOYMENT=]UUID` of the job; derived if not given; may be repeated;\nDEPLOYMENT is a name or namespace/name",
		"`[DEPLOYMENT=]URI` of a savepoint that the job starts from; may be repeated", Savepoint)
}

// OldJobFlags defines --old-job-id and --old-savepoint, for the job that is replaced.
func OldJobFlags(fs *flag.FlagSet) *Jobs {
	return jobFlags(fs, "old-",
		"`[DEPLOYMENT=]UUID` of the job in OLD, where it is not the one of NEW",
		"`[DEPLOYMENT=]URI` that the job in OLD started from, or "+NoSavepoint,
		func(s string) error {
			if s == NoSavepoint {
				return nil
			}
			return Savepoint(s)
		})
}

func jobFlags(fs *flag.FlagSet, prefix, idUsage, savepointUsage string, savepoint func(string) error) *Jobs {
	j := &Jobs{
		ids:        perDeployment{name: prefix + "job-id", check: JobID, seen: map[string]bool{}},
		savepoints: perDeployment{name: prefix + "savepoint", check: savepoint, seen: map[string]bool{}},
		claimed:    map[string]deployment.Deployment{},
	}
	fs.Var(&j.ids, j.ids.name, idUsage)
	fs.Var(&j.savepoints, j.savepoints.name, savepointUsage)
	return j
}

func (j *Jobs) flags() []*perDeployment { return []*perDeployment{&j.ids, &j.savepoints} }

// Anonymous returns an error if a flag does not say which Deployment it is for.
func (j *Jobs) Anonymous() error {
	for _, p := range j.flags() {
		if value := p.pairs.of[""]; value != "" {
			return fmt.Errorf("--%s %s: for which Deployment? write --%s DEPLOYMENT=%s", p.name, value, p.name, value)
		}
	}
	return nil
}

// Check reports flags that are for no Deployment of the input, or for which of them is
// not said, and Deployments of one id.
func (j *Jobs) Check(all []deployment.Deployment) error {
	if err := j.Anonymous(); err != nil && len(all) > 1 {
		return fmt.Errorf("there are %d Deployments: %w", len(all), err)
	}
	for _, d := range all {
		if err := j.Claim(d, j.Of(d).ID); err != nil {
			return fmt.Errorf("--%s: %w", j.ids.name, err)
		}
	}
	return j.Unknown(all)
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
	var names []string
	for _, d := range all {
		names = append(names, d.Namespace()+"/"+d.Name())
	}
	var errs []error
	for _, p := range j.flags() {
		for _, key := range slices.Sorted(maps.Keys(p.pairs.of)) {
			switch {
			case p.seen[key]:
			case key == "":
				errs = append(errs, fmt.Errorf("--%s: the input has no Deployment", p.name))
			case len(names) > 0:
				errs = append(errs, fmt.Errorf("--%s: the input has no Deployment %s; it has %s", p.name, key, strings.Join(names, ", ")))
			default:
				errs = append(errs, fmt.Errorf("--%s: the input has no Deployment %s", p.name, key))
			}
		}
	}
	return errors.Join(errs...)
}
