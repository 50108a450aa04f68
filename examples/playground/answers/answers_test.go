package answers

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/render"
)

const folder = "../../../internal/testdata/valid"

func quickstart(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../quickstart/resources.yaml")
	assert.NilError(t, err)
	return string(text)
}

// Each explanation stands at the line that has its value.
func TestFieldsStandAtTheirLines(t *testing.T) {
	files, err := filepath.Glob(folder + "/*.yaml")
	assert.NilError(t, err)
	count := 0
	for _, file := range append(files, "two") {
		_, second, _ := strings.Cut(quickstart(t), "---")
		text := quickstart(t) + "---" + strings.ReplaceAll(second, "top-speed", "low-speed")
		if file != "two" {
			data, err := os.ReadFile(file)
			assert.NilError(t, err)
			text = string(data)
		}
		m, problems := rendered(Text, text, nil, render.WithTrace())
		assert.Equal(t, len(problems), 0, "%s: %v", file, problems)
		lines := strings.Split(Render(text).Manifests, "\n")
		want := 0
		for range m.Explain() {
			want++
		}
		fields := fieldsOf(m)
		assert.Equal(t, len(fields), want, file)
		for _, f := range fields {
			count++
			line := lines[f.first-1]
			if v, ok := f.After.(string); ok && strings.Contains(v, "\n") {
				first, _, _ := strings.Cut(v, "\n")
				assert.Equal(t, strings.TrimSpace(lines[f.first]), strings.TrimSpace(first), "%s", f.Path)
				continue
			}
			_, value, ok := strings.Cut(line, ": ")
			if !ok {
				_, value, _ = strings.Cut(line, "- ")
			}
			var v any
			if err := yaml.Unmarshal([]byte(value), &v); err != nil {
				t.Errorf("%s: %q: %v", f.Path, line, err)
			}
			if n, ok := v.(int); ok {
				v = int64(n)
			}
			assert.Equal(t, string(tree.JSON(v)), string(tree.JSON(f.After)), "%s %s: %q", file, f.Path, line)
		}
	}
	assert.Assert(t, count > 500, "%d fields", count)
}

func TestExplain(t *testing.T) {
	text := quickstart(t)
	var tracer Tracer
	for i, line := range strings.Split(Render(text).Manifests, "\n") {
		e := tracer.Explain(text, i+1)
		switch strings.TrimSpace(line) {
		case "value: UTC":
			assert.Equal(t, e.Path, "spec.template.spec.containers[flink-taskmanager].env[TZ].value")
			assert.Equal(t, e.Sources[0].Text, "patch DeploymentTarget default/vvp-jobs spec.deploymentPatchSet[1]")
			assert.Equal(t, e.Sources[0].Line, 16)
			text2 := strings.Replace(text, "value: UTC", "value: CET", 1)
			assert.Equal(t, tracer.Explain(text2, i+1).Path, e.Path, "another text")
		case "spec:":
			assert.DeepEqual(t, e, Explanation{})
		}
	}
	assert.DeepEqual(t, tracer.Explain("kind: Nothing", 1), Explanation{})
	assert.DeepEqual(t, tracer.Explain(text, 1_000_000), Explanation{})
}

func TestCompare(t *testing.T) {
	old := quickstart(t)
	assert.DeepEqual(t, Compare(old, old, false).Changes, []Change(nil))
	slots := strings.Replace(old, "numberOfTaskSlots: 2", "numberOfTaskSlots: 1", 1)
	for sameJob, want := range map[bool]string{
		false: "replaced replaced replaced replaced", true: "in place refused rolls pods"} {
		c := Compare(old, slots, sameJob)
		var effects []string
		for _, change := range c.Changes {
			effects = append(effects, change.Effect)
		}
		assert.Equal(t, strings.Join(effects, " "), want)
		text := c.Changes[0].Fields[0]
		assert.Assert(t, strings.HasSuffix(text.Old, "taskmanager.numberOfTaskSlots: 2\n") &&
			!strings.Contains(text.Old, "rest.port"), "only lines that differ: %q", text.Old)
	}
	text, err := json.Marshal([]any{Render(""), Compare(old, slots, true)})
	assert.NilError(t, err)
	assert.Equal(t, strings.Count(string(text), `"problems":[]`), 2)
	// Warnings are those of the new version, errors of both have their files.
	assert.Equal(t, len(Compare(old, slots, false).Problems), 1)
	c := Compare("kind: Nothing", "kind: Nothing", false)
	assert.Equal(t, c.Problems[0].File+" "+c.Problems[1].File, "before.yaml resources.yaml")
	assert.Equal(t, len(c.Changes), 0)
}
