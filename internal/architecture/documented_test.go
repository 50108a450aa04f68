package architecture

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
)

// census counts exported names, and keeps those that are not documented.
type census struct {
	pkg    string
	names  int
	silent []string
}

func (c *census) count(name string, comments ...*ast.CommentGroup) {
	c.names++
	for _, comment := range comments {
		if comment != nil && strings.TrimSpace(comment.Text()) != "" {
			return
		}
	}
	c.silent = append(c.silent, c.pkg+"."+name)
}

func (c *census) text(name, text string) {
	c.names++
	if strings.TrimSpace(text) == "" {
		c.silent = append(c.silent, c.pkg+"."+name)
	}
}

// values counts constants and variables. The words of a group are for all of it.
func (c *census) values(values []*doc.Value) {
	for _, v := range values {
		for _, spec := range v.Decl.Specs {
			spec := spec.(*ast.ValueSpec)
			for _, name := range spec.Names {
				if name.IsExported() {
					c.count(name.Name, v.Decl.Doc, spec.Doc, spec.Comment)
				}
			}
		}
	}
}

func (c *census) funcs(prefix string, funcs []*doc.Func) {
	for _, f := range funcs {
		if ast.IsExported(f.Name) {
			c.text(prefix+f.Name, f.Doc)
		}
	}
}

func (c *census) types(types []*doc.Type) {
	for _, t := range types {
		if !ast.IsExported(t.Name) {
			continue
		}
		for _, spec := range t.Decl.Specs {
			spec := spec.(*ast.TypeSpec)
			c.count(spec.Name.Name, t.Decl.Doc, spec.Doc, spec.Comment)
			c.members(spec.Name.Name, spec.Type, t.Doc)
		}
		c.values(t.Consts)
		c.values(t.Vars)
		c.funcs("", t.Funcs)
		c.funcs(t.Name+".", t.Methods)
	}
}

// members counts the fields of a struct and the methods of an interface, at any depth.
// A comment also is for a member that it names: that of the type, and that of a member
// for those which follow it.
func (c *census) members(of string, t ast.Expr, above string) {
	var list *ast.FieldList
	switch t := t.(type) {
	case *ast.StructType:
		list = t.Fields
	case *ast.InterfaceType:
		list = t.Methods
	default:
		return
	}
	before := ""
	for _, f := range list.List {
		if f.Doc != nil {
			before = f.Doc.Text()
		}
		for _, name := range f.Names {
			if !name.IsExported() {
				continue
			}
			if named := regexp.MustCompile(`\b` + name.Name + `\b`); named.MatchString(before) ||
				named.MatchString(above) {
				c.names++
			} else {
				c.count(of+"."+name.Name, f.Doc, f.Comment)
			}
			c.members(of+"."+name.Name, f.Type, "")
		}
	}
}

func TestExportedNamesAreDocumented(t *testing.T) {
	total := &census{}
	for _, pkg := range goList(t, "./...") {
		rel := strings.TrimPrefix(strings.TrimPrefix(pkg, module), "/")
		if top, _, _ := strings.Cut(rel, "/"); top == "internal" || top == "examples" {
			continue
		}
		paths, err := filepath.Glob(filepath.Join(root, rel, "*.go"))
		assert.NilError(t, err)
		fset := token.NewFileSet()
		var files []*ast.File
		for _, path := range paths {
			if strings.HasSuffix(path, "_test.go") {
				continue
			}
			text, err := os.ReadFile(path)
			assert.NilError(t, err)
			file, err := parser.ParseFile(fset, path, text, parser.ParseComments)
			assert.NilError(t, err)
			files = append(files, file)
		}
		p, err := doc.NewFromFiles(fset, files, pkg, doc.PreserveAST)
		assert.NilError(t, err)
		assert.Assert(t, strings.HasPrefix(p.Doc, "Package "+p.Name+" "), "%s: no words on the package", pkg)
		c := &census{pkg: p.Name}
		c.values(p.Consts)
		c.values(p.Vars)
		c.funcs("", p.Funcs)
		c.types(p.Types)
		t.Logf("%s: %d of %d names", pkg, c.names-len(c.silent), c.names)
		total.names += c.names
		total.silent = append(total.silent, c.silent...)
	}
	assert.Equal(t, len(total.silent), 0, "without a comment: %s", strings.Join(total.silent, " "))
	assert.Assert(t, total.names > 300, "the census counts %d names", total.names)
}
