package explain

import (
	"strconv"
	"strings"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/build"
	"github.com/flinktarget/flinktarget/internal/flink"
	"github.com/flinktarget/flinktarget/labels"
)

// The rules of pods and their containers. The first that fits counts.
var podRules = func() []rule {
	const pod = "spec.template.spec."
	rules := []rule{
		{"spec.template.metadata.labels[*]", "", (*derivation).podLabel},
		{"spec.template.metadata.annotations[*]", "", (*derivation).podAnnotation},
		{pod + "automountServiceAccountToken", "service account", (*derivation).account},
		{pod + "serviceAccountName", "service account",
			func(r *derivation, at found) []Origin { return append(r.account(at), r.identity...) }},
		{pod + "enableServiceLinks", "isolation", nil},
		{pod + "restartPolicy", "restarts", nil},
		{pod + "securityContext[*]", "security", resourceField("kubernetes.pods.securityContext")},
		{pod + "terminationGracePeriodSeconds", "termination", nil},
		{pod + "topologySpreadConstraints[*].labelSelector.matchLabels[*]", "spread", (*derivation).spreadLabel},
		{pod + "topologySpreadConstraints", "spread", func(r *derivation, _ found) []Origin { return r.standbys() }},
		{pod + "nodeSelector", "", resourceField("kubernetes.pods.nodeSelector")},
		{pod + "affinity", "", resourceField("kubernetes.pods.affinity")},
		{pod + "tolerations", "", resourceField("kubernetes.pods.tolerations")},
		{pod + "imagePullSecrets", "", resourceField("kubernetes.pods.imagePullSecrets")},
		{pod + "volumes[*]", "", (*derivation).volume},
	}
	for _, c := range append(sharedRules, containerRules...) {
		rules = append(rules, rule{pod + "containers[*]" + c.at, c.name, c.from})
	}
	for _, c := range append(sharedRules, fetcherRules...) {
		rules = append(rules, rule{pod + "initContainers[*]" + c.at, c.name, func(r *derivation, at found) []Origin {
			if c.from == nil {
				return r.artifacts()
			}
			return append(c.from(r, at), r.artifacts()...)
		}})
	}
	return rules
}()

// The rules of all containers, of those that run Flink, and of those that fetch jars.
var (
	sharedRules = []rule{
		{".name", "container", nil},
		{".image", "image", (*derivation).image},
		{".resources[*].cpu", "resources",
			func(r *derivation, _ found) []Origin { return r.setting("resources." + r.component() + ".cpu") }},
		{".resources[*].memory", "resources",
			func(r *derivation, _ found) []Origin { return r.setting("resources." + r.component() + ".memory") }},
		{".securityContext", "security", nil},
		{".env[*]", "", (*derivation).variable},
		{".volumeMounts[*]", "", (*derivation).mount},
	}
	containerRules = []rule{
		{".args[*]", "arguments", (*derivation).argument},
		{".ports[" + strconv.Itoa(flink.PortQueryableState) + "]", "ports", func(r *derivation, _ found) []Origin {
			return r.annotation(deployment.AnnotationQueryableState)
		}},
		{".ports", "ports", nil},
		{".livenessProbe", "probes", nil},
		{".readinessProbe", "probes", (*derivation).readiness},
		{".startupProbe", "probes", (*derivation).readiness},
	}
	fetcherRules = []rule{{".args", "artifact", nil}, {".command", "artifact", nil}}
)

func (r *derivation) isJobManager() bool { return r.component() == labels.JobManager.String() }

func generated(name string) []Origin {
	return []Origin{&Source{Step: Generated, Name: name}}
}

func (r *derivation) podLabel(at found) []Origin {
	return r.labelOf(at, "kubernetes.pods.labels")
}

func (r *derivation) podAnnotation(at found) []Origin {
	return r.setting("kubernetes.pods.annotations"+at.tail, "kubernetes.annotations"+at.tail)
}

func (r *derivation) account(found) []Origin {
	return append(r.highAvailability(), r.accounts()...)
}

// standbys decide whether there are several JobManagers, which are spread.
func (r *derivation) standbys() []Origin {
	if !r.isJobManager() {
		return nil
	}
	return r.replicas()
}

func (r *derivation) spreadLabel(at found) []Origin {
	return append(r.systemLabel(at.keys[1]), r.standbys()...)
}

func (r *derivation) readiness(found) []Origin {
	if !r.isJobManager() {
		return nil
	}
	return r.tlsOptions()
}

// variable is one of the resource, or one that Flink needs.
func (r *derivation) variable(at found) []Origin {
	if own := r.setting("kubernetes.pods.envVars" + at.tail); len(own) > 0 {
		return own
	}
	switch at.keys[1] {
	case flink.PluginsVariable:
		return append(generated("plugins"), r.plugins()...)
	case build.TLSPassword:
		return append(generated("tls"), r.tls()...)
	default:
		return append(generated("high availability"), r.highAvailability()...)
	}
}

func (r *derivation) tls() []Origin {
	return append(r.annotation(deployment.AnnotationTLS), r.renderOption("render.TLSSecret")...)
}

// plugins depend on the schemes of jars, options and the savepoint, on the exact version,
// and on whether the user names plugins himself.
func (r *derivation) plugins() []Origin {
	var out []Origin
	for _, s := range r.plan.Stores {
		switch {
		case s.Jar:
			out = append(out, r.artifacts()...)
		case s.Key != "":
			out = append(out, r.option(s.Key)...)
		default:
			out = append(out, &Source{Step: Job, Name: "SavepointLocation"})
		}
	}
	out = append(out, r.image(found{})...)
	for _, component := range [...]labels.Component{labels.JobManager, labels.TaskManager} {
		out = append(out,
			r.setting("kubernetes."+build.TemplateOf(component)+".spec.containers["+flink.ContainerPrefix+
				component.String()+"].env")...)
	}
	return append(out, r.setting("kubernetes.pods.envVars")...)
}

func (r *derivation) volume(at found) []Origin {
	name := at.keys[0]
	below := strings.TrimPrefix(at.tail, "["+name+"]")
	if own := r.userVolume("volume.name", name, "volume"+below); len(own) > 0 {
		return own
	}
	switch name {
	case build.ConfigVolume:
		return append(generated("volumes"), r.identity...)
	case build.TempVolume, build.LogVolume:
		return generated("volumes")
	case build.TLSVolume:
		return append(generated("tls"), r.tls()...)
	case build.ArtifactsVolume, flink.UserLibVolume:
		return append(generated("artifact"), r.artifacts()...)
	default:
		return append(generated("plugins"), r.plugins()...)
	}
}

// mount is one of the user's, which may be where one of ours would be, or ours.
func (r *derivation) mount(at found) []Origin {
	path := at.keys[1]
	below := strings.TrimPrefix(at.tail, "["+path+"]")
	own := r.userVolume("volumeMount.mountPath", path, "volumeMount"+below)
	if len(own) > 0 && below != ".mountPath" {
		return own
	}
	switch path {
	case flink.ConfDir, flink.TempDir, flink.LogDir:
		return append(own, generated("volumes")...)
	case build.TLSDir:
		return append(append(own, generated("tls")...), r.tls()...)
	case flink.ArtifactsDir, flink.UserLibDir:
		return append(append(own, generated("artifact")...), r.artifacts()...)
	}
	if strings.HasPrefix(path, flink.PluginsDir) && len(own) == 0 {
		return append(generated("plugins"), r.plugins()...)
	}
	return own
}

// userVolume finds the element of pods.volumeMounts that has a value in a field, and
// returns the sources of another field of it.
func (r *derivation) userVolume(field, value, of string) []Origin {
	list := r.settings + ".kubernetes.pods.volumeMounts"
	for _, l := range r.fields.Leaves() {
		element, ok := strings.CutPrefix(l.Path, list)
		if ok && l.Value == value && strings.HasSuffix(element, "."+field) {
			return r.chain(list + strings.TrimSuffix(element, field) + of)
		}
	}
	return nil
}

// argument is one of the container's. Those before it decide where it stands.
func (r *derivation) argument(at found) []Origin {
	i, err := strconv.Atoi(at.keys[1])
	all := r.arguments()
	if err != nil || i >= len(all) {
		return nil
	}
	out := all[i]
	for j := range i {
		out = append(out[:len(out):len(out)], all[j]...)
	}
	return out
}

// arguments are the sources of each, in the order of cluster.args.
func (r *derivation) arguments() [][]Origin {
	c := r.plan
	out := [][]Origin{nil} // the command
	if c.HA && r.isJobManager() {
		out = append(out, r.highAvailability(), r.highAvailability())
	}
	for _, p := range c.Properties {
		of := append(r.option(p.Key), r.variables()...)
		of = append(of, r.annotation(deployment.AnnotationTLS)...)
		out = append(out, of, of)
	}
	if !r.isJobManager() {
		return out
	}
	for i := 0; i < len(c.JobArgs); i++ {
		var of []Origin
		switch c.JobArgs[i] {
		case "--job-classname":
			of = r.setting("artifact.entryClass")
		case "--job-id":
			of = r.identity
		case "--fromSavepoint":
			of = []Origin{&Source{Step: Job, Name: "SavepointLocation"}}
		case "--allowNonRestoredState":
			out = append(out,
				append(r.chain("spec.restoreStrategy.allowNonRestoredState"),
					&Source{Step: Job, Name: "SavepointLocation"}))
			continue
		case "--jars":
			of = r.artifacts()
		default: // "--" and what is the job's
			for range c.JobArgs[i:] {
				out = append(out, r.setting("artifact.mainArgs"))
			}
			return out
		}
		out = append(out, of, of)
		i++
	}
	return out
}
