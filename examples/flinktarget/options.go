package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/render"
)

// options are the flags of all commands that render.
type options struct {
	platform, fetcher, tls, defaults string
	strict, unresolved, disruption   bool
	images, profiles                 pairs
}

// renderFlags defines them.
func renderFlags(fs *flag.FlagSet) *options {
	o := &options{}
	fs.StringVar(&o.platform, "platform-namespace", "", "the Kubernetes `namespace` that the platform runs in, for targets that name none")
	fs.BoolVar(&o.strict, "strict-patches", false, "fail if a patch of a target changes nothing")
	fs.BoolVar(&o.unresolved, "allow-unresolved", false, "warn only if a Flink option has a ${NAME} that the pods do not know")
	fs.Var(&o.images, "image", "`VERSION=IMAGE` for resources that name no image, such as 1.20=registry.example.com/flink:1.20; may be repeated")
	fs.Var(&o.profiles, "logging-profile", "`NAME=FILE` with Log4j 2 properties; may be repeated")
	fs.StringVar(&o.fetcher, "fetcher-image", "", "the `image` that fetches jars which Flink cannot fetch itself")
	fs.StringVar(&o.tls, "tls-secret", "", "the `Secret` with the certificates of Deployments that ask for TLS")
	fs.BoolVar(&o.disruption, "pod-disruption-budgets", false, "render PodDisruptionBudgets")
	defaultsFlag(fs, &o.defaults)
	return o
}

func defaultsFlag(fs *flag.FlagSet, file *string) {
	fs.StringVar(file, "defaults", "", "a `file` of DeploymentDefaults, which fill in what Deployments leave out")
}

// renderer returns what the flags ask for. If there is none, the command has been
// answered, with this exit code.
func (t tool) renderer(command string, o *options, opts ...render.Option) (*render.Renderer, int) {
	add := func(set bool, opt func() render.Option) {
		if set {
			opts = append(opts, opt())
		}
	}
	profiles := render.LoggingProfiles{}
	for name, file := range o.profiles.of {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, t.problems(err)
		}
		profiles[name] = string(text)
	}
	add(o.platform != "", func() render.Option { return render.Platform{Namespace: o.platform} })
	add(len(o.images.of) > 0, func() render.Option { return render.Images(o.images.of) })
	add(len(profiles) > 0, func() render.Option { return profiles })
	add(o.fetcher != "", func() render.Option { return render.FetcherImage(o.fetcher) })
	add(o.tls != "", func() render.Option { return render.TLSSecret(o.tls) })
	add(o.strict, render.StrictPatches)
	add(o.unresolved, render.AllowUnresolved)
	add(o.disruption, render.PodDisruptionBudgets)
	r, err := render.New(opts...)
	if err != nil {
		return nil, t.misused("%s: %s", command, inFlags(err.Error()))
	}
	return r, exitOK
}

// readDefaults reads the file of the flag, if there is one.
func (t tool) readDefaults(file string) (deployment.Defaults, error) {
	if file == "" {
		return deployment.Defaults{}, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return deployment.Defaults{}, err
	}
	return deployment.ParseDefaults(file, text)
}

// pairs is a flag.Value of KEY=VALUE that may be repeated, each key once.
type pairs struct{ of map[string]string }

func (p *pairs) String() string { return "" }

func (p *pairs) Set(s string) error {
	key, value, ok := strings.Cut(s, "=")
	if !ok || key == "" || value == "" {
		return errors.New("KEY=VALUE is wanted")
	}
	return p.add(key, value)
}

func (p *pairs) add(key, value string) error {
	if _, twice := p.of[key]; twice {
		return fmt.Errorf("given twice for %q", key)
	}
	if p.of == nil {
		p.of = map[string]string{}
	}
	p.of[key] = value
	return nil
}

// perDeployment is a flag.Value of [DEPLOYMENT=]VALUE, where DEPLOYMENT is a name or
// namespace/name. The key "" is for the only Deployment there is.
type perDeployment struct{ pairs }

func (p *perDeployment) Set(s string) error {
	// An = of a URI stands after its scheme.
	key, value, ok := strings.Cut(s, "=")
	if !ok || strings.Contains(key, "://") {
		key, value = "", s
	}
	if value == "" {
		return errors.New("it is empty")
	}
	return p.add(key, value)
}

// jobs are the flags that say what runs, by Deployment.
type jobs struct {
	ids, savepoints perDeployment
	seen            map[string]bool // the flags' keys whose Deployment has come
}

func jobFlags(fs *flag.FlagSet) *jobs {
	j := &jobs{seen: map[string]bool{}}
	fs.Var(&j.ids, "job-id", "`[DEPLOYMENT=]UUID` of the job; derived if not given; may be repeated")
	fs.Var(&j.savepoints, "savepoint", "`[DEPLOYMENT=]URI` of a savepoint that the job starts from; may be repeated")
	return j
}

// anonymous reports whether a flag does not say which Deployment it is for.
func (j *jobs) anonymous() bool { return j.ids.of[""] != "" || j.savepoints.of[""] != "" }

// check reports flags that are for no Deployment of the input.
func (j *jobs) check(all []deployment.Deployment) error {
	if j.anonymous() && len(all) != 1 {
		return fmt.Errorf("there are %d Deployments: write --job-id DEPLOYMENT=UUID, --savepoint DEPLOYMENT=URI", len(all))
	}
	for _, d := range all {
		j.of(d)
	}
	return j.unknown()
}

// of returns the job of a Deployment.
func (j *jobs) of(d deployment.Deployment) render.Job {
	keys := []string{d.Namespace() + "/" + d.Name(), d.Name(), ""}
	find := func(p perDeployment) (first string) {
		for _, key := range keys {
			if value, ok := p.of[key]; ok {
				j.seen[key] = true
				first = cmp.Or(first, value)
			}
		}
		return first
	}
	return render.Job{ID: find(j.ids), SavepointLocation: find(j.savepoints)}
}

// unknown returns an error if a flag is for a Deployment that has not come.
func (j *jobs) unknown() error {
	var names []string
	for _, p := range []perDeployment{j.ids, j.savepoints} {
		for key := range p.of {
			if !j.seen[key] && !slices.Contains(names, key) {
				names = append(names, key)
			}
		}
	}
	slices.Sort(names)
	if len(names) > 0 {
		return fmt.Errorf("--job-id and --savepoint are for Deployments of the input, which has no %s", strings.Join(names, ", "))
	}
	return nil
}
