package render_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
	"k8s.io/apimachinery/pkg/api/resource"
	"sigs.k8s.io/yaml"

	"github.com/flinktarget/flinktarget/internal/flink"
	"github.com/flinktarget/flinktarget/render"
)

// anyDeployment is a random text of a target and a Deployment that can be rendered.
func anyDeployment(r *rand.Rand) (text, version string) {
	pick := func(words ...string) string { return words[r.IntN(len(words))] }
	version = pick(flink.Supported()...)
	v, _ := flink.Lookup(version)
	jar := pick("local:///opt/flink/usrlib/a.jar", "https://h.example.com/a.jar?x=$(A)", "http://h.example.com/b")
	if v.Jars {
		jar = pick(jar, "s3://b/a.jar", "local:///opt/job/a.jar")
	}
	conf := map[string]string{}
	for range r.IntN(4) {
		conf[pick("state.checkpoints.dir", "pipeline.max-parallelism", "my.option",
			"restart-strategy.fixed-delay.attempts", "s3.endpoint")] =
			pick("s3://b/c", "7", "a b", "x: y", "'quoted'", `back\slash`, "${KEY}-$(A)", "ü", "- a", "true", "1e3")
	}
	if r.IntN(3) == 0 {
		conf[v.HAKey], conf["high-availability.storageDir"] = pick("kubernetes", v.HAKubernetes), "s3://b/ha"
	}
	slots := 1 + r.IntN(4)
	conf["taskmanager.numberOfTaskSlots"] = fmt.Sprint(slots)
	if r.IntN(3) == 0 {
		conf["env.java.opts"] = "-Da=b"
	}
	spec := map[string]any{
		"parallelism": 1 + r.IntN(9),
		"artifact": map[string]any{
			"kind": "JAR", "flinkVersion": version, "jarUri": jar,
			"mainArgs": pick("", "--a 1", "'x y' --job-id z", `--from "s"`, "$(HOME) $$ 5$", "--host h --jars j"),
		},
		"flinkConfiguration": conf,
		"resources": map[string]any{
			"jobmanager":  map[string]any{"cpu": 0.5, "memory": pick("1g", "1073741824", "1.3G", "2500m")},
			"taskmanager": map[string]any{"cpu": 2, "memory": pick("1.5g", "2G", "4294967296", "1999999999")},
		},
		"kubernetes": map[string]any{"pods": map[string]any{"envVars": []any{map[string]any{"name": "KEY",
			"value": "v"}}}},
	}
	doc, _ := yaml.Marshal(map[string]any{
		"kind": "Deployment", "apiVersion": "v1", "metadata": map[string]any{"name": "any"},
		"spec": map[string]any{"deploymentTargetName": "staging", "template": map[string]any{"spec": spec}},
	})
	return staging + "---\n" + string(doc), version
}

// What is rendered is what that Flink accepts: flags, configuration, memory.
func TestFlinkAcceptsWhatIsRendered(t *testing.T) {
	t.Parallel()
	const seed = 20261124
	r := rand.New(rand.NewPCG(seed, 1))
	for i := range 2000 {
		text, version := anyDeployment(r)
		v, err := flink.Lookup(version)
		assert.NilError(t, err)
		m, err := renderJob(t, text, render.Job{ID: jobID, SavepointLocation: []string{"", "s3://b/sp"}[r.IntN(2)]})
		assert.NilError(t, err, "seed %d, input %d:\n%s", seed, i, text)
		pod := jobManager(t, m)
		checkArguments(t, v, pod.Containers[0].Args)

		data := stringsAt(find(t, m, "ConfigMap", "").Map(), "data")
		conf := readConfig(t, v, data[v.ConfigFile])
		for key := range conf {
			instead, ignored := flink.Ignored(v, key)
			assert.Assert(t, !ignored || key == "env.java.opts", "Flink %s does not read %s (%s)", version, key,
				instead)
			inert := flink.Inert(key) != ""
			assert.Assert(t, !inert, key)
		}
		process, err := flink.ParseMemory(conf["jobmanager.memory.process.size"])
		assert.NilError(t, err)
		_, problems := v.JobManager(conf).Memory(process)
		assert.Equal(t, len(problems), 0, "%v", problems)
		limit := pod.Containers[0].Resources.Limits.Memory()
		assert.Assert(t, limit.Cmp(*resource.NewQuantity(process, resource.BinarySI)) >= 0, "%s < %d", limit, process)
		process, err = flink.ParseMemory(conf["taskmanager.memory.process.size"])
		assert.NilError(t, err)
		_, problems = v.TaskManager(conf).Memory(process)
		assert.Equal(t, len(problems), 0, "%v", problems)
	}
}

// checkArguments reads arguments as the entrypoint and standalone-job do.
func checkArguments(t *testing.T, v flink.Version, args []string) {
	t.Helper()
	assert.Equal(t, args[0], "standalone-job")
	flags := []string{"allowNonRestoredState", "fromSavepoint", "job-classname", "job-id"} // that are rendered
	for i := 1; i < len(args); i++ {
		switch name := strings.TrimPrefix(args[i], "--"); {
		case args[i] == "--":
			return // the job's own
		case args[i] == "-D":
			i++
			assert.Assert(t, strings.Contains(args[i], "="), args[i])
		default:
			assert.Assert(t, name != args[i] && (slices.Contains(flags, name) || v.Jars && name == "jars"), "Flink %s has no flag %s", v.Minor,
				args[i])
			if name != "allowNonRestoredState" {
				i++
				assert.Assert(t, i < len(args) && args[i] != "")
			}
		}
	}
}

// readConfig reads a configuration file as Flink does: YAML from 2.0, lines before.
func readConfig(t *testing.T, v flink.Version, text string) map[string]string {
	t.Helper()
	out := map[string]string{}
	if v.Major > 1 {
		assert.NilError(t, yaml.UnmarshalStrict([]byte(text), &out), text)
		return out
	}
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(strings.TrimSuffix(line, "\n"), "#")
		key, value, ok := strings.Cut(line, ": ")
		assert.Assert(t, ok, line)
		out[strings.TrimSpace(key)] = strings.TrimSpace(value)
	}
	return out
}
