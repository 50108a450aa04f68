package render_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
	"sigs.k8s.io/yaml"

	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/merge"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/render"
)

// chapters are what the tables of defaults.md are about, by their headings.
var chapters = map[string]string{
	"Deployments": app,
	"Deployments with Kubernetes high availability": app + "      " + onVolume(haConf),
	"Session clusters":                             session,
	"Session mode":                                 submitted,
	"Jars that Flink cannot fetch":                 withArtifact("1.18", "https://h.example.com/a.jar"),
	"Jars that Flink fetches from an object store": withArtifact("1.20", "s3://bucket/a.jar"),
	"Options that name an object store": app +
		"      flinkConfiguration: {state.checkpoints.dir: 's3://bucket/checkpoints'}\n",
	"Dependencies in the image": withDependencies(withArtifact("1.20", "local:///opt/lib/a.jar"),
		"'local:///opt/lib/b.jar'"),
	"Deployments with TLS": withTLS(app),
	"Disruption budgets":   app + "      numberOfTaskManagers: 2\n",
	"Metrics":              app, "Metrics with a PodMonitor": app, "Ingress": app, "Autoscaling": app,
	"Network policies": app,
}

// optionsOfChapter are those beside the certificates.
var optionsOfChapter = map[string]render.Option{
	"Disruption budgets": render.PodDisruptionBudgets(),
	"Metrics":            render.WithMetrics(render.Metrics{}),
	"Ingress": render.WithIngress(render.Ingress{Host: "{name}.example.com", ClassName: "nginx",
		TLSSecret: "flink-tls"}),
	"Autoscaling":      render.WithAutoscaling(render.Autoscaling{MaxReplicas: 4}),
	"Network policies": render.WithNetworkPolicies(render.NetworkPolicies{CloseEgress: true}),
	"Metrics with a PodMonitor": render.WithMetrics(render.Metrics{PodMonitor: true,
		Labels: map[string]string{"release": "prometheus"}}),
}

// onVolume keeps the data of high availability where no plugin is needed.
func onVolume(conf string) string { return in(conf, "s3://b/ha", "file:///ha") }

// defaults is a row of a table.
type defaults struct{ chapter, of, field, value, patch string }

// code returns what stands in a cell as code, if that is all.
func code(cell string) (string, bool) {
	inner, ok := strings.CutPrefix(cell, "`")
	inner, closed := strings.CutSuffix(inner, "`")
	return inner, ok && closed && !strings.Contains(inner, "`")
}

var entries = regexp.MustCompile("(?s)```yaml\n# ([^\n]+)\n(.*?)```")

// readDefaults returns the rows of the tables, and the patches by place.
func readDefaults(t *testing.T) (rows []defaults, places map[string]string) {
	t.Helper()
	data, err := os.ReadFile("defaults.md")
	assert.NilError(t, err)
	places = map[string]string{}
	for _, m := range entries.FindAllStringSubmatch(string(data), -1) {
		places[m[1]] = m[2]
	}
	chapter := ""
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		if title, ok := strings.CutPrefix(line, "## "); ok {
			chapter = title
		}
		cells := strings.Split(line, "|")
		if !strings.HasPrefix(line, "|") || strings.Contains(line, "---") || strings.Contains(line, "| why |") {
			continue
		}
		assert.Equal(t, len(cells), 7, line)
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		field, _ := code(cells[2])
		assert.Assert(t, len(cells[4]) > 3, "a row without a reason: %s", line)
		rows = append(rows, defaults{chapter, cells[1], field, cells[3], cells[5]})
	}
	return rows, places
}

// where says in which objects a place is, and below which path.
var where = map[string]struct{ kinds, component, prefix string }{
	"objects":                 {"", "", ""},
	"pods":                    {"Job Deployment", "", "spec.template.spec."},
	"containers":              {"Job Deployment", "", "spec.template.spec.containers[flink-COMPONENT]."},
	"flink-jobmanager":        {"Job Deployment", "jobmanager", "spec.template.spec.containers[flink-jobmanager]."},
	"flink-taskmanager":       {"Deployment", "taskmanager", "spec.template.spec.containers[flink-taskmanager]."},
	"artifact-fetcher":        {"Job Deployment", "", "spec.template.spec.initContainers[artifact-fetcher]."},
	"Job":                     {"Job", "", "spec."},
	"JobManagers":             {"Deployment", "jobmanager", "spec."},
	"TaskManagers":            {"Deployment", "taskmanager", "spec."},
	"Service":                 {"Service", "", "spec."},
	"ConfigMap":               {"ConfigMap", "", "data."},
	"options":                 {"ConfigMap", "", "data."},
	"accounts":                {"ServiceAccount Role RoleBinding", "", ""},
	"Role":                    {"Role", "", ""},
	"PodDisruptionBudget":     {"PodDisruptionBudget", "", ""},
	"PodMonitor":              {"PodMonitor", "", ""},
	"NetworkPolicy":           {"NetworkPolicy", "", ""},
	"HorizontalPodAutoscaler": {"HorizontalPodAutoscaler", "", ""},
	"Ingress":                 {"Ingress", "", ""},
}

// values are those of a rendering by object and path, and those of Flink's options.
// Objects are called by kind and component. Besides leaves, there is every map and
// list.
func values(m render.Manifests) map[string]any {
	out := map[string]any{}
	for o := range m.All() {
		object := o.Map()
		name := o.Kind() + " " + o.Labels()["component"] + " "
		collectValues(out, name, nil, object, merge.Field{Of: merge.Of(kinds.TypeOf(object))})
		for _, file := range []string{"flink-conf.yaml", "config.yaml"} {
			for line := range strings.Lines(tree.String(object, "data", file)) {
				key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
				out[name+"data."+key] = value
			}
		}
	}
	return out
}

func collectValues(out map[string]any, name string, at tree.Path, v any, f merge.Field) {
	out[name+at.String()] = v
	switch v := v.(type) {
	case map[string]any:
		for key, e := range v {
			collectValues(out, name, at.With(tree.Step{Name: key}), e, f.Of[key])
		}
	case []any:
		for i, element := range f.Names(v) {
			collectValues(out, name, at.With(tree.Step{Name: element, Element: true}), v[i], merge.Field{Of: f.Of})
		}
	}
}

// object and path of a value.
func parts(key string) (kind, component, path string) {
	words := strings.SplitN(key, " ", 3)
	return words[0], words[1], words[2]
}

// covers reports whether a value is the field of a row, or a part of it.
func (d defaults) covers(key string) (whole, part bool) {
	at := where[d.of]
	kind, component, path := parts(key)
	if at.kinds != "" && !slices.Contains(strings.Fields(at.kinds), kind) || at.component != "" &&
		at.component != component {
		return false, false
	}
	full := strings.ReplaceAll(at.prefix, "COMPONENT", component) + d.field
	if d.of == "ConfigMap" {
		full = "data[" + d.field + "]" // which is no plain name
	}
	inner, ok := strings.CutPrefix(path, full)
	return ok && inner == "", ok && (full == "" || inner == "" || inner[0] == '.' || inner[0] == '[')
}

// together are fields that a patch changes with the one that it is about.
var together = map[string]func(path string) bool{
	"Job: template.spec.restartPolicy": func(path string) bool {
		return strings.HasPrefix(path,
			"spec.podFailurePolicy")
	},
	"accounts: ": func(path string) bool {
		return strings.HasSuffix(path,
			".serviceAccountName")
	},
	"options: taskmanager.numberOfTaskSlots": func(path string) bool { return path == "spec.replicas" },
}

// renderChapter renders what a chapter is about, with patches.
func renderChapter(t *testing.T, chapter string, entries ...string) map[string]any {
	t.Helper()
	text, ok := chapters[chapter]
	assert.Assert(t, ok, "there is nothing to render for %q", chapter)
	opts := []render.Option{render.TLSSecret("flink-certificates"), optionsOfChapter[chapter]}
	m, err := renderJob(t, withPatches(text, entries...), render.Job{ID: jobID}, opts...)
	assert.NilError(t, err)
	return values(m)
}

// placed puts the patch of a row where it goes.
func (d defaults) placed(t *testing.T, places map[string]string) []string {
	t.Helper()
	patch, ok := code(d.patch)
	assert.Assert(t, ok, "the patch is not code")
	place, ok := places[d.of]
	assert.Assert(t, ok, "nothing says where a patch goes")
	var list []any
	assert.NilError(t, yaml.Unmarshal([]byte(strings.ReplaceAll(place, "…", patch)), &list))
	var out []string
	for _, entry := range list {
		out = append(out, string(tree.JSON(entry)))
	}
	return out
}

func TestDefaults(t *testing.T) {
	rows, places := readDefaults(t)
	all := map[string]map[string]any{}
	for chapter := range chapters {
		all[chapter] = renderChapter(t, chapter)
	}
	for _, d := range rows {
		t.Run(d.String(), func(t *testing.T) {
			before := all[d.chapter]
			d.checkValue(t, before)
			if d.patch != "—" {
				d.checkChanges(t, before, renderChapter(t, d.chapter, d.placed(t, places)...))
			}
		})
	}
	for chapter, before := range all {
		assertCovered(t, chapter, before, rows)
	}
}

// checkValue compares what is rendered with the table, unless that has words only.
func (d defaults) checkValue(t *testing.T, before map[string]any) {
	t.Helper()
	text, exact := code(d.value)
	text = strings.ReplaceAll(text, "ID", jobID)
	var want any
	assert.NilError(t, yaml.Unmarshal([]byte(text), &want))
	if d.of == "options" {
		want = text
	}
	found := false
	for key, v := range before {
		if whole, _ := d.covers(key); whole {
			found = true
			assert.Assert(t, !exact || string(tree.JSON(v)) == string(tree.JSON(want)), "%s: %s", key, tree.JSON(v))
		}
	}
	assert.Assert(t, found, "nothing of the kind is rendered")
}

// checkChanges checks that a patch changes the field wherever it is, and nothing
// else.
func (d defaults) checkChanges(t *testing.T, before, after map[string]any) {
	t.Helper()
	for key, was := range before {
		is, ok := after[key]
		same := ok && string(tree.JSON(is)) == string(tree.JSON(was))
		whole, part := d.covers(key)
		_, _, path := parts(key)
		switch allowed := together[d.of+": "+d.field]; {
		case whole && same:
			t.Errorf("%s: the patch changes nothing", key)
		case !same && leaf(was) && !part && (allowed == nil || !allowed(path)) && !consequence(d, path):
			t.Errorf("%s: the patch changes it, too", key)
		}
	}
}

func leaf(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		return len(v) == 0
	case []any:
		return len(v) == 0
	default:
		return true
	}
}

// consequence is what follows from a change: the configuration has a checksum, and
// its file the options.
func consequence(d defaults, path string) bool {
	return strings.HasSuffix(path, "[flinktarget.github.io/config-checksum]") || d.of == "options" &&
		strings.HasPrefix(path, "data[")
}

// assertCovered checks that the tables have every field.
func assertCovered(t *testing.T, chapter string, before map[string]any, rows []defaults) {
	t.Helper()
	for key, v := range before {
		if !leaf(v) || slices.ContainsFunc(rows, func(d defaults) bool {
			_, part := d.covers(key)
			return part && d.field != "" || part && d.of != "objects"
		}) {
			continue
		}
		t.Errorf("%s: no table has %s", chapter, key)
	}
}

func (d defaults) String() string { return d.chapter + ": " + d.of + ": " + d.field }
