package merge_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/merge"
	"github.com/flinktarget/flinktarget/internal/tree"
)

// Kustomize's own tables of strategic merges, read from the modules that this
// module is built with.

// row is a row of such a table.
type row struct {
	name, object, patch, expected string
	// anyOrder is set if new elements are to be at the end, as in no build.
	anyOrder bool
}

// ownWay has the rows whose results differ, and why.
var ownWay = map[string]string{
	"nullMapEntry1": "the object has a null that is written as nothing; trees do not tell it from one that " +
		"is written null, which kustomize keeps",
	"simple patch":            "the patch renames the object; builds set the name back",
	"remove list - directive": "elements beside a $patch: delete of the list are refused, not lost",
	"remove k8s deployment containers -- $patch directive": "elements beside a $patch: delete of the " +
		"list are refused, not lost",
	"infer merge keys merge'": "merge keys are guessed, which builds " +
		"do not do",
	"no infer merge keys merge using explicit schema as line comment'": "a comment has the schema; trees have no " +
		"comments",
	"merge_primitive_items": "a comment has the schema; trees have no " +
		"comments",
}

func TestUpstreamFilter(t *testing.T) {
	rows := table(t, "sigs.k8s.io/kustomize/api", "filters/patchstrategicmerge/patchstrategicmerge_test.go", "input",
		"patch", "expected")
	assert.Assert(t, len(rows) >= 20, "%d rows", len(rows))
	runRows(t, rows)
}

func TestUpstreamMerge2(t *testing.T) {
	var rows []row
	for _, name := range []string{"element", "list", "map", "scalar"} {
		rows = append(rows,
			table(t, "sigs.k8s.io/kustomize/kyaml", "yaml/merge2/"+name+"_test.go", "dest", "source", "expected")...)
	}
	assert.Assert(t, len(rows) >= 55, "%d rows", len(rows))
	runRows(t, rows)
}

func runRows(t *testing.T, rows []row) {
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			obj, patch, want := parse(t, r.object), parse(t, r.patch), parse(t, r.expected)
			got := ours(obj, patch, merge.Of(kinds.TypeOf(obj)))
			a, b := asAny(want), asAny(got.object)
			if r.anyOrder {
				a, b = sorted(a), sorted(b)
			}
			why, differs := ownWay[r.name]
			same := got.err == nil && got.deleted == (want == nil) && tree.Equal(a, b)
			assert.Equal(t, same, !differs, "%s\nobject %s\npatch  %s\nwant   %s\ngot    %v", why,
				tree.JSON(asAny(obj)), tree.JSON(asAny(patch)), tree.JSON(a), got)
		})
	}
}

// sorted brings lists into an order of their own, for rows that kustomize merges
// with new elements at the end, as its builds do not.
func sorted(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, e := range v {
			out[k] = sorted(e)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = sorted(e)
		}
		slices.SortFunc(out, func(a, b any) int { return strings.Compare(string(tree.JSON(a)), string(tree.JSON(b))) })
		return out
	default:
		return v
	}
}

// table reads the rows of a table in a Go file: composite literals that have the
// three fields.
func table(t *testing.T, module, file, object, patch, expected string) []row {
	t.Helper()
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", module).Output()
	assert.NilError(t, err, "the go command says where kustomize's source is")
	f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(strings.TrimSpace(string(dir)), file), nil, 0)
	assert.NilError(t, err)
	var rows []row
	ast.Inspect(f, func(n ast.Node) bool {
		if kv, ok := n.(*ast.KeyValueExpr); ok {
			if lit, ok := kv.Value.(*ast.CompositeLit); ok && has(lit, object, patch, expected) {
				rows = append(rows, rowOf(lit, text(kv.Key), object, patch, expected))
				return false
			}
		}
		if lit, ok := n.(*ast.CompositeLit); ok && has(lit, object, patch, expected) {
			rows = append(rows, rowOf(lit, text(value(lit, "description")), object, patch, expected))
			return false
		}
		return true
	})
	return rows
}

func has(lit *ast.CompositeLit, names ...string) bool {
	for _, name := range names {
		if value(lit, name) == nil {
			return false
		}
	}
	return true
}

func value(lit *ast.CompositeLit, name string) ast.Expr {
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if id, ok := kv.Key.(*ast.Ident); ok && id.Name == name {
				return kv.Value
			}
		}
	}
	return nil
}

// text returns the string of a literal, or of a call's only argument.
func text(e ast.Expr) string {
	if call, ok := e.(*ast.CallExpr); ok && len(call.Args) == 1 {
		e = call.Args[0]
	}
	if lit, ok := e.(*ast.BasicLit); ok {
		s, _ := strconv.Unquote(lit.Value)
		return s
	}
	return ""
}

func rowOf(lit *ast.CompositeLit, name, object, patch, expected string) row {
	r := row{name: name, object: text(value(lit, object)), patch: text(value(lit, patch)),
		expected: text(value(lit, expected))}
	ast.Inspect(lit, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			r.anyOrder = r.anyOrder || id.Name == "MergeOptionsListAppend"
		}
		return true
	})
	return r
}
