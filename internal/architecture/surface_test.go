package architecture

import (
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
)

// What a signature names, a program must be able to name, too. The test prints how many
// names and methods the packages for programs have.
func TestExportedSignatures(t *testing.T) {
	packages := []string{"labels", "patch", "target", "deployment", "render"}
	args := []string{"-export", "-deps", "-f", "{{.ImportPath}}={{.Export}}"}
	for _, name := range packages {
		args = append(args, module+"/"+name)
	}
	exports := map[string]string{}
	for _, line := range goList(t, args...) {
		pkg, file, _ := strings.Cut(line, "=")
		exports[pkg] = file
	}
	imports := importer.ForCompiler(token.NewFileSet(), "gc", func(pkg string) (io.ReadCloser, error) {
		return os.Open(exports[pkg])
	})
	total := 0
	for _, name := range packages {
		pkg, err := imports.Import(module + "/" + name)
		assert.NilError(t, err)
		count := 0
		check := func(of string, o types.Object) {
			if text := types.ObjectString(o, nil); strings.Contains(text, "/internal/") || strings.Contains(text, "yaml/v3.") {
				t.Errorf("%s names an internal type: %s", of, text)
			}
		}
		for _, n := range pkg.Scope().Names() {
			o := pkg.Scope().Lookup(n)
			if !o.Exported() {
				continue
			}
			count++
			named, isType := o.Type().(*types.Named)
			if _, ok := o.(*types.TypeName); !ok || !isType {
				check(name+"."+n, o)
				continue
			}
			for m := range named.Methods() {
				if m.Exported() {
					count++
					check(name+"."+n+"."+m.Name(), m)
				}
			}
			if s, ok := named.Underlying().(*types.Struct); ok {
				for f := range s.Fields() {
					if f.Exported() {
						check(name+"."+n+"."+f.Name(), f)
					}
				}
			}
		}
		t.Logf("%s: %d names and methods", name, count)
		total += count
	}
	t.Logf("%d names and methods", total)
	assert.Assert(t, total > 300, "the census counts %d names", total)
}
