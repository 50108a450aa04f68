package explain

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/build"
	"github.com/flinktarget/flinktarget/internal/flink"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/labels"
)

// from tells what the field in hand is made of.
type from = func(*derivation) []Origin

// origin is what is always made of the same.
func origin(s Source) from { return func(*derivation) []Origin { return []Origin{&s} } }

// generated is what the renderer makes by a rule, option is an option of the Renderer.
func generated(rule string) from { return origin(Source{Step: Generated, Name: rule}) }
func option(name string) from    { return origin(Source{Step: Option, Name: name}) }

// all is made of what each of the list is made of; nil is nothing.
func all(list ...from) from {
	return each(list, func(r *derivation, f from) []Origin {
		if f == nil {
			return nil
		}
		return f(r)
	})
}

// each is made of what there is of each of the list.
func each[T any](list []T, of func(*derivation, T) []Origin) from {
	return func(r *derivation) (out []Origin) {
		for _, e := range list {
			out = append(out, of(r, e)...)
		}
		return out
	}
}

// first is made of what the first of the list is made of that is made of anything.
func first(list ...from) from {
	return func(r *derivation) []Origin {
		for _, f := range list {
			if out := f(r); len(out) > 0 {
				return out
			}
		}
		return nil
	}
}

// when is made of what f is, if something is so.
func when(so func(*derivation) bool, f from) from {
	return func(r *derivation) (out []Origin) {
		if so(r) {
			out = f(r)
		}
		return out
	}
}

// ofField is one of the resource, settings are those that both kinds have.
func ofField(path string) from {
	return func(r *derivation) []Origin { return r.x.under(path) }
}

func settings(paths ...string) from {
	return each(paths, func(r *derivation, path string) []Origin { return r.below(path) })
}

// given is a field of the settings that becomes the field in hand, or each key of it.
func given(path string) from {
	return func(r *derivation) []Origin { return r.below(path, r.at.tail...) }
}

// flinkOptions are options of Flink.
func flinkOptions(keys ...string) from {
	return each(keys, func(r *derivation, key string) []Origin { return r.below("flinkConfiguration", key) })
}

// annotation is one of a Deployment's template.
func annotation(key string) from {
	return func(r *derivation) []Origin { return r.x.under("spec.template.metadata.annotations", key) }
}

// resources are those of the component.
func resources(name string) from {
	return func(r *derivation) []Origin { return r.below("resources." + r.component() + "." + name) }
}

// labelOr is a label of the system, or one of the user's from a field.
func labelOr(path string) from {
	system := func(r *derivation) bool {
		_, ok := r.plan.Labels.WithComponent(labels.JobManager).Map()[r.at.last()]
		return ok
	}
	return first(when(system, all(origin(Source{Step: SystemLabel}), systemLabel)),
		when(func(r *derivation) bool { return tree.String(r.object, "kind") == "PodMonitor" }, option("WithMetrics")),
		given(path))
}

// The options of what is around a cluster.
var (
	host = func(r *derivation) []Origin {
		return append(namespaced(r), append(r.x.under("metadata.name"), r.x.resourceID()...)...)
	}
	annotated = when(func(r *derivation) bool { return tree.String(r.object, "kind") == "Ingress" },
		option("WithIngress"))
	// open are the ports that a resource opens.
	open = all(flinkOptions("taskmanager.collect-sink.port"), annotation(deployment.AnnotationQueryableState),
		when(func(r *derivation) bool { return r.plan.Metrics != nil }, option("WithMetrics")))
)

// metricsPort and scraped are what pods have with metrics.
var (
	metricsPort = when(func(r *derivation) bool {
		m := r.plan.Metrics
		return m != nil && r.at.last() == strconv.Itoa(int(m.Port))
	}, option("WithMetrics"))
	scraped = when(func(r *derivation) bool {
		m := r.plan.Metrics
		return m != nil && !m.PodMonitor && strings.HasPrefix(r.at.last(), "prometheus.io/")
	}, option("WithMetrics"))
)

var (
	savepoint = origin(Source{Step: Job, Name: "SavepointLocation"})
	variables = settings("kubernetes.pods.envVars")
	// templateVariables are those that pod templates give the containers of Flink.
	templateVariables = settings("kubernetes.jobManagerPodTemplate.spec.containers.flink-jobmanager.env",
		"kubernetes.taskManagerPodTemplate.spec.containers.flink-taskmanager.env")
	// templateImage is what a pod template gives the container of Flink.
	templateImage = func(r *derivation) []Origin {
		if r.isJobManager() {
			return r.below("kubernetes.jobManagerPodTemplate.spec.containers.flink-jobmanager.image")
		}
		return r.below("kubernetes.taskManagerPodTemplate.spec.containers.flink-taskmanager.image")
	}
	// placed is what the placeholders of options stand for.
	placed = when(mentions(flink.Placeholder), placeholders)
	// referred are the variables that options refer to: what refers to one that both pods
	// have is no line of the file, but an argument.
	referred = when(mentions(flink.Reference), all(variables, templateVariables))

	// account is whether Flink has a service account: for high availability, unless the
	// pod templates have one.
	account = all(highAvailability, settings("kubernetes.jobManagerPodTemplate.spec.serviceAccountName",
		"kubernetes.taskManagerPodTemplate.spec.serviceAccountName"))
	tls = all(annotation(deployment.AnnotationTLS), option("TLSSecret"))
	// plainREST is whether REST answers in plain text.
	plainREST = when((*derivation).isJobManager, all(
		flinkOptions("security.ssl.rest.enabled", "security.ssl.enabled"), annotation(deployment.AnnotationTLS)))

	logging = all(settings("logging"), when(func(r *derivation) bool { return len(r.x.options.Profiles) > 0 },
		option("UseLoggingProfiles")))
	// configuration is everything that is written into Flink's configuration file.
	configuration = all(settings("flinkConfiguration", "resources.jobmanager.memory", "resources.taskmanager.memory"),
		referred,
		when((*derivation).runsJob, all(settings("parallelism"), files,
			annotation(deployment.AnnotationTLS), annotation(deployment.AnnotationQueryableState))),
		placed, when(func(r *derivation) bool { return r.x.options.BlobStorage != "" }, option("BlobStorage")),
		when((*derivation).inSession, all(session, savepoint, ofField("spec.restoreStrategy.allowNonRestoredState"))),
		when(func(r *derivation) bool { return r.plan.Metrics != nil }, option("WithMetrics")),
		when(func(r *derivation) bool { return r.x.options.Autoscaling != nil }, option("WithAutoscaling")),
		when(func(r *derivation) bool { return r.x.options.Policies != nil }, option("WithNetworkPolicies")),
		identity, namespaced)

	// replicas is what the number of pods of a component is made of.
	replicas = when(func(r *derivation) bool { return !r.isJobManager() },
		all(settings("numberOfTaskManagers"),
			when((*derivation).runsJob, all(settings("parallelism"), flinkOptions(flink.SlotsKey)))))

	files = settings("artifact.jarUri", "artifact.additionalDependencies", "artifact.pythonArtifactUri",
		"artifact.additionalPythonLibraries", "artifact.additionalPythonArchives")
	// runner is what runs a SQL script.
	runner = all(settings("artifact.sqlScript"), when(func(r *derivation) bool {
		return r.plan.Script != "" && r.plan.Version.Major == 1
	}, option("SQLRunner")))

	// artifacts are the files, which decide what has to be there to fetch them.
	artifacts = all(files, when(func(r *derivation) bool { return r.plan.Script != "" }, runner),
		when(func(r *derivation) bool { return r.plan.Fetcher() != "" }, option("FetcherImage")))

	// jobFlags are the sources of the arguments of a job and of their values.
	jobFlags = map[string]from{
		"--job-classname":         all(settings("artifact.entryClass", "artifact.pythonArtifactUri"), runner),
		"--job-id":                identity,
		"--fromSavepoint":         savepoint,
		"--allowNonRestoredState": all(ofField("spec.restoreStrategy.allowNonRestoredState"), savepoint),
		"--jars":                  artifacts,
		"--": all(settings("artifact.mainArgs", "artifact.entryModule", "artifact.sqlScript"),
			files),
	}
)

func identity(r *derivation) []Origin { return r.x.identity }

// highAvailability is what it depends on whether there is any. All of the keys
// count, those that the version does not know, too, as it may be a patch that took
// one away.
func highAvailability(r *derivation) []Origin {
	return flinkOptions(r.plan.Version.HAKey, "recovery.mode", "high-availability")(r)
}

// namespaced is the namespace of the target, or of the platform.
func namespaced(r *derivation) []Origin {
	if r.x.target.KubernetesNamespace() == "" {
		return option("ForPlatform")(r)
	}
	return []Origin{&Source{Step: Target, Resource: r.x.target.String(), Field: "spec.kubernetes.namespace"}}
}

// systemLabel is what the value of a label is made of.
func systemLabel(r *derivation) []Origin {
	switch r.at.last() {
	case labels.KeyVVPNamespace:
		return r.x.under("metadata.namespace")
	case labels.KeyDeploymentName, labels.KeySessionClusterName:
		return r.x.under("metadata.name")
	case labels.KeyDeploymentID, labels.KeySessionClusterID:
		return r.x.resourceID()
	case labels.KeyJobID:
		return r.x.identity
	}
	return nil
}

// settings is the path of what both kinds of resources have: resources, flinkConfiguration.
func (r *derivation) settings() string { return r.plan.Settings.String() }

// below returns the sources of a field of the settings.
func (r *derivation) below(path string, names ...string) []Origin {
	if r.x.cluster == nil || path == "parallelism" || strings.HasPrefix(path, "artifact.") {
		return r.x.under(r.settings()+"."+path, names...)
	}
	out := r.x.cluster.under("spec."+path, names...)
	if path == "flinkConfiguration" {
		out = append(out, r.x.under(r.settings()+"."+path, names...)...)
	}
	return out
}

func (r *derivation) inSession() bool { return r.x.cluster != nil }

// session is what a job that is handed to a cluster has of it: where it is.
func session(r *derivation) []Origin { return r.x.cluster.resourceID() }

func (r *derivation) component() string {
	return tree.String(r.object, "metadata", "labels", labels.KeyComponent)
}

func (r *derivation) isJobManager() bool { return r.component() == labels.JobManager.String() }
func (r *derivation) runsJob() bool      { return r.plan.Job != nil }

// mentions reports whether a value of Flink's options matches an expression.
func mentions(expression func() *regexp.Regexp) func(*derivation) bool {
	return func(r *derivation) bool {
		has := func(x *Record, settings string) bool {
			options := strings.Split(settings+".flinkConfiguration", ".")
			return slices.ContainsFunc(x.fields.Leaves(), func(l Leaf) bool {
				text, _ := l.Value.(string)
				return l.within(options) && expression().MatchString(text)
			})
		}
		return has(r.x, r.settings()) || r.inSession() && has(r.x.cluster, "spec")
	}
}

// placeholders are what VVP's stand for, but for the id of the job.
func placeholders(r *derivation) []Origin {
	return append(r.x.resourceID(), append(r.x.under("metadata.name"), r.x.under("metadata.namespace")...)...)
}

// image is what the name of the image is put together of.
func image(r *derivation) []Origin {
	prefix := ""
	if r.runsJob() && !r.inSession() {
		prefix = "artifact."
	}
	named := settings(prefix+"flinkImageTag", prefix+"flinkImageRepository", prefix+"flinkImageRegistry")
	known := func(r *derivation) bool { return r.x.options.Images[r.plan.Version.Minor] != "" }
	return all(first(named, when(known, option("UseImages"))),
		settings(prefix+"flinkVersion", prefix+"engineVersionName"))(r)
}

// plugins depend on the schemes of jars, options and the savepoint, on the exact version,
// and on whether the user names plugins himself.
func plugins(r *derivation) []Origin {
	out := generated("plugins")(r)
	for _, s := range r.plan.Stores {
		switch {
		case s.Jar:
			out = append(out, artifacts(r)...)
		case s.Key != "":
			out = append(out, flinkOptions(s.Key)(r)...)
		default:
			out = append(out, savepoint(r)...)
		}
	}
	return append(out, all(image, templateImage, templateVariables, variables)(r)...)
}

// ours is what the renderer adds to pods: a variable or volume of this name, a mount at
// this path; nil for what others add.
func ours(r *derivation) []Origin {
	rule, of := "", from(nil)
	switch r.at.last() {
	case flink.ConfigVolume:
		rule, of = "volumes", identity
	case build.TempVolume, build.LogVolume, r.plan.Home.Conf(), flink.TempDir, r.plan.Home.Log():
		rule, of = "volumes", all()
	case build.TLSPassword, build.TLSVolume, build.TLSDir:
		rule, of = "tls", tls
	case build.ArtifactsVolume, flink.UserLibVolume, flink.ArtifactsDir, r.plan.Home.UserLib():
		rule, of = "artifact", artifacts
	case flink.PluginsVariable:
		return plugins(r)
	default:
		return nil
	}
	return all(generated(rule), of, when(func(r *derivation) bool { return r.plan.Home != "" }, home))(r)
}

// home is what Flink's folder in the image is told by.
func home(r *derivation) []Origin {
	if r.x.options.Home != "" {
		return option("FlinkHome")(r)
	}
	return all(image, templateImage)(r)
}

var (
	// variable is one of the resource, or one that Flink needs.
	variable = first(given("kubernetes.pods.envVars"), ours, all(generated("high availability"), highAvailability))
	volume   = first(userVolume("volume", "name"), ours, plugins)

	// mount is one of the user's, which may be where one of ours would be, or ours.
	mount = first(
		when(func(r *derivation) bool { return !slices.Equal(r.at.tail[1:], []string{"mountPath"}) }, userMount),
		when(func(r *derivation) bool { return ours(r) != nil }, all(userMount, ours)),
		userMount,
		when(func(r *derivation) bool { return strings.HasPrefix(r.at.last(), r.plan.Home.Plugins()) }, plugins))
	userMount = userVolume("volumeMount", "mountPath")
)

// userVolume finds the element of pods.volumeMounts that has the key of the element in
// hand in a field of a part, and returns the sources of the field in hand.
func userVolume(part, key string) from {
	return func(r *derivation) []Origin {
		list := strings.Split(r.plan.PodsAt().String()+".pods.volumeMounts", ".")
		fields := r.x.ofPods().fields
		for _, l := range fields.Leaves() {
			names := l.names()
			if l.within(list) && l.Value == r.at.last() && slices.Equal(names[len(list)+1:], []string{part, key}) {
				return fields.Under(slices.Concat(names[:len(list)+1], []string{part}, r.at.tail[1:])...)
			}
		}
		return nil
	}
}

// argument is one of the container's. Those before it decide where it stands; those of
// Flink's client are told together.
func argument(r *derivation) []Origin {
	if r.inSession() {
		return all(identity, files, settings("artifact.entryClass", "artifact.mainArgs", "artifact.entryModule",
			"artifact.sqlScript", "artifact.kind", "flinkConfiguration"), referred, home, savepoint,
			ofField("spec.restoreStrategy.allowNonRestoredState"))(r)
	}
	i, err := strconv.Atoi(r.at.last())
	list := r.arguments()
	if err != nil || i >= len(list) {
		return nil
	}
	return append(slices.Clip(list[i]), slices.Concat(list[:i]...)...)
}

// arguments are the sources of each, in the order of cluster.args.
func (r *derivation) arguments() [][]Origin {
	out := [][]Origin{nil} // the command
	if r.plan.HA && r.isJobManager() {
		out = append(out, highAvailability(r), highAvailability(r))
	}
	for _, p := range r.plan.Properties {
		of := all(flinkOptions(p.Key), referred, placed, annotation(deployment.AnnotationTLS))(r)
		out = append(out, of, of)
	}
	if !r.isJobManager() {
		return out
	}
	of, last := all(), false
	for _, arg := range r.plan.JobArgs {
		if next := jobFlags[arg]; next != nil && !last {
			of, last = next, arg == "--"
		}
		out = append(out, of(r))
	}
	return out
}
