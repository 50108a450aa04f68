package cli

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"

	"github.com/flinktarget/flinktarget/render"
)

// Flags are those of all commands that render.
type Flags struct {
	Input
	// Strict is --strict-patches.
	Strict bool

	platform, fetcher, tls string
	unresolved, disruption bool
	images, profiles       pairs
}

// RenderFlags defines them.
func RenderFlags(fs *flag.FlagSet) *Flags {
	f := &Flags{images: pairs{}, profiles: pairs{}}
	f.Input.Flags(fs)
	fs.StringVar(&f.Defaults, "defaults", "", "a `file` of DeploymentDefaults, which fill in what Deployments leave out")
	fs.StringVar(&f.platform, "platform-namespace", "", "the Kubernetes `namespace` that the platform runs in, for targets that name none")
	fs.BoolVar(&f.Strict, "strict-patches", false, "fail if a patch of a target changes nothing")
	fs.BoolVar(&f.unresolved, "allow-unresolved", false, "warn only if a Flink option has a ${NAME} that the pods do not know")
	fs.Var(f.images, "image", "`VERSION=IMAGE` for resources that name no image; may be repeated;\nsuch as 1.20=registry.example.com/flink:1.20")
	fs.Var(f.profiles, "logging-profile", "`NAME=FILE` with Log4j 2 properties; may be repeated")
	fs.StringVar(&f.fetcher, "fetcher-image", "", "the `image` that fetches jars which Flink cannot fetch itself")
	fs.StringVar(&f.tls, "tls-secret", "", "the `Secret` with the certificates of Deployments that ask for TLS")
	fs.BoolVar(&f.disruption, "pod-disruption-budgets", false, "render PodDisruptionBudgets")
	return f
}

// Renderer returns what the flags ask for. Its error is a UsageError, unless a file cannot
// be read that a flag names.
func (f *Flags) Renderer(opts ...render.Option) (*render.Renderer, error) {
	add := func(set bool, opt render.Option) {
		if set {
			opts = append(opts, opt)
		}
	}
	profiles := render.LoggingProfiles{}
	for name, file := range f.profiles {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		profiles[name] = string(text)
	}
	add(f.platform != "", render.Platform{Namespace: f.platform})
	add(len(f.images) > 0, render.Images(f.images))
	add(len(profiles) > 0, profiles)
	add(f.fetcher != "", render.FetcherImage(f.fetcher))
	add(f.tls != "", render.TLSSecret(f.tls))
	add(f.Strict, render.StrictPatches())
	add(f.unresolved, render.AllowUnresolved())
	add(f.disruption, render.PodDisruptionBudgets())
	r, err := render.New(opts...)
	if err != nil {
		return nil, UsageError{err}
	}
	return r, nil
}

// pairs is a flag.Value of KEY=VALUE that may be repeated, each key once.
type pairs map[string]string

func (p pairs) String() string { return "" }

func (p pairs) Set(s string) error {
	key, value, ok := strings.Cut(s, "=")
	if !ok || key == "" || value == "" {
		return errors.New("KEY=VALUE is wanted")
	}
	return p.add(key, value)
}

func (p pairs) add(key, value string) error {
	if _, twice := p[key]; twice {
		return fmt.Errorf("given twice for %q", key)
	}
	p[key] = value
	return nil
}
