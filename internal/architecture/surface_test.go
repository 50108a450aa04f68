package architecture

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
)

// surface reads the exported names of packages.
type surface struct {
	fset    *token.FileSet
	imports types.Importer
}

func newSurface(t *testing.T) *surface {
	fset := token.NewFileSet()
	return &surface{fset, exports(t, fset, "./...")}
}

// exports imports packages, and what they import, from the compiler's export data.
func exports(t *testing.T, fset *token.FileSet, packages string) types.Importer {
	files := map[string]string{}
	for _, line := range goList(t, "-export", "-deps", "-f", "{{.ImportPath}}={{.Export}}", packages) {
		pkg, file, _ := strings.Cut(line, "=")
		files[pkg] = file
	}
	return importer.ForCompiler(fset, "gc", func(pkg string) (io.ReadCloser, error) {
		file, ok := files[pkg]
		if !ok {
			return nil, fmt.Errorf("no %s", pkg)
		}
		return os.Open(file)
	})
}

// names returns the exported names of a package, and the methods of its types, by what
// they are called in it.
func (s *surface) names(t *testing.T, path string) map[string]types.Object {
	pkg, err := s.imports.Import(path)
	assert.NilError(t, err)
	out := map[string]types.Object{}
	for _, n := range pkg.Scope().Names() {
		o := pkg.Scope().Lookup(n)
		if !o.Exported() {
			continue
		}
		out[n] = o
		if named, ok := o.Type().(*types.Named); ok && named.Obj() == o {
			for m := range named.Methods() {
				if m.Exported() {
					out[n+"."+m.Name()] = m
				}
			}
		}
	}
	return out
}

// maxNames bounds the exported names and methods of labels, patch, target, deployment and
// render, as issue 19 left them. What a later issue adds is in laterNames, with its reason in
// CHANGELOG: a name that is not worth a line there is not worth keeping for ten years.
const maxNames = 340

// laterNames are the names that other issues added, by the heading of CHANGELOG.
var laterNames = map[string][]string{
	"kustomize":              {"patch.Engine", "patch.Set.ApplyWith", "render.PatchEngine"},
	"Faults found by attack": {"deployment.Bundle.Duplicates"},
	"What Kubernetes takes and Flink would not run": {"render.AllowUnknown"},
	"VVP as it is used": {"deployment.Reader", "deployment.Reader.ParseAll", "deployment.Reader.Read",
		"deployment.Reader.ParseDefaults", "deployment.Reader.ReadFS", "deployment.Artifact.Version", "render.FlinkHome",
		"render.BlobStorage"},
	"Stores":                       {"target.Store", "target.Registry.Store"},
	"SQL, Python and session mode": {"render.SQLRunner"},
	"Around the cluster": {"render.Autoscaling", "render.Ingress", "render.Metrics", "render.NetworkPolicies",
		"render.Peer", "render.WithAutoscaling", "render.WithIngress", "render.WithMetrics",
		"render.WithNetworkPolicies"},
	"A page to try it": {"render.Object.Position", "render.Manifests.ExplainRemoved"},
}

// Names are few. The test prints how many.
func TestExportedNames(t *testing.T) {
	s := newSurface(t)
	all := map[string]bool{}
	for _, name := range layers {
		names := s.names(t, module+"/"+name)
		t.Logf("%s: %d names and methods", name, len(names))
		for n := range names {
			all[name+"."+n] = true
		}
	}
	t.Logf("%d names and methods", len(all))
	changelog, err := os.ReadFile(filepath.Join(root, "CHANGELOG.md"))
	assert.NilError(t, err)
	for heading, names := range laterNames {
		assert.Check(t, bytes.Contains(changelog, []byte("### "+heading+"\n")), "CHANGELOG has no heading %s", heading)
		for _, n := range names {
			assert.Check(t, all[n], "there is no %s", n)
			delete(all, n)
		}
	}
	assert.Assert(t, len(all) <= maxNames, "%d names of issue 19 and before: laterNames lists what others add", len(all))
}

// What a signature names, a program must be able to name, too.
func TestExportedSignatures(t *testing.T) {
	s := newSurface(t)
	for _, name := range layers {
		check := func(of string, o types.Object) {
			if text := types.ObjectString(o, nil); strings.Contains(text, "/internal/") || strings.Contains(text, "yaml/v3.") {
				t.Errorf("%s names an internal type: %s", of, text)
			}
		}
		for of, o := range s.names(t, module+"/"+name) {
			structure, ok := o.Type().Underlying().(*types.Struct)
			if _, isType := o.(*types.TypeName); !isType || !ok {
				check(name+"."+of, o)
				continue
			}
			for f := range structure.Fields() {
				if f.Exported() {
					check(name+"."+of+"."+f.Name(), f)
				}
			}
		}
	}
}

// uses returns which functions and methods of other packages of this module some files
// name. Imports that are not there, as in other modules, and names of tests are passed over.
func (s *surface) uses(path string, files ...*ast.File) map[string]bool {
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}}
	conf := types.Config{Importer: s.imports, Error: func(error) {}}
	_, _ = conf.Check(path, s.fset, files, info)
	out := map[string]bool{}
	for _, o := range info.Uses {
		if f, ok := o.(*types.Func); ok && f.Pkg() != nil && f.Pkg().Path() != path {
			out[f.Origin().FullName()] = true
		}
	}
	return out
}

// shown returns the functions that programs are shown: by examples, Example functions and
// links in comments that are not their own.
func (s *surface) shown(t *testing.T) (uses map[string]bool, links []byte) {
	uses = map[string]bool{}
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" {
			return err
		}
		file, err := parser.ParseFile(s.fset, path, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, path)
		program := strings.HasPrefix(filepath.ToSlash(rel), "examples/")
		for _, group := range file.Comments {
			links = append(links, group.Text()...)
		}
		if strings.HasSuffix(path, "_test.go") && !program {
			file.Decls = slices.DeleteFunc(file.Decls, func(decl ast.Decl) bool {
				f, ok := decl.(*ast.FuncDecl)
				return ok && !strings.HasPrefix(f.Name.Name, "Example")
			})
			program = true
		}
		if program {
			for name := range s.uses("p", file) {
				uses[name] = true
			}
		}
		return nil
	})
	assert.NilError(t, err)
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	assert.NilError(t, err)
	return uses, append(links, readme...)
}

// Functions that only packages of this module call, and that no example and no
// documentation shows to others, belong into internal rooms.
func TestNothingIsExportedForSisters(t *testing.T) {
	s := newSurface(t)
	shown, links := s.shown(t)
	sisters := map[string][]string{}
	var public []string
	for _, room := range append(slices.Clone(rooms), "") {
		path := strings.TrimSuffix(module+"/"+room, "/")
		if !strings.Contains(path, "/internal/") {
			public = append(public, path)
		}
		names, err := filepath.Glob(filepath.Join(root, room, "*.go"))
		assert.NilError(t, err)
		var files []*ast.File
		for _, name := range names {
			if !strings.HasSuffix(name, "_test.go") {
				file, err := parser.ParseFile(s.fset, name, nil, 0)
				assert.NilError(t, err)
				files = append(files, file)
			}
		}
		for name := range s.uses(path, files...) {
			sisters[name] = append(sisters[name], room)
		}
	}
	found := 0
	for _, path := range public {
		for name, o := range s.names(t, path) {
			f, ok := o.(*types.Func)
			if !ok || len(sisters[f.FullName()]) == 0 {
				continue
			}
			found++
			link := fmt.Appendf(nil, "[%s]", name)
			qualified := fmt.Appendf(nil, "[%s.%s]", o.Pkg().Name(), name)
			if !shown[f.FullName()] && !ofInterfaces[o.Name()] && !bytes.Contains(links, link) &&
				!bytes.Contains(links, qualified) {
				t.Errorf("%s.%s is called by %s, and shown to nobody else", path, name, sisters[f.FullName()])
			}
		}
	}
	assert.Assert(t, found > 100, "%d functions are called by sisters", found)
}

// ofInterfaces are methods that are called through interfaces of the standard library.
var ofInterfaces = map[string]bool{"String": true, "Error": true, "Is": true, "Unwrap": true, "Equal": true,
	"IsZero": true}
