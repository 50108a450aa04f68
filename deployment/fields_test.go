package deployment_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"slices"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/schema"
	"github.com/flinktarget/flinktarget/internal/tree"
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

// inSession stands before what a field is in session mode.
const inSession = "; in session mode "

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
		if first, session, _ := strings.Cut(table[path], inSession); first == "" {
			table[path] = strings.TrimSpace(where)
		} else {
			assert.Equal(t, session, "", "%s stands twice", path)
			table[path] += inSession + strings.TrimSpace(where)
		}
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

// These fields have a default that is a single value.
func TestFieldsWithDefaults(t *testing.T) {
	both := []string{
		"resources.jobmanager.cpu", "resources.jobmanager.memory",
		"resources.taskmanager.cpu", "resources.taskmanager.memory",
		"logging.loggingProfile",
	}
	ofDeployment := []string{
		"metadata.namespace", "spec.state", "spec.upgradeStrategy.kind",
		"spec.restoreStrategy.kind", "spec.restoreStrategy.allowNonRestoredState",
		"spec.maxJobCreationAttempts", "spec.maxSavepointCreationAttempts", "spec.template.spec.parallelism",
	}
	ofSessionCluster := []string{"metadata.namespace", "spec.state", "spec.numberOfTaskManagers"}
	for _, path := range both {
		ofDeployment = append(ofDeployment, "spec.template.spec."+path)
		ofSessionCluster = append(ofSessionCluster, "spec."+path)
	}
	for typ, want := range map[reflect.Type][]string{
		reflect.TypeFor[deployment.Config]():               ofDeployment,
		reflect.TypeFor[deployment.SessionClusterConfig](): ofSessionCluster,
	} {
		var got []string
		defaults, err := tree.FromGo(schema.Defaults(typ).Interface())
		assert.NilError(t, err)
		for _, path := range leaves(typ, "") {
			v, ok := tree.Get(defaults, strings.Split(path, ".")...)
			if _, isMap := v.(tree.Map); ok && !isMap && v != "" {
				got = append(got, path)
			}
		}
		slices.Sort(got)
		slices.Sort(want)
		assert.DeepEqual(t, got, want)
	}
}

// What the tag of a field says is its default, its comment says too.
func TestDefaultsAreDocumented(t *testing.T) {
	found := 0
	for _, name := range []string{"config.go", "sessioncluster.go"} {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		assert.NilError(t, err)
		ast.Inspect(file, func(n ast.Node) bool {
			f, ok := n.(*ast.Field)
			if !ok || f.Tag == nil {
				return true
			}
			tag := reflect.StructTag(strings.Trim(f.Tag.Value, "`")).Get("default")
			if tag != "" && tag[0] != '{' {
				found++
				comment := strings.ToLower(f.Doc.Text())
				assert.Assert(t, strings.Contains(comment, strings.ToLower(tag)), "%s: %s", f.Names[0], tag)
			}
			return true
		})
	}
	assert.Assert(t, found > 10)
}
