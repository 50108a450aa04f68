package architecture

import (
	"cmp"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
)

// The size of the program. Lines are a cost: these bounds are lowered with the code, and
// raised for nothing less than a reason in CHANGELOG.
const (
	maxCode       = 25_200 // lines of code, without blanks and comments, in all modules; the goal is 21,000
	maxLinked     = 16_800 // of those that a program links that imports render; 14,300
	maxRender     = 2_250  // in package render itself; 1,200
	maxColumns    = 120    // a tab counts as 4
	maxFunction   = 60     // lines
	maxComplexity = 15     // branches and one
	minComments   = 12     // percent of lines that are comments
)

const root = "../.."

// size is what a package consists of.
type size struct{ code, comments int }

// sourceFiles are the Go files of all modules, without tests and what tests generate.
func sourceFiles(t *testing.T) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && path != root) {
			return filepath.SkipDir
		}
		if filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		text, err := os.ReadFile(path)
		if !strings.HasPrefix(string(text), "// Code generated ") {
			files = append(files, path)
		}
		return err
	})
	assert.NilError(t, err)
	return files
}

// sizeOf counts the lines of a file that have code, and those that only have comments.
func sizeOf(t *testing.T, path string) size {
	t.Helper()
	text, err := os.ReadFile(path)
	assert.NilError(t, err)
	fset := token.NewFileSet()
	file := fset.AddFile(path, -1, len(text))
	var s scanner.Scanner
	s.Init(file, text, nil, scanner.ScanComments)
	code, comments := map[int]bool{}, map[int]bool{}
	for {
		pos, tok, literal := s.Scan()
		if tok == token.EOF {
			break
		}
		if tok == token.SEMICOLON && literal == "\n" {
			continue // which the scanner puts in
		}
		lines := code
		if tok == token.COMMENT {
			lines = comments
		}
		first := file.Line(pos)
		for i := range 1 + strings.Count(literal, "\n") {
			lines[first+i] = true
		}
	}
	out := size{code: len(code)}
	for line := range comments {
		if !code[line] {
			out.comments++
		}
	}
	return out
}

func TestSize(t *testing.T) {
	packages, imported := map[string]size{}, map[string]bool{}
	var all size
	for _, file := range sourceFiles(t) {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		assert.NilError(t, err)
		for _, i := range parsed.Imports {
			imported[strings.Trim(i.Path.Value, `"`)] = true
		}
		s := sizeOf(t, file)
		dir, err := filepath.Rel(root, filepath.Dir(file))
		assert.NilError(t, err)
		p := packages[dir]
		packages[dir] = size{p.code + s.code, p.comments + s.comments}
		all.code, all.comments = all.code+s.code, all.comments+s.comments
	}
	linked, tools := 0, 0
	for dir, p := range packages {
		if strings.Contains("/"+dir, "/internal/") && !imported[module+"/"+filepath.ToSlash(dir)] {
			tools += p.code
		}
	}
	top, err := filepath.Abs(root)
	assert.NilError(t, err)
	for _, dir := range goList(t, "-deps", "-f", "{{if not .Standard}}{{.Dir}}{{end}}", module+"/render") {
		if rel, err := filepath.Rel(top, dir); err == nil && !strings.HasPrefix(rel, "..") {
			linked += packages[rel].code
		}
	}
	names := slices.SortedFunc(maps.Keys(packages), func(a, b string) int {
		return cmp.Compare(packages[b].code, packages[a].code)
	})
	share := 100 * float64(all.comments) / float64(all.code+all.comments)
	t.Logf("lines of code: %d in all (at most %d), %d linked by render (%d), %d in render (%d); comments %.1f %%",
		all.code, maxCode, linked, maxLinked, packages["render"].code, maxRender, share)
	t.Logf("of all, %d are of internal packages that only tests import", tools)
	for _, name := range names[:10] {
		t.Logf("%7d %s", packages[name].code, name)
	}
	assert.Check(t, all.code <= maxCode, "%d lines of code", all.code)
	assert.Check(t, linked <= maxLinked, "%d lines of code are linked by render", linked)
	assert.Check(t, packages["render"].code <= maxRender, "%d lines of code in render", packages["render"].code)
	assert.Check(t, share >= minComments, "%.1f %% are comments", share)
}

// A key and its reason stay a row of their table; tests have documents and rows, too.
func TestLinesAreShort(t *testing.T) {
	for _, file := range sourceFiles(t) {
		text, err := os.ReadFile(file)
		assert.NilError(t, err)
		for i, line := range strings.Split(string(text), "\n") {
			row := strings.Count(line, `"`) == 4 && strings.HasSuffix(line, `",`)
			if n := len([]rune(strings.ReplaceAll(line, "\t", "    "))); n > maxColumns && !row {
				t.Errorf("%s:%d has %d columns", file, i+1, n)
			}
		}
	}
}

// A function fits a screen and has few branches, or says beside it why not.
func TestFunctionsAreShort(t *testing.T) {
	for _, path := range sourceFiles(t) {
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, path, nil, parser.ParseComments)
		assert.NilError(t, err)
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || strings.Contains(f.Doc.Text(), "One function: ") {
				continue
			}
			lines := fset.Position(f.End()).Line - fset.Position(f.Pos()).Line + 1
			if branches := complexity(f); lines > maxFunction || branches > maxComplexity {
				t.Errorf("%s: %s has %d lines and a complexity of %d",
					fset.Position(f.Pos()), f.Name.Name, lines, branches)
			}
		}
	}
}

// complexity is McCabe's: the branches of a function and one.
func complexity(f *ast.FuncDecl) int {
	n := 1
	ast.Inspect(f, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.IfStmt, *ast.ForStmt, *ast.RangeStmt:
			n++
		case *ast.CaseClause:
			if node.List != nil {
				n++
			}
		case *ast.CommClause:
			if node.Comm != nil {
				n++
			}
		case *ast.BinaryExpr:
			if node.Op == token.LAND || node.Op == token.LOR {
				n++
			}
		}
		return true
	})
	return n
}
