package cli

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/patch"
	"github.com/flinktarget/flinktarget/render"
)

// Flags are those of all commands that render.
type Flags struct {
	Input
	// Engine applies patches of Kubernetes objects, nil for the library's own; Both asks for
	// a comparison of the two.
	Engine patch.Engine
	Both   bool

	platform, fetcher, tls, runner string
	home, blobs                    string
	strict, unresolved, disruption bool
	images, profiles               map[string]string
	structs                        []render.Option
}

// RenderFlags defines them.
func RenderFlags(fs *flag.FlagSet, progress *Progress) *Flags {
	f := &Flags{
		images: pairs(fs, "image", "`VERSION=IMAGE` for resources that name no image; may be repeated;\n"+
			"such as 1.20=registry.example.com/flink:1.20", keyValue),
		profiles: pairs(fs, "logging-profile", "`NAME=FILE` with Log4j 2 properties; may be repeated", keyValue),
	}
	f.Progress = progress
	f.Input.Flags(fs)
	text := func(to *string, name, usage string) { fs.StringVar(to, name, "", usage) }
	text(&f.Defaults, "defaults", "a `file` of DeploymentDefaults, which fill in what Deployments leave out")
	text(&f.platform, "platform-namespace",
		"the Kubernetes `namespace` that the platform runs in, for targets that name none")
	text(&f.fetcher, "fetcher-image", "the `image` that fetches jars which Flink cannot fetch itself")
	text(&f.runner, "sql-runner", "the `CLASS=URI` of a jar that runs SQL scripts before Flink 2.0")
	text(&f.home, "flink-home",
		"the `folder` of Flink in all images, in place of /flink in VVP's, /opt/flink in others")
	text(&f.blobs, "blob-storage",
		"the `URI` of VVP's universal blob storage, for state and high availability")
	text(&f.tls, "tls-secret", "the `Secret` with the certificates of Deployments that ask for TLS")
	fs.BoolVar(&f.strict, "strict-patches", false, "fail if a patch of a target changes nothing")
	fs.BoolVar(&f.unresolved, "allow-unresolved", false,
		"warn only if a Flink option has a ${NAME} that the pods do not know")
	fs.BoolVar(&f.disruption, "pod-disruption-budgets", false, "render PodDisruptionBudgets")
	structFlag(f, fs, "metrics", "serve metrics for Prometheus: the `fields` of render.Metrics, such as {} or\n"+
		"{podMonitor: true, labels: {release: prometheus}}", render.WithMetrics)
	structFlag(f, fs, "ingress", "render Ingresses: the `fields` of render.Ingress, such as\n"+
		"{host: '{name}.flink.example.com', className: nginx}", render.WithIngress)
	structFlag(f, fs, "autoscaling", "render HorizontalPodAutoscalers: the `fields` of render.Autoscaling, such as\n"+
		"{maxReplicas: 4, reactive: true}", render.WithAutoscaling)
	structFlag(f, fs, "network-policies", "render NetworkPolicies: the `fields` of render.NetworkPolicies, such as\n"+
		"{} or {restFrom: [{namespaceSelector: {kubernetes.io/metadata.name: ingress}}]}", render.WithNetworkPolicies)
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
	profiles := map[string]string{}
	for name, file := range f.profiles {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		profiles[name] = string(text)
	}
	add(f.platform != "", render.ForPlatform(render.Platform{Namespace: f.platform}))
	add(len(f.images) > 0, render.UseImages(f.images))
	add(len(profiles) > 0, render.UseLoggingProfiles(profiles))
	add(f.fetcher != "", render.FetcherImage(f.fetcher))
	class, jar, _ := strings.Cut(f.runner, "=")
	add(f.runner != "", render.SQLRunner(jar, class))
	add(f.home != "", render.FlinkHome(f.home))
	add(f.blobs != "", render.BlobStorage(f.blobs))
	add(f.tls != "", render.TLSSecret(f.tls))
	add(f.strict, render.StrictPatches())
	add(f.unresolved, render.AllowUnresolved())
	add(f.unknown, render.AllowUnknown())
	add(f.disruption, render.PodDisruptionBudgets())
	add(f.Engine != nil, render.PatchEngine(f.Engine))
	opts = append(opts, f.structs...)
	return Renderer(opts...)
}

// Renderer returns that of options which flags give: its error is a UsageError.
func Renderer(opts ...render.Option) (*render.Renderer, error) {
	r, err := render.New(opts...)
	if err != nil {
		return nil, UsageError{&flinktarget.InvalidError{Problems: ProblemsOf(err)}}
	}
	return r, nil
}

// structFlag defines a flag for an option that takes a struct, whose fields it has as YAML.
func structFlag[T any](f *Flags, fs *flag.FlagSet, name, usage string, option func(T) render.Option) {
	fs.Func(name, usage, func(s string) error {
		root, problems := decode.Document("", []byte(s))
		if len(problems) > 0 {
			return decode.Invalid("", problems...)
		}
		fields, err := decode.Config[T](root)
		f.structs = append(f.structs, option(fields))
		return err
	})
}

// pairs defines a flag that may be repeated, once for each key.
func pairs(fs *flag.FlagSet, name, usage string, parse func(string) (key, value string, err error)) map[string]string {
	all := map[string]string{}
	fs.Func(name, usage, func(s string) error {
		key, value, err := parse(s)
		if _, twice := all[key]; err == nil && twice {
			err = fmt.Errorf("given twice for %q", key)
		}
		all[key] = value
		return err
	})
	return all
}

func keyValue(s string) (key, value string, err error) {
	key, value, _ = strings.Cut(s, "=")
	if key == "" || value == "" {
		err = errors.New("must be KEY=VALUE")
	}
	return key, value, err
}
