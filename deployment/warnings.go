package deployment

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/flink"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/secrets"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/labels"
)

// Warnings returns what a person should look at, in a fresh slice, always in the
// same order: what is legal and has no effect, or not the one that its author may
// expect. Values that look like secrets are not in it.
func (d Deployment) Warnings() []flinktarget.Problem {
	if d.data == nil {
		return nil
	}
	c := d.config
	w := &warnings{resource: d.String, position: d.Position, system: func() (labels.Set, error) {
		id := labels.Deployment{Namespace: d.Namespace(), ID: d.ID(), Name: d.Name(), JobID: kinds.NilID}
		return labels.ForDeployment(id)
	}, placeholders: []string{"namespace", "deploymentName", "deploymentId", "jobId"}}
	if strings.EqualFold(string(c.Spec.State), string(canceled)) {
		w.add("state-spelling", field.NewPath("spec", "state"),
			"read as %s, which is how VVP's API writes it", Cancelled)
	}
	if d.savepoint != "" {
		at := field.NewPath("spec", "initialSavepointSpec", "savepointLocation")
		w.add("initial-savepoint Job.SavepointLocation", at,
			"VVP registers the savepoint, which is not done here: give it to the job that is to start from it")
	}
	t := c.Spec.Template.Spec
	path := field.NewPath("spec", "template", "spec")
	w.artifact(t.Artifact, path.Child("artifact"))
	if c.Spec.SessionClusterName != "" {
		w.session(d.Given().Spec.Template, t.FlinkConfiguration, path)
	} else {
		w.cluster(t.cluster(path), flink.InertInApplication)
	}
	return w.list
}

// Warnings returns what a person should look at, as [Deployment.Warnings].
func (s SessionCluster) Warnings() []flinktarget.Problem {
	if s.data == nil {
		return nil
	}
	w := &warnings{resource: s.String, position: s.Position, system: func() (labels.Set, error) {
		return labels.ForSessionCluster(labels.SessionCluster{Namespace: s.Namespace(), ID: s.ID(), Name: s.Name()})
	}, placeholders: []string{"namespace"}}
	w.cluster(s.config.Spec.cluster(field.NewPath("spec")), func(string) string { return "" })
	return w.list
}

type warnings struct {
	list     []flinktarget.Problem
	resource func() string
	position func(field string) flinktarget.Position
	system   func() (labels.Set, error) // of a resource that was checked, without error
	// placeholders are those of VVP that the renderer fills in.
	placeholders []string
}

func (w *warnings) add(rule string, path *field.Path, format string, args ...any) {
	message, at := fmt.Sprintf(format, args...), path.String()
	w.list = append(w.list, decode.Warning(rule, w.resource(), at, message, w.position(at)))
}

const plainSecret = "this looks like a secret in plain text, " +
	"which everybody can read who may see the file or the objects; "

func (w *warnings) artifact(a Artifact, path *field.Path) {
	for _, f := range [...]struct{ name, value string }{
		{"jarUri", a.JarURI}, {"mainArgs", a.MainArgs}, {"pythonArtifactUri", a.PythonArtifactURI},
		{"sqlScript", a.SQLScript},
	} {
		if secrets.Text(f.value) && !strings.Contains(f.value, "${") {
			w.add("plain-secret", path.Child(f.name),
				plainSecret+"give it to the job in a variable with valueFrom.secretKeyRef")
		}
	}
}

func (w *warnings) cluster(s cluster, inert func(key string) string) {
	if version, err := flink.Lookup(s.version); err == nil { // as it is where it was checked
		w.smallHeap(version, s)
		w.flink(version, s, inert)
	}
	w.kubernetes(s.kubernetes, s.path.Child("kubernetes"))
}

// session warns of what is the SessionCluster's. given is without Deployment Defaults, which
// are for all Deployments.
func (w *warnings) session(given Template, config map[string]string, path *field.Path) {
	const elsewhere = "no effect in session mode: it is the SessionCluster's; write it there"
	annotations := field.NewPath("spec", "template", "metadata", "annotations")
	for _, key := range [...]string{AnnotationTLS, AnnotationQueryableState} {
		if given.Metadata.Annotations[key] == "true" {
			w.add("no-effect", annotations.Key(key), elsewhere)
		}
	}
	own, _ := tree.FromGo(withDefaults(given.Spec)) // which was checked
	none, _ := tree.FromGo(withDefaults(TemplateSpec{}))
	for _, name := range [...]string{
		"artifact.flinkVersion", "artifact.engineVersionName", "artifact.flinkImageRegistry",
		"artifact.flinkImageRepository", "artifact.flinkImageTag", "numberOfTaskManagers", "resources", "logging",
		"kubernetes",
	} {
		names := strings.Split(name, ".")
		is, _ := tree.Get(own, names...)
		if was, _ := tree.Get(none, names...); !tree.Equal(is, was) {
			w.add("no-effect", path.Child(names[0], names[1:]...), elsewhere)
		}
	}
	for _, key := range tree.Keys(config) {
		at := path.Child("flinkConfiguration").Key(key)
		if _, ours := given.Spec.FlinkConfiguration[key]; ours && flink.OfCluster(key) {
			w.add("no-effect", at, "no effect in session mode: only the processes of the cluster read it; write it "+
				"into the SessionCluster")
		}
		w.option(key, config[key], at)
	}
}

// option warns of values of Flink's configuration.
func (w *warnings) option(key, value string, at *field.Path) {
	w.unknownPlaceholders(at, value)
	if must := flink.Unreadable(key, value); must != "" && !strings.ContainsAny(value, "${") {
		w.add("option-value", at, "Flink cannot read the value: must be %s", must)
	}
	if strings.HasSuffix(key, "dir") || strings.HasSuffix(key, "Dir") {
		for _, scheme := range flink.Schemes(value) {
			if !slices.Contains(flink.ArtifactSchemes(), scheme) {
				w.add("file-system-image", at, "Flink has no file system for %s://, unless your image has one%s",
					scheme, decode.DidYouMean(scheme, flink.ArtifactSchemes()))
			}
		}
	}
	if secrets.Plain(key, value) {
		w.add("plain-secret", at, plainSecret+
			"write ${NAME} here, and set NAME in kubernetes.pods.envVars with valueFrom.secretKeyRef")
	}
}

// flink warns of configuration that Flink does not act on.
func (w *warnings) flink(version flink.Version, s cluster, inertHere func(key string) string) {
	at := s.path.Child("flinkConfiguration")
	significant, ha := flink.Significant(version), flink.HighAvailability(version, s.config)
	for _, key := range tree.Keys(s.config) {
		if reason := cmp.Or(flink.Inert(key), inertHere(key)); reason != "" {
			w.add("no-effect", at.Key(key), "no effect: %s", reason)
		} else if instead, ok := flink.Ignored(version, key); ok {
			if instead != "" {
				instead = "; it is called " + instead + " there"
			}
			w.add("no-effect", at.Key(key), "no effect: Flink %s does not know this option%s", version.Minor, instead)
		} else if meant := decode.Misspelt(key, significant); meant != "" {
			w.add("option-spelling", at.Key(key), "did you mean %s?", meant)
		}
		if ha.Key == key && ha.Value == "vvp-kubernetes" {
			w.add("deprecated", at.Key(key),
				"VVP 2.10 deprecates vvp-kubernetes; write kubernetes, which is what it is read as")
		}
		w.option(key, s.config[key], at.Key(key))
	}
}

// unknownPlaceholders warns of what VVP would replace, and the renderer does not.
func (w *warnings) unknownPlaceholders(at *field.Path, value string) {
	if !strings.Contains(value, "{{") {
		return
	}
	for _, m := range flink.Placeholder().FindAllStringSubmatch(value, -1) {
		if !slices.Contains(w.placeholders, m[1]) {
			w.add("placeholder", at, "%s stays as it is: known are {{ %s }}; write the value out", m[0],
				strings.Join(w.placeholders, " }}, {{ "))
		}
	}
}

// smallHeap warns of a JobManager that starts, and has little room.
func (w *warnings) smallHeap(v flink.Version, s cluster) {
	memory := withDefaults(s.resources).JobManager.Memory
	bytes, err := Bytes(memory)
	if err != nil {
		return
	}
	if m, _ := v.JobManager(s.config).Memory(wholeMiB(bytes)); m.Heap < flink.RecommendedJobManagerHeap {
		w.add("small-heap", s.path.Child("resources", "jobmanager", "memory"),
			"%s leave a heap of %s; Flink recommends at least %s",
			memory, flink.FormatMiB(m.Heap), flink.FormatMiB(flink.RecommendedJobManagerHeap))
	}
}

func (w *warnings) kubernetes(k Kubernetes, path *field.Path) {
	w.labels(k.Labels, path.Child("labels"))
	if p := k.Pods; p != nil {
		w.labels(p.Labels, path.Child("pods", "labels"))
		for i, v := range p.EnvVars {
			w.env(v.shared(), path.Child("pods", "envVars").Index(i))
		}
	}
	for name, template := range k.podTemplates {
		w.podTemplate(template, path.Child(name))
	}
}

func (w *warnings) podTemplate(t map[string]any, path *field.Path) {
	w.labels(tree.Strings(t, "metadata", "labels"), path.Child("metadata", "labels"))
	for _, list := range [...]string{"initContainers", "containers"} {
		for i, container := range tree.Items(t, "spec", list) {
			for j, v := range tree.Items(container, "env") {
				env, _ := v.(map[string]any)
				w.env(env, path.Child("spec", list).Index(i).Child("env").Index(j))
			}
		}
	}
}

// labels warns of labels that lose to the system's.
func (w *warnings) labels(m map[string]string, path *field.Path) {
	if len(m) == 0 {
		return
	}
	set, _ := w.system()
	for key := range set.WithComponent(labels.JobManager).All() {
		if _, ok := m[key]; ok {
			w.add("system-label", path.Key(key), "the label belongs to the platform; this value is not used")
		}
	}
}

func (w *warnings) env(v map[string]any, path *field.Path) {
	if secrets.Plain(tree.String(v, "name"), tree.String(v, "value")) {
		w.add("plain-secret", path.Child("value"), plainSecret+"use valueFrom.secretKeyRef")
	}
}
