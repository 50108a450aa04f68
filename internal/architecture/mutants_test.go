//go:build mutation

package architecture

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
)

// A mutant is one change of the program. Its key is "FUNCTION: OPERATOR `TEXT`".
type mutant struct {
	id      int
	op, key string
	at      string // file:line
	path    string
	edits   []edit
	killed  bool
}

// An edit replaces size bytes at an offset of a file.
type edit struct {
	offset, size int
	closes       bool // goes before what opens at the same place
	text         string
}

// helpers is the file that is added to a package. With MUTANT=-1 all are dead, and those
// that are reached are written down.
const helpers = `package %s

import (
	"cmp"
	"fmt"
	"os"
	"strconv"
	"sync"
)

var (
	mutantAlive, _ = strconv.Atoi(os.Getenv("MUTANT"))
	mutantsSeen    sync.Map
)

func mutantOn(id int) bool {
	if mutantAlive < 0 {
		if _, seen := mutantsSeen.LoadOrStore(id, true); !seen {
			f, err := os.OpenFile(os.Getenv("MUTANTS_REACHED"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
			if err != nil {
				panic(err)
			}
			defer f.Close()
			fmt.Fprintln(f, id)
		}
	}
	return mutantAlive == id
}

func mutantBound[T cmp.Ordered](id int, a T, op string, b T) bool {
	swapped := mutantOn(id)
	switch op {
	case "<":
		return a < b || swapped && a == b
	case ">":
		return a > b || swapped && a == b
	case "<=":
		return a < b || !swapped && a == b
	default:
		return a > b || !swapped && a == b
	}
}

func mutantAnd(id int, a bool, b func() bool) bool {
	if mutantOn(id) {
		return a || b()
	}
	return a && b()
}

func mutantOr(id int, a bool, b func() bool) bool {
	if mutantOn(id) {
		return a && b()
	}
	return a || b()
}

func mutantOther[T any](id int, is, other T) T {
	if mutantOn(id) {
		return other
	}
	return is
}

`

// finder finds the mutants of a file.
type finder struct {
	fset     *token.FileSet
	info     *types.Info
	path     string
	text     string
	function string // the declaration that it is in
	results  *ast.FieldList
	done     map[ast.Node]bool
	keys     map[string]int
	out      []*mutant
}

func (f *finder) offset(p token.Pos) int { return f.fset.Position(p).Offset }

// mutant adds one; what it opens and closes is written around n, %d is its number.
func (f *finder) mutant(op string, n ast.Node, opens, closes string, edits ...edit) {
	text := strings.Join(strings.Fields(f.text[f.offset(n.Pos()):f.offset(n.End())]), " ")
	if r := []rune(text); len(r) > 70 {
		text = string(r[:70]) + "…"
	}
	key := fmt.Sprintf("%s: %s `%s`", f.function, op, strings.ReplaceAll(text, "`", "'"))
	if f.keys[key]++; f.keys[key] > 1 {
		key += fmt.Sprint(" #", f.keys[key])
	}
	edits = append(edits, edit{offset: f.offset(n.Pos()), text: opens},
		edit{offset: f.offset(n.End()), text: closes, closes: true})
	f.out = append(f.out, &mutant{op: op, key: key, path: f.path, edits: edits, at: at(f.fset.Position(n.Pos()))})
}

// declaration adds the mutants of a function, or of the values of variables.
func (f *finder) declaration(d ast.Decl) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		f.function, f.results = d.Name.Name, d.Type.Results
		if d.Recv != nil {
			t := d.Recv.List[0].Type
			f.function = strings.Trim(f.text[f.offset(t.Pos()):f.offset(t.End())], "*") + "." + f.function
		}
		if d.Body != nil {
			ast.Inspect(d.Body, f.visit)
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			if v, ok := spec.(*ast.ValueSpec); ok && d.Tok == token.VAR {
				f.function = v.Names[0].Name
				ast.Inspect(v, f.visit)
			}
		}
	}
}

// visit adds the mutants of a node, and reports whether there can be some below it.
func (f *finder) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.GenDecl:
		return n.Tok == token.VAR
	case *ast.ArrayType, *ast.Field: // lengths are constants, and tags are no strings
		return false
	case *ast.FuncLit:
		outer := f.results
		f.results = n.Type.Results
		ast.Inspect(n.Body, f.visit)
		f.results = outer
		return false
	case *ast.CallExpr:
		if name, ok := n.Fun.(*ast.Ident); ok && name.Name == "make" && len(n.Args) == 3 {
			f.done[n.Args[2]] = true // a capacity changes nothing
		}
	case *ast.BlockStmt:
		f.statements(n.List)
	case *ast.CommClause:
		f.statements(n.Body)
	case *ast.CaseClause:
		f.statements(n.Body)
	case *ast.IfStmt:
		f.condition(n.Cond)
	case *ast.ForStmt:
		f.condition(n.Cond)
	case *ast.SwitchStmt:
		for _, s := range n.Body.List {
			for _, c := range s.(*ast.CaseClause).List {
				if n.Tag == nil {
					f.condition(c)
				}
			}
		}
	case *ast.ReturnStmt:
		f.returned(n)
	case *ast.BinaryExpr:
		if n.Op == token.EQL || n.Op == token.NEQ || f.logic(n) || bounds[n.Op] {
			f.condition(n)
		}
	case *ast.Ident, *ast.BasicLit:
		f.constant(n.(ast.Expr))
	}
	return true
}

var bounds = map[token.Token]bool{token.LSS: true, token.GTR: true, token.LEQ: true, token.GEQ: true}

func (f *finder) logic(n *ast.BinaryExpr) bool {
	return (n.Op == token.LAND || n.Op == token.LOR) && f.info.Types[n].Value == nil
}

// condition adds the mutants of something that is true or false.
func (f *finder) condition(e ast.Expr) {
	if e == nil || f.done[e] || f.info.Types[e].Value != nil {
		return
	}
	f.done[e] = true
	if p, ok := e.(*ast.ParenExpr); ok {
		f.condition(p.X)
		return
	}
	b, binary := e.(*ast.BinaryExpr)
	if binary {
		at := edit{offset: f.offset(b.OpPos), size: len(b.Op.String())}
		if f.logic(b) {
			at.text = ", func() bool { return ("
			f.mutant("swap", e, map[token.Token]string{token.LAND: "mutantAnd(%d, ", token.LOR: "mutantOr(%d, "}[b.Op], ") })", at)
			f.condition(b.X)
			f.condition(b.Y)
			return
		}
		f.mutant("negate", e, "((", ") != mutantOn(%d))")
		if bounds[b.Op] {
			at.text = fmt.Sprintf(", %q, ", b.Op)
			f.mutant("boundary", e, "mutantBound(%d, ", ")", at)
		}
		return
	}
	f.mutant("negate", e, "((", ") != mutantOn(%d))")
}

// statements adds those that can be left out.
func (f *finder) statements(list []ast.Stmt) {
	for _, s := range list {
		switch s := s.(type) {
		case *ast.ExprStmt:
			call, ok := s.X.(*ast.CallExpr)
			if name, _ := call.Fun.(*ast.Ident); ok && name != nil && name.Name == "panic" {
				continue
			}
		case *ast.AssignStmt:
			if s.Tok == token.DEFINE || fmt.Sprint(s.Lhs[0]) == "_" {
				continue
			}
		case *ast.BranchStmt:
			if s.Tok == token.GOTO || s.Tok == token.FALLTHROUGH {
				continue
			}
		case *ast.IncDecStmt, *ast.DeferStmt:
		default:
			continue
		}
		f.mutant("remove", s, "if !mutantOn(%d) { ", " }")
	}
}

// returned replaces results by the zero values of their types.
func (f *finder) returned(n *ast.ReturnStmt) {
	if f.results == nil {
		return
	}
	var names []string
	for _, field := range f.results.List {
		text := f.text[f.offset(field.Type.Pos()):f.offset(field.Type.End())]
		names = append(names, slices.Repeat([]string{text}, max(1, len(field.Names)))...)
	}
	for i, e := range n.Results {
		_, binary := e.(*ast.BinaryExpr)
		_, unary := e.(*ast.UnaryExpr)
		tv := f.info.Types[e]
		lit, _ := e.(*ast.CompositeLit)
		_, structure := tv.Type.Underlying().(*types.Struct)
		constant := tv.Value != nil || tv.IsNil() || structure && lit != nil && lit.Elts == nil ||
			types.Identical(tv.Type, types.Typ[types.Bool]) && (binary || unary)
		if len(n.Results) == len(names) && !constant {
			f.mutant("zero", e, "mutantOther["+names[i]+"](%d, ", ", *new("+names[i]+"))")
		}
	}
}

// constant adds 1 to numbers, empties strings and fills empty ones, and swaps true and false.
func (f *finder) constant(e ast.Expr) {
	tv, ok := f.info.Types[e]
	if !ok || tv.Value == nil || f.done[e] {
		return
	}
	basic, ok := tv.Type.(*types.Basic)
	if !ok {
		return
	}
	switch n := e.(type) {
	case *ast.Ident:
		if f.info.Uses[n] == types.Universe.Lookup("true") || f.info.Uses[n] == types.Universe.Lookup("false") {
			f.mutant("bool", e, "(", " != mutantOn(%d))")
		}
	case *ast.BasicLit:
		name := types.Default(basic).String()
		switch {
		case n.Kind == token.INT && basic.Info()&types.IsInteger != 0:
			f.mutant("int", e, "mutantOther["+name+"](%d, ", ", 1+"+n.Value+")")
		case n.Kind == token.STRING && (n.Value == `""` || n.Value == "``"):
			f.mutant("string", e, "mutantOther["+name+"](%d, ", `, "mutant")`)
		case n.Kind == token.STRING:
			f.mutant("string", e, "mutantOther["+name+"](%d, ", `, "")`)
		}
	}
}

// A program is a package with its mutants.
type program struct {
	fset    *token.FileSet
	imports types.Importer
	name    string
	texts   map[string]string // by path
	mutants []*mutant
}

// load finds all mutants of a package that compile.
func load(t *testing.T, pkg string) *program {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join(root, pkg))
	assert.NilError(t, err)
	p := &program{fset: token.NewFileSet(), texts: map[string]string{}}
	p.imports = exports(t, p.fset, "./"+pkg)
	for _, name := range goList(t, "-f", `{{join .GoFiles "\n"}}`, "./"+pkg) {
		text, err := os.ReadFile(filepath.Join(dir, name))
		assert.NilError(t, err)
		p.texts[filepath.Join(dir, name)] = string(text)
	}
	files, info, problems := p.check(t, p.texts)
	assert.Equal(t, len(problems), 0, "%v", problems)
	keys := map[string]int{}
	for _, file := range files {
		path := p.fset.Position(file.Pos()).Filename
		p.name = file.Name.Name
		if ast.IsGenerated(file) {
			continue
		}
		f := finder{fset: p.fset, info: info, path: path, text: p.texts[path], done: map[ast.Node]bool{}, keys: keys}
		for _, d := range file.Decls {
			f.declaration(d)
		}
		p.mutants = append(p.mutants, f.out...)
	}
	for i, m := range p.mutants {
		m.id = i + 1
	}
	for {
		_, _, problems := p.check(t, p.with(p.mutants))
		if len(problems) == 0 {
			return p
		}
		all := len(p.mutants)
		p.mutants = slices.DeleteFunc(p.mutants, func(m *mutant) bool { return problems[m.at] != nil })
		assert.Assert(t, len(p.mutants) < all, "%v", problems)
	}
}

// check returns what does not compile, by file:line.
func (p *program) check(t *testing.T, texts map[string]string) ([]*ast.File, *types.Info, map[string]error) {
	var files []*ast.File
	for _, path := range slices.Sorted(maps.Keys(texts)) {
		file, err := parser.ParseFile(p.fset, path, texts[path], parser.ParseComments)
		assert.NilError(t, err)
		files = append(files, file)
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}}
	problems := map[string]error{}
	config := types.Config{Importer: p.imports, Error: func(err error) {
		problems[at(p.fset.Position(err.(types.Error).Pos))] = err
	}}
	_, _ = config.Check("mutated", p.fset, files, info) // what is wrong was told to Error
	return files, info, problems
}

func at(p token.Position) string { return fmt.Sprintf("%s:%d", filepath.Base(p.Filename), p.Line) }

// with returns the files of the package with mutants in.
func (p *program) with(mutants []*mutant) map[string]string {
	edits := map[string][]edit{}
	for _, m := range slices.SortedFunc(slices.Values(mutants), func(a, b *mutant) int { return cmp.Compare(a.id, b.id) }) {
		for _, e := range m.edits {
			e.text = strings.ReplaceAll(e.text, "%d", fmt.Sprint(m.id))
			edits[m.path] = append(edits[m.path], e)
		}
	}
	helpersAt := filepath.Join(filepath.Dir(slices.Collect(maps.Keys(p.texts))[0]), "mutants.go")
	out := map[string]string{helpersAt: strings.Replace(helpers, "%s", p.name, 1)}
	maps.Copy(out, p.texts)
	for path, list := range edits {
		// Outer mutants were found before inner ones: they open first and close last.
		var opens, closes []edit
		for _, e := range list {
			if e.closes {
				closes = append([]edit{e}, closes...)
			} else {
				opens = append(opens, e)
			}
		}
		list = append(closes, opens...)
		slices.SortStableFunc(list, func(a, b edit) int { return cmp.Compare(a.offset, b.offset) })
		var b strings.Builder
		from := 0
		for _, e := range list {
			b.WriteString(p.texts[path][from:e.offset] + e.text)
			from = e.offset + e.size
		}
		out[path] = b.String() + p.texts[path][from:]
	}
	return out
}
