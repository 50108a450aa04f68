package answers

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget"
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
	for _, file := range append(files, "../../quickstart/resources.yaml") {
		text, err := os.ReadFile(file)
		assert.NilError(t, err)
		m, problems := rendered(Text, string(text), nil, render.WithTrace())
		for _, p := range problems {
			assert.Assert(t, p.Severity == flinktarget.SeverityWarning, "%s: %v", file, p)
		}
		lines := strings.Split(Render(string(text)).Manifests, "\n")
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
			value := strings.TrimSpace(line[max(strings.Index(line, ": ")+1, strings.Index(line, "- ")+1):])
			if i := strings.Index(line, ": "); i >= 0 {
				value = line[i+2:]
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
