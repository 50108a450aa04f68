package explain

import (
	"strconv"
	"strings"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/build"
	"github.com/flinktarget/flinktarget/internal/flink"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/labels"
)

// derivation says what the renderer makes the fields of one generated object of.
type derivation struct {
	*Record
	plan     *build.Plan
	settings string // path of what both kinds of resources have: resources, flinkConfiguration
	object   tree.Map
}

// rule is how the fields at a path and below come about.
type rule struct {
	// at is a path; [*] stands for any element or key.
	at string
	// name is what the rule is called, "" for fields that the resource gives as they are.
	name string
	// from tells what it makes the field of; nil is nothing.
	from func(r *derivation, at found) []Origin
}

// found is a field that a rule is about.
type found struct {
	keys []string // what stands for [*]
	tail string   // the path below that of the rule, from the last [*] on
}

// sources returns those of a generated field, by the first rule that is about it.
func (r *derivation) sources(l Leaf) []Origin {
	for _, table := range [...][]rule{objectRules, podRules} {
		for _, rule := range table {
			at, ok := matchPath(rule.at, l.Path)
			if !ok {
				continue
			}
			var out []Origin
			if rule.name != "" {
				out = generated(rule.name)
			}
			if rule.from != nil {
				out = append(out, rule.from(r, at)...)
			}
			return out
		}
	}
	return generated("")
}

// Rules returns what the rules are about and their names, in the order in which they
// are asked.
func Rules() (paths, names []string) {
	for _, table := range [...][]rule{objectRules, podRules} {
		for _, r := range table {
			paths, names = append(paths, r.at), append(names, r.name)
		}
	}
	return paths, names
}

// RuleFor returns what the rule is about that a field has, "" if there is none.
func RuleFor(path string) string {
	paths, _ := Rules()
	for _, at := range paths {
		if _, ok := matchPath(at, path); ok {
			return at
		}
	}
	return ""
}

// existence returns what decides whether there is the object at all.
func (r *derivation) existence() []Origin {
	switch tree.String(r.object, "kind") {
	case "ServiceAccount", "Role", "RoleBinding":
		return append(r.highAvailability(), r.accounts()...)
	case "PodDisruptionBudget":
		return append(r.renderOption("render.PodDisruptionBudgets"), r.replicas()...)
	}
	return nil
}

// matchPath reports whether a path is the rule's or leads below it.
func matchPath(rule, path string) (at found, ok bool) {
	for {
		before, after, more := strings.Cut(rule, "[*]")
		if path, ok = strings.CutPrefix(path, before); !ok {
			return found{}, false
		}
		if !more {
			if len(at.keys) == 0 || before != "" {
				at.tail = path
			}
			return at, path == "" || path[0] == '.' || path[0] == '['
		}
		key, rest, ok := cutKey(path)
		if !ok {
			return found{}, false
		}
		at.keys, at.tail = append(at.keys, key), path
		path, rule = rest, after
	}
}

// cutKey cuts a key or the name of an element off a path.
func cutKey(path string) (key, rest string, ok bool) {
	switch {
	case path == "":
		return "", "", false
	case path[0] == '.':
		end := 1 + strings.IndexAny(path[1:]+".", ".[")
		return path[1:end], path[end:], true
	case path[0] != '[':
		return "", "", false
	}
	quoted := false
	for i := 1; i < len(path); i++ {
		switch {
		case path[i] == '\\' && quoted:
			i++
		case path[i] == '"':
			quoted = !quoted
		case path[i] == ']' && !quoted:
			key = path[1:i]
			if unquoted, err := strconv.Unquote(key); err == nil {
				key = unquoted
			}
			return key, path[i+1:], true
		}
	}
	return "", "", false
}

// The rules of objects other than pods. The first that fits counts.
var objectRules = []rule{
	{"apiVersion", "kind", nil},
	{"kind", "kind", nil},
	{"metadata.name", "name", (*derivation).named},
	{"metadata.namespace", "namespace", (*derivation).namespaced},
	{"metadata.labels[*]", "", (*derivation).label},
	{"metadata.annotations[*]", "", resourceField("kubernetes.annotations")},

	{"data[log4j-console.properties]", "logging", (*derivation).logging},
	{"data[*]", "configuration", (*derivation).configuration},

	{"roleRef.name", "name", (*derivation).named},
	{"roleRef", "rights", nil},
	{"rules", "rights", nil},
	{"subjects[*].name", "name", (*derivation).named},
	{"subjects[*].namespace", "namespace", (*derivation).namespaced},
	{"subjects", "rights", nil},

	{"spec.ports", "ports", nil},
	{"spec.selector.matchLabels[*]", "selector", (*derivation).selectedLabel},
	{"spec.selector[*]", "selector", (*derivation).selectedLabel},
	{"spec.maxUnavailable", "disruption", nil},
	{"spec.unhealthyPodEvictionPolicy", "disruption", nil},

	{"spec.replicas", "replicas", func(r *derivation, _ found) []Origin { return r.replicas() }},
	{"spec.strategy", "strategy", func(r *derivation, _ found) []Origin { return r.highAvailability() }},
	{"spec.backoffLimit", "restarts", (*derivation).restarts},
	{"spec.podFailurePolicy.rules[0]", "restarts", nil},
	{"spec.podFailurePolicy.rules", "restarts", func(r *derivation, _ found) []Origin { return r.highAvailability() }},
	{"spec.completions", "restarts", nil},
	{"spec.parallelism", "restarts", nil},
}

// resourceField is for what the resource gives as it is, or key by key.
func resourceField(path string) func(*derivation, found) []Origin {
	return func(r *derivation, at found) []Origin { return r.setting(path + at.tail) }
}

// setting returns the sources of fields of the settings.
func (r *derivation) setting(paths ...string) []Origin {
	var out []Origin
	for _, path := range paths {
		out = append(out, r.chain(r.settings+"."+path)...)
	}
	return out
}

// option returns the sources of options of Flink.
func (r *derivation) option(keys ...string) []Origin {
	var out []Origin
	for _, key := range keys {
		out = append(out, r.setting(pathOf("flinkConfiguration", key))...)
	}
	return out
}

func (r *derivation) renderOption(name string) []Origin {
	return []Origin{&Source{Step: Option, Name: name}}
}

func (r *derivation) component() string {
	return tree.String(r.object, "metadata", "labels", labels.KeyComponent)
}

// highAvailability is what it depends on whether there is any. All of the keys
// count, those that the version does not know, too, as it may be a patch that took
// one away.
func (r *derivation) highAvailability() []Origin {
	return r.option(r.plan.Version.HAKey, "recovery.mode", "high-availability")
}

// accounts are the service accounts of the pod templates.
func (r *derivation) accounts() []Origin {
	return r.setting("kubernetes.jobManagerPodTemplate.spec.serviceAccountName",
		"kubernetes.taskManagerPodTemplate.spec.serviceAccountName")
}

func (r *derivation) named(found) []Origin { return r.identity }

func (r *derivation) namespaced(found) []Origin {
	if r.target.KubernetesNamespace() == "" {
		return r.renderOption("render.Platform")
	}
	return []Origin{&Source{Step: Target, Resource: r.target.String(), Field: "spec.kubernetes.namespace"}}
}

// label is one of the system, or one of the user, which differ between workloads
// and pods.
func (r *derivation) label(at found) []Origin {
	return r.labelOf(at, "kubernetes.labels")
}

// labelOf is a label of the system, or one of the user's from a field.
func (r *derivation) labelOf(at found, field string) []Origin {
	key := at.keys[0]
	if _, ok := r.plan.Labels.WithComponent(labels.JobManager).Get(key); ok {
		return append([]Origin{&Source{Step: SystemLabel}}, r.systemLabel(key)...)
	}
	return r.setting(field + at.tail)
}

func (r *derivation) selectedLabel(at found) []Origin { return r.systemLabel(at.keys[0]) }

// systemLabel is what the value of a label is made of.
func (r *derivation) systemLabel(key string) []Origin {
	switch key {
	case labels.KeyVVPNamespace:
		return r.chain("metadata.namespace")
	case labels.KeyDeploymentName, labels.KeySessionClusterName:
		return r.chain("metadata.name")
	case labels.KeyDeploymentID, labels.KeySessionClusterID:
		return r.resourceID()
	case labels.KeyJobID:
		return r.identity
	}
	return nil
}

// resourceID is metadata.id, or what it is derived from.
func (t *Record) resourceID() []Origin {
	if id := t.chain("metadata.id"); len(id) > 0 {
		return id
	}
	return t.chain("metadata.name", "metadata.namespace")
}

func (r *derivation) logging(found) []Origin {
	out := r.setting("logging")
	if len(r.options.Profiles) > 0 {
		out = append(out, r.renderOption("render.LoggingProfiles")...)
	}
	return out
}

// configuration is everything that is written into Flink's configuration file.
func (r *derivation) configuration(found) []Origin {
	out := r.setting("flinkConfiguration", "resources.jobmanager.memory", "resources.taskmanager.memory")
	out = append(out, r.variables()...)
	if r.plan.Job != nil {
		out = append(out, r.setting("parallelism", "artifact.jarUri", "artifact.additionalDependencies")...)
		out = append(out, r.annotation(deployment.AnnotationTLS, deployment.AnnotationQueryableState)...)
	}
	out = append(out, r.identity...)
	return append(out, r.namespaced(found{})...)
}

// variables are those that options refer to: what refers to one that both pods have
// is no line of the file, but an argument.
func (r *derivation) variables() []Origin {
	if !r.refers() {
		return nil
	}
	out := r.setting("kubernetes.pods.envVars")
	for _, component := range [...]labels.Component{labels.JobManager, labels.TaskManager} {
		out = append(out,
			r.setting("kubernetes."+build.TemplateOf(component)+".spec.containers["+flink.ContainerPrefix+
				component.String()+"].env")...)
	}
	return out
}

// refers reports whether options of Flink refer to variables.
func (r *derivation) refers() bool {
	for _, l := range r.fields.Leaves() {
		text, _ := l.Value.(string)
		if strings.HasPrefix(l.Path, r.settings+".flinkConfiguration") && flink.Reference().MatchString(text) {
			return true
		}
	}
	return false
}

// annotation returns the sources of annotations of a Deployment's template.
func (r *derivation) annotation(keys ...string) []Origin {
	var out []Origin
	for _, key := range keys {
		out = append(out, r.chain(pathOf("spec", "template", "metadata", "annotations", key))...)
	}
	return out
}

// replicas is what the number of pods of a component is made of.
func (r *derivation) replicas() []Origin {
	if r.component() == labels.JobManager.String() {
		return append(r.option(build.StandbyKey), r.highAvailability()...)
	}
	out := r.setting("numberOfTaskManagers")
	if r.plan.Job != nil {
		out = append(out, r.setting("parallelism")...)
		out = append(out, r.option(flink.SlotsKey)...)
	}
	return out
}

func (r *derivation) restarts(found) []Origin {
	return append(r.highAvailability(), r.chain("spec.maxJobCreationAttempts")...)
}

// artifacts are the jars, which decide what has to be there to fetch them.
func (r *derivation) artifacts() []Origin {
	out := r.setting("artifact.jarUri", "artifact.additionalDependencies")
	if r.plan.Fetcher() != "" {
		out = append(out, r.renderOption("render.FetcherImage")...)
	}
	return out
}

// image is what the name of the image is put together of.
func (r *derivation) image(found) []Origin {
	prefix := ""
	if r.plan.Job != nil {
		prefix = "artifact."
	}
	out := r.setting(prefix+"flinkImageTag", prefix+"flinkImageRepository", prefix+"flinkImageRegistry")
	if len(out) == 0 && r.options.Images[r.plan.Version.Minor] != "" {
		out = r.renderOption("render.Images")
	}
	return append(out, r.setting(prefix+"flinkVersion")...)
}

// tlsOptions decide whether REST answers in plain text.
func (r *derivation) tlsOptions() []Origin {
	return append(r.option("security.ssl.rest.enabled", "security.ssl.enabled"),
		r.annotation(deployment.AnnotationTLS)...)
}
