package deployment_test

import (
	"encoding/json"
	"go/parser"
	"go/token"
	"reflect"
	"slices"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/deployment"
)

// The table "Where each field goes" in the package documentation has every field,
// and no other.
func TestEveryFieldIsDocumented(t *testing.T) {
	table := fieldTable(t)
	for _, path := range leaves(reflect.TypeFor[deployment.Config](), "") {
		assert.Assert(t, table[path] != "", "%s is not in the table", path)
	}
	for _, path := range leaves(reflect.TypeFor[deployment.SessionClusterConfig](), "") {
		assert.Assert(t, table[ofDeployment(path)] != "", "%s (%s) is not in the table", path, ofDeployment(path))
	}
	fields := leaves(reflect.TypeFor[deployment.Config](), "")
	for path := range table {
		assert.Assert(t, slices.Contains(fields, path), "%s is in the table, and no field", path)
	}
	assert.Assert(t, len(table) > 50, "the table was found")
}

// ofDeployment is where a Deployment has a field of a SessionCluster.
func ofDeployment(path string) string {
	for _, head := range []string{"spec.state", "spec.deploymentTargetName", "kind", "apiVersion", "metadata."} {
		if strings.HasPrefix(path, head) {
			return path
		}
	}
	name := strings.TrimPrefix(path, "spec.")
	if strings.HasPrefix(name, "flinkVersion") || strings.HasPrefix(name, "flinkImage") {
		name = "artifact." + name
	}
	return "spec.template.spec." + name
}

func fieldTable(t *testing.T) map[string]string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "doc.go", nil, parser.ParseComments)
	assert.NilError(t, err)
	_, text, ok := strings.Cut(file.Doc.Text(), "# Where each field goes")
	assert.Assert(t, ok)
	text, _, _ = strings.Cut(text, "\n# ")
	table := map[string]string{}
	for line := range strings.Lines(text) {
		row, ok := strings.CutPrefix(line, "\t")
		if !ok {
			continue
		}
		path, where, _ := strings.Cut(row, " ")
		path = strings.Replace(path, "…", "spec.template.spec.", 1)
		assert.Equal(t, table[path], "", "%s stands twice", path)
		table[path] = strings.TrimSpace(where)
	}
	return table
}

// leaves lists the paths of a configuration down to what is no struct of ours.
func leaves(t reflect.Type, prefix string) []string {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	_, raw := reflect.New(t).Interface().(json.Unmarshaler)
	if t.Kind() != reflect.Struct || raw {
		return []string{strings.TrimSuffix(prefix, ".")}
	}
	var out []string
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		out = append(out, leaves(f.Type, prefix+name+".")...)
	}
	return out
}
