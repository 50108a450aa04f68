// Package architecture has no code: its test holds the imports of the library
// against the layout that its documentation promises.
package architecture

import (
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
)

const module = "github.com/flinktarget/flinktarget"

// layers are the folders of the public packages; rooms has the order of imports.
var layers = []string{"labels", "patch", "target", "deployment", "render"}

// goList runs go list and returns its lines.
func goList(t *testing.T, args ...string) []string {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list"}, args...)...)
	cmd.Dir = root
	out, err := cmd.Output()
	assert.NilError(t, err)
	return strings.Fields(string(out))
}

// listing is what a package imports, and what it links besides itself.
type listing struct{ imports, deps []string }

var listed = map[string]listing{} // of all packages of the module, once asked for

func list(t *testing.T) map[string]listing {
	t.Helper()
	if len(listed) == 0 {
		for _, line := range goList(t, "-f", `{{.ImportPath}}:{{join .Imports ","}}:{{join .Deps ","}}`, "./...") {
			parts := strings.Split(line, ":")
			listed[parts[0]] = listing{strings.Split(parts[1], ","), strings.Split(parts[2], ",")}
		}
	}
	return listed
}

func deps(t *testing.T, pkg string) []string {
	t.Helper()
	return list(t)[path.Join(module, pkg)].deps
}

// rooms are all packages of the library. Each may import those before it, what it
// imports and nothing else: who adds an import that runs the other way has put something
// into the wrong room.
var rooms = []string{
	"internal/lazyregexp", "internal/parallel", "internal/secrets",
	"internal/tree", "internal/kinds", "internal/kinds/types", "internal/schema", "internal/flink",
	"internal/yaml", "internal/decode", "internal/jsonschema", "internal/merge", "internal/jsonpatch",
	"internal/kyaml", "labels", "patch", "patch/kustomize", "target", "target/registrytest", "target/store",
	"deployment", "deployment/schemas",
	"internal/build", "internal/verify", "internal/compare", "internal/explain",
	"render", "render/rendertest", "render/krm",
	"internal/architecture", "internal/hostile", "render/internal/inputs", // of tests
}

func TestImportsRunOneWay(t *testing.T) {
	for pkg, its := range list(t) {
		room := strings.TrimPrefix(strings.TrimPrefix(pkg, module), "/")
		if room == "" || strings.HasPrefix(room, "examples/") {
			continue
		}
		place := slices.Index(rooms, room)
		assert.Assert(t, place >= 0, "%s is no room of the house", room)
		for _, imported := range its.imports {
			if other, ours := strings.CutPrefix(imported, module+"/"); ours {
				before := slices.Contains(rooms[:place], other)
				assert.Assert(t, before, "%s imports %s, which is not before it", room, other)
			}
		}
	}
}

// Tests of internal rooms may render; what is compiled into them knows no package that
// users see, but for those that build, verify, compare and explain what these hold.
func TestInternalIsOneFloor(t *testing.T) {
	for i, room := range rooms {
		if !strings.HasPrefix(room, "internal/") || i > slices.Index(rooms, "labels") {
			continue
		}
		for _, pkg := range deps(t, room) {
			other, ours := strings.CutPrefix(pkg, module+"/")
			assert.Assert(t, !ours || strings.HasPrefix(other, "internal/"), "%s links %s", room, other)
		}
	}
}

func TestPublicPackagesAreTheLayers(t *testing.T) {
	for pkg := range list(t) {
		rel := strings.TrimPrefix(strings.TrimPrefix(pkg, module), "/")
		top, _, _ := strings.Cut(rel, "/")
		known := rel == "" || top == "internal" || top == "examples" || slices.Contains(layers, top)
		assert.Assert(t, known, "%s is no room of the house", pkg)
	}
}

func TestNoClusterClient(t *testing.T) {
	for _, pkg := range goList(t, "-deps", "-test", "./...") {
		assert.Assert(t, !strings.HasPrefix(pkg, "k8s.io/client-go"), "%s talks to clusters", pkg)
	}
}

// Who renders links no kustomize: only programs that import one of these do.
func TestKustomizeIsLinkedWhereItIsWanted(t *testing.T) {
	wanted := []string{"internal/kyaml", "patch/kustomize", "render/krm", "examples/krm-function",
		"examples/flinktarget"}
	for pkg, its := range list(t) {
		room := strings.TrimPrefix(strings.TrimPrefix(pkg, module), "/")
		isKustomize := func(dep string) bool { return strings.HasPrefix(dep, "sigs.k8s.io/kustomize") }
		links := slices.ContainsFunc(its.deps, isKustomize)
		assert.Equal(t, links, slices.Contains(wanted, room), "%s links kustomize: %v", room, links)
	}
}

// krusty is a whole kustomize, with plugins and the file system.
func TestNoKrustyOutsideTests(t *testing.T) {
	for pkg, its := range list(t) {
		assert.Assert(t, !slices.Contains(its.deps, "sigs.k8s.io/kustomize/api/krusty"), pkg)
	}
}

// Packages that a library which only computes has no use for. Test kits, whose
// names end in test, may write files for their callers; inputs draws them by chance for tests.
func TestLibraryIsPure(t *testing.T) {
	impure := []string{"os", "os/exec", "net", "net/http", "log", "log/slog", "math/rand", "math/rand/v2",
		"crypto/rand", "unsafe", "plugin"}
	for pkg, its := range list(t) {
		if strings.Contains(pkg, "/examples/") || strings.HasSuffix(pkg, "test") || path.Base(pkg) == "inputs" {
			continue
		}
		for _, imported := range its.imports {
			assert.Assert(t, !slices.Contains(impure, imported), "%s imports %s", pkg, imported)
		}
	}
}

func TestKindsImportNothingOfOurs(t *testing.T) {
	for _, pkg := range deps(t, "internal/kinds") {
		assert.Assert(t, !strings.HasPrefix(pkg, module) || pkg == module+"/internal/kinds", "kinds imports %s", pkg)
	}
}

// Who keeps targets needs no types of Kubernetes objects: they are most of what a
// program that renders links.
func TestTargetsLinkNoKubernetesObjects(t *testing.T) {
	for _, pkg := range deps(t, "target") {
		assert.Assert(t, !strings.HasPrefix(pkg, "k8s.io/api/") && !strings.HasPrefix(pkg,
			"k8s.io/apimachinery/pkg/apis/"), "target imports %s", pkg)
	}
}

// What the package documentation of the module says that each package links.
func TestModulesThatAreLinked(t *testing.T) {
	for pkg, want := range map[string]int{"labels": 0, "patch": 6, "target": 6, "deployment": 20, "render": 20,
		"patch/kustomize": 31, "render/krm": 41} {
		modules := goList(t, "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}", module+"/"+pkg)
		slices.Sort(modules)
		modules = slices.DeleteFunc(slices.Compact(modules), func(m string) bool { return m == module })
		assert.Equal(t, len(modules), want, "%s links %v: doc.go says another number", pkg, modules)
	}
}
