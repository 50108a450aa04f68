package krmtest

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/internal/yaml"
)

const root = "../../.."

// bin is the folder of the programs under test.
var bin string

func TestMain(m *testing.M) { os.Exit(run(m)) }

// run builds kustomize, as go.mod pins it, and the library's programs.
func run(m *testing.M) int {
	var err error
	if bin, err = os.MkdirTemp("", "krmtest"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(bin)
	for _, b := range []struct{ name, pkg string }{
		{"kustomize", "sigs.k8s.io/kustomize/kustomize/v5"},
		{"krm-function", "github.com/flinktarget/flinktarget/examples/krm-function"},
		{"flinktarget", "github.com/flinktarget/flinktarget/examples/flinktarget"},
		{"gitops", "github.com/flinktarget/flinktarget/examples/gitops"},
	} {
		cmd := exec.Command("go", "build", "-o", filepath.Join(bin, b.name), b.pkg)
		if out, err := cmd.CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "building %s: %v\n%s", b.name, err, out)
			return 1
		}
	}
	return m.Run()
}

// call runs one of the programs.
func call(stdin, name string, args ...string) (stdout, stderr string, err error) {
	var out, errs bytes.Buffer
	cmd := exec.Command(filepath.Join(bin, name), args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &errs
	err = cmd.Run()
	return out.String(), errs.String(), err
}

func build(dir string) (stdout, stderr string, err error) {
	return call("", "kustomize", "build", "--enable-alpha-plugins", "--enable-exec", dir)
}

// kustomization writes files into a fresh folder, with the function beside it.
func kustomization(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "k")
	assert.NilError(t, os.Mkdir(dir, 0o755))
	assert.NilError(t, os.Symlink(filepath.Join(bin, "krm-function"), filepath.Join(dir, "../krm-function")))
	for name, text := range files {
		assert.NilError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755))
		assert.NilError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	return dir
}

// normal returns a stream of objects by what they are, each in the library's form:
// kustomize has its own order of objects and keys.
func normal(t *testing.T, stream string) map[string]string {
	t.Helper()
	docs, bad := yaml.Parse("", []byte(stream))
	assert.Assert(t, len(bad) == 0, "%v\n%s", bad, stream)
	out := map[string]string{}
	for _, doc := range docs {
		object := doc.Value()
		text, err := yaml.Append(nil, object)
		assert.NilError(t, err)
		key := strings.Join([]string{
			tree.String(object, "apiVersion"), tree.String(object, "kind"),
			tree.String(object, "metadata", "namespace"), tree.String(object, "metadata", "name"),
		}, " ")
		_, twice := out[key]
		assert.Assert(t, !twice, "%s stands twice", key)
		out[key] = string(text)
	}
	return out
}
