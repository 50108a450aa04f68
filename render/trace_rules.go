package render

import (
	"strconv"
	"strings"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/flink"
	"github.com/flinktarget/flinktarget/internal/provenance"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/labels"
)

// derivation says what the renderer makes the fields of one generated object of.
type derivation struct {
	*tracer
	cluster  *cluster
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
	from func(r *derivation, at found) sourceList
}

// found is a field that a rule is about.
type found struct {
	keys []string // what stands for [*]
	tail string   // the path below that of the rule, from the last [*] on
}

// sources returns those of a generated field, by the first rule that is about it.
func (r *derivation) sources(l provenance.Leaf) sourceList {
	for _, table := range [...][]rule{objectRules, podRules} {
		for _, rule := range table {
			at, ok := matchPath(rule.at, l.Path)
			if !ok {
				continue
			}
			var out sourceList
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

// existence returns what decides whether there is the object at all.
func (r *derivation) existence() sourceList {
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

	{"spec.replicas", "replicas", func(r *derivation, _ found) sourceList { return r.replicas() }},
	{"spec.strategy", "strategy", func(r *derivation, _ found) sourceList { return r.highAvailability() }},
	{"spec.backoffLimit", "restarts", (*derivation).restarts},
	{"spec.podFailurePolicy.rules[0]", "restarts", nil},
	{"spec.podFailurePolicy.rules", "restarts", func(r *derivation, _ found) sourceList { return r.highAvailability() }},
	{"spec.completions", "restarts", nil},
	{"spec.parallelism", "restarts", nil},
}

// resourceField is for what the resource gives as it is, or key by key.
func resourceField(path string) func(*derivation, found) sourceList {
	return func(r *derivation, at found) sourceList { return r.setting(path + at.tail) }
}

// setting returns the sources of fields of the settings.
func (r *derivation) setting(paths ...string) sourceList {
	var out sourceList
	for _, path := range paths {
		out = append(out, r.chain(r.settings+"."+path)...)
	}
	return out
}

// option returns the sources of options of Flink.
func (r *derivation) option(keys ...string) sourceList {
	var out sourceList
	for _, key := range keys {
		out = append(out, r.setting(pathOf("flinkConfiguration", key))...)
	}
	return out
}

func (r *derivation) renderOption(name string) sourceList {
	return sourceList{&Source{Step: StepOption, Name: name}}
}

func (r *derivation) component() string {
	return tree.String(r.object, "metadata", "labels", labels.KeyComponent)
}

// highAvailability is what it depends on whether there is any. All of the keys
// count, those that the version does not know, too, as it may be a patch that took
// one away.
func (r *derivation) highAvailability() sourceList {
	return r.option(r.cluster.version.HAKey, "recovery.mode", "high-availability")
}

// accounts are the service accounts of the pod templates.
func (r *derivation) accounts() sourceList {
	return r.setting("kubernetes.jobManagerPodTemplate.spec.serviceAccountName", "kubernetes.taskManagerPodTemplate.spec.serviceAccountName")
}

func (r *derivation) named(found) sourceList { return r.identity }

func (r *derivation) namespaced(found) sourceList {
	if r.target.KubernetesNamespace() == "" {
		return r.renderOption("render.Platform")
	}
	return sourceList{&Source{Step: StepTarget, Resource: r.target.String(), Field: "spec.kubernetes.namespace"}}
}

// label is one of the system, or one of the user, which differ between workloads
// and pods.
func (r *derivation) label(at found) sourceList {
	return r.labelOf(at, "kubernetes.labels")
}

// labelOf is a label of the system, or one of the user's from a field.
func (r *derivation) labelOf(at found, field string) sourceList {
	key := at.keys[0]
	if _, ok := r.cluster.labels.WithComponent(labels.JobManager).Get(key); ok {
		return append(sourceList{&Source{Step: StepSystemLabel}}, r.systemLabel(key)...)
	}
	return r.setting(field + at.tail)
}

func (r *derivation) selectedLabel(at found) sourceList { return r.systemLabel(at.keys[0]) }

// systemLabel is what the value of a label is made of.
func (r *derivation) systemLabel(key string) sourceList {
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
func (t *tracer) resourceID() sourceList {
	if id := t.chain("metadata.id"); len(id) > 0 {
		return id
	}
	return t.chain("metadata.name", "metadata.namespace")
}

func (r *derivation) logging(found) sourceList {
	out := r.setting("logging")
	if len(r.profiles) > 0 {
		out = append(out, r.renderOption("render.LoggingProfiles")...)
	}
	return out
}

// configuration is everything that is written into Flink's configuration file.
func (r *derivation) configuration(found) sourceList {
	out := r.setting("flinkConfiguration", "resources.jobmanager.memory", "resources.taskmanager.memory")
	out = append(out, r.variables()...)
	if r.cluster.application {
		out = append(out, r.setting("parallelism", "artifact.jarUri", "artifact.additionalDependencies")...)
		out = append(out, r.annotation(deployment.AnnotationTLS, deployment.AnnotationQueryableState)...)
	}
	out = append(out, r.identity...)
	return append(out, r.namespaced(found{})...)
}

// variables are those that options refer to: what refers to one that both pods have
// is no line of the file, but an argument.
func (r *derivation) variables() sourceList {
	if !r.refers() {
		return nil
	}
	out := r.setting("kubernetes.pods.envVars")
	for _, component := range [...]labels.Component{labels.JobManager, labels.TaskManager} {
		out = append(out, r.setting("kubernetes."+templateOf(component)+".spec.containers["+flink.ContainerPrefix+component.String()+"].env")...)
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
func (r *derivation) annotation(keys ...string) sourceList {
	var out sourceList
	for _, key := range keys {
		out = append(out, r.chain(pathOf("spec", "template", "metadata", "annotations", key))...)
	}
	return out
}

// replicas is what the number of pods of a component is made of.
func (r *derivation) replicas() sourceList {
	if r.component() == labels.JobManager.String() {
		return append(r.option(standbyKey), r.highAvailability()...)
	}
	out := r.setting("numberOfTaskManagers")
	if r.cluster.application {
		out = append(out, r.setting("parallelism")...)
		out = append(out, r.option(flink.SlotsKey)...)
	}
	return out
}

func (r *derivation) restarts(found) sourceList {
	return append(r.highAvailability(), r.chain("spec.maxJobCreationAttempts")...)
}

// artifacts are the jars, which decide what has to be there to fetch them.
func (r *derivation) artifacts() sourceList {
	out := r.setting("artifact.jarUri", "artifact.additionalDependencies")
	if r.cluster.artifact.fetcher != "" {
		out = append(out, r.renderOption("render.FetcherImage")...)
	}
	return out
}

// image is what the name of the image is put together of.
func (r *derivation) image(found) sourceList {
	prefix := ""
	if r.cluster.application {
		prefix = "artifact."
	}
	out := r.setting(prefix+"flinkImageTag", prefix+"flinkImageRepository", prefix+"flinkImageRegistry")
	if len(out) == 0 && r.images[r.cluster.version.Minor] != "" {
		out = r.renderOption("render.Images")
	}
	return append(out, r.setting(prefix+"flinkVersion")...)
}

// tlsOptions decide whether REST answers in plain text.
func (r *derivation) tlsOptions() sourceList {
	return append(r.option("security.ssl.rest.enabled", "security.ssl.enabled"), r.annotation(deployment.AnnotationTLS)...)
}
